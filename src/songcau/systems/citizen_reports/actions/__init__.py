"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""

from songcau.systems.citizen_reports.actions.api_keys import issue_api_key, revoke_api_key
from songcau.systems.citizen_reports.actions.importing import take_over_history
from songcau.systems.citizen_reports.actions.submitting import submit_report

__all__ = ["issue_api_key", "revoke_api_key", "submit_report", "take_over_history"]
