"""``manage.py ingest``: register many addresses at once, and follow them to their end.

No limit is counted: who may call it is an operator and has the machine.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    DjangoHelpFormatter,
)
from django.db import InterfaceError, OperationalError, ProgrammingError

from accounts.models import Role, User
from artifacts.models import ArtifactType
from registry.bulk import formats
from registry.bulk.lists import ListLine, ListReader, from_arguments
from registry.bulk.progress_bar import Progress, calm_queue
from registry.bulk.register_lines import Registrar
from registry.bulk.report import BAD, INTERRUPTED, UNFINISHED, printable
from registry.bulk.run import Run
from registry.bulk.stopping import stoppable
from registry.bulk.working import synchronous

USAGE = 2
TALKATIVE = 2  # of --verbosity
STDIN = "-"
AWAY = (OperationalError, InterfaceError)
GO_ON = "The same command goes on from here; what is registered stays."
EXAMPLES = """
examples:
  a list with an address per line (blank lines and # comments are left out)
    manage.py ingest --file models.txt

  names and revisions from a CSV; workers do the work, the command waits
    manage.py ingest --file models.csv --wait
      models.csv:  url,type,name,revision
                   https://huggingface.co/openai/whisper-tiny,,whisper,main
                   https://github.com/openai/whisper,code,,v20240930

  in CI: at most an hour, one JSON document and nothing else on stdout; --here in place of
  --wait where no worker runs
    manage.py ingest --file models.jsonl --wait --timeout 3600 --json > report.json

exit codes:
  0    every line is here, and none was refused, rejected or failed, now or earlier
  1    some line was refused, or what it names is rejected, failed or in quarantine
  2    the command was called wrongly
  3    the time of --timeout was over first
  130  it was interrupted

It may be interrupted at any moment and called again: what is registered is known, what was
begun goes on. The JSON is described in docs/bulk.md.
"""


class Examples(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Help whose examples keep their lines."""


class Command(BaseCommand):
    help = (
        "Register many addresses at once: from arguments, files or stdin, as plain lines, CSV or\n"
        "JSONL. Each goes through the same door as in the API; one that is refused stops no other."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        options = {"formatter_class": Examples, "epilog": EXAMPLES} | kwargs
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("urls", nargs="*", metavar="URL", help="addresses to register; - reads a list of stdin")
        add(
            "--file", action="append", default=[], metavar="PATH", dest="files",
            help="a list to read, - for stdin; may be given several times",
        )  # fmt: skip
        add(
            "--format", choices=formats.FORMS, default="", dest="form",
            help="the form of the lists; without it the first line and the name of the file decide",
        )  # fmt: skip
        add(
            "--type", choices=ArtifactType.values, default="",
            help="what an address is that leaves it open: a GitHub repository is code unless this, "
            "or a type column, says otherwise",
        )  # fmt: skip
        add(
            "--owner", metavar="USERNAME", default="",
            help="an uploader or admin who will own what is new; without it the admin of "
            "REGISTRY_ADMIN_USERNAME, else the first admin",
        )  # fmt: skip
        add("--wait", action="store_true", help="follow new and active ones to their end")
        add(
            "--here", action="store_true",
            help="do the work in this process instead of leaving it to workers; "
            "INGESTION_SYNC=1 means this as well",
        )  # fmt: skip
        add(
            "--retry", action="store_true",
            help="try again what was rejected or failed in an earlier run",
        )  # fmt: skip
        add(
            "--timeout", type=_seconds, default=0, metavar="SECONDS",
            help="stop after so long, with exit code 3",
        )  # fmt: skip
        add("--json", action="store_true", dest="as_json", help="the report as one JSON document")
        add("--quiet", action="store_true", help="only the report: no progress on stderr")

    def handle(self, *, urls: list[str], files: list[str], form: str, **options: Any) -> None:
        progress = Progress(self.stderr.write, is_quiet=options["quiet"])
        with ExitStack() as stack:
            if options["verbosity"] < TALKATIVE:
                stack.enter_context(calm_queue())
            lists = list(_lists(urls, files, form, stack))
            owner = _owner(options["owner"])
            if options["here"] or settings.INGESTION_SYNC:
                stack.enter_context(synchronous())
            stop = stack.enter_context(stoppable(options["timeout"]))
            registrar = Registrar(owner, type=options["type"], is_retrying=options["retry"])
            run = Run(registrar, progress, stop)
            _carry_out(run, lists, is_waiting=options["wait"])
        self._tell(run, as_json=options["as_json"])

    def _tell(self, run: Run, *, as_json: bool) -> None:
        """The report on stdout, where there is one; what is no part of it on stderr."""
        report = run.report
        if sys.stdout is None:  # as `>&-` leaves it: the exit code is all that is wanted
            raise SystemExit(report.exit_code)
        try:
            if as_json:
                self.stdout.write(report.as_json())
            else:
                for warning in report.warnings:
                    self.stderr.write(printable(warning))
                for text in report.as_text():
                    self.stdout.write(text)
            self.stdout.flush()
        except OSError as exc:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(exc, BrokenPipeError):  # who reads it, as head does, read enough
                raise CommandError(f"The report cannot be written: {exc.strerror}.") from exc
        if report.exit_code:
            raise SystemExit(report.exit_code)


def _carry_out(run: Run, lists: list[Iterable[ListLine]], *, is_waiting: bool) -> None:
    """Everything up to the report; being stopped is part of it."""
    try:
        run.register(lists)
        if settings.INGESTION_SYNC:
            run.work()
        elif is_waiting:
            run.wait()
        else:
            run.look()
    except KeyboardInterrupt:
        is_timeout = run.stop.is_timeout
        what = "The time is over (--timeout)." if is_timeout else "Interrupted."
        run.report.stopped = f"{what} {GO_ON}"
        run.report.exit_when_stopped = UNFINISHED if is_timeout else INTERRUPTED
    except AWAY as exc:
        said = " ".join(str(exc).split())
        run.report.stopped = f"The database does not answer: {said} {GO_ON}"
        run.report.exit_when_stopped = BAD


def _owner(username: str) -> User:
    """Who will own what is new; raises CommandError for somebody who may not."""
    try:
        return _uploader(username) if username else _first_admin()
    except (*AWAY, ProgrammingError) as exc:
        words = "The database does not answer, or manage.py prepare has not made its tables"
        raise CommandError(f"{words}: {exc}") from exc


def _uploader(username: str) -> User:
    known = User.objects.filter(username=username).first() if username.isprintable() else None
    if known is None:
        raise CommandError(f"There is no account {username!r} (--owner).", returncode=USAGE)
    if not known.has_role(Role.UPLOADER):
        what = known.role if known.is_active else f"{known.role}, and disabled"
        words = f"{username} may not upload ({what}). Name an uploader or admin with --owner."
        raise CommandError(words, returncode=USAGE)
    return known


def _first_admin() -> User:
    admins = User.objects.admins().order_by("pk")
    owner = admins.filter(username=settings.REGISTRY_ADMIN_USERNAME).first() or admins.first()
    if owner is None:
        advice = "Make one with manage.py ensure_admin, or name an uploader with --owner."
        raise CommandError(f"There is no admin. {advice}", returncode=USAGE)
    return owner


def _lists(
    urls: list[str], files: list[str], form: str, stack: ExitStack
) -> Iterable[Iterable[ListLine]]:
    """The lists in the order of the call, all of them opened before the first is read."""
    paths = [*files, *(STDIN for url in urls if url == STDIN)]
    addresses = [url for url in urls if url != STDIN]
    if not paths and not addresses:
        words = "Give addresses, --file PATH, or - to read a list of stdin."
        raise CommandError(words, returncode=USAGE)
    if paths.count(STDIN) > 1:
        raise CommandError("stdin can be read once.", returncode=USAGE)
    for url in addresses:
        if "://" not in url and "\0" not in url and Path(url).is_file():
            words = f"{url} is a file, not an address. Read it with --file {url}."
            raise CommandError(words, returncode=USAGE)
    if addresses:
        yield from_arguments(addresses)
    for path in paths:
        name = "stdin" if path == STDIN else path
        yield ListReader(_opened(path, stack), source=name, form=form)


def _opened(path: str, stack: ExitStack) -> BinaryIO:
    if path == STDIN:
        if sys.stdin is None:  # as `<&-` leaves it
            raise CommandError("stdin is closed.", returncode=USAGE)
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(path).open("rb"))
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise CommandError(f"{path} cannot be read: {reason}.", returncode=USAGE) from exc


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 10**8:
        raise ArgumentTypeError(f"{text!r} is no number of seconds.")
    return seconds
