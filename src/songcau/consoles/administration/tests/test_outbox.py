"""The pages of the outbox: backlog, jobs, workers, and what is done with dead letters."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from songcau.consoles.administration.outbox import reading, words
from songcau.consoles.administration.tests.happenings import client_of, install, make_delivery, make_worker
from songcau.foundation.accounts.roles import Role
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import JobRun
from songcau.foundation.outbox.reactions import Job
from songcau.foundation.outbox.rules import State, daily, every
from songcau.foundation.shell.lists import checked
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
MAY_VIEW = {Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR}
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture
def administrator() -> Client:
    return client_of(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def auditor() -> Client:
    return client_of(Role.AUDITOR)


@pytest.mark.parametrize("role", [*Role, None])
def test_each_page_opens_for_those_who_may_and_for_nobody_else(role: Role | None) -> None:
    delivery = make_delivery()
    client = client_of(role)
    views = 200 if role in MAY_VIEW else 403
    for name, args in (("outbox", ()), ("dead_letters", ()), ("delivery", (delivery.pk,))):
        assert client.get(reverse(f"administration:{name}", args=args)).status_code == views, name
    is_administrator = role == Role.SYSTEM_ADMINISTRATOR
    skip = reverse("administration:skip_delivery", args=[delivery.pk])
    assert client.get(skip).status_code == (200 if is_administrator else 403)
    assert client.post(skip, {}).status_code == (422 if is_administrator else 403)
    for address in (
        reverse("administration:replay_all"),
        reverse("administration:replay_delivery", args=[delivery.pk]),
    ):
        assert client.post(address, {"reaction": "x"}).status_code == (302 if is_administrator else 403)


def test_without_a_worker_the_page_says_so_in_words(administrator: Client) -> None:
    address = reverse("administration:outbox")
    with translation.override("vi"):
        words_ = str(translation.gettext("No worker is alive."))
    assert words_ in administrator.get(address).content.decode()
    make_worker(seconds_ago=3600)
    assert words_ in administrator.get(address).content.decode()
    make_worker(name="worker-2")
    assert words_ not in administrator.get(address).content.decode()


def test_htmx_gets_the_part_that_changes_only(administrator: Client) -> None:
    part = administrator.get(reverse("administration:outbox"), headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="live"')
    assert "<html" not in part


def test_the_backlog_counts_and_links_to_its_dead_letters(administrator: Client) -> None:
    for n in range(3):
        make_delivery(subject=f"s:{n}")
    make_delivery(subject="s:0", state=State.WAITING)
    make_delivery(reaction="khac", subject="s:9")
    outbox = administrator.get(reverse("administration:outbox")).context["outbox"]
    by_name = {line.reaction: line for line in outbox.backlog}
    assert (by_name["thu.nhan"].dead, by_name["thu.nhan"].waiting, by_name["khac"].dead) == (3, 1, 1)
    listed = administrator.get(reverse("administration:dead_letters") + "?reaction=thu.nhan")
    assert listed.context["page"].total == by_name["thu.nhan"].dead
    assert administrator.get(reverse("administration:dead_letters")).context["page"].total == outbox.dead == 4


def test_the_list_says_how_many_wait_behind_and_filters(administrator: Client) -> None:
    make_delivery(subject="s:0")
    for _n in range(2):
        make_delivery(subject="s:0", state=State.WAITING)
    make_delivery(reaction="khac", subject="s:1")

    def found(query: str) -> list[tuple[str, int]]:
        response = administrator.get(reverse("administration:dead_letters") + query)
        assert response.status_code == 200
        return [(row.source.reaction, row.source.behind) for row in response.context["rows"]]

    assert found("") == [("thu.nhan", 2), ("khac", 0)]
    assert found("?reaction=khac") == [("khac", 0)]
    assert found("?subject=s:0&event=PersonAdded") == [("thu.nhan", 2)]
    assert found("?sort=-behind") == [("thu.nhan", 2), ("khac", 0)]
    for nonsense in ("?reaction=%00&event=x&page=zz&sort=--", "?page=99999999&subject=%00", "?format=exe"):
        assert len(found(nonsense)) == 2


def test_every_sort_of_the_list_exists() -> None:
    checked(reading.DEAD_LETTERS, reading.dead_letters(SYSTEM))


def test_the_empty_list_says_so(administrator: Client) -> None:
    with translation.override("vi"):
        title = str(reading.DEAD_LETTERS.empty_title)
    assert title in administrator.get(reverse("administration:dead_letters")).content.decode()


def test_no_question_more_for_more_dead_letters(administrator: Client) -> None:
    address = reverse("administration:dead_letters")
    make_delivery(subject="s:0")
    administrator.get(address)
    with CaptureQueriesContext(connection) as few:
        administrator.get(address)
    for n in range(1, 30):
        make_delivery(subject=f"s:{n}")
    with CaptureQueriesContext(connection) as many:
        administrator.get(address)
    assert len(many) == len(few)


def test_the_payload_is_for_those_who_may_replay(administrator: Client, auditor: Client) -> None:
    address = reverse("administration:delivery", args=[make_delivery().pk])
    assert "riêng tư" in administrator.get(address).content.decode()
    assert "riêng tư" not in auditor.get(address).content.decode()


@pytest.mark.parametrize("delivery_id", ["0", "987654", "99999999999999999999999"])
def test_an_unknown_delivery_is_not_found(administrator: Client, delivery_id: str) -> None:
    address = f"{reverse('administration:outbox')}deliveries/{delivery_id}/"
    assert administrator.get(address).status_code == 404
    assert administrator.get(f"{address}skip/").status_code == 404
    assert administrator.post(f"{address}skip/", {"reason": "x"}).status_code == 404
    assert administrator.post(f"{address}replay/").status_code == 404


def test_replay_and_again_is_told_that_somebody_was_faster(administrator: Client) -> None:
    delivery = make_delivery()
    address = reverse("administration:replay_delivery", args=[delivery.pk])
    assert administrator.post(address).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (State.WAITING, 0)
    again = administrator.post(address)
    assert again.status_code == 409
    assert again.context["refusal"]
    assert again.context["is_dead"] is False
    assert administrator.get(address).status_code == 405


def test_skipping_needs_a_reason_and_says_what_it_means(administrator: Client) -> None:
    delivery = make_delivery()
    address = reverse("administration:skip_delivery", args=[delivery.pk])
    for reason in ("", "   ", "\u00a0", "x" * 501):
        response = administrator.post(address, {"reason": reason})
        assert response.status_code == 422
        assert "sc-errors" in response.content.decode()
    delivery.refresh_from_db()
    assert delivery.state == State.DEAD
    assert administrator.post(address, {"reason": "đã làm tay"}).status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == State.SKIPPED
    assert Entry.objects.filter(action="outbox.skip_delivery").get().details["reason"] == "đã làm tay"
    again = administrator.post(address, {"reason": "lần nữa"})
    assert again.status_code == 409
    assert "sc-errors" in again.content.decode()


def test_replay_all_of_one_reaction_leaves_the_others(administrator: Client) -> None:
    for n in range(3):
        make_delivery(subject=f"s:{n}")
    other = make_delivery(reaction="khac")
    address = reverse("administration:replay_all")
    assert administrator.post(address, {"reaction": "thu.nhan"}).status_code == 302
    assert reading.dead_letters(SYSTEM).get() == other
    for reaction in ("thu.nhan", "không có", "\0", ""):
        assert administrator.post(address, {"reaction": reaction}).status_code == 302
    assert reading.dead_letters(SYSTEM).count() == 1


def test_jobs_say_how_they_went_and_when_they_are_due() -> None:
    with clock.frozen(AT):
        install(
            Job("a.done", every(minutes=5), lambda: None),
            Job("b.failed", daily(at="02:40"), lambda: None),
            Job("c.never", every(hours=1), lambda: None),
            Job("d.late", every(minutes=1), lambda: None),
        )
        ran = {"started_at": AT, "duration_ms": 12}
        JobRun.objects.create(job="a.done", last_due_at=AT, result="OK", **ran)
        JobRun.objects.create(job="b.failed", last_due_at=AT, result="KeyError", **ran)
        JobRun.objects.create(job="d.late", last_due_at=AT - timedelta(minutes=3), result="OK", **ran)
        lines = {line.facts.name: line for line in reading.overview(SYSTEM).jobs}
    assert lines["a.done"].result == ""
    assert "KeyError" in lines["b.failed"].result
    assert lines["c.never"].facts.started_at is None
    assert (lines["d.late"].is_due, lines["a.done"].is_due) == (True, False)
    assert lines["a.done"].next_at == AT + timedelta(minutes=5)
    # 02:40 in Viet Nam is 19:40 UTC of the day before.
    assert lines["b.failed"].next_at == datetime(2026, 11, 23, 19, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "vietnamese", "english"),
    [
        (daily(at="02:40"), "hằng ngày lúc 02:40", "every day at 02:40"),
        (every(minutes=5), "5 phút một lần", "every 5 minutes"),
        (every(hours=1), "1 giờ một lần", "every hour"),
        (every(seconds=90), "90 giây một lần", "every 90 seconds"),
    ],
)
def test_schedules_in_words(schedule: object, vietnamese: str, english: str) -> None:
    with translation.override("vi"):
        assert words.schedule(schedule) == vietnamese
    with translation.override("en"):
        assert words.schedule(schedule) == english


def test_every_job_of_the_city_has_words_in_both_languages() -> None:
    rooms = [f"{config.name}.tasks" for config in apps.get_app_configs() if config.name.startswith("songcau.")]
    modules = [import_module(room) for room in rooms if find_spec(room)]
    names = {job.name for module in modules for job in getattr(module, "JOBS", ())}
    assert len(names) >= 3
    assert names - words.jobs().keys() == set()
    for name in names:
        with translation.override("en"):
            english = str(words.jobs()[name])
        with translation.override("vi"):
            assert str(words.jobs()[name]) != english, name


def test_errors_in_words() -> None:
    with translation.override("en"):
        assert "KeyError" in words.error("KeyError")
        assert "version" in words.error("ReactionUnknown x")
        assert words.error("NatsUnavailable NATS_UNAVAILABLE").startswith(
            "The event carrier (NATS) does not answer (…)"
        )
        assert "—" in words.error("")


def test_a_schedule_that_never_comes_has_no_next_instant() -> None:
    class Never:
        def latest(self, after: datetime, until: datetime, zone: str) -> None:
            return None

    assert words.next_due(Never(), AT, ZONE) is None
    assert str(words.schedule(daily(at="00:00")))


@pytest.mark.parametrize(
    ("seconds", "english"), [(1, "1 second"), (59, "59 seconds"), (61, "1 minute"), (7300, "2 hours"), (9e5, "10 days")]
)
def test_waiting_in_words(seconds: float, english: str) -> None:
    with translation.override("en"):
        assert words.age(seconds) == english
