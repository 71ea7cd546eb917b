"""The pipeline: from a pasted URL to a published, rated version.

Each step starts from rows and is safe to run twice, so a killed worker costs time and
nothing else. What a version is doing is on its row; the queue only says which row to look at.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

from django.db import transaction
from django.utils.timezone import now

import lineage.services
import ratings.services
from accounts.audit.actors import acting_as
from artifacts import services, sources, storage
from artifacts.facts import Facts, FileFact
from artifacts.models import Blob, File, Scan, State, Version
from artifacts.scanning import scan_file
from artifacts.storage import bundles
from common.digest import manifest_digest
from common.errors import RegistryError
from ratings.licences import findings_of
from registry.ingestion.companions import collect_linked, register_linked
from registry.ingestion.lease import Lease, LostClaim

logger = logging.getLogger(__name__)


class Rejected(Exception):
    """The gate said no; the reasons are for the person who registered."""


def ingest(version_id: int) -> None:
    """Run the pipeline over one version. Safe to run twice: only one worker wins the claim."""
    version = Version.objects.claim(version_id)
    if version is None:
        return
    with acting_as(version.requested_by), Lease(version) as lease:
        try:
            _run_steps(lease)
        except LostClaim:
            logger.info("version %s went to another worker, or is gone", version_id)


def _run_steps(lease: Lease) -> None:
    """Run the steps and write down how they ended; raises LostClaim, also from that writing."""
    try:
        Ingestion(lease).run()
    except LostClaim:
        raise
    except Rejected as exc:
        lease.end(State.REJECTED, reason=str(exc), code="disqualified", is_retryable=False)
    except RegistryError as exc:
        lease.end(
            State.FAILED,
            reason=str(exc),
            code=exc.code,
            is_retryable=getattr(exc, "is_retryable", False),
        )
    except Exception:
        lease.end(
            State.FAILED,
            reason="An internal error stopped the ingestion; the operators' log has it.",
            code="internal_error",
            is_retryable=True,
        )
        raise


class Ingestion:
    """One run over one version; ``run`` lists its steps."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.version = lease.version

    def run(self) -> None:
        for step in (
            self.collect,
            self.fetch,
            self.scan,
            self.read_linked,
            self.link,
            self.rate,
            self.publish,
        ):
            self.lease.write(stage=step.__name__)
            step()

    def collect(self) -> None:
        """Pin the revision and read the facts there; a second run keeps the first one's."""
        version = self.version
        if version.started is None:
            self.lease.write(started=now())
        if version.facts:
            self.facts = Facts.from_json(version.facts)
            return
        self.lease.change(State.FETCHING)
        place = sources.recall(version.source_url, type=version.artifact.type)
        self.facts = sources.collect(place, revision=version.requested_revision)
        self._keep_facts()
        self.lease.note(f"Read the facts at revision {self.facts.revision[:12]}.")

    def _keep_facts(self) -> None:
        self.lease.write(
            revision=self.facts.revision, facts=replace(self.facts, linked=()).to_json()
        )

    def fetch(self) -> None:
        """Stream every file into storage; what arrived before a crash is not fetched again."""
        listed = self.facts.files
        total = sum(item.size_bytes or 0 for item in listed)
        self.lease.write(files_total=len(listed), bytes_total=total)
        arrived = dict(self.version.files.values_list("path", "blob__size_bytes"))
        self.files_done, self.bytes_done = len(arrived), sum(arrived.values())
        missing = [item for item in listed if item.path not in arrived]
        if missing:
            self.lease.change(State.FETCHING)
            with sources.opened(self.facts) as checkout:
                for item in missing:
                    self._fetch_one(checkout, item)
        self._write_manifest()

    def _fetch_one(self, checkout: sources.Checkout, item: FileFact) -> None:
        before = self.bytes_done

        def on_progress(seen_bytes: int) -> None:
            self.lease.progress(bytes_done=before + seen_bytes)

        size_bytes = item.size_bytes
        if size_bytes is None:  # git's digest begins with the size, so it is measured first
            size_bytes = sum(len(chunk) for chunk in checkout.read(item.path))
        blob = storage.have_blob(item.sha256, size_bytes=size_bytes)
        if blob is None:
            blob = storage.store_blob(
                checkout.read(item.path),
                size_bytes=size_bytes,
                expected_sha256=item.sha256,
                expected_git_sha1="" if item.is_lfs else item.git_sha1,
                on_progress=on_progress,
            )
        self._add_file(item, blob)
        self.files_done += 1
        self.bytes_done += blob.size_bytes
        self.lease.progress(files_done=self.files_done, bytes_done=self.bytes_done)

    def _add_file(self, item: FileFact, blob: Blob) -> None:
        with transaction.atomic():
            self.lease.write()  # the fence: nobody adds files to a version of somebody else
            File.objects.create(version=self.version, path=item.path, blob=blob, is_lfs=item.is_lfs)

    def _write_manifest(self) -> None:
        rows = self.version.files.values_list("path", "blob__size_bytes", "blob_id")
        entries = list(rows)
        size_bytes = sum(size for _, size, _ in entries)
        self.lease.write(
            files_done=len(entries),
            bytes_done=size_bytes,
            size_bytes=size_bytes,
            manifest_sha256=manifest_digest(entries),
        )
        self.lease.note(f"Fetched {len(entries)} files, {size_bytes:,} bytes.")

    def scan(self) -> None:
        """Look at every file; nothing is ever unpickled, imported or executed."""
        self.lease.change(State.RATING)
        for file in self.version.files.filter(scan=Scan.PENDING).select_related("blob"):
            read_range = partial(storage.read_range, file.blob)
            result = scan_file(file.path, file.blob.size_bytes, read_range)
            File.objects.filter(pk=file.pk).update(scan=result.outcome, findings=result.findings)
            self.lease.progress()

    def read_linked(self) -> None:
        """Read the datasets and code this one names; a failure there is a fact, not ours."""
        self.facts = collect_linked(self.version, self.facts)
        self._keep_facts()
        if self.facts.linked:
            self.lease.note(f"Read {len(self.facts.linked)} linked datasets and repositories.")

    def link(self) -> None:
        """Write where it comes from into the lineage."""
        lineage.services.record_links(self.version, self.facts)

    def rate(self) -> None:
        """Measure, and let the gate decide."""
        version = self.version
        license = findings_of(self.facts).expression
        self.lease.write(license=license[:255])
        self.rating = ratings.services.rate(version, self.facts)
        if not self.rating.decision.passed:
            raise Rejected(" ".join(f"{reason}." for reason in self.rating.decision.reasons))

    def publish(self) -> None:
        """Write the bundle, then make the version READY and current in one transaction."""
        digest, size_bytes = bundles.write_bundle(self.version)
        self.lease.write(bundle_sha256=digest, bundle_size_bytes=size_bytes, is_retryable=False)
        self.lease.note("Published.")
        with transaction.atomic():
            self.lease.write()
            artifact = services.publish(
                self.version, net_score=self.rating.net_score, coverage=self.rating.coverage
            )
            lineage.services.resolve(artifact)
            ratings.services.request_remeasuring(artifact)
            register_linked(self.version, self.facts)
