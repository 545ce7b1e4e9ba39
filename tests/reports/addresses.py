"""Every address of the city with what may stand in it: each parameter is filled with values of its own meaning.

A route with a parameter that nobody has given a meaning fails the walk: whoever adds it says here which of the seeded
rows it leads to. `PARAMETERS` holds names that mean the same everywhere; `ROUTES` those that do not, or that belong
together, by the name of the route.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from songcau.foundation.accounts.access import Access
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.notifications.models import Delivery as Message
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import token_of
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.places.models import Unit
from songcau.systems.citizen_reports.models import (
    AnswerTemplate,
    Attachment,
    Category,
    OutsideBody,
    RoutingRule,
    Standing,
)
from songcau.systems.citizen_reports.pages.prints import SHEETS
from songcau.systems.citizen_reports.pages.steps import BY_NAME
from songcau.systems.citizen_reports.rules import shown_code
from songcau.systems.citizen_reports.tests.town import INSIDE
from tests.architecture.test_registry import Route, every_route
from tests.reports.sender import Sender, reporter_ids

Value = object
Filled = Sequence[tuple[Value, ...]]
NOBODYS = UUID(int=7)
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
# The library's own patterns: its files, which hold no row, and its last resort.
LIBRARYS = re.compile(r"[\\^(]|^static/")
# Whoever leaves sees what a stranger sees. Of the library’s tables the lists and the rows are looked at.
LEFT_OUT = re.compile(r"/logout/|/?django-admin/.*/(history|delete|add)/")


@dataclass(frozen=True)
class Asked:
    """An address, of which route, and what its view declares."""

    path: str
    route: str
    access: Access | None


def addresses(sender: Sender) -> list[Asked]:
    """Raises AssertionError for a route whose parameters nobody has given a meaning."""
    known = Known(sender)
    unknown, found = [], []
    for route, access in every_route():
        if LIBRARYS.search(route.path) or LEFT_OUT.search(route.path):
            continue
        try:
            found += [Asked(path, route.view_name, access) for path in known.paths(route)]
        except KeyError as missing:
            unknown.append(f"{route.view_name} ({route.path}): {missing.args[0]}")
    assert unknown == [], (
        "Nobody says what stands for these parameters. Add to tests/reports/addresses.py which of the seeded rows they "
        f"lead to: {unknown}"
    )
    return found + [Asked(path, "", None) for path in _with_questions(sender)]


class Known:
    """What stands for a parameter: of the reporter's rows all, of others one, of what there is none of nobody's."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.ids = [one.pk for one in sender.reports]
        self.codes = [one.code for one in sender.reports]
        self.pictures = list(Attachment.objects.filter(report__in=self.ids).values_list("pk", "report__code"))

    def paths(self, route: Route) -> Iterator[str]:
        names = _PART.findall(route.path)
        for values in self._values(route.view_name, names) if names else [()]:
            filled = iter(values)
            yield "/" + _PART.sub(lambda _part: str(next(filled)), route.path)  # noqa: B023

    def _values(self, view_name: str, names: Sequence[str]) -> Filled:
        if view_name in ROUTES:
            return ROUTES[view_name](self)
        if names == ["object_id"]:
            return self._of_the_library(view_name)
        if len(names) > 1:
            raise KeyError(f"{', '.join(names)} belong together")
        return [(value,) for value in PARAMETERS[names[0]](self)] or [(NOBODYS,)]

    def _of_the_library(self, view_name: str) -> Filled:
        """Django's own tables, for the administrator of the system."""
        rows: dict[str, QuerySet[Model]] = {
            "accounts_person": Person.objects.filter(pk=self.sender.person.pk),
            "accounts_agency": Agency.objects.all()[:1],
            "accounts_rolegrant": RoleGrant.objects.all()[:1],
            "places_unit": Unit.objects.all()[:1],
            "outbox_event": Event.objects.filter(name__contains="citizen_reports").order_by("-pk")[:5],
            "outbox_delivery": Delivery.objects.order_by("-pk")[:3],
            "audit_entry": AuditEntry.objects.filter(action__startswith="citizen_reports.").order_by("-pk")[:5],
        }
        table = view_name.removeprefix("admin:").rpartition("_")[0]
        if table not in rows:
            return [(NOBODYS,)]
        return [(pk,) for pk in rows[table].values_list("pk", flat=True)]


def _all(rows: Any) -> Callable[[Known], list[Value]]:
    return lambda _known: list(rows.all().values_list("pk", flat=True))


def _one(rows: Any) -> Callable[[Known], list[Value]]:
    return lambda _known: list(rows.all().values_list("pk", flat=True)[:1])


def _nobodys(_known: Known) -> list[Value]:
    """Of such rows none has to do with a reporter; the address is asked for all the same."""
    return [NOBODYS]


PARAMETERS: dict[str, Callable[[Known], list[Value]]] = {
    "report_id": lambda known: list(known.ids),
    "picture_id": lambda known: [pk for pk, _code in known.pictures],
    "file_id": _all(FileLink.objects.order_by("created_at")),
    "upload_id": _one(Upload.objects.order_by("-created_at")),
    "standing_id": _all(Standing.objects),
    "person_id": lambda known: [known.sender.person.pk],
    "category_id": _one(Category.objects.filter(code="ASKS")),
    "body_id": _one(OutsideBody.objects),
    "rule_id": _one(RoutingRule.objects),
    "template_id": _one(AnswerTemplate.objects),
    "agency_id": _one(Agency.objects.filter(kind=Agency.Kind.WARD_COMMITTEE)),
    "unit_id": _one(Unit.objects.filter(code="05443")),
    "grant_id": _one(RoleGrant.objects),
    "request_id": _all(DataRequest.objects),
    "notice_id": lambda known: list(
        Notice.objects.filter(person=known.sender.person.pk).values_list("pk", flat=True)[:2]
    ),
    "sequence": lambda _known: _firsts(AuditEntry.objects.values_list("sequence", "action")),
    "deed": lambda _known: ["answer", "forget"],
    "form": lambda _known: ["json", "xml"],
    "session_id": lambda _known: [1],
    "alarm_id": _nobodys,
    "delegation_id": _nobodys,
    "holding_id": _nobodys,
    "identity_id": _nobodys,
    "post_id": _nobodys,
    "row_id": _nobodys,
    # Rows of other systems and of the set-up: none leads to who reported, so that one which is nobody's is enough.
    "directive_id": _nobodys,
    "alert_id": _nobodys,
    "incident_id": _nobodys,
    "playbook_id": _nobodys,
    "bulletin_id": _nobodys,
    "shift_id": _nobodys,
    "window_id": _nobodys,
    "jurisdiction_id": _nobodys,
    "key_id": _nobodys,
}


def _of_codes(*, at_most: int = 9) -> Callable[[Known], Filled]:
    return lambda known: [(code,) for code in known.codes[:at_most]]


def _in_both_forms(values: Callable[[Known], Sequence[Value]]) -> Callable[[Known], Filled]:
    return lambda known: [(value, form) for value in values(known) for form in ("json", "xml")]


ROUTES: dict[str, Callable[[Known], Filled]] = {
    # Each step of each report would be the same form again: all steps of one, and one step of each.
    "citizen_reports:step": lambda known: (
        [(report_id, name) for report_id in known.ids[:1] for name in BY_NAME]
        + [(report_id, "start") for report_id in known.ids[1:]]
    ),
    "citizen_reports:by_code": _of_codes(),
    "citizen_reports:print": lambda _known: [(name,) for name in SHEETS],
    "citizen_reports:original": lambda known: [
        (one.report_id, one.pk) for one in Attachment.objects.filter(report__in=known.ids)
    ],
    "portal:public_report": _of_codes(),
    "portal:me_too": _of_codes(),
    "operations:thing": lambda _known: [("none", 1)],
    "operations:unit": lambda _known: [("05443",)],
    "directives:print": lambda _known: [("late",)],
    "directives:step": lambda _known: [(NOBODYS, "report")],
    "incidents:alert_rule_add": lambda _known: [("threshold",)],
    "incidents:alert_rule_preview": lambda _known: [("threshold",)],
    "incidents:alert_step": lambda _known: [(NOBODYS, "acknowledge")],
    "incidents:by_number": lambda _known: [(1,)],
    "incidents:bulletin_step": lambda _known: [(NOBODYS, "publish")],
    "incidents:shift_act": lambda _known: [("start",)],
    "incidents:duty": lambda _known: [("2026-11-28", "NIGHT")],
    "incidents:item": lambda _known: [(NOBODYS, NOBODYS, "tick")],
    "incidents:incident_step": lambda _known: [(NOBODYS, "resolve")],
    "portal:public_picture": lambda known: [(code, pk) for pk, code in known.pictures],
    "open311:service": _in_both_forms(lambda _known: ["ASKS", "NOISE"]),
    "open311:request": _in_both_forms(lambda known: [shown_code(code) for code in known.codes]),
    "open311:nothing_here": _in_both_forms(lambda _known: ["nothing"]),
    "open311:token": _in_both_forms(lambda _known: ["ffff"]),
    "files:preview": lambda _known: [
        (pk, 1) for pk in _firsts(FileLink.objects.order_by("created_at").values_list("pk", "use"))
    ],
    # By the pass of a browser, whichever picture it is.
    "portal:own_picture": lambda known: [(pk,) for pk, _code in known.pictures[:1]],
    "mfa_edit_webauthn": lambda _known: [(1,)],
    "mfa_remove_webauthn": lambda _known: [(1,)],
    "citizen_begin": lambda _known: [("vneid",)],
    "citizen_callback": lambda _known: [("vneid",)],
    "citizen_link": lambda _known: [("vneid",)],
    "admin:view_on_site": lambda known: [(1, known.sender.person.pk)],
    "desk:open_notice": lambda known: [
        (token_of(pk),) for pk in Notice.objects.filter(person=known.sender.person.pk).values_list("pk", flat=True)[:2]
    ],
    "administration:behind": lambda _known: [("worker",)],
    "administration:test_channel": lambda _known: [("sms",)],
    "administration:retry_message": lambda _known: [(pk,) for pk in Message.objects.values_list("pk", flat=True)[:2]],
    "administration:delivery": lambda _known: _deliveries(),
    "administration:replay_delivery": lambda _known: _deliveries()[:1],
    "administration:skip_delivery": lambda _known: _deliveries()[:1],
}


def _firsts(rows: Iterable[tuple[Value, str]]) -> list[Value]:
    """One of each kind: those of a kind look alike, and each is searched besides, in lists, files and tables."""
    firsts: dict[str, Value] = {}
    for key, kind in rows:
        firsts.setdefault(kind, key)
    return list(firsts.values())


def _deliveries() -> list[tuple[Value, ...]]:
    return [(pk,) for pk in _firsts(Delivery.objects.order_by("pk").values_list("pk", "reaction"))]


def _with_questions(sender: Sender) -> Iterator[str]:
    """Where the address alone shows nothing: maps, the small pictures, the bytes as they were sent, machines' lists."""
    box = f"{INSIDE[0] - 0.1},{INSIDE[1] - 0.1},{INSIDE[0] + 0.1},{INSIDE[1] + 0.1}"
    yield f"/portal/reports/points/?box={box}&zoom=17"
    yield f"/citizen_reports/map/points.geojson?bbox={box}&zoom=17"
    codes = ",".join(shown_code(one.code) for one in sender.reports)
    for form in ("json", "xml"):
        yield f"/open311/v2/requests.{form}?service_request_id={codes}"
        yield f"/open311/v2/requests.{form}?start_date=2026-11-01T00:00:00Z&end_date=2027-01-01T00:00:00Z"
    for file_id in FileLink.objects.values_list("pk", flat=True):
        yield f"/files/{file_id}?original=1&purpose=OTHER"
    public = Attachment.objects.filter(report__in=sender.reports, public_file_id__isnull=False)
    for picture, code in public.values_list("pk", "report__code"):
        yield f"/portal/reports/{code}/pictures/{picture}/?small"
    for reporter_id in reporter_ids(sender):
        yield f"/citizen_reports/{reporter_id}/"
        yield f"/administration/people/{reporter_id}/"


def searches(sender: Sender) -> Iterator[str]:
    """Who searches for a mark must not learn by what is found that it is there."""
    lists = ("/portal/reports/", "/citizen_reports/", "/citizen_reports/reports/", "/citizen_reports/moderation/")
    for word in ("Khuýpxao", "Bỹckzeo", "0937461528", "0968250317", "xaokhuy.zz", sender.person.username):
        yield from (f"{one}?q={word}" for one in lists)
