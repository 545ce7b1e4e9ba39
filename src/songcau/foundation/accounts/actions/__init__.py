"""What can be done with people, agencies, posts and roles: one function a deed."""

from songcau.foundation.accounts.actions.agencies import (
    AgencyCodeTaken,
    add_agency,
    change_agency,
    move_agency,
)
from songcau.foundation.accounts.actions.closing import SuccessorUnusable, close_agency, succeed_agency
from songcau.foundation.accounts.actions.credentials import (
    reset_second_factor,
    set_temporary_password,
    sign_out_everywhere,
    unlock_person,
)
from songcau.foundation.accounts.actions.delegations import (
    delegate_post,
    delegate_role,
    keep_delegations,
    withdraw_delegation,
)
from songcau.foundation.accounts.actions.first_administrator import bootstrap_administrator
from songcau.foundation.accounts.actions.identities import (
    NameNeeded,
    NotYourWay,
    link_identity,
    receive_person,
    unlink_identity,
)
from songcau.foundation.accounts.actions.people import (
    AgencyIsClosed,
    AlreadyActive,
    AlreadyInactive,
    EmailTaken,
    PersonInactive,
    UsernameTaken,
    add_person,
    change_person,
    deactivate_person,
    reactivate_person,
    set_preferences,
)
from songcau.foundation.accounts.actions.phone_codes import (
    check_phone_code,
    forget_phone_codes,
    request_phone_code,
)
from songcau.foundation.accounts.actions.posts import (
    PostHeldAlready,
    PostLeftAlready,
    PostTitleTaken,
    add_post,
    hold_post,
    leave_post,
)
from songcau.foundation.accounts.actions.roles import (
    RoleGrantedAlready,
    change_role_end,
    expire_roles,
    grant_role,
    withdraw_role,
)

__all__ = [
    "AgencyCodeTaken",
    "AgencyIsClosed",
    "AlreadyActive",
    "AlreadyInactive",
    "EmailTaken",
    "NameNeeded",
    "NotYourWay",
    "PersonInactive",
    "PostHeldAlready",
    "PostLeftAlready",
    "PostTitleTaken",
    "RoleGrantedAlready",
    "SuccessorUnusable",
    "UsernameTaken",
    "add_agency",
    "add_person",
    "add_post",
    "bootstrap_administrator",
    "change_agency",
    "change_person",
    "change_role_end",
    "check_phone_code",
    "close_agency",
    "deactivate_person",
    "delegate_post",
    "delegate_role",
    "expire_roles",
    "forget_phone_codes",
    "grant_role",
    "hold_post",
    "keep_delegations",
    "leave_post",
    "link_identity",
    "move_agency",
    "reactivate_person",
    "receive_person",
    "request_phone_code",
    "reset_second_factor",
    "set_preferences",
    "set_temporary_password",
    "sign_out_everywhere",
    "succeed_agency",
    "unlink_identity",
    "unlock_person",
    "withdraw_delegation",
    "withdraw_role",
]
