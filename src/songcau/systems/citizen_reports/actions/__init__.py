"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""

from songcau.systems.citizen_reports.actions.api_keys import issue_api_key, revoke_api_key
from songcau.systems.citizen_reports.actions.forwarding import (
    forward_report,
    pull_reports,
    read_back,
    send_again,
    send_link,
)
from songcau.systems.citizen_reports.actions.importing import take_over_history
from songcau.systems.citizen_reports.actions.submitting import submit_report

__all__ = [
    "forward_report",
    "issue_api_key",
    "pull_reports",
    "read_back",
    "revoke_api_key",
    "send_again",
    "send_link",
    "submit_report",
    "take_over_history",
]
