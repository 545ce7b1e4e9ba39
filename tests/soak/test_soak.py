"""Short soaks, and that the soak can fail. Only with `-m soak`; the long ones are run by hand or `make soak`."""

import os
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif("config.getoption('markexpr') != 'soak'", reason="NOT RUN: only with -m soak"),
]


def soak(*options: str, run: str = "kill_worker") -> subprocess.CompletedProcess[str]:
    database = os.environ.get("SONGCAU_DATABASE", "")
    command = [sys.executable, "-m", f"tests.soak.{run}", *options]
    command += ["--database", database] if database else []
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_what_was_committed_is_handled_once_and_in_order_whoever_is_killed() -> None:
    ran = soak("--kills", "6", "--events", "150")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout


def test_a_delivery_marked_before_it_is_handled_is_found() -> None:
    ran = soak("--kills", "16", "--events", "300", "--sabotage")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lost = next(line for line in ran.stdout.splitlines() if line.startswith("BREACH lost"))
    assert int(lost.split()[-1]) > 0


def test_a_hundred_uploads_are_whole_or_absent_whatever_breaks() -> None:
    ran = soak("--uploads", "100", "--kills", "3", run="upload_storm")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout


def test_a_store_that_loses_a_byte_is_found() -> None:
    ran = soak("--uploads", "10", "--kills", "0", "--megabytes", "0.5", "--sabotage", run="upload_storm")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    corrupt = next(line for line in ran.stdout.splitlines() if line.startswith("BREACH corrupt"))
    assert int(corrupt.split()[-1]) > 0


def test_fifty_reports_at_once_are_there_once_or_were_refused_whenever_the_server_is_killed() -> None:
    ran = soak("--senders", "50", "--reports", "2", "--kills", "3", run="report_kill")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout


def test_a_report_that_is_answered_before_it_is_stored_is_found() -> None:
    ran = soak("--senders", "20", "--reports", "2", "--kills", "2", "--sabotage", run="report_kill")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lost = next(line for line in ran.stdout.splitlines() if line.startswith("BREACH under another code"))
    assert int(lost.split()[-1]) > 0


def test_a_backup_made_under_load_restores_to_what_it_says() -> None:
    ran = soak("--rounds", "1", run="backup_under_load")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout


def test_a_backup_whose_tables_are_of_different_moments_is_found() -> None:
    ran = soak("--rounds", "1", "--sabotage", run="backup_under_load")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "BROKEN" in ran.stdout


def test_what_the_broker_answered_is_there_whenever_it_is_killed() -> None:
    ran = soak("--kills", "5", run="broker_kill")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout


def test_a_broker_that_answers_before_it_writes_is_found() -> None:
    ran = soak("--kills", "4", "--sabotage", run="broker_kill")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lost = next(line for line in ran.stdout.splitlines() if line.startswith("BREACH lost batch"))
    assert int(lost.split()[-1]) > 0
