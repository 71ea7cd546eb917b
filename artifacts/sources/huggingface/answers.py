"""What the Hub answers, as facts: its description of a repository, its tree, its commits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from artifacts.facts import Facts, FileFact, History, Identity, Popularity
from artifacts.sources.errors import SourceBroken
from artifacts.sources.huggingface.repository_urls import TITLE
from artifacts.sources.place import Place
from artifacts.sources.transport import redirected

if TYPE_CHECKING:
    from huggingface_hub import DatasetInfo, ModelInfo

_SHA = re.compile(r"[0-9a-f]{40}")
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@contextmanager
def sense(what: str) -> Iterator[None]:
    """Answers that do not follow the protocol are the source's fault, and said so."""
    try:
        with redirected(TITLE):
            yield
    except _MALFORMED as exc:
        reason = f"its answer {what} is not what the Hub's protocol says ({type(exc).__name__})."
        raise SourceBroken(source=TITLE, reason=reason) from exc


def pinned_sha(info: ModelInfo | DatasetInfo, revision: str) -> str:
    sha = info.sha
    if not isinstance(sha, str) or not _SHA.fullmatch(sha):
        raise SourceBroken(source=TITLE, reason="it does not say which commit it describes.")
    if _SHA.fullmatch(revision) and sha != revision:
        raise SourceBroken(source=TITLE, reason="it describes another commit than was asked for.")
    return sha


def from_tree(entry: dict[str, Any]) -> FileFact:
    """One file with its digest; of what is kept with LFS some hubs list the pointer's size."""
    lfs = entry.get("lfs")
    return FileFact(
        path=entry["path"],
        size_bytes=lfs.get("size", entry.get("size")) if lfs else entry["size"],
        git_sha1="" if lfs else _hex(entry["oid"], 40),
        sha256=_sha256(entry["path"], lfs["oid"]) if lfs else "",
        is_lfs=bool(lfs),
    )


def _sha256(path: object, oid: object) -> str:
    """The digest by which LFS knows a file; without it nobody could tell that it is the file."""
    said = oid.lower().removeprefix("sha256:") if isinstance(oid, str) else ""
    digest = _hex(said, 64)
    if not digest:
        raise SourceBroken(source=TITLE, reason=f"it states no digest of {_escaped(path)}.")
    return digest


def left_out(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Says which entries of a tree are neither a file nor a folder."""
    if entries:
        names = ", ".join(_escaped(entry["path"]) for entry in entries[:5])
        what = "entries that are no files" if len(entries) > 1 else "entry that is no file"
        yield f"{len(entries)} {what} left out: {names}"


def _escaped(path: object) -> str:
    """An unchecked name in letters that every database and page can hold."""
    return str(path)[:200].encode("unicode_escape").decode()


def _hex(value: object, length: int) -> str:
    text = value if isinstance(value, str) else ""
    return text if re.fullmatch(rf"[0-9a-f]{{{length}}}", text) else ""


def described(
    place: Place, info: ModelInfo | DatasetInfo, sha: str, files: tuple[FileFact, ...]
) -> Facts:
    tags = tuple(tag for tag in info.tags or () if isinstance(tag, str))
    return Facts(
        type=place.type,
        url=place.url,
        revision=sha,
        name=place.name,
        source=place.source,
        description=str(getattr(info, "description", "") or "")[:2_000],
        created=_moment(info.created_at),
        modified=_moment(info.last_modified),
        metadata_license=_license(tags),
        tags=tags,
        files=files,
        popularity=Popularity(downloads=_count(info.downloads), likes=_count(info.likes)),
    )


def _license(tags: tuple[str, ...]) -> str:
    found = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return ", ".join(found)


def _moment(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def condensed(commits: list[dict[str, Any]], *, is_complete: bool) -> History:
    by_name: Counter[str] = Counter()
    for commit in commits:
        by_name.update({str(author["user"]) for author in commit["authors"]})
    dates = sorted(str(commit["date"]) for commit in commits)
    return History(
        commits=len(commits),
        first=dates[0] if dates else "",
        last=dates[-1] if dates else "",
        identities=tuple(Identity(name) for name in by_name),
        commits_by_identity=tuple(by_name.values()),
        is_complete=is_complete,
    )
