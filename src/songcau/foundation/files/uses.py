"""What files are for. Each system registers its uses when it starts; a file without a use cannot come in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.files import permissions, rules
from songcau.foundation.files.refusals import UseUnknown
from songcau.foundation.files.rules import Limits
from songcau.kernel.actor import Actor

if TYPE_CHECKING:
    from songcau.foundation.files.models import FileLink


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file belongs to: a kind such as "dossiers.dossier", and the id its system knows it by."""

    kind: str
    id: UUID


def nobody(_actor: Actor, _link: "FileLink") -> bool:
    return False


@dataclass(frozen=True, slots=True)
class FileUse:
    """A purpose, what it takes, for how long, and who may.

    `retention_days` None: kept until `may_remove` lets somebody remove it. `personal_data`: each reading needs a
    purpose and is written to the audit log. `keep_original`: besides the cleaned picture the bytes as they were sent
    are kept, for those whom `may_read_original` lets.
    """

    name: str
    words: str | Promise
    limits: Limits
    may_upload: Callable[[Actor, Subject], bool]
    may_read: Callable[[Actor, "FileLink"], bool]
    may_remove: Callable[[Actor, "FileLink"], bool] = nobody
    may_read_original: Callable[[Actor, "FileLink"], bool] = nobody
    retention_days: int | None = None
    personal_data: bool = False
    keep_original: bool = False


_uses: dict[str, FileUse] = {}


def register(*uses: FileUse) -> None:
    """Make uses known in this process. Called from `AppConfig.ready`; twice is the same as once."""
    _uses.update({use.name: use for use in uses})


def use_of(name: str) -> FileUse:
    """Raises UseUnknown."""
    try:
        return _uses[name]
    except KeyError:
        raise UseUnknown(use=name[:80]) from None


def all_uses() -> tuple[FileUse, ...]:
    return tuple(_uses[name] for name in sorted(_uses))


TRY_OUT = FileUse(
    name="files.try_out",
    words=_("Trying out"),
    limits=Limits(
        accepted=rules.PICTURES | rules.DOCUMENTS | rules.VIDEOS | {rules.TEXT, rules.CSV, rules.ZIP},
        max_bytes=4096 * rules.MEGABYTE,
    ),
    may_upload=lambda actor, _subject: permissions.may_try_out(actor),
    may_read=lambda actor, link: permissions.may_try_out(actor) and link.uploader_id == actor.id,
    may_remove=lambda actor, link: permissions.may_try_out(actor) and link.uploader_id == actor.id,
    retention_days=7,
)
register(TRY_OUT)
