"""A report comes in. What was answered with a code is on disk: the row, and every byte of its pictures.

The same `submission_id` is the same report, however often it is sent: the second answer equals the first.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.phones import phone_number
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.queries import local
from songcau.foundation.files.actions import register_held
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.uses import Subject
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.kernel.text import normal
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.evidence import (
    EVIDENCE,
    EVIDENCE_WITH_ORIGINAL,
    MOST_PICTURES,
    SUBJECT,
    neutral,
)
from songcau.systems.citizen_reports.actions.pace import count_address
from songcau.systems.citizen_reports.actions.record import about, note
from songcau.systems.citizen_reports.events import PicturesElsewhere, ReportSubmitted
from songcau.systems.citizen_reports.models import Attachment, Category, Report, Reporter, Standing
from songcau.systems.citizen_reports.permissions import reporter_actor, require_moderate
from songcau.systems.citizen_reports.queries.placing import Placed, placed, shown_point
from songcau.systems.citizen_reports.queries.terms import centre, verify_due_at
from songcau.systems.citizen_reports.rules import AttachmentKind, Channel, State, Urgency, Visibility

# By these the city itself writes down what somebody said; the limits on abuse are for what comes by itself.
_BY_STAFF = frozenset({Channel.PHONE, Channel.COUNTER, Channel.STAFF})
_UNLIMITED = _BY_STAFF | {Channel.IMPORT}
# Looked at for contacts; more is thrown away unread.
MOST_PLACE_WORDS = 2000
_MOST_COUNTED = max(rules.KNOWN_PACE + rules.UNKNOWN_PACE) + 1


class CategoryUnknown(Refused):
    """No category has this code, or none that is offered to the public."""

    code = "CATEGORY_UNKNOWN"


class TooManyPictures(Refused):
    """More than `most`."""

    code = "TOO_MANY_PICTURES"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to report. Degrees in WGS 84; `made_at` when it was written, where it could not be sent
    at once: the clock runs from when it came all the same.
    """

    submission_id: UUID
    category: str
    text: str
    channel: Channel
    answers: Mapping[str, object] = field(default_factory=dict)
    longitude: float | None = None
    latitude: float | None = None
    ward_code: str = ""
    place_words: str = ""
    language: str = "vi"
    is_private: bool = False
    is_demo: bool = False
    is_urgent: bool = False
    made_at: datetime | None = None
    received_at: datetime | None = None
    api_key_id: UUID | None = None
    media_url: str = ""
    # It follows another report: what was asked there is not asked again.
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Who reports. `source` is what is counted as one sender (an account, a browser), kept as a keyed hash only;
    `address` is from where it came over the network: counted for a day, and kept with no report.
    """

    person_id: UUID | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    hide_name: bool = True
    keeps_original: bool = False
    source: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """`code` and `secret` open it again without an account; `is_new` is False when it was here already."""

    report_id: UUID
    code: str
    secret: str
    is_new: bool


def submit_report(*, by: Actor, draft: Draft, contact: Contact, pictures: Sequence[Held] = ()) -> Submitted:
    """Take a report in. `pictures` were held before (`files.actions.hold_bytes`) and belong to it from now on.

    Raises CategoryUnknown, TooManyPictures, NotYours (who writes for others must be the centre's), PhoneUnreadable, and
    the refusals of `rules.require_report`, `require_answers`, `require_not_blocked`, `require_pace`.
    """
    if (known := submitted(draft.submission_id)) is not None:
        return known
    if draft.channel in _BY_STAFF:
        require_moderate(by)
    text = rules.require_report(draft.text)
    if len(pictures) > MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    category, replaced = _category(draft)
    answers = {} if replaced or draft.joins else _answered(category, draft)
    if draft.channel not in _UNLIMITED:
        _require_welcome(source_hash(contact.source), known=contact.person_id is not None)
    # All that can be thought out before it is: the transaction keeps every other writer waiting.
    report, reporter = _drafted(draft, contact, category, answers, text)
    try:
        _take_in(by, draft, report, reporter, source_hash(contact.address), pictures)
    except IntegrityError:
        if (known := submitted(draft.submission_id)) is not None:
            return known
        raise
    return Submitted(report.pk, report.code, secret_of(draft.submission_id), is_new=True)


def submitted(submission_id: UUID) -> Submitted | None:
    """What was answered to a submission that is here already; None for another."""
    found = Report.objects.filter(submission_id=submission_id).values_list("pk", "code").first()
    return Submitted(found[0], found[1], secret_of(submission_id), is_new=False) if found else None


@transaction.atomic
def _take_in(
    by: Actor, draft: Draft, report: Report, reporter: Reporter, address_hash: str, pictures: Sequence[Held]
) -> None:
    if draft.channel not in _UNLIMITED:
        count_address(address_hash, report.changed_at)
    report.save(force_insert=True)
    reporter.save(force_insert=True)
    # Who typed it for somebody else says so; a citizen acts as nobody but the reporter of this report.
    who = by if draft.channel in _UNLIMITED else reporter_actor(reporter.pk)
    _attach(reporter, report, pictures)
    if draft.media_url:
        kind = AttachmentKind.PROBLEM
        Attachment.objects.create(report=report, kind=kind, source_url=draft.media_url, at=report.received_at)
    written_at = draft.made_at.isoformat() if draft.made_at else ""
    channel = str(report.channel)
    note(report, "submit", by=who, visibility=Visibility.PUBLIC, channel=channel, written_at=written_at)
    if report.category.code != draft.category:
        note(report, "replace_category", by=who, visibility=Visibility.STAFF, was=draft.category)
    details = {"code": report.code, "channel": channel, "pictures": len(pictures)}
    record_entry(by=who, action="citizen_reports.submit_report", subject=about(report), details=details)
    announce(ReportSubmitted(report.pk), subject=about(report), by=who)
    if draft.media_url:
        announce(PicturesElsewhere(report.pk), subject=about(report), by=who)


def secret_of(submission_id: UUID) -> str:
    """The second secret, ten signs. Worked out again from what only the sender knows, so that it is stored nowhere."""
    digest = salted_hmac("songcau.citizen_reports.secret", str(submission_id), algorithm="sha256").digest()
    return rules.new_secret(digest)


def salt_of(report_id: UUID) -> bytes:
    """With what the secret of a report is hashed."""
    return salted_hmac("songcau.citizen_reports.salt", str(report_id), algorithm="sha256").digest()


def _answered(category: Category, draft: Draft) -> dict[str, object]:
    questions = rules.checked_questions(category.questions)
    return dict(rules.require_answers(questions, draft.answers, language=draft.language))


def names_of(name: str, person_id: UUID | None) -> tuple[str, ...]:
    """As whom a reporter may sign what they type: the name they gave, and that of the account they sent it from."""
    account = Person.objects.filter(pk=person_id).values_list("full_name", flat=True).first() if person_id else ""
    return tuple(filter(None, dict.fromkeys((name, account or ""))))


def shown_text(typed: str, names: Sequence[str]) -> tuple[str, bool]:
    """What others read of what a reporter of these names typed, and whether anything was masked in it."""
    text, was_masked = rules.hidden_contacts(typed)
    for name in names:
        text, had_name = rules.hidden_name(text, name)
        was_masked = was_masked or had_name
    text, had_introduction = rules.hidden_introductions(text)
    return text, was_masked or had_introduction


def _shown_answers(answers: dict[str, object], names: Sequence[str]) -> tuple[dict[str, object], list[str]]:
    """The answers as others read them, and those that differ as they were sent."""
    kept, hidden = dict(answers), []
    for key, answer in answers.items():
        if isinstance(answer, str):
            kept[key], was_masked = shown_text(answer, names)
            hidden += [f"{key}: {answer}"] if was_masked else []
    return kept, hidden


def source_hash(source: str) -> str:
    """A source, told from others and not told itself; nothing for none."""
    if not source:
        return ""
    return salted_hmac("songcau.citizen_reports.source", source, algorithm="sha256").hexdigest()


def _category(draft: Draft) -> tuple[Category, bool]:
    """What was chosen, or what came in its place while the draft lay on a telephone without a connection."""
    found = Category.objects.filter(code=draft.category).order_by().first()
    replaced = False
    for _step in range(10):
        if found is None or found.retired_on is None:
            break
        replaced, found = True, found.replaced_by or found.parent
    if found is None or found.retired_on is not None:
        if not replaced:
            raise CategoryUnknown
        # Retired without an heir: the centre decides, nothing is lost.
        found = Category.objects.offered().order_by("-order", "-code").first()
        if found is None:
            raise CategoryUnknown
    if found.is_internal and draft.channel not in _UNLIMITED:
        raise CategoryUnknown
    return found, replaced


def _require_welcome(source: str, *, known: bool) -> None:
    now = clock.now()
    if not source:
        return
    standing = Standing.objects.filter(source_hash=source).values_list("blocked_until", flat=True).first()
    rules.require_not_blocked(standing, now)
    sent = Reporter.objects.filter(source_hash=source, made_at__gt=now - timedelta(days=1))
    times = list(sent.order_by("-made_at").values_list("made_at", flat=True)[:_MOST_COUNTED])
    rules.require_pace(
        sum(at > now - timedelta(minutes=1) for at in times),
        sum(at > now - timedelta(hours=1) for at in times),
        len(times),
        known=known,
    )


def _drafted(
    draft: Draft, contact: Contact, category: Category, answers: dict[str, object], typed: str
) -> tuple[Report, Reporter]:
    """Not stored yet."""
    now = clock.now()
    received_at = draft.received_at if draft.received_at and draft.channel in _UNLIMITED else now
    place = placed(draft.longitude, draft.latitude, draft.ward_code, local(received_at).date())
    names = names_of(contact.name, contact.person_id)
    text, was_masked = shown_text(typed, names)
    kept, hidden = _shown_answers(answers, names)
    report = _report(draft, category, place, received_at, text)
    # Masked before it is cut: half a name is a name.
    report.place_words = shown_text(normal(draft.place_words)[:MOST_PLACE_WORDS], names)[0][:300]
    report.answers, report.changed_at = kept, now
    reporter = Reporter(
        report=report,
        person_id=contact.person_id,
        name=normal(contact.name)[:120],
        phone=phone_number(contact.phone) if contact.phone.strip() else "",
        email=contact.email.strip()[:254],
        hide_name=contact.hide_name,
        keeps_original=contact.keeps_original,
        text_as_sent="\n\n".join([*([typed] if was_masked else []), *hidden]),
        source_hash=source_hash(contact.source),
        made_at=now,
    )
    return report, reporter


def _report(draft: Draft, category: Category, place: Placed, received_at: datetime, text: str) -> Report:
    report_id = new_id()
    urgency = Urgency.URGENT if draft.is_urgent else Urgency(category.urgency)
    shown = shown_point(draft.longitude, draft.latitude, near_homes=category.near_homes)
    desk = centre()
    return Report(
        id=report_id,
        code=_free_code(),
        secret_hash=rules.secret_hash(secret_of(draft.submission_id), salt_of(report_id)),
        submission_id=draft.submission_id,
        state=State.NEW,
        category=category,
        urgency=urgency,
        text=text,
        language=draft.language,
        channel=draft.channel,
        api_key_id=draft.api_key_id,
        is_demo=draft.is_demo,
        longitude=draft.longitude,
        latitude=draft.latitude,
        public_longitude=shown[0],
        public_latitude=shown[1],
        ward_unit_id=place.unit_id,
        ward_code=place.code,
        ward_name=place.name,
        place_doubt=place.doubt,
        received_at=received_at,
        verify_due_at=verify_due_at(received_at, rules.verify_hours(urgency, category.verify_hours), desk),
        is_private=draft.is_private or not category.is_public,
    )


def _free_code() -> str:
    """One that no report has: among a million of them two of 40 bits are equal by chance."""
    code = ""
    for _try in range(5):
        code = rules.new_code(secrets.token_bytes(8))
        if not Report.objects.filter(code=code).exists():
            break
    return code


def _attach(reporter: Reporter, report: Report, pictures: Sequence[Held]) -> None:
    use = EVIDENCE_WITH_ORIGINAL if reporter.keeps_original else EVIDENCE
    for number, held in enumerate(pictures, start=1):
        unnamed = neutral(held, number)
        register_held(by=reporter_actor(reporter.pk), use=use, subject=Subject(SUBJECT, report.pk), held=unnamed)
        Attachment.objects.create(
            report=report,
            kind=AttachmentKind.PROBLEM,
            upload_id=held.upload_id,
            is_picture=held.media_type.startswith("image/"),
            at=report.received_at,
        )
