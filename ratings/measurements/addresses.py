"""Where anybody can open what a question looked at."""

from __future__ import annotations

from urllib.parse import quote

from artifacts.facts import Facts


def address_of(facts: Facts, path: str = "", line: int | None = None, *, commit: str = "") -> str:
    """The address of a file, a line of it, or a commit of ``facts``; '' where none is public."""
    if not facts.url.startswith(("https://", "http://")):
        return ""
    if commit:
        return f"{facts.url}/commit/{commit}"
    if not path:
        return f"{facts.url}/tree/{facts.revision}" if facts.revision else facts.url
    anchor = f"#L{line}" if line else ""
    if anchor and facts.source == "github" and path.lower().endswith((".md", ".ipynb")):
        anchor = f"?plain=1{anchor}"  # GitHub numbers the lines of the plain view only
    return f"{facts.url}/blob/{facts.revision}/{quote(path)}{anchor}"


def readme_address(facts: Facts, line: int | None = None) -> str:
    """The address of a line of the README of ``facts``."""
    return address_of(facts, facts.readme_path or "README.md", line)
