"""A registry as ``make run`` starts it: its own processes, its own data, over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import requests

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct-horse-1!"


class Running:
    """One registry. ``data`` survives ``stop`` and ``kill``; ``log`` has what it printed."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = data / "log"
        for name in ("DATABASE_URL", "UPLOAD_DIR", "DJANGO_SETTINGS_MODULE"):
            environment.setdefault(name, "")
        self.environment = {
            **{key: value for key, value in os.environ.items() if key not in environment},
            "DATA_DIR": str(data),
            "PORT": str(self.port),
            "WEB_PROCESSES": "1",
            "REGISTRY_ADMIN_PASSWORD": PASSWORD,
            **{key: value for key, value in environment.items() if value},
        }

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def prepare(self) -> None:
        self._manage("prepare").wait(timeout=120)

    def start(self, *options: str) -> Self:
        """Serve, and return once it answers."""
        self.process = self._manage("serve", *options)
        self.until(self._answers, "the server answers", seconds=120)
        return self

    def work(self) -> subprocess.Popen[bytes]:
        """A worker beside it, as on a machine of its own; whoever starts it ends it."""
        return self._manage("qcluster")

    def stop(self) -> int:
        """SIGTERM; what it exits with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)

    def kill(self) -> None:
        """SIGKILL for every process of it, the one that would start them again first."""
        for pid in (self.process.pid, *self.children()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def children(self, named: str = "") -> list[int]:
        """The processes below, by a word of their command line."""
        return [pid for pid in descendants(self.process.pid) if named in _command_line(pid)]

    def sign_in(self, name: str = "admin", password: str = PASSWORD) -> requests.Session:
        """A client whose requests carry a token."""
        session = requests.Session()
        session.trust_env = False
        body = {"user": {"name": name, "is_admin": True}, "secret": {"password": password}}
        answer = session.put(f"{self.url}/api/authenticate", json=body, timeout=30)
        answer.raise_for_status()
        session.headers["X-Authorization"] = answer.json()
        return session

    def until(self, condition: Callable[[], object], what: str, seconds: float = 60) -> None:
        """Ask again and again; at most 600 times, because a session ends after 1,000 calls."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"Not in {seconds} s: {what}\n{self.log[-5000:]}")
            time.sleep(seconds / 600)

    def command(self, *arguments: str) -> subprocess.Popen[str]:
        """Another command of this registry, whose output can be read."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"It ended by itself:\n{self.log[-5000:]}")
        try:
            return requests.get(f"{self.url}/api/health", timeout=30).ok
        except requests.RequestException:
            return False

    def _manage(self, *command: str) -> subprocess.Popen[bytes]:
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """The processes below one, parents before their children."""
    found, queue = [], [pid]
    while queue:
        queue += (below := _children_of(queue.pop()))
        found += below
    return found


def _children_of(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return []


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
