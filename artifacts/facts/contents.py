"""What is read out of a checkout, whichever source it came from: texts and headers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from artifacts.facts import cards, code_survey, headers, references
from artifacts.facts.document_texts import README, with_documents
from artifacts.facts.known_addresses import Addresses
from artifacts.facts.records import CodeSurvey, Facts, FileFact, Weights
from artifacts.facts.small_files import Checkout, read_small

MAX_README_BYTES = 4 * 1024**2
MAX_HEADERS = 300


def complete(facts: Facts, checkout: Checkout, addresses: Addresses, *, has_cards: bool) -> Facts:
    """``facts`` with everything that its files say.

    ``has_cards`` says whether READMEs of this source begin with a card, the front matter of a
    model or dataset; those of code projects do not.
    """
    facts = licences(facts, checkout, has_cards=has_cards)
    facts = replace(facts, weights=tuple(_weights(facts.files, checkout)))
    facts = replace(facts, survey=_survey(facts, checkout))
    return replace(facts, references=references.of(facts, addresses))


def licences(facts: Facts, checkout: Checkout, *, has_cards: bool) -> Facts:
    """``facts`` with the texts of its README and of its documents only."""
    facts = _with_readme(facts, checkout, has_cards=has_cards)
    return with_documents(facts, checkout, has_scripts=has_cards)


def _with_readme(facts: Facts, checkout: Checkout, *, has_cards: bool) -> Facts:
    found = [file for file in facts.files if README.fullmatch(file.path)]
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
    if not has_cards:
        return facts
    card = cards.parse_card(text)
    return replace(facts, card=card.front, card_problem=card.problem)


def _weights(files: Iterable[FileFact], checkout: Checkout) -> Iterator[Weights]:
    found = [file for file in files if headers.is_readable(file.path) and file.size_bytes]
    for file in found[:MAX_HEADERS]:

        def read(offset: int, size: int, path: str = file.path) -> bytes:
            return checkout.read_part(path, offset, size)

        yield headers.read_weights(file.path, read, file.size_bytes or 0)
    for file in found[MAX_HEADERS:]:
        kind = headers.kind(file.path)
        yield Weights(file.path, kind, 0, problem=f"Only {MAX_HEADERS} headers are read.")


def _survey(facts: Facts, checkout: Checkout) -> CodeSurvey | None:
    wanted = code_survey.worth_reading(facts.files)
    if facts.type != "code" and not any(file.path.endswith(".py") for file in wanted):
        return None
    contents = (
        (file.path, data)
        for file in wanted
        if (data := read_small(checkout, file, code_survey.MAX_FILE_BYTES)) is not None
    )
    return code_survey.survey([file.path for file in facts.files], contents)
