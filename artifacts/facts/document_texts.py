"""The small texts that judgement reads: licences, configurations, requirements, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from artifacts.facts import cards
from artifacts.facts.records import Facts, FileFact
from artifacts.facts.small_files import Checkout, read_small

MAX_DOCUMENT_BYTES = 256 * 1024
MAX_DOCUMENTS = 200
MAX_DOCUMENTS_BYTES = 2 * 1024**2
MAX_LICENCES = 50

README = re.compile(
    r"(?:(?:docs|\.github)/)?readme(?:\.(?:md|markdown|rst|txt|org))?", re.IGNORECASE
)
_LICENCE = re.compile(
    r"(?:[^/]*/)?(?:licen[cs]es?/[^/]+|(?:[\w.-]*(?:licen[cs]e|copying|copyright|notice|eula)"
    r"|unlicense|use[-_]policy|acceptable[-_]use[\w.-]*)(?:[._-][^/]*)?)",
    re.IGNORECASE,
)
_CONFIG = re.compile(
    r"(?:[^/]*/)?(?:config|adapter_config|generation_config|preprocessor_config|tokenizer_config"
    r"|model_index|dataset_infos|[\w.-]+\.index)\.json"
    r"|(?:[^/]*/)?(?:config|[\w.-]*merge[\w.-]*)\.ya?ml",
    re.IGNORECASE,
)
_PROJECT = re.compile(
    r"(?:[^/]*/)?(?:requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|environment\.ya?ml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|pipfile|conda\.ya?ml|citation\.cff|codeowners|\.mailmap)"
    r"|requirements/[\w.-]+\.(?:txt|in)",
    re.IGNORECASE,
)
_NOT_A_LICENCE = re.compile(
    r"\.(?:py|pyi|js|ts|go|rs|java|c|h|cc|cpp|png|jpg|svg|html)$", re.IGNORECASE
)


def about_licence(files: Iterable[FileFact]) -> list[FileFact]:
    """The README and the licence files of a listing, nearest to the root first."""
    found = [
        file
        for file in files
        if file.path.count("/") < 2 and (_is_licence(file.path) or README.fullmatch(file.path))
    ]
    return sorted(found, key=lambda file: (file.path.count("/"), file.path))[:MAX_LICENCES]


def with_documents(facts: Facts, checkout: Checkout, *, has_scripts: bool) -> Facts:
    """The small texts that judgement reads; what could not be read is named.

    ``has_scripts`` says whether a Python file near the root is a text about the artifact, as
    beside the weights of a model, or one of many files of a project.
    """
    documents: dict[str, str] = {}
    problems: list[str] = []
    license_problems: list[str] = []
    remaining = MAX_DOCUMENTS_BYTES
    for file in _worth_reading(facts, has_scripts=has_scripts):
        data = read_small(checkout, file, min(MAX_DOCUMENT_BYTES, remaining))
        text, problem = cards.decode(data) if data is not None else ("", "It is too large to keep.")
        if data is not None:
            remaining -= len(data)
            documents[file.path] = text
        if problem:
            is_licence = _is_licence(file.path) and not text
            (license_problems if is_licence else problems).append(f"{file.path}: {problem}")
    return replace(
        facts,
        documents=documents,
        documents_problem=" ".join(problems[:10]),
        license_problem=" ".join(license_problems[:10]),
    )


def _worth_reading(facts: Facts, *, has_scripts: bool) -> list[FileFact]:
    """Licences first, then configurations, each group from the root downwards."""
    ranked = []
    for file in facts.files:
        rank = _rank(file.path, has_scripts=has_scripts)
        if rank is not None and file.path != facts.readme_path:
            ranked.append((rank, file.path.count("/"), file.path, file))
    return [file for *_, file in sorted(ranked, key=lambda entry: entry[:3])[:MAX_DOCUMENTS]]


def _rank(path: str, *, has_scripts: bool) -> int | None:
    if _is_licence(path):
        return 0
    if _CONFIG.fullmatch(path):
        return 1
    if _PROJECT.fullmatch(path):
        return 2
    is_script = has_scripts and path.endswith(".py") and path.count("/") < 2
    return 3 if is_script else None


def _is_licence(path: str) -> bool:
    return _LICENCE.fullmatch(path) is not None and not _NOT_A_LICENCE.search(path)
