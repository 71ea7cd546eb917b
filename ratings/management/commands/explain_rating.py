"""``manage.py explain_rating ID``: every measurement with its reason and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from artifacts.models import Artifact
from artifacts.templatetags.words import device, in_words, percent, score
from ratings.models import Rating
from ratings.policy import Verdict
from ratings.rating_rows import AnswerRow, answers_of
from ratings.services import current_rating, newest_rating


class Command(BaseCommand):
    help = "Print the rating of an artifact: each question, its answer, the reason, the evidence."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, metavar="ID", help="an artifact")
        parser.add_argument("--rating", type=int, help="an older rating of it, by its number")
        parser.add_argument("--history", action="store_true", help="list its ratings instead")

    def handle(self, *, id: int, rating: int | None, history: bool, **options: Any) -> None:
        artifact = Artifact.objects.filter(pk=id).first()
        if artifact is None:
            raise CommandError(f"There is no artifact {id}.")
        lines = _history(artifact) if history else _explained(artifact, _rating(artifact, rating))
        for line in lines:
            self.stdout.write(line)


def _rating(artifact: Artifact, number: int | None) -> Rating:
    if number is None:
        found = current_rating(artifact) or newest_rating(artifact)
    else:
        found = Rating.objects.filter(version__artifact=artifact, pk=number).first()
    if found is None:
        which = "rating yet" if number is None else f"rating {number}"
        raise CommandError(f"{artifact.name} has no {which}.")
    return found


def _history(artifact: Artifact) -> Iterator[str]:
    ratings = Rating.objects.filter(version__artifact=artifact).select_related("version")
    for one in ratings.defer("measurements", "version__facts", "version__notes").iterator():
        yield (
            f"{one.pk}\t{one.created:%Y-%m-%d %H:%M}\tversion {one.version.number}"
            f"\tcatalogue {one.catalogue_version}\t{one}"
        )


def _explained(artifact: Artifact, rating: Rating) -> Iterator[str]:
    answers = list(answers_of(rating))
    known = sum(answer.score is not None for answer in answers)
    version = rating.version
    yield f"{artifact.name} ({artifact.type} {artifact.pk}), version {version.number}"
    yield f"{version.source_url} at {version.revision or 'no revision'}"
    yield (
        f"Net score {score(rating.net_score)}, with {percent(rating.coverage)} of the weight known"
        f" ({known} of {len(answers)} questions)"
    )
    yield (
        f"Rating {rating.pk} by catalogue {rating.catalogue_version},"
        f" {rating.created:%Y-%m-%d %H:%M} UTC"
    )
    yield from _verdict(rating.decision)
    for answer in answers:
        yield from _answer(answer)


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield "It passes the gate." if verdict.passed else "It does not pass the gate."
    for rule in verdict.broken:
        yield f"  rejected: {rule.reason}"
    for rule in verdict.warnings:
        yield f"  warning: {rule.reason}"


def _answer(answer: AnswerRow) -> Iterator[str]:
    share = "no part of the net score" if answer.weight is None else percent(answer.weight)
    yield ""
    yield f"{answer.number}. {in_words(answer.name).capitalize()}: {score(answer.score)} ({share})"
    if answer.question:
        yield f"   {answer.question}"
    yield f"   {answer.reason}"
    for name, part in answer.parts.items():
        yield f"   {device(name)}: {score(part)}"
    for item in answer.evidence:
        link = f" <{item.url}>" if item.url else ""
        yield f"   - {item.note}{link}"
        if item.remedy:
            yield f"     To improve: {item.remedy}"
