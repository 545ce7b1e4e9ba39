"""The desk's pages, as an officer, the centre's desk, an outside body and a leader meet them."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse

from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import handling, moderating
from songcau.systems.citizen_reports.models import (
    Attachment,
    Report,
    Reporter,
    RoutingRule,
)
from songcau.systems.citizen_reports.rules import AttachmentKind, State
from songcau.systems.citizen_reports.tests.desk import DONE, SENDER, Enter, assigned, browsers, page, picture, text_of
from songcau.systems.citizen_reports.tests.town import Town, found, send

pytestmark = pytest.mark.usefixtures("wards")


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


PAGES_OF_ALL = ("worklist", "reports", "late", "three_times", "heat", "statistics", "prints")
OF_THE_CENTRE = ("moderation", "write_down", "write_several", "sources")
OF_SET_UP = ("categories", "category_add", "routing", "rule_add", "bodies", "body_add", "templates", "template_add")


def test_each_page_opens_for_whom_it_is(town: Town, enter: Enter) -> None:
    assigned(town)
    send()
    for name in PAGES_OF_ALL:
        for who in (town.desk, town.officer, town.mayor, town.lineman):
            assert enter(who).get(page(name)).status_code == 200, name
    for name in OF_THE_CENTRE:
        assert enter(town.desk).get(page(name)).status_code == 200, name
        assert enter(town.officer).get(page(name)).status_code == 403, name
    for name in OF_SET_UP:
        assert enter(town.root).get(page(name)).status_code == 200, name
        assert enter(town.desk).get(page(name)).status_code == 403, name
    assert enter(town.mayor).get(page("spot_checks")).status_code == 200
    assert enter(town.officer).get(page("spot_checks")).status_code == 403


def test_every_list_is_given_as_a_file(town: Town, enter: Enter) -> None:
    report = assigned(town)
    for name in ("worklist", "reports", "statistics"):
        for kind in ("csv", "xlsx"):
            response = enter(town.desk).get(page(name), {"format": kind})
            assert response.status_code == 200
            assert "attachment" in response["Content-Disposition"]
    shown = text_of(enter(town.desk).get(page("reports"), {"format": "csv"}))
    assert report.code[2:6] in shown
    assert "moderation" not in shown


def test_the_queue_accepts_and_gives_to_the_unit_that_the_rules_name(town: Town, enter: Enter) -> None:
    first, second = send(), send(text="Nắp cống mất trước nhà số 3.")
    client = enter(town.desk)
    shown = client.get(page("moderation")).content.decode()
    assert "Phòng Quản lý đô thị" in shown
    form = {
        "version": first.version,
        "category": first.category_id,
        "urgency": "URGENT",
        "agency": town.office.pk,
        "publish": "on",
        "then": page("moderation") + f"?report={second.pk}",
    }
    answer = client.post(page("triage", first.pk), form)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?report={second.pk}")
    after = found(first.pk)
    assert (after.state, after.agency, after.urgency) == (State.ASSIGNED, town.office, "URGENT")
    assert after.is_public
    assert after.first_due_at == after.due_at


def focus_of(response: Any) -> str:
    """Which element of the page has the focus when it opens; empty: none, one begins at the menu."""
    shown = response.content.decode().partition('<template id="sc-confirm">')[0]
    found = re.search(r"<(\w+)[^<>]* autofocus[^<>]*>", shown)
    return found[1] if found else ""


def test_after_a_step_whoever_works_by_keys_goes_on_where_they_were(town: Town, enter: Enter) -> None:
    report, desk = assigned(town), enter(town.desk)
    other = send(text="Nắp cống mất trước nhà số 3.")
    assert focus_of(desk.get(page("moderation"))) == "div", "that one has signed in"
    assert focus_of(desk.get(page("moderation"))) == ""
    assert focus_of(desk.get(page("moderation"), {"report": other.pk})) == "a"
    assert focus_of(desk.get(page("moderation"), {"report": other.pk}, headers={"HX-Request": "true"})) == ""
    assert focus_of(desk.get(page("case", report.pk))) == "h1"
    step = page("step", report.pk, "note")
    assert focus_of(desk.get(step)) == "h1"
    assert focus_of(desk.post(step, {"version": report.version, "text": ""})) == ""
    assert focus_of(desk.post(step, {"version": report.version, "text": "Đã gọi phường."}, follow=True)) == "div"


def test_of_two_desks_the_second_is_told_what_the_first_changed(town: Town, enter: Enter) -> None:
    report = send()
    moderating.accept_report(by=town.desk, report_id=report.pk)
    answer = enter(town.desk).post(
        page("triage", report.pk), {"version": report.version, "category": report.category_id, "urgency": "NORMAL"}
    )
    assert answer.status_code == 409
    assert "trạng thái" in answer.content.decode()
    assert found(report.pk).state == State.ACCEPTED


def test_a_triage_that_is_refused_changes_nothing_at_all(town: Town, enter: Enter) -> None:
    report = send(is_private=True)
    assert 'name="publish"' not in enter(town.desk).get(page("moderation")).content.decode()
    town.noise.is_public = False
    town.noise.save()
    form = {"version": report.version, "category": town.noise.pk, "urgency": "NORMAL", "agency": uuid4()}
    assert enter(town.desk).post(page("triage", report.pk), form).status_code == 422
    assert found(report.pk).category == town.pothole


def test_many_at_once_tell_of_each_what_came_of_it(town: Town, enter: Enter) -> None:
    fresh, done = send(), assigned(town)
    chosen = [f"{one.pk}:{one.version}" for one in (fresh, done)]
    answer = enter(town.desk).post(page("bulk"), {"act": "accept", "chosen": chosen})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "1 trên 2" in shown or "1/2" in shown
    assert found(fresh.pk).state == State.ACCEPTED
    assert found(done.pk).state == State.ASSIGNED


@pytest.mark.parametrize("chosen", [[], ["nonsense"], ["1:2:3"]])
def test_nothing_ticked_is_said(town: Town, enter: Enter, chosen: list[str]) -> None:
    assert enter(town.desk).post(page("bulk"), {"act": "accept", "chosen": chosen}).status_code == 422


def test_what_a_bulk_act_needs_is_asked_for(town: Town, enter: Enter) -> None:
    report = send()
    chosen = f"{report.pk}:{report.version}"
    for act in ("assign", "refuse"):
        assert enter(town.desk).post(page("bulk"), {"act": act, "chosen": chosen}).status_code == 422
    enter(town.desk).post(page("bulk"), {"act": "refuse", "reason": "SPAM", "chosen": chosen})
    assert found(report.pk).state == State.REFUSED


def test_a_bulk_act_gives_each_to_its_own_unit_or_says_that_none_fits(town: Town, enter: Enter) -> None:
    RoutingRule.objects.filter(ward_code="05443").delete()
    hole, lamp = send(), send(category="STREET_LAMP")
    answer = enter(town.desk).post(
        page("bulk"), {"act": "suggested", "chosen": [f"{one.pk}:{one.version}" for one in (hole, lamp)]}
    )
    assert answer.status_code == 200
    assert found(hole.pk).agency == town.office
    assert found(lamp.pk).agency is None


def test_the_page_of_a_report_says_nothing_of_who_sent_it(town: Town, enter: Enter) -> None:
    report = assigned(town, text="Ổ gà sâu, gọi tôi 0912 345 678 nhé.")
    for who in (town.officer, town.head, town.desk, town.mayor):
        shown = enter(who).get(page("case", report.pk)).content.decode()
        assert report.text in shown or "Ổ gà sâu" in shown
        for secret in ("Độc Nhất", "0912345678", "0912 345 678", "doc.nhat", str(Reporter.objects.get().pk)):
            assert secret not in shown
    assert page("reporter", report.pk) not in enter(town.officer).get(page("case", report.pk)).content.decode()
    assert enter(town.officer).get(page("reporter", report.pk)).status_code == 403
    assert enter(town.neighbour).get(page("case", report.pk)).status_code == 404


def test_the_centre_looks_for_a_purpose_and_the_log_keeps_it(town: Town, enter: Enter) -> None:
    report = assigned(town)
    client = enter(town.desk)
    assert SENDER.name not in client.get(page("reporter", report.pk)).content.decode()
    assert client.post(page("reporter", report.pk), {"version": 1}).status_code == 422
    answer = client.post(page("reporter", report.pk), {"version": report.version, "purpose": "CASE_WORK"})
    assert SENDER.name in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="citizen_reports.look_at_reporter").count() == 1


def test_an_officer_works_a_report_to_its_end(town: Town, enter: Enter) -> None:
    report = assigned(town)
    client = enter(town.officer)
    assert client.get(page("step", report.pk, "start")).status_code == 200

    def act(name: str, **values: Any) -> HttpResponse:
        version = found(report.pk).version
        return client.post(page("step", report.pk, name), {"version": version, **values})  # type: ignore[return-value]

    assert act("take").status_code == 302
    assert found(report.pk).officer_id == town.officer.id
    assert act("start").status_code == 302
    due_on = (clock.today() + timedelta(days=20)).isoformat()
    assert act("plan", due_on=due_on, text="Chờ nhựa nóng về đến công trường tuần sau.").status_code == 302
    assert act("note", text="Gọi đội duy tu.").status_code == 302
    assert act("tell", text="Chúng tôi sẽ đến vào sáng mai.").status_code == 302
    assert act("wait_outside", text="Điện lực cắt điện").status_code == 302
    assert act("resume").status_code == 302
    answer = act("resolve", text="Đã chuyển đơn vị xử lý.")
    assert answer.status_code == 422
    assert "Đã chuyển đơn vị xử lý." in answer.content.decode()
    assert act("resolve", text=DONE).status_code == 422
    answer = act("resolve", text=DONE, after=[picture()])
    assert answer.status_code == 302, answer.content.decode()
    assert found(report.pk).state == State.RESOLVED
    assert Attachment.objects.filter(report=report, kind=AttachmentKind.AFTER).count() == 1
    shown = client.get(page("case", report.pk)).content.decode()
    assert DONE in shown
    assert "Chúng tôi sẽ đến vào sáng mai." in shown


def test_what_was_sent_to_another_unit_leaves_the_first_ones_sight(town: Town, enter: Enter) -> None:
    report = assigned(town)
    first_due = report.first_due_at
    answer = enter(town.officer).post(
        page("step", report.pk, "return_to_centre"), {"version": report.version, "reason": "Đường này của thành phố."}
    )
    assert answer["Location"] == page("worklist")
    assert enter(town.officer).get(page("case", report.pk)).status_code == 404
    moved = found(report.pk)
    enter(town.desk).post(
        page("step", report.pk, "assign"), {"version": moved.version, "agency": town.office.pk, "officer": ""}
    )
    assert found(report.pk).agency == town.office
    assert found(report.pk).first_due_at == first_due


def test_a_step_that_the_state_does_not_allow_is_refused_in_words(town: Town, enter: Enter) -> None:
    report = assigned(town)
    client = enter(town.officer)
    assert client.get(page("step", report.pk, "resolve")).status_code == 200
    answer = client.post(page("step", report.pk, "resume"), {"version": report.version})
    assert answer.status_code == 409
    assert client.get(page("step", report.pk, "nonsense")).status_code == 404
    # The right is asked for by the action, whatever the page shows.
    refused = client.post(
        page("step", report.pk, "refuse"), {"version": report.version, "reason": "SPAM", "text": "", "first_report": ""}
    )
    assert refused.status_code == 403


def test_an_officer_who_saves_second_is_told_what_changed_and_keeps_what_was_typed(town: Town, enter: Enter) -> None:
    report = assigned(town)
    handling.start_work(by=town.head, report_id=report.pk)
    form = {"version": report.version, "text": "Chờ công ty nước đào đường xong."}
    answer = enter(town.officer).post(page("step", report.pk, "wait_outside"), form)
    assert answer.status_code == 409
    assert "Chờ công ty nước đào đường xong." in answer.content.decode()


def test_a_step_leads_on_within_the_desk_only(town: Town, enter: Enter) -> None:
    for then, expected in ((page("moderation"), page("moderation")), ("https://evil.example/", None), ("//x/", None)):
        report = send()
        answer = enter(town.desk).post(page("step", report.pk, "accept"), {"version": report.version, "then": then})
        assert answer["Location"] == (expected or page("case", report.pk))


def test_figures_open_lists_of_the_same_count(town: Town, enter: Enter) -> None:
    assigned(town)
    send()
    late = assigned(town)
    Report.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(days=1))
    client = enter(town.desk)
    for by in ("UNIT", "WARD", "CATEGORY", "DAY", "WEEK", "MONTH", "nonsense"):
        context = client.get(page("statistics"), {"by": by}).context
        figures = [context["received"], *(one for _words, one in context["figures"])]
        figures += [figure for row in context["rows"] for figure in (row.received, *row.figures)]
        for figure in figures:
            assert client.get(figure.href).context["page"].total == figure.value, figure.href


def test_late_reports_are_counted_by_unit_and_each_count_opens_its_list(town: Town, enter: Enter) -> None:
    assigned(town)
    for days in (1, 30):
        late = assigned(town)
        due = clock.now() - timedelta(days=days)
        Report.objects.filter(pk=late.pk).update(due_at=due, asked_at=due, thrice_due_at=due + timedelta(days=10))
    client = enter(town.desk)
    ((line, href),) = client.get(page("late")).context["units"]
    assert (line.name, line.received, line.counts["THREE_TIMES"]) == (town.ward.name, 2, 1)
    assert client.get(page("late") + href).context["page"].total == 2
    assert client.get(page("three_times") + href).context["page"].total == 1


def test_the_map_gives_clusters_and_bad_boxes_no_error(town: Town, enter: Enter) -> None:
    send()
    client = enter(town.desk)
    for query in ({}, {"bbox": "105,21,106,22", "zoom": "12"}, {"bbox": "x", "zoom": "NaN"}, {"zoom": "99"}):
        answer = client.get(page("heat_points"), query)
        assert answer.status_code == 200
        assert len(answer.json()["features"]) == 1
    assert client.get(page("outlines")).json()["type"] == "FeatureCollection"
    assert enter(town.officer).get(page("heat_points")).json()["features"] == []


def test_a_code_in_any_writing_leads_to_its_report(town: Town, enter: Enter) -> None:
    report = send()
    client = enter(town.desk)
    assert client.get(page("by_code", report.code.lower()))["Location"] == page("case", report.pk)
    assert client.get(page("by_code", "PA00000000")).status_code == 404
    assert client.get(page("by_code", "!")).status_code in (404, 422)


def test_the_charts_are_drawn_from_the_table_in_which_every_figure_opens_its_list(town: Town, enter: Enter) -> None:
    report = assigned(town)
    Report.objects.filter(pk=report.pk).update(
        state=State.CLOSED, is_open=False, resolved_at=clock.now(), rating=5, rated_at=clock.now()
    )
    client = enter(town.mayor)
    for by, lying in (("UNIT", "yes"), ("DAY", "no")):
        answer = client.get(page("statistics"), {"by": by})
        shown = answer.content.decode()
        assert f'data-lying="{lying}"' in shown
        assert shown.count("data-chart-of=") == 2
        row = answer.context["rows"][0]
        assert f'data-line="{row.name}"' in shown
        assert 'data-value="100.0"' in shown
        for href in (row.received.href, row.in_time_href, row.content_href):
            assert client.get(href).context["page"].count == 1, href
    empty = client.get(page("statistics"), {"received_from": "2020-01-01", "received_to": "2020-01-02"})
    assert "data-chart-of=" not in empty.content.decode()
