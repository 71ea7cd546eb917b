"""Start the web processes and the worker together, and stop both cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from artifacts.storage import upkeep
from registry import checks
from registry.ingestion.sweeps import sweep

STOP_SECONDS = 15
QUICK_DEATH_SECONDS = 5
MAXIMUM_QUICK_DEATHS = 5


class Child:
    """One process of ours, started again when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.quick_deaths = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True)

    def has_died(self) -> bool:
        return self.process.poll() is not None

    def restart(self) -> None:
        """Start it again; raises CommandError when it dies at once, again and again."""
        is_quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if is_quick else 0
        if self.quick_deaths >= MAXIMUM_QUICK_DEATHS:
            raise CommandError(f"The {self.name} process keeps dying; its last lines are above.")
        self.start()

    def stop(self) -> None:
        """Ask it to end; it sees to its own children, in its own order."""
        self.process.terminate()

    def kill(self) -> None:
        """End it and whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Command(BaseCommand):
    help = "Serve the registry: web processes and a worker, until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-worker", action="store_true", help="web processes only")

    def handle(self, *, no_worker: bool, **options: Any) -> None:
        if problems := checks.refusals():
            raise CommandError("The registry does not start like this:\n" + "\n".join(problems))
        _refuse_a_taken_address(settings.HOST, settings.PORT)
        self.is_stopping = False
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._stop)

        children = [Child("web", self._web())]
        if not no_worker:
            _sweep()
            upkeep.clean_temp()
            children.append(Child("worker", [sys.executable, "manage.py", "qcluster"]))
        connections.close_all()
        address = _address(settings.HOST, settings.PORT)
        self.stdout.write(
            f"\nModel Registry: http://{address}/\n"
            f"API:            http://{address}/api/schema/swagger-ui\n"
            "Stop with Ctrl-C.\n"
        )
        self.stdout.flush()
        try:
            self._watch(children)
        finally:
            self._shut_down(children)

    def _web(self) -> list[str]:
        return [
            sys.executable, "-m", "gunicorn", "registry.wsgi",
            "--bind", _address(settings.HOST, settings.PORT),
            "--workers", str(settings.WEB_PROCESSES),
            "--threads", str(settings.WEB_THREADS),
            "--worker-class", "gthread",
            "--max-requests", "20000", "--max-requests-jitter", "2000",
            "--timeout", "120", "--graceful-timeout", "10", "--keep-alive", "5",
            "--limit-request-line", "8190",
            "--log-level", "warning",
        ]  # fmt: skip

    def _stop(self, *args: Any) -> None:
        self.is_stopping = True

    def _watch(self, children: list[Child]) -> None:
        while not self.is_stopping:
            time.sleep(0.2)
            for child in children:
                if child.has_died() and not self.is_stopping:
                    self.stderr.write(f"The {child.name} process died; starting it again.")
                    child.restart()
                    if child.name == "worker":
                        _sweep()  # what it was busy with goes on at once
                        connections.close_all()

    def _shut_down(self, children: list[Child]) -> None:
        self.stdout.write("Stopping…")
        for child in children:
            child.stop()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and not all(child.has_died() for child in children):
            time.sleep(0.1)
        for child in children:
            child.kill()
        self.stdout.write("Stopped.")


def _sweep() -> None:
    """Have what a vanished worker left behind go on at once.

    In synchronous mode that would be done here, before anything else; there the sweep
    that the worker runs every minute does it.
    """
    if not settings.INGESTION_SYNC:
        sweep()


def _address(host: str, port: int) -> str:
    """Both as a URL has them: an IPv6 address goes into brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _refuse_a_taken_address(host: str, port: int) -> None:
    """Say at once what the web processes would only find out, and try again and again."""
    try:
        (family, kind, number, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        raise CommandError(
            f"The registry cannot listen on {_address(host, port)}: {exc.strerror}. "
            "Set HOST and PORT to an address that is free."
        ) from exc
