"""What can be done with a report, one after the other: its form, its action, and when it is offered.

The workflow says what the state allows, the permissions who may; what is left becomes a button on the case page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import assigning, closing, handling, merging, moderating, showing
from songcau.systems.citizen_reports.actions.answering import nudge_report
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import step_forms as forms
from songcau.systems.citizen_reports.pages.step_acts import (
    Values,
    add_evidence,
    assign,
    forward,
    is_still_open,
    merge_into,
    named,
    publish,
    refuse,
    relocate_to,
    resolve,
    send_again,
)
from songcau.systems.citizen_reports.permissions import HANDLE, may_handle, may_moderate
from songcau.systems.citizen_reports.queries.outside import failed_links, takers
from songcau.systems.citizen_reports.rules import (
    PLANNABLE,
    WORKFLOW,
    State,
    Urgency,
)

Words = str | Promise
CENTRE, UNIT, OWN = "centre", "unit", "own"
_LATER = frozenset({State.NEW, State.WAITING_REPORTER_FIRST, State.REFUSED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Step:
    """`who`: the centre, the unit that has it (and the centre), or the unit itself only. `takes` names the steps of the
    workflow it stands for, of which one must be open; without any, `when` alone decides.
    """

    name: str
    title: Words
    button: Words
    form: type[forms.StepForm]
    act: Callable[[Actor, Report, Values], object]
    done: Words
    who: str = UNIT
    takes: tuple[str, ...] = ()
    when: Callable[[Report], bool] = lambda _report: True
    notice: Words = ""
    is_first: bool = False
    is_danger: bool = False
    has_answers: bool = False


STEPS: tuple[Step, ...] = (
    Step(
        "assign",
        _("Give it to a unit"),
        _("Give it to a unit"),
        forms.UnitForm,
        assign,
        _("The unit has it now."),
        who=CENTRE,
        takes=("accept", "assign"),
        when=lambda report: report.parent_id is None,
        notice=_("The term runs by the unit's calendar, counted from the receipt; the date is promised once."),
        is_first=True,
    ),
    Step(
        "accept",
        _("Accept it"),
        _("Accept"),
        forms.StepForm,
        lambda by, report, values: moderating.accept_report(**named(by, report, values)),
        _("Accepted."),
        who=CENTRE,
        takes=("accept",),
    ),
    Step(
        "start",
        _("Begin the work"),
        _("Begin"),
        forms.StepForm,
        lambda by, report, values: handling.start_work(**named(by, report, values)),
        _("The work has begun; the sender sees it."),
        takes=("start",),
        when=lambda report: report.agency_id is not None and report.parent_id is None,
        is_first=True,
    ),
    Step(
        "resolve",
        _("Say what was done"),
        _("Resolve"),
        forms.ResolveForm,
        resolve,
        _("Resolved. The sender is told and may rate it."),
        takes=("resolve",),
        when=lambda report: report.parent_id is None,
        is_first=True,
        has_answers=True,
    ),
    Step(
        "resume",
        _("Go on with the work"),
        _("Resume the work"),
        forms.StepForm,
        lambda by, report, values: handling.resume_work(**named(by, report, values)),
        _("The work goes on."),
        takes=("resume",),
        is_first=True,
    ),
    Step(
        "close",
        _("Close it"),
        _("Close"),
        forms.StepForm,
        lambda by, report, values: closing.close_report(**named(by, report, values)),
        _("It is closed."),
        who=CENTRE,
        takes=("close",),
        notice=_("It would be closed by itself seven days after it was resolved."),
    ),
    Step(
        "take",
        _("Take it on"),
        _("Take it on"),
        forms.StepForm,
        lambda by, report, values: assigning.take_report(**named(by, report, values)),
        _("It is yours now."),
        who=OWN,
        when=is_still_open,
    ),
    Step(
        "officer",
        _("Hand it to an official"),
        _("Hand to an official"),
        forms.OfficerForm,
        lambda by, report, values: assigning.hand_to_officer(**named(by, report, values), officer_id=values["officer"]),
        _("Handed over."),
        when=lambda report: report.agency_id is not None and is_still_open(report),
    ),
    Step(
        "plan",
        _("Say by when it will be done"),
        _("Plan"),
        forms.PlanForm,
        lambda by, report, values: handling.plan_work(
            **named(by, report, values), due_on=values["due_on"], text=values["text"]
        ),
        _("Planned; the sender sees it."),
        when=lambda report: State(report.state) in PLANNABLE,
    ),
    Step(
        "wait_outside",
        _("Wait for others"),
        _("Wait for others"),
        forms.TextForm,
        lambda by, report, values: handling.wait_outside(**named(by, report, values), waiting_for=values["text"]),
        _("Noted: it waits for others. The clock runs on."),
        takes=("wait_outside",),
        notice=_("Whom or what it waits for; the sender reads it. The date stays."),
    ),
    Step(
        "ask",
        _("Ask the sender"),
        _("Ask the sender"),
        forms.AnswerForm,
        lambda by, report, values: moderating.ask_reporter(**named(by, report, values), text=values["text"]),
        _("The sender was asked."),
        takes=("ask_reporter", "ask_reporter_first"),
        notice=_("The question goes to the sender through the report. Nobody sees who that is."),
        has_answers=True,
    ),
    Step(
        "tell",
        _("Tell the sender something"),
        _("Tell the sender"),
        forms.AnswerForm,
        lambda by, report, values: handling.tell_reporter(by=by, report_id=report.pk, text=values["text"]),
        _("The sender was told."),
        notice=_("The message goes to the sender through the report. Nobody sees who that is."),
        has_answers=True,
    ),
    Step(
        "note",
        _("Note something for colleagues"),
        _("Note"),
        forms.TextForm,
        lambda by, report, values: handling.add_note(by=by, report_id=report.pk, text=values["text"]),
        _("Noted."),
    ),
    Step(
        "evidence",
        _("Add pictures"),
        _("Add pictures"),
        forms.EvidenceForm,
        add_evidence,
        _("The pictures were received. They are looked into and cleaned within moments."),
        when=is_still_open,
    ),
    Step(
        "reroute",
        _("Give it to another unit"),
        _("Another unit"),
        forms.RerouteForm,
        lambda by, report, values: assigning.reroute_report(
            **named(by, report, values), agency_id=values["agency"].pk, reason=values["reason"]
        ),
        _("The other unit has it now; the first date stays."),
        who=CENTRE,
        takes=("reroute",),
    ),
    Step(
        "return_to_centre",
        _("Return it to the centre"),
        _("Return to the centre"),
        forms.ReasonForm,
        lambda by, report, values: assigning.return_to_centre(**named(by, report, values), reason=values["reason"]),
        _("Returned to the centre."),
        takes=("return_to_centre",),
        notice=_("For what is another unit's matter. The clock runs on."),
    ),
    Step(
        "nudge",
        _("Remind the unit"),
        _("Remind"),
        forms.StepForm,
        lambda by, report, values: nudge_report(by=by, report_id=report.pk),
        _("The unit was reminded."),
        who=CENTRE,
        when=lambda report: report.agency_id is not None and is_still_open(report),
    ),
    Step(
        "recategorise",
        _("Change the category"),
        _("Category"),
        forms.CategoryForm,
        lambda by, report, values: moderating.recategorise(
            **named(by, report, values), category=values["category"].code
        ),
        _("The category was changed."),
        who=CENTRE,
        when=is_still_open,
        notice=_("A date that was promised stays; the next one is counted by the new term."),
    ),
    Step(
        "relocate",
        _("Change the place"),
        _("Place"),
        forms.PlaceForm,
        relocate_to,
        _("The place was changed."),
        who=CENTRE,
        when=is_still_open,
    ),
    Step(
        "urgency",
        _("Change the urgency"),
        _("Urgency"),
        forms.UrgencyForm,
        lambda by, report, values: moderating.set_urgency(
            **named(by, report, values), urgency=Urgency(values["urgency"])
        ),
        _("The urgency was changed."),
        who=CENTRE,
        when=is_still_open,
    ),
    Step(
        "publish",
        _("Publish it"),
        _("Publish"),
        forms.PublishForm,
        publish,
        _("Everybody may see it now."),
        who=CENTRE,
        when=lambda report: not report.is_private and report.category.is_public and State(report.state) not in _LATER,
        notice=_("Contacts are masked by themselves; names of people are not. Read it before you publish."),
    ),
    Step(
        "withhold",
        _("Take it from public view"),
        _("Unpublish"),
        forms.ReasonForm,
        lambda by, report, values: showing.withhold_report(**named(by, report, values), reason=values["reason"]),
        _("The public sees it no more."),
        who=CENTRE,
        when=lambda report: report.published_at is not None and not report.withheld,
    ),
    Step(
        "merge",
        _("Join it with another report"),
        _("Join"),
        forms.MergeForm,
        merge_into,
        _("It follows the other report now."),
        who=CENTRE,
        when=lambda report: is_still_open(report) and report.parent_id is None,
        notice=_("For reports of one cause: this one is resolved and closed together with the other."),
    ),
    Step(
        "unmerge",
        _("Let it stand for itself again"),
        _("Part"),
        forms.StepForm,
        lambda by, report, values: merging.unmerge_report(**named(by, report, values)),
        _("It stands for itself again."),
        who=CENTRE,
        when=lambda report: report.parent_id is not None,
    ),
    Step(
        "forward",
        _("Pass it on to another system"),
        _("Pass it on"),
        forms.ForwardForm,
        forward,
        _("It is being sent."),
        when=lambda report: is_still_open(report) and bool(takers(report)),
        notice=_(
            "By Open311: the text without contacts, the place, our code; never who reported. The clock here runs on."
        ),
    ),
    Step(
        "send_again",
        _("Send it to the other system once more"),
        _("Send again"),
        forms.StepForm,
        send_again,
        _("It is being sent again."),
        when=lambda report: bool(failed_links(report)),
    ),
    Step(
        "refuse",
        _("Refuse it"),
        _("Refuse"),
        forms.RefuseForm,
        refuse,
        _("Refused. The sender reads the reason."),
        who=CENTRE,
        takes=("refuse",),
        is_danger=True,
    ),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}


def steps_for(by: Actor, report: Report) -> tuple[Step, ...]:
    """What this person may do with the report as it stands, in the order of the table."""
    open_steps = {transition.name for transition in WORKFLOW.steps_from(State(report.state))}
    centre, unit = may_moderate(by), may_handle(by, report)
    own = report.agency is not None and by.may(HANDLE, within=report.agency.path)
    may = {CENTRE: centre, UNIT: unit, OWN: own}
    return tuple(
        step
        for step in STEPS
        if may[step.who]
        and (not step.takes or open_steps.intersection(step.takes))
        and step.when(report)
        and (centre or "ask_reporter_first" not in step.takes or "ask_reporter" in open_steps)
    )
