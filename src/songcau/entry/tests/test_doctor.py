"""What the doctor finds, when there is something to find."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from songcau.entry import doctor
from songcau.entry.backup.shelf import NOTE
from songcau.entry.doctor import Health
from songcau.entry.settings import Settings


def settings(tmp_path: Path, **values: object) -> Settings:
    keys = {"secret_key": "s" * 40, "audit_key": "a" * 40, "database": "", "nats": ""}
    return Settings(**{**keys, "data": tmp_path, **values})  # type: ignore[arg-type]


@contextmanager
def greeter(greeting: bytes) -> Iterator[int]:
    """Something on loopback that says one thing to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            connection, _address = server.accept()
            connection.sendall(greeting)
            connection.close()

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]


def test_a_folder_that_cannot_be_made_is_ill(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    found = doctor.data_folder(settings(tmp_path, data=tmp_path / "file" / "below"))
    assert found.health is Health.ILL
    assert "SONGCAU_DATA" in found.remedy


def test_a_nearly_full_disk_is_ill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_DISK_BYTES", 1 << 60)
    assert doctor.disk(settings(tmp_path)).health is Health.ILL


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = doctor.port(settings(tmp_path, port=server.getsockname()[1]))
    assert found.health is Health.WARNING
    assert "SONGCAU_PORT" in found.remedy


def test_a_database_that_does_not_answer_is_ill(tmp_path: Path) -> None:
    nowhere = settings(tmp_path, database="postgresql://nobody@127.0.0.1:1/none")
    assert doctor.database(nowhere).health is Health.ILL
    assert doctor.clock(nowhere).health is Health.WARNING


def test_a_broker_that_does_not_answer_is_ill(tmp_path: Path) -> None:
    found = doctor.broker(settings(tmp_path, nats="nats://127.0.0.1:1"))
    assert found.health is Health.ILL
    assert "nats-server -js" in found.remedy


@pytest.mark.parametrize(
    ("greeting", "health"),
    [(b'INFO {"jetstream": true}\r\n', Health.WELL), (b'INFO {"max_payload": 1}\r\n', Health.ILL)],
)
def test_a_broker_must_have_jetstream(tmp_path: Path, greeting: bytes, health: Health) -> None:
    with greeter(greeting) as port:
        assert doctor.broker(settings(tmp_path, nats=f"nats://127.0.0.1:{port}")).health is health


def test_a_machine_without_fontconfig_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert "fontconfig" in doctor.fonts(settings(tmp_path)).remedy


def test_fonts_without_vietnamese_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "VIETNAMESE_FONTS", ("A font nobody has",))
    assert doctor.fonts(settings(tmp_path)).health is Health.WARNING


def test_screens_that_are_not_built_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MANIFEST", tmp_path / "manifest.json")
    assert doctor.assets(settings(tmp_path)).health is Health.ILL


def test_the_time_in_the_city_is_shown(tmp_path: Path) -> None:
    assert "UTC+0700" in doctor.time_zone(settings(tmp_path)).seen


@contextmanager
def broker_at_work(data: Path) -> Iterator[None]:
    """A real broker on the city's socket, in a process of its own."""
    (data / "run").mkdir()
    command = [sys.executable, "-m", "songcau", "broker", "--data", str(data / "context")]
    command += ["--socket", str(data / "run" / "context.sock")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert "ready" in process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def test_a_broker_at_work_is_asked_and_its_journal_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = settings(tmp_path)
    assert doctor.journal(named).seen == "none yet"
    assert "pg_dump" in doctor.journal(settings(tmp_path, context_store="postgresql://db.example/context")).seen
    with broker_at_work(tmp_path):
        assert doctor.context_broker(named).health is Health.WELL
        found = doctor.journal(named)
        assert (found.health, found.seen.startswith("0.")) == (Health.WELL, True)
    monkeypatch.setattr(doctor, "LEAST_DISK_BYTES", 1 << 60)
    assert doctor.journal(named).health is Health.ILL


def test_a_broker_that_rests_with_its_city_is_well_and_one_that_is_missing_in_a_city_is_ill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resting = doctor.context_broker(settings(tmp_path))
    assert (resting.health, "does not run" in resting.seen) == (Health.WELL, True)
    monkeypatch.setattr("songcau.entry.processes.running", lambda _data: ["web"])
    missing = doctor.context_broker(settings(tmp_path))
    assert (missing.health, "does not answer" in missing.seen) == (Health.ILL, True)


@contextmanager
def answering(data: Path, answer: bytes) -> Iterator[None]:
    """What answers on the broker's socket, once."""
    (data / "run").mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(data / "run" / "context.sock"))
        server.listen()

        def serve() -> None:
            line, _address = server.accept()
            line.recv(4096)
            line.sendall(b"HTTP/1.1 " + answer)
            line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield
        thread.join(5)


def test_a_broker_that_cannot_write_is_ill(tmp_path: Path) -> None:
    told = b'503 Service Unavailable\r\nContent-Length: 39\r\n\r\n{"status": "the journal cannot write"}\n'
    with answering(tmp_path, told):
        found = doctor.context_broker(settings(tmp_path))
    assert (found.health, "the journal cannot write" in found.seen) == (Health.ILL, True)
    assert "room" in found.remedy


def test_what_answers_on_its_socket_and_is_no_broker_is_ill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.entry.processes.running", lambda _data: ["web"])
    with answering(tmp_path, b"200 OK\r\nContent-Length: 2\r\n\r\n[]"):
        found = doctor.context_broker(settings(tmp_path))
    assert (found.health, "context" in found.remedy) == (Health.ILL, True)


def noted(data: Path, hours: float, lacking: int = 0, *, encrypted: bool = True) -> None:
    made_at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    told = {"made_at": made_at, "file": str(data / "one.backup"), "encrypted": encrypted, "lacking": lacking}
    (data / NOTE).write_text(json.dumps(told), encoding="utf-8")
    (data / "one.backup").touch()


def test_a_city_without_a_backup_is_told(tmp_path: Path) -> None:
    assert doctor.backup(settings(tmp_path)).health is Health.WARNING
    (tmp_path / NOTE).write_text("{", encoding="utf-8")
    assert doctor.backup(settings(tmp_path)).health is Health.WARNING


@pytest.mark.parametrize(
    ("hours", "lacking", "health"), [(3, 0, Health.WELL), (40, 0, Health.WARNING), (3, 2, Health.ILL)]
)
def test_the_age_of_the_last_backup_is_told(tmp_path: Path, hours: float, lacking: int, health: Health) -> None:
    noted(tmp_path, hours, lacking)
    found = doctor.backup(settings(tmp_path))
    assert found.health is health
    assert f"{hours} h old" in found.seen


def test_a_last_backup_without_the_broker_is_told(tmp_path: Path) -> None:
    noted(tmp_path, 3)
    told = json.loads((tmp_path / NOTE).read_text(encoding="utf-8"))
    (tmp_path / NOTE).write_text(json.dumps({**told, "broker_left_out": True}), encoding="utf-8")
    found = doctor.backup(settings(tmp_path))
    assert (found.health, "without the context broker" in found.seen) == (Health.WARNING, True)


def test_a_last_backup_that_is_gone_is_told(tmp_path: Path) -> None:
    noted(tmp_path, 3, 0)
    (tmp_path / "one.backup").unlink()
    found = doctor.backup(settings(tmp_path))
    assert (found.health, "not there any more" in found.seen) == (Health.WARNING, True)


@pytest.mark.parametrize(("encrypted", "told"), [(True, " encrypted,"), (False, " NOT encrypted,")])
def test_whether_the_last_backup_is_encrypted_is_told(tmp_path: Path, encrypted: bool, told: str) -> None:
    """Whatever key is set now: the file was written before."""
    noted(tmp_path, 3, encrypted=encrypted)
    for key in ({}, {"backup_key": "long enough to use"}):
        assert told in doctor.backup(settings(tmp_path, **key)).seen


def test_whether_a_backup_key_is_set_is_told(tmp_path: Path) -> None:
    assert doctor.backup_key(settings(tmp_path)).health is Health.WARNING
    assert doctor.backup_key(settings(tmp_path, backup_key="long enough to use")).health is Health.WELL
    assert doctor.backup_key(settings(tmp_path, backup_key="short")).health is Health.ILL
    assert doctor.backup_key(settings(tmp_path, backup_key_file=tmp_path / "none")).health is Health.ILL


def test_a_city_without_mail_and_zalo_is_well(tmp_path: Path) -> None:
    assert doctor.mail(settings(tmp_path)).health is Health.WELL
    assert doctor.zalo(settings(tmp_path)).health is Health.WELL


@pytest.mark.parametrize(
    ("greeting", "seen"),
    [(b"554 go away\r\n", "GREETING"), (b"220 hello\r\n", "CONNECTION_LOST"), (b"nonsense\r\n", "GREETING")],
)
def test_a_mail_server_that_does_not_take_us_is_ill(tmp_path: Path, greeting: bytes, seen: str) -> None:
    with greeter(greeting) as port:
        named = settings(tmp_path, smtp_host="127.0.0.1", smtp_port=port, smtp_from="a@example.vn")
        found = doctor.mail(named)
    assert found.health is Health.ILL
    assert seen in found.seen
    assert "smtp_host" in found.remedy


def test_a_mail_server_that_takes_us_is_well(tmp_path: Path) -> None:
    from songcau.foundation.notifications.tests.post_office import Inbox, serving

    inbox = Inbox()
    with serving(inbox) as port:
        named = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_from": "a@example.vn"}
        assert doctor.mail(settings(tmp_path, smtp_security="none", **named)).health is Health.WELL
        without_tls = doctor.mail(settings(tmp_path, **named))
    assert without_tls.health is Health.ILL
    assert "smtp_security" in without_tls.remedy
    assert inbox.letters == []


def test_zalo_set_up_by_halves_or_out_of_reach_is_ill(tmp_path: Path) -> None:
    assert "both" in doctor.zalo(settings(tmp_path, zalo_app_id="1")).remedy
    whole = {"zalo_app_id": "1", "zalo_secret_key": "s"}
    found = doctor.zalo(settings(tmp_path, **whole, zalo_api="http://127.0.0.1:1"))
    assert (found.health, found.remedy) == (Health.ILL, "open the way out to this address")


@pytest.mark.django_db
def test_zalo_must_be_authorised(tmp_path: Path) -> None:
    from songcau.foundation.notifications.actions import set_zalo_token
    from songcau.foundation.notifications.models import ZaloToken
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        whole = settings(tmp_path, zalo_app_id="1", zalo_secret_key="s", zalo_api=address, zalo_oauth=address)
        assert doctor.zalo(whole).seen == "not authorised yet"
        set_zalo_token(by=SYSTEM, refresh_token="t")
        assert doctor.zalo(whole).health is Health.WELL
        ZaloToken.objects.update(refused_at=clock.now())
        assert "lost" in doctor.zalo(whole).seen


def test_a_mapping_of_devices_that_cannot_be_used_is_ill(tmp_path: Path) -> None:
    assert doctor.gateways(settings(tmp_path)).health is Health.WELL
    mapping, room = tmp_path / "mqtt.toml", tmp_path / "gateways" / "mqtt"
    mapping.write_text("[server")
    found = doctor.gateways(settings(tmp_path, mqtt_mapping=mapping))
    assert (found.health, "mqtt.toml" in found.seen) == (Health.ILL, True)
    mapping.write_text(
        '[server]\naddress = "mqtt://127.0.0.1"\nclient_id = "c"\n[[status]]\ntopic = "s/{d}"\nid = "urn:x:{d}"\n'
    )
    found = doctor.gateways(settings(tmp_path, mqtt_mapping=mapping))
    assert (found.health, found.seen) == (Health.WELL, "1 rules; the gateway has not run yet")
    room.mkdir(parents=True)
    state = {"at": "2026-11-28T06:00:00.000+00:00", "server": "mqtt://x", "messages": 5, "refused": {"EMPTY": 2}}
    (room / "state.json").write_text(json.dumps(state | {"troubles": []}))
    found = doctor.gateways(settings(tmp_path, mqtt_mapping=mapping))
    assert found.seen == "5 messages from mqtt://x by 2026-11-28T06:00 UTC, 2 refused"
    (room / "state.json").write_text(json.dumps(state | {"troubles": ["the server does not answer"]}))
    assert doctor.gateways(settings(tmp_path, mqtt_mapping=mapping)).health is Health.WARNING
