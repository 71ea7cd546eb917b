"""Lineage and cost over HTTP: the contract's shapes, and who is refused."""

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
    return publish(
        "tuned",
        names("base", seen_in="config_json"),
        names("ghost", "training_dataset", type="dataset"),
        files={"w.bin": ("tuned", 1_000_000)},
        owner=alice,
    )


def test_the_graph_has_the_shape_of_the_contract(family, api, charlie):
    base = Artifact.objects.get(name="base")
    answer = api(charlie).get(f"/api/artifact/model/{family.pk}/lineage")
    assert answer.status_code == 200
    body = answer.json()
    nodes = {node["artifact_id"]: node for node in body["nodes"]}
    assert nodes[str(base.pk)]["source"] == "config_json"
    assert nodes[str(base.pk)]["metadata"]["url"] == base.source_url
    assert all(re.fullmatch("[a-zA-Z0-9-]+", id) for id in nodes)
    (outside,) = [node for node in body["nodes"] if not node["metadata"]["is_registered"]]
    assert outside["name"] == "lab/ghost"
    edges = {
        (e["from_node_artifact_id"], e["to_node_artifact_id"], e["relationship"])
        for e in body["edges"]
    }
    assert edges == {
        (str(base.pk), str(family.pk), "base_model"),
        (outside["artifact_id"], str(family.pk), "training_dataset"),
    }
    assert body["is_complete"] is True


@pytest.mark.parametrize("what", ["lineage", "cost"])
@pytest.mark.parametrize(
    ("type", "id", "status"),
    [
        pytest.param("model", "a_b", 400, id="an id with other letters"),
        pytest.param("model", "no-such", 404, id="an id that is no number"),
        pytest.param("model", "9" * 40, 404, id="a huge number"),
        pytest.param("model", "999999", 404, id="an unknown id"),
        pytest.param("toy", "1", 400, id="an unknown type"),
        pytest.param("dataset", "{pk}", 404, id="another type"),
    ],
)
def test_addresses_that_lead_nowhere(family, api, charlie, what, type, id, status):
    url = f"/api/artifact/{type}/{id.format(pk=family.pk)}/{what}"
    assert api(charlie).get(url).status_code == status


@pytest.mark.parametrize("what", ["lineage", "cost"])
def test_strangers_are_refused(family, api, what):
    assert api(None).get(f"/api/artifact/model/{family.pk}/{what}").status_code == 403


@pytest.mark.parametrize("what", ["lineage", "cost"])
def test_what_is_not_ready_is_not_there(api, charlie, what):
    one = artifact("early")
    assert api(charlie).get(f"/api/artifact/model/{one.pk}/{what}").status_code == 404


@pytest.mark.parametrize(
    "query", ["depth=-1", "depth=51", "depth=x", "depth=1e3", "direction=sideways"]
)
def test_a_query_that_makes_no_sense_is_a_400(family, api, charlie, query):
    url = f"/api/artifact/model/{family.pk}/lineage?{query}"
    assert api(charlie).get(url).status_code == 400


def test_cost_alone_has_only_a_total(family, api, charlie):
    answer = api(charlie).get(f"/api/artifact/model/{family.pk}/cost")
    assert answer.json() == {str(family.pk): {"total_cost": 1.0}}
    assert api(charlie).get(f"/api/artifact/model/{family.pk}/cost?dependency=false").json() == (
        answer.json()
    )


def test_cost_with_dependencies_has_an_entry_for_each_and_names_the_unknown(family, api, charlie):
    base = Artifact.objects.get(name="base")
    answer = api(charlie).get(f"/api/artifact/model/{family.pk}/cost?dependency=true")
    assert answer.json() == {
        str(family.pk): {"standalone_cost": 1.0, "total_cost": 3.5, "unknown": ["lab/ghost"]},
        str(base.pk): {"standalone_cost": 2.5, "total_cost": 2.5},
    }


@pytest.mark.parametrize("value", ["maybe", "", "2", "yes%20please"])
def test_a_dependency_that_is_no_truth_is_a_400(family, api, charlie, value):
    url = f"/api/artifact/model/{family.pk}/cost?dependency={value}"
    assert api(charlie).get(url).status_code == 400


def test_quarantine_leaks_nowhere(family, api, charlie):
    Artifact.objects.filter(name="base").update(is_quarantined=True, current=None)
    base = Artifact.objects.get(name="base")
    client = api(charlie)
    urls = [
        f"/api/artifact/model/{family.pk}/lineage",
        f"/api/artifact/model/{family.pk}/cost?dependency=true",
        "/api/lineage",
        f"/api/lineage?parent={base.pk}",
    ]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200
        assert "lab/base" not in answer.content.decode()
        assert base.source_url not in answer.content.decode()
    link = Link.objects.get(parent=base)
    assert client.get(f"/api/lineage/{link.pk}").status_code == 404


class TestLinks:
    url = "/api/lineage"

    def body(self, child, parent="https://huggingface.co/lab/base", relationship="merge"):
        return {"child": str(child.pk), "parent": str(parent), "relationship": relationship}

    def test_they_are_listed_and_filtered(self, family, api, charlie):
        client = api(charlie)
        assert len(client.get(self.url).json()["results"]) == 2
        (outside,) = client.get(f"{self.url}?outside=true").json()["results"]
        assert outside["parent_name"] == "lab/ghost"
        assert outside["parent"] is None
        assert client.get(f"{self.url}?status=purple").status_code == 400

    @pytest.mark.parametrize("parent", ["url", "id"])
    def test_an_owner_adds_one_by_hand_and_takes_it_back(self, family, api, alice, parent):
        base = Artifact.objects.get(name="base")
        client = api(alice)
        given = base.pk if parent == "id" else base.source_url
        answer = client.post(self.url, self.body(family, given), format="json")
        assert answer.status_code == 201
        assert answer.json()["parent"] == str(base.pk)
        assert answer.json()["created_by"] == "alice"
        again = client.post(self.url, self.body(family, given), format="json")
        assert again.status_code == 409
        assert client.delete(f"{self.url}/{answer.json()['id']}").status_code == 204

    def test_strangers_to_the_artifact_may_not(self, family, api, bob, charlie, django_user_model):
        other = django_user_model.objects.create_user("eve", "x", role="uploader")
        for user in (bob, charlie, other):
            answer = api(user).post(self.url, self.body(family), format="json")
            assert answer.status_code == 403
        assert Link.objects.filter(version=None).count() == 0

    def test_an_admin_may(self, family, api, dora):
        assert api(dora).post(self.url, self.body(family), format="json").status_code == 201

    def test_what_files_state_cannot_be_deleted(self, family, api, alice):
        link = family.parent_links.first()
        assert api(alice).delete(f"{self.url}/{link.pk}").status_code == 409

    @pytest.mark.parametrize(
        "change",
        [
            {"relationship": "cousin"},
            {"parent": "https://example.com/a/b"},
            {"parent": 5},
            {"child": None},
            {"child": "a b"},
        ],
    )
    def test_a_body_that_makes_no_sense_is_a_400(self, family, api, alice, change):
        answer = api(alice).post(self.url, self.body(family) | change, format="json")
        assert answer.status_code == 400
