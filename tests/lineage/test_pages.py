"""The pages say in words and in a picture what the lineage is, to those who may know it."""

from __future__ import annotations

import re

import pytest

from artifacts.models import Artifact
from lineage.models import Link
from tests.lineage.worlds import artifact, names, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(alice):
    publish("base", files={"w.bin": ("base", 2_500_000)})
    made = publish(
        "tuned", names("base"), names("ghost"), files={"w.bin": ("w", 10**6)}, owner=alice
    )
    publish("quant", names("tuned", "quantized"))
    return made


def page(client, artifact, what="lineage", query=""):
    return client.get(f"/artifacts/model/{artifact.pk}/{what}/{query}")


def test_picture_and_table_say_the_same(family, client, charlie):
    client.force_login(charlie)
    body = page(client, family).text
    for name in ("base", "tuned", "quant"):
        other = Artifact.objects.get(name=name)
        assert f'id="node-{other.pk}" href="/artifacts/model/{other.pk}/lineage/"' in body
    assert body.count("lineage-line--declared") == 3 + 1  # and the one in the legend
    assert "3 links" in body
    assert "not registered here" in body


def test_nothing_on_the_pages_needs_an_inline_style_or_script(family, client, charlie):
    client.force_login(charlie)
    for what in ("lineage", "cost", "lineage/panel"):
        body = page(client, family, what).text
        assert not re.search(r"\sstyle=|<style|\son\w+=", body)


def test_links_are_reached_by_keyboard_in_the_order_of_the_generations(family, client, charlie):
    client.force_login(charlie)
    body = page(client, family).text
    order = re.findall(r'id="node-(\d+|outside-\w+)"', body)
    assert len(order) == 4
    ids = {name: str(Artifact.objects.get(name=name).pk) for name in ("base", "tuned", "quant")}
    assert order.index(ids["base"]) < order.index(ids["tuned"]) < order.index(ids["quant"])


def test_a_large_family_is_cut_with_a_sentence_and_a_way_to_more(client, charlie):
    base = publish("base")
    for number in range(160):
        publish(f"tuned{number}", names("base"))
    client.force_login(charlie)
    body = page(client, base).text
    assert "The nearest 150 of 161 artifacts are here." in body
    assert "?direction=both&amp;nodes=300" in body
    assert body.count('id="node-') == 150
    assert page(client, base, query="?nodes=300").text.count('id="node-') == 161


@pytest.mark.parametrize("query", ["?nodes=-1", "?nodes=x", "?nodes=99999999999", "?nodes=0"])
def test_an_odd_number_of_nodes_is_harmless(family, client, charlie, query):
    client.force_login(charlie)
    assert page(client, family, query=query).status_code == 200


def test_a_hostile_name_stays_text(client, charlie):
    base = publish("base")
    Artifact.objects.filter(pk=base.pk).update(name='<script>alert(1)</script>"&')
    tuned = publish("tuned", names("base"))
    Link.objects.update(parent_url="javascript:alert(1)")
    client.force_login(charlie)
    assert "<script>alert" not in page(client, tuned).text
    base.delete()
    assert "javascript:alert" not in page(client, tuned).text


def test_quarantine_hides_it_from_pages(family, client, charlie, dora):
    Artifact.objects.filter(name="base").update(is_quarantined=True, current=None)
    client.force_login(charlie)
    for what in ("lineage", "cost", "lineage/panel"):
        body = page(client, family, what).text
        assert ">base<" not in body
        assert "lab/base" not in body
    client.force_login(dora)
    assert ">base<" in page(client, family).text


@pytest.mark.parametrize("what", ["lineage", "cost", "lineage/panel"])
def test_strangers_are_asked_to_sign_in(family, client, what):
    assert page(client, family, what).status_code == 302


def test_an_owner_adds_a_link_and_removes_it(family, client, alice):
    client.force_login(alice)
    url = f"/artifacts/model/{family.pk}/lineage/add/"
    sent = {"relationship": "merge", "parent": "https://huggingface.co/lab/base"}
    assert client.post(url, sent).status_code == 302
    link = Link.objects.get(version=None)
    assert "Remove" in page(client, family).text
    client.post(f"/artifacts/model/{family.pk}/lineage/{link.pk}/remove/")
    assert not Link.objects.filter(version=None).exists()


def test_a_link_that_cannot_be_added_comes_back_with_the_reason(family, client, alice):
    client.force_login(alice)
    url = f"/artifacts/model/{family.pk}/lineage/add/"
    answer = client.post(url, {"relationship": "merge", "parent": family.source_url})
    assert answer.status_code == 422
    assert "cannot be its own parent" in answer.text


def test_others_may_not_change_it(family, client, bob, charlie):
    for user in (bob, charlie):
        client.force_login(user)
        assert "Add link" not in page(client, family).text
        url = f"/artifacts/model/{family.pk}/lineage/add/"
        assert client.post(url, {"relationship": "merge", "parent": "x"}).status_code == 403


def test_the_cost_page_says_what_the_bytes_mean(family, client, charlie):
    client.force_login(charlie)
    body = page(client, family, "cost").text.replace("\u00a0", " ")
    assert "1.0 MB" in body
    assert "at least 3.5 MB" in body
    assert "lab/ghost" in body
    assert "less than $0.01" in body


def test_what_is_still_arriving_has_pages_too(client, charlie):
    early = artifact("early")
    client.force_login(charlie)
    assert page(client, early).status_code == 200
    assert "Not known yet" in page(client, early, "cost").text


@pytest.mark.parametrize("what", ["lineage", "cost"])
def test_a_page_costs_the_same_for_a_few_or_many(
    client, charlie, what, django_assert_max_num_queries
):
    base = publish("base")
    publish("tuned", names("base"))
    for number in range(30):
        publish(f"tuned{number}", names("base"), names("tuned"))
    client.force_login(charlie)
    with django_assert_max_num_queries(16):
        page(client, base, what)


class TestAdmin:
    def test_lists_links_with_a_constant_number_of_queries(
        self, family, client, dora, django_assert_max_num_queries
    ):
        client.force_login(dora)
        for number in range(10):
            publish(f"tuned{number}", names("base"))
        with django_assert_max_num_queries(10):
            body = client.get("/admin/lineage/link/").text
        assert "lab/ghost" in body
        assert client.get("/admin/lineage/link/?q=tuned").status_code == 200

    def test_facts_are_read_only(self, family, client, dora):
        client.force_login(dora)
        link = Link.objects.first()
        body = client.get(f"/admin/lineage/link/{link.pk}/change/").text
        assert 'name="relationship"' not in body
        assert (
            client.post(f"/admin/lineage/link/{link.pk}/delete/", {"post": "yes"}).status_code
            == 403
        )
