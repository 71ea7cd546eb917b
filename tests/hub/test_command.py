"""``python -m tests.hub``, as ``make demo`` runs it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]


def test_it_serves_the_demo_says_where_and_stops_on_sigterm(tmp_path: Path):
    command = [sys.executable, "-m", "tests.hub", "--port", "0", "--root", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = "".join(iter(process.stdout.readline, "and, if you like,\n"))
        settings = dict(re.findall(r"^  ([A-Z_]+)=(\S+)$", said, re.MULTILINE))
        assert settings.keys() == {"HF_ENDPOINT", "GITHUB_URL", "GITHUB_API_URL"}
        assert "https://huggingface.co/fernwood/field-notes-tiny\n" in said
        assert "https://huggingface.co/datasets/fernwood/field-notes\n" in said
        assert "https://github.com/fernwood/field-notes-training\n" in said
        url = f"{settings['HF_ENDPOINT']}/api/models/fernwood/field-notes-tiny"
        assert requests.get(url, timeout=5).ok

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stdout.read().endswith("The hub has stopped.\n")


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path, hub):
    port = hub.url.rsplit(":")[-1]
    command = [sys.executable, "-m", "tests.hub", "--port", port, "--root", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot listen" in done.stderr
