"""The outside of the file: what was written comes back, and anything else is refused."""

import io

import pytest

from songcau.entry.backup import sealing
from songcau.entry.backup.members import MemberWriter, members
from songcau.entry.backup.refusals import BackupTooNew, Damaged, KeyMissing, KeyWrong, NotABackup
from songcau.entry.backup.sealing import CHUNK, FORMAT, SealedReader, SealedWriter

KEY = "một câu rất dài để thử"
KEYS = pytest.mark.parametrize("key", [None, KEY])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The derivation is slow on purpose, and the same for each test."""
    made = sealing.keys_from
    known: dict[tuple[str, bytes], tuple[bytes, bytes]] = {}
    monkeypatch.setattr(sealing.secrets, "token_bytes", lambda size: b"s" * size)
    monkeypatch.setattr(
        sealing,
        "keys_from",
        lambda word, salt: known.setdefault((word, salt), known.get((word, salt)) or made(word, salt)),
    )


def sealed(content: bytes, key: str | None) -> bytes:
    stream = io.BytesIO()
    writer = SealedWriter(stream, city="c1", made_at="2026-11-28T00:00:00+00:00", passphrase=key)
    for start in range(0, len(content), 700_001):
        writer.write(content[start : start + 700_001])
    writer.finish()
    return stream.getvalue()


def unsealed(data: bytes, size: int, key: str | None) -> bytes:
    reader = SealedReader(io.BytesIO(data), name="b", passphrase=key)
    content = reader.read(size)
    reader.close()
    return content


def chunks_at(data: bytes) -> list[tuple[int, int]]:
    """Start and end of each sealed chunk with its length."""
    at = data.index(b"\n", data.index(b"\n", data.index(b"\n") + 1) + 1) + 1
    found = []
    while at < len(data):
        end = at + 4 + (int.from_bytes(data[at : at + 4], "big") & ~sealing.LAST)
        found.append((at, end))
        at = end
    return found


CONTENT = bytes(range(256)) * (12 * CHUNK // 1024)


@KEYS
@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_went_in_comes_out(key: str | None, size: int) -> None:
    assert unsealed(sealed(CONTENT[:size], key), size, key) == CONTENT[:size]


def test_an_encrypted_file_shows_nothing_of_what_is_in_it() -> None:
    content = b"a sentence nobody may read " * 1000
    assert content[:60] in sealed(content, None)
    assert content[:20] not in sealed(content, KEY)


def test_two_files_of_the_same_content_and_key_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert sealed(b"same", KEY).splitlines()[-1] != sealed(b"same", KEY).splitlines()[-1]


@KEYS
def test_one_bit_flipped_anywhere_is_found(key: str | None) -> None:
    data = sealed(CONTENT[: 2 * CHUNK + 50], key)
    head = chunks_at(data)[0][0]
    places = [*range(head), *range(head, head + 40), *range(head, len(data), 70_001), *range(len(data) - 20, len(data))]
    for place in places:
        for bit in (1, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            with pytest.raises((Damaged, NotABackup, BackupTooNew)):
                unsealed(bytes(changed), 2 * CHUNK + 50, key)


@KEYS
def test_a_file_cut_anywhere_is_found(key: str | None) -> None:
    data = sealed(CONTENT[: 2 * CHUNK], key)
    ends = [end for _start, end in chunks_at(data)]
    for length in [0, 5, 30, 200, *ends[:-1], ends[0] + 2, ends[0] + 4, ends[0] + 1000, len(data) - 1]:
        with pytest.raises((Damaged, NotABackup)):
            unsealed(data[:length], 2 * CHUNK, key)


@KEYS
def test_chunks_moved_doubled_left_out_or_added_are_found(key: str | None) -> None:
    data = sealed(CONTENT[: 3 * CHUNK], key)
    (a, b), (_b, c), (_c, d) = chunks_at(data)
    swapped = data[:a] + data[b:c] + data[a:b] + data[c:]
    doubled = data[:b] + data[a:b] + data[b:]
    without = data[:b] + data[c:]
    for changed, size in ((swapped, 3), (doubled, 4), (without, 2), (data + data[c:d], 4), (data + b"\n", 3)):
        with pytest.raises(Damaged):
            unsealed(changed, size * CHUNK, key)


def test_a_chunk_of_another_file_with_the_same_key_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sealed(CONTENT[: 2 * CHUNK], KEY)
    monkeypatch.setattr(sealing.secrets, "token_bytes", lambda size: b"t" * size)
    other = sealed(CONTENT[: 2 * CHUNK], KEY)
    (_a, b), (_b, c) = chunks_at(data)
    with pytest.raises(Damaged):
        unsealed(data[:b] + other[b:c], 2 * CHUNK, KEY)


def test_another_key_and_no_key_are_told_from_damage() -> None:
    data = sealed(b"x", KEY)
    with pytest.raises(KeyWrong):
        unsealed(data, 1, KEY + ".")
    with pytest.raises(KeyMissing):
        unsealed(data, 1, None)


@pytest.mark.parametrize("data", [b"", b"\n", b"PK\x03\x04" + b"\0" * 100, b"songcau backup one\n", b"x" * 5000])
def test_anything_else_is_not_a_backup(data: bytes) -> None:
    with pytest.raises(NotABackup):
        unsealed(data, 1, None)


def test_a_later_format_is_said_to_be_one() -> None:
    with pytest.raises(BackupTooNew):
        unsealed(sealed(b"x", None).replace(b"backup 1\n", b"backup %d\n" % (FORMAT + 1)), 1, None)


def read_members(data: bytes) -> list[tuple[str, bytes]]:
    reader = SealedReader(io.BytesIO(data), name="b", passphrase=None)
    return [(member.kind, b"".join(member.pieces)) for member in members(reader)]


def written_members(*, packed: bool, end: bool = True) -> bytes:
    stream = io.BytesIO()
    writer = SealedWriter(stream, city="c1", made_at="m", passphrase=None)
    out = MemberWriter(writer)
    out.put("table", {"name": "t"}, iter([b"a" * 5_000_000, b"", b"b"]), packed=packed)
    if end:
        out.put("end", {})
    writer.finish()
    return stream.getvalue()


@pytest.mark.parametrize("packed", [True, False])
def test_members_come_back_in_pieces_of_little_size(packed: bool) -> None:
    data = written_members(packed=packed)
    assert read_members(data) == [("table", b"a" * 5_000_000 + b"b"), ("end", b"")]
    reader = SealedReader(io.BytesIO(data), name="b", passphrase=None)
    assert max(len(piece) for member in members(reader) for piece in member.pieces) <= 1 << 18
    assert len(data) < 100_000 or not packed


def test_a_file_without_an_end_member_is_damaged() -> None:
    with pytest.raises(Damaged):
        read_members(written_members(packed=True, end=False))
