"""Shared bytes count once, unknown ones are named."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from lineage import cost
from lineage.cost import Holdings, totals
from tests.lineage.worlds import names, publish

MB = 1_000_000


def files(**sizes: int) -> dict[str, tuple[str, int]]:
    return {f"{content}.bin": (content, size * MB) for content, size in sizes.items()}


@pytest.fixture
def diamond(db):
    publish("d", files=files(d=100))
    publish("b", names("d"), files=files(b=10))
    publish("c", names("d"), files=files(c=20))
    return publish("a", names("b"), names("c"), files=files(a=1))


def by_name(found: cost.Cost) -> dict[str, tuple[int | None, int]]:
    return {
        e.name: (e.standalone_bytes and e.standalone_bytes // MB, e.total.size_bytes // MB)
        for e in found.entries
    }


def test_a_diamond_counts_its_tip_once(diamond, charlie):
    assert by_name(cost.cost_of(diamond, user=charlie)) == {
        "a": (1, 131),
        "b": (10, 110),
        "c": (20, 120),
        "d": (100, 100),
    }


def test_bytes_that_two_artifacts_share_count_once(db, charlie):
    publish("base", files=files(weights=500, tokenizer=3))
    tuned = publish("tuned", names("base"), files=files(tuned=500, tokenizer=3))
    found = cost.cost_of(tuned, user=charlie)
    assert by_name(found) == {"tuned": (503, 1003), "base": (503, 503)}
    assert found.shared_bytes == 3 * MB


def test_two_names_for_the_same_bytes_count_once(db, charlie):
    twice = {"a.bin": ("same", MB), "b.bin": ("same", MB), "c.bin": ("other", 2 * MB)}
    one = publish("one", files=twice)
    assert cost.standalone_bytes(one) == 3 * MB
    assert cost.cost_of(one, user=charlie).root.total.size_bytes == 3 * MB


def test_two_names_for_bytes_that_are_shared_too(db, charlie):
    publish("base", files={"x.bin": ("same", MB), "y.bin": ("same", MB)})
    one = publish("one", names("base"), files={"a.bin": ("same", MB), "b.bin": ("same", MB)})
    assert by_name(cost.cost_of(one, user=charlie)) == {"one": (1, 1), "base": (1, 1)}


def test_cycles_cost_what_is_in_them(db, charlie):
    publish("one", names("two"), files=files(one=1))
    publish("two", names("one"), files=files(two=2))
    three = publish("three", names("one"), files=files(three=4))
    assert by_name(cost.cost_of(three, user=charlie)) == {
        "three": (4, 7),
        "one": (1, 3),
        "two": (2, 3),
    }


def test_an_outside_parent_is_named_and_not_zero(db, charlie):
    publish("base", names("ghost"), files=files(base=5))
    tuned = publish("tuned", names("base"), files=files(tuned=1))
    found = cost.cost_of(tuned, user=charlie)
    assert found.unknown(found.root) == ["lab/ghost"]
    assert by_name(found)["lab/ghost"] == (None, 0)


def test_datasets_and_code_belong_to_the_closure(db, charlie):
    publish("data", type="dataset", files=files(data=7))
    publish("repo", type="code", files=files(code=1))
    made = publish(
        "tuned",
        names("data", "training_dataset", type="dataset"),
        names("repo", "code", type="code"),
        files=files(w=2),
    )
    assert cost.cost_of(made, user=charlie).root.total.size_bytes == 10 * MB


def test_an_empty_artifact_costs_nothing(db, charlie):
    one = publish("one")
    assert cost.standalone_bytes(one) == 0
    assert cost.cost_of(one, user=charlie).root.total.unknown == ()


@pytest.mark.parametrize("seed", range(30))
def test_totals_of_random_graphs_are_those_of_plain_sets(seed):
    rnd = random.Random(seed)
    nodes = [str(number) for number in range(rnd.randint(1, 40))]
    parents = {n: rnd.sample(nodes, min(len(nodes), rnd.randint(0, 3))) for n in nodes}
    blobs = {n: {f"b{rnd.randrange(60)}" for _ in range(5)} for n in nodes if rnd.random() < 0.9}
    size = {f"b{number}": rnd.randrange(1000) for number in range(60)}
    holders: dict[str, set[str]] = {}
    for node, those in blobs.items():
        for blob in those:
            holders.setdefault(blob, set()).add(node)
    held = Holdings(
        own={n: sum(size[b] for b in bs if len(holders[b]) == 1) for n, bs in blobs.items()},
        shared=tuple((frozenset(h), size[b]) for b, h in holders.items() if len(h) > 1),
    )
    found = totals(nodes, parents, held)
    truth = nx.DiGraph((child, parent) for child, ps in parents.items() for parent in ps)
    truth.add_nodes_from(nodes)
    for node in nodes:
        closure = nx.descendants(truth, node) | {node}
        assert found[node].size_bytes == sum(
            size[b] for b in set().union(*(blobs.get(n, set()) for n in closure))
        )
        assert set(found[node].unknown) == {n for n in closure if n not in blobs}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "under a second"),
        (1, "1 second"),
        (90, "90 seconds"),
        (180, "3 minutes"),
        (9000, "2.5 hours"),
    ],
)
def test_spans_of_time_are_readable(seconds, words):
    from lineage.cost_in_words import duration

    assert duration(seconds) == words
