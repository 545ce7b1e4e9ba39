"""Faces and plates are found where a person would see them, and what cannot be opened harms nobody."""

import ast
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from songcau.systems.citizen_reports.adapters import blurring
from songcau.systems.citizen_reports.adapters.blurring import BlurringAway, BlurringBusy, PictureUnreadable, detected
from songcau.systems.citizen_reports.rules.boxes import Box, BoxKind
from songcau.systems.citizen_reports.tests.blurring.drawing import BLUE, WHITE, YELLOW, plate, street

# A portrait of the astronaut Eileen Collins by NASA, in the public domain, cut and made smaller.
PORTRAIT = Path(__file__).with_name("astronaut.jpg")


def holds(box: Box, image: Image.Image, left: int, top: int, width: int, height: int) -> bool:
    """Whether the box covers the middle four fifths of a part of the picture."""
    left, width = left + width // 10, width * 8 // 10
    top, height = top + height // 10, height * 8 // 10
    right, bottom = (box.x + box.width) * image.width, (box.y + box.height) * image.height
    return (
        box.x * image.width <= left and box.y * image.height <= top and right >= left + width and bottom >= top + height
    )


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_face_is_found_wherever_it_stands(tmp_path: Path, mirrored: bool) -> None:
    scene = street()
    with Image.open(PORTRAIT) as portrait:
        face = portrait.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else portrait.copy()
    scene.paste(face, (700, 300))
    scene.save(tmp_path / "scene.jpg", quality=90)
    faces = [box for box in detected(tmp_path / "scene.jpg") if box.kind == BoxKind.FACE]
    left = 70 if not mirrored else face.width - 70 - 70
    assert any(holds(box, scene, 700 + left, 300 + 85, 70, 85) for box in faces)


@pytest.mark.parametrize(
    ("rows", "size", "colours", "degrees"),
    [
        (("20A", "123.45"), (200, 100), WHITE, 0),
        (("20-B1", "678.90"), (120, 90), WHITE, 8),
        (("20H", "031.27"), (200, 100), YELLOW, 10),
        (("20A-345.67",), (320, 68), BLUE, 0),
        (("20A-123.45",), (320, 68), WHITE, -6),
    ],
)
def test_a_vietnamese_plate_is_found(
    tmp_path: Path,
    rows: tuple[str, ...],
    size: tuple[int, int],
    colours: tuple[tuple[int, ...], tuple[int, ...]],
    degrees: int,
) -> None:
    scene = street()
    body = Image.new("RGB", (size[0] * 2, size[1] * 3), (70, 74, 80))
    body.paste(plate(rows, *size, colours), (size[0] // 2, size[1]))
    scene.paste(body.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(70, 74, 80)), (300, 200))
    scene.save(tmp_path / "scene.png")
    boxes = detected(tmp_path / "scene.png")
    assert any(holds(box, scene, 300 + size[0] // 2, 200 + size[1], *size) for box in boxes)


def test_on_an_empty_street_nothing_is_suggested(tmp_path: Path) -> None:
    street().save(tmp_path / "street.webp")
    assert detected(tmp_path / "street.webp") == []


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "CMYK"])
def test_pictures_of_every_colour_mode_are_looked_at(tmp_path: Path, mode: str) -> None:
    file = tmp_path / ("one.jpg" if mode == "CMYK" else "one.png")
    Image.new(mode, (300, 200)).save(file)
    assert detected(file) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3)])
def test_the_smallest_pictures_are_looked_at(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size).save(tmp_path / "one.png")
    assert detected(tmp_path / "one.png") == []


def test_a_cut_picture_a_text_and_a_picture_that_is_gone_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(PORTRAIT.read_bytes()[:4000])
    (tmp_path / "text.jpg").write_text("no picture")
    for name in ("cut.jpg", "text.jpg", "gone.jpg"):
        with pytest.raises(PictureUnreadable) as refusal:
            detected(tmp_path / name)
        assert refusal.value.params == {"why": "BROKEN"}


def test_a_picture_that_unpacks_into_more_than_the_memory_given_is_unreadable(tmp_path: Path) -> None:
    Image.new("1", (60_000, 60_000)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureUnreadable) as refusal:
        detected(tmp_path / "bomb.png")
    assert refusal.value.params == {"why": "MEMORY"}


def test_a_picture_that_takes_too_long_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blurring, "SECONDS", 0.001)
    with pytest.raises(PictureUnreadable) as refusal:
        detected(PORTRAIT)
    assert refusal.value.params == {"why": "TIMEOUT"}


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", PictureUnreadable),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", BlurringAway),
        ("raise SystemExit(1)", BlurringAway),
        ("print('no JSON')", BlurringAway),
        ("print('[{}]')", BlurringAway),
    ],
)
def test_a_process_that_ends_by_itself_is_told_from_a_picture_at_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, error: type[Exception]
) -> None:
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{program}"\n')
    other.chmod(0o700)
    monkeypatch.setattr(blurring.sys, "executable", str(other))
    with pytest.raises(error):
        detected(PORTRAIT)


def test_opencv_is_held_by_no_process_of_the_city() -> None:
    program = "import sys; import songcau.systems.citizen_reports.adapters.blurring; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], env=os.environ).returncode == 0


def test_one_picture_at_a_time_is_looked_at_on_a_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blurring, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(blurring, "PATIENCE", 0.3)
    monkeypatch.setattr(blurring, "_run", lambda *_arguments: "[]")
    with (tmp_path / "lock").open("w") as another:
        fcntl.flock(another, fcntl.LOCK_EX)
        with pytest.raises(BlurringBusy):
            detected(tmp_path / "any.jpg")
    # Its holder gone, the next has its turn.
    assert detected(tmp_path / "any.jpg") == []


def test_looking_for_faces_gives_way_to_everything_else() -> None:
    said = "import os; from songcau.systems.citizen_reports.adapters.blurring.opening import alone"
    ended = subprocess.run(
        [sys.executable, "-c", f"{said}; alone(lambda: print(os.nice(0)))"], capture_output=True, text=True, check=True
    )
    assert int(ended.stdout) == min(19, os.nice(0) + 15)


def test_only_the_worker_looks_for_faces() -> None:
    """What detects is named by reactions and jobs alone, never by what answers a page or a request."""
    room = Path(blurring.__file__).parents[2]
    named = {"suggest_boxes", "catch_up_pictures", "detected"}
    using = {
        file.relative_to(room).parts[0]
        for file in room.rglob("*.py")
        if "tests" not in file.parts
        and any(
            (isinstance(node, ast.Name) and node.id in named)
            or (isinstance(node, ast.Attribute) and node.attr in named)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        )
    }
    assert using == {"actions", "tasks.py"}
