"""Ten clients upload at once to a real web process that is killed once: every file is whole or absent."""

import os
import subprocess
import sys


def test_every_file_is_whole_or_absent_whatever_breaks() -> None:
    command = [sys.executable, "-m", "tests.soak.upload_storm", "--uploads", "10", "--kills", "1", "--megabytes", "3"]
    database = os.environ.get("SONGCAU_DATABASE", "")
    command += ["--database", database] if database else []
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WHOLE" in ran.stdout
