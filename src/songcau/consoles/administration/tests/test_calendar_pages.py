"""The calendar's pages: documents, hours, closures, each shown with what it brings about before it is saved."""

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from songcau.consoles.administration.calendar import listing, typed_days
from songcau.consoles.administration.tests.answers import at, text
from songcau.consoles.administration.tests.conftest import City, english
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.actions import impacts as impact_actions
from songcau.foundation.calendar.layers import DecreeTooLong, PeriodBackwards
from songcau.foundation.calendar.models import Change, Closure, Decree, Impact, OfficeHours, Promise
from songcau.foundation.calendar.public import Method, PromisedFor, Term
from songcau.foundation.calendar.queries import calendar_of
from songcau.foundation.shell.lists import checked
from songcau.kernel.actor import SYSTEM
from songcau.kernel.dates import DateUnreadable
from songcau.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("in_english")
DECREE = {
    "agency": "",
    "document": "15/QĐ-TTg",
    "document_on": "2027-01-04",
    "reason": "nghỉ bù",
    "reason_en": "exchanged",
    "off": "06/08/2027",
    "worked": "14/08/2027",
    "settles_year": "",
    "seen": "",
}
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "decreed"), "7h30-11h30 13h-17h")
HOURS = {"valid_from": "2027-08-02", "valid_to": "", **WEEK, "saturday": "07:30-11:30", "sunday": "", "seen": ""}
CLOSURE = {
    "first_on": "2027-08-09",
    "from_time": "13:00",
    "last_on": "2027-08-09",
    "to_time": "",
    "reason": "bão số 9",
    "document": "",
    "seen": "",
}


def promise(city: City, code: str, days: int = 5, number: int = 1) -> Promise:
    """Received on Monday 2 August 2027, due on Monday the 9th."""
    return actions.promise_date(
        by=SYSTEM,
        subject=PromisedFor("tests.dossier", UUID(int=number), f"Hồ sơ {number:03}"),
        agency_id=city.at(code).pk,
        received_at=datetime(2027, 8, 2, 2, 0, tzinfo=UTC),
        term=Term(Method.DAYS, days),
    )


def seen_in(shown: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', shown)
    assert found, shown
    return found[1]


def saved(client: Client, address: str, typed: dict[str, Any]) -> str:
    """Posted, looked at, posted again with what was shown; what was shown."""
    first = client.post(address, typed)
    assert first.status_code == 200, text(first)
    second = client.post(address, {**typed, "seen": seen_in(text(first))})
    assert second.status_code == 302, text(second)
    return text(first)


def test_a_document_is_shown_with_what_it_brings_about_and_then_recorded(city: City, admin: Client) -> None:
    promise(city, "D1")
    promise(city, "W2", number=2)
    first = admin.post(at("calendar_decree_add"), DECREE)
    assert "Off: 6 Aug 2027. Worked: 14 Aug 2027." in text(first)
    assert "This puts 2 promised dates in question" in text(first)
    assert not Decree.objects.exists()
    changed = admin.post(at("calendar_decree_add"), {**DECREE, "off": "05/08/2027", "seen": seen_in(text(first))})
    assert changed.status_code == 200, "what was changed after it was shown is shown anew"
    saved(admin, at("calendar_decree_add"), DECREE)
    assert not calendar_of(city.at("D1")).day(date(2027, 8, 6)).works
    page = text(admin.get(at("calendar_decrees")))
    assert all(words in page for words in ("15/QĐ-TTg", "the whole country", "6 Aug 2027", "in force", "Withdraw …"))


def test_who_looks_after_a_ward_decrees_for_the_ward_only(city: City, ward: Client) -> None:
    actions.record_decree(
        by=SYSTEM,
        agency_id=None,
        document="1/TTg",
        document_on=date(2027, 1, 1),
        reason="x",
        off=[date(2027, 8, 5)],
    )
    form = text(ward.get(at("calendar_decree_add")))
    assert "the whole country" not in form
    assert "Year it settles" not in form
    assert ward.post(at("calendar_decree_add"), DECREE).status_code == 422
    assert ward.post(at("calendar_decree_add"), DECREE | {"agency": str(city.at("W2").pk)}).status_code == 422
    saved(ward, at("calendar_decree_add"), DECREE | {"agency": str(city.at("W1").pk)})
    page = text(ward.get(at("calendar_decrees")))
    assert "1/TTg" in page
    assert page.count("Withdraw …") == 1, "its own only"
    national = Decree.objects.get(agency=None)
    refused = ward.post(at("calendar_decree_withdraw", national.pk), {"reason": "x"})
    assert refused.status_code == 403


def test_others_do_not_find_the_pages(city: City) -> None:
    for name in ("calendar_decrees", "calendar_hours", "calendar_closures", "calendar_decree_add", "calendar_dates"):
        assert city.client("thu").get(at(name)).status_code == 403, name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"document": " "}, "This field is required"),
        ({"document": "x" * 101}, "at most 100"),
        ({"off": "", "worked": ""}, "at least one day"),
        ({"off": "hôm qua"}, "is not a date"),
        ({"off": "08/08/2027 – 06/08/2027"}, "end must come after"),
        ({"off": "01/08/2027 đến 01/12/2027"}, "at most 60 days"),
        ({"off": "14/08/2027"}, "cannot be off and worked at once"),
        ({"off": "08/08/2027"}, "is a day of rest already"),
        ({"worked": "09/08/2027"}, "is a working day already"),
        ({"off": "06/08/2127", "worked": ""}, "2100"),
        ({"document_on": "0001-01-01"}, "1946"),
        ({"reason": "x" * 301}, "at most 300"),
        ({"agency": "nonsense"}, "valid"),
        ({"settles_year": "1999"}, "2000"),
        ({"off": "\0"}, "Null characters"),
    ],
)
def test_a_document_badly_written_is_answered_in_words(
    city: City, admin: Client, typed: dict[str, str], words: str
) -> None:
    answer = admin.post(at("calendar_decree_add"), DECREE | typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Change.objects.exists()


def test_a_day_is_decreed_once(city: City, admin: Client) -> None:
    saved(admin, at("calendar_decree_add"), DECREE | {"settles_year": "2027"})
    again = admin.post(at("calendar_decree_add"), DECREE)
    assert again.status_code == 409
    assert "is changed by 15/QĐ-TTg already" in text(again)


def test_a_document_is_withdrawn_for_a_reason(city: City, admin: Client) -> None:
    saved(admin, at("calendar_decree_add"), DECREE)
    promise(city, "W1")
    row = Decree.objects.get()
    address = at("calendar_decree_withdraw", row.pk)
    asked = text(admin.get(address))
    assert "Withdraw 15/QĐ-TTg from the calendar?" in asked
    assert "This puts 1 promised date in question" in asked
    assert admin.post(address, {"reason": ""}).status_code == 422
    assert admin.post(address, {"reason": "bị thay thế"}).status_code == 302
    assert calendar_of(None).day(date(2027, 8, 6)).works
    page = text(admin.get(at("calendar_decrees")))
    assert "withdrawn" in page
    assert "bị thay thế" in page
    assert "It was withdrawn already." in text(admin.get(address, follow=True))
    assert admin.get(at("calendar_decree_withdraw", uuid4())).status_code == 404


def test_hours_begin_with_those_in_force_and_reach_those_below(city: City, admin: Client, ward: Client) -> None:
    form = text(ward.get(at("calendar_hours_add") + "?agency=W1"))
    assert 'value="07:30-11:30 13:00-17:00"' in form
    assert f'value="{city.at("W1").pk}" selected' in form
    shown = saved(ward, at("calendar_hours_add"), HOURS | {"agency": str(city.at("W1").pk)})
    assert "Saturday 07:30–11:30" in shown
    assert calendar_of(city.at("D1")).day(date(2027, 8, 7)).works
    page = text(ward.get(at("calendar_hours")))
    assert 'href="/calendar/?agency=W1"' in page
    row = OfficeHours.objects.get()
    assert "Withdraw the office hours of" in text(ward.get(at("calendar_hours_withdraw", row.pk)))
    assert ward.post(at("calendar_hours_withdraw", row.pk), {"reason": "nhầm"}).status_code == 302
    assert not calendar_of(city.at("D1")).day(date(2027, 8, 7)).works
    assert "It was withdrawn already." in text(ward.get(at("calendar_hours_withdraw", row.pk), follow=True))
    for query in ("?agency=", "?agency=%00", "?agency=" + "x" * 5000):
        assert admin.get(at("calendar_hours_add") + query).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"agency": ""}, "This field is required"),
        ({"monday": "17:00-07:30"}, "end after it begins"),
        ({"monday": "22:00-26:00"}, "between 00:00 and 24:00"),
        ({"monday": "07:30-11:30 11:00-12:00"}, "overlap"),
        ({"monday": "sáng"}, "Working hours must lie"),
        ({"valid_to": "2027-08-01"}, "end must come after"),
        ({"valid_from": "1900-01-01"}, "1946"),
        ({**dict.fromkeys(WEEK, ""), "saturday": ""}, "at least one day of the week"),
    ],
)
def test_hours_badly_written_are_answered_in_words(
    city: City, admin: Client, typed: dict[str, str], words: str
) -> None:
    answer = admin.post(at("calendar_hours_add"), HOURS | {"agency": str(city.at("W1").pk)} | typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not OfficeHours.objects.exists()


def test_an_agency_is_closed_for_an_afternoon_and_reopened(city: City, ward: Client) -> None:
    typed = CLOSURE | {"agency": str(city.at("W1").pk), "below": "on"}
    promise(city, "D1")
    shown = saved(ward, at("calendar_closure_add"), typed)
    assert "is closed from 13:00 9 Aug 2027 to 9 Aug 2027" in shown
    assert "This puts 1 promised date in question" in shown
    assert ward.post(at("calendar_closure_add"), typed).status_code == 409
    page = text(ward.get(at("calendar_closures")))
    assert "13:00 9 Aug 2027" in page
    assert "Reopen …" in page
    row = Closure.objects.get()
    assert "Reopen Cơ quan W1?" in text(ward.get(at("calendar_closure_lift", row.pk)))
    assert ward.post(at("calendar_closure_lift", row.pk), {"reason": "bão tan"}).status_code == 302
    assert calendar_of(city.at("D1")).day(date(2027, 8, 9)).why == "WEEK"
    assert ward.get(at("calendar_closure_lift", row.pk)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"to_time": "12:00"}, "end must come after"),
        ({"last_on": "2027-08-08"}, "end must come after"),
        ({"last_on": "2029-08-08"}, "at most 366 days"),
        ({"reason": ""}, "This field is required"),
        ({"from_time": "25:00"}, "valid time"),
    ],
)
def test_a_closure_badly_written_is_answered_in_words(
    city: City, admin: Client, typed: dict[str, str], words: str
) -> None:
    answer = admin.post(at("calendar_closure_add"), CLOSURE | {"agency": str(city.at("W1").pk)} | typed)
    assert answer.status_code == 422
    assert words in text(answer)


def test_until_midnight_is_the_end_of_the_day_before(city: City, admin: Client) -> None:
    typed = {"last_on": "2027-08-11", "to_time": "00:00", "agency": str(city.at("W1").pk)}
    saved(admin, at("calendar_closure_add"), CLOSURE | typed)
    assert Closure.objects.get().last_on == date(2027, 8, 10)


def decree_and_assess() -> None:
    actions.record_decree(
        by=SYSTEM,
        agency_id=None,
        document="15/QĐ-TTg",
        document_on=date(2027, 1, 4),
        reason="nghỉ bù",
        off=[date(2027, 8, 6)],
    )
    actions.find_impacts(by=SYSTEM, upto=1)


def test_promised_dates_are_decided_by_choice(city: City, ward: Client) -> None:
    one, two = promise(city, "D1"), promise(city, "W1", number=2)
    elsewhere = promise(city, "W2", number=3)
    decree_and_assess()
    page = text(ward.get(at("calendar_dates")))
    assert "Hồ sơ 001" in page
    assert "Days changed by a document, 15/QĐ-TTg, 6 Aug 2027" in page
    assert "Hồ sơ 003" not in page
    chosen = str(one.impacts.get().pk)
    typed = {"impact": [chosen, "nonsense"], "basis": "5/TB-UBND", "decision": "move"}
    answer = ward.post(at("calendar_dates"), typed)
    assert answer.status_code == 302
    assert "1 promised date was moved." in text(ward.get(answer["Location"]))
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.due_at.date() == date(2027, 8, 10)
    assert two.due_at == two.first_due_at
    kept = ward.post(at("calendar_dates") + "?q=002", {"everything": "on", "basis": "giữ", "decision": "keep"})
    assert kept.status_code == 302
    assert [row.state for row in Impact.objects.order_by("promise__label")] == ["MOVED", "KEPT", "OPEN"]
    assert elsewhere.impacts.get().state == "OPEN"
    assert "Nothing to decide" in text(ward.get(at("calendar_dates")))
    assert "5/TB-UBND" in text(ward.get(at("calendar_dates") + "?state=MOVED"))


def test_a_decision_that_cannot_be_is_answered_in_words_with_the_choice_kept(
    city: City, admin: Client, ward: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = promise(city, "D1"), promise(city, "W2", number=2)
    decree_and_assess()
    mine, theirs = (str(row.impacts.get().pk) for row in (one, other))
    nothing = ward.post(at("calendar_dates"), {"basis": "x", "decision": "keep"})
    assert (nothing.status_code, "choose at least one date" in text(nothing)) == (422, True)
    neither = ward.post(at("calendar_dates"), {"impact": mine, "basis": "x"})
    assert (neither.status_code, "whether the dates are kept or moved" in text(neither)) == (422, True)
    assert one.impacts.get().state == "OPEN"
    no_basis = ward.post(at("calendar_dates"), {"impact": mine, "basis": "", "decision": "keep"})
    assert no_basis.status_code == 422
    assert f'value="{mine}" form="decide" checked' in text(no_basis)
    assert ward.post(at("calendar_dates"), {"impact": theirs, "basis": "x", "decision": "keep"}).status_code == 403
    monkeypatch.setattr(impact_actions, "MOST_AT_ONCE", 1)
    many = admin.post(at("calendar_dates"), {"everything": "on", "basis": "x", "decision": "keep"})
    assert (many.status_code, "At most 1 dates" in text(many)) == (422, True)
    assert ward.post(at("calendar_dates"), {"impact": mine, "basis": "x", "decision": "keep"}).status_code == 302
    assert ward.post(at("calendar_dates"), {"impact": mine, "basis": "x", "decision": "move"}).status_code == 409


def test_a_leader_decides_and_does_not_change_the_calendar(city: City) -> None:
    give(city.lan, Role.WARD_LEADER, city.at("W1"))
    leader = english(city, "lan")
    promise(city, "D1")
    page = text(leader.get(at("calendar_dates")))
    assert at("calendar_hours") not in page
    assert leader.get(at("calendar_hours")).status_code == 403


def test_the_list_says_that_a_change_is_still_being_looked_at(city: City, admin: Client) -> None:
    actions.record_decree(
        by=SYSTEM,
        agency_id=None,
        document="1",
        document_on=date(2027, 1, 4),
        reason="x",
        off=[date(2027, 8, 6)],
    )
    assert "1 change is still being looked at" in text(admin.get(at("calendar_dates")))


@pytest.mark.parametrize("name", ["DECREES", "HOURS", "CLOSURES", "DATES"])
def test_every_order_and_file_of_the_lists_works(city: City, admin: Client, name: str) -> None:
    promise(city, "D1")
    decree_and_assess()
    address, rows = {
        "DECREES": ("calendar_decrees", Decree),
        "HOURS": ("calendar_hours", OfficeHours),
        "CLOSURES": ("calendar_closures", Closure),
        "DATES": ("calendar_dates", Impact),
    }[name]
    checked(getattr(listing, name), rows.objects.all())
    for query in ("format=csv", "format=xlsx", "state=held&q=x&on_from=01/01/2027", "state=&q=%00"):
        assert admin.get(at(address) + "?" + query).status_code == 200, query


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("", []),
        (" ;\n", []),
        ("02/01/2027", [2]),
        ("02/01/2027, 03/01/2027\n5 Jan 2027", [2, 3, 5]),
        ("02/01/2027–04/01/2027", [2, 3, 4]),
        ("2027-01-02 - 2027-01-03", [2, 3]),
        ("02/01/2027 đến 03/01/2027", [2, 3]),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, days: list[int]) -> None:
    assert typed_days.days_written(typed) == [date(2027, 1, day) for day in days]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("mai", DateUnreadable), ("02/01/2027 – 01/01/2027", PeriodBackwards), ("1/1/2027 – 2/3/2027", DecreeTooLong)],
)
def test_days_that_are_none_are_refused(typed: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        typed_days.days_written(typed)
