"""An artifact that can be used, after a little waiting where it is on its way."""

from __future__ import annotations

from rest_framework.request import Request

from artifacts.errors import NotIngestedYet
from artifacts.lookup import ArtifactNotFound, find
from artifacts.models import ACTIVE, Artifact, Version
from artifacts.waiting import wait_until


def ready(request: Request, type: str, id: str) -> Artifact:
    """The artifact once it can be used; waits a little while it is being ingested.

    Raises NotIngestedYet (404 with Retry-After) when the wait was in vain, and
    ArtifactNotFound when there is nothing to wait for.
    """
    artifact = find(request.user, type, id)
    if artifact.current_id is not None:
        return artifact
    active = Version.objects.active().filter(artifact_id=artifact.pk)
    was_active = active.exists()
    if was_active and not wait_until(lambda: not active.exists()):
        state = active.values_list("state", flat=True).first() or ACTIVE[0]
        raise NotIngestedYet(what=artifact.name, state=str(state).lower(), retry_after=5)
    artifact = find(request.user, type, id)
    if artifact.current_id is None:
        raise ArtifactNotFound(type=type, id=id)
    return artifact
