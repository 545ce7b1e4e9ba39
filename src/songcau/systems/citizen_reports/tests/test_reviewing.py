"""The screen on which pictures are reviewed, as it works without a script."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Attachment
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, BlurState
from songcau.systems.citizen_reports.rules.boxes import MOST_BOXES, Box, BoxKind
from songcau.systems.citizen_reports.tests.town import Town, send

PAGES = "/citizen_reports/pictures/"
FACE = Box(0.25, 0.125, 0.5, 0.25, BoxKind.FACE, 0.75)


def browser_of(actor: Any, language: str = "vi") -> Client:
    cache.clear()
    Person.objects.filter(pk=actor.id).update(language=language)
    client = Client()
    sign_in(client, Person.objects.get(pk=actor.id))
    return client


@pytest.fixture
def desk(town: Town) -> Client:
    return browser_of(town.desk)


def suggested() -> Attachment:
    return Attachment.objects.create(
        report=send(),
        kind=AttachmentKind.PROBLEM,
        state=AttachmentState.READY,
        file_id=uuid4(),
        blur_state=BlurState.SUGGESTED,
        boxes=[FACE.as_json()],
        at=clock.now(),
    )


def test_the_picture_that_waited_longest_comes_first_and_may_be_left_for_later(desk: Client) -> None:
    first, second = suggested(), suggested()
    assert desk.get(PAGES)["Location"] == f"{PAGES}{first.pk}/"
    assert desk.get(PAGES, {"after": str(first.pk)})["Location"] == f"{PAGES}{second.pk}/"
    assert desk.get(PAGES, {"after": "nonsense"})["Location"] == f"{PAGES}{first.pk}/"
    Attachment.objects.filter(pk=second.pk).update(blur_state=BlurState.WITHHELD)
    left = desk.get(PAGES, {"after": str(first.pk)})
    assert f"{PAGES}{first.pk}/" in left.content.decode()
    Attachment.objects.update(blur_state=BlurState.WITHHELD)
    assert "Không còn ảnh nào chờ duyệt" in desk.get(PAGES).content.decode()


def test_leaving_one_after_another_comes_to_every_picture_and_round_again(desk: Client) -> None:
    pictures = [suggested(), suggested(), suggested()]
    for left, following in zip(pictures, [*pictures[1:], pictures[0]], strict=True):
        assert desk.get(PAGES, {"after": str(left.pk)})["Location"] == f"{PAGES}{following.pk}/"


@pytest.mark.parametrize(("language", "words"), [("vi", "1. Khuôn mặt"), ("en", "1. Face")])
def test_the_boxes_stand_over_the_picture_and_beside_it_in_both_languages(
    town: Town, language: str, words: str
) -> None:
    picture = suggested()
    page = browser_of(town.desk, language).get(f"{PAGES}{picture.pk}/").content.decode()
    assert words in page
    assert f"/files/{picture.file_id}" in page
    assert 'x="0.25" y="0.125" width="0.5" height="0.25"' in page, "no comma of the language gets into a number"


def test_what_stays_ticked_is_hidden_and_the_next_one_follows(desk: Client) -> None:
    picture = suggested()
    drawn = {"x": 0.5, "y": 0.5, "width": 0.25, "height": 0.25}
    answer = desk.post(f"{PAGES}{picture.pk}/", {"decision": "approve", "box": [json.dumps(drawn)]})
    assert (answer.status_code, answer["Location"]) == (302, PAGES)
    picture.refresh_from_db()
    assert (picture.blur_state, picture.boxes) == (BlurState.APPROVED, [Box(0.5, 0.5, 0.25, 0.25).as_json()])


@pytest.mark.parametrize("decision", ["withhold", "", "nonsense"])
def test_whatever_is_no_approval_withholds(desk: Client, decision: str) -> None:
    picture = suggested()
    assert desk.post(f"{PAGES}{picture.pk}/", {"decision": decision}).status_code == 302
    picture.refresh_from_db()
    assert picture.blur_state == BlurState.WITHHELD


@pytest.mark.parametrize(
    "boxes",
    [["no JSON"], ["[" * 100_000], ["1"], ['{"x": 1e999}'], ['{"x":0,"y":0,"width":2,"height":2}'], ["{}"] * 101],
)
def test_nonsense_is_refused_in_words_and_publishes_nothing(desk: Client, boxes: list[str]) -> None:
    picture = suggested()
    answer = desk.post(f"{PAGES}{picture.pk}/", {"decision": "approve", "box": boxes})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    picture.refresh_from_db()
    assert picture.blur_state == BlurState.SUGGESTED


def test_as_many_boxes_as_are_allowed_are_taken(desk: Client) -> None:
    picture = suggested()
    answer = desk.post(
        f"{PAGES}{picture.pk}/", {"decision": "approve", "box": [json.dumps(FACE.as_json())] * MOST_BOXES}
    )
    assert answer.status_code == 302


def test_a_decision_can_be_changed_later(desk: Client) -> None:
    picture = suggested()
    for decision, state, words in (
        ("withhold", BlurState.WITHHELD, "Ảnh này không được công khai."),
        ("approve", BlurState.APPROVED, "Ảnh này đã được duyệt."),
    ):
        desk.post(f"{PAGES}{picture.pk}/", {"decision": decision})
        picture.refresh_from_db()
        assert picture.blur_state == state
        assert words in desk.get(f"{PAGES}{picture.pk}/").content.decode()


@pytest.mark.parametrize("who", ["officer", "head", "root"])
def test_nobody_but_the_centre_comes_in(town: Town, who: str) -> None:
    picture = suggested()
    client = browser_of(getattr(town, who))
    assert client.get(PAGES).status_code == 403
    assert client.post(f"{PAGES}{picture.pk}/", {"decision": "approve"}).status_code == 403


def test_a_picture_that_nobody_knows_or_nobody_looked_at_is_not_found(desk: Client) -> None:
    picture = suggested()
    Attachment.objects.update(blur_state=BlurState.WAITING)
    assert desk.get(f"{PAGES}{picture.pk}/").status_code == 404
    assert desk.get(f"{PAGES}{uuid4()}/").status_code == 404
