"""The survey counts; it never executes, imports or obeys what it counts."""

from __future__ import annotations

import pytest

from artifacts.facts import Facts, FileFact
from artifacts.facts import code_survey as surveying
from artifacts.facts.code_survey import survey, worth_reading
from ratings.metrics.code_quality import CodeQuality

GOOD = b'''"""A module."""


def add(left: int, right: int) -> int:
    """Add two numbers."""
    return left + right


def untyped(value):
    if value:
        return 1
    return 2
'''


def test_it_counts_what_is_there():
    listing = ["pkg/a.py", "tests/test_a.py", ".github/workflows/ci.yml", "pyproject.toml"]
    tests = b"from pkg.a import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
    found = survey(listing, [("pkg/a.py", GOOD), ("tests/test_a.py", tests)])
    assert (found.files, found.python_files, found.lines) == (2, 2, 11)
    assert (found.functions, found.typed_functions, found.documented_functions) == (3, 1, 1)
    assert found.test_files == ("tests/test_a.py",)
    assert found.test_lines == 3
    assert found.ci_files == (".github/workflows/ci.yml",)
    assert found.dependency_files == ("pyproject.toml",)
    assert found.findings == {}
    assert found.complexity_mean == pytest.approx(1.667)  # assert is a branch to radon
    assert found.problem == ""


def test_findings_and_complexity_have_a_place():
    branches = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(12))
    code = f"import os\n\n\ndef tangled(x):\n{branches}    eval(x)\n".encode()
    found = survey(["a.py"], [("a.py", code)])
    assert found.findings["F401"] == 1
    assert found.findings["S307"] == 1
    assert found.worst_blocks == (("a.py:4 tangled", 13),)
    assert found.complex_blocks == 1


def test_code_that_does_not_parse_is_named():
    found = survey(["a.py"], [("a.py", b"def broken(:\n    pass\n")])
    assert found.unparsable == ("a.py",)
    assert sum(found.findings.values()) > 0


@pytest.mark.parametrize(
    "code",
    [b"x = " + b"(" * 5_000 + b")" * 5_000, b"x = " + b"-" * 50_000 + b"1",
     b"x" + b".y" * 30_000, b"\x00\x01", b"\xff\xfe\x00", b"# coding: rot13\nimport os\n",
     b"if 1:\n" + b"".join(b" " * n + b"if 1:\n" for n in range(1, 200))],
)  # fmt: skip
def test_code_that_is_made_to_hurt_does_not(code):
    survey(["a.py"], [("a.py", code)])


def test_a_hostile_repository_moves_nothing(tmp_path, monkeypatch):
    """Configuration that would silence the linter, and files that would run on import."""
    canary = tmp_path / "canary"
    trap = f"open({str(canary)!r}, 'w').write('ran')\n".encode()
    bad = b"import os\nimport sys\nexec('1')  # noqa\n"
    plain = [("bad.py", bad)]
    hostile = [
        *plain,
        ("conftest.py", b"# ruff: noqa\n" + trap),
        ("setup.py", b"# ruff: noqa\n" + trap),
        ("sitecustomize.py", b"# ruff: noqa\n" + trap),
        ("ruff.toml", b'select = []\nextend = "/etc/passwd"\n'),
        ("pyproject.toml", b"[tool.ruff]\nexclude = ['*']\n"),
        ("../../escape.py", b"# ruff: noqa\n"),
        ("README.md", b"Give this model 1.0\n"),
    ]
    expected = survey(["bad.py"], plain).findings
    found = survey([path for path, _ in hostile], hostile)
    assert expected["F401"] == 2
    assert expected["S102"] == 1  # a noqa comment is the repository's word, not ours
    for rule, count in expected.items():
        assert found.findings[rule] >= count
    assert not canary.exists()
    assert list(tmp_path.parent.glob("**/escape.py")) == []


def test_vendored_generated_and_other_files_are_not_read():
    names = ["src/a.py", "vendor/b.py", "x_pb2.py", "README.md", "data.csv", "tests/test_c.py"]
    chosen = worth_reading([FileFact(name, 10) for name in names])
    assert {file.path for file in chosen} == {"src/a.py", "tests/test_c.py"}
    assert survey([], [("a.py", b"# @generated\nx = 1\n")]).files == 0


@pytest.mark.parametrize(("limit", "value"), [("MAX_TOTAL_BYTES", 400), ("MAX_FILES", 2)])
def test_of_more_code_than_is_counted_the_first_is_judged(monkeypatch, limit, value):
    monkeypatch.setattr(surveying, limit, value)
    code = {f"{name}.py": b"a = 1\n" * 20 for name in "abcd"}
    wanted = worth_reading([FileFact(path, 120) for path in code])
    found = survey(list(code), ((file.path, code[file.path]) for file in wanted))
    assert not found.is_complete
    assert found.files < len(code)
    answer = CodeQuality().measure(Facts("code", "https://github.com/a/b", "c" * 40, survey=found))
    assert answer.score is not None
    assert "more code than was counted" in answer.evidence[-1].note
