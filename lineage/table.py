"""The lineage as a table: what the picture shows, in words."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.graph import Graph, Node
from lineage.models import Relationship, SeenIn, Status


@dataclass(frozen=True, slots=True)
class TableRow:
    """One link; ``places`` are where it was seen, as people call them."""

    parent: Node
    child: Node
    relationship: str
    status: str
    status_label: str
    reason: str
    places: tuple[str, ...]


def rows_of(graph: Graph) -> list[TableRow]:
    """One row per link, in the order of the generations."""
    nodes = {node.artifact_id: node for node in graph.nodes}
    rows = [
        TableRow(
            parent=nodes[edge.parent],
            child=nodes[edge.child],
            relationship=Relationship(edge.relationship).label,
            status=edge.status,
            status_label=Status(edge.status).label,
            reason=edge.reason,
            places=tuple(_place(one.seen_in, one.path, one.line) for one in edge.seen),
        )
        for edge in graph.edges
    ]
    return sorted(rows, key=lambda row: (row.parent.distance, row.child.distance, row.parent.name))


def _place(seen_in: str, path: str, line: int | None) -> str:
    words = path or SeenIn(seen_in).label
    return f"{words}, line {line}" if line else words
