"""A real S3 server of one process, with a login and a bucket."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCESS_KEY, SECRET_KEY, BUCKET = "registry", "registry-secret", "artifacts"
READY_SECONDS = 60


@dataclass
class SeaweedFS:
    """The server and how to reach it."""

    directory: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **more: Any) -> Any:
        import boto3
        from botocore.config import Config

        keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
            **{**keys, **more},
        )

    def storage_options(self) -> dict[str, Any]:
        """What goes into STORAGES, as the settings of the registry would say it."""
        return {
            "bucket_name": BUCKET,
            "region_name": "us-east-1",
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            "endpoint_url": self.endpoint_url,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": False,
        }

    def start(self) -> None:
        """Tries again with other ports: another process may take one before the server does."""
        for attempt in range(3):
            try:
                self._start()
                self._wait()
            except RuntimeError:
                if attempt == 2:
                    raise
            else:
                return

    def _start(self) -> None:
        data = self.directory / "data"
        data.mkdir(parents=True, exist_ok=True)
        login = self.directory / "s3.json"
        login.write_text(json.dumps(_identities()))
        self.port, *others = _free_ports(7)
        master, volume, filer, filer_grpc, master_grpc, volume_grpc = others
        with (self.directory / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    _binary(),
                    "server",
                    f"-dir={data}",
                    "-filer",
                    "-s3",
                    "-ip=127.0.0.1",
                    "-ip.bind=127.0.0.1",
                    f"-s3.config={login}",
                    f"-s3.port={self.port}",
                    "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    f"-master.port={master}",
                    f"-master.port.grpc={master_grpc}",
                    f"-volume.port={volume}",
                    f"-volume.port.grpc={volume_grpc}",
                    f"-filer.port={filer}",
                    f"-filer.port.grpc={filer_grpc}",
                    "-master.electionTimeout=1s",
                    "-master.volumeSizeLimitMB=64",
                    "-volume.max=20",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                env={**os.environ, "GOMEMLIMIT": "300MiB", "HOME": str(self.directory)},
                start_new_session=True,
            )

    def _wait(self) -> None:
        """Ready is a bucket that could be made, not an open port."""
        from botocore.exceptions import BotoCoreError, ClientError

        assert self.process is not None
        client, deadline = self.client(), time.monotonic() + READY_SECONDS
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="ready", Body=b"1")
                client.delete_object(Bucket=BUCKET, Key="ready")
            except (BotoCoreError, ClientError) as exc:
                taken = isinstance(exc, ClientError) and "BucketAlready" in str(exc)
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError((self.directory / "log").read_text()[-4000:]) from exc
                if not taken:
                    time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # a polite end takes 18 s
            self.process.wait()
        shutil.rmtree(self.directory / "data", ignore_errors=True)

    def empty(self) -> None:
        """Remove every object and every unfinished upload of the bucket."""
        client = self.client()
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for entry in page.get("Contents", ()):
                client.delete_object(Bucket=BUCKET, Key=entry["Key"])
        for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=BUCKET):
            for upload in page.get("Uploads", ()):
                client.abort_multipart_upload(
                    Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"]
                )


def _identities() -> dict[str, Any]:
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "registry", "credentials": credentials, "actions": actions}]}


def _binary() -> str:
    return str(Path(sys.executable).parent / "weed")


def _free_ports(count: int) -> list[int]:
    """Below the range that outgoing connections are given, so that none of them gets in between."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
    return found
