"""Bytes that came whole with a form: on disk and looked at before the form's own change, taken in after it.

    held = hold_bytes(use="…", name="hole.jpg", chunks=…, length=…)      outside any transaction
    register_held(by=…, use="…", subject=…, held=held)                   in the transaction of what they belong to
    finish_upload(by=SYSTEM, upload_id=held.upload_id)                   by the worker

What is held and never registered is removed as every part file that no upload knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from songcau.foundation.files import rules
from songcau.foundation.files.inspection import identified
from songcau.foundation.files.parts import Part, require_room
from songcau.foundation.files.uses import use_of
from songcau.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes on disk that belong to nothing yet; `media_type` by their first bytes, not decoded."""

    upload_id: UUID
    name: str
    length: int
    media_type: str


def hold_bytes(*, use: str, name: str, chunks: Iterator[bytes], length: int) -> Held:
    """Force the bytes to disk and look at what they claim to be. Decoding them is left to whoever takes them in.

    Raises UseUnknown, FileEmpty, OverLimit, HasMacros, StoreFull, and the refusals of `inspection.identified`.
    """
    limits = use_of(use).limits
    rules.require_size(limits, length)
    rules.require_plain_name(name)
    require_room(length)
    held_id = new_id()
    part = Part(held_id)
    part.create()
    try:
        came = part.append(chunks, room=length)
        rules.require_size(limits, came)
        media_type = identified(part.path, name, limits)
    except BaseException:
        part.remove()
        raise
    return Held(held_id, rules.clean_name(name), came, media_type)


def drop_held(held: Held) -> None:
    """Forget bytes whose form was refused."""
    Part(held.upload_id).remove()
