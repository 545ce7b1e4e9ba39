"""How each step is carried out: what a form gave, handed to the actions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from songcau.foundation.files.receiving import Held, drop_held, hold_bytes
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import assigning, forwarding, handling, merging, moderating, showing
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.outside import failed_links
from songcau.systems.citizen_reports.rules import AttachmentKind, RefusalReason, State, is_open

Values = Mapping[str, Any]
# Django's uploaded files, which its stubs call generic and Python does not.
Files = Sequence[Any]


def named(by: Actor, report: Report, values: Values) -> dict[str, Any]:
    return {"by": by, "report_id": report.pk, "version": values["version"]}


def is_still_open(report: Report) -> bool:
    return is_open(State(report.state))


@transaction.atomic
def assign(by: Actor, report: Report, values: Values) -> None:
    """What was not accepted yet is accepted by being given to somebody."""
    version = values["version"]
    if report.state in (State.NEW, State.WAITING_REPORTER_FIRST):
        version = moderating.accept_report(by=by, report_id=report.pk, version=version).version
    assigning.assign_report(
        by=by,
        report_id=report.pk,
        version=version,
        agency_id=values["agency"].pk,
        officer_id=values.get("officer") or None,
    )


def refuse(by: Actor, report: Report, values: Values) -> None:
    first = values["first_report"]
    moderating.refuse_report(
        **named(by, report, values),
        reason=RefusalReason(values["reason"]),
        text=values["text"],
        first_report=first.pk if first else None,
    )


def forward(by: Actor, report: Report, values: Values) -> None:
    forwarding.forward_report(by=by, report_id=report.pk, jurisdiction_id=values["jurisdiction"].pk)


def send_again(by: Actor, report: Report, _values: Values) -> None:
    for link in failed_links(report):
        forwarding.send_again(by=by, link_id=link.pk)


def relocate_to(by: Actor, report: Report, values: Values) -> None:
    point = {name: values[name] for name in ("longitude", "latitude")}
    no_point = None in point.values()
    moderating.relocate(
        **named(by, report, values),
        **point,
        ward_code=values["ward"] if no_point else "",
        place_words=values["place_words"],
    )


def publish(by: Actor, report: Report, values: Values) -> None:
    text = values["public_text"]
    showing.publish_report(**named(by, report, values), public_text="" if text == report.text else text)


def held_files(files: Files) -> Iterator[Held]:
    """The bytes of a form's files, on disk before its own change. Raises the refusals of `files.actions.hold_bytes`."""
    for file in files:
        yield hold_bytes(use=EVIDENCE, name=file.name or "picture", chunks=file.chunks(), length=file.size or 0)


def add_pictures(by: Actor, report: Report, before: Files, after: Files) -> None:
    """All of them or none. Raises what `handling.add_evidence` and holding the bytes raise."""
    held: list[tuple[AttachmentKind, Held]] = []
    try:
        for kind, files in ((AttachmentKind.BEFORE, before), (AttachmentKind.AFTER, after)):
            held += [(kind, one) for one in held_files(files)]
        with transaction.atomic():
            for kind, one in held:
                handling.add_evidence(by=by, report_id=report.pk, kind=kind, held=one)
    except BaseException:
        for _kind, one in held:
            drop_held(one)
        raise


def add_evidence(by: Actor, report: Report, values: Values) -> None:
    add_pictures(by, report, values["before"], values["after"])


def resolve(by: Actor, report: Report, values: Values) -> None:
    """Pictures stay when the text is refused: they need not be chosen again."""
    report.require_unchanged(values["version"])
    add_pictures(by, report, values["before"], values["after"])
    handling.resolve_report(by=by, report_id=report.pk, closing_text=values["text"])


def merge_into(by: Actor, report: Report, values: Values) -> None:
    report.require_unchanged(values["version"])
    merging.merge_reports(by=by, parent_id=values["parent"].pk, child_ids=[report.pk])
