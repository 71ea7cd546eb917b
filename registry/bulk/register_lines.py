"""From lines to rows: each line is registered as the API and the pages do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from accounts.audit.actors import acting_as
from accounts.models import Role, User
from accounts.permissions import is_owner_or_admin
from artifacts import services, sources
from artifacts.errors import AlreadyRegistered
from artifacts.models import Artifact, State, Version
from artifacts.sources import Place
from artifacts.sources.errors import UnrecognisedUrl
from common.errors import InvalidInput, RegistryError
from registry.bulk.lists import ListLine
from registry.bulk.report import KNOWN, NEW, ReportRow

BATCH = 500  # lines that one look at the database is about
# What an address without a revision means, on nearly every repository.
_DEFAULT_BRANCHES = {"main", "master", "HEAD"}
_SHORTEST_COMMIT = 7

Key = tuple[str, str]
Known = dict[Key, tuple[Artifact, Version | None]]


@dataclass(frozen=True, slots=True)
class Request:
    """A line that makes sense: what it asks for, and for whom."""

    place: Place
    name: str
    revision: str
    owner: User

    @property
    def key(self) -> Key:
        return self.place.type, self.place.key


class Registrar:
    """Registers lines for ``owner``; ``type`` is what an address that leaves it open is."""

    def __init__(self, owner: User, *, type: str = "", is_retrying: bool = False) -> None:
        self.owner = owner
        self.type = type
        self.is_retrying = is_retrying

    def register(self, lines: Sequence[ListLine]) -> Iterator[ReportRow]:
        """One row per line, in their order; what is known costs nothing line by line."""
        owners = _owners({line.owner for line in lines if line.owner})
        asked = [self._understood(line, owners) for line in lines]
        known = _known({one.key for one in asked if isinstance(one, Request)})
        for line, one in zip(lines, asked, strict=True):
            yield self._row(line, one, known)

    def _understood(self, line: ListLine, owners: dict[str, User]) -> Request | RegistryError:
        """What the line asks for, or what is wrong with it, known to the registry or not."""
        try:
            if line.problem:
                raise InvalidInput(reason=line.problem)
            place = self._place(line)
            name = services.clean_name(line.name) if line.name else ""
            revision = sources.checked_revision(line.revision)
            if revision and place.revision and revision != place.revision:
                reason = f"The address says {place.revision!r}, the revision {revision!r}."
                raise InvalidInput(reason=reason)
            owner = self._owner(line.owner, owners)
        except RegistryError as exc:
            return exc
        return Request(place, name, revision or place.revision, owner)

    def _place(self, line: ListLine) -> Place:
        """The type of the line wins over the address, and the address over the default."""
        if self.type and not line.type:
            try:
                return sources.recognise(line.url, type=self.type)
            except UnrecognisedUrl:  # perhaps only because the address says what it is
                return sources.recognise(line.url)
        return sources.recognise(line.url, type=line.type or None)

    def _owner(self, username: str, owners: dict[str, User]) -> User:
        if not username:
            return self.owner
        if (owner := owners.get(username)) is None:
            raise InvalidInput(reason=f"There is no account {username[:150]!r}.")
        if not owner.has_role(Role.UPLOADER):
            raise InvalidInput(reason=f"{username} is no uploader and cannot own artifacts.")
        return owner

    def _row(self, line: ListLine, asked: Request | RegistryError, known: Known) -> ReportRow:
        row = ReportRow(line)
        try:
            if isinstance(asked, RegistryError):
                raise asked
            if asked.key in known or not self._is_new(row, asked, known):
                self._is_known(row, asked, known)
        except RegistryError as exc:
            row.reason, row.code = str(exc), exc.code
        return row

    def _is_new(self, row: ReportRow, asked: Request, known: Known) -> bool:
        """Register it; False if somebody was faster."""
        try:
            with acting_as(asked.owner):
                version = services.register(
                    url=row.line.url,
                    type=asked.place.type,
                    name=asked.name,
                    owner=asked.owner,
                    revision=asked.revision,
                )
        except AlreadyRegistered:
            known.update(_known({asked.key}))
            return False
        known[asked.key] = version.artifact, version
        row.found(NEW, version.artifact, version)
        return True

    def _is_known(self, row: ReportRow, asked: Request, known: Known) -> None:
        if asked.key not in known:  # it was here a moment ago
            raise InvalidInput(reason="It was deleted while this ran; the next run registers it.")
        artifact, version = known[asked.key]
        _check_revision(asked, artifact, version)
        if self.is_retrying and version and version.state in {State.FAILED, State.REJECTED}:
            version = _retried(artifact, version, by=asked.owner)
            known[asked.key] = artifact, version
            row.is_retried = True
        row.found(KNOWN, artifact, version)


def _retried(artifact: Artifact, version: Version, *, by: User) -> Version:
    if not is_owner_or_admin(by, artifact):
        reason = f"{artifact.name} is not of {by.username}, who therefore cannot try it again."
        raise InvalidInput(reason=reason)
    with acting_as(by):
        return services.retry(version, by=by)


def _check_revision(asked: Request, artifact: Artifact, version: Version | None) -> None:
    """Raise InvalidInput where what is here is not the revision that the line names."""
    wanted = asked.revision
    if not wanted or version is None or wanted == version.requested_revision:
        return
    if version.revision.startswith(wanted) and len(wanted) >= _SHORTEST_COMMIT:
        return
    if not version.requested_revision and wanted in _DEFAULT_BRANCHES:
        return
    here = version.requested_revision or version.revision[:12] or "its default branch"
    address = sources.revision_page(artifact.source_url, wanted)
    raise InvalidInput(
        reason=f"It is here already as {artifact.type} {artifact.pk}, at {here} and not at "
        f"{wanted}. An update of that artifact with {address} fetches it."
    )


def _owners(usernames: Iterable[str]) -> dict[str, User]:
    asked = [name for name in usernames if name.isprintable()]  # or databases refuse to be asked
    return {user.username: user for user in User.objects.filter(username__in=asked)}


def _known(keys: set[Key]) -> Known:
    """What is here of ``keys``, each with its newest version: two queries, however many."""
    newest = Version.objects.filter(artifact=OuterRef("pk")).order_by("-number")
    found = (
        Artifact.objects.filter(
            type__in={type_ for type_, _ in keys}, source_key__in={key for _, key in keys}
        )
        .annotate(newest_id=Subquery(newest.values("pk")[:1]))
        .order_by()
    )
    artifacts = {(each.type, each.source_key): each for each in found}
    ids = [each.newest_id for each in artifacts.values() if each.newest_id]
    versions = Version.objects.light().in_bulk(ids)
    return {key: (each, versions.get(each.newest_id)) for key, each in artifacts.items()}
