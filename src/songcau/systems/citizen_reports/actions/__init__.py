"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""

from songcau.systems.citizen_reports.actions.abuse import block_source, unblock, uphold, warn_source
from songcau.systems.citizen_reports.actions.answering import (
    add_more,
    answer_question,
    forget_reporter,
    nudge_report,
    rate_report,
    reopen_report,
    withdraw_report,
)
from songcau.systems.citizen_reports.actions.api_keys import issue_api_key, revoke_api_key
from songcau.systems.citizen_reports.actions.assigning import (
    assign_report,
    follow_closed_agencies,
    hand_to_officer,
    reroute_report,
    return_to_centre,
    take_report,
)
from songcau.systems.citizen_reports.actions.bulk import (
    Chosen,
    Outcome,
    accept_reports,
    assign_reports,
    close_reports,
    publish_reports,
    recategorise_reports,
    refuse_reports,
)
from songcau.systems.citizen_reports.actions.closing import (
    choose_spot_checks,
    close_after_days,
    close_report,
    escalate_late,
    record_spot_check,
)
from songcau.systems.citizen_reports.actions.configuring import (
    CategoryFacts,
    add_category,
    change_category,
    remove_routing_rule,
    retire_category,
    retire_template,
    set_outside_body,
    set_routing_rule,
    set_template,
)
from songcau.systems.citizen_reports.actions.fetching import fetch_pictures
from songcau.systems.citizen_reports.actions.forwarding import (
    ask_jurisdictions,
    forward_report,
    pull_reports,
    read_back,
    send_again,
    send_link,
)
from songcau.systems.citizen_reports.actions.handling import (
    add_evidence,
    add_note,
    plan_work,
    resolve_report,
    resume_work,
    start_work,
    tell_reporter,
    wait_outside,
)
from songcau.systems.citizen_reports.actions.importing import take_over_history
from songcau.systems.citizen_reports.actions.jurisdictions import set_jurisdiction
from songcau.systems.citizen_reports.actions.looking import ReporterFacts, look_at_original, look_at_reporter
from songcau.systems.citizen_reports.actions.merging import merge_reports, unmerge_report
from songcau.systems.citizen_reports.actions.moderating import (
    accept_report,
    ask_reporter,
    recategorise,
    refuse_report,
    relocate,
    set_urgency,
)
from songcau.systems.citizen_reports.actions.pictures import take_in_pictures, take_in_waiting
from songcau.systems.citizen_reports.actions.promising import note_moved_date
from songcau.systems.citizen_reports.actions.setting_up import load_usual_categories, load_usual_routing
from songcau.systems.citizen_reports.actions.showing import publish_report, withhold_report
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, Submitted, submit_report

__all__ = [
    "CategoryFacts",
    "Chosen",
    "Contact",
    "Draft",
    "Outcome",
    "ReporterFacts",
    "Submitted",
    "accept_report",
    "accept_reports",
    "add_category",
    "add_evidence",
    "add_more",
    "add_note",
    "answer_question",
    "ask_jurisdictions",
    "ask_reporter",
    "assign_report",
    "assign_reports",
    "block_source",
    "change_category",
    "choose_spot_checks",
    "close_after_days",
    "close_report",
    "close_reports",
    "escalate_late",
    "fetch_pictures",
    "follow_closed_agencies",
    "forget_reporter",
    "forward_report",
    "hand_to_officer",
    "issue_api_key",
    "load_usual_categories",
    "load_usual_routing",
    "look_at_original",
    "look_at_reporter",
    "merge_reports",
    "note_moved_date",
    "nudge_report",
    "plan_work",
    "publish_report",
    "publish_reports",
    "pull_reports",
    "rate_report",
    "read_back",
    "recategorise",
    "recategorise_reports",
    "record_spot_check",
    "refuse_report",
    "refuse_reports",
    "relocate",
    "remove_routing_rule",
    "reopen_report",
    "reroute_report",
    "resolve_report",
    "resume_work",
    "retire_category",
    "retire_template",
    "return_to_centre",
    "revoke_api_key",
    "send_again",
    "send_link",
    "set_jurisdiction",
    "set_outside_body",
    "set_routing_rule",
    "set_template",
    "set_urgency",
    "start_work",
    "submit_report",
    "take_in_pictures",
    "take_in_waiting",
    "take_over_history",
    "take_report",
    "tell_reporter",
    "unblock",
    "unmerge_report",
    "uphold",
    "wait_outside",
    "warn_source",
    "withdraw_report",
    "withhold_report",
]
