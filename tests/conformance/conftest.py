"""A checkout of our own making: three files of cases, a password file, and a stand-in for Robot Framework."""

from pathlib import Path

import pytest

ENTITIES = "ContextInformation/Provision/Entities/CreateEntity/001_01.robot"
MQTT = "ContextInformation/Subscription/SubscriptionNotificationBehaviour/MQTT/058_01.robot"
PURGE = "ContextInformation/Provision/PurgeEntities/060_01.robot"
SOURCES = {
    ENTITIES: """*** Settings ***
Documentation    Nothing here is a case

*** Variables ***
${name}=    value

*** Test Cases ***    FILE
001_01_01 A Minimal Entity
    [Tags]    e-create
    minimal.json
# 001_01_02 This one is commented out
001_01_03 One With An Argument    [Tags]    e-create
    other.json

*** Keywords ***
Create It
    No Operation
""",
    MQTT: "*** Test Cases ***\n058_01_01 Over MQTT\n    No Operation\n",
    PURGE: "*** Test Cases ***\n060_01_01 Twice\n    No Operation\n060_01_01 The Same Number\n    No Operation\n",
}

# Writes what Robot would: every named case passes, unless its file says FAIL.
ROBOT = """import pathlib, sys
words = sys.argv[1:]
output = pathlib.Path(words[words.index("--outputdir") + 1])
output.mkdir(parents=True)
files = [pathlib.Path(word).resolve() for word in words if word.endswith(".robot")]
suites = ""
for file in files:
    lines = file.read_text().split("*** Test Cases ***")[1].splitlines()
    names = [line.split("  ")[0] for line in lines[1:] if line[:1].isdigit()]
    tests = "".join(f'<test name="{name}"><status status="PASS" elapsed="1.5"/></test>' for name in names)
    suites += f'<suite source="{file}">{tests}</suite>'
(output / "output.xml").write_text(f'<robot><suite>{suites}</suite></robot>')
"""

BROKER = """import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Link", '<https://example.org/core.jsonld>; rel="x"')
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Answer).serve_forever()
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    suite = tmp_path / "suite"
    for name, text in SOURCES.items():
        file = suite / "TP" / "NGSI-LD" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    kept = suite / "resources" / "jsonld-contexts"
    kept.mkdir(parents=True)
    for name in ("ngsi-ld-test-suite.jsonld", "ngsi-ld-test-suite-compound.jsonld"):
        (kept / name).write_text('{"@context": {}}', encoding="utf-8")
    passwords = suite / "resources" / "mqttUtils" / "mosquitto" / "mosquitto_pwd"
    passwords.parent.mkdir(parents=True)
    passwords.write_text("", encoding="utf-8")
    (suite / "robot").mkdir()
    (suite / "robot" / "__main__.py").write_text(ROBOT, encoding="utf-8")
    return suite


@pytest.fixture
def broker_program(tmp_path: Path) -> Path:
    program = tmp_path / "broker.py"
    program.write_text(BROKER, encoding="utf-8")
    return program
