"""Where anybody can open what a question looked at."""

from __future__ import annotations

from artifacts.facts import Facts


def address_of(facts: Facts, path: str = "", line: int | None = None, *, commit: str = "") -> str:
    """The address of a file, a line of it, or a commit of ``facts``; '' where none is public."""
    if not facts.url.startswith(("https://", "http://")):
        return ""
    if commit:
        return facts.pages.of_commit(facts.url, commit)
    if not path:
        return facts.pages.of_revision(facts.url, facts.revision)
    return facts.pages.of_file(facts.url, facts.revision, path, line)


def history_address(facts: Facts) -> str:
    """The address of the commits of ``facts``; '' where none is public."""
    return address_of(facts) and facts.pages.of_history(facts.url, facts.revision)


def readme_address(facts: Facts, line: int | None = None) -> str:
    """The address of a line of the README of ``facts``."""
    return address_of(facts, facts.readme_path or "README.md", line)
