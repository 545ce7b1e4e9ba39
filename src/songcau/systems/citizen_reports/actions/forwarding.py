"""Reports that another jurisdiction has too: sent there once, read back, taken over from there once.

A sending whose answer was lost is looked for before it is repeated: by the reference in the text, among what the other
side shows, and by the `Idempotency-Key` for servers that know it. What came from there is never sent back, and what we
sent is never taken over as a new report.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock, sealing
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.importing import History, take_over_history
from songcau.systems.citizen_reports.actions.record import about, locked, note
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, Submitted, submit_report, submitted
from songcau.systems.citizen_reports.adapters.open311 import (
    HttpPeer,
    Outgoing,
    Peer,
    PeerAway,
    PeerRefused,
    Remote,
    Window,
)
from songcau.systems.citizen_reports.events import ReportForwarded
from songcau.systems.citizen_reports.models import Jurisdiction, OutsideLink, Report
from songcau.systems.citizen_reports.permissions import require_handle
from songcau.systems.citizen_reports.queries.outside import their_code
from songcau.systems.citizen_reports.rules import Channel, Direction, LinkState, Visibility

# Of the submission ids of reports that come from elsewhere (RFC 9562, version 5).
_PULLED = UUID("7b0c6a34-5a55-4c52-9f1c-3c5d3bb3b1f4")
_SEAL = "songcau.citizen_reports.jurisdiction_key"
# Asked again a little of what was asked before: the other side's clock, and what it published late.
OVERLAP = timedelta(days=2)
LONGEST_SPAN = timedelta(days=89)
STUCK_AFTER = timedelta(minutes=30)
# So long after it was closed there it is asked whether it was opened again.
MAY_REOPEN = timedelta(days=30)
_REFERENCE = re.compile(r"\[(PA-[0-9A-Z]{4}-[0-9A-Z]{4})\]")
_LAST_LINE = re.compile(_REFERENCE.pattern + r"\s*$")
Connect = Callable[[Jurisdiction], Peer]


class JurisdictionUnusable(Refused):
    """Nothing is forwarded to it, or it does not know this kind of matter."""

    code = "JURISDICTION_UNUSABLE"


class ForwardedAlready(Refused):
    """The other side has it, or it came from there."""

    code = "FORWARDED_ALREADY"
    conflict = True


def connected(jurisdiction: Jurisdiction) -> Peer:
    """The other side by HTTP, with its key."""
    sealed = jurisdiction.api_key_sealed
    key = sealing.opened(sealed, key=settings.SECRET_KEY, label=_SEAL) if sealed else ""
    return HttpPeer(jurisdiction.base_url, jurisdiction_id=jurisdiction.jurisdiction_id, api_key=key)


def sealed_key(api_key: str) -> str:
    """As it is stored with the jurisdiction."""
    return sealing.sealed(api_key, key=settings.SECRET_KEY, label=_SEAL) if api_key else ""


@transaction.atomic
def forward_report(*, by: Actor, report_id: UUID, jurisdiction_id: UUID) -> OutsideLink:
    """Note that it is to be sent; the worker sends it. Raises ReportUnknown, NotYours, JurisdictionUnusable,
    ForwardedAlready, ReportDone.
    """
    report = locked(report_id)
    require_handle(by, report)
    rules.require_open(rules.State(report.state))
    jurisdiction = Jurisdiction.objects.filter(pk=jurisdiction_id, forwards=True).first()
    if jurisdiction is None or not _their_code(jurisdiction, report):
        raise JurisdictionUnusable
    if OutsideLink.objects.filter(report=report, jurisdiction=jurisdiction).exists():
        raise ForwardedAlready
    link: OutsideLink = OutsideLink.objects.create(
        report=report,
        jurisdiction=jurisdiction,
        direction=Direction.OUT,
        state=LinkState.WAITING,
        made_at=clock.now(),
    )
    note(report, "forward", by=by, visibility=Visibility.PUBLIC, to=jurisdiction.name)
    record_entry(
        by=by, action="citizen_reports.forward_report", subject=about(report), details={"to": jurisdiction.name}
    )
    announce(ReportForwarded(report.pk, link.pk), subject=about(report), by=by)
    return link


def send_link(*, by: Actor, link_id: UUID, connect: Connect = connected) -> None:
    """Send it, once. Safe to repeat: what was sent is looked for first. Raises PeerAway, and tries again later."""
    begun = _begun(link_id)
    if begun is None:
        return
    link, is_repeated = begun
    peer = connect(link.jurisdiction)
    try:
        remote_id = _sent_before(link, peer) if is_repeated else ""
        receipt_token = ""
        if not remote_id:
            receipt = peer.send(_outgoing(link))
            remote_id, receipt_token = receipt.remote_id, receipt.token
    except PeerRefused as refusal:
        _failed(by, link, str(refusal.params.get("why", "")))
        return
    _arrived(by, link, remote_id, receipt_token)


@transaction.atomic
def _begun(link_id: UUID) -> tuple[OutsideLink, bool] | None:
    """The link, marked as being sent, and whether it was so before; None when there is nothing to send any more."""
    rows = OutsideLink.objects.select_for_update(of=("self",)).select_related("jurisdiction", "report__category")
    link = rows.filter(pk=link_id, direction=Direction.OUT).first()
    if link is None or link.state not in (LinkState.WAITING, LinkState.SENDING):
        return None
    if not link.jurisdiction.forwards:
        # Paused meanwhile: it waits, and goes on by `announce_waiting`.
        return None
    was_sending = link.state == LinkState.SENDING
    link.state, link.attempts = LinkState.SENDING, link.attempts + 1
    link.save(update_fields=["state", "attempts"])
    return link, was_sending


def _sent_before(link: OutsideLink, peer: Peer) -> str:
    """The other's number of a sending whose answer never came, or nothing."""
    reference = rules.shown_code(link.report.code)
    for remote in peer.made_in(Window(link.made_at - timedelta(hours=1), clock.now() + timedelta(hours=1))):
        if reference in _REFERENCE.findall(remote.description):
            return remote.remote_id
    return ""


def _outgoing(link: OutsideLink) -> Outgoing:
    """The text in which contacts are masked, the exact place, our number; nothing of who reported."""
    report = link.report
    return Outgoing(
        reference=str(link.pk),
        service_code=_their_code(link.jurisdiction, report),
        description=f"{report.text}\n[{rules.shown_code(report.code)}]",
        longitude=report.longitude,
        latitude=report.latitude,
        address=report.place_words or report.ward_name,
    )


def _their_code(jurisdiction: Jurisdiction, report: Report) -> str:
    return their_code(jurisdiction, report.category.code)


@transaction.atomic
def _arrived(by: Actor, link: OutsideLink, remote_id: str, token: str) -> None:
    link = OutsideLink.objects.select_for_update().get(pk=link.pk)
    link.remote_id, link.token = remote_id[:120], token[:120]
    link.state = LinkState.SENT
    link.sent_at, link.last_error = clock.now(), ""
    link.save()
    report = locked(link.report_id)
    note(report, "forwarded", by=by, visibility=Visibility.STAFF, number=remote_id or token)
    record_entry(
        by=by,
        action="citizen_reports.forwarded",
        subject=about(report),
        details={"link": str(link.pk), "id": remote_id},
    )


@transaction.atomic
def _failed(by: Actor, link: OutsideLink, why: str) -> None:
    link = OutsideLink.objects.select_for_update().get(pk=link.pk)
    link.state, link.last_error = LinkState.FAILED, why[:300]
    link.save(update_fields=["state", "last_error"])
    report = locked(link.report_id)
    note(report, "forward_failed", by=by, visibility=Visibility.STAFF, text=why[:300])
    record_entry(by=by, action="citizen_reports.forward_failed", subject=about(report), details={"link": str(link.pk)})


@transaction.atomic
def send_again(*, by: Actor, link_id: UUID) -> None:
    """A sending that was refused is tried once more, after what was wrong is put right. Raises ForwardedAlready,
    ReportUnknown, NotYours.
    """
    link = OutsideLink.objects.select_for_update().filter(pk=link_id, state=LinkState.FAILED).first()
    if link is None:
        raise ForwardedAlready
    report = locked(link.report_id)
    require_handle(by, report)
    # As if it had been under way: it is looked for on the other side first.
    link.state = LinkState.SENDING
    link.save(update_fields=["state"])
    record_entry(by=by, action="citizen_reports.send_again", subject=about(report), details={"link": str(link.pk)})
    announce(ReportForwarded(report.pk, link.pk), subject=about(report), by=by)


def announce_waiting(*, by: Actor, jurisdiction: Jurisdiction) -> int:
    """What waited while nothing was sent there is sent now; how many. Inside the caller's transaction."""
    rows = OutsideLink.objects.filter(
        jurisdiction=jurisdiction, direction=Direction.OUT, state__in=(LinkState.WAITING, LinkState.SENDING)
    )
    waiting = list(rows.select_related("report"))
    for link in waiting:
        announce(ReportForwarded(link.report_id, link.pk), subject=about(link.report), by=by)
    return len(waiting)


def read_back(*, by: Actor, jurisdiction_id: UUID, connect: Connect = connected) -> int:
    """How what was sent stands there; how many changed. Raises PeerAway, PeerRefused."""
    jurisdiction = Jurisdiction.objects.get(pk=jurisdiction_id)
    peer = connect(jurisdiction)
    for link in OutsideLink.objects.filter(jurisdiction=jurisdiction, state=LinkState.SENT, remote_id="").exclude(
        token=""
    ):
        if remote_id := peer.resolve(link.token):
            OutsideLink.objects.filter(pk=link.pk, remote_id="").update(remote_id=remote_id[:120])
    lately = Q(state=LinkState.CLOSED, direction=Direction.OUT, remote_updated_at__gt=clock.now() - MAY_REOPEN)
    known = OutsideLink.objects.filter(Q(state=LinkState.SENT) | lately, jurisdiction=jurisdiction)
    links = {link.remote_id: link.pk for link in known.exclude(remote_id="")}
    return sum(_read(by, links[one.remote_id], one) for one in peer.by_ids(list(links)) if one.remote_id in links)


@transaction.atomic
def _read(by: Actor, link_id: UUID, remote: Remote) -> bool:
    """A change there is a line here; nobody's state changes by it: whoever handles the report decides."""
    link = OutsideLink.objects.select_for_update().get(pk=link_id)
    status = "open" if remote.is_open else "closed"
    if (link.remote_status, link.remote_notes) == (status, remote.notes):
        return False
    link.remote_status, link.remote_notes, link.remote_updated_at = status, remote.notes, remote.updated_at
    link.state = LinkState.SENT if remote.is_open else LinkState.CLOSED
    link.save()
    report = locked(link.report_id)
    note(report, "outside_says", by=by, visibility=Visibility.STAFF, text=remote.notes, status=status)
    record_entry(
        by=by,
        action="citizen_reports.outside_says",
        subject=about(report),
        details={"link": str(link.pk), "is": status},
    )
    return True


def pull_reports(*, by: Actor, jurisdiction_id: UUID, connect: Connect = connected) -> int:
    """Take over what was reported there since last time, each once; how many are new. Raises PeerAway, PeerRefused.

    What cannot be taken (an unknown kind of matter, an empty text) is counted in `last_error` and left there.
    """
    jurisdiction = Jurisdiction.objects.get(pk=jurisdiction_id)
    end = clock.now()
    begin = max((jurisdiction.pulled_until or end - LONGEST_SPAN) - OVERLAP, end - LONGEST_SPAN)
    taken, left = 0, 0
    for remote in connect(jurisdiction).made_in(Window(begin, end)):
        try:
            taken += _taken_over(by, jurisdiction, remote)
        except Refused:
            left += 1
    _note_success(jurisdiction, end, left)
    return taken


def _note_success(jurisdiction: Jurisdiction, until: datetime, left: int) -> None:
    said = f"NOT_TAKEN {left}" if left else ""
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(
        pulled_until=until, last_success_at=clock.now(), last_error=said
    )


def _taken_over(by: Actor, jurisdiction: Jurisdiction, remote: Remote) -> bool:
    known = OutsideLink.objects.filter(jurisdiction=jurisdiction, remote_id=remote.remote_id)
    # What we sent there carries our number in its text, what they sent us theirs.
    if known.exists() or _REFERENCE.search(remote.description) or _sent_to_us(remote):
        return False
    ours = str(jurisdiction.service_map.get(remote.service_code) or jurisdiction.service_map.get("*", ""))
    draft = Draft(
        submission_id=uuid5(_PULLED, f"{jurisdiction.pk}:{remote.remote_id}"),
        category=ours,
        text=remote.description,
        channel=Channel.IMPORT,
        longitude=remote.longitude,
        latitude=remote.latitude,
        place_words=remote.address,
        received_at=remote.requested_at,
        media_url=remote.media_url,
    )
    with transaction.atomic():
        made = submit_report(by=by, draft=draft, contact=Contact())
        if made.is_new and not remote.is_open:
            history = History(closed_at=remote.updated_at, is_closed=True, notes=remote.notes)
            take_over_history(by=by, report_id=made.report_id, history=history)
        OutsideLink.objects.get_or_create(
            jurisdiction=jurisdiction,
            remote_id=remote.remote_id,
            defaults={
                "report_id": made.report_id,
                "direction": Direction.IN,
                "state": LinkState.SENT if remote.is_open else LinkState.CLOSED,
                "remote_status": "open" if remote.is_open else "closed",
                "remote_notes": remote.notes,
                "remote_updated_at": remote.updated_at,
                "made_at": clock.now(),
            },
        )
    return made.is_new


def _sent_to_us(remote: Remote) -> bool:
    """Whether they forwarded it themselves before we asked."""
    since = remote.requested_at or clock.now() - LONGEST_SPAN
    came = Report.objects.filter(channel=Channel.OPEN311, received_at__gte=since)
    return came.filter(text__endswith=f"[{remote.remote_id}]").exists()


@transaction.atomic
def taken_over_before(*, text: str, api_key_id: UUID) -> Submitted | None:
    """The report that is sent to us now, where we took it over already: the other side's number at the end of its
    text is the one that we know it by, and all the rest is the same. From now on its key reads how it stands.
    """
    reference = _LAST_LINE.search(text)
    if reference is None:
        return None
    links = OutsideLink.objects.filter(direction=Direction.IN, remote_id=reference[1]).select_related("report")
    for link in links:
        if link.report.text.strip() == text[: reference.start()].strip():
            Report.objects.filter(pk=link.report_id, api_key=None).update(api_key=api_key_id)
            return submitted(link.report.submission_id)
    return None


def ask_jurisdictions(*, by: Actor, connect: Connect = connected) -> int:
    """Pull from all that are pulled from, and read back from all that are forwarded to; how many did not answer.

    One that is away holds up none of the others; the desk sees what was wrong.
    """
    failed = 0
    for jurisdiction in Jurisdiction.objects.filter(Q(pulls=True) | Q(forwards=True)):
        try:
            if jurisdiction.pulls:
                pull_reports(by=by, jurisdiction_id=jurisdiction.pk, connect=connect)
            if jurisdiction.forwards:
                read_back(by=by, jurisdiction_id=jurisdiction.pk, connect=connect)
        except (PeerAway, PeerRefused) as fault:
            failed += 1
            note_failure(jurisdiction, fault)
    return failed


def note_failure(jurisdiction: Jurisdiction, fault: PeerAway | PeerRefused) -> None:
    """So that the desk sees what was wrong last."""
    why = f"{fault.code} {fault.params.get('why', '')}"
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(last_error=why[:300])
