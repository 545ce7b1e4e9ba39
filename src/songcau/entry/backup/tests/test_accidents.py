"""What happens around a backup that nobody planned: clocks, symlinks, two at once, files put together or cut."""

import fcntl
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from songcau.entry.backup import files, shelf
from songcau.entry.backup.checking import check
from songcau.entry.backup.keys import city_id, key_in, passphrase_of
from songcau.entry.backup.refusals import BackupExists, CannotRead, Damaged
from songcau.entry.backup.sealing import FORMAT, LAST, MAGIC
from songcau.entry.backup.tests.cities import City
from songcau.entry.backup.tests.conftest import ENGINES
from songcau.entry.backup.tests.statements import migrate_default
from songcau.entry.backup.tests.test_there_and_back import KEY, back_up, bring_back
from songcau.kernel import clock

Place = Callable[..., City]


def boundaries(whole: bytes) -> list[int]:
    """Where each chunk begins, and the end."""
    at, found = sum(len(line) + 1 for line in whole.split(b"\n", 3)[:3]), []
    while at < len(whole):
        found.append(at)
        at += 4 + (int.from_bytes(whole[at : at + 4], "big") & ~LAST)
    return [*found, at]


@pytest.mark.parametrize("key", [None, KEY])
def test_a_backup_cut_between_two_chunks_is_damaged(full: City, tmp_path: Path, key: str | None) -> None:
    file = tmp_path / "b"
    back_up(full, file, key)
    whole = file.read_bytes()
    cuts = boundaries(whole)
    assert len(cuts) > 2
    for cut in cuts[:-1]:
        file.write_bytes(whole[:cut])
        with pytest.raises(Damaged):
            check(file, key)
    file.write_bytes(whole)
    assert check(file, key).files == 3


@pytest.mark.parametrize("key", [None, KEY])
def test_two_backups_in_one_file_are_damaged(full: City, tmp_path: Path, key: str | None) -> None:
    back_up(full, tmp_path / "one", key)
    back_up(full, tmp_path / "two", key)
    both = tmp_path / "both"
    both.write_bytes((tmp_path / "one").read_bytes() + (tmp_path / "two").read_bytes())
    with pytest.raises(Damaged):
        check(both, key)


@pytest.mark.parametrize("to", ENGINES)
@pytest.mark.parametrize("origin", ENGINES)
def test_a_city_with_nothing_in_it_comes_back(place: Place, tmp_path: Path, origin: str, to: str) -> None:
    city = place(origin)
    with city.within():
        migrate_default(city.database)
    made = back_up(city, tmp_path / "b")
    assert made.files == 0
    done = bring_back(place(to), tmp_path / "b")
    assert all(expected == found for _what, expected, found in done.compared)


def test_paths_in_vietnamese_and_links_to_folders_are_followed(full: City, tmp_path: Path) -> None:
    folder = tmp_path / "Sao lưu thành phố"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    back_up(full, shelf.place(tmp_path / "link", clock.now(), keep=3))
    assert len(list(folder.glob(shelf.PATTERN))) == 1


def test_a_link_that_leads_nowhere_is_not_taken_away(full: City, tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to(tmp_path / "unmounted" / "b")
    with pytest.raises(BackupExists):
        back_up(full, tmp_path / "b")
    assert (tmp_path / "b").is_symlink()


def test_what_takes_the_name_while_a_backup_is_written_is_not_overwritten(tmp_path: Path) -> None:
    def write() -> None:
        with files.written(tmp_path / "b") as stream:
            stream.write(b"a backup")
            (tmp_path / "b").write_bytes(b"somebody's")

    with pytest.raises(BackupExists):
        write()
    assert (tmp_path / "b").read_bytes() == b"somebody's"
    assert [file.name for file in tmp_path.iterdir()] == ["b"]


def test_a_backup_that_ends_while_another_begins_is_not_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second opened the first's file under its passing name, and gets the lock when the first is in place."""
    part, file = tmp_path / ".b.part", tmp_path / "b"
    part.write_bytes(b"the first, whole")
    lock = fcntl.flock

    def first_ends(stream: BinaryIO, how: int) -> None:
        part.rename(file)
        lock(stream, how)

    monkeypatch.setattr(files.fcntl, "flock", first_ends)
    with pytest.raises(BackupExists), files.written(file) as stream:
        stream.write(b"second")
    assert file.read_bytes() == b"the first, whole"


def shelved(full: City, folder: Path, *names: str) -> list[Path]:
    back_up(full, folder / "b")
    found = [folder / f"songcau-{name}.backup" for name in names]
    for file in found:
        file.write_bytes((folder / "b").read_bytes())
    return found


def test_the_backup_just_made_stays_whatever_the_clock_says(full: City, tmp_path: Path) -> None:
    """Once the clock was wrong, and that backup is named as of 2035."""
    wrong, older, made = shelved(full, tmp_path, "20350101T000000Z", "20261127T013000Z", "20261128T013000Z")
    assert shelf.thin_out(tmp_path, 1, city_id(full.settings), made=made) == ([older, wrong], [])
    assert made.exists()


def test_a_backup_of_a_later_version_on_the_shelf_is_left_alone(full: City, tmp_path: Path) -> None:
    one, made, later = shelved(full, tmp_path, "20260101T000000Z", "20260102T000000Z", "20260103T000000Z")
    later.write_bytes(MAGIC + b"%d\n" % (FORMAT + 1) + b"{}\n")
    assert shelf.thin_out(tmp_path, 1, city_id(full.settings), made=made) == ([one], [])
    assert later.exists()


def test_what_somebody_else_removed_meanwhile_hinders_nothing(
    full: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, older, made = shelved(full, tmp_path, "20260102T000000Z", "20260101T000000Z", "20260103T000000Z")
    unlink = Path.unlink

    def gone_already(file: Path, missing_ok: bool = False) -> None:
        if file == older:
            unlink(file)
        if file == old:
            raise PermissionError(1, "Operation not permitted")
        unlink(file, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", gone_already)
    assert shelf.thin_out(tmp_path, 1, city_id(full.settings), made=made) == ([], [old])


@pytest.mark.parametrize(
    "written",
    [
        "Khóa của thành phố\r\n".encode(),
        "Khóa của thành phố".encode("utf-8-sig"),
        unicodedata.normalize("NFD", "Khóa của thành phố\n").encode(),
    ],
    ids=["Windows", "BOM", "letters and marks apart"],
)
def test_a_key_is_the_same_however_it_was_typed(full: City, tmp_path: Path, written: bytes) -> None:
    (tmp_path / "key").write_bytes(written)
    assert key_in(tmp_path / "key") == "Khóa của thành phố"
    settings = full.settings.model_copy(
        update={"backup_key": type(full.settings.secret_key)(written.decode("utf-8-sig"))}
    )
    assert passphrase_of(settings) == "Khóa của thành phố"


def test_a_folder_in_the_place_of_a_backup_is_no_backup(full: City, tmp_path: Path) -> None:
    with pytest.raises(CannotRead):
        check(tmp_path, None)
