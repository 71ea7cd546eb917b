"""What the scan found is said in sentences: what, where, and why it matters."""

# ruff: noqa: E501 - each case is one line

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import get_args

import pytest

from artifacts import scanning
from artifacts.models import File, Scan
from artifacts.scanning.scan_findings import (
    WHY,
    WHY_DANGEROUS,
    FileFinding,
    Kind,
    in_sentences,
    in_short,
)
from artifacts.scanning.verdict import ScanReport
from tests.artifacts import hostile
from tests.artifacts.test_scanning import scan
from tests.factories import add_file, make_artifact

SCANNED = [*hostile.DANGEROUS, *hostile.UNREADABLE, *hostile.SUSPICIOUS]


def found(kind: Kind = "pickle_import", severity: str = "danger", **more) -> FileFinding:
    return FileFinding(kind=kind, severity=severity, **({"detail": "imports os.system"} | more))


def kinds_in_the_code() -> set[str]:
    """The first argument of each ``report.add`` in the scanner."""
    files = Path(scanning.__file__).parent.glob("*.py")
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text()))]
    added = [node for node in nodes if isinstance(node, ast.Call) and len(node.args) == 3]
    first = [
        node.args[0]
        for node in added
        if isinstance(node.func, ast.Attribute) and node.func.attr == "add"
    ]
    choices = [each for arg in first for each in _choices(arg)]
    assert all(isinstance(each, ast.Constant) for each in choices), "a kind is written out"
    return {each.value for each in choices}


def _choices(arg: ast.expr) -> list[ast.expr]:
    return [arg.body, arg.orelse] if isinstance(arg, ast.IfExp) else [arg]


def test_each_kind_that_the_scanner_knows_has_its_sentence():
    assert kinds_in_the_code() == set(WHY) == set(get_args(Kind))
    assert set(WHY_DANGEROUS) <= set(WHY)
    for why in [*WHY.values(), *WHY_DANGEROUS.values()]:
        assert why[0].isupper()
        assert why.endswith(".")


def test_every_finding_of_the_hostile_set_is_read_as_sentences():
    seen = set()
    for _, name, data in SCANNED:
        for finding in scan(name, data).findings:
            said = in_sentences(finding)
            seen.add(finding["kind"])
            assert WHY[finding["kind"]] in said or WHY_DANGEROUS[finding["kind"]] in said
            assert not said.startswith("{")
            assert said.split(" ")[0] not in {"imports", "holds", "is", "has", "a", "could"}
            assert len(said) < 350
    assert seen == set(WHY)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (found(offset=0), "It imports os.system, at byte 0. Loading the file can run programs or reach files and the network."),
        (found(severity="warning"), "It imports os.system. What it does when the file is loaded is unknown."),
        (found("secret", "warning", detail="holds what looks like a GitHub token (ghp_…)", line=1200), "It holds what looks like a GitHub token (ghp_…), in line 1,200. Whoever reads the file can use it; it should be revoked."),
        (found("keras_lambda", "warning", detail="a Lambda layer carries code"), "A Lambda layer carries code. Loading the model can run that code."),
        (found("code_in_config", "warning", detail="auto_map loads a.B"), "auto_map loads a.B. Who loads this configuration with such code allowed runs it."),
        (found("zip_structure", "warning", detail="'a' has two names"), "'a' has two names. Programs disagree on what such an archive holds."),
        ({"kind": "of a later version", "detail": "has horns"}, "It has horns."),
        ({"kind": "pickle_rest", "detail": None}, "The scan found something. A program that reads on may find more there."),
        ({}, "The scan found something."),
    ],
)  # fmt: skip
def test_what_where_and_why(finding, said: str):
    assert in_sentences(finding) == said


def test_a_reason_takes_what_and_where():
    assert in_short(found(offset=17)) == "imports os.system, at byte 17"


class TestHostileNames:
    NAMES = ["os\0x", "os\n\rx", "o\u202es", "o\x1b[31ms", "o\ud800s", "o\u200bs"]

    @pytest.mark.parametrize("name", NAMES)
    def test_what_cannot_be_seen_is_written_out(self, name: str):
        report = ScanReport()
        report.add("pickle_import", "warning", f"imports {name}")
        finding = report.findings[0]
        assert in_sentences(finding).isprintable()
        assert in_sentences({**finding, "detail": name}).isprintable()
        assert finding["detail"].isprintable()
        json.dumps(finding).encode()

    def test_a_very_long_one_is_cut(self):
        report = ScanReport()
        report.add("pickle_import", "warning", "imports " + "\0" * 100_000)
        assert len(report.findings[0]["detail"]) == 500
        assert len(in_short(report.findings[0])) == 200

    @pytest.mark.django_db
    @pytest.mark.parametrize("name", NAMES)
    def test_every_database_keeps_them(self, name: str):
        raw = name.encode("utf-8", "surrogatepass")
        data = (
            b"\x80\x04X\x02\x00\x00\x00os" + b"X" + len(raw).to_bytes(4, "little") + raw + b"\x93."
        )
        result = scan("a.pkl", data)
        assert result.outcome == Scan.DANGEROUS
        file = add_file(make_artifact().current, "a.pkl")
        File.objects.filter(pk=file.pk).update(scan=result.outcome, findings=result.findings)
        file.refresh_from_db()
        assert file.findings == result.findings
