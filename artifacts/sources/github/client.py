"""Reads code repositories of GitHub through git over HTTP: https://git-scm.com/docs/http-protocol"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings

from artifacts.facts import Facts, History, history
from artifacts.facts.document_texts import about_licence
from artifacts.facts.small_files import Checkout
from artifacts.sources import retrying
from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    SourceUnavailable,
    UnrecognisedUrl,
)
from artifacts.sources.file_list import checked_files
from artifacts.sources.github import git
from artifacts.sources.github.git_remote import GitRemote, basic
from artifacts.sources.github.git_tree import records, tree_entries
from artifacts.sources.github.repository_urls import TITLE
from artifacts.sources.github.rest_api import RestApi
from artifacts.sources.github.revisions import deepen, pin
from artifacts.sources.github.tree_facts import GitFiles, facts_of_tree
from artifacts.sources.place import Place
from artifacts.sources.recognising import recognise
from artifacts.sources.sessions import session
from artifacts.sources.source import Source, SourceClient

MAX_LICENCE_BYTES = 64 * 1024**2  # the names of 100,000 files are about 10 MB
_SERVICE = "/info/refs?service=git-upload-pack"
_ADVERTISEMENT = "application/x-git-upload-pack-advertisement"


class GitHubClient(SourceClient):
    """Reads the GitHub that ``GITHUB_URL`` names."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.base: str = settings.GITHUB_URL
        self.token: str = settings.GITHUB_TOKEN
        self.guard = source.guard()
        self.api = RestApi(self.guard, self.token)

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The tree and the history of one commit, readable as long as the block lasts."""
        place, remote = self._found(place)
        with git.repository() as repo:
            sha = pin(repo, remote, revision)
            facts = facts_of_tree(place, repo, sha)
            history, problem = self._history(repo, remote, facts, place)
            facts = replace(facts, history=history, history_problem=problem)
            yield self.api.described(facts, place.repo), GitFiles(repo, facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        """The files of facts that were collected before, fetched without their history."""
        _, remote = self._found(recognise(facts.url, type=facts.type))
        with git.repository() as repo:
            repo.fetch(remote, facts.revision, depth=1)
            yield GitFiles(repo, facts)

    @contextmanager
    def licensed(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The tree of one commit with only those of its files that speak of a licence.

        For a person who waits: little is asked for, and not for long.
        """
        place, remote = self._found(place)
        with git.repository(
            timeout_seconds=settings.SOURCE_TIMEOUT_SECONDS, max_bytes=MAX_LICENCE_BYTES
        ) as repo:
            sha = pin(repo, remote, revision, without_blobs=True)
            found = [entry for entry in tree_entries(repo, sha, has_blobs=False) if entry.is_file]
            chosen = about_licence(entry.fact() for entry in found)
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
            yield facts, GitFiles(repo, facts)

    def _history(
        self, repo: git.Repository, remote: GitRemote, facts: Facts, place: Place
    ) -> tuple[History | None, str]:
        """Who wrote what; where the whole is too large, what can be known without contents."""
        try:
            has_lines = deepen(repo, remote, facts.revision)
        except SourceError as exc:
            return None, str(exc)
        how = history.WITH_LINES if has_lines else history.WITHOUT_BLOBS
        with (
            self.api.confirming(place.repo) as confirm,
            repo.stream(*history.LOG_ARGUMENTS, *how, facts.revision) as process,
        ):
            head = [file.path for file in facts.files]
            found = history.condense(
                records(process, b"\0"), head, has_lines=has_lines, confirm=confirm
            )
            if process.wait():
                return None, "git could not read the history."
        return found, found.problem

    def exists(self, place: Place) -> bool | None:
        """Whether GitHub knows this repository; None where it does not say."""
        try:
            self._found(place)
        except (SourceNotFound, SourceForbidden):
            return False
        except SourceError:
            return None
        return True

    def _found(self, place: Place) -> tuple[Place, GitRemote]:
        """The repository under its present name, and where git may fetch it from.

        Asked by our own client first: it knows the status and follows renames only within
        the configured hosts. Git itself then follows nothing.
        """
        address = retrying.patiently(self._advertised, place)
        place = self._canonical(place, address)
        return place, self._remote(address.removesuffix(_SERVICE))

    def _advertised(self, place: Place) -> str:
        """The address at which git's service answers, after the redirects."""
        headers = {"Git-Protocol": "version=2"}
        if self.token:
            headers["Authorization"] = basic(self.token)
        url = f"{self.base}/{place.repo}.git{_SERVICE}"
        try:
            with session(self.guard, headers) as asking, asking.get(url, stream=True) as response:
                kind = response.headers.get("Content-Type", "")
        except SourceForbidden as exc:
            if exc.details.get("status") == 401:  # what GitHub tells about unknown names
                raise SourceNotFound(source=TITLE, what="such repository") from exc
            raise
        if not kind.startswith(_ADVERTISEMENT):
            raise SourceUnavailable(
                source=TITLE, reason="a web page came in place of git's answer."
            )
        return response.url

    def _remote(self, url: str) -> GitRemote:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = self.guard.addresses(parts.hostname or "", port)
        token = self.token if url.startswith(f"{self.base}/") else ""
        return GitRemote(url, tuple(found), token)

    def _canonical(self, place: Place, address: str) -> Place:
        """The place under the name that GitHub uses now, which repositories can change."""
        if not address.startswith(f"{self.base}/") or not address.endswith(_SERVICE):
            raise SourceBroken(source=TITLE, reason="it moved to a place that is not GitHub.")
        repo = address.removeprefix(f"{self.base}/").removesuffix(_SERVICE).removesuffix(".git")
        try:
            return self.source.named(place.type, repo, place.revision)
        except UnrecognisedUrl as exc:
            raise SourceBroken(source=TITLE, reason=f"it calls it by another name: {exc}") from exc
