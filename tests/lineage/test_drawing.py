"""The picture: everything has a place of its own, parents stand left, and it never takes long."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from lineage import graph as graphs
from lineage.graph import Edge, Graph, Node
from lineage.layout import BOX_HEIGHT, MAX_BENDS, draw


def picture_of(pairs: list[tuple[str, str]], nodes: list[str] | None = None):
    nodes = nodes or sorted({node for pair in pairs for node in pair})
    return draw(
        Graph(
            root=nodes[0],
            nodes=tuple(Node(n, f"name {n}", "", 0, False, {"type": "model"}) for n in nodes),
            edges=tuple(Edge(parent, child, "base_model") for parent, child in pairs),
            relatives=len(nodes) - 1,
            is_complete=True,
        )
    )


def overlapping(picture) -> bool:
    columns: dict[float, list[float]] = {}
    for box in picture.boxes:
        columns.setdefault(round(box.x), []).append(box.y)
    return any(
        below - above < BOX_HEIGHT
        for ys in map(sorted, columns.values())
        for above, below in pairwise(ys)
    )


def test_parents_stand_left_of_their_children():
    picture = picture_of([("a", "b"), ("b", "c"), ("a", "c")])
    x = {box.node.artifact_id: box.x for box in picture.boxes}
    assert x["a"] < x["b"] < x["c"]
    assert [box.node.artifact_id for box in picture.boxes] == ["a", "b", "c"]
    assert len(picture.lines) == 3


@pytest.mark.parametrize("seed", range(25))
def test_any_graph_is_drawn_without_overlaps_and_always_alike(seed):
    rnd = random.Random(seed)
    nodes = [f"n{number}" for number in range(rnd.randint(1, 60))]
    pairs = list({(rnd.choice(nodes), rnd.choice(nodes)) for _ in range(rnd.randint(0, 150))})
    picture = picture_of(pairs, nodes)
    assert len(picture.boxes) == len(nodes)
    assert len(picture.lines) == len(pairs)
    assert not overlapping(picture)
    assert all(
        0 <= box.x <= picture.width and 0 <= box.y <= picture.height for box in picture.boxes
    )
    assert picture == picture_of(pairs, nodes)


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([("a", "a")], id="only itself"),
        pytest.param([("a", "b"), ("b", "a")], id="each other"),
        pytest.param([("a", "b"), ("b", "c"), ("c", "a")], id="a ring"),
    ],
)
def test_cycles_are_marked(pairs):
    picture = picture_of(pairs)
    assert all(line.is_cyclic for line in picture.lines)
    assert not overlapping(picture)


def test_a_graph_too_dense_for_the_layout_gets_plain_columns():
    nodes = [f"n{number:02}" for number in range(60)]
    pairs = [(a, b) for a in nodes for b in nodes if a < b]
    assert sum(int(b[1:]) - int(a[1:]) for a, b in pairs) > MAX_BENDS
    picture = picture_of(pairs)
    assert len({box.x for box in picture.boxes}) == 60
    assert not overlapping(picture)


def test_an_artifact_alone_has_a_place():
    assert len(picture_of([], ["a"]).boxes) == 1


def test_components_come_after_what_they_lead_to():
    steps = {"a": ["b"], "b": ["c"], "c": ["b"], "d": ["a"]}
    found = [sorted(members) for members in graphs.components("abcd", steps)]
    assert found == [["b", "c"], ["a"], ["d"]]


def test_a_very_long_chain_is_walked_without_recursion():
    edges = [Edge(str(n), str(n + 1), "base_model") for n in range(20_000)]
    nodes = [str(n) for n in range(20_001)]
    assert graphs.layers(nodes, edges)["20000"] == 20_000


def test_the_status_that_asks_for_most_attention_stays():
    statuses = ("declared", "contradicted", "verified")
    edges = [Edge("a", "b", "merge", (graphs.Sighting(s),), s, f"it is {s}") for s in statuses]
    (edge,) = graphs.merge(edges)
    assert (edge.status, edge.reason) == ("contradicted", "it is contradicted")
    assert [one.seen_in for one in edge.seen] == list(statuses)
