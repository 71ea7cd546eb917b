"""What a source must say of itself, and what asking for its address must not cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from artifacts import sources
from artifacts.facts import Facts
from artifacts.sources.errors import AddressRefused, UnrecognisedUrl
from artifacts.sources.registered import source_named, source_of

HEAVY = ("huggingface_hub", "artifacts.sources.huggingface.client", "artifacts.sources.github.git",
         "artifacts.sources.github.client", "artifacts.sources.transport")  # fmt: skip


def test_an_address_is_understood_without_any_client():
    program = f"""
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from artifacts import sources
sources.recognise("https://huggingface.co/openai/whisper-tiny")
sources.recognise("https://github.com/openai/whisper")
sources.recall("upload:" + 64 * "0", type="model")
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("source", sources.registered(), ids=lambda source: source.name)
def test_its_canonical_addresses_are_its_own(source):
    assert source.name
    assert source.title
    assert source_named(source.name) is source
    assert source_of(f"{source.url}a/b") is source
    if source.example:
        place = sources.recognise(source.example)
        assert (place.source, place.url) == (source.name, source.example)
        assert source.example.startswith(f"https://{source.hosts[0]}/")


def test_each_name_and_each_host_belongs_to_one_source():
    names = [source.name for source in sources.registered()]
    hosts = [host for source in sources.registered() for host in source.hosts]
    assert len(set(names)) == len(names)
    assert len(set(hosts)) == len(hosts)


def test_a_source_that_is_gone_is_said(settings):
    settings.SOURCES = [path for path in settings.SOURCES if "github" not in path]
    facts = Facts("code", "https://github.com/a/b", "0" * 40, source="github")
    with pytest.raises(UnrecognisedUrl, match="no source called 'github'"), sources.opened(facts):
        pass
    with pytest.raises(UnrecognisedUrl, match=r"Only repositories of huggingface\.co are"):
        sources.recognise("https://github.com/a/b")
    assert sources.file_page(facts.url, facts.revision, "README.md") == ""


@pytest.mark.parametrize(
    ("host", "source", "is_allowed"),
    [
        ("cdn-lfs.hf.co", "huggingface", True),
        ("objects.githubusercontent.com", "github", True),
        ("objects.githubusercontent.com", "huggingface", False),
        ("cdn-lfs.hf.co", "github", False),
    ],
)
def test_without_a_setting_each_source_may_redirect_to_hosts_of_its_own(
    settings, host, source, is_allowed
):
    settings.SOURCE_ALLOWED_HOSTS = None
    guard = source_named(source).guard()
    if is_allowed:
        guard.check_url("https", host, 443)
    else:
        with pytest.raises(AddressRefused):
            guard.check_url("https", host, 443)
