"""Where each node and line of a drawn lineage goes: parents left, children right."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fast_sugiyama import from_edges

from lineage.graph import Edge, Graph, Node, cyclic, layers

# The library tells each of its steps at the level of an event.
for _name in ("rust-sugiyama", "connected_components"):
    logging.getLogger(_name).setLevel(logging.WARNING)

BOX_WIDTH, BOX_HEIGHT = 208, 44
COLUMN, ROW = 288, 60
MARGIN = 16
LABEL_LENGTH = 26

# The layout adds a bend wherever a line passes a column, and takes time for each. Beyond
# this many it is left to plain columns: a dense graph of 60 nodes already took 3 seconds.
MAX_BENDS = 1_500

BALANCED_HEIGHT = 12 * ROW  # a taller picture is packed towards its upper edge

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node at its place; ``label`` is its name cut to what the box holds."""

    node: Node
    x: float
    y: float
    label: str
    is_root: bool

    @property
    def text_x(self) -> float:
        return self.x + 12

    @property
    def name_y(self) -> float:
        return self.y + 19

    @property
    def kind_y(self) -> float:
        return self.y + 35


@dataclass(frozen=True, slots=True)
class GraphLine:
    """The links between two nodes as one curve, its arrow at the child."""

    path: str
    title: str
    status: str
    is_cyclic: bool


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """Boxes come in reading order: column by column, from top to bottom."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[GraphLine, ...]


def draw(graph: Graph) -> GraphPicture:
    """The picture of a graph; the same graph always gives the same picture."""
    order = [node.artifact_id for node in sorted(graph.nodes, key=lambda node: node.distance)]
    column = layers(order, graph.edges)
    pairs = _forward(graph.edges, column)
    places, bends = _places(order, column, pairs)
    boxes = [
        Box(
            node=node,
            x=places[node.artifact_id][0],
            y=places[node.artifact_id][1],
            label=_label(node.name),
            is_root=node.artifact_id == graph.root,
        )
        for node in graph.nodes
    ]
    boxes.sort(key=lambda box: (box.x, box.y))
    return GraphPicture(
        width=max(box.x for box in boxes) + BOX_WIDTH + MARGIN,
        height=max(box.y for box in boxes) + BOX_HEIGHT + MARGIN,
        boxes=tuple(boxes),
        lines=tuple(_lines(graph, places, bends)),
    )


def _label(name: str) -> str:
    return name if len(name) <= LABEL_LENGTH else f"{name[: LABEL_LENGTH - 1]}…"


def _forward(edges: Sequence[Edge], column: Mapping[str, int]) -> list[tuple[str, str]]:
    """Each joined pair once and in the direction of the columns, so that no cycle is left."""
    found: dict[tuple[str, str], None] = {}
    for edge in edges:
        if edge.parent != edge.child:
            ends = sorted((edge.parent, edge.child), key=lambda node: (column[node], node))
            found[ends[0], ends[1]] = None
    return list(found)


def _places(
    order: Sequence[str], column: Mapping[str, int], pairs: Sequence[tuple[str, str]]
) -> tuple[dict[str, Point], dict[tuple[str, str], list[Point]]]:
    """The corner of every box, and the points that a long line passes."""
    if not pairs or sum(column[end] - column[start] for start, end in pairs) > MAX_BENDS:
        return _columns(order, column), {}
    number = {node: index for index, node in enumerate(order)}
    # An edge from a node to itself would end the process inside the library; there is none here.
    numbered = [(number[start], number[end]) for start, end in pairs]
    raw: dict[int, Point] = {}
    steps: list[tuple[int, int]] = []
    offset = 0.0
    layouts = from_edges(numbered, minimum_length=1, dummy_vertices=True)
    for positions, width, height, joined in layouts:
        left = min(x for _, (x, _) in positions)
        for node, (x, y) in positions:
            raw[int(node)] = (
                float(height - y) / 72 * COLUMN,
                (float(x - left) + offset) / 72 * ROW,
            )
        offset += float(width) + 72
        steps += [(int(start), int(end)) for start, end in joined or []]
    if max(y for _, y in raw.values()) > BALANCED_HEIGHT:
        raw = _packed(raw)
    spots = {node: (x + MARGIN, y + MARGIN) for node, (x, y) in raw.items()}
    places = {node: spots[index] for node, index in number.items() if index in spots}
    places |= _alone([node for node in order if node not in places], places)
    return places, _bends(order, steps, spots)


def _packed(raw: Mapping[int, Point]) -> dict[int, Point]:
    """The same columns in the same order, filled from the top.

    A parent in the middle of a hundred children would be out of sight at first.
    """
    rows: dict[float, int] = defaultdict(int)
    packed = {}
    for node in sorted(raw, key=lambda node: (raw[node][1], node)):
        x = raw[node][0]
        packed[node] = (x, float(rows[x] * ROW))
        rows[x] += 1
    return packed


def _columns(order: Sequence[str], column: Mapping[str, int]) -> dict[str, Point]:
    taken: dict[int, int] = defaultdict(int)
    places = {}
    for node in order:
        x = column[node]
        places[node] = (float(x * COLUMN + MARGIN), float(taken[x] * ROW + MARGIN))
        taken[x] += 1
    return places


def _alone(nodes: Sequence[str], places: Mapping[str, Point]) -> dict[str, Point]:
    below = max((y for _, y in places.values()), default=MARGIN - ROW) + ROW
    return {node: (float(MARGIN), below + ROW * index) for index, node in enumerate(nodes)}


def _bends(
    order: Sequence[str], steps: Sequence[tuple[int, int]], spots: Mapping[int, Point]
) -> dict[tuple[str, str], list[Point]]:
    """The way of each line that crosses columns, from the chain of vertices put there for it."""
    after = {start: end for start, end in steps if start >= len(order)}
    found = {}
    for start, end in steps:
        if start >= len(order) or end < len(order):
            continue
        way = []
        while end >= len(order):
            way.append(spots[end])
            end = after[end]  # noqa: PLW2901 - walking along the chain
        found[order[start], order[end]] = way
    return found


def _lines(
    graph: Graph, places: Mapping[str, Point], bends: Mapping[tuple[str, str], list[Point]]
) -> list[GraphLine]:
    names = {node.artifact_id: node.name for node in graph.nodes}
    loops = cyclic(names, graph.edges)
    joined: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        joined[edge.parent, edge.child].append(edge)
    lines = []
    for (parent, child), edges in joined.items():
        words = ", ".join(edge.relationship.replace("_", " ") for edge in edges)
        statuses = {edge.status for edge in edges}
        status = next(s for s in ("contradicted", "verified", "declared") if s in statuses)
        way = bends.get((parent, child)) or bends.get((child, parent), [])[::-1]
        lines.append(
            GraphLine(
                path=_curve(places[parent], places[child], way),
                title=f"{names[parent]} → {names[child]}: {words} ({status})",
                status=status,
                is_cyclic=(parent, child) in loops,
            )
        )
    return lines


def _curve(parent: Point, child: Point, way: Sequence[Point]) -> str:
    """An SVG path from the side of the parent to that side of the child that faces it."""
    middle = BOX_HEIGHT / 2
    if child[0] > parent[0]:
        points = [(parent[0] + BOX_WIDTH, parent[1] + middle)]
        points += [(x + BOX_WIDTH / 2, y + middle) for x, y in way]
        points.append((child[0] - 3, child[1] + middle))
    else:  # back along a cycle
        points = [(parent[0], parent[1] + middle)]
        points += [(x + BOX_WIDTH / 2, y + middle) for x, y in way]
        points.append((child[0] + BOX_WIDTH + 3, child[1] + middle))
    path = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        half = (x1 + x2) / 2
        path += f" C{half:.0f} {y1:.0f} {half:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return path
