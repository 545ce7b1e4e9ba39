"""Every pair of colours that meets on a page is told apart by eyes that see less (WCAG 2.2: 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[1] / "web" / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "panel", "raised")
WORDS = ("text", "quiet", "river", "tea", "critical", "high", "medium", "low", "information", "stale")
MARKS = (
    "edge",
    "focus",
    "critical-fill",
    "high-fill",
    "medium-fill",
    "low-fill",
    "information-fill",
    "stale-edge",
)
FILLS = ("river-fill", "river-fill-strong", "tea-fill", "danger-fill")


def _tokens() -> dict[str, tuple[str, str]]:
    found = {}
    for name, value in re.findall(r"--sc-([a-z-]+):\s*([^;]+);", TOKENS):
        colours = re.findall(r"#[0-9a-f]{6}", value)
        if colours:
            found[name] = (colours[0], colours[-1])
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _pairs(fronts: tuple[str, ...], grounds: tuple[str, ...]) -> list[tuple[str, str, str, int]]:
    return [
        (theme, front, back, side)
        for side, theme in enumerate(("light", "dark"))
        for front in fronts
        for back in grounds
    ]


def test_the_formula_gives_what_wcag_says() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_both_themes_are_written_down_for_every_role() -> None:
    missing = {*GROUNDS, *WORDS, *MARKS, *FILLS} - _tokens().keys()
    assert not missing


@pytest.mark.parametrize(("theme", "front", "back", "side"), _pairs(WORDS, GROUNDS))
def test_words_reach_4_5(theme: str, front: str, back: str, side: int) -> None:
    tokens = _tokens()
    assert _contrast(tokens[front][side], tokens[back][side]) >= 4.5


@pytest.mark.parametrize(("theme", "front", "back", "side"), _pairs(MARKS, ("ground", "panel")))
def test_edges_and_marks_reach_3(theme: str, front: str, back: str, side: int) -> None:
    tokens = _tokens()
    assert _contrast(tokens[front][side], tokens[back][side]) >= 3


@pytest.mark.parametrize("fill", FILLS)
def test_words_on_a_filled_button_reach_4_5(fill: str) -> None:
    tokens = _tokens()
    assert _contrast(tokens["on-fill"][0], tokens[fill][0]) >= 4.5


@pytest.mark.parametrize("front", ["frame-text", "frame-quiet"])
@pytest.mark.parametrize("back", ["frame", "frame-raised"])
def test_words_on_the_frame_reach_4_5(front: str, back: str) -> None:
    tokens = _tokens()
    assert _contrast(tokens[front][0], tokens[back][0]) >= 4.5
