"""Lineage and cost as the contract writes them."""

from __future__ import annotations

from typing import Any

from lineage.cost import Cost, CostEntry, megabytes
from lineage.graph import Graph


def graph_json(graph: Graph) -> dict[str, Any]:
    """The contract's nodes and edges, and what was left out in words."""
    seen: dict[int, list[dict[str, Any]]] = {}  # edges share what was seen in the same places
    for edge in graph.edges:
        if id(edge.seen) not in seen:
            seen[id(edge.seen)] = [one._asdict() for one in edge.seen]
    return {
        "nodes": [
            {
                "artifact_id": node.artifact_id,
                "name": node.name,
                "source": node.source,
                "metadata": node.metadata,
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "from_node_artifact_id": edge.parent,
                "to_node_artifact_id": edge.child,
                "relationship": edge.relationship,
                "status": edge.status,
                "reason": edge.reason,
                "seen": seen[id(edge.seen)],
            }
            for edge in graph.edges
        ],
        "is_complete": graph.is_complete,
        "note": graph.note,
    }


def cost_json(cost: Cost) -> dict[str, dict[str, Any]]:
    """One entry for each artifact of the closure; what has no known size has no entry."""
    return {
        entry.artifact_id: _entry_json(cost, entry)
        for entry in cost.entries
        if entry.standalone_bytes is not None
    }


def _entry_json(cost: Cost, entry: CostEntry) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "standalone_cost": megabytes(entry.standalone_bytes or 0),
        "total_cost": megabytes(entry.total.size_bytes),
    }
    if unknown := cost.unknown(entry):
        answer["unknown"] = unknown
    return answer
