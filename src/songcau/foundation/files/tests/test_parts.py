"""The bytes of an upload on disk: what is kept when they stop, are too many, or are wrong."""

import hashlib
import threading
from collections.abc import Iterator

import pytest

from songcau.foundation.files import parts
from songcau.foundation.files.parts import Busy, Checksum, ChecksumWrong, Part, TooMuch
from songcau.kernel.ids import new_id


@pytest.fixture
def part() -> Part:
    made = Part(new_id())
    made.create()
    return made


def breaking(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise ConnectionResetError


def test_what_came_before_the_break_counts(part: Part) -> None:
    with pytest.raises(ConnectionResetError):
        part.append(breaking(b"abc", b"de"), room=10)
    assert part.offset() == 5
    assert part.append(iter([b"f"]), room=5) == 6
    assert part.path.read_bytes() == b"abcdef"


def test_with_a_checksum_a_broken_piece_counts_for_nothing(part: Part) -> None:
    part.append(iter([b"abc"]), room=10)
    proof = Checksum("sha256", hashlib.sha256(b"defg").digest())
    with pytest.raises(ConnectionResetError):
        part.append(breaking(b"de"), 7, proof)
    with pytest.raises(ChecksumWrong):
        part.append(iter([b"dexx"]), 7, proof)
    with pytest.raises(TooMuch):
        part.append(iter([b"defg"]), 3, proof)
    assert part.append(iter([b"de", b"fg"]), 7, proof) == 7
    assert part.path.read_bytes() == b"abcdefg"
    assert list(parts.folder().iterdir()) == [part.path]


def test_too_much_leaves_what_was_there(part: Part) -> None:
    part.append(iter([b"abc"]), room=10)
    with pytest.raises(TooMuch):
        part.append(iter([b"d" * 5, b"e" * 5]), room=7)
    assert part.offset() == 3


def test_bytes_are_forced_to_disk_on_the_way(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[int] = []
    monkeypatch.setattr(parts, "_FORCED_EVERY", 4)
    monkeypatch.setattr(parts.os, "fdatasync", forced.append)
    part.append(iter([b"abcd", b"efgh", b"ij"]), room=10)
    assert len(forced) == 2


def test_one_writes_at_a_time_and_a_removed_part_locks_nothing(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[bool] = []

    def try_it() -> None:
        try:
            with part.locked():
                refused.append(False)
        except Busy:
            refused.append(True)

    with part.locked():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    try_it()
    assert refused == [True, False]
    flock = parts.fcntl.flock

    def removed_meanwhile(stream: object, how: int) -> None:
        flock(stream, how)
        part.remove()

    monkeypatch.setattr(parts.fcntl, "flock", removed_meanwhile)
    with pytest.raises(FileNotFoundError), part.locked():
        raise AssertionError
