"""What the tests of the centre's prints share: things brought about at their instants, and the text of a PDF."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pypdfium2

from songcau.foundation.accounts.models import Agency
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import State
from songcau.systems.citizen_reports.tests.desk import SENDER
from songcau.systems.citizen_reports.tests.town import Town, send
from songcau.systems.directives import actions as directives
from songcau.systems.directives.models import Directive
from songcau.systems.directives.rules import Due
from songcau.systems.directives.tests.town import DONE, WHY, given
from songcau.systems.directives.tests.town import held as evidence
from songcau.systems.incidents.actions.alerts.escalating import escalate_alerts
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.tests.town import finding, receive
from tests.operations.conftest import WARD, ZONE


def at(text: str) -> datetime:
    """`18 08:30` is of November 2026; another month is written in full: `2026-10-05 08:30`."""
    return datetime.fromisoformat(text if text.count("-") else f"2026-11-{text}").replace(tzinfo=ZONE)


def text_of_pdf(content: bytes) -> str:
    """All pages, with blanks as they are read."""
    assert content[:5] == b"%PDF-"
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def pages_of_pdf(content: bytes) -> int:
    return len(pypdfium2.PdfDocument(content))


def report(town: Town, ward: str, due: str, **more: Any) -> Report:
    """Received a week before its date, with the ward's committee; `ended` resolves it, `state` may say otherwise."""
    made = send(contact=SENDER)
    made.due_at = made.first_due_at = at(due)
    made.received_at = made.due_at - timedelta(days=7)
    made.verify_due_at = made.received_at + timedelta(hours=4)
    made.ward_code, made.agency = ward, town.ward if ward == WARD else town.other
    made.ward_name = {WARD: "Phường Trưng Vương"}.get(ward, "Phường Túc Duyên")
    made.state = State.IN_PROGRESS
    if ended := more.pop("ended", ""):
        made.state, made.resolved_at = State.RESOLVED, at(ended)
    for name, value in more.items():
        setattr(made, name, value)
    made.save()
    return made


def directive(town: Any, given_at: str, due: str, *, lead: Agency | None = None, title: str = "") -> Directive:
    """By the mayor, to the ward where nothing else is said."""
    facts: dict[str, Any] = {"lead_id": (lead or town.ward).pk, "due": Due(at=at(due))}
    with clock.frozen(at(given_at)):
        return given(town, **facts, **({"title": title} if title else {}))


def more_time(town: Any, one: Directive, decided_at: str, due: str) -> None:
    with clock.frozen(at(decided_at) - timedelta(hours=1)):
        directives.ask_extension(by=SYSTEM, directive_id=one.pk, due_at=at(due), reason=WHY)
    with clock.frozen(at(decided_at)):
        directives.decide_extension(by=town.mayor, directive_id=one.pk, approved=True)


def finished(one: Directive, done_at: str) -> None:
    with clock.frozen(at(done_at)):
        directives.finish_work(by=SYSTEM, directive_id=one.pk, text=DONE, files=[evidence()])


def alert(town: Any, of: UUID, raised: str, *, taken: str = "", closed: str = "", ward: str = WARD) -> Alert:
    """Raised, gone up its ladder, taken and closed at those instants."""
    began, subject = at(raised), f"urn:ngsi-ld:WaterLevelObserved:{raised.replace(' ', '-')}"
    with clock.frozen(began):
        receive(finding(of, began, subject=subject, scope=f"/wards/W{ward}", values={"name": f"Trạm {raised}"}))
    made = Alert.objects.get(subject=subject)
    steps = [(taken, acknowledge_alert, {}), (closed, close_alert, {"text": "Nước đã rút, đã kiểm tra."})]
    for moment, act, more in steps:
        if moment:
            with clock.frozen(at(moment)):
                escalate_alerts(by=SYSTEM)
                act(by=town.desk, alert_id=made.pk, **more)
    made.refresh_from_db()
    return made
