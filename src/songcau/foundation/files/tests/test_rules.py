"""Names, types by their bytes, archives by their lists, and how long a file is kept."""

import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songcau.foundation.files import refusals, rules
from songcau.foundation.files.rules import MEGABYTE, Limits, Packed, Scan

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LIMITS = Limits(accepted=rules.PICTURES | {rules.PDF, rules.TEXT, rules.CSV}, max_bytes=MEGABYTE, max_pixels=1000)


def boxed(*brands: bytes) -> bytes:
    return struct.pack(">I4s4sI", 16 + 4 * (len(brands) - 1), b"ftyp", brands[0], 0) + b"".join(brands[1:])


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", rules.JPEG),
        (b"\x89PNG\r\n\x1a\n....", rules.PNG),
        (b"RIFF\x10\0\0\0WEBPVP8 ", rules.WEBP),
        (b"RIFF\x10\0\0\0WAVE", rules.UNKNOWN),
        (b"%PDF-1.7\n", rules.PDF),
        (b"PK\x03\x04rest", rules.ZIP),
        (b"PK\x05\x06rest", rules.ZIP),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", rules.OLE),
        (boxed(b"heic", b"mif1"), rules.HEIC),
        (boxed(b"mif1", b"heic"), rules.HEIC),
        (boxed(b"avif", b"mif1"), rules.UNKNOWN),
        (boxed(b"isom", b"mp42"), rules.MP4),
        (boxed(b"qt  "), rules.QUICKTIME),
        ("Kính gửi: Ủy ban nhân dân thành phố".encode(), rules.TEXT),
        (("ế" * 2000).encode()[: rules.HEAD], rules.TEXT),
        (b"a\0b", rules.UNKNOWN),
        (b"\xfe\xfd\xfc" * 10, rules.UNKNOWN),
        ("ế".encode()[:2], rules.UNKNOWN),
    ],
)
def test_the_bytes_say_what_a_file_is(head: bytes, media_type: str) -> None:
    assert rules.sniffed(head) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbf \n<HTML>",
        b'<?xml version="1.0"?><svg onload="alert(1)">',
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"harmless words, then <script>alert(1)</script>",
        b"MZ\x90\0",
        b"\x7fELF\x02",
        b"#!/bin/sh\n",
    ],
)
def test_what_could_act_is_refused_under_every_name(head: bytes) -> None:
    with pytest.raises(refusals.ActiveContent):
        rules.sniffed(head)


@pytest.mark.parametrize(
    ("name", "found", "stored"),
    [
        ("anh.JPG", rules.JPEG, rules.JPEG),
        ("anh", rules.JPEG, rules.JPEG),
        ("anh.bin", rules.PNG, rules.PNG),
        ("so lieu.csv", rules.TEXT, rules.CSV),
        ("so lieu.txt", rules.TEXT, rules.TEXT),
    ],
)
def test_a_name_may_say_less_than_the_bytes(name: str, found: str, stored: str) -> None:
    assert rules.require_type(LIMITS, name, found) == stored


def test_a_name_may_not_say_otherwise() -> None:
    with pytest.raises(refusals.NotWhatItsNameSays) as raised:
        rules.require_type(LIMITS, "anh.png", rules.PDF)
    assert raised.value.params == {"extension": "png", "found": rules.PDF}
    with pytest.raises(refusals.HasMacros):
        rules.require_type(LIMITS, "don.docm", rules.DOCX)
    with pytest.raises(refusals.TypeNotAccepted):
        rules.require_type(LIMITS, "phim.mp4", rules.MP4)


@pytest.mark.parametrize("length", [0, -1])
def test_an_empty_file_is_refused(length: int) -> None:
    with pytest.raises(refusals.FileEmpty):
        rules.require_size(LIMITS, length)


def test_the_limits_are_inclusive() -> None:
    rules.require_size(LIMITS, MEGABYTE)
    rules.require_pixels(LIMITS, 100, 10)
    with pytest.raises(refusals.OverLimit):
        rules.require_size(LIMITS, MEGABYTE + 1)
    with pytest.raises(refusals.TooManyPixels):
        rules.require_pixels(LIMITS, 1001, 1)


@pytest.mark.parametrize(
    ("entries", "size", "why"),
    [
        ([Packed("a", 0, 0)] * (rules.MOST_ENTRIES + 1), 10, "ENTRIES"),
        ([Packed("a", 60, 60), Packed("b", 60, 60)], 100, "OVERLAP"),
        ([Packed("a", 100 * MEGABYTE, rules.MOST_UNPACKED + 1)], 200 * MEGABYTE, "TOTAL"),
        ([Packed("a", 10_000, 11 * MEGABYTE)], 20_000, "RATIO"),
        ([Packed("a", 0, 11 * MEGABYTE)], 20_000, "RATIO"),
        ([Packed("inner/b.ZIP", 10, 10)], 100, "NESTED"),
    ],
)
def test_an_archive_out_of_proportion_is_refused_by_its_list(entries: list[Packed], size: int, why: str) -> None:
    with pytest.raises(refusals.PackedTooTight) as raised:
        rules.require_honest_archive(entries, size)
    assert raised.value.params["why"] == why


def test_an_ordinary_archive_passes() -> None:
    rules.require_honest_archive([Packed("word/document.xml", 1000, 60_000), Packed("x", 0, 0)], 2000)


@pytest.mark.parametrize(
    ("given_name", "media_type", "kept"),
    [
        ("Đơn xin cấp phép.pdf", rules.PDF, "Đơn xin cấp phép.pdf"),
        ("Đơn", rules.PDF, "Đơn.pdf"),
        ("C:\\Users\\Lan\\anh.jpg", rules.JPEG, "anh.jpg"),
        ("../../etc/passwd", "", "passwd"),
        ("a\u202egpj.exe", "", "agpj.exe"),
        ('<b>:"|?*.png', rules.PNG, "b.png"),
        ("  hai   ba.txt ", rules.TEXT, "hai ba.txt"),
        ("ế" * 200 + ".pdf", rules.PDF, "ế" * 63 + ".pdf"),
        ("...", "", "tep"),
        ("", rules.PNG, "tep.png"),
        (".bashrc", "", "bashrc"),
        ("IMG_1.HEIC", rules.JPEG, "IMG_1.jpg"),
        ("anh.JPEG", rules.JPEG, "anh.JPEG"),
        ("baocao.v2", rules.PDF, "baocao.v2.pdf"),
        ("1. " + "Báo cáo " * 40, "", ("1. " + "Báo cáo " * 40)[:150].strip()),
        ("1. " + "Báo cáo " * 40 + ".pdf", rules.PDF, ("1. " + "Báo cáo " * 40)[:146].strip() + ".pdf"),
        ("a." + "x" * 500, "", "a." + "x" * 148),
        ("CON", rules.TEXT, "_CON.txt"),
        ("nul.tar.pdf", rules.PDF, "_nul.tar.pdf"),
        ("Lpt1 .pdf", rules.PDF, "_Lpt1.pdf"),
        ("conduong.pdf", rules.PDF, "conduong.pdf"),
    ],
)
def test_a_name_is_cleaned_and_ends_as_its_type(given_name: str, media_type: str, kept: str) -> None:
    assert rules.clean_name(given_name, media_type) == kept


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400) | st.text(alphabet="aế. ", max_size=400), st.sampled_from(["", rules.PDF, rules.JPEG]))
def test_a_cleaned_name_is_short_plain_and_stays_the_same(name: str, media_type: str) -> None:
    cleaned = rules.clean_name(name, media_type)
    assert cleaned
    assert len(cleaned.encode()) <= 255
    assert len(cleaned) <= rules.LONGEST_NAME
    assert "/" not in cleaned
    assert cleaned not in (".", "..")
    assert rules.clean_name(cleaned, media_type) == cleaned


def test_retention_ends_at_its_instant_and_never_under_a_hold() -> None:
    assert rules.retained_until(NOW, None) is None
    until = rules.retained_until(NOW, 30)
    assert until == NOW + timedelta(days=30)
    assert not rules.has_expired(until, is_held=False, now=until - timedelta(microseconds=1))
    assert rules.has_expired(until, is_held=False, now=until)
    assert not rules.has_expired(until, is_held=True, now=until)
    assert not rules.has_expired(None, is_held=False, now=until)


@pytest.mark.parametrize(
    ("scan", "given_out"),
    [(Scan.CLEAN, True), (Scan.NOT_SCANNED, True), (Scan.WAITING, False), (Scan.INFECTED, False)],
)
def test_only_what_was_scanned_or_need_not_be_is_given_out(scan: Scan, given_out: bool) -> None:
    assert rules.may_be_given_out(scan) is given_out


def test_what_is_known_of_bytes_only_grows() -> None:
    assert rules.better_scan(Scan.INFECTED, Scan.CLEAN) is Scan.INFECTED
    assert rules.better_scan(Scan.NOT_SCANNED, Scan.CLEAN) is Scan.CLEAN
    assert rules.better_scan(Scan.WAITING, Scan.CLEAN) is Scan.CLEAN
    assert rules.better_scan(Scan.CLEAN, Scan.WAITING) is Scan.CLEAN


def test_pictures_and_pdf_have_previews() -> None:
    assert rules.has_preview(rules.JPEG)
    assert rules.has_preview(rules.PDF)
    assert not rules.has_preview(rules.DOCX)
