"""What stands on the centre's sheets: nothing that is not so, or was not so on the day that they are of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.tests.people import sign_in
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions import bulletins, shifts
from songcau.systems.incidents.pages.printing import sheets, weather
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_incidents import opened
from songcau.systems.incidents.tests.test_shifts import bulletin
from songcau.systems.incidents.tests.town import Town, finding, receive

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = "/incidents/prints/daily.pdf"
Enter = Callable[[Actor], Client]


@pytest.fixture
def enter() -> Enter:
    cache.clear()

    def client_of(actor: Actor) -> Client:
        client = Client()
        sign_in(client, Person.objects.get(pk=actor.id))
        return client

    return client_of


def read(answer: Any) -> str:
    """The text of a PDF, with blanks as they are read."""
    assert answer.content[:5] == b"%PDF-", answer.content[:500].decode()
    pages = pypdfium2.PdfDocument(answer.content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def published(town: Town, title: str, **more: Any) -> Any:
    made = bulletins.draft_bulletin(by=town.desk, said=bulletin(title_vi=title, **more))
    return bulletins.publish_bulletin(by=town.desk, bulletin_id=made.pk)


def withdrawn(town: Town, title: str, **more: Any) -> None:
    bulletins.withdraw_bulletin(by=town.desk, bulletin_id=published(town, title, **more).pk, text="Nước đã rút.")


def test_a_withdrawn_bulletin_is_printed_as_withdrawn(town: Town, enter: Enter) -> None:
    withdrawn(town, "Bản tin đã rút", valid_from=NOW - HOUR)
    published(town, "Bản tin còn giữ")
    published(town, "Bản tin tối nay", valid_from=NOW + 4 * HOUR)
    published(town, "Bản tin ngắn", valid_to=NOW + HOUR)
    withdrawn(town, "Rút trước khi hiệu lực", valid_from=NOW + HOUR)
    with clock.frozen(NOW + 2 * HOUR):
        text = read(enter(town.desk).get(DAILY, {"day": "2026-11-25"}))
    for said in (
        "Bản tin đã rút Trưng Vương đã thu hồi lúc 09:00 25/11/2026",
        "Bản tin còn giữ Trưng Vương còn hiệu lực đến 15:00 25/11/2026",
        "Bản tin tối nay Trưng Vương có hiệu lực từ 13:00 25/11/2026",
        "Bản tin ngắn Trưng Vương hết hiệu lực lúc 10:00 25/11/2026",
    ):
        assert said in text
    assert "Rút trước khi hiệu lực" not in text
    # Of four that the page has room for, those that hold come first.
    assert text.index("Bản tin ngắn") < text.index("Bản tin đã rút")


def test_a_bulletin_stands_on_the_days_on_which_it_held(town: Town, enter: Enter) -> None:
    # Written to hold from the day before on, but nobody could read it then.
    made = published(town, "Bản tin qua đêm", valid_from=NOW - 12 * HOUR, valid_to=NOW + 3 * DAY)
    with clock.frozen(NOW + DAY):
        bulletins.withdraw_bulletin(by=town.desk, bulletin_id=made.pk, text="Nước đã rút.")
    with clock.frozen(NOW + 2 * DAY):
        client = enter(town.desk)
        texts = [read(client.get(DAILY, {"day": f"2026-11-{day}"})) for day in (24, 25, 26, 27)]
    assert ["Bản tin qua đêm" in text for text in texts] == [False, True, True, False]
    assert all("đã thu hồi lúc 09:00 26/11/2026" in text for text in texts[1:3])


def test_before_it_is_handed_over_the_sheet_shows_what_is_open_now(town: Town, rules: Rules, enter: Enter) -> None:
    client = enter(town.desk)
    first = shifts.start_shift(by=town.desk)
    sheet = reverse("incidents:shift_sheet", args=[first.pk])
    receive(finding(rules.add(), NOW))
    incident = opened(town)

    text = read(client.get(sheet))
    assert "CHƯA BÀN GIAO" in text
    assert "Cảnh báo đang mở: 1" in text
    assert "Sự việc đang xử lý: 1" in text
    assert incident.title in text
    assert "Người nhận" not in text
    assert "In biên bản (chưa bàn giao)" in client.get(reverse("incidents:shift")).content.decode()

    handed = shifts.hand_over(by=town.desk, text="Theo dõi cầu Gia Bảy.")
    receive(finding(rules.add(), NOW, subject="urn:ngsi-ld:X:later"))
    text = read(client.get(sheet))
    assert "Đã bàn giao lúc 09:00 25/11/2026, chưa ký nhận." in text
    assert "Cảnh báo đang mở: 1" in text
    assert "Người nhận" in text

    shifts.take_back_hand_over(by=town.desk)
    text = read(client.get(sheet))
    assert "CHƯA BÀN GIAO" in text
    assert "Cảnh báo đang mở: 2" in text

    handed = shifts.hand_over(by=town.desk, text="Theo dõi cầu Gia Bảy.")
    second = shifts.sign_hand_over(by=town.second, has_read=True, revision=handed.revision)
    assert "CHƯA BÀN GIAO" not in read(client.get(sheet))
    text = read(client.get(reverse("incidents:shift_sheet", args=[second.pk])))
    assert "CHƯA BÀN GIAO" in text
    assert "Cảnh báo đang mở: 2" in text


def test_the_last_signed_sheet_is_one_click_away(town: Town, enter: Enter) -> None:
    client, page = enter(town.desk), reverse("incidents:shift")
    signed: list[str] = []
    for n, (lead, next_lead) in enumerate(((town.desk, town.second), (town.second, town.desk))):
        with clock.frozen(NOW + n * HOUR):
            if not n:
                shifts.start_shift(by=lead)
                assert "Biên bản đã ký gần nhất" not in client.get(page).content.decode()
            handed = shifts.hand_over(by=lead, text="Bàn giao.")
            shifts.sign_hand_over(by=next_lead, has_read=True, revision=handed.revision)
            signed.append(reverse("incidents:shift_sheet", args=[handed.pk]))
    text = client.get(page).content.decode()
    assert f'href="{signed[1]}"' in text
    assert f'href="{signed[0]}"' not in text


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        ("2026-11-26", "vi", "Ngày này chưa đến."),
        ("2026-11-26", "en", "This day has not come yet."),
        ("9999-12-31", "vi", "Ngày này chưa đến."),
        ("0001-01-01", "vi", "Quá xa về trước. Vui lòng chọn từ năm 2000."),
    ],
)
def test_a_day_of_which_nothing_can_be_told_leads_back_with_why(
    town: Town, enter: Enter, day: str, language: str, said: str
) -> None:
    client = enter(town.desk)
    client.cookies["django_language"] = language
    answer = client.get(DAILY, {"day": day})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_the_weather_of_a_past_day_is_not_that_of_today(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = weather.Observation("Trạm Gia Bảy", {"temperature": 31.5, "relativeHumidity": 0.7}, NOW.isoformat())
    then = weather.Observed("Trạm Gia Bảy", {"temperature": (18.0, 24.25), "relativeHumidity": (0.6, 0.6)})
    monkeypatch.setattr(sheets, "observations", lambda: [now])
    monkeypatch.setattr(sheets, "observed_between", lambda _first, _last: [then])
    client = enter(town.desk)
    today, yesterday = (read(client.get(DAILY, {"day": f"2026-11-{day}"})) for day in (25, 24))
    assert "Trạm Gia Bảy 31,5 – 70 % –" in today
    assert "Trạm Gia Bảy 18,0 – 24,3 – 60 % –" in yesterday
    assert "31,5" not in yesterday
    for seen, said in (([], "Không có số liệu."), (None, "không trả lời")):
        monkeypatch.setattr(sheets, "observed_between", lambda _first, _last, seen=seen: seen)
        assert said in read(client.get(DAILY, {"day": "2026-11-24"}))


def test_a_rule_is_printed_by_its_name(town: Town, rules: Rules, enter: Enter) -> None:
    receive(finding(rules.add(code="RIVER_RISING", name_vi="Nước sông lên nhanh"), NOW))
    text = read(enter(town.desk).get(DAILY))
    assert "Nước sông lên nhanh" in text
    assert "RIVER_RISING" not in text


def test_rules_that_the_page_has_no_room_for_are_counted_together(town: Town, rules: Rules, enter: Enter) -> None:
    for number in range(10):
        receive(finding(rules.add(code=f"RULE_{number}", name_vi=f"Quy tắc {number}"), NOW))
    text = read(enter(town.desk).get(DAILY))
    assert "10 cảnh báo" in text
    assert "Quy tắc 7 1 0 Các quy tắc khác 2 0" in text


def test_only_a_demonstration_city_says_so_on_paper(town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    client, shift, incident = enter(town.desk), shifts.start_shift(by=town.desk), opened(town)
    addresses = [
        DAILY,
        reverse("incidents:shift_sheet", args=[shift.pk]),
        reverse("incidents:incident_report", args=[incident.pk]),
    ]
    for is_demo in (False, True):
        monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"demo": is_demo}))
        assert ["Dữ liệu trình diễn" in read(client.get(one)) for one in addresses] == [is_demo] * 3
