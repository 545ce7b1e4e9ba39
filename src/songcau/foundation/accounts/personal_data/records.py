"""What can be opened of somebody's data, in words. Who has such records says so once, from its `AppConfig.ready`."""

from dataclasses import dataclass

from songcau.foundation.accounts.personal_data.sources import Words


@dataclass(frozen=True, slots=True)
class RecordKind:
    """`code` as subjects of the audit log are written; `title` for an officer, `to_person` for whose data it was.

    `stands_apart`: whose data it was is told to that person alone. The officer sees who looked, when and why: the audit
    log names at the same instant what was looked at, and who reads both must not be able to join the two.
    """

    code: str
    title: Words
    to_person: Words
    stands_apart: bool = False


class RecordKindUnknown(LookupError):
    """A page notes a look at a kind that nobody has registered: a mistake in the programme."""


_registered: dict[str, RecordKind] = {}


def register(*kinds: RecordKind) -> None:
    """Add kinds. Saying the same code again replaces it."""
    for kind in kinds:
        _registered[kind.code] = kind


def standing_apart() -> tuple[str, ...]:
    """Codes of the kinds of which nobody but the person is told whose they were."""
    return tuple(sorted(code for code, kind in _registered.items() if kind.stands_apart))


def require_known(code: str) -> None:
    """Raises RecordKindUnknown."""
    if code not in _registered:
        raise RecordKindUnknown(f"register the kind of record {code!r} with personal_data.records.register")


def title_of(code: str) -> Words:
    """For an officer. Looks outlive the part of the city they were made in: then the code."""
    return _registered[code].title if code in _registered else code


def said_to_person(code: str) -> Words:
    """For whose data it was; the code where nobody has its words any more."""
    return _registered[code].to_person if code in _registered else code
