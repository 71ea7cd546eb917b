"""Code repositories of GitHub."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.facts.page_addresses import PageAddresses
from artifacts.sources.github import repository_urls
from artifacts.sources.source import ReadAddress, Source, SourceClient


class GitHub(Source):
    """The GitHub that ``GITHUB_URL`` names, and its REST API at ``GITHUB_API_URL``."""

    name = "github"
    title = repository_urls.TITLE
    url = "https://github.com/"
    example = "https://github.com/openai/whisper"
    hosts = ("github.com", "www.github.com")
    api_hosts = ("api.github.com",)
    redirect_hosts = (".github.com", ".githubusercontent.com")
    address_settings = ("GITHUB_URL", "GITHUB_API_URL")
    # GitHub numbers the lines of what it renders in the plain view only
    pages = PageAddresses(plain="?plain=1", rendered=(".md", ".ipynb"))
    has_cards = False
    can_be_project = True

    def read_address(self, segments: Sequence[str]) -> ReadAddress:
        return repository_urls.read(segments)

    def client(self) -> SourceClient:
        from artifacts.sources.github.client import GitHubClient

        return GitHubClient(self)
