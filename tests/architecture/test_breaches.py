"""Each rule of the building is broken on purpose in a copy of the project; its checker must object.

The copy is checked once unbroken: a checker that objects to everything would prove nothing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"]
SIZES = [sys.executable, "-m", "tools.sizes"]
GENERATED = [sys.executable, "-m", "tools.generated", "check"]
LANGUAGES = [sys.executable, "-m", "tools.messages", "check"]


PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]


def registry_test(name: str) -> list[str]:
    return [*PYTEST, "-p", "pytest_django.plugin", f"tests/architecture/test_registry.py::{name}"]


def source_test(name: str = "") -> list[str]:
    """It reads files only: nothing of the city need be started."""
    return [*PYTEST, "-c", os.devnull, "--rootdir", ".", "--noconftest", f"tests/architecture/test_source.py{name}"]


ROUTES = registry_test("test_every_route_declares_who_may_open_it")
FOREIGN_KEYS = registry_test("test_no_table_points_at_another_systems_table")
EVENTS = registry_test("test_every_event_stands_in_the_table_of_flows")
SOURCE = source_test()
ROOMS = source_test("::test_there_is_no_junk_room")
SIGNALS = source_test("::test_nothing_listens_to_django_signals")
INLINE = source_test("::test_templates_hold_no_inline_script_or_style")
ACTIONS = source_test("::test_an_action_takes_keywords_and_names_its_actor_by")


@dataclass(frozen=True)
class Breach:
    """What is written where, who must object, and a word of the objection."""

    name: str
    file: str
    text: str
    checker: list[str]
    objection: str


BREACHES = (
    Breach(
        "a system imports its neighbour",
        "src/songcau/systems/street_lamps/queries.py",
        "from songcau.systems.bus_stops import public\n",
        LINT,
        "2. City systems never import each other BROKEN",
    ),
    Breach(
        "a system imports its neighbour for types only",
        "src/songcau/systems/street_lamps/actions.py",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from songcau.systems.bus_stops import models\n",
        LINT,
        "2. City systems never import each other BROKEN",
    ),
    Breach(
        "a foreign key written as a string points at another system",
        "src/songcau/systems/street_lamps/models.py",
        "from django.db import models\n\n\nclass Lamp(models.Model):\n"
        '    stop = models.ForeignKey("bus_stops.Stop", on_delete=models.CASCADE)\n',
        FOREIGN_KEYS,
        "bus_stops",
    ),
    Breach(
        "a route declares no permission",
        "src/songcau/systems/street_lamps/pages/urls.py",
        "from django.http import HttpResponse\nfrom django.urls import path\n\napp_name = 'street_lamps'\n"
        "urlpatterns = [path('open/', lambda request: HttpResponse('open'), name='open')]\n",
        ROUTES,
        "street_lamps/open/",
    ),
    Breach("a junk room", "src/songcau/foundation/places/utils.py", "", ROOMS, "places/utils.py"),
    Breach("the broker uses Django", "src/songcau/context/store.py", "import django.db\n", LINT, "no Django BROKEN"),
    Breach(
        "a flow reaches into a system's tables",
        "src/songcau/flows/lamp_goes_out.py",
        "from songcau.systems.street_lamps import models\n",
        LINT,
        "4. A system is entered by its public door only BROKEN",
    ),
    Breach(
        "an action imports tasks",
        "src/songcau/systems/street_lamps/actions.py",
        "from songcau.systems.street_lamps import tasks\n",
        LINT,
        "3. Same rooms, same order, in every system BROKEN",
    ),
    Breach(
        "the kernel looks up",
        "src/songcau/kernel/ids.py",
        "from songcau.foundation import audit\n",
        LINT,
        "1. The building: floors only look down BROKEN",
    ),
    Breach(
        "rules use Django",
        "src/songcau/systems/street_lamps/rules.py",
        "from django.utils import timezone\n",
        LINT,
        "6. Rules and events are pure BROKEN",
    ),
    Breach(
        "places looks up at accounts",
        "src/songcau/foundation/places/queries.py",
        "from songcau.foundation.accounts import roles\n",
        LINT,
        "9. Foundation has an order of its own BROKEN",
    ),
    Breach(
        "two siblings import each other",
        "src/songcau/kernel/clock.py",
        "from songcau.kernel import actor\n",
        LINT,
        "7. No cycles anywhere BROKEN",
    ),
    Breach(
        "a console enters the context by a window",
        "src/songcau/consoles/desk/__init__.py",
        "from songcau.context import service\n",
        LINT,
        "8. The context is entered by its public door only BROKEN",
    ),
    Breach(
        "a simulator knows the platform",
        "src/songcau/simulators/__init__.py",
        "from songcau.foundation import places\n",
        LINT,
        "10. A simulator knows only the device's protocol BROKEN",
    ),
    Breach(
        "a system has a room of its own invention",
        "src/songcau/systems/street_lamps/managers.py",
        "",
        LINT,
        "3. Same rooms, same order, in every system BROKEN",
    ),
    Breach(
        "an event stands in no table",
        "src/songcau/systems/street_lamps/events.py",
        "from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass LampWentOut:\n    lamp: str\n",
        EVENTS,
        "LampWentOut",
    ),
    Breach(
        "a signal receiver",
        "src/songcau/systems/street_lamps/tasks.py",
        "from django.db.models.signals import post_save\n",
        SIGNALS,
        "django.db.models.signals",
    ),
    Breach(
        "an inline script",
        "src/songcau/systems/street_lamps/pages/templates/street_lamps/list.html",
        "<script>alert(1)</script>\n",
        INLINE,
        "an inline script",
    ),
    Breach(
        "an action that nobody takes",
        "src/songcau/systems/street_lamps/actions.py",
        "def switch_on(lamp: str) -> None:\n    del lamp\n",
        ACTIONS,
        "takes no keyword `by`",
    ),
    Breach("a file too long", "src/songcau/kernel/long.py", "x = 1\n" * 401, SIZES, "401 lines"),
    Breach("a generated page edited by hand", "docs/generated/settings.md", "mine\n", GENERATED, "settings.md"),
    Breach(
        "a text without Vietnamese",
        "src/songcau/systems/street_lamps/pages/words.py",
        "from django.utils.translation import gettext as _\n\nREFUSALS = {'DARK': _('It is dark.')}\n",
        LANGUAGES,
        "It is dark.",
    ),
)


def environment(root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SONGCAU_", "COV_", "PYTEST_"))}
    return {
        **kept,
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        # Plugins that these tests do not use take half of the time.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def run(command: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=root,
        env=environment(root),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project with two systems in it, one of which has a table."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("src", "tests", "tools", "docs"):
        # With what Python has compiled: doing it again takes seconds.
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("dist", ".*"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    for system in ("street_lamps", "bus_stops"):
        done = run([sys.executable, "-m", "songcau", "new-system", system], copy)
        assert done.returncode == 0, done.stdout
    (copy / "src/songcau/systems/bus_stops/models.py").write_text(
        '"""Stops."""\n\nfrom django.db import models\n\n\nclass Stop(models.Model):\n    """A stop."""\n'
    )
    yield copy
    shutil.rmtree(copy)


@pytest.mark.parametrize(
    "checker",
    [LINT, SIZES, GENERATED, LANGUAGES, ROUTES, FOREIGN_KEYS, EVENTS, SOURCE],
    ids=["contracts", "sizes", "generated", "languages", "routes", "foreign keys", "events", "source"],
)
def test_the_unbroken_copy_passes(project: Path, checker: list[str]) -> None:
    done = run(checker, project)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.name)
def test_a_breach_is_found(project: Path, breach: Breach) -> None:
    file = project / breach.file
    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    keeps_content = (
        before is not None and file.parts[-2:] != ("generated", "settings.md") and "systems" not in file.parts
    )
    file.write_text((before or b"").decode() + breach.text if keeps_content else breach.text, encoding="utf-8")
    try:
        done = run(breach.checker, project)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
    assert done.returncode != 0, f"nobody objected:\n{done.stdout}"
    assert breach.objection in done.stdout, done.stdout
