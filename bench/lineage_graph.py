"""Times the lineage on 10,000 artifacts and 50,000 links with cycles, and checks the answers.

    python bench/lineage_graph.py                                     (SQLite)
    DATABASE_URL=postgresql://user@host/db python bench/lineage_graph.py

Works in a test database that it creates and removes.
"""

# ruff: noqa: E402 - models can be imported once Django is set up
from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

import networkx as nx
from django.db import connection
from django.test.runner import DiscoverRunner

from accounts.models import User
from artifacts.models import Artifact, State, Version
from lineage import cost, services
from lineage.contract import graph_json
from lineage.layout import draw
from lineage.models import Link

NODES, EDGES, CHILDREN = 10_000, 50_000, 5_000
RUNS = 7


def make(names: list[str]) -> list[Artifact]:
    urls = [f"https://huggingface.co/bench/{name}" for name in names]
    artifacts = Artifact.objects.bulk_create(
        [
            Artifact(type="model", name=name, source_url=url, source_key=url)
            for name, url in zip(names, urls, strict=True)
        ],
        batch_size=500,
    )
    versions = Version.objects.bulk_create(
        [Version(artifact=one, number=1, state=State.READY) for one in artifacts], batch_size=500
    )
    for one, version in zip(artifacts, versions, strict=True):
        one.current = version
    Artifact.objects.bulk_update(artifacts, ["current"], batch_size=500)
    return artifacts


def join(pairs: list[tuple[Artifact, Artifact]]) -> None:
    links = [
        Link(
            child=child,
            version_id=child.current_id,
            parent=parent,
            parent_type="model",
            parent_name=parent.name,
            parent_url=parent.source_url,
            parent_key=parent.source_key,
            relationship="base_model",
            seen_in="model_card",
        )
        for parent, child in pairs
    ]
    Link.objects.bulk_create(links, batch_size=500)


def milliseconds(work: Callable[[], object]) -> str:
    work()
    taken, busy = [], []
    for _ in range(RUNS):
        start, start_cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - start_cpu) * 1000)
    return (
        f"fastest {min(taken):5.0f} ms, median {statistics.median(taken):5.0f} ms, "
        f"slowest {max(taken):5.0f} ms of {RUNS}; {min(busy):4.0f} ms of CPU in Python"
    )


def main() -> None:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        measure()
    finally:
        runner.teardown_databases(databases)


def measure() -> None:
    rnd = random.Random(2026)
    user = User(username="bench", role="searcher")
    made = make([f"node-{number}" for number in range(NODES)])
    rnd.shuffle(made)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < EDGES:
        parent, child = rnd.randrange(NODES), rnd.randrange(NODES)
        if parent != child:
            pairs.add((parent, child))
    join([(made[parent], made[child]) for parent, child in sorted(pairs)])
    base, *children = make(["base", *(f"tuned-{number}" for number in range(CHILDREN))])
    join([(base, child) for child in children])
    with connection.cursor() as cursor:
        # what autovacuum does by itself a minute after so many rows came
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    print(f"{connection.vendor}: {NODES:,} artifacts, {EDGES:,} links with cycles")
    truth = nx.DiGraph((made[parent].pk, made[child].pk) for parent, child in pairs)
    wrong = sum(not agrees(truth, made[number], user) for number in range(20))
    print(f"  {20 - wrong} of 20 artifacts x 3 depths answered as networkx does")
    root = made[0]
    gc.collect()
    gc.freeze()  # networkx's copy of the graph is not what a server carries around
    for depth in (1, 3, 4, 5, 50):
        print(f"  graph at depth {depth:2}: ", end="")
        print(milliseconds(lambda depth=depth: services.graph(root, depth=depth, visible_to=user)))
    print("  the same, as JSON:  ", end="")
    print(milliseconds(lambda: graph_json(services.graph(root, depth=50, visible_to=user))))
    print("  page of 600 nodes:  ", end="")
    print(milliseconds(lambda: draw(services.graph(root, visible_to=user, nodes=600))))
    print("  cost of everything: ", end="")
    print(milliseconds(lambda: cost.cost_of(root, user=user)))
    print(f"{connection.vendor}: a base with {CHILDREN:,} descendants")
    print("  graph:              ", end="")
    print(milliseconds(lambda: services.graph(base, visible_to=user)))
    print("  descendants as rows:", end="")
    print(" ", milliseconds(lambda: services.descendants(base)), sep="")
    print("  page of 600 nodes:  ", end="")
    print(milliseconds(lambda: draw(services.graph(base, visible_to=user, nodes=600))))


def agrees(truth: nx.DiGraph, artifact: Artifact, user: User) -> bool:
    for depth in (2, 5, 50):
        above = nx.single_source_shortest_path_length(truth.reverse(), artifact.pk, cutoff=depth)
        below = nx.single_source_shortest_path_length(truth, artifact.pk, cutoff=depth)
        nodes = above.keys() | below.keys()
        found = services.graph(artifact, depth=depth, visible_to=user)
        edges = {(int(edge.parent), int(edge.child)) for edge in found.edges}
        if {int(node.artifact_id) for node in found.nodes} != nodes:
            return False
        if edges != set(truth.subgraph(nodes).edges):
            return False
    return True


if __name__ == "__main__":
    main()
