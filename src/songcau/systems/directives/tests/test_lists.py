"""Lists, figures and the table by agency: one condition, one count; who sees which."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import timezone

from songcau.foundation.shell.lists import State as ListState
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.directives import actions, public
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages import listing
from songcau.systems.directives.pages.code_words import timing_of
from songcau.systems.directives.queries import comparing, lists
from songcau.systems.directives.rules import Due, Source, SourceKind, State, Timing
from songcau.systems.directives.tests.conftest import NOW
from songcau.systems.directives.tests.town import (
    DONE,
    WHY,
    Enter,
    Town,
    browsers,
    done,
    drafted,
    found,
    given,
    held,
    later,
    page,
    text_of,
)

DAY = timedelta(days=1)


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


def spread(town: Town) -> list[Directive]:
    """Of every state and timing, at the edges too, for two wards and an office."""
    made = [drafted(town), drafted(town, lead_id=town.other.pk)]
    actions.refuse_draft(by=town.mayor, directive_id=made[0].pk, reason=WHY)
    for lead in (town.ward, town.other, town.office):
        for hours in (-90, -1, 0, 1, 300):
            one = given(town, lead_id=lead.pk)
            due = NOW + timedelta(hours=hours)
            Directive.objects.filter(pk=one.pk).update(due_at=due, soon_at=due - DAY)
            made.append(one)
    finished = [done(town), done(town)]
    Directive.objects.filter(pk=finished[0].pk).update(due_at=NOW - DAY, soon_at=NOW - 2 * DAY)
    actions.accept_result(by=town.mayor, directive_id=finished[1].pk)
    gone = given(town)
    actions.withdraw_directive(by=town.mayor, directive_id=gone.pk, reason=WHY)
    asked = given(town)
    actions.ask_extension(by=town.officer, directive_id=asked.pk, due_at=later(days=30), reason=WHY)
    return [found(one.pk) for one in (*made, *finished, gone, asked)]


def listed(by: Actor, address: str) -> list[Directive]:
    """The rows of the list at an address, as its page reads it."""
    query = QueryDict(mutable=True)
    query.update(dict(parse_qsl(urlsplit(address).query)))
    return list(ListState(listing.all_of(by.id), query).applied(lists.directives_of(by)))


def test_each_directive_is_listed_under_the_timing_that_the_rules_give_it(town: Town) -> None:
    made, now = spread(town), clock.now()
    by_rule = {one.pk: timing_of(one, now) for one in made}
    by_query = {
        pk: timing
        for timing in Timing
        for pk in Directive.objects.filter(lists.TIMINGS[timing](now)).values_list("pk", flat=True)
    }
    assert by_query == by_rule
    assert set(by_rule.values()) == set(Timing)
    assert sum(Directive.objects.filter(lists.TIMINGS[one](now)).count() for one in Timing) == len(made)


def test_every_figure_equals_the_rows_of_its_list(town: Town) -> None:
    spread(town)
    for who in (town.mayor, town.head, town.officer, town.engineer, town.desk):
        for figure in public.figures(who):
            assert figure.value == len(listed(who, figure.address)), (who.label, figure)
    values = {figure.code: figure.value for figure in public.figures(town.mayor)}
    assert values == {"AT_WORK": 16, "SOON": 6, "LATE": 6, "TO_ACCEPT": 1, "EXTENSIONS": 1, "DRAFTS": 1}


def test_every_figure_of_the_table_opens_a_list_of_so_many(town: Town, enter: Enter) -> None:
    spread(town)
    shown = enter(town.mayor).get(page("units")).content.decode()
    links = re.findall(r'<a href="(/directives/all/\?[^"]*)">(\d+)</a>', shown)
    assert len(links) > 15
    for address, figure in links:
        assert len(listed(town.mayor, address.replace("&amp;", "&"))) == int(figure), address


def test_a_ward_leader_sees_the_figures_of_others_and_the_lists_of_the_own_ward(town: Town, enter: Enter) -> None:
    spread(town)
    client = enter(town.head)
    shown = client.get(page("units")).content.decode()
    assert "UBND phường Túc Duyên" in shown
    assert str(town.other.pk) not in shown
    for address, figure in re.findall(r'<a href="(/directives/all/\?[^"]*)">(\d+)</a>', shown):
        assert len(listed(town.head, address.replace("&amp;", "&"))) == int(figure), address
    theirs = Directive.objects.filter(lead=town.other).exclude(state=State.DRAFT).first()
    assert theirs is not None
    assert client.get(page("case", theirs.pk)).status_code == 404
    assert listed(town.head, f"/directives/all/?unit={town.other.pk}") == []


def test_the_table_is_given_as_a_file_and_of_some_days(town: Town, enter: Enter) -> None:
    spread(town)
    client = enter(town.desk)
    for kind in ("csv", "xlsx"):
        response = client.get(page("units"), {"format": kind})
        assert response.status_code == 200
        assert "attachment" in response["Content-Disposition"]
    assert "Túc Duyên" in text_of(client.get(page("units"), {"format": "csv"}))
    empty = client.get(page("units"), {"given_from": "2020-01-01", "given_to": "2020-01-02"}).content.decode()
    assert "Không giao nhiệm vụ nào" in empty


def test_every_list_sorts_filters_and_is_given_as_a_file(town: Town, enter: Enter) -> None:
    spread(town)
    rows = lists.directives_of(town.mayor)
    for one in (listing.all_of(town.mayor.id), listing.late_of(town.mayor.id)):
        checked(one, rows)
    client = enter(town.mayor)
    for name in ("all", "late"):
        for query in ({}, {"format": "csv"}, {"format": "xlsx"}, {"q": "rãnh thoat nuoc"}, {"sort": "-due"}):
            assert client.get(page(name), query).status_code == 200, (name, query)
    late = text_of(client.get(page("late"), {"format": "csv"}))
    assert late.count("CD-2026-") == 6
    for query in ("officer=mine", "officer=none", "source=BY_HAND", f"giver={town.city.pk}", "due_from=2026-11-25"):
        listed(town.mayor, f"/directives/all/?{query}")
    actions.assign_officer(by=town.officer, directive_id=given(town).pk, officer_id=town.officer.id)
    assert len(listed(town.officer, "/directives/all/?officer=mine")) == 1


def test_what_is_due_is_named_by_agency_the_most_urgent_first(town: Town) -> None:
    spread(town)
    due = public.due_directives(town.mayor, most=4)
    assert len(due) == 4
    assert [one.due_at for one in due] == sorted(one.due_at for one in due if one.due_at)
    assert due[0].address == f"/directives/{due[0].id}/"
    assert public.due_directives(town.engineer)[0].lead == town.office.name


def test_what_came_from_an_incident_is_found_again(town: Town) -> None:
    source = Source(SourceKind.INCIDENT, uuid4(), "Sự việc 12", "/incidents/12/")
    assert source.id is not None
    first = public.give_directive(
        by=town.mayor, task=actions.Task(uuid4(), "Cắm biển báo", DONE, town.ward.pk, Due(1), source=source)
    )
    given(town)
    assert [one.id for one in public.directives_from(town.mayor, SourceKind.INCIDENT, source.id)] == [first]
    assert public.directives_from(town.neighbour, SourceKind.INCIDENT, source.id) == ()
    draft = public.draft_directive(
        by=town.desk,
        task=actions.Task(uuid4(), "Cắm biển báo", DONE, town.ward.pk, Due(1), giver_agency_id=town.city.pk),
    )
    assert found(draft).state == State.DRAFT
    address = public.form_address(source, title="Cắm biển")
    assert dict(parse_qsl(urlsplit(address).query))["source_id"] == str(source.id)


def test_months_are_compared_by_what_fell_due(town: Town) -> None:
    now = clock.now()
    one, two, three = given(town), done(town), given(town, lead_id=town.office.pk)
    first = timezone.localdate(now).replace(day=1)
    before = comparing.month_before(first)
    for directive, due in ((one, now - DAY), (two, now - 2 * DAY), (three, comparing.midnight(before) + DAY)):
        Directive.objects.filter(pk=directive.pk).update(due_at=due, soon_at=due - DAY)
    rows = lists.directives_of(SYSTEM)
    month = comparing.month(rows, first, now)
    assert (month.due, month.in_time, month.late, month.still_late) == (2, 0, 1, 1)
    assert month.in_time_percent == 0
    assert comparing.month(rows, before, now).still_late == 1
    assert comparing.month(rows, comparing.month_before(first, 5), now).in_time_percent is None
    assert {name for name, _month in comparing.by_unit(rows, before, now).values()} == {town.office.name}
    days = timezone.localdate(now)
    assert [row.pk for row in comparing.done_late_between(rows, days, days, now)] == [two.pk]


def test_a_share_is_of_what_is_done_or_late(town: Town) -> None:
    assert lists.total(Directive.objects.all(), NOW).in_time_percent is None
    done(town)
    late = given(town)
    Directive.objects.filter(pk=late.pk).update(due_at=NOW - DAY, soon_at=NOW - 2 * DAY)
    line = lists.total(Directive.objects.all(), NOW)
    assert (line.total, line.done, line.in_time_percent) == (2, 1, 50)
    actions.finish_work(by=town.officer, directive_id=late.pk, text=DONE, files=[held()])
