"""One artifact, tab by tab. Every tab is a page of its own with a real address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.fields.json import KT
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import require_role
from artifacts import downloads, sources
from artifacts.errors import NotReady
from artifacts.lookup import find
from artifacts.models import Artifact, File, Scan, State, Version
from artifacts.views.registering import progress_of
from common.errors import NotFound
from common.ids import number_of, row_with_id
from common.markdown import render as render_markdown
from common.pagination import Keys, Order

if TYPE_CHECKING:
    from django.http import HttpResponse

    from artifacts.views import MemberRequest


FILES_PER_PAGE = 200
BY_PATH = Order("path")


@require_GET
@require_role("searcher")
def overview(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """What it is, whether to trust it, and how to get it; or why it is not here."""
    artifact = find(request.user, type, id)
    newest = artifact.newest
    context: dict[str, Any] = {"artifact": artifact, "tab": "overview"}
    if newest is not None and newest.pk != artifact.current_id:
        context |= progress_of(newest)
    if artifact.current is not None:
        context |= _card(artifact, artifact.current)
    return render(request, "artifacts/overview.html", context)


def _card(artifact: Artifact, version: Version) -> dict[str, Any]:
    """What the source says of itself: only the few texts that the page shows."""
    said = (
        Version.objects.annotate(
            readme=KT("facts__readme"),
            readme_path=KT("facts__readme_path"),
            description=KT("facts__description"),
        )
        .values("readme", "readme_path", "description", "facts__popularity")
        .get(pk=version.pk)
    )
    path = said["readme_path"] or ""
    page = sources.file_page(artifact.source_url, version.revision, path)
    base = sources.file_page(artifact.source_url, version.revision)
    folder = path.rpartition("/")[0]
    return {
        "description": said["description"],
        "popularity": said["facts__popularity"] or {},
        "readme_url": page if path else "",
        "readme": render_markdown(
            said["readme"] or "", base_url=f"{base}{folder}/" if base and folder else base
        ),
    }


@require_GET
@require_role("searcher")
def files(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Every file with its digest and what the scan found."""
    artifact = find(request.user, type, id)
    version = _version(artifact, request.GET.get("version", ""))
    rows = File.objects.filter(version=version).select_related("blob")
    worrying = rows.exclude(scan__in=[Scan.CLEAN, Scan.SKIPPED])
    given = request.GET.get("after", "")
    page = BY_PATH.page(rows, given, Keys("files", "after"), size=FILES_PER_PAGE)
    context = {
        "artifact": artifact,
        "tab": "files",
        "version": version,
        "page": page,
        "count": rows.count(),
        "worrying": worrying[:20] if version else [],
    }
    return render(request, "artifacts/files.html", context)


def _version(artifact: Artifact, number: str) -> Version | None:
    """The version with this number, else the current one, else the newest."""
    if not number:
        return artifact.current or artifact.newest
    known = number_of(number)
    version = artifact.versions.light().filter(number=known).first() if known else None
    if version is None:
        raise NotFound(what=f"This version of {artifact.name}")
    return version


@require_GET
@require_role("searcher")
def versions(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Everything that was ever asked for, the newest first."""
    artifact = find(request.user, type, id)
    rows = (
        artifact.versions.light()
        .select_related("requested_by")
        .annotate(files_count=Count("files"))
        .order_by("-number")
    )
    context = {"artifact": artifact, "tab": "versions", "versions": rows[:200]}
    return render(request, "artifacts/versions.html", context)


@require_GET
@require_role("downloader")
def download(request: MemberRequest, type: str, id: str) -> HttpResponse:
    """Leads to the signed address of the bundle."""
    artifact = find(request.user, type, id)
    version = _downloadable(artifact, request.GET.get("version", ""))
    return redirect(downloads.bundle_url(version, request=request))


@require_GET
@require_role("downloader")
def download_file(request: MemberRequest, type: str, id: str, file_id: str) -> HttpResponse:
    """Leads to the signed address of one file."""
    artifact = find(request.user, type, id)
    files = File.objects.filter(version__artifact=artifact).select_related("version", "blob")
    file = row_with_id(files, file_id, what="This file")
    _check_ready(artifact, file.version)
    return redirect(downloads.file_url(file, request=request))


def _downloadable(artifact: Artifact, number: str) -> Version:
    version = _version(artifact, number)
    if version is None:
        raise NotReady(what=artifact.name, state="not here yet")
    _check_ready(artifact, version)
    return version


def _check_ready(artifact: Artifact, version: Version) -> None:
    if version.state != State.READY:
        raise NotReady(what=artifact.name, state=version.get_state_display().lower())
