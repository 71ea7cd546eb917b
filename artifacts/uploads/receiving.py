"""Uploaded bundles: from a request that streams by to a version like any other.

Bytes go to an unnamed file on the disk of the storage, entries from there into blobs, and
only then do rows appear. A process that dies leaves what the sweeper removes.
"""

from __future__ import annotations

import re
import tempfile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db import transaction

from artifacts import services
from artifacts.models import Blob, File, Version
from artifacts.sources.upload import Upload
from artifacts.storage import StorageUnavailable, store_blob
from artifacts.storage.disk import disk_trouble_explained, private_directory
from artifacts.uploads import archives
from artifacts.uploads.archives import ArchiveRefused
from common.api import BodyTooLarge, is_chunked
from common.digest import manifest_digest
from common.errors import RegistryError

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

FIELD = "file"
# what programs put into archives without being asked, and what is history, not content
_NOT_CONTENT = re.compile(r"(?:^|/)(?:__MACOSX/|\.git/|\.DS_Store$)")


class UnexpectedFile(RegistryError):
    code = "unexpected_file"
    message = "A bundle comes as one file in the field {field!r}; {found} came as well."
    status = 400


class LengthRequired(RegistryError):
    code = "length_required"
    message = "Say how large the bundle is: an upload needs the header Content-Length."
    status = 411


class BundleHandler(FileUploadHandler):
    """Streams the one file of a request to disk and stops it at the limit."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.limit: int = settings.MAX_CONTENT_LENGTH
        self.kept: IO[bytes] | None = None
        self.seen_bytes = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's signature
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Before the first byte is read: what says it is too large is."""
        if content_length > self.limit:
            raise BodyTooLarge(actual=content_length, limit=self.limit)

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        if field_name != FIELD or self.kept is not None:
            raise UnexpectedFile(field=FIELD, found=repr(field_name[:100]))
        with disk_trouble_explained():
            # it has no name, so nothing of it is left whatever happens to this process
            directory = private_directory(settings.UPLOAD_DIR / "tmp")
            self.kept = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - the request closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.seen_bytes += len(raw_data)
        if self.seen_bytes > self.limit:
            raise BodyTooLarge(actual=f"more than {self.limit}", limit=self.limit)
        if self.kept is not None:
            with disk_trouble_explained():
                self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.kept is None:
            return None
        self.kept.seek(0)
        return UploadedFile(self.kept, self.file_name, self.content_type, file_size, self.charset)


def expect(request: HttpRequest) -> None:
    """Have a multipart body of ``request`` streamed and limited, whoever reads it first.

    Raises LengthRequired where nobody says how much will come.
    """
    if request.content_type != "multipart/form-data":
        return
    if is_chunked(request.META):
        raise LengthRequired
    request.upload_handlers = [BundleHandler(request)]


def receive(file: UploadedFile, *, type: str, owner: User, name: str = "") -> Version:
    """Register the content of an archive and queue its ingestion.

    Raises ArchiveRefused, ArchiveTooLarge, ExtensionRefused, InvalidName, and
    AlreadyRegistered when an artifact of this type has the same content.
    """
    filename = file.name or ""
    archives.check_extension(filename)
    name = services.clean_name(name or _stem(filename))
    stored = _without_common_folder(_store(file, filename))
    size_bytes = sum(blob.size_bytes for blob in stored.values())
    manifest = manifest_digest(
        (path, blob.size_bytes, blob.sha256) for path, blob in stored.items()
    )
    place = Upload().named(type, manifest)
    with transaction.atomic():
        _hold({blob.sha256 for blob in stored.values()})
        version = services.admit(place, owner=owner, name=name)
        File.objects.bulk_create(
            (File(version=version, path=path, blob=blob) for path, blob in stored.items()),
            batch_size=1000,
        )
        arrived = {
            "revision": place.revision,
            "manifest_sha256": manifest,
            "size_bytes": size_bytes,
            "files_done": len(stored),
            "files_total": len(stored),
            "bytes_done": size_bytes,
            "bytes_total": size_bytes,
        }
        Version.objects.filter(pk=version.pk).update(**arrived)
    version.refresh_from_db(fields=[*arrived])
    return version


def _store(file: UploadedFile, filename: str) -> dict[str, Blob]:
    """Every file of the archive as a blob. No version refers to them yet."""
    stored = {}
    packed = cast(BinaryIO, file.file)
    for entry in archives.entries(packed, filename, size_bytes=file.size or 0):
        if not _NOT_CONTENT.search(entry.path):
            stored[entry.path] = store_blob(entry.open(), size_bytes=entry.size_bytes)
    if not stored:
        raise ArchiveRefused(reason="it holds no files")
    return stored


def _without_common_folder(stored: dict[str, Blob]) -> dict[str, Blob]:
    """Archives often hold one folder that holds everything; its name says nothing."""
    tops = {path[: path.find("/") + 1] for path in stored}
    if len(tops) > 1:
        return stored
    return {path.removeprefix(*tops): blob for path, blob in stored.items()}


def _hold(digests: set[str]) -> None:
    """Keep the blobs from the sweeper; raises StorageUnavailable if it was faster (a reset)."""
    if Blob.objects.filter(pk__in=digests).update(orphaned=None) != len(digests):
        raise StorageUnavailable(reason="files were removed while they arrived; send them again")


def _stem(filename: str) -> str:
    """The name of the archive without its extension."""
    for extension in sorted(settings.ALLOWED_EXTENSIONS, key=len, reverse=True):
        if filename.lower().endswith(extension.lower()):
            return filename[: -len(extension)]
    return filename
