"""What is asked of the live city: an alert's history, an incident's entities, the weather; and when it is away."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from songcau.context.public import ContextRefused, ContextUnavailable
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.files.actions import finish_upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.receiving import hold_bytes
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.outbox.models import Event
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Refused
from songcau.systems.incidents import tasks
from songcau.systems.incidents.actions import notices
from songcau.systems.incidents.actions.incidents import attachments, subjects, working
from songcau.systems.incidents.actions.incidents.attachments import ATTACHMENTS
from songcau.systems.incidents.actions.incidents.opening import open_incident
from songcau.systems.incidents.events import IncidentFileAdded
from songcau.systems.incidents.models import Incident, IncidentFile
from songcau.systems.incidents.pages import evidence, sparks
from songcau.systems.incidents.pages.printing import weather
from songcau.systems.incidents.queries import incidents as queries
from songcau.systems.incidents.rules.incidents import IncidentClosed
from songcau.systems.incidents.tests.conftest import NOW, Rules
from songcau.systems.incidents.tests.test_incidents import opened, said
from songcau.systems.incidents.tests.town import GAUGE, Town, finding, only, receive


class LiveCity:
    """Says what a test tells it; without entities it is away."""

    def __init__(self, entities: Mapping[str, Any] | None) -> None:
        self.entities = entities
        self.asked: list[str] = []

    def _known(self) -> Mapping[str, Any]:
        if self.entities is None:
            raise ContextUnavailable(detail="away")
        return self.entities

    def get(self, entity_id: str, *, simplified: bool = False) -> Any:
        self.asked.append(entity_id)
        return self._known().get(entity_id)

    def history(self, entity_id: str, *, after: str, last: int | None = None) -> Any:
        return self._known().get(entity_id)

    def query(self, **filters: str) -> Iterator[Any]:
        """As the standard has it, ids alone are not enough to ask by."""
        if not {"type", "attrs", "q", "georel", "scopeQ", "local"} & filters.keys():
            raise ContextRefused(
                400, {"detail": "A query needs at least one of type, attrs, q, georel, scopeQ or local=true"}
            )
        yield from self._known().values()

    @contextmanager
    def opened(self) -> Iterator["LiveCity"]:
        yield self


def live(monkeypatch: pytest.MonkeyPatch, where: Any, entities: Mapping[str, Any] | None) -> LiveCity:
    city = LiveCity(entities)
    monkeypatch.setattr(where, "city_context", city.opened)
    return city


def reading(minutes: int, value: object, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, "observedAt": (NOW + timedelta(minutes=minutes)).isoformat(), **more}


def level(*values: object) -> list[dict[str, Any]]:
    return [reading(n - 10, value) for n, value in enumerate(values)]


@pytest.fixture
def alert(town: Town, rules: Rules) -> None:
    receive(finding(rules.add(), NOW))


def test_the_history_is_drawn_with_its_limit(alert: None, monkeypatch: pytest.MonkeyPatch) -> None:
    entity = {"type": "X", "other": level(1.0, 2.0), "waterLevel": level(26.0, 27.4, "none", True, 28.0)}
    live(monkeypatch, sparks, {GAUGE: entity})
    spark = sparks.spark_of(only()).spark
    assert spark is not None
    assert (spark.attribute, spark.lowest, spark.highest, spark.last) == ("waterLevel", 26.0, 28.0, 28.0)
    assert len(spark.line.split()) == 3
    assert spark.limit_y is not None


def test_what_it_comes_from_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["urn:x:1", "urn:x:2", "urn:x:3", "urn:x:4"]
    entities = {
        "1": {"id": "urn:x:1", "name": {"type": "Property", "value": "Cầu Gia Bảy"}},
        "2": {
            "id": "urn:x:2",
            "categoryName": {"type": "LanguageProperty", "languageMap": {"vi": "Ngập", "en": "Flood"}},
        },
        "3": {"id": "urn:x:3", "categoryName": "Ngập"},
    }
    city = live(monkeypatch, evidence, entities)
    assert evidence.named(ids) == list(zip(["Cầu Gia Bảy", "Ngập", "", ""], ids, strict=True))
    with override("en"):
        assert evidence.named(ids[1:2]) == [("Flood", "urn:x:2")]
    city.entities = None
    assert evidence.named(ids[:1]) == [("", "urn:x:1")]
    assert evidence.named([]) == []


@pytest.mark.parametrize(
    ("values", "entity", "attribute"),
    [
        ({"attribute": "b", "value": 1}, {"a": level(1.0, 2.0), "b": level(5.0, 6.0)}, "b"),
        ({"attribute": "c", "value": 6}, {"a": level(1.0, 2.0), "b": level(5.0, 6.0)}, "b"),
        ({"value": 9}, {"a": level(4.0, 4.0), "b": reading(0, 5.0)}, "a"),
        # A change of 0.8 m is no level of 0.8 m.
        ({"value": 2.0, "change": 1.0, "limit": 0.8, "minutes": 60}, {"a": level(1.0, 2.0)}, "a"),
    ],
)
def test_which_attribute_is_drawn(
    alert: None, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], entity: dict[str, Any], attribute: str
) -> None:
    live(monkeypatch, sparks, {GAUGE: entity})
    found = only()
    found.last_values = values
    spark = sparks.spark_of(found).spark
    assert spark is not None
    assert (spark.attribute, spark.limit_y) == (attribute, None)


def test_without_figures_an_entity_or_an_answer_nothing_is_drawn(alert: None, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch, sparks, {GAUGE: {"name": "Cầu", "status": [{"value": 1.0}, "x"]}})
    assert sparks.spark_of(only()) == sparks.Answer(None, is_away=False)
    live(monkeypatch, sparks, {})
    assert sparks.spark_of(only()) == sparks.Answer(None, is_away=False)
    live(monkeypatch, sparks, None)
    assert sparks.spark_of(only()) == sparks.Answer(None, is_away=True)
    found = only()
    found.subject = "area:/wards/W05443"
    assert sparks.spark_of(found) == sparks.Answer(None, is_away=False)


def test_entities_of_open_incidents_are_asked_after(
    town: Town, rules: Rules, alert: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = live(monkeypatch, subjects, {GAUGE: {"name": "Cầu mới"}})
    assert subjects.look_after_subjects(by=SYSTEM) == 0
    incident = open_incident(by=town.desk, said=said(town), alert_ids=[only().pk])
    tasks.look_after()
    assert (city.asked, incident.subjects.get().last_name) == ([GAUGE], "Cầu mới")
    live(monkeypatch, subjects, {})
    assert subjects.look_after_subjects(by=SYSTEM) == 1
    assert incident.subjects.get().gone_at == NOW
    with pytest.raises(NotYours):
        subjects.look_after_subjects(by=town.desk)


def test_the_weather_is_what_stations_say(monkeypatch: pytest.MonkeyPatch) -> None:
    station = {
        "id": "urn:ngsi-ld:WeatherObserved:s1",
        "name": {"type": "Property", "value": "Trạm Thái Nguyên"},
        "temperature": reading(0, 31.0),
        "precipitation": reading(1, 12.5),
        "windSpeed": reading(0, "none"),
    }
    live(monkeypatch, weather, {"a": station, "b": {"id": "urn:ngsi-ld:WeatherObserved:s2", "name": "Đán"}})
    first, second = weather.observations() or ()
    assert (first.name, dict(first.figures)) == ("Trạm Thái Nguyên", {"temperature": 31.0, "precipitation": 12.5})
    assert first.at == (NOW + timedelta(minutes=1)).isoformat()
    assert (second.name, second.at) == ("Đán", "")
    live(monkeypatch, weather, None)
    assert weather.observations() is None


def attached(town: Town, incident: Incident) -> IncidentFile:
    content = photograph()
    held = hold_bytes(use=ATTACHMENTS, name="hiện trường.jpg", chunks=iter([content]), length=len(content))
    return working.attach_file(by=town.officer, incident_id=incident.pk, held=held)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_taken_in_once_and_shown(town: Town) -> None:
    incident = opened(town)
    row = attached(town, incident)
    assert Event.objects.filter(name__endswith="IncidentFileAdded").count() == 1
    tasks.take_in_file(IncidentFileAdded(incident.pk, row.pk), None)  # type: ignore[arg-type]
    assert attachments.take_in_file(by=SYSTEM, file_row_id=row.pk) is False
    found = queries.attachments(incident)[0]
    assert found.link is not None
    assert found.link.name == "hiện trường.jpg"
    for reader, may in ((town.neighbour, False), (town.mayor, True), (SYSTEM, True)):
        assert attachments.USES[0].may_read(reader, found.link) is may
    with pytest.raises(NotYours):
        attachments.take_in_file(by=town.desk, file_row_id=row.pk)


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_bytes_are_gone_says_so(town: Town) -> None:
    incident = opened(town)
    row = attached(town, incident)
    Part(row.upload_id).remove()
    tasks.take_in_waiting()
    row.refresh_from_db()
    assert (row.file_id, row.refusal) == (None, "UPLOAD_UNKNOWN")
    assert attachments.take_in_waiting(by=SYSTEM) == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_none_of_those_wanted_is_refused_by_its_bytes(town: Town) -> None:
    incident = opened(town)
    content = photograph()[:200]
    held = hold_bytes(use=ATTACHMENTS, name="hỏng.jpg", chunks=iter([content]), length=len(content))
    row = working.attach_file(by=town.officer, incident_id=incident.pk, held=held)
    assert attachments.take_in_file(by=SYSTEM, file_row_id=row.pk) is True
    row.refresh_from_db()
    assert row.file_id is None
    assert row.refusal


@pytest.mark.django_db(transaction=True)
def test_a_file_that_another_process_refused_says_so(town: Town) -> None:
    incident = opened(town)
    content = photograph()[:200]
    held = hold_bytes(use=ATTACHMENTS, name="hỏng.jpg", chunks=iter([content]), length=len(content))
    row = working.attach_file(by=town.officer, incident_id=incident.pk, held=held)
    with contextlib.suppress(Refused), Part(row.upload_id).locked():
        finish_upload(by=SYSTEM, upload_id=row.upload_id)
    assert attachments.take_in_file(by=SYSTEM, file_row_id=row.pk) is True
    row.refresh_from_db()
    assert (row.file_id, bool(row.refusal)) == (None, True)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_somebody_is_at_waits(town: Town) -> None:
    incident = opened(town)
    row = attached(town, incident)
    with Part(row.upload_id).locked():
        assert attachments.take_in_file(by=SYSTEM, file_row_id=row.pk) is False
    row.refresh_from_db()
    assert (row.file_id, row.refusal) == (None, "")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_another_process_took_in_is_found_and_noted_once(town: Town) -> None:
    incident = opened(town)
    row = attached(town, incident)
    with Part(row.upload_id).locked():
        upload = finish_upload(by=SYSTEM, upload_id=row.upload_id)
    assert attachments.take_in_file(by=SYSTEM, file_row_id=row.pk) is True
    row.refresh_from_db()
    assert row.file_id == upload.link_id
    assert attachments._noted(row.pk, None, "LATE") is False


def test_an_incident_takes_so_many_files_and_none_when_closed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = opened(town)
    monkeypatch.setattr(working, "MOST_FILES", 1)
    attached(town, incident)
    with pytest.raises(working.TooManyFiles):
        attached(town, incident)
    Incident.objects.filter(pk=incident.pk).update(state="CLOSED")
    with pytest.raises(IncidentClosed):
        attached(town, incident)


def test_a_notice_writes_an_instant_as_the_language_does_and_keeps_nonsense() -> None:
    kind = next(one for one in notices.KINDS if one.code == notices.CALLED)
    assert "25/11/2026" in str(kind.says["due"](NOW.isoformat()))
    assert kind.says["due"]("bao giờ") == "bao giờ"


def test_the_ladder_runs_as_a_job(town: Town, rules: Rules) -> None:
    tasks.escalate()
    assert {job.name for job in tasks.JOBS} >= {"incidents.escalate_alerts", "incidents.look_after_subjects"}
