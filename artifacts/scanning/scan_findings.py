"""What the scan of a file found: its shape in the database and the API, and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

MAX_STORED = 500  # characters of a detail
MAX_SHOWN = 200

Kind = Literal[
    "code_in_config", "device", "keras_lambda", "keras_module", "link", "opaque", "path_in_config",
    "pickle_import", "pickle_rest", "program", "secret", "traversal", "unreadable", "zip_structure",
]  # fmt: skip


class FileFinding(TypedDict):
    """One finding as ``File.findings`` keeps it and the API shows it."""

    kind: Kind
    severity: str  # danger, error, warning
    detail: str  # what was found: a part of a sentence, without a full stop
    offset: NotRequired[int]  # the byte where it begins
    line: NotRequired[int]  # counted from 1


WHY: dict[Kind, str] = {
    "code_in_config": "Who loads this configuration with such code allowed runs it.",
    "device": "Unpacking it makes a device of the machine.",
    "keras_lambda": "Loading the model can run that code.",
    "keras_module": "Loading the model imports and runs that module.",
    "link": "Unpacked, it may lead to files outside its directory.",
    "opaque": "What is in it is unknown.",
    "path_in_config": "Loading it reads a file of the reader's own machine.",
    "pickle_import": "What it does when the file is loaded is unknown.",
    "pickle_rest": "A program that reads on may find more there.",
    "program": "It can be run, and a model or dataset needs no program.",
    "secret": "Whoever reads the file can use it; it should be revoked.",
    "traversal": "Unpacking it writes to a place outside its directory.",
    "unreadable": "What is in it is unknown, so it is not called clean.",
    "zip_structure": "Programs disagree on what such an archive holds.",
}
WHY_DANGEROUS = {
    "pickle_import": "Loading the file can run programs or reach files and the network."
}
_VERBS = {"calls", "could", "has", "holds", "imports", "is"}  # a detail may begin with one


def visible(text: str) -> str:
    """``text`` in which signs that cannot be seen or kept are written as escapes."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "replace").decode()
        for sign in text
    )


def in_short(finding: Mapping[str, Any]) -> str:
    """What was found and where, as a part of a sentence: ``imports os.system, at byte 17``."""
    detail = finding.get("detail")
    said = visible(detail) if isinstance(detail, str) and detail else "the scan found something"
    said = f"{said[: MAX_SHOWN - 1]}…" if len(said) > MAX_SHOWN else said
    if "line" in finding:
        return f"{said}, in line {finding['line']:,}"
    return f"{said}, at byte {finding['offset']:,}" if "offset" in finding else said


def in_sentences(finding: Mapping[str, Any]) -> str:
    """What was found, where, and why it matters."""
    said = in_short(finding)
    first = said.split(" ", 1)[0]
    if first in _VERBS:
        said = f"It {said}"
    elif first.isalpha():  # not the name of a setting
        said = said[0].upper() + said[1:]
    return f"{said}. {_why(str(finding.get('kind')), finding.get('severity'))}".rstrip()


def _why(kind: str, severity: object) -> str:
    reasons: Mapping[Any, str] = WHY | WHY_DANGEROUS if severity == "danger" else WHY
    return reasons.get(kind, "")
