"""The licence tab: what is declared, what is detected, and what that permits."""

from __future__ import annotations

import pytest

from artifacts.models import State
from tests.factories import make_artifact

MIT = """MIT License

Copyright (c) 2024 Acme

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


def licence_page(reader, *, card=None, documents=None, **more) -> str:
    artifact = make_artifact(readme="# Nothing about licences", **more)
    version = artifact.newest
    version.facts |= {"card": card or {}, "documents": documents or {}}
    version.save()
    return reader.get(f"{artifact.get_absolute_url()}license/").text


def test_a_declared_and_detected_licence_says_what_it_permits(reader):
    text = licence_page(reader, card={"license": "mit"}, documents={"LICENSE": MIT})
    assert '<h2 id="licence-title">MIT</h2>' in text
    assert "Permitted" in text
    assert "LICENSE, line" in text


def test_a_contradiction_is_shown(reader):
    text = licence_page(reader, card={"license": "apache-2.0"}, documents={"LICENSE": MIT})
    assert "notice--error" in text
    assert "Apache-2.0" in text


def test_no_licence_is_said(reader):
    text = licence_page(reader)
    assert "No licence is known" in text
    assert "The card and the metadata state no licence." in text


def test_hostile_words_are_shown_as_text(reader):
    text = licence_page(reader, card={"license": "<script>alert(1)</script>"})
    assert "<script>alert" not in text


def test_before_the_source_was_read_there_is_nothing_to_say(reader):
    assert "Not looked at yet" in licence_page(reader, state=State.PENDING)


class TestCheck:
    def ask(self, reader, project: str, **headers: str) -> str:
        artifact = make_artifact(readme="# Nothing about licences")
        version = artifact.newest
        version.facts |= {"card": {"license": "gpl-3.0"}, "documents": {}}
        version.save()
        url = f"{artifact.get_absolute_url()}license/"
        return reader.get(url, {"project": project}, headers=headers).text

    def test_it_says_no_with_its_reason(self, reader):
        assert '<span class="badge badge--bad">No</span>' in self.ask(reader, "MIT")

    def test_it_says_yes(self, reader):
        assert '<span class="badge badge--good">Yes</span>' in self.ask(reader, "GPL-3.0-only")

    @pytest.mark.parametrize("project", ["No licence of this world", "((", "<b>"])
    def test_what_nobody_knows_is_unknown(self, reader, project):
        text = self.ask(reader, project)
        assert '<span class="badge badge--waiting">Unknown</span>' in text
        assert "<b>" not in text

    def test_the_answer_is_a_fragment_for_htmx(self, reader):
        text = self.ask(reader, "MIT", **{"HX-Request": "true"})
        assert "<html" not in text
        assert "badge--bad" in text
