"""What was hidden cannot be found again, and the copy holds nothing besides what is seen."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

from songcau.systems.citizen_reports.adapters.blurring import PictureUnreadable, blurred, hiding
from songcau.systems.citizen_reports.rules.boxes import Box, BoxKind
from songcau.systems.citizen_reports.tests.blurring.drawing import WHITE, plate, street

PORTRAIT = Path(__file__).with_name("astronaut.jpg")


def hidden(image: Image.Image, kind: BoxKind) -> Image.Image:
    copy = image.copy()
    hiding.hide(copy, Box(0, 0, 1, 1, kind).as_json())
    return copy


def unlike(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).sum2)


def cells_only(image: Image.Image, kind: str) -> Image.Image:
    """What an attacker who knows everything but the chance computes of a guess."""
    cells = image.resize(hiding._cells(image, kind), Image.Resampling.BOX)
    return cells.resize(image.size, Image.Resampling.NEAREST)


def test_whoever_tries_every_digit_does_not_find_the_one_that_was_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    plates = [plate(("20A", f"123.4{digit}"), 200, 100, WHITE) for digit in range(10)]
    found = 0
    for _round in range(30):
        for digit, one in enumerate(plates):
            seen = hidden(one, BoxKind.PLATE)
            guesses = [unlike(seen, cells_only(guess, "PLATE")) for guess in plates]
            found += guesses.index(min(guesses)) == digit
    # By chance 30 of 300; the bound lies more than eight standard deviations above that.
    assert found < 75


def test_a_face_keeps_no_more_than_six_cells_across() -> None:
    assert hiding._cells(Image.new("RGB", (400, 200)), "FACE") == (6, 3)
    assert hiding._cells(Image.new("RGB", (400, 200)), "PLATE") == (3, 2)
    assert hiding._cells(Image.new("RGB", (400, 2)), "DRAWN") == (3, 1)
    assert hiding._cells(Image.new("RGB", (1, 2)), "FACE") == (1, 2)


def test_nothing_sharp_is_left_in_a_box_and_nothing_is_changed_outside(tmp_path: Path) -> None:
    scene = street(400, 300)
    scene.paste(plate(("20A", "123.45"), 100, 50, WHITE), (100, 100))
    scene.save(tmp_path / "scene.png")
    blurred(tmp_path / "scene.png", [Box(0.25, 1 / 3, 0.25, 1 / 6, BoxKind.PLATE)], tmp_path / "public.png")
    with Image.open(tmp_path / "public.png") as public:
        inside = public.crop((100, 100, 200, 150)).convert("L")
        steps = ImageChops.difference(inside.crop((0, 0, 99, 50)), inside.crop((1, 0, 100, 50)))
        assert steps.getextrema()[1] < 25
        for outside in ((0, 0, 400, 99), (0, 152, 400, 300), (0, 0, 99, 300), (202, 0, 400, 300)):
            assert unlike(public.crop(outside), scene.crop(outside)) == 0


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_the_copy_holds_no_metadata_whatever_the_picture_held(tmp_path: Path, suffix: str) -> None:
    with Image.open(PORTRAIT) as portrait:
        exif = portrait.getexif()
        exif[0x010F] = "SECRET-CAMERA"
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "SECRET-OWNER")
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        portrait.save(tmp_path / "source.png", exif=exif, pnginfo=text, icc_profile=profile, dpi=(300, 300))
    target = tmp_path / f"public{suffix}"
    blurred(tmp_path / "source.png", [], target)
    assert b"SECRET" not in target.read_bytes()
    with Image.open(target) as public:
        assert not set(public.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}
        assert not public.getexif()
        assert public.size == (220, 260)


def test_what_was_transparent_does_not_keep_what_stands_under_it(tmp_path: Path) -> None:
    with Image.open(PORTRAIT) as portrait:
        unseen = portrait.convert("RGBA")
    unseen.putalpha(0)
    unseen.save(tmp_path / "unseen.png")
    blurred(tmp_path / "unseen.png", [], tmp_path / "public.png")
    with Image.open(tmp_path / "public.png") as public:
        assert public.mode == "RGB"
        assert public.getextrema() == ((255, 255),) * 3


def test_a_large_picture_is_made_smaller_for_the_public(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 1000)).save(tmp_path / "large.jpg")
    blurred(tmp_path / "large.jpg", [Box(0.99999, 0.99999, 0.00001, 0.00001)], tmp_path / "public.jpg")
    with Image.open(tmp_path / "public.jpg") as public:
        assert public.size == (2560, 512)


def test_of_a_broken_picture_no_copy_is_made(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(PORTRAIT.read_bytes()[:4000])
    with pytest.raises(PictureUnreadable):
        blurred(tmp_path / "cut.jpg", [], tmp_path / "public.jpg")
    assert not (tmp_path / "public.jpg").exists()
