"""Counts what static tools see in source files. Nothing is ever executed or imported.

The files are written to a private folder under names of ours, so that neither their
names nor the repository's own configuration can reach the tools.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from artifacts.facts import paths
from artifacts.facts.cards import decode
from artifacts.facts.languages import language
from artifacts.facts.records import CodeSurvey, FileFact

MAX_FILES = 3_000
MAX_FILE_BYTES = 512 * 1024
MAX_TOTAL_BYTES = 32 * 1024**2
MAX_PARSED_BYTES = 256 * 1024
TOOL_SECONDS = 120
COMPLEX = 10
RULES = "E9,F,C90,S,B,PLE,PLW"
# assert in tests and the like say nothing about care; S101 drowns everything else
IGNORED = "S101"

_CI = re.compile(
    r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.travis\.yml|appveyor\.yml|jenkinsfile"
    r"|\.circleci/config\.yml|azure-pipelines[\w.-]*\.yml|\.drone\.yml|tox\.ini|noxfile\.py"
    r"|\.buildkite/.+|bitbucket-pipelines\.yml|\.pre-commit-config\.yaml",
    re.IGNORECASE,
)
_DEPENDENCIES = re.compile(
    r"(?:[^/]*/)?(?:requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|pipfile"
    r"|environment\.ya?ml|conda\.ya?ml|package\.json|cargo\.toml|go\.mod|pom\.xml|build\.gradle"
    r"|gemfile|composer\.json|description|poetry\.lock|uv\.lock|pipfile\.lock|dockerfile)"
    r"|requirements/[\w.-]+\.(?:txt|in)",
    re.IGNORECASE,
)


@dataclass
class _Tally:
    files: int = 0
    lines: Counter[str] = field(default_factory=Counter)
    python: dict[str, str] = field(default_factory=dict)  # our name -> its path
    unparsable: list[str] = field(default_factory=list)
    functions: int = 0
    typed: int = 0
    documented: int = 0
    blocks: list[tuple[int, str]] = field(default_factory=list)
    test_lines: int = 0
    bytes: int = 0
    is_cut: bool = False


def worth_reading(files: Iterable[FileFact]) -> list[FileFact]:
    """The source files of a listing, tests included, the shallow ones first, within limits."""
    found = [f for f in files if _is_surveyed(f.path)]
    found.sort(key=lambda file: (file.path.count("/"), file.path))
    return found[:MAX_FILES]


def _is_surveyed(path: str) -> bool:
    return paths.kind(path) in {paths.SOURCE, paths.TEST}


def survey(listing: Sequence[str], contents: Iterable[tuple[str, bytes]]) -> CodeSurvey:
    """What tools count in ``contents``; ``listing`` has every path of the repository."""
    tally = _Tally(is_cut=sum(map(_is_surveyed, listing)) > MAX_FILES)
    with tempfile.TemporaryDirectory(prefix="registry-survey-") as name:
        folder = Path(name)
        for path, data in contents:
            if tally.bytes + len(data) > MAX_TOTAL_BYTES:
                tally.is_cut = True
                break
            _read(tally, folder, path, data)
        findings, problem = _findings(folder) if tally.python else ({}, "")
    return _result(tally, listing, findings, problem)


def _read(tally: _Tally, folder: Path, path: str, data: bytes) -> None:
    text, _ = decode(data)
    if not text or paths.looks_generated(text):
        return
    count = sum(1 for line in text.splitlines() if line.strip())
    tally.files += 1
    tally.bytes += len(data)
    tally.lines[language(path)] += count
    if paths.kind(path) == paths.TEST:
        tally.test_lines += count
    if path.lower().endswith(".py"):
        ours = f"f{len(tally.python)}.py"
        tally.python[ours] = path
        (folder / ours).write_text(text, encoding="utf-8", newline="")
        if len(data) <= MAX_PARSED_BYTES:
            _parse(tally, path, text)


def _parse(tally: _Tally, path: str, text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                tally.functions += 1
                tally.typed += _is_typed(node)
                tally.documented += ast.get_docstring(node, clean=False) is not None
        tally.blocks += [
            (score, f"{path}:{line} {name}") for score, line, name in _complexity(tree)
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tally.unparsable.append(path)


def _is_typed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    named = [one for one in arguments if one.arg not in {"self", "cls"}]
    if not named:
        return node.returns is not None
    return any(one.annotation is not None for one in named) or node.returns is not None


def _complexity(tree: ast.Module) -> Iterable[tuple[int, int, str]]:
    from radon.visitors import ComplexityVisitor

    visitor = ComplexityVisitor.from_ast(tree)
    for block in visitor.functions:
        yield block.complexity, block.lineno, block.name
    for owner in visitor.classes:
        for block in owner.methods:
            yield block.complexity, block.lineno, f"{owner.name}.{block.name}"


def _findings(folder: Path) -> tuple[dict[str, int], str]:
    """Ruff's findings per rule, without any configuration but the one on its command line."""
    command = [
        _ruff(), "check", "--isolated", "--no-cache", "--no-respect-gitignore", "--exit-zero",
        "--quiet", "--ignore-noqa", f"--select={RULES}", f"--ignore={IGNORED}",
        "--target-version=py313", "--output-format=json", ".",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env={"PATH": os.defpath, "HOME": str(folder), "RUFF_NO_CACHE": "true"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=TOOL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {}, "The linter took too long."
        output.seek(0)
        if done.returncode:
            return {}, f"The linter failed with status {done.returncode}."
        found: list[dict[str, Any]] = json.load(output)
    rules = Counter(str(one.get("code") or "syntax") for one in found)
    return dict(sorted(rules.items())), ""


def _ruff() -> str:
    beside = Path(sys.executable).parent / "ruff"
    return str(beside) if beside.exists() else "ruff"


def _result(
    tally: _Tally, listing: Sequence[str], findings: dict[str, int], problem: str
) -> CodeSurvey:
    scores = [score for score, _ in tally.blocks]
    worst = sorted(tally.blocks, key=lambda block: (-block[0], block[1]))[:10]
    return CodeSurvey(
        files=tally.files,
        lines=tally.lines.total(),
        lines_by_language=dict(sorted(tally.lines.items())),
        python_files=len(tally.python),
        python_lines=tally.lines["Python"],
        unparsable=tuple(tally.unparsable[:50]),
        findings=findings,
        blocks=len(scores),
        complexity_mean=round(sum(scores) / len(scores), 3) if scores else None,
        complex_blocks=sum(score > COMPLEX for score in scores),
        worst_blocks=tuple((name, score) for score, name in worst if score > COMPLEX),
        functions=tally.functions,
        typed_functions=tally.typed,
        documented_functions=tally.documented,
        test_files=tuple(path for path in listing if paths.kind(path) == paths.TEST)[:500],
        test_lines=tally.test_lines,
        ci_files=tuple(path for path in listing if _CI.fullmatch(path))[:50],
        dependency_files=tuple(path for path in listing if _DEPENDENCIES.fullmatch(path))[:50],
        tools={name: version(name) for name in ("ruff", "radon")},
        is_complete=not tally.is_cut,
        problem=problem,
    )
