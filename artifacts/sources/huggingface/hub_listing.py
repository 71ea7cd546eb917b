"""The lists of the Hub, page after page: the files of a commit, and the commits before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

from artifacts.facts import FileFact, History
from artifacts.sources import retrying
from artifacts.sources.errors import SourceBroken, SourceError, SourceTooLarge
from artifacts.sources.file_list import checked_files
from artifacts.sources.huggingface.answers import condensed, from_tree, left_out, sense
from artifacts.sources.huggingface.repository_urls import TITLE

MAX_PAGES = 2_000  # the Hub puts 1,000 files on a page, others far fewer
MAX_COMMIT_PAGES = 40
MAX_ENTRIES_PER_FILE = 4  # folders are listed as well


class HubListing:
    """The lists of one repository; ``api`` is the address of its description."""

    def __init__(self, client: httpx2.Client, api: str) -> None:
        self._client = client
        self._api = api

    def files(self, sha: str) -> tuple[tuple[FileFact, ...], tuple[str, ...]]:
        """Every file of the commit's tree, and what the tree holds besides files, in words.

        The list inside the description of a repository is no list: hubs cut it short.
        """
        pages = self._pages(f"tree/{sha}", {"recursive": "true"})
        with sense("listing its files"):
            entries: list[dict[str, Any]] = []
            for page in pages:
                entries += page
                if len(entries) > MAX_ENTRIES_PER_FILE * settings.SOURCE_MAX_FILES:
                    raise SourceTooLarge(
                        source=TITLE, reason=f"{len(entries):,} files and folders."
                    )
            files = checked_files(TITLE, (from_tree(e) for e in entries if e["type"] == "file"))
            others = [e for e in entries if e["type"] not in {"file", "directory"}]
            return files, tuple(left_out(others))

    def history(self, sha: str) -> tuple[History | None, str]:
        """Who committed to the Hub's repository; trouble here is a fact, not a failure."""
        try:
            pages = self._pages(f"commits/{sha}", {})
            read = list(islice(pages, MAX_COMMIT_PAGES + 1))
            with sense("about its commits"):
                commits = [commit for page in read[:MAX_COMMIT_PAGES] for commit in page]
                return condensed(commits, is_complete=len(read) <= MAX_COMMIT_PAGES), ""
        except SourceError as exc:
            return None, str(exc)

    def _pages(self, what: str, query: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
        """Page after page. Of the next page's address only the query counts, never the host."""
        asked: set[str] = set()
        following = httpx2.QueryParams(query)
        while str(following) not in asked:
            if len(asked) == MAX_PAGES:
                raise SourceTooLarge(source=TITLE, reason=f"a list of over {MAX_PAGES} pages.")
            asked.add(str(following))
            with sense("a page of a list"):
                response = retrying.patiently(
                    self._client.get, f"{self._api}/{what}", params=following
                )
                page = response.json()
                link = response.links.get("next", {}).get("url", "")
            if not isinstance(page, list):
                raise SourceBroken(source=TITLE, reason="a page of a list is not a list.")
            yield page
            if not link:
                return
            following = httpx2.QueryParams(urlsplit(link).query)
        raise SourceBroken(source=TITLE, reason="its pages go round in circles.")
