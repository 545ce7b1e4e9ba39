"""The command line on a database with the profile in it: what it says, what it refuses, what it leaves behind."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from songcau import systems
from songcau.entry.command_line import COMMANDS, songcau, words_for
from songcau.foundation.accounts import roles
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role, permissions_of
from songcau.foundation.audit import guards
from songcau.foundation.audit.models import Entry
from songcau.foundation.places.actions import load_profile
from songcau.foundation.places.models import Boundary, Unit
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Anticipated, Refused

pytestmark = pytest.mark.django_db

Run = Callable[..., Result]
SQUARE = [[105.835, 21.58], [105.845, 21.58], [105.845, 21.592], [105.835, 21.592], [105.835, 21.58]]


@pytest.fixture
def run() -> Run:
    def invoke(*words: str, answers: str = "") -> Result:
        return CliRunner().invoke(songcau, list(words), input=answers)

    return invoke


def outline(tmp_path: Path, code: str, ring: list[list[float]]) -> str:
    feature = {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    file = tmp_path / "outline.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return str(file)


def test_every_command_has_help(run: Run) -> None:
    for name in COMMANDS:
        done = run(name, "--help")
        assert done.exit_code == 0, done.output
        assert "Usage:" in done.output


def test_a_command_that_does_not_exist_is_refused(run: Run) -> None:
    assert "No such command 'fly'" in run("fly").output


def test_the_first_administrator_gets_a_password_that_must_be_changed(run: Run) -> None:
    done = run("user", "create-administrator", "annv", "--full-name", "Nguyễn Văn An")
    assert "annv: temporary password" in done.output
    person = Person.objects.get(username="annv")
    assert person.must_change_password
    assert person.check_password(done.output.splitlines()[0].split()[-1])
    assert "Nguyễn Văn An" in run("user", "list").output


def test_a_key_of_another_system_is_shown_once_and_taken_back(run: Run) -> None:
    assert "songcau open311 issue-key NAME" in run("open311", "keys").output
    key = run("open311", "issue-key", "Báo Thái Nguyên").output.splitlines()[0].split()[-1]
    assert key.startswith("sck_")
    again = run("open311", "issue-key", "Báo Thái Nguyên")
    assert again.exit_code == 1
    assert key not in (listed := run("open311", "keys").output)
    assert "in use" in listed
    run("open311", "issue-key", "Sổ cũ", "--trusted")
    assert "trusted" in run("open311", "keys").output
    assert run("open311", "revoke-key", "Báo Thái Nguyên").exit_code == 0
    assert run("open311", "revoke-key", "Báo Thái Nguyên").exit_code == 1
    assert "taken back" in run("open311", "keys").output


def test_an_empty_city_says_how_to_begin(run: Run) -> None:
    assert "songcau user create-administrator NAME" in run("user", "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("unlock", "annv"), "annv: unlocked"),
        (("reset-password", "annv"), "annv: temporary password"),
        (("reset-second-factor", "annv", "--reason", "lost phone"), "second factor taken away"),
        (("sign-out", "annv"), "annv: 0 sessions ended"),
    ],
)
def test_an_account_is_mended_from_the_machine(run: Run, words: tuple[str, ...], said: str) -> None:
    run("user", "create-administrator", "annv", "--full-name", "Nguyễn Văn An")
    done = run("user", *words)
    assert said in done.output, done.output
    assert done.exit_code == 0


def test_an_unknown_account_is_named(run: Run) -> None:
    done = run("user", "unlock", "nobody")
    assert done.exit_code == 1
    assert "there is no account nobody" in done.output


def test_a_code_is_only_told_in_a_demonstration_city(run: Run, tmp_path: Path) -> None:
    done = run("user", "otp", "quantri", "--folder", str(tmp_path))
    assert done.exit_code == 1
    assert "holds no demonstration city" in done.output


def test_units_come_in_once(run: Run) -> None:
    assert "34 units added" in run("import", "units", "tn-2022").output
    assert "0 units added, 0 completed" in run("import", "units", "tn-2022").output
    assert Unit.objects.count() == 34


def test_an_outline_is_shown_and_put_in_force(run: Run, tmp_path: Path) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    file = outline(tmp_path, "05449", SQUARE)
    shown = run("import", "boundaries", file, "--dry-run")
    assert "nothing was changed" in shown.output
    assert not Boundary.objects.filter(approximate=False).exists()
    done = run("import", "boundaries", file, "--yes", "--source", "đo vẽ 2026")
    assert "1 outlines are in force" in done.output, done.output
    assert Boundary.objects.get(approximate=False).source == "đo vẽ 2026"
    assert "nothing to change" in run("import", "boundaries", file, "--yes").output


def test_a_faulty_file_changes_nothing_and_says_why(run: Run, tmp_path: Path) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    before = Boundary.objects.count()
    swapped = [[latitude, longitude] for longitude, latitude in SQUARE]
    done = run("import", "boundaries", outline(tmp_path, "05449", swapped), "--yes")
    assert done.exit_code == 1
    assert "1 faults; nothing was changed" in done.output
    assert Boundary.objects.count() == before


def test_the_chain_is_verified_and_an_edit_is_named(run: Run) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    whole = run("audit", "verify")
    assert whole.exit_code == 0, whole.output
    anchor = whole.output.split()[-1]
    assert run("audit", "verify", "--anchor", anchor).exit_code == 0
    from django.db import connection

    with guards.ENTRIES.dropped(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET action = 'places.nothing' WHERE sequence = 1")
    edited = run("audit", "verify")
    assert edited.exit_code == 1
    assert "entry 1:" in edited.output


def test_an_anchor_that_is_none_is_refused(run: Run) -> None:
    assert run("audit", "verify", "--anchor", "yesterday").exit_code == 2


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_holds_every_entry_and_is_audited(run: Run, tmp_path: Path, form: str) -> None:
    load_profile(by=SYSTEM, name="tn-2022")
    file = tmp_path / "audit"
    done = run("audit", "export", str(file), "--format", form)
    assert done.exit_code == 0, done.output
    assert Entry.objects.filter(action="audit.export").count() == 1
    assert len(file.read_text(encoding="utf-8").splitlines()) == Entry.objects.count() + (form == "csv")


def test_the_doctor_looks_at_everything_and_finds_the_tables_in_order(run: Run) -> None:
    done = run("doctor")
    subjects = ("data folder", "disk", "clock", "time zone", "port 8000", "database", "tables", "event broker", "fonts")
    assert all(subject in done.output for subject in subjects)
    assert "as this version expects them" in done.output


def test_the_settings_are_printed_and_checked(run: Run) -> None:
    assert "`SONGCAU_PORT`" in run("settings").output
    assert "the settings are in order" in run("settings", "--check").output
    assert run("settings", "--new").output.count("_key = ") >= 2


def test_migrating_again_changes_nothing(run: Run) -> None:
    assert run("migrate").exit_code == 0
    before = Entry.objects.count()
    assert "profile tn-2022" in run("migrate").output
    assert Entry.objects.count() == before


def test_every_refusal_is_said_in_words() -> None:
    from songcau.foundation.places.boundary_files import NotGeoJson

    said = words_for(NotGeoJson())
    assert "GeoJSON" in said
    assert "NOT_GEOJSON" not in said
    assert issubclass(Refused, Anticipated)


@pytest.mark.parametrize("name", ["signals", "street lamps", "Lamp", "lamp", "class"])
def test_a_name_that_no_system_can_have_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    assert run("new-system", name, "--into", str(tmp_path)).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_system_gets_its_rooms_once(run: Run, tmp_path: Path) -> None:
    assert run("new-system", "street_lamps", "--into", str(tmp_path)).exit_code == 0
    made = {str(file.relative_to(tmp_path / "street_lamps")) for file in tmp_path.rglob("*") if file.is_file()}
    assert {"rules.py", "actions.py", "public.py", "pages/urls.py", "README.md", "migrations/__init__.py"} <= made
    again = run("new-system", "street_lamps", "--into", str(tmp_path))
    assert again.exit_code == 1
    assert "exists already" in again.output


def test_a_new_system_gives_its_permissions_to_roles_when_it_starts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("new-system", "street_lamps", "--into", str(tmp_path)).exit_code == 0
    permissions = tmp_path / "street_lamps" / "permissions.py"
    text = permissions.read_text(encoding="utf-8")
    permissions.write_text(text.replace("= {}", '= {Role.CLERK: ("street_lamps.view_lamps",)}'), encoding="utf-8")
    monkeypatch.setattr(systems, "__path__", [*systems.__path__, str(tmp_path)])
    monkeypatch.setattr(roles, "_added", {})
    room = "songcau.systems.street_lamps"
    try:
        config = importlib.import_module(f"{room}.apps").StreetLampsConfig(room, importlib.import_module(room))
        assert "street_lamps.view_lamps" not in permissions_of(Role.CLERK)
        config.ready()
        assert "street_lamps.view_lamps" in permissions_of(Role.CLERK)
    finally:
        for name in [one for one in sys.modules if one.startswith(room)]:
            del sys.modules[name]
