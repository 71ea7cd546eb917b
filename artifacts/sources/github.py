"""Reads code repositories of GitHub through git over HTTP: https://git-scm.com/docs/http-protocol"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from artifacts.facts import Facts, History, Popularity, history, paths
from artifacts.sources import contents, git, places, retrying, transport
from artifacts.sources.checkout import Checkout, listed, measured
from artifacts.sources.egress import Guard
from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceTooLarge,
    SourceUnavailable,
    UnrecognisedUrl,
)
from artifacts.sources.file_list import checked_files
from artifacts.sources.places import Place

TITLE = places.TITLES[places.GITHUB]
MAX_POINTERS = 500
MAX_LICENCE_BYTES = 64 * 1024**2  # the names of 100,000 files are about 10 MB
_SHA = re.compile(r"[0-9a-f]{40}")
_SERVICE = "/info/refs?service=git-upload-pack"
_ADVERTISEMENT = "application/x-git-upload-pack-advertisement"


class GitHub:
    """Reads the GitHub that ``GITHUB_URL`` names."""

    def __init__(self) -> None:
        self.base: str = settings.GITHUB_URL
        self.token: str = settings.GITHUB_TOKEN
        self.guard = Guard(TITLE, (self.base, settings.GITHUB_API_URL))

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The tree and the history of one commit, readable as long as the block lasts."""
        place, remote = self._found(place)
        with git.repository() as repo:
            sha = _pin(repo, remote, revision)
            facts = _facts(place, repo, sha)
            history, problem = self._history(repo, remote, facts)
            facts = replace(facts, history=history, history_problem=problem)
            yield self._with_api(facts, place), _Files(repo, facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        """The files of facts that were collected before, fetched without their history."""
        _, remote = self._found(places.recognise(facts.url, type=facts.type))
        with git.repository() as repo:
            repo.fetch(remote, facts.revision, depth=1)
            yield _Files(repo, facts)

    @contextmanager
    def licensed(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The tree of one commit with only those of its files that speak of a licence.

        For a person who waits: little is asked for, and not for long.
        """
        place, remote = self._found(place)
        with git.repository(
            timeout_seconds=settings.SOURCE_TIMEOUT_SECONDS, max_bytes=MAX_LICENCE_BYTES
        ) as repo:
            sha = _pin(repo, remote, revision, without_blobs=True)
            found = [entry for entry in git.entries(repo, sha, has_blobs=False) if entry.is_file]
            chosen = contents.about_licence(entry.fact() for entry in found)
            if chosen:
                repo.fetch_blobs(remote, sorted({file.git_sha1 for file in chosen}))
            facts = Facts(
                type=place.type,
                url=place.url,
                revision=sha,
                name=place.name,
                source=place.source,
                files=checked_files(TITLE, chosen),
            )
            yield facts, _Files(repo, facts)

    def _history(
        self, repo: git.Repository, remote: git.Remote, facts: Facts
    ) -> tuple[History | None, str]:
        """Who wrote what; where the whole is too large, what can be known without contents."""
        try:
            has_lines = _deepen(repo, remote, facts.revision)
        except SourceError as exc:
            return None, str(exc)
        how = history.WITH_LINES if has_lines else history.WITHOUT_BLOBS
        with (
            self._confirming(facts) as confirm,
            repo.stream(*history.LOG_ARGUMENTS, *how, facts.revision) as process,
        ):
            head = [file.path for file in facts.files]
            found = history.condense(
                git.records(process, b"\0"), head, has_lines=has_lines, confirm=confirm
            )
            if process.wait():
                return None, "git could not read the history."
        return found, found.problem

    @contextmanager
    def _confirming(self, facts: Facts) -> Iterator[history.Confirm | None]:
        """Asks GitHub which pull request a commit came through; only with a token."""
        if not self.token:
            yield None
            return
        repo = facts.url.removeprefix(f"{places.PUBLIC_URL[places.GITHUB]}/")
        with closing(self._api()) as client:

            def confirm(sha: str) -> bool | None:
                url = f"{settings.GITHUB_API_URL}/repos/{repo}/commits/{sha}/pulls"
                try:
                    pulls = retrying.patiently(client.get, url).json()
                except (SourceError, ValueError, RecursionError, httpx2.HTTPError):
                    return None
                merged = pulls if isinstance(pulls, list) else []
                return any(isinstance(pull, dict) and pull.get("merged_at") for pull in merged)

            yield confirm

    def _api(self) -> httpx2.Client:
        headers = {"Accept": "application/vnd.github+json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return transport.client(self.guard, headers)

    def _with_api(self, facts: Facts, place: Place) -> Facts:
        """Description, topics and stars, which only the API knows; asked with a token only.

        Without a token the API answers so rarely that the same artifact would get
        different facts on a busy day.
        """
        if not self.token:
            return facts
        try:
            with closing(self._api()) as client:
                url = f"{settings.GITHUB_API_URL}/repos/{place.repo}"
                said = retrying.patiently(client.get, url).json()
        except (SourceError, ValueError, RecursionError, httpx2.HTTPError):
            return facts
        if not isinstance(said, dict):
            return facts
        stars, topics = said.get("stargazers_count"), said.get("topics")
        return replace(
            facts,
            description=str(said.get("description") or "")[:2_000],
            tags=tuple(str(topic) for topic in topics) if isinstance(topics, list) else (),
            popularity=Popularity(stars=stars if isinstance(stars, int) else None),
        )

    def exists(self, place: Place) -> bool | None:
        """Whether GitHub knows this repository; None where it does not say."""
        try:
            self._found(place)
        except (SourceNotFound, SourceForbidden):
            return False
        except SourceError:
            return None
        return True

    def _found(self, place: Place) -> tuple[Place, git.Remote]:
        """The repository under its present name, and where git may fetch it from.

        Asked by our own client first: it knows the status and follows renames only within
        the configured hosts. Git itself then follows nothing.
        """
        address = retrying.patiently(self._advertised, place)
        place = _canonical(self.base, place, address)
        return place, self._remote(address.removesuffix(_SERVICE))

    def _advertised(self, place: Place) -> str:
        """The address at which git's service answers, after the redirects."""
        headers = {"Git-Protocol": "version=2"}
        if self.token:
            headers["Authorization"] = _basic(self.token)
        url = f"{self.base}/{place.repo}.git{_SERVICE}"
        with closing(transport.client(self.guard, headers)) as client:
            try:
                with client.stream("GET", url) as response:
                    kind = response.headers.get("Content-Type", "")
                    address = str(response.url)
            except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
                raise SourceBroken(
                    source=TITLE, reason=f"its redirects lead nowhere ({type(exc).__name__})."
                ) from exc
            except SourceForbidden as exc:
                if exc.details.get("status") == 401:  # what GitHub tells about unknown names
                    raise SourceNotFound(source=TITLE, what="such repository") from exc
                raise
        if not kind.startswith(_ADVERTISEMENT):
            raise SourceUnavailable(
                source=TITLE, reason="a web page came in place of git's answer."
            )
        return address

    def _remote(self, url: str) -> git.Remote:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = self.guard.addresses(parts.hostname or "", port)
        token = self.token if url.startswith(f"{self.base}/") else ""
        return git.Remote(url, tuple(found), token)


def _basic(token: str) -> str:
    return "Basic " + b64encode(f"x-access-token:{token}".encode()).decode()


def _canonical(base: str, place: Place, address: str) -> Place:
    if not address.startswith(f"{base}/") or not address.endswith(_SERVICE):
        raise SourceBroken(source=TITLE, reason="it moved to a place that is not GitHub.")
    repo = address.removeprefix(f"{base}/").removesuffix(_SERVICE).removesuffix(".git")
    try:
        return places.place(place.source, place.type, repo, place.revision)
    except UnrecognisedUrl as exc:
        raise SourceBroken(source=TITLE, reason=f"it calls it by another name: {exc}") from exc


def _pin(
    repo: git.Repository, remote: git.Remote, revision: str, *, without_blobs: bool = False
) -> str:
    """Fetch the commit that ``revision`` means, for now without what led to it."""
    what = _meaning(repo, remote, revision)
    repo.fetch(remote, what, depth=1, without_blobs=without_blobs)
    sha = repo.run("rev-parse", "--verify", "--quiet", f"{git.PINNED}^{{commit}}").decode().strip()
    if not _SHA.fullmatch(sha) or (_SHA.fullmatch(what) and sha != what):
        raise SourceBroken(source=TITLE, reason="it gave another commit than was asked for.")
    return sha


def _deepen(repo: git.Repository, remote: git.Remote, sha: str) -> bool:
    """Fetch the history; whether its contents came along, or only its commits and trees."""
    try:
        repo.fetch(remote, sha)
    except SourceTooLarge:
        repo.fetch(remote, sha, without_blobs=True)
        return False
    return True


def _meaning(repo: git.Repository, remote: git.Remote, revision: str) -> str:
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


def _refs(repo: git.Repository, remote: git.Remote, revision: str) -> dict[str, str]:
    first = revision.split("/", maxsplit=1)[0]
    patterns = [f"refs/heads/{first}*", f"refs/tags/{first}*", f"{first}*"] if revision else []
    listing = repo.run("ls-remote", "--quiet", remote.url, *(patterns or ["HEAD"]), remote=remote)
    found = (line.split("\t", 1) for line in listing.decode("utf-8", "replace").splitlines())
    return {ref: sha for sha, ref in found}


def _facts(place: Place, repo: git.Repository, sha: str) -> Facts:
    found = list(git.entries(repo, sha))
    files = checked_files(TITLE, (entry.fact() for entry in found if entry.is_file))
    dates = repo.run("show", "-s", "--format=%cI", sha).decode().strip()
    return Facts(
        type=place.type,
        url=place.url,
        revision=sha,
        name=place.name,
        source=place.source,
        modified=dates,
        files=files,
        notes=(*_notes(found), *_pointer_note(repo, found)),
    )


def _notes(entries: list[git.Entry]) -> Iterator[str]:
    """What the tree holds besides files; none of it is followed."""
    links = [entry.path for entry in entries if entry.is_link]
    modules = [entry.path for entry in entries if entry.mode == "160000"]
    for what, found in (("symbolic link", links), ("submodule", modules)):
        if found:
            shown = ", ".join(
                path.encode("ascii", "backslashreplace").decode() for path in found[:5]
            )
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            yield f"{len(found)} {what}{'s' * (len(found) > 1)} left out: {shown}{more}"


def _pointer_note(repo: git.Repository, entries: list[git.Entry]) -> list[str]:
    """Says which files are pointers of Git LFS, whose contents GitHub keeps elsewhere."""
    small = [e for e in entries if e.is_file and e.size is not None and 100 <= e.size <= 200]
    chosen = [e.path for e in small[:MAX_POINTERS] if _is_pointer(repo, e)]
    if not chosen:
        return []
    are = "files are Git LFS pointers" if len(chosen) > 1 else "file is a Git LFS pointer"
    return [f"{len(chosen)} {are}, kept as such: {', '.join(chosen[:5])}"]


def _is_pointer(repo: git.Repository, entry: git.Entry) -> bool:
    if paths.kind(entry.path) not in {paths.WEIGHTS, paths.DATA, paths.MEDIA, paths.OTHER}:
        return False
    return b"".join(repo.blob(entry.oid)).startswith(b"version https://git-lfs.github.com/spec/")


class _Files:
    """The files of one commit, out of the store of a bare repository."""

    def __init__(self, repo: git.Repository, facts: Facts) -> None:
        self.repo = repo
        self._files = {file.path: file for file in facts.files}

    def read(self, path: str) -> Iterator[bytes]:
        file = listed(TITLE, self._files, path)
        yield from measured(TITLE, file, self.repo.blob(file.git_sha1))

    def read_part(self, path: str, offset: int, size: int) -> bytes:
        file = listed(TITLE, self._files, path)
        received = bytearray()
        with closing(self.repo.blob(file.git_sha1)) as chunks:
            for chunk in chunks:
                received += chunk
                if len(received) >= offset + size:
                    break
        return bytes(received[offset : offset + size])
