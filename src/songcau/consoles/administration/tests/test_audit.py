"""The pages of the audit log: who may read, filter, take away and verify it."""

import csv
import io
import json
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from songcau.consoles.administration import tasks
from songcau.consoles.administration.audit import asking, words
from songcau.consoles.administration.audit.entries import LISTING, rows
from songcau.consoles.administration.tests.audited import PACKAGE, codes_of
from songcau.consoles.administration.tests.happenings import client_of, install, person_with
from songcau.foundation.accounts.adapters import _AUDITED
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.audit import guards, rules
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.words import FAULTS
from songcau.foundation.calendar.actions.changes import ACTIONS as CALENDAR_ACTIONS
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.shell.lists import checked
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
MAY_VIEW = {Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR}


def entries(number: int, action: str = "accounts.add_person") -> None:
    with transaction.atomic():
        for n in range(number):
            record_entry(by=SYSTEM, action=action, subject=f"accounts.person:{n}", details={"lần": n})


@pytest.fixture
def auditor() -> Client:
    return client_of(Role.AUDITOR)


@pytest.fixture
def administrator() -> Client:
    return client_of(Role.SYSTEM_ADMINISTRATOR)


@pytest.mark.parametrize("role", [*Role, None])
def test_only_those_who_may_view_it_open_the_log(role: Role | None) -> None:
    entries(1)
    client = client_of(role)
    expected = 200 if role in MAY_VIEW else 403
    assert client.get(reverse("administration:audit")).status_code == expected
    assert client.get(reverse("administration:audit_entry", args=[1])).status_code == expected
    assert client.post(reverse("administration:audit_verify")).status_code == (302 if role in MAY_VIEW else 403)


def test_the_anonymous_are_sent_to_sign_in() -> None:
    response = Client().get(reverse("administration:audit"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


NONSENSE = [
    "?who=%00&subject=%00&action=nope&at_from=31/02/2026&at_to=99999-01-01&page=-1&sort=nothing",
    "?page=999999999999999999999&who=" + "x" * 5000,
    "?format=exe",
    "?who=%F0%9F%92%A9&subject=::::",
    "?at_from=0001-01-01&at_to=9999-12-31&who=00000000-0000-0000-0000-000000000000",
]


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_the_address_is_passed_over(auditor: Client, query: str) -> None:
    assert auditor.get(reverse("administration:audit") + query).status_code == 200


@pytest.mark.parametrize("sequence", ["0", "999", "99999999999999999999999"])
def test_an_entry_that_is_not_there_is_not_found(auditor: Client, sequence: str) -> None:
    assert auditor.get(f"{reverse('administration:audit')}{sequence}/").status_code == 404


def shown(client: Client, query: str) -> list[int]:
    response = client.get(reverse("administration:audit") + query)
    assert response.status_code == 200
    return [row.source.sequence for row in response.context["rows"]]


def test_filters_find_by_person_subject_action_and_day(auditor: Client) -> None:
    by = actor_of(person_with(Role.CLERK, "duong.tron"))
    begun = Entry.objects.count()
    with transaction.atomic():
        record_entry(by=by, action="outbox.skip_delivery", subject="outbox.delivery:77")
        record_entry(by=SYSTEM, action="outbox.replay_delivery", subject=f"accounts.person:{by.id}")
        record_entry(by=SYSTEM, action="accounts.add_agency", subject="accounts.agency:1")
    first, second, third = begun + 1, begun + 2, begun + 3
    assert shown(auditor, "?who=duong.tron") == [first]
    assert shown(auditor, f"?who={by.id}") == [first]
    assert shown(auditor, "?who=khong.co.ai") == []
    assert third in shown(auditor, "?who=songcau")
    assert shown(auditor, "?subject=outbox.delivery:77") == [first]
    assert shown(auditor, f"?subject={by.id}") == [second]
    assert shown(auditor, "?action=outbox.") == [second, first]
    assert shown(auditor, "?action=accounts.add_agency") == [third]
    assert shown(auditor, "?at_from=2031-01-01") == []
    assert shown(auditor, "")[:3] == [third, second, first]


def test_every_sort_of_the_list_exists() -> None:
    checked(LISTING, rows(SYSTEM))


def test_the_list_asks_the_same_number_of_questions_for_more_rows(auditor: Client) -> None:
    entries(2)
    auditor.get(reverse("administration:audit"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        auditor.get(reverse("administration:audit"))
    entries(45)
    with CaptureQueriesContext(connection) as many:
        auditor.get(reverse("administration:audit"))
    assert len(many) == len(few)


def test_an_entry_shows_everything_that_was_signed(auditor: Client) -> None:
    entries(2)
    entry = Entry.objects.get(sequence=2)
    page = auditor.get(reverse("administration:audit_entry", args=[2])).content.decode()
    for value in (entry.hash, entry.previous_hash, entry.subject, str(entry.actor_id), "lần", entry.action):
        assert str(value) in page


def test_files_are_for_those_who_may_export_and_the_export_is_written_down(
    auditor: Client, administrator: Client
) -> None:
    entries(3)
    address = reverse("administration:audit") + "?action=accounts.add_person"
    for form in ("csv", "xlsx", "jsonl"):
        assert administrator.get(f"{address}&format={form}").status_code == 403
    assert not Entry.objects.filter(action="audit.export_entries").exists()
    page = administrator.get(address).content.decode()
    assert "format=csv" not in page
    assert "format=jsonl" not in page
    assert "format=jsonl" in auditor.get(address).content.decode()

    text = b"".join(auditor.get(f"{address}&format=csv")).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 4
    lines = [json.loads(line) for line in b"".join(auditor.get(f"{address}&format=jsonl")).decode().splitlines()]
    assert [line["hash"] for line in lines] == list(
        Entry.objects.filter(action="accounts.add_person").order_by("-sequence").values_list("hash", flat=True)
    )
    noted = [entry.details for entry in Entry.objects.filter(action="audit.export_entries").order_by("sequence")]
    assert [(one["form"], one["rows"], one["filters"]) for one in noted] == [
        ("csv", 3, "action=accounts.add_person"),
        ("jsonl", 3, "action=accounts.add_person"),
    ]


def test_a_short_log_is_verified_at_once_and_the_result_stays(auditor: Client) -> None:
    entries(3)
    page = auditor.get(reverse("administration:audit"))
    assert page.context["verification"].at is None
    response = auditor.post(reverse("administration:audit_verify"), follow=True)
    verification = response.context["verification"]
    assert (verification.is_whole, verification.faults, verification.asked) == (True, 0, None)
    assert verification.entries == Entry.objects.exclude(action="audit.verify_chain").count()
    assert verification.by.endswith("(auditor)")


def test_faults_are_listed_in_words(auditor: Client) -> None:
    entries(3)
    with guards.ENTRIES.dropped(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = 'x' WHERE sequence = 2")
    response = auditor.post(reverse("administration:audit_verify"), follow=True)
    assert response.context["verification"].findings == ((2, "EDITED"),)
    assert str(FAULTS["EDITED"]) in response.content.decode()


def test_a_long_log_is_verified_by_a_worker_who_names_the_asker(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_ONCE", 1)
    install(*tasks.JOBS)
    entries(3)
    response = auditor.post(reverse("administration:audit_verify"), follow=True)
    assert response.context["verification"].asked is not None
    assert response.context["verification"].at is None
    event = Event.objects.get(name="outbox.JobDue")
    assert event.payload["job"] == asking.JOB
    assert Delivery.objects.filter(event=event).count() == 1
    tasks.JOBS[0].run()
    verification = auditor.get(reverse("administration:audit")).context["verification"]
    assert (verification.asked, verification.is_whole) == (None, True)
    assert verification.asked_by.endswith("(auditor)")


# Where a code is made of what cannot be read in the source: what it can be.
READ_HERE = {
    "songcau.foundation.accounts.adapters:send_notification_mail": {*_AUDITED.values()},
    "songcau.foundation.audit.actions:verify_chain": {rules.VERIFY_CHAIN},
    "songcau.foundation.audit.actions:ask_verification": {rules.ASK_VERIFICATION},
    "songcau.foundation.audit.actions:record_export": {rules.EXPORT_ENTRIES},
    "songcau.foundation.calendar.actions.changes:_tell": {*CALENDAR_ACTIONS.values()},
    # The outbox is given the function that records.
    "songcau.foundation.outbox.actions": {"outbox.replay_delivery", "outbox.replay_all_dead", "outbox.skip_delivery"},
}


def test_every_action_of_the_code_has_words_in_both_languages() -> None:
    codes = codes_of(PACKAGE)
    assert codes.unread - READ_HERE.keys() == set(), "say above what these can be"
    found = codes.found.union(*READ_HERE.values())
    assert {"citizen_reports.suggest_boxes", "directives.give", "incidents.acknowledge_alert"} < found, "misread"
    known = words.actions()
    assert found - known.keys() == set()
    for code in found:
        with translation.override("en"):
            english = str(words.said(code))
        with translation.override("vi"):
            assert str(words.said(code)) != english, code


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert words.said("gone.do_it") == "gone.do_it"
    assert words.part_of("gone.do_it") == "gone"
    assert words.kind_of("gone.thing:1") == ""
    assert str(words.part_of("administration.do")) == "Administration"


def test_an_action_of_an_older_version_does_not_break_the_page(auditor: Client) -> None:
    with transaction.atomic():
        record_entry(by=SYSTEM, action="gone.do_it", subject=f"gone.thing:{uuid4()}")
    assert "gone.do_it" in auditor.get(reverse("administration:audit")).content.decode()
