"""One run of Robot Framework over a few files of the suite."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.conformance import mosquitto, servers
from tools.conformance.groups import TESTS

# Robot ends with the number of failed cases, up to this; above it could not run.
MOST_FAILED = 250
LAST_SECONDS = 15.0


@dataclass
class Robot:
    """Robot of the conformance environment, its working folder, and the address that the suite's servers listen on."""

    python: Path
    suite: Path
    folder: Path
    address: str
    with_logs: bool
    was_ended: bool = False

    def run(self, files: list[str], named: list[str], variables: dict[str, object], seconds: float) -> str:
        """Run the files, or the named cases in them, for so many seconds at most. Says what went wrong, if anything."""
        given = self.folder / "variables.json"
        given.write_text(json.dumps(variables, indent=2), encoding="utf-8")
        commands = self.folder / "commands"
        ports = (servers.MQTT_PORT, servers.OTHER_MQTT_PORT)
        mosquitto.write_command(commands, self.suite, self.address, ports)
        said = self.folder / "robot.txt"
        with said.open("wb") as written:
            process = subprocess.Popen(
                [*self._command(given), *(word for name in named for word in ("--test", name)), *self._paths(files)],
                cwd=self.suite,
                env=self._environment(commands),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.was_ended = True
                self._end(process)
                return f"\n  Robot was ended after {seconds:.0f} s"
            finally:
                mosquitto.remove(commands)
        return (
            "" if code <= MOST_FAILED else f"\n  Robot ended with {code}:\n{said.read_text(encoding='utf-8')[-2000:]}"
        )

    def _command(self, variables: Path) -> list[str]:
        logs = [] if self.with_logs else ["--log", "NONE", "--report", "NONE"]
        servers_of_the_suite = self.suite / "libraries" / "robotframework-httpctrl" / "src"
        return [
            *(str(self.python), "-m", "robot", "--console", "none", "--name", self.folder.name, *logs),
            *("--outputdir", str(self.folder / "robot"), "--variablefile", str(variables)),
            *("--pythonpath", str(servers_of_the_suite)),
        ]

    @staticmethod
    def _paths(files: list[str]) -> list[str]:
        return [f"{TESTS}/{file}" for file in files]

    @staticmethod
    def _environment(commands: Path) -> dict[str, str]:
        return {
            **servers.offline(),
            "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": "",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        """Told once, Robot fails the case it is in and writes its output; told twice, it just ends."""
        for tell in (process.terminate, process.terminate, process.kill):
            tell()
            try:
                process.wait(LAST_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return
