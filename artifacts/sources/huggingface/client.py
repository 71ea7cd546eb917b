"""Reads models and datasets of the Hugging Face Hub: https://huggingface.co/docs/hub/api"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx2
from django.conf import settings

from artifacts.facts import Facts
from artifacts.facts.small_files import Checkout
from artifacts.sources import retrying, transport
from artifacts.sources.errors import (
    SourceBroken,
    SourceError,
    SourceForbidden,
    SourceNotFound,
    UnrecognisedUrl,
)
from artifacts.sources.huggingface import hub_library
from artifacts.sources.huggingface.answers import described, pinned_sha, sense
from artifacts.sources.huggingface.hub_files import HubFiles
from artifacts.sources.huggingface.hub_listing import HubListing
from artifacts.sources.huggingface.repository_urls import TITLE
from artifacts.sources.place import Place
from artifacts.sources.recognising import recognise
from artifacts.sources.source import Source, SourceClient

if TYPE_CHECKING:
    from huggingface_hub import DatasetInfo, ModelInfo


class HuggingFaceClient(SourceClient):
    """Reads the Hub that ``HF_ENDPOINT`` names, with the token of ``HUGGINGFACE_HUB_TOKEN``."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.endpoint: str = settings.HF_ENDPOINT
        self.token: str = settings.HUGGINGFACE_HUB_TOKEN
        self.guard = source.guard()

    @contextmanager
    def pinned(self, place: Place, revision: str) -> Iterator[tuple[Facts, Checkout]]:
        """The facts of the Hub's own records, and the files, at one commit."""
        with self._client() as client:
            info = retrying.patiently(self._info, place, revision)
            sha = pinned_sha(info, revision)
            place = self._canonical(place, info)
            listing = HubListing(client, self._api(place))
            files, notes = listing.files(sha)
            history, problem = listing.history(sha)
            facts = replace(
                described(place, info, sha, files),
                history=history,
                history_problem=problem,
                notes=notes,
            )
            yield facts, HubFiles(client, self._base(place), facts)

    @contextmanager
    def opened(self, facts: Facts) -> Iterator[Checkout]:
        """The files of facts that were collected before, without asking about them again."""
        place = recognise(facts.url, type=facts.type)
        with self._client() as client:
            yield HubFiles(client, self._base(place), facts)

    def exists(self, place: Place) -> bool | None:
        """Whether the Hub knows this repository; None where it does not say."""
        with self._client() as client:
            try:
                retrying.patiently(client.get, self._api(place), params={"expand": "sha"})
            except SourceNotFound:
                return False
            except SourceForbidden:
                return True  # gated repositories exist
            except SourceError:
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
            sense(f"about {place.repo}"),
        ):
            api = hub_library.library(self.endpoint, self.token)
            ask = api.dataset_info if place.type == "dataset" else api.model_info
            return ask(
                place.repo,
                revision=revision or None,
                timeout=settings.SOURCE_TIMEOUT_SECONDS,
            )

    def _canonical(self, place: Place, info: ModelInfo | DatasetInfo) -> Place:
        """The place under the name that the Hub uses now, which repositories can change."""
        try:
            return self.source.named(place.type, str(info.id), place.revision)
        except UnrecognisedUrl as exc:
            raise SourceBroken(source=TITLE, reason=f"it calls it by another name: {exc}") from exc
