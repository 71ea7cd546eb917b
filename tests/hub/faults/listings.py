"""Lists of files that are not true."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.hub.exchange import Reply, Request, bytes_reply
from tests.hub.faults.base import Fault

if TYPE_CHECKING:
    from tests.hub.server import Hub


HOSTILE_NAMES = (
    "../../canary.txt",
    "/tmp/canary.txt",
    "a\\..\\..\\canary.txt",
    "C:\\canary.txt",
    "canary\0.txt",
    "a/./../../canary.txt",
    "a//canary.txt",
    ".git/config",
    "",
)


@dataclass
class EditJson(Fault):
    """Lets a test rewrite the JSON of a reply."""

    edit: Callable[[Any], Any]

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        if reply.status == 200 and "json" in reply.headers.get("Content-Type", ""):
            reply.write(json.dumps(self.edit(json.loads(reply.read()))).encode())
        return reply


@dataclass
class WrongSize(Fault):
    """Lists files of a matching name with another size than they have."""

    name: str = "*"
    size: int = 1

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return EditJson(lambda data: _each_file(data, self._lie)).change(hub, request, reply)

    def _lie(self, file: dict[str, Any]) -> None:
        if fnmatch.fnmatchcase(_name(file), self.name):
            file["size"] = self.size
            if "lfs" in file:
                file["lfs"]["size"] = self.size


@dataclass
class WrongDigest(Fault):
    """Lists files of a matching name with digests that are not theirs."""

    name: str = "*"

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return EditJson(lambda data: _each_file(data, self._lie)).change(hub, request, reply)

    def _lie(self, file: dict[str, Any]) -> None:
        if not fnmatch.fnmatchcase(_name(file), self.name):
            return
        for holder in (file, file.get("lfs", {})):
            for key in {"oid", "blobId", "sha256"} & holder.keys():
                holder[key] = "0" * len(holder[key])


@dataclass
class ExtraFiles(Fault):
    """Lists files that do not exist, hostile ones by default, and serves them when asked."""

    names: Sequence[str] = HOSTILE_NAMES
    content: bytes | str = b"canary"

    def answer(self, hub: Hub, request: Request) -> Reply | None:
        asked = re.search(r"/resolve/([^/]+)/(.*)", request.path, re.DOTALL)
        if not asked or asked[2] not in self.names:
            return None
        known = {"X-Repo-Commit": asked[1], "ETag": f'"{"0" * 40}"'}
        return bytes_reply(self._bytes, headers=known)

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return EditJson(self._add).change(hub, request, reply)

    @property
    def _bytes(self) -> bytes:
        return self.content.encode() if isinstance(self.content, str) else self.content

    def _add(self, data: Any) -> Any:
        oid, size = "0" * 40, len(self._bytes)
        if isinstance(data, list):
            return data + [
                {"type": "file", "path": n, "oid": oid, "size": size} for n in self.names
            ]
        if "siblings" in data:
            siblings = [{"rfilename": n, "blobId": oid, "size": size} for n in self.names]
            data["siblings"] += siblings
        return data


@dataclass
class ManyFiles(Fault):
    """Lists more files than anybody has."""

    count: int = 100_000

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        names = [f"part-{number:06}.txt" for number in range(self.count)]
        return ExtraFiles(names, b"").change(hub, request, reply)


@dataclass
class RepeatedFiles(Fault):
    """Lists every file twice."""

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return EditJson(self._double).change(hub, request, reply)

    def _double(self, data: Any) -> Any:
        if isinstance(data, list):
            return data + data
        return data | {"siblings": data["siblings"] * 2} if "siblings" in data else data


@dataclass
class WithoutListing(Fault):
    """Leaves out the files altogether."""

    def change(self, hub: Hub, request: Request, reply: Reply) -> Reply:
        return EditJson(self._remove).change(hub, request, reply)

    def _remove(self, data: Any) -> Any:
        if isinstance(data, list):
            return []
        return {key: value for key, value in data.items() if key != "siblings"}


def _each_file(data: Any, edit: Callable[[dict[str, Any]], None]) -> Any:
    files = data if isinstance(data, list) else data.get("siblings", [])
    for file in files:
        if isinstance(file, dict) and _name(file):
            edit(file)
    return data


def _name(file: dict[str, Any]) -> str:
    return file.get("path") or file.get("rfilename") or ""
