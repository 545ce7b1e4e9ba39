"""`songcau import readings` as a person uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from songcau.entry import bringing_readings
from songcau.entry.commands.bring_in import bring_in
from songcau.gateways.tests import broker as brokers
from songcau.gateways.tests.broker import Broker

MAPPING = """
[file]
decimal = ","
[[readings]]
id = "urn:ngsi-ld:Water:{trạm}"
type = "Water"
observed_at = { from = "lúc", form = "local", zone = "Asia/Ho_Chi_Minh" }
attributes = { level = "mực nước" }
"""
HEAD = "trạm;lúc;mực nước\n"
GOOD = HEAD + "".join(f"T{n};2026-11-28 13:{n:02};{n},5\n" for n in range(30))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with brokers.running(tmp_path_factory.mktemp("broker")) as running:
        yield running


def run(folder: Path, content: str, *options: object, mapping: str = MAPPING, words: str | None = None) -> Result:
    (folder / "f.csv").write_text(content, encoding="utf-8")
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    arguments = ["readings", folder / "f.csv", "--mapping", folder / "m.toml", "--language", "vi", *options]
    return CliRunner().invoke(bring_in, [str(argument) for argument in arguments], input=words)


def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(tmp_path: Path, broker: Broker) -> None:
    told = run(tmp_path, GOOD, "--dry-run", "--context", "unix:/nowhere")
    assert told.exit_code == 0
    assert '"level": {"type": "Property", "value": 0.5, "observedAt": "2026-11-28T06:00:00Z"}' in told.stdout
    assert "        30 Water\n30 lines, 30 entities, 0 bad lines\nnothing was written\n" in told.stdout
    assert not (tmp_path / "f.csv.bad.csv").exists()


def test_good_lines_are_written_and_may_be_written_again(tmp_path: Path, broker: Broker) -> None:
    for _ in range(2):
        told = run(tmp_path, GOOD, "--context", broker.address)
        assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "30 entities are written")
    assert broker.found(type="Water")["urn:ngsi-ld:Water:T7"]["level"] == 7.5


def test_bad_lines_keep_everything_out_unless_they_are_to_be_skipped(tmp_path: Path, broker: Broker) -> None:
    content = GOOD.replace("T", "B") + "B99;45989,5;1\n" + "B98;2026-11-28 13:00;hỏng\n" * 12
    told = run(tmp_path, content, "--context", broker.address)
    assert told.exit_code == 1
    assert "line 32: lúc là số ngày của bảng tính: 45989,5" in told.stderr
    assert "… and 3 more" in told.stderr
    assert "nothing was written" in told.stderr
    assert len((tmp_path / "f.csv.bad.csv").read_text("utf-8-sig").splitlines()) == 14
    assert "urn:ngsi-ld:Water:B7" not in broker.found(type="Water")
    told = run(tmp_path, content, "--context", broker.address, "--skip-bad", "--report", tmp_path / "r.csv")
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "30 entities are written")
    assert "urn:ngsi-ld:Water:B7" in broker.found(type="Water")
    assert run(tmp_path, HEAD + "B99;x;1\n", "--skip-bad", "--context", broker.address).exit_code == 1


def test_what_the_broker_refuses_is_told_with_its_line(tmp_path: Path, broker: Broker) -> None:
    mapping = MAPPING.replace("type = ", 'scope = "/{trạm}"\ntype = ')
    told = run(tmp_path, GOOD + "9;2026-11-28 13:00;1\n", "--context", broker.address, mapping=mapping)
    assert told.exit_code == 1
    assert "line 32: bộ phận ngữ cảnh từ chối" in told.stderr
    assert "1 lines were refused by the broker" in told.stderr


def test_what_stops_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing_readings, "PATIENCE_SECONDS", 0.05)
    for options, content, mapping, words in (
        (["--context", "unix:/nowhere"], GOOD, MAPPING, "repeat the command"),
        (["--dry-run"], "a;b\n", MAPPING, "không có cột trạm"),
        (["--dry-run"], GOOD, MAPPING + "[more]\n", "more: không có mục này"),
        (["--dry-run", "--report", tmp_path / "no" / "folder"], HEAD + "x;y;z\n", MAPPING, "No such file"),
        (["--context", "unix:/nowhere"], HEAD, MAPPING, "nothing to write"),
        ([], GOOD, MAPPING, "does not answer"),
    ):
        told = run(tmp_path, content, *options, mapping=mapping)
        assert (told.exit_code, words in told.stderr) == (1, True), told.stderr
        assert "Traceback" not in told.stderr


def test_the_city_s_broker_is_entered_with_the_city_s_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from songcau.entry.settings import load

    data = tmp_path / "city"
    (data / "run").mkdir(parents=True)
    settings = load().model_copy(update={"data": data})
    monkeypatch.setattr(bringing_readings, "load", lambda: settings)
    with brokers.running(data / "context", "--auth", "--socket", str(data / "run" / "context.sock")):
        told = run(tmp_path, GOOD)
        assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "30 entities are written"), told.stderr
    assert (data / "gateways" / "token").is_file()
