"""Where git may fetch from, and the options that keep it to that."""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from artifacts.sources.egress import DEFAULT_PORTS

HARDENED = [
    option
    for value in (
        f"core.hooksPath={os.devnull}",
        "core.fsmonitor=false",
        "core.bare=true",
        "credential.helper=",
        "protocol.allow=never",
        "http.followRedirects=false",
        "http.sslVerify=true",
        "fetch.fsckObjects=false",
        "fetch.writeCommitGraph=false",
        "gc.auto=0",
        "maintenance.auto=false",
        "submodule.recurse=false",
        "filter.lfs.smudge=",
        "filter.lfs.process=",
        "filter.lfs.required=false",
        "diff.external=",
        "core.attributesFile=" + os.devnull,
        "core.commitGraph=false",
        "log.showSignature=false",
        "uploadpack.packObjectsHook=",
        "pack.threads=1",
    )
    for option in ("-c", value)
]


@dataclass(frozen=True)
class GitRemote:
    """Where to fetch from: an address whose host was resolved and checked already."""

    url: str
    addresses: tuple[str, ...] = ()
    token: str = ""

    def options(self) -> list[str]:
        """Pins the name to the checked addresses, so that git cannot be led elsewhere."""
        parts = urlsplit(self.url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        found = ",".join(f"[{a}]" if ":" in a else a for a in self.addresses)
        pinned = [f"http.curloptResolve={parts.hostname}:{port}:{found}"] if found else []
        allowed = [f"protocol.{parts.scheme}.allow=always"]
        return [option for value in pinned + allowed for option in ("-c", value)]

    def credentials(self) -> dict[str, str]:
        """The token, by the environment, because everybody on the machine can read arguments."""
        if not self.token:
            return {}
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: {basic(self.token)}",
        }


def basic(token: str) -> str:
    """The header of a request of git's with a token of GitHub's."""
    return "Basic " + b64encode(f"x-access-token:{token}".encode()).decode()
