"""Other systems and keys are set up on plain pages; a report is passed on from its case."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.systems.citizen_reports.actions import forwarding, jurisdictions
from songcau.systems.citizen_reports.adapters.open311 import PeerAway, Remote, Window
from songcau.systems.citizen_reports.models import ApiKey, Jurisdiction, OutsideLink
from songcau.systems.citizen_reports.tests.desk import Enter, assigned, browsers, page
from songcau.systems.citizen_reports.tests.town import Town

FORM: dict[str, Any] = {
    "name": "Điện lực",
    "base_url": "https://power.example/v2",
    "forwards": "on",
    "pulls": "on",
    "sends": "POTHOLE = HOLE\n\n* = OTHER",
    "takes": "H = POTHOLE",
    "api_key": "k-1",
}


@pytest.fixture
def enter(db: None) -> Enter:
    return browsers()


class Answering:
    """A peer of which only the list is asked; `away`: it does not answer."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    def made_in(self, _window: Window) -> Iterator[Remote]:
        if self.away:
            raise PeerAway(why="timeout")
        return iter(())


def test_a_system_is_set_up_changed_and_paused(town: Town, enter: Enter) -> None:
    client = enter(town.root)
    assert client.get(page("jurisdictions")).status_code == 200
    assert client.post(page("jurisdiction_add"), FORM).status_code == 302
    row = Jurisdiction.objects.get()
    assert row.service_map == {"H": "POTHOLE", "out": {"POTHOLE": "HOLE", "*": "OTHER"}}
    shown = client.get(page("jurisdiction", row.pk)).content.decode()
    assert "POTHOLE = HOLE" in shown
    assert "k-1" not in shown
    sealed = row.api_key_sealed
    # An empty key leaves the key; forgetting it is said.
    client.post(page("jurisdiction", row.pk), FORM | {"api_key": ""})
    row.refresh_from_db()
    assert row.api_key_sealed == sealed
    client.post(page("jurisdiction", row.pk), FORM | {"api_key": "", "forgets_key": "on"})
    row.refresh_from_db()
    assert row.api_key_sealed == ""
    assert client.get(page("jurisdiction_pause", row.pk)).status_code == 200
    assert client.post(page("jurisdiction_pause", row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.forwards, row.pulls) == (False, False)
    assert "Tạm dừng" in client.get(page("jurisdiction", row.pk)).content.decode()
    assert client.get(page("jurisdiction", uuid4())).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"sends": "POTHOLE"},
        {"sends": "POTHOLE = A\nPOTHOLE = B"},
        {"takes": " = POTHOLE"},
        {"sends": "NO_SUCH = A"},
        {"base_url": "power"},
        {"name": ""},
    ],
)
def test_what_makes_no_sense_is_refused_and_stays(town: Town, enter: Enter, wrong: dict[str, str]) -> None:
    answer = enter(town.root).post(page("jurisdiction_add"), FORM | wrong)
    assert answer.status_code == 422
    assert not Jurisdiction.objects.exists()


def test_whether_it_answers_is_asked_and_kept(town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Jurisdiction.objects.create(name="Tỉnh", base_url="https://province.example", pulls=True)
    client = enter(town.root)
    ask = jurisdictions.try_jurisdiction
    for away in (True, False):
        monkeypatch.setattr(
            jurisdictions,
            "try_jurisdiction",
            lambda away=away, **more: ask(connect=lambda _row: Answering(away=away), **more),  # type: ignore[misc]
        )
        page_of_row = client.post(page("jurisdiction_try", row.pk), follow=True).content.decode()
        row.refresh_from_db()
        assert ("timeout" in row.last_error) is ("timeout" in page_of_row) is away
        assert (row.last_success_at is None) is away
    with pytest.raises(jurisdictions.JurisdictionUnknown):
        ask(by=town.root, jurisdiction_id=uuid4())


def test_a_key_is_shown_once_and_taken_back(town: Town, enter: Enter) -> None:
    client = enter(town.root)
    shown = client.post(page("api_key_add"), {"name": "Tổng đài"}).content.decode()
    row = ApiKey.objects.get()
    assert f"{row.hint}" in shown
    key = shown.split("<code>")[1].split("</code>")[0]
    assert key.startswith(row.hint)
    listed = client.get(page("api_keys")).content.decode()
    assert row.hint in listed
    assert key not in listed
    assert client.post(page("api_key_add"), {"name": "Tổng đài"}).status_code == 422
    assert client.get(page("api_key_revoke", row.pk)).status_code == 200
    assert client.post(page("api_key_revoke", row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert client.get(page("api_key_revoke", row.pk)).status_code == 302
    assert client.get(page("api_key_revoke", uuid4())).status_code == 404


def test_none_of_it_is_for_who_does_not_set_the_city_up(town: Town, enter: Enter) -> None:
    client = enter(town.desk)
    row = Jurisdiction.objects.create(name="Tỉnh", base_url="https://province.example")
    for name, more in (("jurisdictions", ()), ("jurisdiction_add", ()), ("jurisdiction", (row.pk,)), ("api_keys", ())):
        assert client.get(page(name, *more)).status_code == 403


def test_a_report_is_passed_on_from_its_case_and_waits_while_the_system_is_paused(town: Town, enter: Enter) -> None:
    report = assigned(town)
    client, address = enter(town.desk), page("step", report.pk, "forward")
    assert address not in client.get(page("case", report.pk)).content.decode()
    facts = jurisdictions.Facts("Điện lực", "https://power.example", forwards=True, sends={"POTHOLE": "H"})
    row = jurisdictions.set_jurisdiction(by=town.root, facts=facts)
    jurisdictions.set_jurisdiction(
        by=town.root, facts=jurisdictions.Facts("Đèn", "https://l.example", forwards=True, sends={"STREET_LAMP": "L"})
    )
    assert address in client.get(page("case", report.pk)).content.decode()
    assert "Đèn" not in client.get(address).content.decode()
    form = {"version": report.version, "jurisdiction": row.pk}
    assert client.post(address, form).status_code == 302
    link = OutsideLink.objects.get()
    jurisdictions.pause_jurisdiction(by=town.root, jurisdiction_id=row.pk)
    forwarding.send_link(by=town.root, link_id=link.pk)
    link.refresh_from_db()
    assert (link.state, link.attempts) == ("WAITING", 0)
    before = Event.objects.filter(name__endswith="ReportForwarded").count()
    jurisdictions.set_jurisdiction(by=town.root, facts=facts, jurisdiction_id=row.pk)
    assert Event.objects.filter(name__endswith="ReportForwarded").count() == before + 1
    # What was refused there is sent again from the case too.
    OutsideLink.objects.update(state="FAILED", last_error="no such service", made_at=clock.now() - timedelta(hours=1))
    again = page("step", report.pk, "send_again")
    assert again in client.get(page("case", report.pk)).content.decode()
    assert client.post(again, {"version": report.version}).status_code == 302
    link.refresh_from_db()
    assert link.state == "SENDING"
    assert again not in client.get(page("case", report.pk)).content.decode()
