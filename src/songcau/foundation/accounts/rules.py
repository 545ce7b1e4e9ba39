"""What is allowed with people, agencies and roles. Pure: no tables, no clock of its own."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from songcau.foundation.accounts.phones import phone_number
from songcau.kernel.errors import Refused
from songcau.kernel.text import folded, is_letter, list_key, normal
from songcau.kernel.workflow import Transition, Workflow

NAME_LIMIT = 150
# Three hexadecimal digits a letter, and the ends; names in other letters take more, and are cut.
SORT_KEY_LIMIT = 500
# The same of names of agencies and posts, 200 letters.
ORDER_KEY_LIMIT = 700
USERNAME = r"^[a-z0-9][a-z0-9._-]{2,59}$"
AGENCY_CODE = r"^[A-Z0-9][A-Z0-9-]{0,39}$"
DEPTH_LIMIT = 12
_MARKS_IN_NAMES = "'’‘ʼ`-.,()"


class NameUnusable(Refused):
    """A person's name is empty, too long, or holds what no name is written with."""

    code = "NAME_UNUSABLE"


class UsernameUnusable(Refused):
    """A username is not 3 to 60 of a–z, 0–9, dot, dash and underscore."""

    code = "USERNAME_UNUSABLE"


class EmailUnusable(Refused):
    """An e-mail address does not look like one."""

    code = "EMAIL_UNUSABLE"


class AgencyCodeUnusable(Refused):
    """An agency's code is not 1 to 40 of A–Z, 0–9 and dash."""

    code = "AGENCY_CODE_UNUSABLE"


class AgencyNameMissing(Refused):
    """An agency, or a post in it, has no name or one longer than the limit."""

    code = "AGENCY_NAME_MISSING"


class AgencyLoop(Refused):
    """An agency would stand under itself."""

    code = "AGENCY_LOOP"


class AgencyTooDeep(Refused):
    """The tree of agencies would be deeper than any administration is."""

    code = "AGENCY_TOO_DEEP"


class PeriodUnusable(Refused):
    """A period ends before it begins, or has already ended."""

    code = "PERIOD_UNUSABLE"


class ReasonMissing(Refused):
    """Granting and withdrawing say why."""

    code = "REASON_MISSING"


class LastAdministrator(Refused):
    """Nobody would be left who can administer the system."""

    code = "LAST_ADMINISTRATOR"


class AgencyInUse(Refused):
    """An agency still holds what must go somewhere first; the parameters count it."""

    code = "AGENCY_IN_USE"


class RoleScopeUnusable(Refused):
    """A role for the whole city was given an agency, or a role in an agency was given none."""

    code = "ROLE_SCOPE_UNUSABLE"


class ChangedMeanwhile(Refused):
    """Somebody saved the same record after this form was opened; `fields` names what they changed."""

    code = "CHANGED_MEANWHILE"
    conflict = True


class ChangedBy(ChangedMeanwhile):
    """The same, where the record tells who did it: `who`, at `at`."""

    code = "CHANGED_MEANWHILE_BY"


class GrantState(StrEnum):
    """Of a role given to a person."""

    GRANTED = "GRANTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


GRANT = Workflow(
    "role grant",
    start=GrantState.GRANTED,
    transitions=(
        Transition("change_end", (GrantState.GRANTED,), GrantState.GRANTED, "accounts.grant_roles"),
        Transition("expire", (GrantState.GRANTED,), GrantState.EXPIRED, "songcau"),
        Transition("withdraw", (GrantState.GRANTED,), GrantState.WITHDRAWN, "accounts.withdraw_roles"),
    ),
)


def usable_name(text: str) -> str:
    """The name as it is stored (NFC, single spaces). One word is enough; 150 characters at most."""
    name = normal(text)
    if (
        not any(sign.isalpha() for sign in name)
        or len(name) > NAME_LIMIT
        or not all(_stands_in_names(sign) for sign in name)
    ):
        raise NameUnusable(limit=NAME_LIMIT)
    return name


def _stands_in_names(sign: str) -> bool:
    return sign == " " or sign in _MARKS_IN_NAMES or is_letter(sign)


def name_key(name: str) -> str:
    """The key of a list of people in Vietnamese order: by given name (the last word), surname, middle names.

    Lê Thuý and Trần Thúy stand together: the tone's place is a habit of writing, not another name.
    """
    *rest, given = name.split()
    return (list_key(given, SORT_KEY_LIMIT) + list_key(" ".join(rest), SORT_KEY_LIMIT))[:SORT_KEY_LIMIT]


def usable_username(text: str) -> str:
    """The username as it is stored: lower case without marks, so that no two differ by case or marks only."""
    username = folded(text)
    if not re.fullmatch(USERNAME, username):
        raise UsernameUnusable()
    return username


def usable_email(text: str) -> str:
    """Lower case; empty stays empty. Only its shape is looked at, since nobody has answered from it yet."""
    email = normal(text).lower()
    if email and (len(email) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", email)):
        raise EmailUnusable()
    return email


def usable_phone(text: str, known: str = "") -> str:
    """The number as it is stored (E.164); empty stays empty, and what is `known` is not judged anew.

    Raises PhoneUnreadable.
    """
    typed = normal(text)
    return typed if typed in ("", known) else phone_number(typed)


def usable_agency_code(text: str) -> str:
    """The code as it is stored: upper case. It never changes afterwards, since logs and addresses carry it."""
    code = normal(text).upper()
    if not re.fullmatch(AGENCY_CODE, code):
        raise AgencyCodeUnusable()
    return code


def usable_title(text: str) -> str:
    """The name of an agency or a post: something, and 200 characters at most."""
    title = normal(text)
    if not title or len(title) > 200:
        raise AgencyNameMissing()
    return title


def path_under(parent_path: str | None, code: str) -> str:
    """The path of an agency directly under `parent_path` (None: at the top)."""
    path = f"{parent_path or '/'}{code}/"
    if path.count("/") - 1 > DEPTH_LIMIT:
        raise AgencyTooDeep(limit=DEPTH_LIMIT)
    return path


def paths_after_move(paths: Sequence[str], moved: str, parent_path: str | None) -> dict[str, str]:
    """Old path → new path, for the agency at `moved` and all under it. Raises AgencyLoop or AgencyTooDeep."""
    if parent_path is not None and parent_path.startswith(moved):
        raise AgencyLoop()
    top = path_under(parent_path, moved.rstrip("/").rsplit("/", 1)[-1])
    renamed = {path: top + path[len(moved) :] for path in paths if path.startswith(moved)}
    if max(path.count("/") - 1 for path in [top, *renamed.values()]) > DEPTH_LIMIT:
        raise AgencyTooDeep(limit=DEPTH_LIMIT)
    return renamed


def require_period(valid_from: datetime, valid_to: datetime | None, now: datetime) -> None:
    if valid_to is not None and (valid_to <= valid_from or valid_to <= now):
        raise PeriodUnusable(start=valid_from, end=valid_to)


def require_days(start: date, end: date | None, today: date) -> None:
    """Something that has happened: it began before it ended, and neither lies ahead."""
    if start > today or (end is not None and (end < start or end > today)):
        raise PeriodUnusable(start=start, end=end)


def require_reason(text: str) -> str:
    reason = normal(text)
    if not reason or len(reason) > 500:
        raise ReasonMissing()
    return reason


def require_administrator_left(others: int) -> None:
    """`others`: how many people besides this one administer the system without an end in sight."""
    if others < 1:
        raise LastAdministrator()


def require_nothing_left(left: Mapping[str, int]) -> None:
    """`left`: what still hangs on an agency, counted by kind."""
    if any(left.values()):
        raise AgencyInUse(**left)


def require_unchanged(known: int, version: int, changed_at: Mapping[str, int]) -> None:
    """Refuse a form opened at version `known` when the record is at another; `changed_at`: field → version."""
    if known != version:
        fields = sorted(field for field, at in changed_at.items() if at > known)
        raise ChangedMeanwhile(fields=", ".join(fields))


class SessionEnd(StrEnum):
    """Why a session is over."""

    UNMARKED = "UNMARKED"
    TOO_OLD = "TOO_OLD"
    IDLE = "IDLE"
    OTHER_BROWSER = "OTHER_BROWSER"


SESSION_LIFETIME = timedelta(hours=12)
STAFF_IDLE_LIMIT = timedelta(minutes=60)
FRESH_FOR = timedelta(minutes=5)


def session_end(
    signed_in_at: datetime | None, seen_at: datetime | None, now: datetime, *, staff: bool, same_browser: bool
) -> SessionEnd | None:
    """Why the session is over, or None while it lives. A session that was not begun by our sign-in never lives."""
    if signed_in_at is None or seen_at is None:
        return SessionEnd.UNMARKED
    if not same_browser:
        return SessionEnd.OTHER_BROWSER
    if now - signed_in_at >= SESSION_LIFETIME:
        return SessionEnd.TOO_OLD
    if staff and now - seen_at >= STAFF_IDLE_LIMIT:
        return SessionEnd.IDLE
    return None


class Threshold(StrEnum):
    """What a signed-in person must do before anything else."""

    USE_SECOND_FACTOR = "USE_SECOND_FACTOR"
    CHANGE_PASSWORD = "CHANGE_PASSWORD"  # noqa: S105
    SET_UP_SECOND_FACTOR = "SET_UP_SECOND_FACTOR"


def threshold(*, staff: bool, factor_used: bool, factor_set_up: bool, must_change_password: bool) -> Threshold | None:
    """The next thing to do, or None. A factor that exists is asked for before anything may be changed."""
    if staff and factor_set_up and not factor_used:
        return Threshold.USE_SECOND_FACTOR
    if must_change_password:
        return Threshold.CHANGE_PASSWORD
    if staff and not factor_set_up:
        return Threshold.SET_UP_SECOND_FACTOR
    return None
