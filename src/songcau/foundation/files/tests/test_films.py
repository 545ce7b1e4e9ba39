"""Films come out without place, time, owner and device, and with every byte of picture and sound where it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from songcau.foundation.files import films, refusals, rules, uses
from songcau.foundation.files.storage import store
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.conftest import EVIDENCE, PAPERS
from songcau.foundation.files.tests.talking import stored
from songcau.kernel.actor import Actor

FILMED = replace(PAPERS, name="tests.filmed", limits=replace(PAPERS.limits, accepted=rules.VIDEOS))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return tmp_path / "film"


def test_what_the_camera_added_is_blanked_and_nothing_moves(film: Path) -> None:
    content = samples.film()
    assert content.count(b"SECRET") == 14
    film.write_bytes(content)
    films.blank_facts(film)
    blanked = film.read_bytes()
    assert b"SECRET" not in blanked
    assert len(blanked) == len(content)
    assert blanked.index(b"picture") == content.index(b"picture")
    assert blanked.count(b"picture ") == 500
    assert (blanked.count(b"trak"), blanked.count(b"vide")) == (1, 1), "the track that follows the way is gone"
    films.blank_facts(film)
    assert film.read_bytes() == blanked


def test_a_last_box_may_reach_to_the_end(film: Path) -> None:
    film.write_bytes(samples.film(tail=b"\0\0\0\0mdat" + b"more"))
    films.blank_facts(film)
    assert film.read_bytes().endswith(b"more")


@pytest.mark.parametrize(
    "content",
    [
        samples.film(cut=1),
        samples.film(tail=b"\0\0"),
        samples.film(tail=b"\0\0\0\x04free"),
        samples.box(b"ftyp", b"isom", bytes(4)) + b"<html>" * 10,
        samples.box(b"ftyp", b"isom", bytes(4)) + samples.box(b"moov"),
        samples.box(b"ftyp", b"isom", bytes(4)) + samples.box(b"mdat"),
        samples.film(tail=samples.box(b"moov", samples.box(b"trak", b"\0\0\0\0mdia"))),
    ],
    ids=["cut", "two bytes more", "shorter than itself", "markup", "no picture", "no list", "endless inside"],
)
def test_what_is_no_whole_film_is_refused(film: Path, content: bytes) -> None:
    film.write_bytes(content)
    with pytest.raises(refusals.FileBroken):
        films.blank_facts(film)


def test_boxes_in_boxes_without_end_are_refused(film: Path) -> None:
    inmost = b""
    for _layer in range(50):
        inmost = samples.box(b"moov", inmost)
    film.write_bytes(inmost + samples.box(b"mdat"))
    with pytest.raises(refusals.FileBroken):
        films.blank_facts(film)


@pytest.mark.parametrize("limit", ["_MOST_BOXES", "_MOST_TRACKS"])
def test_more_boxes_than_any_film_has_are_refused(film: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(films, limit, 1)
    film.write_bytes(samples.film())
    with pytest.raises(refusals.FileBroken):
        films.blank_facts(film)


def test_a_track_that_does_not_say_what_it_is_goes(film: Path) -> None:
    film.write_bytes(samples.box(b"moov", samples.box(b"trak", samples.box(b"mdia"))) + samples.box(b"mdat"))
    films.blank_facts(film)
    assert b"trak" not in film.read_bytes()


@pytest.mark.django_db
def test_a_film_is_kept_blanked_and_as_it_was_only_where_the_use_says_so(by: Actor) -> None:
    evidence = replace(EVIDENCE, name="tests.filmed_evidence", limits=FILMED.limits)
    uses.register(FILMED, evidence)
    plain = stored(by, samples.film(), "phim.mp4", FILMED.name)
    proof = stored(by, samples.film(), "phim.mp4", evidence.name)
    assert plain.original is None
    assert plain.blob == proof.blob
    assert b"SECRET" not in b"".join(store().read(plain.blob.digest))
    assert b"".join(store().read(proof.original.digest)) == samples.film()


@pytest.mark.django_db
def test_a_cut_film_is_refused_and_leaves_nothing(by: Actor, tmp_path: Path) -> None:
    uses.register(replace(FILMED, keep_original=True))
    with pytest.raises(refusals.FileBroken):
        stored(by, samples.film(cut=9), "phim.mp4", FILMED.name)
    assert list((tmp_path / "uploads").iterdir()) == []
