"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""

from songcau.systems.citizen_reports.actions.api_keys import issue_api_key, revoke_api_key
from songcau.systems.citizen_reports.actions.fetching import fetch_pictures
from songcau.systems.citizen_reports.actions.forwarding import (
    ask_jurisdictions,
    forward_report,
    pull_reports,
    read_back,
    send_again,
    send_link,
)
from songcau.systems.citizen_reports.actions.importing import take_over_history
from songcau.systems.citizen_reports.actions.jurisdictions import set_jurisdiction
from songcau.systems.citizen_reports.actions.submitting import submit_report

__all__ = [
    "ask_jurisdictions",
    "fetch_pictures",
    "forward_report",
    "issue_api_key",
    "pull_reports",
    "read_back",
    "revoke_api_key",
    "send_again",
    "send_link",
    "set_jurisdiction",
    "submit_report",
    "take_over_history",
]
