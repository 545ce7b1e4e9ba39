"""The page of all prints of the centre: who it is for, and what it answers to a week that is none."""

import pytest
from django.conf import settings
from django.test import Client

from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with
from songcau.foundation.shell.navigation import menu
from songcau.systems.citizen_reports.tests.desk import Enter
from songcau.systems.citizen_reports.tests.town import Town
from songcau.systems.incidents.actions import shifts
from tests.operations.conftest import WARD
from tests.operations.printing import report, text_of_pdf

pytestmark = pytest.mark.usefixtures("wednesday")
LATE, MONTHS, PRINTS = "/operations/prints/late/", "/operations/prints/months/", "/operations/prints/"


def test_who_sees_no_alerts_prints_nothing(town: Town, enter: Enter) -> None:
    clerk = actor_with(Role.CLERK, town.ward, "motcua")
    assert enter(clerk).get(LATE).status_code == 403
    assert enter(clerk).get(PRINTS).status_code == 403
    assert Client().get(LATE).status_code == 302


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-30", "Kỳ này chưa bắt đầu"),
        ("9999-12-31", "Kỳ này chưa bắt đầu"),
        ("0001-01-01", "Quá xa về trước"),
        ("1999-12-31", "Quá xa về trước"),
        ("2026-13-40", "week_day_error"),
        ("nonsense", "week_day_error"),
        ("", "week_day_error"),
        ("\0", "week_day_error"),
    ],
)
def test_a_week_that_is_none_leads_back_with_why(town: Town, enter: Enter, day: str, said: str) -> None:
    answer = enter(town.desk).get(LATE, {"day": day})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'role="alert"' in page


def test_without_a_day_it_is_the_last_week_and_this_week_goes_up_to_now(town: Town, enter: Enter) -> None:
    report(town, WARD, "24 17:00")
    client = enter(town.desk)
    answer = client.get(LATE)
    assert "qua-han-tuan-2026-11-16" in answer["Content-Disposition"]
    assert "Trong tuần không có việc nào quá hạn." in text_of_pdf(answer.content)
    text = text_of_pdf(client.get(LATE, {"day": "2026-11-25"}).content)
    assert "Tuần chưa kết thúc" in text
    assert "Trong tuần có 1 việc quá hạn; 1 việc còn quá hạn." in text


def test_a_day_to_come_is_refused_by_every_print(town: Town, enter: Enter) -> None:
    client = enter(town.desk)
    for address, asked, said in (
        ("/incidents/prints/daily.pdf", {"day": "2026-11-26"}, "Ngày này chưa đến"),
        (LATE, {"day": "2026-11-26"}, "Kỳ này chưa bắt đầu"),
        (MONTHS, {"month": "2026-12"}, "Kỳ này chưa bắt đầu"),
        ("/directives/prints/months.pdf", {"day": "2026-11-26"}, "Ngày này chưa đến"),
        ("/citizen_reports/prints/voters.pdf", {"first": "2026-11-26"}, "Ngày này chưa đến"),
    ):
        answer = client.get(address, asked)
        assert answer.status_code == 422, address
        assert said in answer.content.decode(), address


def test_a_demonstration_says_so_on_every_print(town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter(town.desk)
    prints = (LATE, MONTHS, "/directives/prints/agencies.pdf", "/citizen_reports/prints/hot_spots.pdf")
    for is_demo in (False, True):
        monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"demo": is_demo}))
        found = ["Dữ liệu trình diễn" in text_of_pdf(client.get(one).content) for one in prints]
        assert found == [is_demo] * len(prints)


def test_the_page_leads_to_the_shift_and_its_last_signed_sheet(town: Town, enter: Enter) -> None:
    client, shift = enter(town.desk), 'href="/incidents/shift/">Ca trực</a>'
    page = client.get(PRINTS).content.decode()
    assert page.count(shift) == 1
    assert "Biên bản đã ký gần nhất" not in page
    shifts.start_shift(by=town.desk)
    handed = shifts.hand_over(by=town.desk, text="Bàn giao.")
    second = actor_with(Role.OPERATOR, town.centre, "truc2")
    shifts.sign_hand_over(by=second, has_read=True, revision=handed.revision)
    assert f'href="/incidents/shifts/{handed.pk}/sheet.pdf"' in client.get(PRINTS).content.decode()
    page = enter(town.mayor).get(PRINTS).content.decode()
    assert "/incidents/shift/" not in page
    assert str(handed.pk) not in page


def test_one_page_has_all_prints_and_the_menu_leads_there_once(town: Town, enter: Enter) -> None:
    page = enter(town.desk).get(PRINTS).content.decode()
    for address in ("/incidents/prints/daily.pdf", LATE, "/operations/prints/months/", "/directives/prints/"):
        assert f'"{address}"' in page, address
    assert '"/citizen_reports/prints/"' in page
    shown = [
        item for group in menu(town.desk, PRINTS) for item in group.items if "Bản in của trung tâm" in str(item.label)
    ]
    assert [(item.address, item.current) for item in shown] == [(PRINTS, True)]
