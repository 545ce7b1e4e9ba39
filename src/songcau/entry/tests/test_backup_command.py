"""`songcau backup` and `songcau restore` as they are typed: shelves, keys, questions, exit codes."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import connections
from pydantic import SecretStr

from songcau.entry.backup import checking, restoring, targets
from songcau.entry.backup.shelf import last_backup, thin_out
from songcau.entry.backup.tests.cities import SQLITE, City, fill, new_city
from songcau.entry.backup.tests.statements import worked_out_once
from songcau.entry.backup.tests.test_broker_folder import lived
from songcau.entry.command_line import songcau
from songcau.entry.commands import keeping
from songcau.kernel import clock
from songcau.kernel.errors import Anticipated

Run = Callable[..., Result]


@pytest.fixture(scope="module", autouse=True)
def _worked_out_once() -> Iterator[None]:
    with worked_out_once():
        yield


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> City:
    with django_db_blocker.unblock():
        made = new_city(SQLITE, tmp_path_factory.mktemp("city"), "")
        fill(made)
        return made


@pytest.fixture
def run(city: City, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    def invoke(*words: str, at: City = city, answers: str = "") -> Result:
        with django_db_blocker.unblock(), at.within():
            monkeypatch.setattr(keeping, "load", lambda: at.settings)
            return CliRunner().invoke(songcau, list(words), input=answers)

    before = connections["default"]
    yield invoke
    assert connections["default"] is before


def test_a_shelf_keeps_the_newest_and_nothing_of_anybody_else_goes(run: Run, city: City, tmp_path: Path) -> None:
    others = ["songcau-20200101T000000Z.backup", "photo.jpg", "songcau-by-hand.backup"]
    for name in others:
        (tmp_path / name).write_bytes(b"songcau backup?")
    assert "NOT encrypted" in run("backup", "--to", str(tmp_path)).output
    own = next(file for file in tmp_path.glob("songcau-2*.backup") if file.name not in others)
    for day in ("01", "02", "03"):
        (tmp_path / f"songcau-202101{day}T000000Z.backup").write_bytes(own.read_bytes())
    (tmp_path / f".{own.name}9.part").write_bytes(b"left by a killed backup")
    assert thin_out(tmp_path, 2, "another city", made=own) == ([], [])
    from songcau.entry.backup.keys import city_id

    assert len(thin_out(tmp_path, 2, city_id(city.settings), made=own)[0]) == 2
    kept = {file.name for file in tmp_path.iterdir()}
    assert kept >= {*others, own.name, "songcau-20210103T000000Z.backup"}
    assert "songcau-20210102T000000Z.backup" not in kept
    noted = last_backup(city.settings.data)
    assert noted is not None
    assert noted.file == str(own)


def test_keeping_some_needs_a_folder(run: Run, tmp_path: Path) -> None:
    done = run("backup", "--to", str(tmp_path / "one"), "--keep", "3")
    assert isinstance(done.exception, Anticipated)
    assert not (tmp_path / "one").exists()


def test_a_backup_goes_somewhere_or_is_verified(run: Run, tmp_path: Path) -> None:
    assert run("backup").exit_code == 2
    assert run("backup", "--to", str(tmp_path), "--verify", str(tmp_path)).exit_code == 2


def test_made_verified_restored_and_replaced(run: Run, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("một câu rất dài để thử\n", encoding="utf-8")
    file = str(tmp_path / "one")
    assert run("backup", "--to", file, "--key-file", str(key)).exit_code == 0
    verified = run("backup", "--verify", file, "--key-file", str(key))
    assert "whole" in verified.output
    assert ", encrypted" in verified.output
    there = new_city(SQLITE, tmp_path / "there", "")
    restored = run("restore", file, "--key-file", str(key), at=there)
    assert restored.exit_code == 0, restored.output
    assert "0 faults" in restored.output
    assert "context broker: nothing restored" in restored.output
    refused = run("restore", file, "--key-file", str(key), "--replace", at=there, answers="no\n")
    assert refused.exit_code == 1
    assert "nothing was changed" in refused.output
    replaced = run("restore", file, "--key-file", str(key), "--replace", at=there, answers="there\n")
    assert replaced.exit_code == 0, replaced.output


def test_what_failed_after_the_city_was_restored_ends_in_exit_code_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    file, there = str(tmp_path / "one"), new_city(SQLITE, tmp_path / "there", "")
    run("backup", "--to", file)
    run("restore", file, at=there)
    again = ("restore", file, "--replace")
    for room, told in ((restoring, "_remove_unknown"), (targets, "force_folder")):
        with monkeypatch.context() as broken:
            broken.setattr(room, told, fail)
            done = run(*again, at=there, answers="there\n")
        assert done.exit_code == 1, done.output
        assert "restored. Everybody" in done.output
        assert ("verify" if room is restoring else "power cut") in done.output
        assert "Input/output error" in done.output
    assert run(*again, at=there, answers="there\n").exit_code == 0


def test_what_a_backup_holds_of_the_broker_is_told(run: Run, city: City, tmp_path: Path) -> None:
    lived(city.settings.data, 12)
    try:
        whole = run("backup", "--to", str(tmp_path / "whole"))
        without = run("backup", "--to", str(tmp_path / "without"), "--without-broker")
    finally:
        shutil.rmtree(city.settings.data / "context")
    told = re.search(r"context broker: \d+ entities, 12 changes, \d+ rows", whole.output)
    assert told is not None
    assert told.group() in run("backup", "--verify", str(tmp_path / "whole")).output
    assert "journal is NOT in it" in without.output
    assert "context broker" not in run("backup", "--verify", str(tmp_path / "without")).output
    noted = last_backup(city.settings.data)
    assert noted is not None
    assert noted.is_broker_left_out


@pytest.mark.parametrize(
    ("failed", "told"),
    [({"unplaced": "Input/output error"}, "begins with nothing"), ({"replaced_left": "Not permitted"}, ".replaced")],
)
def test_a_journal_that_is_not_in_its_place_ends_in_exit_code_one(
    failed: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = checking.Contents("0.1.0", "sqlite", clock.now(), "Thái Nguyên", "", False, [], {})
    with pytest.raises(SystemExit) as ended:
        keeping._tell_what_failed_afterwards(restoring.Restored(contents, **failed))
    assert (ended.value.code, told in capsys.readouterr().err) == (1, True)


def test_another_secret_key_is_told_because_second_factors_need_it(run: Run, tmp_path: Path) -> None:
    key, file = tmp_path / "key", str(tmp_path / "one")
    key.write_text("một câu rất dài để thử", encoding="utf-8")
    run("backup", "--to", file, "--key-file", str(key))
    there = new_city(SQLITE, tmp_path / "there", "")
    assert "secret_key is not" not in run("restore", file, "--key-file", str(key), at=there).output
    other = new_city(SQLITE, tmp_path / "other", "", secret_key=SecretStr("x" * 40))
    restored = run("restore", file, "--key-file", str(key), at=other)
    assert (restored.exit_code, "secret_key is not the one" in restored.output) == (0, True)


def test_files_the_store_has_lost_end_in_exit_code_one(run: Run, city: City, tmp_path: Path) -> None:
    victim = next(city.settings.data.glob("files/??/??/*"))
    content = victim.read_bytes()
    victim.unlink()
    try:
        done = run("backup", "--to", str(tmp_path / "one"))
        assert done.exit_code == 1
        assert victim.name in done.output
        assert "were lacking" in run("backup", "--verify", str(tmp_path / "one")).output
    finally:
        victim.write_bytes(content)


def test_the_citys_keys_come_out_of_an_encrypted_backup_only(run: Run, city: City, tmp_path: Path) -> None:
    import tomllib

    key, keys = tmp_path / "key", tmp_path / "keys.toml"
    key.write_text("một câu rất dài để thử", encoding="utf-8")
    run("backup", "--to", str(tmp_path / "one"), "--key-file", str(key))
    run("backup", "--to", str(tmp_path / "open"))
    assert run("restore", str(tmp_path / "one"), "--key-file", str(key), "--keys-to", str(keys)).exit_code == 0
    told = tomllib.loads(keys.read_text(encoding="utf-8"))
    assert told["audit_key"] == city.settings.audit_key.get_secret_value()
    assert keys.stat().st_mode & 0o077 == 0
    nowhere = run("restore", str(tmp_path / "one"), "--key-file", str(key), "--keys-to", str(tmp_path / "no" / "keys"))
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)
    refused = run("restore", str(tmp_path / "open"), "--keys-to", str(tmp_path / "none"))
    assert isinstance(refused.exception, Anticipated)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", ["", "short", None])
def test_a_key_that_cannot_be_used_is_refused(run: Run, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "key").write_text(content)
    done = run("backup", "--to", str(tmp_path / "one"), "--key-file", str(tmp_path / "key"))
    assert isinstance(done.exception, Anticipated)
    assert not (tmp_path / "one").exists()
