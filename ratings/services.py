"""Measuring a version, storing the answers, and keeping what depends on them up to date."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from artifacts import audit_actions
from artifacts.facts import Facts, ParentScore
from artifacts.models import Artifact, Scan, State, Version
from artifacts.scanning.scan_findings import in_short
from common.jobs import enqueue
from lineage import graph
from lineage.models import BUILT_ON, Link
from lineage.relatives import among
from lineage.services import model_ancestors
from lineage.walk import MAX_DEPTH, surroundings
from ratings import policy, scoring
from ratings.measurements.measurement import TimedMeasurement
from ratings.metrics import CATALOGUE_VERSION, METRICS, WEIGHTS
from ratings.models import PolicyRule, Rating
from ratings.policy import Rule, ScanFinding

TREE = "tree_score"  # the one measurement that depends on other artifacts

# A file that was not looked at is as bad as one that could not be.
_OUTCOMES = {
    Scan.DANGEROUS: "hostile",
    Scan.ERROR: "error",
    Scan.PENDING: "error",
    Scan.SUSPICIOUS: "suspicious",
}


def rules(type: str) -> tuple[Rule, ...]:
    """The gate's rules for one type of artifact, as the operators keep them."""
    # sorted here, because databases sort words in more than one way
    rows = sorted(
        PolicyRule.objects.filter(applies_to=type),
        key=lambda row: (row.metric, not row.is_enforced),
    )
    return tuple(
        Rule(
            metric=row.metric,
            minimum=row.minimum,
            is_enforced=row.is_enforced,
            is_unknown_accepted=row.is_unknown_accepted,
            applies_to=row.applies_to,
        )
        for row in rows
    )


def facts_of(version: Version) -> Facts:
    """The stored facts of a version with those of what it names: nobody is asked anything."""
    facts = Facts.from_json(version.facts)
    return replace(facts, linked=linked_facts(version, facts))


def linked_facts(version: Version, facts: Facts) -> tuple[Facts, ...]:
    """What was read of the datasets and code that ``facts`` name, in the order they are named."""
    order: dict[str, int] = {}
    for position, reference in enumerate(facts.references):
        order.setdefault(reference.url.casefold(), position)
    found = [Facts.from_json(row) for row in version.observations.values_list("facts", flat=True)]
    return tuple(
        sorted(found, key=lambda one: (order.get(one.url.casefold(), len(order)), one.url))
    )


def rate(version: Version, facts: Facts) -> Rating:
    """Measure ``facts`` and store the rating with the verdict of the gate.

    The scores of the parents are read from the database now; everything else is in the facts.
    """
    facts = replace(facts, parents=parents_of(version))
    started = time.perf_counter()
    answers = scoring.measure_all(facts)
    return store(version, answers, net_latency_seconds=time.perf_counter() - started)


def store(
    version: Version, answers: Mapping[str, TimedMeasurement], *, net_latency_seconds: float
) -> Rating:
    """Keep ``answers`` with score and verdict: the one place where they become JSON.

    Each gets the weight it has in this catalogue, which a later one may change.
    """
    measurements = {name: answer.measurement for name, answer in answers.items()}
    net, coverage = scoring.net_score(measurements, WEIGHTS)
    verdict = policy.judge(
        measurements, net, coverage, scan_findings(version), rules(version.artifact.type)
    )
    rating = Rating.objects.create(
        version=version,
        catalogue_version=CATALOGUE_VERSION,
        net_score=net,
        coverage=coverage,
        measurements={
            name: answer.to_json(weight=WEIGHTS.get(name)) for name, answer in answers.items()
        },
        net_latency_seconds=round(net_latency_seconds, 6),
        verdict=verdict.to_json(),
    )
    rating.decision = verdict  # what asks next has it as it is
    return rating


def note_rating(sender: type[Rating], instance: Rating, *, created: bool, **kwargs: Any) -> None:
    """Receives ``post_save``: each new rating is an entry in the audit of its artifact."""
    if created and not kwargs.get("raw"):
        version = instance.version
        audit_actions.record(
            version.artifact,
            "RATE",
            version=version.number,
            rating=instance.pk,
            net_score=instance.net_score,
            passed=instance.verdict.get("passed"),
        )


def parents_of(version: Version) -> tuple[ParentScore, ...]:
    """The published models that this version was made from, nearest first."""
    return tuple(
        ParentScore(
            name=parent.name,
            net_score=parent.net_score,
            relationship=relationship,
            distance=distance,
            url=parent.source_url,
        )
        for parent, relationship, distance in model_ancestors(version)
    )


def current_rating(artifact: Artifact) -> Rating | None:
    """The newest rating of the version that is current."""
    if artifact.current_id is None:
        return None
    rated = Rating.objects.filter(version_id=artifact.current_id)
    return rated.select_related("version").defer("version__facts", "version__notes").first()


def newest_rating(artifact: Artifact) -> Rating | None:
    """The rating of whichever version was measured last, a rejected one included."""
    rated = Rating.objects.filter(version__artifact_id=artifact.pk)
    return rated.select_related("version").defer("version__facts", "version__notes").first()


@transaction.atomic
def rate_again(version: Version) -> Rating:
    """Measure a version again from its stored facts; the old rating stays readable.

    A verdict is recorded but never takes a published version away: that is an operator's
    decision (quarantine).
    """
    artifact = Artifact.objects.select_for_update().get(pk=version.artifact_id)
    rating = rate(version, facts_of(version))
    if _take_over(artifact, rating):
        request_remeasuring(artifact)
    return rating


def scan_findings(version: Version) -> tuple[ScanFinding, ...]:
    """What the scan of the files has to say to the gate."""
    found = version.files.filter(scan__in=_OUTCOMES).order_by()
    rows = sorted(found.values_list("path", "scan", "findings"), key=lambda row: row[0])
    return tuple(
        ScanFinding(path, _OUTCOMES[Scan(scan)], "; ".join(map(in_short, findings[:3])))
        for path, scan, findings in rows
    )


def request_remeasuring(artifact: Artifact) -> None:
    """Have the models made from ``artifact`` measured again, after the commit.

    It is looked at itself as well: a parent may have moved while it was being ingested.
    """
    around = Link.objects.filter(Q(parent=artifact) | Q(child=artifact))
    if not around.filter(relationship__in=BUILT_ON).exists():
        return
    if settings.INGESTION_SYNC:  # there may be no worker
        transaction.on_commit(lambda: remeasure_descendants(artifact.pk), robust=True)
    else:
        enqueue("ratings.services.remeasure_descendants", artifact.pk)


def remeasure_descendants(artifact_id: int) -> None:
    """Measure again what an artifact and its descendants are built on. Safe to run twice.

    Parents come before their children, and members of a cycle twice, so that every score
    is read after it has changed. What has not changed gets no new rating.
    """
    artifact = Artifact.objects.filter(pk=artifact_id).first()
    if artifact is None:
        return
    for group in _family(artifact):
        for pk in group if len(group) == 1 else group * 2:
            _remeasure(pk)


def _family(artifact: Artifact) -> list[list[int]]:
    """An artifact and its descendants in groups, parents first; a group is a cycle or one."""
    around = surroundings(artifact, up=0, down=MAX_DEPTH, among=among(None), relationships=BUILT_ON)
    groups = graph.components([around.root], graph.children_of(around.edges))
    return [[int(node) for node in sorted(group, key=int)] for group in reversed(groups)]


@transaction.atomic
def _remeasure(artifact_id: int) -> None:
    """Ask the one question again whose answer depends on others; the rest is taken over."""
    # locked, so that whoever comes later also reads the scores of the parents later
    artifact = Artifact.objects.select_for_update().filter(pk=artifact_id).first()
    last = current_rating(artifact) if artifact else None
    if artifact is None or last is None or last.version.state != State.READY:
        return
    last.version.artifact = artifact
    if last.catalogue_version != CATALOGUE_VERSION:
        rating = rate(last.version, facts_of(last.version))
    elif TREE in last.measurements:
        facts = replace(Facts.from_json(last.version.facts), parents=parents_of(last.version))
        again = scoring.measure_all(facts, [METRICS[TREE]])[TREE]
        if again.measurement == last.answers[TREE].measurement:
            return
        answers = {**last.answers, TREE: again}
        rating = store(last.version, answers, net_latency_seconds=last.net_latency_seconds)
    else:
        return
    _take_over(artifact, rating)


def _take_over(artifact: Artifact, rating: Rating) -> bool:
    """Show the scores of a rating wherever its artifact is shown; whether that changed any."""
    before = (artifact.net_score, artifact.coverage)
    if artifact.current_id != rating.version_id or before == (rating.net_score, rating.coverage):
        return False
    artifact.net_score, artifact.coverage = rating.net_score, rating.coverage
    artifact.save(update_fields=["net_score", "coverage"])
    return True
