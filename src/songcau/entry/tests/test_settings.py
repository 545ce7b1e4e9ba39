"""A setting that is unknown, missing or wrong stops the start with a line a person can act on."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from songcau.entry import settings as settings_module
from songcau.entry.commands.care import new_file, reference
from songcau.entry.settings import Settings, SettingsError, load

KEYS = {"SONGCAU_SECRET_KEY": "s" * 40, "SONGCAU_AUDIT_KEY": "a" * 40}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("SONGCAU_")]:
        monkeypatch.delenv(name)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    load.cache_clear()


@pytest.fixture(autouse=True)
def forget_afterwards() -> object:
    yield
    load.cache_clear()


def message() -> str:
    with pytest.raises(SettingsError) as error:
        load()
    return str(error.value)


def test_a_misspelt_variable_is_named_with_a_suggestion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGCAU_PROT", "8001")
    assert message() == "SONGCAU_PROT is not a setting of songcau; did you mean SONGCAU_PORT?"


def test_a_variable_like_no_other_points_at_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGCAU_WWWWWWWWWWWWWWWWWWWW", "1")
    assert "`songcau settings` lists them all" in message()


def test_a_misspelt_line_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "songcau.toml").write_text("prot = 8001\n")
    assert message() == "prot is not a setting of songcau; did you mean port?"


def test_a_missing_key_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SONGCAU_SECRET_KEY")
    assert "secret_key is required" in message()
    assert "songcau settings --new" in message()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "many", "port:"),
        ("PORT", "70000", "port:"),
        ("DATABASE", "mysql://x", "must be empty (SQLite) or begin with postgresql://"),
        ("TIME_ZONE", "Asia/Thai_Nguyen", "is not an IANA time zone"),
        ("SECRET_KEY", "short", "secret_key:"),
        ("CITY_PROFILE", "hn-2030", "city_profile:"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"SONGCAU_{name}", value)
    assert said in message()


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "songcau.toml").write_text('port = 8100\ncity_name = "Sông Công"\n')
    monkeypatch.setenv("SONGCAU_PORT", "8200")
    assert load().port == 8200
    assert load().city_name == "Sông Công"


def test_a_file_that_is_named_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGCAU_FILE", "nowhere.toml")
    assert message() == "SONGCAU_FILE names nowhere.toml, which is not a file"


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "songcau.toml").write_text("port: 8000\n")
    assert "songcau.toml" in message()


def test_keys_never_show_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGCAU_SECRET_KEY", "leaking")
    assert "leaking" not in message()


def test_the_new_file_starts_a_city_and_its_keys_are_fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    (tmp_path / "songcau.toml").write_text(new_file())
    assert load().port == 8000
    assert tomllib.loads(new_file())["secret_key"] != tomllib.loads(new_file())["secret_key"]


def test_every_line_of_the_new_file_is_of_its_settings_type() -> None:
    lines = [line.removeprefix("# ") for line in new_file().splitlines() if re.match(r"# [a-z_0-9]+ = ", line)]
    shown = tomllib.loads("\n".join(lines))
    types = {name: type(field.default) for name, field in Settings.model_fields.items()}
    assert all(isinstance(shown[name], types[name]) for name in shown if types[name] in {bool, int, list, dict, str})


def test_the_reference_lists_every_setting() -> None:
    text = "\n".join(reference())
    assert all(f"`{settings_module.PREFIX}{name.upper()}`" in text for name in Settings.model_fields)


def test_the_command_line_says_it_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "songcau", "up"],
        env={**os.environ, "SONGCAU_PROT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr == "songcau: SONGCAU_PROT is not a setting of songcau; did you mean SONGCAU_PORT?\n"


def test_the_public_address_follows_certificate_and_base(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().public_url == "http://127.0.0.1:8000"
    load.cache_clear()
    monkeypatch.setenv("SONGCAU_BASE_URL", "https://tp.example.vn/")
    assert load().public_url == "https://tp.example.vn"


def test_a_mail_server_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGCAU_SMTP_HOST", "mail.example.vn")
    assert "smtp_from" in message()
    monkeypatch.setenv("SONGCAU_SMTP_FROM", "no address")
    assert "thongbao@example.vn" in message()
    load.cache_clear()
    monkeypatch.setenv("SONGCAU_SMTP_FROM", "thongbao@example.vn")
    assert load().smtp_host == "mail.example.vn"
