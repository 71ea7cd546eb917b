"""May a project use a model? Judged with the licences of everything the model was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from accounts.limits import budget
from artifacts import sources
from artifacts.models import Artifact
from common import waiting_threads
from common.errors import RegistryError
from ratings.licences import (
    Explanation,
    LicenceFindings,
    assess,
    explain,
    findings_of,
    normalise,
)
from ratings.licences.chain import chain_of, current, findings_of_version

if TYPE_CHECKING:
    from accounts.models import User
    from artifacts.facts import Facts

COUNTED = "only what is asked of GitHub counts, not what is registered here"


class ManyChecks(RegistryError):
    code = "many_checks"
    message = "Too many licences are being looked up right now; ask again in {retry_after} seconds."
    status = 429


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

    @property
    def sides(self) -> tuple[tuple[str, LicenceFindings], ...]:
        return ("model", self.explanation.model), ("project", self.explanation.project)


def check(model: Artifact, *, github_url: str, user: User) -> Check:
    """May the project at ``github_url`` fine-tune ``model`` and use it?

    Raises UnrecognisedUrl for what is no repository on GitHub, SourceNotFound for one that
    does not exist, and other errors of sources where GitHub does not answer.
    """
    place = sources.recognise_project(github_url)
    return _explained(model, project_at(place, user), user)


def check_licence(artifact: Artifact, *, licence: str, user: User) -> Check:
    """The same for a project of which only the licence is known, as people write it."""
    said = normalise(licence)
    declared = replace(said, expression=said.expression or licence)
    return _explained(artifact, Project(assess(declared, ())), user)


def _explained(model: Artifact, project: Project, user: User) -> Check:
    chain = chain_of(model, user)
    explanation = explain(model=chain.licence, project=project.findings, chain=chain.parents)
    return Check(explanation, project, chain.note)


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
        version = current(registered)
        if place.revision in ("", version.revision):
            found = findings_of_version(version)
            return Project(found, registered.source_url, version.revision, str(registered.pk))
    budget.limit_rate("license_check", user.pk)
    facts = _collect(place)
    return Project(findings_of(facts), facts.url, facts.revision)


def _collect(place: sources.Place) -> Facts:
    with waiting_threads.place(otherwise=ManyChecks(retry_after=5)), sources.limited_waiting():
        return sources.collect_licence(place)
