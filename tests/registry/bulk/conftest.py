"""The command in this process: what it prints, and what it exits with."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return self.json["lines"]


@pytest.fixture
def ingest(tmp_path, monkeypatch) -> Callable[..., Done]:
    """``manage.py ingest`` on ``text`` as a file or, where ``-`` is asked for, as stdin."""

    def run(text: str | bytes = "", *arguments: str, name: str = "list.txt") -> Done:
        data = text.encode() if isinstance(text, str) else text
        given = list(arguments)
        if "-" in arguments:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        elif data:
            (tmp_path / name).write_bytes(data)
            given = ["--file", str(tmp_path / name), *arguments]
        out, err, code = io.StringIO(), io.StringIO(), 0
        try:
            call_command("ingest", *given, stdout=out, stderr=err)
        except SystemExit as exc:
            code = int(exc.code or 0)
        return Done(code, out.getvalue(), err.getvalue())

    return run
