"""Models and datasets of the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.sources.huggingface import repository_urls
from artifacts.sources.place import Place
from artifacts.sources.source import ReadAddress, Source, SourceClient


class HuggingFace(Source):
    """The Hub that ``HF_ENDPOINT`` names."""

    name = "huggingface"
    title = repository_urls.TITLE
    url = "https://huggingface.co/"
    example = "https://huggingface.co/openai/whisper-tiny"
    hosts = ("huggingface.co", "www.huggingface.co", "hf.co")
    redirect_hosts = (".huggingface.co", ".hf.co")
    address_settings = ("HF_ENDPOINT",)
    has_fixed_types = True
    is_hub = True

    def read_address(self, segments: Sequence[str]) -> ReadAddress:
        return repository_urls.read(segments)

    def named(self, type: str, repo: str, revision: str = "") -> Place:
        prefix = "datasets/" if type == "dataset" else ""
        return super().named(type, f"{prefix}{repo}", revision)

    def canonical(self, type: str, repo: str) -> str:
        return f"{self.url}{'datasets/' if type == 'dataset' else ''}{repo}"

    def demo(self, address: str) -> str:
        return repository_urls.space(address)

    def client(self) -> SourceClient:
        from artifacts.sources.huggingface.client import HuggingFaceClient

        return HuggingFaceClient(self)
