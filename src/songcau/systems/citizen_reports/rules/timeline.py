"""Every kind of line that a timeline of a report can have. Each has words wherever a timeline is read."""

from songcau.systems.citizen_reports.rules.steps import WORKFLOW

# What is noted without a step of the workflow, or with more to say than the step itself.
_BESIDE = frozenset(
    {
        "add_evidence",
        "add_more",
        "agency_succeeded",
        "block_source",
        "choose_spot_check",
        "escalate",
        "false_report",
        "forget_reporter",
        "forward",
        "forward_failed",
        "forwarded",
        "merge",
        "merged",
        "move_date",
        "named_reporter",
        "note",
        "nudge",
        "outside_says",
        "plan",
        "publish",
        "recategorise",
        "refuse_picture",
        "relocate",
        "reopen_reason",
        "replace_category",
        "reroute_reason",
        "set_urgency",
        "spot_check",
        "submit",
        "take",
        "take_over",
        "tell_reporter",
        "unmerge",
        "withhold",
    }
)
TIMELINE = frozenset({step.name for step in WORKFLOW.transitions}) | _BESIDE


class UnknownLine(ValueError):
    """A line that nobody could read: it is missing in `TIMELINE`."""


def require_known_line(name: str) -> None:
    """Raises UnknownLine, which is a fault of the programme and no refusal."""
    if name not in TIMELINE:
        raise UnknownLine(name)
