"""Reads models and datasets of the Hugging Face Hub: https://huggingface.co/docs/hub/api"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from artifacts.facts import Facts, FileFact, History, Identity, Popularity
from artifacts.sources import hub_library, places, retrying, transport
from artifacts.sources.checkout import Checkout
from artifacts.sources.egress import Guard
from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceTooLarge,
    UnrecognisedUrl,
)
from artifacts.sources.file_list import checked_files
from artifacts.sources.hub_files import Files, reached
from artifacts.sources.places import Place

if TYPE_CHECKING:
    from huggingface_hub import DatasetInfo, ModelInfo

TITLE = places.TITLES[places.HUGGINGFACE]
MAX_PAGES = 2_000  # the Hub puts 1,000 files on a page, others far fewer
MAX_COMMIT_PAGES = 40
MAX_ENTRIES_PER_FILE = 4  # folders are listed as well
_SHA = re.compile(r"[0-9a-f]{40}")
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


class HuggingFace:
    """Reads the Hub that ``HF_ENDPOINT`` names, with the token of ``HUGGINGFACE_HUB_TOKEN``."""

    def __init__(self) -> None:
        self.endpoint: str = settings.HF_ENDPOINT
        self.token: str = settings.HUGGINGFACE_HUB_TOKEN
        self.guard = Guard(TITLE, (self.endpoint,))

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The facts of the Hub's own records, and the files, at one commit."""
        with self._client() as client:
            info = retrying.patiently(self._info, place, revision)
            sha = _sha(info, revision)
            place = _canonical(place, info)
            files, notes = self._files(client, place, sha)
            history, problem = self._history(client, place, sha)
            facts = replace(
                _facts(place, info, sha, files),
                history=history,
                history_problem=problem,
                notes=notes,
            )
            yield facts, Files(client, self._base(place), facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        """The files of facts that were collected before, without asking about them again."""
        place = places.recognise(facts.url, type=facts.type)
        with self._client() as client:
            yield Files(client, self._base(place), facts)

    def exists(self, place: Place) -> bool | None:
        """Whether the Hub knows this repository; None where it does not say."""
        with self._client() as client:
            try:
                retrying.patiently(client.get, self._api(place), params={"expand": "sha"})
            except SourceNotFound:
                return False
            except SourceForbidden:
                return True  # gated repositories exist
            except (SourceError, httpx2.HTTPError, httpx2.InvalidURL):
                return None
        return True

    @contextmanager
    def _client(self) -> Iterator[httpx2.Client]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with closing(transport.client(self.guard, headers)) as client:
            yield client

    def _base(self, place: Place) -> str:
        return f"{self.endpoint}/{'datasets/' if place.type == 'dataset' else ''}{place.repo}"

    def _api(self, place: Place) -> str:
        return f"{self.endpoint}/api/{place.type}s/{place.repo}"

    def _info(self, place: Place, revision: str) -> ModelInfo | DatasetInfo:
        with (
            hub_library.speaking_through(transport.Transport(self.guard)),
            _sense(f"about {place.repo}"),
        ):
            api = hub_library.library(self.endpoint, self.token)
            ask = api.dataset_info if place.type == "dataset" else api.model_info
            return ask(
                place.repo,
                revision=revision or None,
                timeout=settings.SOURCE_TIMEOUT_SECONDS,
            )

    def _files(
        self, client: httpx2.Client, place: Place, sha: str
    ) -> tuple[tuple[FileFact, ...], tuple[str, ...]]:
        """Every file of the commit's tree, and what the tree holds besides files, in words.

        The list inside the description of a repository is no list: hubs cut it short.
        """
        pages = self._pages(client, f"{self._api(place)}/tree/{sha}", {"recursive": "true"})
        with _sense("listing its files"):
            entries: list[dict[str, Any]] = []
            for page in pages:
                entries += page
                if len(entries) > MAX_ENTRIES_PER_FILE * settings.SOURCE_MAX_FILES:
                    raise SourceTooLarge(
                        source=TITLE, reason=f"{len(entries):,} files and folders."
                    )
            files = checked_files(TITLE, (_from_tree(e) for e in entries if e["type"] == "file"))
            others = [e for e in entries if e["type"] not in {"file", "directory"}]
            return files, tuple(_left_out(others))

    def _history(self, client: httpx2.Client, place: Place, sha: str) -> tuple[History | None, str]:
        """Who committed to the Hub's repository; trouble here is a fact, not a failure."""
        try:
            pages = self._pages(client, f"{self._api(place)}/commits/{sha}", {})
            read = list(islice(pages, MAX_COMMIT_PAGES + 1))
            with _sense("about its commits"):
                commits = [commit for page in read[:MAX_COMMIT_PAGES] for commit in page]
                return _condensed(commits, is_complete=len(read) <= MAX_COMMIT_PAGES), ""
        except SourceError as exc:
            return None, str(exc)

    def _pages(
        self, client: httpx2.Client, url: str, query: Mapping[str, str]
    ) -> Iterator[list[dict[str, Any]]]:
        """Page after page. Of the next page's address only the query counts, never the host."""
        asked: set[str] = set()
        following = httpx2.QueryParams(query)
        while str(following) not in asked:
            if len(asked) == MAX_PAGES:
                raise SourceTooLarge(source=TITLE, reason=f"a list of over {MAX_PAGES} pages.")
            asked.add(str(following))
            with _sense("a page of a list"):
                response = retrying.patiently(client.get, url, params=following)
                page = response.json()
                link = response.links.get("next", {}).get("url", "")
            if not isinstance(page, list):
                raise SourceBroken(source=TITLE, reason="a page of a list is not a list.")
            yield page
            if not link:
                return
            following = httpx2.QueryParams(urlsplit(link).query)
        raise SourceBroken(source=TITLE, reason="its pages go round in circles.")


@contextmanager
def _sense(what: str) -> Iterator[None]:
    """Answers that do not follow the protocol are the source's fault, and said so."""
    try:
        with reached():
            yield
    except _MALFORMED as exc:
        reason = f"its answer {what} is not what the Hub's protocol says ({type(exc).__name__})."
        raise SourceBroken(source=TITLE, reason=reason) from exc


def _sha(info: ModelInfo | DatasetInfo, revision: str) -> str:
    sha = info.sha
    if not isinstance(sha, str) or not _SHA.fullmatch(sha):
        raise SourceBroken(source=TITLE, reason="it does not say which commit it describes.")
    if _SHA.fullmatch(revision) and sha != revision:
        raise SourceBroken(source=TITLE, reason="it describes another commit than was asked for.")
    return sha


def _canonical(place: Place, info: ModelInfo | DatasetInfo) -> Place:
    """The place under the name that the Hub uses now, which repositories can change."""
    try:
        return places.place(place.source, place.type, str(info.id), place.revision)
    except UnrecognisedUrl as exc:
        raise SourceBroken(source=TITLE, reason=f"it calls it by another name: {exc}") from exc


def _from_tree(entry: dict[str, Any]) -> FileFact:
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


def _left_out(entries: list[dict[str, Any]]) -> Iterator[str]:
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


def _facts(
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


def _condensed(commits: list[dict[str, Any]], *, is_complete: bool) -> History:
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
