"""What stands beside an alert or an incident on its page: the directives that came of it, and the way to a new one."""

from collections.abc import Mapping
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from songcau.consoles.operations.doors import directives, incidents
from songcau.foundation.shell.beside import Part
from songcau.kernel import clock
from songcau.kernel.actor import Actor

NOTHING = SafeString("")


def of_incident(by: Actor, incident_id: UUID) -> SafeString:
    return _drawn(by, "INCIDENT", incident_id, incidents.incident_named(incident_id))


def of_alert(by: Actor, alert_id: UUID) -> SafeString:
    return _drawn(by, "ALERT", alert_id, incidents.alert_named(alert_id))


def _drawn(by: Actor, kind: str, source_id: UUID, named: incidents.Named | None) -> SafeString:
    if named is None or not directives.sees(by):
        return NOTHING
    form = directives.form_address(kind, source_id, label=named.label, address=named.address, title=named.title)
    context = {
        "made": directives.made_of(by, kind, source_id),
        "form": form if directives.may_write(by) else "",
        "now": clock.now(),
    }
    return render_to_string("operations/parts/made_of.html", context)


PARTS: Mapping[str, Part] = {"incident": of_incident, "alert": of_alert}
