"""Bytes as objects of one bucket."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from artifacts.storage.disk import remove_old_files, scratch_file, write_all
from artifacts.storage.errors import ObjectMissing, StorageUnavailable
from artifacts.storage.interface import CHUNK_BYTES, ArtifactStorage, Settle, StoredObject

PART_BYTES = 8 * 1024**2
MAX_PARTS = 9_000  # S3 allows 10,000
BINARY = "application/octet-stream"


class S3ArtifactStorage(ArtifactStorage, S3Storage):
    """Objects that appear when their upload is completed; an aborted one leaves nothing."""

    client_config: Config

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        retries = {"mode": "standard", "total_max_attempts": 5}
        self.client_config = self.client_config.merge(
            Config(retries=retries, connect_timeout=5, read_timeout=60)
        )

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    @property
    def scratch(self) -> Path:
        return Path(settings.UPLOAD_DIR) / "tmp"

    def put(
        self, chunks: Iterable[bytes], settle: Settle, *, size_bytes: int, key: str = ""
    ) -> None:
        if size_bytes <= PART_BYTES:
            body = b"".join(chunks)
            key = settle()
            if self.stored_size(key) != size_bytes:
                with s3_trouble_explained():
                    self.client.put_object(
                        Bucket=self.bucket_name, Key=key, Body=body, ContentType=BINARY
                    )
        elif key:
            self._put_in_parts(chunks, settle, key=key, size_bytes=size_bytes)
        else:
            with scratch_file(self.scratch) as (file, path):
                write_all(file, chunks)
                key = settle()
                if self.stored_size(key) == size_bytes:
                    return
                with path.open("rb") as again:
                    pieces = iter(lambda: again.read(CHUNK_BYTES), b"")
                    self._put_in_parts(pieces, lambda: key, key=key, size_bytes=size_bytes)

    def _put_in_parts(
        self, chunks: Iterable[bytes], settle: Settle, *, key: str, size_bytes: int
    ) -> None:
        target = {"Bucket": self.bucket_name, "Key": key}
        with s3_trouble_explained():
            upload = self.client.create_multipart_upload(**target, ContentType=BINARY)["UploadId"]
        try:
            parts = []
            for number, body in enumerate(_parts(chunks, size_bytes), 1):
                with s3_trouble_explained():
                    answer = self.client.upload_part(
                        **target, UploadId=upload, PartNumber=number, Body=body
                    )
                parts.append({"PartNumber": number, "ETag": answer["ETag"]})
            settle()
            self._complete(target, upload, parts, size_bytes)
        except BaseException:  # a timeout or a signal too must not leave parts behind
            with contextlib.suppress(ClientError, BotoCoreError):
                self.client.abort_multipart_upload(**target, UploadId=upload)
            raise

    def _complete(
        self, target: dict[str, str], upload: str, parts: list[dict[str, Any]], size_bytes: int
    ) -> None:
        try:
            self.client.complete_multipart_upload(
                **target, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except (ClientError, BotoCoreError) as exc:
            # the answer to a completion may get lost after it took effect
            if self.stored_size(target["Key"]) != size_bytes:
                raise StorageUnavailable(reason=_reason(exc)) from exc

    def stream(self, key: str, *, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        if size_bytes == 0:
            return iter(())
        wanted = {}
        if start or size_bytes is not None:
            end = "" if size_bytes is None else start + size_bytes - 1
            wanted["Range"] = f"bytes={start}-{end}"
        try:
            with s3_trouble_explained():
                answer = self.client.get_object(Bucket=self.bucket_name, Key=key, **wanted)
        except FileNotFoundError:
            raise ObjectMissing(key=key) from None
        return _body(answer["Body"])

    def stored_size(self, key: str) -> int | None:
        try:
            with s3_trouble_explained():
                answer = self.client.head_object(Bucket=self.bucket_name, Key=key)
        except FileNotFoundError:
            return None
        return int(answer["ContentLength"])

    def remove(self, key: str) -> None:
        with s3_trouble_explained():
            self.client.delete_object(Bucket=self.bucket_name, Key=key)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        pages = self.client.get_paginator("list_objects_v2")
        with s3_trouble_explained():
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=f"{prefix}/"):
                for entry in page.get("Contents", ()):
                    yield StoredObject(entry["Key"], entry["Size"], entry["LastModified"])

    def set_aside(self, key: str) -> None:
        source = {"Bucket": self.bucket_name, "Key": key}
        with s3_trouble_explained():
            # the managed copy goes in parts: a plain one ends at 5 GB
            self.client.copy(source, self.bucket_name, f"damaged/{Path(key).name}")
            self.client.delete_object(**source)

    def clean_temp(self, older_than: datetime) -> int:
        removed = remove_old_files(self.scratch, older_than)
        pages = self.client.get_paginator("list_multipart_uploads")
        with s3_trouble_explained():
            for page in pages.paginate(Bucket=self.bucket_name):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < older_than:
                        self.client.abort_multipart_upload(
                            Bucket=self.bucket_name,
                            Key=upload["Key"],
                            UploadId=upload["UploadId"],
                        )
                        removed += 1
        return removed

    def link(self, key: str, *, filename: str, seconds: int) -> str:
        with s3_trouble_explained():
            return str(
                self.client.generate_presigned_url(
                    "get_object",
                    Params={
                        "Bucket": self.bucket_name,
                        "Key": key,
                        "ResponseContentDisposition": f'attachment; filename="{filename}"',
                        "ResponseContentType": BINARY,
                    },
                    ExpiresIn=seconds,
                )
            )


@contextlib.contextmanager
def s3_trouble_explained() -> Iterator[None]:
    """Says FileNotFoundError for what is not there, StorageUnavailable for the rest."""
    try:
        yield
    except ClientError as exc:
        if exc.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError from exc
        raise StorageUnavailable(reason=_reason(exc)) from exc
    except BotoCoreError as exc:
        raise StorageUnavailable(reason=_reason(exc)) from exc


def _reason(exc: ClientError | BotoCoreError) -> str:
    if isinstance(exc, ClientError):
        error = exc.response.get("Error", {})
        return f"S3 answered {error.get('Code')} ({error.get('Message')})"
    # the text of these names the endpoint, which is nobody's business but the operator's
    return f"S3 could not be reached ({type(exc).__name__})"


def _parts(chunks: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """The same bytes in equal parts, as few as S3 allows, one in memory at a time."""
    part_bytes = max(PART_BYTES, -(-size_bytes // MAX_PARTS))
    held: list[memoryview] = []
    missing = part_bytes
    for chunk in chunks:
        view = memoryview(chunk)
        while len(view) >= missing:
            held.append(view[:missing])
            view, missing = view[missing:], part_bytes
            part, held = b"".join(held), []
            yield part
        held.append(view)
        missing -= len(view)
    if missing < part_bytes:
        yield b"".join(held)


def _body(body: Any) -> Iterator[bytes]:
    with contextlib.closing(body), s3_trouble_explained():
        yield from body.iter_chunks(CHUNK_BYTES)
