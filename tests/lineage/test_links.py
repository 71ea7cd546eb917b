"""Links come from facts, join what is registered, and fall back to names."""

from __future__ import annotations

import itertools

import pytest

from artifacts.facts import Reference
from artifacts.models import Artifact
from lineage import services
from lineage.errors import LinkExists, LinkFromFiles, OwnParent
from lineage.models import Link
from tests.lineage.worlds import (
    artifact,
    facts_of,
    make_current,
    names,
    publish,
    url_of,
    version_of,
)

pytestmark = pytest.mark.django_db


def edges(of: Artifact, **more) -> set[tuple[str, str, str]]:
    found = services.graph(of, visible_to=more.pop("user"), **more)
    name = {node.artifact_id: node.name for node in found.nodes}
    return {(name[e.parent], name[e.child], e.relationship) for e in found.edges}


@pytest.mark.parametrize("order", list(itertools.permutations(["base", "tuned", "quant"])))
def test_the_order_of_arrival_does_not_matter(order, charlie):
    references = {"base": (), "tuned": (names("base"),), "quant": (names("tuned", "quantized"),)}
    made = {name: publish(name, *references[name]) for name in order}
    expected = {("base", "tuned", "base_model"), ("tuned", "quant", "quantized")}
    for one in made.values():
        assert edges(one, user=charlie) == expected


def test_recording_again_changes_nothing(charlie):
    made = publish("tuned", names("base"), names("data", "training_dataset", type="dataset"))
    before = list(Link.objects.values_list("parent_key", "relationship"))
    services.record_links(
        made.current,
        facts_of("tuned", names("base"), names("data", "training_dataset", type="dataset")),
    )
    assert list(Link.objects.values_list("parent_key", "relationship")) == before


def test_letter_case_does_not_make_another_parent():
    base = publish("Base")
    tuned = publish(
        "tuned",
        Reference(
            "model", "LAB/BASE", "https://huggingface.co/LAB/base", "base_model", "model_card"
        ),
    )
    assert tuned.parent_links.get().parent == base


@pytest.mark.parametrize("written", ["bas", "base-v2", "base.v2", "xbase"])
def test_a_name_that_is_part_of_another_is_no_match(written):
    publish("base")
    publish("tuned", names(written))
    assert Link.objects.get().parent is None


def test_the_same_address_of_another_type_is_no_match():
    publish("thing")
    tuned = publish("tuned", Reference("code", "lab/thing", url_of("thing"), "code", "readme"))
    assert tuned.parent_links.get().is_outside


def test_a_link_seen_in_three_places_is_one_edge_with_three_sightings(charlie):
    places = ("model_card", "adapter_config", "readme")
    made = publish("tuned", *(names("base", "adapter", seen_in=place, line=7) for place in places))
    (edge,) = services.graph(made, visible_to=charlie).edges
    assert [one.seen_in for one in edge.seen] == list(places)


def test_deleting_a_base_leaves_every_descendant_and_registering_it_again_joins_them(charlie):
    base = publish("base")
    children = [publish(f"tuned{number}", names("base")) for number in range(3)]
    base.delete()
    for child in children:
        graph = services.graph(child, visible_to=charlie)
        (outside,) = [node for node in graph.nodes if node.is_outside]
        assert outside.name == "lab/base"
        assert outside.artifact_id.startswith("outside-")
    assert len({services.graph(c, visible_to=charlie).nodes[-1].artifact_id for c in children}) == 1
    again = publish("base")
    assert {one.artifact.pk for one in services.descendants(again)} == {c.pk for c in children}


def test_an_artifact_that_moves_leaves_its_old_name_behind():
    base = publish("base")
    tuned = publish("tuned", names("base"))
    base.source_url = base.source_key = "https://huggingface.co/lab/elsewhere"
    base.save()
    services.resolve(base)
    assert tuned.parent_links.get().is_outside


def test_cycles_are_shown_and_end(charlie):
    one = publish("one", names("two"))
    publish("two", names("three"))
    publish("three", names("one"))
    assert edges(one, user=charlie) == {
        ("two", "one", "base_model"),
        ("three", "two", "base_model"),
        ("one", "three", "base_model"),
    }
    assert [(r.artifact.name, r.distance) for r in services.ancestors(one)] == [
        ("two", 1),
        ("three", 2),
    ]


def test_a_card_that_names_itself_says_nothing():
    publish("one", names("one"))
    assert not Link.objects.exists()


def test_a_quarantined_parent_vanishes_with_all_behind_it_except_for_admins(charlie, dora):
    publish("root")
    base = publish("base", names("root"))
    tuned = publish("tuned", names("base"))
    Artifact.objects.filter(pk=base.pk).update(is_quarantined=True, current=None)
    assert edges(tuned, user=charlie) == set()
    assert [node.name for node in services.graph(tuned, visible_to=charlie).nodes] == ["tuned"]
    assert len(edges(tuned, user=dora)) == 2
    assert services.ancestors(tuned) == []
    assert services.model_ancestors(tuned.current) == []


def test_a_parent_that_is_not_ready_is_a_name_until_it_is(charlie):
    base = artifact("base")
    tuned = publish("tuned", names("base"))
    (outside,) = [n for n in services.graph(tuned, visible_to=charlie).nodes if n.distance]
    assert outside.is_outside
    make_current(version_of(base))
    (inside,) = [n for n in services.graph(tuned, visible_to=charlie).nodes if n.distance]
    assert inside.artifact_id == str(base.pk)


def test_a_child_that_is_not_ready_is_not_shown(charlie):
    base = publish("base")
    version = version_of(artifact("tuned"), state="RATING")
    services.record_links(version, facts_of("tuned", names("base")))
    assert edges(base, user=charlie) == set()
    assert [one[0].name for one in services.model_ancestors(version)] == ["base"]


def test_a_refused_new_version_leaves_the_links_of_the_current_one(charlie):
    publish("base")
    publish("other")
    tuned = publish("tuned", names("base"))
    refused = version_of(tuned, state="REJECTED")
    services.record_links(refused, facts_of("tuned", names("other")))
    assert edges(tuned, user=charlie) == {("base", "tuned", "base_model")}
    assert [one[0].name for one in services.model_ancestors(refused)] == ["other"]


def test_a_new_version_replaces_links_of_files_and_keeps_those_by_hand(charlie, alice):
    publish("base"), publish("other"), publish("third")
    tuned = publish("tuned", names("base"), owner=alice)
    services.add_link(
        child=tuned, parent=Artifact.objects.get(name="third"), relationship="merge", by=alice
    )
    publish("tuned", names("other"))
    tuned.refresh_from_db()
    assert edges(tuned, user=charlie) == {
        ("other", "tuned", "base_model"),
        ("third", "tuned", "merge"),
    }


def test_a_link_by_hand_is_audited_and_can_be_taken_back(alice):
    from auditlog.models import LogEntry

    base, tuned = publish("base"), publish("tuned")
    link = services.add_link(child=tuned, parent=base, relationship="base_model", by=alice)
    entry = LogEntry.objects.get_for_object(tuned).first()
    assert entry.actor == alice
    assert entry.changes == {"lineage": [None, f"base_model {base.source_url}"]}
    services.remove_link(link, by=alice)
    assert not Link.objects.exists()
    entries = LogEntry.objects.get_for_object(tuned)
    assert sum("lineage" in (entry.changes or {}) for entry in entries) == 2


def test_what_cannot_be_linked_by_hand_is_refused(alice):
    base, tuned = publish("base"), publish("tuned", names("base"))
    with pytest.raises(OwnParent):
        services.add_link(child=tuned, parent=tuned, relationship="merge", by=alice)
    services.add_link(child=tuned, parent=base, relationship="merge", by=alice)
    with pytest.raises(LinkExists):
        services.add_link(child=tuned, parent=base, relationship="merge", by=alice)
    with pytest.raises(LinkFromFiles):
        services.remove_link(Link.objects.get(relationship="base_model"), by=alice)


def test_a_parent_registered_while_links_were_being_written_is_found_after_the_commit(
    django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr(services, "join", lambda links: None)
    tuned = artifact("tuned")
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        services.record_links(version_of(tuned), facts_of("tuned", names("base")))
    monkeypatch.undo()
    base = artifact("base")
    for callback in callbacks:
        callback()
    assert Link.objects.get().parent == base
    assert Link.objects.get().parent == base


def test_depth_counts_generations(charlie):
    publish("m0")
    for number in range(1, 8):
        publish(f"m{number}", names(f"m{number - 1}"))
    last = Artifact.objects.get(name="m7")
    for depth in range(8):
        assert len(services.ancestors(last, depth)) == depth
        assert len(services.graph(last, depth=depth, visible_to=charlie).nodes) == depth + 1


def test_an_answer_that_is_cut_says_so(charlie):
    base = publish("base")
    for number in range(6):
        publish(f"tuned{number}", names("base"))
    graph = services.graph(base, visible_to=charlie, nodes=4)
    assert len(graph.nodes) == 4
    assert not graph.is_complete
    assert graph.note == "The nearest 4 of 7 artifacts are here."


def test_outside_names_are_shown_however_many(charlie, values_sent):
    child = publish("child", *(names(f"outside-{number}") for number in range(60)))
    values_sent.clear()
    assert len(services.graph(child, visible_to=charlie).nodes) == 61
    assert max(values_sent) < 60


def test_where_a_node_was_seen_is_its_source(charlie):
    publish("base")
    tuned = publish("tuned", names("base", seen_in="config_json"))
    graph = services.graph(tuned, visible_to=charlie)
    assert {node.name: node.source for node in graph.nodes} == {
        "tuned": "registry",
        "base": "config_json",
    }
