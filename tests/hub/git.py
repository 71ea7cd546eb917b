"""Git's smart HTTP for code repositories, by git's own ``http-backend``."""

from __future__ import annotations

import re
import subprocess
from html import escape
from typing import TYPE_CHECKING

from tests.hub.exchange import Reply, Request, error_reply, html_reply
from tests.hub.history import GIT_ENVIRONMENT

if TYPE_CHECKING:
    from tests.hub.server import Hub

PREFIX = "/github"
ADDRESS = re.compile(rf"{PREFIX}/([^/]+/[^/]+?)(?:\.git)?(/[^?]*)?")

# Partial clones and fetching a commit by its name are what GitHub allows.
SETTINGS = {
    "safe.directory": "*",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "http.receivepack": "false",
    "http.getanyfile": "false",
}


def answer(hub: Hub, request: Request) -> Reply | None:
    match = ADDRESS.fullmatch(request.path)
    if not match:
        return None
    repository = hub.store.find("github", match[1])
    if repository is None or repository.about.get("private"):
        return error_reply(404, message="Repository not found.")
    rest = match[2] or "/"
    if match[1].lower() != repository.id.lower():  # it was renamed
        query = f"?{request.query_string}" if request.query_string else ""
        return Reply(301, {"Location": f"{PREFIX}/{repository.id}.git{rest}{query}"})
    if rest == "/":
        return html_reply(f"<!doctype html><title>{escape(repository.id)}</title>")
    return _http_backend(str(repository.git_dir), rest, request)


def _http_backend(git_dir: str, path: str, request: Request) -> Reply:
    environment = GIT_ENVIRONMENT | {
        "GIT_PROJECT_ROOT": git_dir,
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": request.query_string,
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
        "GIT_CONFIG_COUNT": str(len(SETTINGS)),
    }
    for number, (key, value) in enumerate(SETTINGS.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    done = subprocess.run(
        ["git", "http-backend"],
        input=request.body,
        capture_output=True,
        check=False,
        env=environment,
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
    status = int(headers.pop("Status", "200").split()[0]) if head else 500
    return Reply(status, headers, (body,), len(body))
