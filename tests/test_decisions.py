"""Decision records say in one form what became of them, and the index lists every one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "docs/decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
FORM = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"Status: accepted, (?P<date>\d{4}-\d\d-\d\d)"
    r"(\. (?P<how>Extended|Superseded) by \[(?P<later>\d{4})\]\((?P=later)-[\w-]+\.md\).*\.)?\n\n"
)


def index_line(record: Path) -> str:
    head = FORM.match(record.read_text())
    assert head, f"{record.name} has no line under its title like Status: accepted, 2026-11-23"
    status = f"accepted, {head['date']}"
    if head["how"]:
        status += f", {head['how'].lower()} by {head['later']}"
    return f"| [{record.name[:4]}]({record.name}) | {head['title']} | {status} |"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name[:4])
def test_a_record_has_its_number_its_title_and_its_status(record):
    number = index_line(record) and FORM.match(record.read_text())["number"]
    assert number == record.name[:4]


def test_the_index_lists_every_record_with_its_status():
    lines = (FOLDER / "README.md").read_text().splitlines()
    assert [line for line in lines if line.startswith("| [")] == [
        index_line(record) for record in RECORDS
    ]


def test_no_number_is_used_twice():
    numbers = [record.name[:4] for record in RECORDS]
    assert sorted(set(numbers)) == numbers
