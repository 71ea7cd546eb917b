"""May a project use a model? Judged with the licences of everything the model was made from."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.limits import budget
from artifacts import sources
from artifacts.models import Artifact, Version
from artifacts.sources import places
from artifacts.sources.errors import UnrecognisedUrl
from lineage.errors import ManyChecks
from lineage.graph import Graph, Node
from lineage.models import BUILT_ON, Relationship
from lineage.relatives import graph
from ratings.licences import (
    ChainFinding,
    Declared,
    Explanation,
    LicenceFindings,
    Parent,
    assess,
    explain,
    findings_of,
    judge_chain,
    normalise,
)
from ratings.licences.stored import findings_of_version, observed

if TYPE_CHECKING:
    from accounts.models import User
    from artifacts.facts import Facts

MAX_PARENTS = 200
MAX_LICENCE = 255  # characters that a row keeps; one that fills them may be cut

# A quarter of the threads of each process may wait for GitHub; others are told to come back.
_lines = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))


@dataclass(frozen=True, slots=True)
class Chain:
    """What a model was made from, nearest first; ``note`` says what was left out, if anything."""

    parents: tuple[Parent, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Who wants to use a model. ``artifact_id`` is '' where it was only read for this."""

    findings: LicenceFindings
    url: str = ""
    revision: str = ""
    artifact_id: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The answer, and which state of which project it is about."""

    explanation: Explanation
    project: Project
    note: str = ""

    def to_json(self) -> dict[str, object]:
        project = self.project
        return {
            **self.explanation.to_json(),
            "project": {
                "url": project.url,
                "revision": project.revision,
                "artifact_id": project.artifact_id,
                "expression": project.findings.expression,
            },
            "note": self.note,
        }


def check(model: Artifact, *, github_url: str, user: User) -> Check:
    """May the project at ``github_url`` fine-tune ``model`` and use it?

    Raises UnrecognisedUrl for what is no repository on GitHub, SourceNotFound for one that
    does not exist, and other errors of sources where GitHub does not answer.
    """
    place = repository(github_url)
    return _explained(model, project_at(place, user), user)


def check_licence(artifact: Artifact, *, licence: str, user: User) -> Check:
    """The same for a project of which only the licence is known, as people write it."""
    said = normalise(licence)
    declared = replace(said, expression=said.expression or licence)
    return _explained(artifact, Project(assess(declared, ())), user)


def _explained(model: Artifact, project: Project, user: User) -> Check:
    chain = chain_of(model, user)
    explanation = explain(
        model=findings_of_version(_current(model)), project=project.findings, chain=chain.parents
    )
    return Check(explanation, project, chain.note)


def repository(github_url: str) -> sources.Place:
    """The repository that an address means; UnrecognisedUrl where it is not one on GitHub."""
    place = sources.recognise(github_url)
    if place.source != places.GITHUB:
        raise UnrecognisedUrl(
            reason=f"This is the address of a {place.type} on {places.TITLES[place.source]}; the "
            "project must be a repository on GitHub, for example https://github.com/openai/whisper."
        )
    return place


def project_at(place: sources.Place, user: User) -> Project:
    """What a repository says of its licence: as it is registered, else as GitHub has it now."""
    registered = (
        Artifact.objects.visible_to(user)
        .ready()
        .for_listing()
        .filter(type="code", source_key=place.key)
        .first()
    )
    if registered is not None:
        version = _current(registered)
        if place.revision in ("", version.revision):
            found = findings_of_version(version)
            return Project(found, registered.source_url, version.revision, str(registered.pk))
    budget.limit_rate("license_check", user.pk)
    facts = _collect(place)
    return Project(findings_of(facts), facts.url, facts.revision)


def _collect(place: sources.Place) -> Facts:
    if not _lines.acquire(blocking=False):
        raise ManyChecks(retry_after=5)
    try:
        with sources.limited_waiting():
            return sources.collect_licence(place)
    finally:
        _lines.release()


def judged_chain(artifact: Artifact, user: User) -> tuple[tuple[ChainFinding, ...], str]:
    """How the licences of what ``artifact`` was made from bear its own, contradictions first."""
    chain = chain_of(artifact, user)
    return judge_chain(findings_of_version(_current(artifact)), chain.parents), chain.note


def chain_of(artifact: Artifact, user: User) -> Chain:
    """Base models to any distance, the data they were trained on, and code of its own.

    Of what is not registered, the licence is known where the pipeline read it.
    """
    around = graph(artifact, direction="ancestors", visible_to=user)
    steps = list(_steps(around))
    nodes = {node.artifact_id: node for node in around.nodes}
    kept = steps[:MAX_PARENTS]
    outside = [nodes[step.node].metadata["url"] for step in kept if nodes[step.node].is_outside]
    read = observed(_current(artifact), filter(None, outside))
    parents = tuple(_parent(nodes, step, read) for step in kept)
    cut = len(steps) - len(kept)
    note = f"{cut:,} more, further away, were not judged." if cut else around.note
    return Chain(parents, note)


def _current(artifact: Artifact) -> Version:
    version = artifact.current or artifact.newest
    assert version is not None  # noqa: S101 - an artifact is created with its first version
    return version


@dataclass(frozen=True, slots=True)
class _Step:
    """One parent of the chain, and whose parent it is."""

    node: str
    relationship: str
    child: str


def _steps(around: Graph) -> Iterator[_Step]:
    """Whatever reaches the weights of the root, breadth first.

    What a base model was measured with, or the code it came with, does not.
    """
    parents = defaultdict(list)
    for edge in around.edges:
        parents[edge.child].append(edge)
    seen: set[tuple[str, str]] = set()
    walked = {around.root}
    waiting = deque([around.root])
    while waiting:
        child = waiting.popleft()
        for edge in parents[child]:
            if edge.parent == around.root or (edge.parent, edge.relationship) in seen:
                continue
            reaches = edge.relationship in (*BUILT_ON, Relationship.TRAINING_DATASET)
            if not reaches and child != around.root:
                continue
            seen.add((edge.parent, edge.relationship))
            yield _Step(edge.parent, edge.relationship, child)
            if edge.relationship in BUILT_ON and edge.parent not in walked:
                walked.add(edge.parent)
                waiting.append(edge.parent)


def _parent(nodes: dict[str, Node], step: _Step, read: dict[str, LicenceFindings]) -> Parent:
    node = nodes[step.node]
    about = node.metadata
    child = nodes[step.child]
    return Parent(
        node.name,
        step.relationship,
        read.get(about["url"]) if node.is_outside else _kept(about["license"]),
        through="" if child.distance == 0 else child.name,
        artifact_id="" if node.is_outside else node.artifact_id,
        type=about["type"],
        url=about["url"],
    )


def _kept(licence: str) -> LicenceFindings | None:
    """The licence as the pipeline worked it out when the parent was published."""
    if not licence or len(licence) >= MAX_LICENCE:
        return None
    return LicenceFindings(Declared(), expression=licence, reason="as it was published")
