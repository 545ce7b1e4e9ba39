"""What can be done? One function a use case: permission → load and lock → rules → write → audit → outbox."""

from songcau.systems.incidents.actions.bulletins import (
    change_bulletin,
    draft_bulletin,
    publish_bulletin,
    withdraw_bulletin,
)
from songcau.systems.incidents.actions.playbooks import add_playbook, change_playbook, retire_playbook
from songcau.systems.incidents.actions.shifts import (
    hand_over,
    log_in_shift,
    set_duty,
    sign_hand_over,
    start_shift,
    take_back_hand_over,
)
from songcau.systems.incidents.actions.usual_playbooks import load_usual_playbooks
from songcau.systems.incidents.actions.walls import remove_wall, save_wall

__all__ = [
    "add_playbook",
    "change_bulletin",
    "change_playbook",
    "draft_bulletin",
    "hand_over",
    "load_usual_playbooks",
    "log_in_shift",
    "publish_bulletin",
    "remove_wall",
    "retire_playbook",
    "save_wall",
    "set_duty",
    "sign_hand_over",
    "start_shift",
    "take_back_hand_over",
    "withdraw_bulletin",
]
