"""A person reads which files they sent, and which are about them."""

from django.utils import translation

from songcau.foundation.accounts.personal_data.sources import held_about
from songcau.foundation.accounts.tests.people import make_person
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.of_files import OF_PEOPLE
from songcau.foundation.files.tests.talking import stored
from songcau.kernel.actor import Actor
from songcau.kernel.ids import new_id


def section(person, most=200):
    with translation.override("en"):
        held = held_about(person.id, most=most)
        return next(found for source, found in held if source.code == "files")[0]


def test_what_a_person_sent_and_what_is_about_them_is_shown_and_nothing_else(db):
    an, other = make_person("van-an"), make_person("binh")
    stored(Actor(an.id, "An"), name="don.txt")
    about = stored(Actor(other.id, "Bình"), content=b"anh", name="anh.txt")
    FileLink.objects.filter(pk=about.pk).update(subject_kind=OF_PEOPLE, subject_id=an.id)
    stored(Actor(new_id(), "Ai đó"), content=b"khac", name="khac.txt")
    assert {row[0] for row in section(an).rows} == {"don.txt", "anh.txt"}
    assert [row[0] for row in section(other).rows] == ["anh.txt"]


def test_a_file_under_a_hold_and_one_of_a_part_that_is_gone_are_told_too(db):
    an = make_person("van-an")
    link = stored(Actor(an.id, "An"))
    FileLink.objects.filter(pk=link.pk).update(use="gone.papers", held_at=link.created_at, held_by="X")
    (row,) = section(an).rows
    assert row[1] == "gone.papers"
    with translation.override("en"):
        assert str(row[5]) == "as long as a legal hold stands"


def test_older_files_are_counted(db):
    an = make_person("van-an")
    for number in range(3):
        stored(Actor(an.id, "An"), content=bytes([65 + number]), name=f"{number}.txt")
    assert (len(section(an, most=2).rows), section(an, most=2).left_out) == (2, 1)
