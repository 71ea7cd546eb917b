"""What is read out of a checkout, whichever source it came from: texts and headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from artifacts.facts import Facts, FileFact, Weights, cards, code_survey, headers, references
from artifacts.sources.checkout import Checkout, read_small

MAX_README_BYTES = 4 * 1024**2
MAX_DOCUMENT_BYTES = 256 * 1024
MAX_DOCUMENTS = 200
MAX_DOCUMENTS_BYTES = 2 * 1024**2
MAX_HEADERS = 300
MAX_LICENCES = 50

_README = re.compile(
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


def complete(facts: Facts, checkout: Checkout) -> Facts:
    """``facts`` with everything that its files say."""
    facts = _with_readme(facts, checkout)
    facts = _with_documents(facts, checkout)
    facts = replace(facts, weights=tuple(_weights(facts.files, checkout)))
    facts = replace(facts, survey=_survey(facts, checkout))
    return replace(facts, references=references.of(facts))


def licences(facts: Facts, checkout: Checkout) -> Facts:
    """``facts`` with the texts of its README and of its licence files only."""
    return _with_documents(_with_readme(facts, checkout), checkout)


def about_licence(files: Iterable[FileFact]) -> list[FileFact]:
    """The README and the licence files of a listing, nearest to the root first."""
    found = [
        file
        for file in files
        if file.path.count("/") < 2 and (_is_licence(file.path) or _README.fullmatch(file.path))
    ]
    return sorted(found, key=lambda file: (file.path.count("/"), file.path))[:MAX_LICENCES]


def _with_readme(facts: Facts, checkout: Checkout) -> Facts:
    found = [file for file in facts.files if _README.fullmatch(file.path)]
    if not found:
        return facts
    # README.md of the root first; plain text is what remains where there is nothing better
    file = min(found, key=lambda f: (f.path.count("/"), not f.path.lower().endswith(".md"), f.path))
    data = read_small(checkout, file, MAX_README_BYTES)
    if data is None:
        reason = f"It is larger than {MAX_README_BYTES:,} bytes."
        return replace(facts, readme_path=file.path, readme_problem=reason)
    text, problem = cards.decode(data)
    if problem and not text:
        return replace(facts, readme_path=file.path, readme_problem=problem)
    notes = (*facts.notes, f"{file.path}: {problem}") if problem else facts.notes
    facts = replace(facts, readme=text, readme_path=file.path, notes=notes)
    if facts.source == "github":
        return facts  # front matter is a custom of the Hub
    card = cards.parse_card(text)
    return replace(facts, card=card.front, card_problem=card.problem)


def _with_documents(facts: Facts, checkout: Checkout) -> Facts:
    """The small texts that judgement reads; what could not be read is named."""
    documents: dict[str, str] = {}
    problems: list[str] = []
    license_problems: list[str] = []
    remaining = MAX_DOCUMENTS_BYTES
    for file in _worth_reading(facts):
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


def _worth_reading(facts: Facts) -> list[FileFact]:
    """Licences first, then configurations, each group from the root downwards."""
    ranked = []
    for file in facts.files:
        rank = _rank(facts, file.path)
        if rank is not None and file.path != facts.readme_path:
            ranked.append((rank, file.path.count("/"), file.path, file))
    return [file for *_, file in sorted(ranked, key=lambda entry: entry[:3])[:MAX_DOCUMENTS]]


def _rank(facts: Facts, path: str) -> int | None:
    if _is_licence(path):
        return 0
    if _CONFIG.fullmatch(path):
        return 1
    if _PROJECT.fullmatch(path):
        return 2
    is_script = facts.source != "github" and path.endswith(".py") and path.count("/") < 2
    return 3 if is_script else None


def _is_licence(path: str) -> bool:
    return _LICENCE.fullmatch(path) is not None and not _NOT_A_LICENCE.search(path)


def _weights(files: Iterable[FileFact], checkout: Checkout) -> Iterator[Weights]:
    found = [file for file in files if headers.is_readable(file.path) and file.size_bytes]
    for file in found[:MAX_HEADERS]:

        def read(offset: int, size: int, path: str = file.path) -> bytes:
            return checkout.read_part(path, offset, size)

        yield headers.read_weights(file.path, read, file.size_bytes or 0)
    for file in found[MAX_HEADERS:]:
        kind = headers.kind(file.path)
        yield Weights(file.path, kind, 0, problem=f"Only {MAX_HEADERS} headers are read.")


def _survey(facts: Facts, checkout: Checkout) -> code_survey.CodeSurvey | None:
    wanted = code_survey.worth_reading(facts.files)
    if facts.type != "code" and not any(file.path.endswith(".py") for file in wanted):
        return None
    contents = (
        (file.path, data)
        for file in wanted
        if (data := read_small(checkout, file, code_survey.MAX_FILE_BYTES)) is not None
    )
    return code_survey.survey([file.path for file in facts.files], contents)
