"""The same random graph in the database and in networkx gives the same answers."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from artifacts.facts import Facts, Reference
from artifacts.models import Artifact, State, Version
from lineage import services

# the size that is promised takes minutes to register one by one; bench/lineage_graph.py has it too
SMALL, PROMISED = (1_000, 5_000), (10_000, 50_000)
URL = "https://huggingface.co/lab/m{}"


def _random_pairs(nodes: int, edges: int, seed: int) -> set[tuple[int, int]]:
    rnd = random.Random(seed)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        parent, child = rnd.randrange(nodes), rnd.randrange(nodes)
        if parent != child:
            pairs.add((parent, child))
    return pairs


@pytest.fixture
def world(db, request):
    """A graph whose artifacts were registered in random order, children before parents too."""
    nodes, edges = request.param
    pairs = _random_pairs(nodes, edges, seed=5)
    truth = nx.DiGraph(pairs)
    order = list(range(nodes))
    random.Random(6).shuffle(order)
    for number in order:
        _register(number, sorted(truth.predecessors(number)) if number in truth else [])
    ids = {
        int(url.rpartition("m")[2]): pk
        for pk, url in Artifact.objects.values_list("pk", "source_url")
    }
    return truth, ids


def _register(number: int, parents: list[int]) -> None:
    url = URL.format(number)
    artifact = Artifact.objects.create(
        type="model", name=f"m{number}", source_url=url, source_key=url
    )
    version = Version.objects.create(artifact=artifact, number=1, state=State.READY)
    references = tuple(
        Reference("model", f"lab/m{parent}", URL.format(parent), "base_model", "model_card")
        for parent in parents
    )
    services.record_links(version, Facts("model", url, "0" * 40, references=references))
    Artifact.objects.filter(pk=artifact.pk).update(current=version)
    artifact.current_id = version.pk
    services.resolve(artifact)


@pytest.mark.timeout(1500)  # two and a half minutes where nothing else runs
@pytest.mark.parametrize(
    "world",
    [SMALL, pytest.param(PROMISED, marks=pytest.mark.slow)],
    ids=["small", "promised"],
    indirect=True,
)
def test_every_answer_is_that_of_networkx(world, django_user_model):
    user = django_user_model(username="x", role="searcher")
    for depth in (0, 1, 2, 3, 4, 5, 7, 50):
        _compare_with_networkx(*world, depth, user)


def _compare_with_networkx(truth: nx.DiGraph, ids: dict[int, int], depth: int, user) -> None:
    backwards = truth.reverse(copy=False)
    for number in random.Random(depth).sample(sorted(truth), 3):
        artifact = Artifact.objects.get(pk=ids[number])
        above = nx.single_source_shortest_path_length(backwards, number, cutoff=depth)
        below = nx.single_source_shortest_path_length(truth, number, cutoff=depth)

        found = {r.artifact.pk: r.distance for r in services.ancestors(artifact, depth)}
        assert found == {ids[n]: d for n, d in above.items() if d}
        found = {r.artifact.pk: r.distance for r in services.descendants(artifact, depth)}
        assert found == {ids[n]: d for n, d in below.items() if d}

        answer = services.graph(artifact, depth=depth, visible_to=user)
        nodes = above.keys() | below.keys()
        assert {node.artifact_id for node in answer.nodes} == {str(ids[n]) for n in nodes}
        edges = {(str(ids[p]), str(ids[c])) for p, c in truth.subgraph(nodes).edges}
        assert {(edge.parent, edge.child) for edge in answer.edges} == edges
        assert answer.is_complete
