"""What a maker hands back, and the texts that makers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from tests.hub.history import Step, write_history
from tests.hub.repositories import Repository

DATA = Path(__file__).parent.parent / "data"
APACHE = DATA / "LICENSE-Apache-2.0.txt"
CC_BY = DATA / "LICENSE-CC-BY-4.0.txt"
MIT = DATA / "LICENSE-MIT.txt"

GITATTRIBUTES = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
PUBLIC_ADDRESSES = {
    "models": "https://huggingface.co/",
    "datasets": "https://huggingface.co/datasets/",
    "github": "https://github.com/",
}


@dataclass(frozen=True)
class Made:
    """A repository on the hub, and what is true about it."""

    kind: str
    id: str
    folder: Path

    @property
    def url(self) -> str:
        """The address to paste, in the form of the public hubs."""
        return PUBLIC_ADDRESSES[self.kind] + self.id

    @property
    def revision(self) -> str:
        """The commit of main."""
        commit = self.repository.commit("main")
        assert commit
        return commit

    @property
    def repository(self) -> Repository:
        return Repository(self.folder, self.kind, self.id)

    def files(self, revision: str = "") -> dict[str, bytes]:
        """Every file at a revision, main's by default, with LFS files as what they stand for."""
        repository = self.repository
        entries = repository.files(revision or self.revision)
        return {entry.path: repository.read(entry) for entry in entries}


def make(
    root: Path,
    kind: str,
    repo_id: str,
    steps: Iterable[Step],
    about: Mapping[str, Any] | None = None,
) -> Made:
    """Write a repository below ``root``, unless it is there."""
    folder = root / kind / repo_id
    if not (folder / ".git").exists():
        is_code = kind == "github"
        write_history(folder, steps, lfs=not is_code, about=about, keep_branches=not is_code)
    return Made(kind, repo_id, folder)


def text(path: str, **values: object) -> bytes:
    """A file of ``data/`` with its ``$placeholders`` filled in."""
    return Template((DATA / path).read_text()).substitute(values).encode()
