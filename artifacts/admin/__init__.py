"""What exists, for operators: facts are read-only, what can be done are actions."""

from __future__ import annotations

from artifacts.admin import artifacts, files, versions

__all__ = ["artifacts", "files", "versions"]
