"""Which commit a revision means, and fetching it: alone first, then what led to it."""

from __future__ import annotations

import re

from artifacts.sources.errors import SourceBroken, SourceNotFound, SourceTooLarge
from artifacts.sources.github import git
from artifacts.sources.github.git_remote import GitRemote
from artifacts.sources.github.repository_urls import TITLE

_SHA = re.compile(r"[0-9a-f]{40}")


def pin(
    repo: git.Repository, remote: GitRemote, revision: str, *, without_blobs: bool = False
) -> str:
    """Fetch the commit that ``revision`` means, for now without what led to it."""
    what = _meaning(repo, remote, revision)
    repo.fetch(remote, what, depth=1, without_blobs=without_blobs)
    sha = repo.run("rev-parse", "--verify", "--quiet", f"{git.PINNED}^{{commit}}").decode().strip()
    if not _SHA.fullmatch(sha) or (_SHA.fullmatch(what) and sha != what):
        raise SourceBroken(source=TITLE, reason="it gave another commit than was asked for.")
    return sha


def deepen(repo: git.Repository, remote: GitRemote, sha: str) -> bool:
    """Fetch the history; whether its contents came along, or only its commits and trees."""
    try:
        repo.fetch(remote, sha)
    except SourceTooLarge:
        repo.fetch(remote, sha, without_blobs=True)
        return False
    return True


def _meaning(repo: git.Repository, remote: GitRemote, revision: str) -> str:
    """What to ask git for: a ref, or the commit itself. A branch wins over a tag of its name."""
    if _SHA.fullmatch(revision):
        return revision
    refs = _refs(repo, remote, revision)
    if not revision:
        if "HEAD" not in refs:
            raise SourceNotFound(source=TITLE, what="commit in this repository")
        return refs["HEAD"]
    for length in range(revision.count("/") + 1, 0, -1):
        name = "/".join(revision.split("/")[:length])
        for ref in (f"refs/heads/{name}", f"refs/tags/{name}^{{}}", f"refs/tags/{name}", name):
            if ref in refs:
                return refs[ref]
    raise SourceNotFound(source=TITLE, what=f"revision {revision!r} in this repository")


def _refs(repo: git.Repository, remote: GitRemote, revision: str) -> dict[str, str]:
    first = revision.split("/", maxsplit=1)[0]
    patterns = [f"refs/heads/{first}*", f"refs/tags/{first}*", f"{first}*"] if revision else []
    listing = repo.run("ls-remote", "--quiet", remote.url, *(patterns or ["HEAD"]), remote=remote)
    found = (line.split("\t", 1) for line in listing.decode("utf-8", "replace").splitlines())
    return {ref: sha for sha, ref in found}
