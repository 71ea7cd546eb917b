"""The links around an artifact, by one recursive statement on either database."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

# Up to this depth the statement counts steps; beyond it, it takes the whole closure and
# the caller counts. Counting makes a row per node and distance, which a large cyclic
# graph multiplies by the depth, while the closure is visited once whatever the depth.
COUNTED_DEPTH = 4


class LinkRow(NamedTuple):
    """One link, as the database has it. The query gives plain tuples in this order.

    What an outside parent is called is left to ``outside_names``: few links need it.
    """

    id: int
    child_id: int
    parent_id: int | None
    version_id: int | None
    relationship: str
    seen_in: str
    path: str
    line: int | None
    status: str
    reason: str
    is_cut: bool  # the same in every row: whether the limit was met


Plain = tuple[int, int, int | None, int | None, str, str, str, int | None, str, str, bool]

# UNION, not UNION ALL: a node that was reached is not walked from again, so cycles end.
_CLOSURE = """
    {name}(id) AS (
        SELECT CAST(%s AS bigint)
        UNION
        SELECT link.{end} FROM {name}
        JOIN lineage_link link ON link.{start} = {name}.id
        WHERE link.{end} IS NOT NULL
    ),
    {name}_nodes(id) AS (SELECT id FROM {name} LIMIT %s)"""

_COUNTED = """
    {name}(id, depth) AS (
        SELECT CAST(%s AS bigint), 0
        UNION
        SELECT link.{end}, {name}.depth + 1 FROM {name}
        JOIN lineage_link link ON link.{start} = {name}.id
        WHERE link.{end} IS NOT NULL AND {name}.depth < {depth}
    ),
    {name}_nodes(id) AS (SELECT DISTINCT id FROM (SELECT id FROM {name} LIMIT %s) AS nearest)"""

# The links whose two ends are relatives, and those of ancestors that lead outside. PostgreSQL
# hashes the relatives and asks for each link; SQLite is faster at joining.
_LINKS_AMONG = {
    "postgresql": """
        FROM lineage_link link
        WHERE link.child_id IN (SELECT id FROM nodes) AND (
            link.parent_id IN (SELECT id FROM nodes)
            OR (link.parent_id IS NULL AND link.child_id IN (SELECT id FROM up_nodes))
        )""",
    "sqlite": """
        FROM nodes
        JOIN lineage_link link ON link.child_id = nodes.id
        LEFT JOIN nodes parents ON parents.id = link.parent_id
        LEFT JOIN up_nodes ON up_nodes.id = nodes.id
        WHERE parents.id IS NOT NULL OR (link.parent_id IS NULL AND up_nodes.id IS NOT NULL)""",
}

_COLUMNS = ", ".join(f"link.{column}" for column in LinkRow._fields[:-1])


def links_around(artifact_id: int, *, up: int, down: int, limit: int) -> tuple[list[Plain], bool]:
    """Every link between an artifact and its relatives, and whether ``limit`` cut something off.

    ``up`` and ``down`` are how many generations to go towards parents and children. The
    answer may hold more than asked: the caller counts steps, and drops what may not be
    seen and what an earlier version of a child stated. ``limit`` bounds the relatives
    in each direction; the nearest are kept.
    """
    parts = [
        _walk("up", start="child_id", end="parent_id", depth=up),
        _walk("down", start="parent_id", end="child_id", depth=down),
    ]
    params: list[int] = []
    for depth in (up, down):
        # a counted walk may meet a node at each distance
        factor = max(depth, 1) if depth <= COUNTED_DEPTH else 1
        params += [artifact_id, (limit + 2) * factor]
    sql = f"""
        WITH RECURSIVE {",".join(parts)},
        nodes(id) AS (SELECT id FROM up_nodes UNION SELECT id FROM down_nodes)
        SELECT {_COLUMNS},
            (SELECT COUNT(*) FROM up_nodes) > %s OR (SELECT COUNT(*) FROM down_nodes) > %s
        {_LINKS_AMONG[connection.vendor]}
        ORDER BY link.id
    """  # noqa: S608 - made of the constants above; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit + 1, limit + 1])
        found: list[Plain] = cursor.fetchall()
    return found, bool(found and found[0][-1])


def _walk(name: str, *, start: str, end: str, depth: int) -> str:
    template = _COUNTED if depth <= COUNTED_DEPTH else _CLOSURE
    return template.format(name=name, start=start, end=end, depth=int(depth))
