"""Reporting by the plain form and by the island: nothing lost, nothing twice, and what was typed is kept."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from PIL import Image

from songcau.systems.citizen_reports.models import Attachment, Report, Reporter
from songcau.systems.citizen_reports.tests.town import INSIDE, OUTSIDE, Town, make_category, send

pytestmark = pytest.mark.django_db
PAGE = "/portal/report/"
TEXT = "Ổ gà sâu trước cổng trường, xe máy dễ ngã."


def jpeg(name: str = "anh.jpg") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "#345").save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def fields(**more: Any) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()),
        "text": TEXT,
        "category": "POTHOLE",
        "longitude": str(INSIDE[0]),
        "latitude": str(INSIDE[1]),
        "hide_name": "on",
        **more,
    }


def sent_json(client: Client, **more: Any) -> Any:
    return client.post(PAGE, fields(step="send", **more), headers={"Accept": "application/json"})


def test_the_plain_form_shows_the_answers_then_sends_and_shows_code_and_secret(citizen: Client, town: Town) -> None:
    typed = fields(phone="0912 345 678")
    checked = citizen.post(PAGE, {**typed, "photos": jpeg(), "step": "check"})
    assert checked.status_code == 200
    page = checked.content.decode()
    assert TEXT in page
    assert not Report.objects.exists()
    note = page.split('name="held" value="')[1].split('"')[0]
    assert note
    sent = citizen.post(PAGE, {**typed, "held": note, "step": "send"})
    assert sent.status_code == 302
    report = Report.objects.get()
    assert Attachment.objects.filter(report=report).count() == 1
    assert Reporter.objects.get().phone == "+84912345678"
    answer = citizen.get(sent["Location"])
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("max-age=0")
    assert "<svg" in answer.content.decode()
    assert citizen.get("/portal/track/report/").status_code == 200


def test_the_same_report_sent_five_times_is_one_and_answered_alike(citizen: Client, town: Town) -> None:
    one = fields(step="send")
    answers = []
    for _time in range(5):
        response = citizen.post(PAGE, {**one, "photos": jpeg()}, headers={"Accept": "application/json"})
        assert response.status_code == 200
        answers.append(response.json())
    assert all(answer == answers[0] for answer in answers)
    assert Report.objects.count() == 1
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "🙂" * 10_000}, "text"),
        ({"category": "NO_SUCH"}, "category"),
        ({"category": ""}, "category"),
        ({"phone": "12"}, "phone"),
        ({"email": "khong phai thu"}, "email"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    citizen: Client, town: Town, wrong: dict[str, str], field: str
) -> None:
    typed = fields(place_words="Đối diện <b>chợ</b> Thái", **wrong)
    page = citizen.post(PAGE, {**typed, "step": "check"})
    assert page.status_code == 422
    content = page.content.decode()
    assert f'href="#{field}"' in content
    assert escape(typed["place_words"]) in content
    assert typed["text"] in content
    answer = sent_json(citizen, **wrong)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Report.objects.exists()


def test_html_is_text(citizen: Client, town: Town) -> None:
    text = "<script>alert(1)</script> Ổ gà <b>to</b>"
    assert sent_json(citizen, text=text).status_code == 200
    assert Report.objects.get().text == text
    citizen.get("/portal/report/sent/")
    page = citizen.get("/portal/track/report/").content.decode()
    assert "<script>alert" not in page
    assert escape(text) in page


def test_files_that_are_no_pictures_are_refused_with_the_reason(citizen: Client, town: Town) -> None:
    page = citizen.post(PAGE, {**fields(), "photos": SimpleUploadedFile("x.jpg", b"%PDF-1.7 nothing"), "step": "check"})
    assert page.status_code == 422
    assert 'href="#photos"' in page.content.decode()
    empty = citizen.post(PAGE, {**fields(), "photos": SimpleUploadedFile("x.jpg", b""), "step": "check"})
    assert empty.status_code == 422


def test_a_corrupt_jpeg_is_taken_and_left_to_who_decodes_it(citizen: Client, town: Town) -> None:
    broken = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50)
    assert sent_json(citizen, photos=broken).status_code == 200


def test_a_file_beyond_the_limit_is_refused_and_the_words_stay(
    citizen: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songcau.foundation.files import uses

    use = uses.use_of("citizen_reports.evidence")
    small = type(use.limits)(accepted=use.limits.accepted, max_bytes=1000)
    monkeypatch.setitem(
        uses._uses, use.name, type(use)(**{**{f: getattr(use, f) for f in use.__slots__}, "limits": small})
    )
    film = SimpleUploadedFile("phim.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 5000)
    page = citizen.post(PAGE, {**fields(), "photos": film, "step": "check"})
    assert page.status_code == 422
    assert TEXT in page.content.decode()


@pytest.mark.usefixtures("wards")
@pytest.mark.parametrize(
    ("point", "doubt"), [(INSIDE, "BORDER"), (OUTSIDE, "OUTSIDE"), (("", ""), "MISSING"), (("NaN", "1"), "MISSING")]
)
def test_a_doubtful_place_gets_guidance_and_is_sent_all_the_same(
    citizen: Client, town: Town, point: tuple[Any, Any], doubt: str
) -> None:
    where = {"longitude": str(point[0]), "latitude": str(point[1])}
    asked = citizen.post("/portal/report/place/", where).json()
    assert asked["doubt"] == doubt
    assert bool(asked["words"]) == bool(doubt)
    assert sent_json(citizen, **where).status_code == 200
    assert Report.objects.get().place_doubt == doubt


def test_a_category_that_was_retired_while_the_draft_was_offline_goes_to_its_heir(citizen: Client, town: Town) -> None:
    make_category("OLD_HOLE", retired_on="2026-01-01", replaced_by=town.pothole)
    assert sent_json(citizen, category="OLD_HOLE").status_code == 200
    assert Report.objects.get().category == town.pothole


def test_an_internal_category_is_not_offered_and_not_taken(citizen: Client, town: Town) -> None:
    make_category("SECRET", name="Việc nội bộ", is_internal=True)
    assert "Việc nội bộ" not in citizen.get(PAGE).content.decode()
    assert sent_json(citizen, category="SECRET").status_code == 422


def test_questions_of_the_category_are_asked_and_answers_kept(citizen: Client, town: Town) -> None:
    question = {"key": "deep", "kind": "YES_NO", "label": "Có sâu không?", "label_en": "Deep?", "required": True}
    town.pothole.questions = [question]
    town.pothole.save()
    assert "Có sâu không?" in citizen.get(PAGE).content.decode()
    assert "q-POTHOLE-deep" in sent_json(citizen).json()["errors"]
    assert sent_json(citizen, **{"q-POTHOLE-deep": "yes", "q-STREET_LAMP-other": "x"}).status_code == 200
    assert Report.objects.get().answers == {"deep": True}


def test_the_words_suggest_a_category_with_or_without_marks(citizen: Client, town: Town) -> None:
    for words in ("Đèn đường hỏng ba hôm", "den duong hong ba hom"):
        assert citizen.post("/portal/report/suggest/", {"text": words}).json()["categories"][0] == "STREET_LAMP"


def test_a_published_report_near_by_is_shown_before_sending(citizen: Client, town: Town) -> None:
    from songcau.kernel import clock

    report = send(text="Ổ gà trước cổng trường")
    found = citizen.post("/portal/report/similar/", fields())
    assert report.code not in found.content.decode()
    report.published_at = clock.now()
    report.save()
    assert report.code in citizen.post("/portal/report/similar/", fields()).content.decode()
    assert report.code in citizen.post(PAGE, {**fields(), "step": "check"}).content.decode()


def test_who_has_no_device_is_counted_by_address_as_one_person(citizen: Client, town: Town) -> None:
    answers = [sent_json(citizen).status_code for _time in range(5)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_many_telephones_behind_one_address_report_at_once(town: Town) -> None:
    for _telephone in range(12):
        client = Client()
        client.get(PAGE)
        assert sent_json(client).status_code == 200


def test_a_hundred_a_minute_from_one_address_are_stopped_whatever_is_thrown_away(town: Town) -> None:
    taken = 0
    for _time in range(100):
        client = Client()
        client.get(PAGE)
        answer = sent_json(client)
        taken += answer.status_code == 200
        assert answer.status_code in {200, 429}
    assert 3 <= taken <= 30
    plain = Client().post(PAGE, fields(step="send"))
    assert plain.status_code == 429
    assert TEXT in plain.content.decode()


def test_the_note_of_held_pictures_serves_its_own_report_only(citizen: Client, town: Town) -> None:
    page = citizen.post(PAGE, {**fields(), "photos": jpeg(), "step": "check"}).content.decode()
    note = page.split('name="held" value="')[1].split('"')[0]
    assert sent_json(citizen, held=note).status_code == 200
    assert not Attachment.objects.exists()
    assert sent_json(citizen, held="nonsense").status_code == 200
