"""On the wall every pair of colours reaches 7:1 (WCAG 2.2, 1.4.6): it is read from five metres."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[1] / "web" / "wall.css").read_text(encoding="utf-8")
GROUNDS = ("ground", "panel")
WORDS = ("text", "quiet", "critical", "high", "medium", "low", "information", "stale", "river", "tea")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--ow-([a-z]+):\s*(#[0-9a-f]{6});", SHEET))


def _mixed(colour: str, share: float, ground: str) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_reach_seven(word: str, ground: str) -> None:
    assert _contrast(TOKENS[word], TOKENS[ground]) >= 7


def test_words_of_an_alert_that_nobody_took_reach_seven() -> None:
    share = float(re.search(r"color-mix\(in srgb, var\(--ow-critical\) (\d+)%, transparent\)", SHEET)[1]) / 100  # type: ignore[index]
    ground = _mixed(TOKENS["critical"], share, TOKENS["panel"])
    assert _contrast(TOKENS["text"], ground) >= 7


def test_colours_are_said_once() -> None:
    """What is written as a number elsewhere would escape this test."""
    assert re.findall(r"(?<!-)(?:color|background|fill|stroke): #", SHEET) == []
