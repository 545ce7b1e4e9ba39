"""Who reported is seen by the centre's desk alone, for a purpose, and each look is kept."""

import json
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.personal_data.models import Look
from songcau.foundation.accounts.personal_data.rules import Purpose, PurposeMissing
from songcau.foundation.accounts.personal_data.sealing import opened
from songcau.foundation.accounts.personal_data.sources import held_about
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_person
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.kernel.actor import NOBODY
from songcau.systems.citizen_reports.actions import look_at_reporter, submit_report
from songcau.systems.citizen_reports.actions.record import ReportUnknown
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import AreaAlert, Report
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import announced


def sent(**contact: object) -> Report:
    facts = {"name": "Trần Thị Bưởi", "phone": "0912345678", "email": "buoi@vidu.vn", **contact}
    text = "Ổ gà sâu trước cổng trường, gọi tôi 0912345678"
    return found(submit_report(by=NOBODY, draft=draft(text=text), contact=Contact(**facts)).report_id)  # type: ignore[arg-type]


def test_the_desk_looks_for_a_purpose_that_is_kept(town: Town) -> None:
    person = make_person("congdan")
    report = sent(person_id=person.pk)
    facts = look_at_reporter(by=town.desk, report_id=report.pk, purpose=Purpose.CASE_WORK, text="Gọi cho bà Bưởi")
    assert (facts.name, facts.phone, facts.email) == ("Trần Thị Bưởi", "+84912345678", "buoi@vidu.vn")
    assert (facts.has_account, facts.hide_name, facts.forgotten_at) == (True, True, None)
    assert "0912345678" in facts.text_as_sent
    entry = AuditEntry.objects.get(action="citizen_reports.look_at_reporter")
    assert (entry.actor_id, entry.details["purpose"]) == (town.desk.id, "CASE_WORK")
    # The words beside the purpose may name somebody: they are sealed.
    assert "Bưởi" not in json.dumps(entry.details, ensure_ascii=False)
    assert opened(entry.details["sealed"]) == "Gọi cho bà Bưởi"
    look = Look.objects.get()
    assert (look.person_id, look.reader_id, look.subject_id) == (person.pk, town.desk.id, None)
    assert announced(report)[-1] == "ReporterLookedAt"


def test_without_an_account_the_log_alone_keeps_it(town: Town) -> None:
    facts = look_at_reporter(by=town.desk, report_id=sent().pk, purpose=Purpose.CASE_WORK)
    assert (facts.has_account, Look.objects.count()) == (False, 0)


def test_nobody_else_looks_and_another_purpose_is_named(town: Town) -> None:
    report = sent()
    elsewhere = actor_with(Role.OPERATOR, town.ward, "trucphuong")
    for by in (town.officer, town.head, town.mayor, town.root, elsewhere, NOBODY):
        with pytest.raises(NotYours):
            look_at_reporter(by=by, report_id=report.pk, purpose=Purpose.CASE_WORK)
    with pytest.raises(PurposeMissing):
        look_at_reporter(by=town.desk, report_id=report.pk, purpose=Purpose.OTHER)
    with pytest.raises(ReportUnknown):
        look_at_reporter(by=town.desk, report_id=uuid4(), purpose=Purpose.CASE_WORK)
    assert not AuditEntry.objects.filter(action="citizen_reports.look_at_reporter").exists()


def test_people_see_what_is_held_about_them(town: Town) -> None:
    person = make_person("congdan")
    report = sent(person_id=person.pk)
    AreaAlert.objects.create(person_id=person.pk, ward_code="05443", ward_name="Phường Trưng Vương", made_at=NOW)
    AreaAlert.objects.create(
        person_id=person.pk, longitude=105.8, latitude=21.6, radius_m=500, category=town.lamp, made_at=NOW
    )
    source = next(sections for one, sections in held_about(person.pk) if one.code == "citizen_reports")
    reports, alerts = source
    assert reports.rows[0][1:] == ("Ổ gà", NOW, "Trần Thị Bưởi", "+84912345678", "buoi@vidu.vn")
    assert str(reports.rows[0][0]).replace("-", "") == report.code
    assert {row[:3] for row in alerts.rows} == {("Phường Trưng Vương", "", None), ("", "Đèn đường", 500)}
