"""As whom a citizen acts in a report of theirs, found by code and secret or by the account it was sent from."""

from dataclasses import dataclass
from uuid import UUID

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.calendar.queries import local
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.record import note
from songcau.systems.citizen_reports.actions.submitting import names_of, salt_of, shown_text
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.permissions import REPORTER_LABEL, reporter_actor
from songcau.systems.citizen_reports.rules import Visibility

# What is compared when no report has the code, so that an unknown code takes as long as a wrong secret.
_NO_REPORT = UUID(int=0)
_NO_HASH = "0" * 64


class NoSuchReport(Refused):
    """No report has this code and secret. Which of the two is wrong is not said."""

    code = "NO_SUCH_REPORT"


@dataclass(frozen=True, slots=True)
class ReporterAccess:
    """A report, and as whom its reporter acts in it."""

    report_id: UUID
    code: str
    actor: Actor


def reporter_of_code(code: str, secret: str) -> ReporterAccess:
    """For whoever has the code and the secret. Raises NoSuchReport, the same whatever is wrong, in the same time."""
    try:
        wanted = rules.normalised_code(code)
    except rules.ReportCodeUnreadable:
        wanted = ""
    found = Report.objects.filter(code=wanted).values_list("pk", "secret_hash").first()
    report_id, stored = found or (_NO_REPORT, _NO_HASH)
    opens = rules.is_secret(secret, stored, salt_of(report_id))
    reporter_id = Reporter.objects.filter(report=report_id).values_list("pk", flat=True).first()
    if not opens or reporter_id is None:
        raise NoSuchReport
    return ReporterAccess(report_id, wanted, reporter_actor(reporter_id))


def reporter_of_account(person_id: UUID, report_id: UUID) -> ReporterAccess:
    """For the account it was sent from. Raises NoSuchReport."""
    found = Reporter.objects.filter(report=report_id, person_id=person_id).values_list("pk", "report__code").first()
    if found is None:
        raise NoSuchReport
    return ReporterAccess(report_id, found[1], reporter_actor(found[0]))


def own_reporter(by: Actor, report: Report) -> Reporter:
    """The row of whoever acts, held until the commit. Raises NotYours for anybody but this report's reporter."""
    own = Reporter.objects.select_for_update().filter(report=report, pk=by.id).first()
    if own is None or by.label != REPORTER_LABEL:
        raise NotYours(permission=REPORTER_LABEL)
    reporter: Reporter = own
    return reporter


def tell_if_named(report: Report, text: str) -> None:
    """Where an official wrote the reporter's own name into what others read, the centre is told, and nobody else.

    Not by a refusal, nor by what the public then reads: whoever writes names could find out by that who reported.
    """
    for name, person_id in Reporter.objects.filter(report=report).values_list("name", "person_id"):
        if any(rules.hidden_name(text, known)[1] for known in names_of(name, person_id)):
            note(report, "named_reporter", by=SYSTEM, visibility=Visibility.CENTRE)


def masked(reporter: Reporter, typed: str) -> str:
    """What others read of what a reporter typed; as it was sent it is added to what the centre alone reads, unless
    they asked to be forgotten.
    """
    shown, was_masked = shown_text(typed, names_of(reporter.name, reporter.person_id))
    if was_masked and reporter.forgotten_at is None:
        at = local(clock.now()).strftime("%d/%m/%Y %H:%M")
        reporter.text_as_sent = "\n\n".join(filter(None, (reporter.text_as_sent, f"[{at}] {typed}")))
        reporter.save(update_fields=["text_as_sent"])
    return shown
