"""What stands on each sheet."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from songcau.foundation.files.documents.sheets import heading, paragraph, table
from songcau.foundation.shell import written
from songcau.kernel.actor import Actor
from songcau.systems.incidents.models import Bulletin, Incident, Review, Shift
from songcau.systems.incidents.pages import code_words as words
from songcau.systems.incidents.pages.code_words import actor_words, in_language
from songcau.systems.incidents.pages.listing import bulletin_wards
from songcau.systems.incidents.pages.printing.weather import FIGURES, Observed, observations, observed_between
from songcau.systems.incidents.pages.tags import in_alert, in_fields, in_item
from songcau.systems.incidents.queries import alerts as alert_queries
from songcau.systems.incidents.queries import incidents as incident_queries
from songcau.systems.incidents.queries.shifts import carried_now
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.shifts import State

Facts = dict[str, Any]
# So many of each fit on the one page of the day.
MOST_OF_DAY = 8
MOST_BULLETINS = 4
MOST_LINES = 300


def _facts(title: str, about: str, body: Sequence[Any], now: datetime, **more: Any) -> Facts:
    return {
        "language": "en" if get_language() == "en" else "vi",
        "agency": settings.SONGCAU.city_name,
        "heading": title,
        "about": about or None,
        "as_of": _("As of %(at)s · Source: sông Cầu") % {"at": written.moment(now)},
        "body": tuple(body),
        **more,
    }


def _span(day: date) -> tuple[datetime, datetime]:
    first = timezone.make_aware(datetime.combine(day, time.min))
    return first, first + timedelta(days=1)


def daily(by: Actor, day: date, now: datetime) -> Facts:
    """One page of a day: figures by source, the most serious alerts, incidents, bulletins, weather."""
    first, last = _span(day)
    body = [
        *_figures(by, first, last),
        *_alerts_of_day(by, first, last),
        *_incidents_of_day(by, first, last),
        *_bulletins_of_day(first, last, now),
        *(_weather() if last > now else _weather_between(first, last)),
    ]
    return _facts(_("Daily bulletin of the operations centre"), written.day_in_full(day), body, now, dense=True)


def _figures(by: Actor, first: datetime, last: datetime) -> list[Any]:
    """How many lines were raised, taken and closed on the day, by the name of the rule they come from."""
    rows = alert_queries.lines_of(by).filter(raised_at__gte=first, raised_at__lt=last).order_by()
    counts = {str(level): Count("pk", filter=Q(level=level)) for level in Level}
    raised = rows.aggregate(
        all=Count("pk"),
        taken=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        **counts,
        closed=Count("pk", filter=Q(is_open=False)),
    )
    said = _("%(all)s alerts raised: %(levels)s. %(taken)s acknowledged, %(closed)s closed.") % {
        "all": written.number(raised["all"]),
        "levels": ", ".join(f"{words.LEVELS[one]} {written.number(raised[str(one)])}" for one in Level),
        "taken": written.number(raised["taken"]),
        "closed": written.number(raised["closed"]),
    }
    found: list[Any] = [heading(_("Figures of the day")), paragraph(said)]
    by_rule = rows.values("rule_code", "name_vi", "name_en").annotate(
        count=Count("pk"), closed=Count("pk", filter=Q(is_open=False))
    )
    lines = [
        (in_language(one["name_vi"], one["name_en"]), one["count"], one["closed"])
        for one in by_rule.order_by("-count", "rule_code")
    ]
    if rest := lines[MOST_OF_DAY:]:
        # What is not named is counted, so that the rows make up the sentence above them.
        lines[MOST_OF_DAY:] = [(_("Other rules"), sum(one[1] for one in rest), sum(one[2] for one in rest))]
    if lines:
        columns = [(_("Alerts, by their rule"), 6.0), (_("Raised"), 1.0), (_("Closed"), 1.0)]
        found.append(table(columns, lines, numeric=2))
    return found


def _alerts_of_day(by: Actor, first: datetime, last: datetime) -> list[Any]:
    rows = alert_queries.lines_of(by).filter(raised_at__gte=first, raised_at__lt=last)
    lines = [
        (
            words.LEVELS[one.level],
            f"{in_language(one.name_vi, one.name_en)}, {one.subject_name}".strip(", "),
            one.ward_name,
            written.hour(one.raised_at),
            words.ALERT_STATES[one.state],
        )
        for one in rows.order_by("level_rank", "raised_at")[:MOST_OF_DAY]
    ]
    found: list[Any] = [heading(_("The most serious alerts"))]
    if not lines:
        return [*found, paragraph(_("No alert was raised on this day."))]
    columns = [
        (pgettext("how serious", "Level"), 1.4),
        (_("Alert"), 4.2),
        (_("Ward"), 1.6),
        (_("Raised"), 1.0),
        (_("State"), 1.6),
    ]
    return [*found, table(columns, lines)]


def _incidents_of_day(by: Actor, first: datetime, last: datetime) -> list[Any]:
    """Those that were open at some time of the day."""
    rows = incident_queries.incidents_of(by).filter(opened_at__lt=last)
    rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=first))
    lines = [
        (
            f"#{one.number}",
            one.title,
            ", ".join(ward.ward_name for ward in one.wards.all()),
            one.lead_agency.name if one.lead_agency else _("The operations centre"),
            words.INCIDENT_STATES[one.state],
        )
        for one in rows.order_by("level_rank", "-number")[:MOST_OF_DAY]
    ]
    found: list[Any] = [heading(_("Incidents"))]
    if not lines:
        return [*found, paragraph(_("No incident was open on this day."))]
    columns = [(_("Number"), 0.9), (_("Incident"), 3.6), (_("Wards"), 2.0), (_("Lead agency"), 2.2), (_("State"), 1.6)]
    return [*found, table(columns, lines)]


def _bulletins_of_day(first: datetime, last: datetime, now: datetime) -> list[Any]:
    """Those that held at some time of the day, those that hold still before those withdrawn; each says which it is."""
    rows = Bulletin.objects.filter(published_at__lt=last, valid_from__lt=last, valid_to__gt=first)
    held = Q(withdrawn_at__gt=first) & Q(withdrawn_at__gt=F("valid_from"))
    rows = rows.filter(Q(withdrawn_at=None) | held).prefetch_related("wards")
    lines = [
        (one.number, in_language(one.title_vi, one.title_en), bulletin_wards(one), _validity(one, now))
        for one in rows.order_by(F("withdrawn_at").desc(nulls_first=True), "number")[:MOST_BULLETINS]
    ]
    if not lines:
        return []
    columns = [(_("Number"), 0.6), (_("Bulletin"), 3.4), (_("Wards"), 2.3), (_("Validity"), 2.9)]
    return [heading(_("Bulletins of the day")), table(columns, lines)]


def _validity(one: Bulletin, now: datetime) -> str:
    """As it is at the time of printing."""
    if one.withdrawn_at is not None:
        return _("withdrawn at %(at)s") % {"at": written.moment(one.withdrawn_at)}
    if one.valid_from > now:
        return _("in force from %(at)s") % {"at": written.moment(one.valid_from)}
    if one.valid_to > now:
        return _("in force until %(at)s") % {"at": written.moment(one.valid_to)}
    return _("ended at %(at)s") % {"at": written.moment(one.valid_to)}


def _weather() -> list[Any]:
    found: list[Any] = [heading(_("Weather, newest observations"))]
    seen = observations()
    if seen is None:
        return [*found, paragraph(_("The live city does not answer now: no weather."))]
    if not seen:
        return [*found, paragraph(_("No station reports the weather."))]
    lines = [(one.name, *(_figure(name, one.figures.get(name)) for name in FIGURES), _at(one.at)) for one in seen]
    return [*found, table([*_weather_columns(), (_("As of"), 1.8)], lines)]


def _weather_between(first: datetime, last: datetime) -> list[Any]:
    """Of a day that is over what was observed on it: what is observed now says nothing of it."""
    found: list[Any] = [heading(_("Weather of the day, lowest and highest observation"))]
    seen = observed_between(first, last)
    if seen is None:
        return [*found, paragraph(_("The live city does not answer now: no weather."))]
    if not seen:
        return [*found, paragraph(_("No data."))]
    return [*found, table(_weather_columns(), [(one.name, *(_range(one, name) for name in FIGURES)) for one in seen])]


def _weather_columns() -> list[tuple[str, float]]:
    return [
        (_("Station"), 2.6),
        (_("Temperature, °C"), 1.4),
        (_("Rain, mm"), 1.2),
        (_("Humidity"), 1.2),
        (_("Wind, m/s"), 1.2),
    ]


def _range(one: Observed, name: str) -> str:
    low, high = (_figure(name, value) for value in one.ranges.get(name, (None, None)))
    return low if low == high else f"{low} – {high}"


def _figure(name: str, value: float | None) -> str:
    """Humidity comes as a share of one."""
    if value is None:
        return "–"
    return written.percent(value * 100, 0) if name == "relativeHumidity" else written.number(value, 1)


def _at(iso: str) -> str:
    try:
        return written.moment(datetime.fromisoformat(iso))
    except ValueError:
        return "–"


def hand_over(shift: Shift, now: datetime) -> Facts:
    """The sheet that both leads sign by hand, where one wants it on paper too. Before it is handed over nothing was
    carried yet: what is open now stands there, said to be that, and nobody signs.
    """
    is_running = shift.state == State.RUNNING
    carried = carried_now() if is_running else shift.carried
    alert_lines = [
        (words.LEVELS[one["level"]], in_alert_line(one), one["ward"], words.ALERT_STATES[one["state"]], one["by"])
        for one in carried.get("alert_lines", ())
    ]
    incident_lines = [
        (f"#{one['number']}", one["title"], words.LEVELS[one["level"]], words.INCIDENT_STATES[one["state"]])
        for one in carried.get("incident_lines", ())
    ]
    body: list[Any] = [paragraph(_standing(shift, now))]
    body += [heading(_("Hand-over note")), paragraph(shift.note or _("No note yet."))]
    body.append(heading(_("Open alerts: %(count)s") % {"count": carried.get("alerts", 0)}))
    columns = [
        (pgettext("how serious", "Level"), 1.4),
        (_("Alert"), 4.0),
        (_("Ward"), 1.6),
        (_("State"), 1.6),
        (_("Acknowledged by"), 1.8),
    ]
    body.append(table(columns, alert_lines) if alert_lines else paragraph(_("None.")))
    body.append(heading(_("Incidents being handled: %(count)s") % {"count": carried.get("incidents", 0)}))
    columns = [(_("Number"), 0.8), (_("Incident"), 4.0), (pgettext("how serious", "Level"), 1.4), (_("State"), 2.0)]
    body.append(table(columns, incident_lines) if incident_lines else paragraph(_("None.")))
    log = [(written.moment(one.at), one.text, one.by_label) for one in shift.entries.all()[:MOST_LINES]]
    body.append(heading(_("Log of the shift")))
    columns = [(_("When"), 1.4), (_("What happened"), 5.0), (_("Who"), 1.8)]
    body.append(table(columns, log) if log else paragraph(_("Nothing was written.")))
    if shift.signed_at:
        said = {"who": shift.signed_by_label, "at": written.moment(shift.signed_at)}
        body.append(paragraph(_("Read and signed by %(who)s, %(at)s") % said))
    signatures = [
        {"capacity": _("Handed over by"), "name": shift.lead_label},
        {"capacity": _("Taken over by"), "name": shift.signed_by_label},
    ]
    about = f"{words.SLOTS[shift.slot]}, {written.day(shift.day)}"
    return _facts(_("Hand-over sheet"), about, body, now, signatures=() if is_running else tuple(signatures))


def _standing(shift: Shift, now: datetime) -> str:
    """Whether it was handed over, and of when the open alerts and incidents are."""
    if shift.state == State.RUNNING:
        said = _("NOT HANDED OVER YET. Alerts and incidents are those open at %(at)s; nothing of this was signed.")
        return said % {"at": written.moment(now)}
    if shift.state == State.AWAITING_SIGNATURE:
        said = _("Handed over at %(at)s, not signed yet. Alerts and incidents are those open then.")
    else:
        said = _("Handed over at %(at)s. Alerts and incidents are those open then.")
    return said % {"at": written.moment(shift.handed_over_at)}


def in_alert_line(one: dict[str, Any]) -> str:
    return f"{in_language(one['name_vi'], one['name_en'])}, {one['subject']}".strip(", ")


def incident_report(incident: Incident, now: datetime) -> Facts:
    """One incident for a file: facts, checklist, timeline, review."""
    lead = incident.lead_agency.name if incident.lead_agency else _("The operations centre")
    supporting = ", ".join(one.name for one in incident.supporting.order_by("order_key"))
    facts: list[tuple[str, object]] = [
        (_("Kind"), words.KINDS[incident.kind]),
        (pgettext("how serious", "Level"), words.LEVELS[incident.level]),
        (_("State"), words.INCIDENT_STATES[incident.state]),
        (_("Lead agency"), lead),
        (_("Supporting agencies"), supporting or "–"),
        (_("Wards"), ", ".join(one.ward_name for one in incident.wards.all()) or "–"),
        (_("Place in words"), incident.place_words or "–"),
        (_("Began"), written.moment(incident.began_at)),
        (_("Opened"), written.moment(incident.opened_at)),
        (_("Resolved"), written.moment(incident.resolved_at) or "–"),
        (_("Closed"), written.moment(incident.closed_at) or "–"),
    ]
    body: list[Any] = [table([(_("Fact"), 1.0), (_("What it is"), 3.0)], facts)]
    if incident.description:
        body = [paragraph(incident.description), *body]
    body += _checklist(incident, now)
    body += [heading(_("Timeline")), table(_line_columns(), [_line(one) for one in _entries(incident)])]
    body += _review(incident)
    return _facts(_("Incident report #%(number)s") % {"number": incident.number}, incident.title, body, now)


def _entries(incident: Incident) -> list[Any]:
    return list(incident_queries.timeline(incident)[:MOST_LINES])


def _line_columns() -> list[tuple[str, float]]:
    return [(_("When"), 1.5), (_("What"), 1.6), (_("Text"), 4.4), (_("Who"), 1.7)]


def _line(one: Any) -> tuple[str, object, str, object]:
    said = {"ALERT": in_alert, "CHECK": in_item}.get(one.kind)
    what = said(one.params) if said else in_fields(one.params.get("fields", [])) or one.params.get("file", "")
    step = words.ENTRY_STEPS.get(one.step, words.ENTRY_KINDS.get(one.kind, one.kind))
    text = " – ".join(part for part in (str(what), one.text) if part)
    return written.moment(one.happened_at), step, text, actor_words(one.by_label)


def _checklist(incident: Incident, now: datetime) -> list[Any]:
    items = incident_queries.checklist(incident, now)
    if not items:
        return []
    lines = [
        (
            in_language(one.row.text_vi, one.row.text_en),
            one.row.role,
            written.moment(one.row.due_at),
            written.moment(one.row.done_at) or "–",
            _("late") if one.is_late else "",
        )
        for one in items
    ]
    columns = [(_("Item"), 4.0), (_("Who"), 1.8), (_("Due by"), 1.6), (_("Done"), 1.6), (_("Late"), 0.9)]
    return [heading(_("Checklist")), table(columns, lines)]


def _review(incident: Incident) -> list[Any]:
    review = Review.objects.filter(incident=incident).first()
    if review is None:
        return []
    parts = [
        (_("What happened"), review.what_happened),
        (_("What went well"), review.went_well),
        (_("What must be better next time"), review.to_improve),
        (_("Measures, who and until when"), review.measures),
    ]
    return [one for title, text in parts if text for one in (heading(title), paragraph(text))]
