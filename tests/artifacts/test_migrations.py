"""Rows of older databases, as the migrations change them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.utils.timezone import now

from artifacts.facts import Facts
from artifacts.models import Observation, Version
from artifacts.sources.github import GitHub
from ratings.measurements.addresses import readme_address
from tests.factories import make_artifact

add_pages = import_module("artifacts.migrations.0007_pages_of_stored_facts").add_pages
GITHUB = {"type": "code", "url": "https://github.com/a/b", "revision": "0" * 40, "source": "github"}
HUB = GITHUB | {"url": "https://huggingface.co/a/b", "source": "huggingface"}


@pytest.mark.django_db
class TestPagesOfStoredFacts:
    @pytest.mark.parametrize(("stored", "plain"), [(GITHUB, "?plain=1"), (HUB, "")])
    def test_lines_of_a_readme_are_reached(self, stored, plain):
        version = make_artifact(type="code", facts=stored).versions.get()
        observation = Observation.objects.create(
            type="code",
            source_url=stored["url"],
            revision=stored["revision"],
            facts=stored,
            collected=now(),
        )
        add_pages(apps, None)
        add_pages(apps, None)
        for row in (version, observation):
            row.refresh_from_db()
            address = readme_address(Facts.from_json(row.facts), 3)
            assert address == f"{stored['url']}/blob/{'0' * 40}/README.md{plain}#L3"

    def test_what_is_stored_is_what_the_source_states(self):
        make_artifact(type="code", facts=GITHUB)
        add_pages(apps, None)
        version = Version.objects.get()
        assert Facts.from_json(version.facts).pages == GitHub.pages
