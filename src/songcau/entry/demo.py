"""The demonstration city: keys, tables, units, people, in one folder that can be deleted at any time."""

import hashlib
import json
import os
import secrets
import socket
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from songcau import __version__
from songcau.entry.demo_devices import mapping_text
from songcau.entry.processes import DEVICES, Process
from songcau.entry.settings import DEFAULT_FILE, FILE_VARIABLE, PREFIX, load
from songcau.entry.start import start_django
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

PROVIDERS_VARIABLE = f"{PREFIX}SIGN_IN_PROVIDERS"
MAPPING_VARIABLE = f"{PREFIX}MQTT_MAPPING"
CITIZENS_KEY = "simulated_citizens.key"
_LEVELS = {"LoA1": "LOW", "LoA2": "SUBSTANTIAL", "LoA3": "HIGH"}
_CLAIMS = {
    "vneid": {"full_name": "HoVaTen", "birth": "NgayThangNamSinh", "phone": "SoDienThoai", "number": "SoDinhDanh"},
    "vnconnect": {"number": "SoDinhDanh"},
}

PACKAGE = Path(__file__).resolve().parent.parent
BOUNDARIES = Path("geo") / "wards_164.geojson"


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the demonstration city, with everything needed to sign in."""

    username: str
    password: str
    secret: str
    role: str
    agency: str


def use_folder(folder: Path, port: int | None) -> None:
    """Point this process and its children at the folder; make its keys the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / DEFAULT_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(
            f'secret_key = "{secrets.token_urlsafe(48)}"\naudit_key = "{secrets.token_urlsafe(48)}"\ndemo = true\n',
            encoding="utf-8",
        )
    os.environ[FILE_VARIABLE] = str(file.resolve())
    os.environ["SONGCAU_DATA"] = str(folder.resolve())
    if port is not None:
        os.environ["SONGCAU_PORT"] = str(port)


def use_simulated_providers(folder: Path) -> bool:
    """Let this start's city know the simulated providers, on a free port; not where the city names others itself."""
    named = tomllib.loads((folder / DEFAULT_FILE).read_text(encoding="utf-8"))
    if PROVIDERS_VARIABLE in os.environ or "sign_in_providers" in named:
        return False
    port = _free_port()
    secret = secrets.token_urlsafe(24)
    os.environ[PROVIDERS_VARIABLE] = json.dumps(
        {
            style: {
                "label": f"{label} (mô phỏng)",
                "issuer": f"http://127.0.0.1:{port}/{style}",
                "client_id": "songcau-demo",
                "client_secret": secret,
                "levels": _LEVELS,
                "claims": _CLAIMS[style],
            }
            for style, label in (("vneid", "VNeID"), ("vnconnect", "VNConnect"))
        }
    )
    return True


def use_simulated_devices(folder: Path, data: Path | None, scene: str) -> Process | None:
    """Let this start's city listen to the simulated devices, on a free port; not where it names devices of its own."""
    named = tomllib.loads((folder / DEFAULT_FILE).read_text(encoding="utf-8"))
    if MAPPING_VARIABLE in os.environ or "mqtt_mapping" in named:
        return None
    port = _free_port()
    file = folder.resolve() / "demo_devices.toml"
    file.write_text(mapping_text(port), encoding="utf-8")
    os.environ[MAPPING_VARIABLE] = str(file)
    series = ("--data-from", str(data.resolve())) if data else ()
    return replace(DEVICES, arguments=("--mqtt-port", str(port), "--scene", scene, *series))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_prepared(folder: Path, data: Path | None) -> bool:
    """Whether this version of songcau has prepared the folder before, from the same data."""
    if load().database:
        return False
    try:
        return (folder / "prepared.json").read_text(encoding="utf-8") == _fingerprint(data)
    except FileNotFoundError:
        return False


def prepare(folder: Path, data: Path | None, *, say: Callable[[str], None]) -> None:
    """Tables, units, boundaries where `data` holds them, people. Safe to repeat."""
    start_django()
    from songcau.entry.preparing import prepare_database

    prepare_database(load().city_profile, say=say)
    if data is not None:
        _import_boundaries(data / BOUNDARIES, say=say)
    accounts = _seed_people(say=say)
    _seed_notices(say=say)
    _seed_reports(data, say=say)
    _seed_directives(say=say)
    accounts.append(_seed_outside_body())
    _seed_citizens_key(folder / CITIZENS_KEY)
    file = folder / "accounts.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps([asdict(account) for account in accounts], ensure_ascii=False), encoding="utf-8")
    (folder / "prepared.json").write_text(_fingerprint(data), encoding="utf-8")


def _import_boundaries(file: Path, *, say: Callable[[str], None]) -> None:
    from songcau.foundation.places.actions import apply_boundaries
    from songcau.foundation.places.planning import plan_boundaries
    from songcau.foundation.places.rules import Level

    if not file.is_file():
        say(f"boundaries: {file} is not there; the approximate ones stay")
        return
    plan = plan_boundaries(file.read_bytes(), Level.WARD, clock.today(load().time_zone))
    if plan.applicable:
        apply_boundaries(by=SYSTEM, plan=plan, source=file.name)
    say(f"boundaries: {len(plan.differences)} wards from {file.name}, {len(plan.problems)} faults")


def _seed_people(*, say: Callable[[str], None]) -> list[Account]:
    from songcau.foundation.accounts.demo import seed_demo
    from songcau.foundation.accounts.words import ROLES
    from songcau.foundation.places.queries import units
    from songcau.foundation.places.rules import Level

    wards = units(Level.WARD, clock.today(load().time_zone)).order_by("code")
    people = seed_demo(SYSTEM, wards)
    say(f"people: {len(people)} made-up accounts")
    city = load().city_name
    return [Account(p.username, p.password, p.secret, str(ROLES[p.role]), p.agency or city) for p in people]


def _seed_outside_body() -> Account:
    """An account of the power company, whose reports are in the city by now."""
    from songcau.foundation.accounts.demo import seed_outside_body
    from songcau.foundation.accounts.words import ROLES
    from songcau.systems.citizen_reports.management import POWER_COMPANY

    person = seed_outside_body(SYSTEM, POWER_COMPANY)
    return Account(person.username, person.password, person.secret, str(ROLES[person.role]), person.agency or "")


def _seed_citizens_key(file: Path) -> None:
    """The key with which the simulated citizens report by Open311; made once, it is shown by nobody."""
    from songcau.systems.citizen_reports.actions import issue_api_key

    if file.exists():
        return
    _row, key = issue_api_key(by=SYSTEM, name="Công dân mô phỏng", is_trusted=True)
    file.touch(mode=0o600)
    file.write_text(key, encoding="ascii")


def _seed_notices(*, say: Callable[[str], None]) -> None:
    from songcau.foundation.notifications.demo import seed_notices

    say(f"notices: {seed_notices(SYSTEM)} people told something, by simulated channels")


def _seed_reports(data: Path | None, *, say: Callable[[str], None]) -> None:
    from songcau.systems.citizen_reports.management import seed_reports

    seed_reports(SYSTEM, data, say=say)


def _seed_directives(*, say: Callable[[str], None]) -> None:
    from songcau.systems.directives.management import seed_directives

    seed_directives(say=say)


def accounts_of(folder: Path) -> list[Account]:
    """The demonstration people of a prepared folder."""
    return [Account(**entry) for entry in json.loads((folder / "accounts.json").read_text(encoding="utf-8"))]


def _fingerprint(data: Path | None) -> str:
    migrations = sorted(str(file.relative_to(PACKAGE)) for file in PACKAGE.glob("**/migrations/[0-9]*.py"))
    digest = hashlib.sha256("\n".join(migrations).encode()).hexdigest()
    return json.dumps({"version": __version__, "migrations": digest, "data": str(data.resolve()) if data else None})
