"""What can be done with a directive, one after the other: its form, its action, and when it is offered.

The workflow says what the state allows, the permissions who may; what is left becomes a button.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.kernel.actor import Actor
from songcau.systems.directives import actions
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages import forms
from songcau.systems.directives.pages.step_acts import (
    Values,
    ask_extension,
    change,
    change_deadline,
    contribute,
    decide_extension,
    finish,
    named,
    report,
)
from songcau.systems.directives.permissions import (
    may_change_draft,
    may_decide,
    may_nudge,
    may_work,
    supporting_of,
)
from songcau.systems.directives.queries.waiting import waiting_extension
from songcau.systems.directives.rules import WORKFLOW, WORKING, State

Words = str | Promise
GIVER, LEAD, SUPPORT, DRAFTER, NUDGER = "giver", "lead", "support", "drafter", "nudger"


def _at_work(directive: Directive) -> bool:
    return directive.state in WORKING


def _extension_waits(directive: Directive) -> bool:
    return _at_work(directive) and waiting_extension(directive) is not None


@dataclass(frozen=True, slots=True)
class Step:
    """`who`: who gave it, the leading agency, a supporting one, who wrote the draft, or whoever may remind.

    `takes` is the step of the workflow it stands for, which must be open; without one `when` alone decides.
    """

    name: str
    title: Words
    button: Words
    form: type[forms.StepForm]
    act: Callable[[Actor, Directive, Values], object]
    done: Words
    who: str
    takes: str = ""
    when: Callable[[Directive], bool] = lambda _directive: True
    notice: Words = ""
    is_first: bool = False
    is_danger: bool = False


STEPS: tuple[Step, ...] = (
    Step(
        "give",
        _("Give this directive"),
        _("Give"),
        forms.StepForm,
        lambda by, directive, values: actions.give_draft(**named(by, directive, values)),
        _("Given. The agencies are told."),
        GIVER,
        takes="give",
        notice=_("It is in force at once; the term is counted from now."),
        is_first=True,
    ),
    Step(
        "decide_extension",
        _("Decide on more time"),
        _("Decide on more time"),
        forms.DecisionForm,
        decide_extension,
        _("Decided. The agency is told."),
        GIVER,
        when=_extension_waits,
        is_first=True,
    ),
    Step(
        "accept",
        _("Accept the result"),
        _("Accept the result"),
        forms.WordsForm,
        lambda by, directive, values: actions.accept_result(**named(by, directive, values), text=values["text"]),
        _("Accepted. The directive is closed."),
        GIVER,
        takes="accept",
        is_first=True,
    ),
    Step(
        "send_back",
        _("Send the result back"),
        _("Send back"),
        forms.ReasonForm,
        lambda by, directive, values: actions.send_back(**named(by, directive, values), reason=values["reason"]),
        _("Sent back. The agency is told."),
        GIVER,
        takes="send_back",
        notice=_("The date stays. If it has passed, the directive is late again; you may change the date."),
        is_first=True,
    ),
    Step(
        "start",
        _("Begin this task"),
        _("Begin"),
        forms.StepForm,
        lambda by, directive, values: actions.start_work(**named(by, directive, values)),
        _("Begun; who gave it sees it."),
        LEAD,
        takes="start",
        is_first=True,
    ),
    Step(
        "report",
        _("Report progress"),
        _("Report progress"),
        forms.ProgressForm,
        report,
        _("Reported. Files are looked into within moments."),
        LEAD,
        takes="report",
        is_first=True,
    ),
    Step(
        "contribute",
        _("Report your contribution"),
        _("Report contribution"),
        forms.ContributeForm,
        contribute,
        _("Reported. The leading agency is told."),
        SUPPORT,
        when=_at_work,
        is_first=True,
    ),
    Step(
        "finish",
        _("Report it as done"),
        _("Report as done"),
        forms.FinishForm,
        finish,
        _("Reported as done. Who gave it looks at it and accepts it or sends it back."),
        LEAD,
        takes="finish",
        notice=_("With at least one picture or document that shows the result, now or in an earlier report."),
        is_first=True,
    ),
    Step(
        "take",
        _("Take it on"),
        _("Take it on"),
        forms.StepForm,
        lambda by, directive, values: actions.assign_officer(**named(by, directive, values), officer_id=by.id),
        _("It is yours now."),
        LEAD,
        when=_at_work,
    ),
    Step(
        "officer",
        _("Hand it to an official"),
        _("Hand to an official"),
        forms.OfficerForm,
        lambda by, directive, values: actions.assign_officer(
            **named(by, directive, values), officer_id=UUID(values["officer"])
        ),
        _("Handed over."),
        LEAD,
        when=_at_work,
    ),
    Step(
        "ask_extension",
        _("Ask for more time"),
        _("Ask for more time"),
        forms.ExtensionForm,
        ask_extension,
        _("Asked. The date stays until it is answered."),
        LEAD,
        when=lambda directive: _at_work(directive) and waiting_extension(directive) is None,
        notice=_("Who gave it decides. The first date stays in sight."),
    ),
    Step(
        "change",
        _("Change the directive"),
        _("Change"),
        forms.ChangeForm,
        change,
        _("Changed. The agencies are told."),
        GIVER,
        when=_at_work,
    ),
    Step(
        "change_deadline",
        _("Change the date"),
        _("Change the date"),
        forms.DeadlineForm,
        change_deadline,
        _("Changed. The agencies are told; the first date stays in sight."),
        GIVER,
        when=_at_work,
    ),
    Step(
        "nudge",
        _("Remind the agencies"),
        _("Remind"),
        forms.StepForm,
        lambda by, directive, values: actions.nudge_directive(by=by, directive_id=directive.pk),
        _("They were reminded."),
        NUDGER,
        when=_at_work,
    ),
    Step(
        "refuse_draft",
        _("Do not give this draft"),
        _("Do not give"),
        forms.ReasonForm,
        lambda by, directive, values: actions.refuse_draft(**named(by, directive, values), reason=values["reason"]),
        _("Not given. Who wrote the draft is told."),
        GIVER,
        takes="refuse_draft",
        is_danger=True,
    ),
    Step(
        "withdraw",
        _("Withdraw it"),
        _("Withdraw"),
        forms.ReasonForm,
        lambda by, directive, values: actions.withdraw_directive(
            **named(by, directive, values), reason=values["reason"]
        ),
        _("Withdrawn."),
        GIVER,
        takes="withdraw",
        notice=_("Nobody has to do it any more. It stays in the lists with its reason."),
        is_danger=True,
    ),
    Step(
        "withdraw_draft",
        _("Withdraw the draft"),
        _("Withdraw the draft"),
        forms.ReasonForm,
        lambda by, directive, values: actions.withdraw_directive(
            **named(by, directive, values), reason=values["reason"]
        ),
        _("Withdrawn."),
        DRAFTER,
        takes="withdraw_draft",
        is_danger=True,
    ),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}


def steps_for(by: Actor, directive: Directive) -> tuple[Step, ...]:
    """What this person may do with it as it stands, in the order of the table."""
    open_steps = {transition.name for transition in WORKFLOW.steps_from(State(directive.state))}
    if not open_steps:
        return ()
    may = {
        GIVER: may_decide(by, directive),
        LEAD: may_work(by, directive),
        SUPPORT: bool(supporting_of(by, directive)),
        DRAFTER: may_change_draft(by, directive),
        NUDGER: may_nudge(by, directive),
    }
    return tuple(
        step
        for step in STEPS
        if may[step.who] and (not step.takes or step.takes in open_steps) and step.when(directive)
    )
