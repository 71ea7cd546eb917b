"""The few answers of GitHub's REST API that a source may ask for."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from tests.hub.exchange import Reply, Request, json_reply
from tests.hub.repositories import Repository

if TYPE_CHECKING:
    from tests.hub.server import Hub

PREFIX = "/github-api"
ADDRESS = re.compile(rf"{PREFIX}/repos/([^/]+/[^/]+)(/.*)?")
LICENSE_TITLES = {
    "Apache License": ("apache-2.0", "Apache-2.0"),
    "MIT License": ("mit", "MIT"),
    "GNU GENERAL PUBLIC LICENSE": ("gpl-3.0", "GPL-3.0"),
}
LIMITS = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999"}


def answer(hub: Hub, request: Request) -> Reply | None:
    if not request.path.startswith(f"{PREFIX}/"):
        return None
    match = ADDRESS.fullmatch(request.path)
    repository = hub.store.find("github", match[1]) if match else None
    if match is None or repository is None or repository.about.get("private"):
        return _not_found()
    rest = match[2] or ""
    if not rest:
        return json_reply(_repository(hub, repository), headers=LIMITS)
    if rest == "/license":
        found = _license(hub, repository)
        return json_reply(found, headers=LIMITS) if found else _not_found()
    if pulls := re.fullmatch(r"/commits/([0-9a-f]{40})/pulls", rest):
        return _pulls(hub, repository, pulls[1])
    return _not_found()


def _not_found() -> Reply:
    about = "https://docs.github.com/rest"
    return json_reply({"message": "Not Found", "documentation_url": about, "status": "404"}, 404)


def _repository(hub: Hub, repository: Repository) -> dict[str, Any]:
    about = repository.about
    owner, name = repository.id.split("/")
    history = repository.commits(repository.commit("main") or "HEAD")
    license_ = _license(hub, repository)
    return {
        "id": int(history[-1].id[:8], 16),
        "name": name,
        "full_name": repository.id,
        "owner": {"login": owner, "type": "Organization"},
        "private": False,
        "html_url": f"{hub.github_url}/{repository.id}",
        "clone_url": f"{hub.github_url}/{repository.id}.git",
        "url": f"{hub.github_api_url}/repos/{repository.id}",
        "description": about.get("description", ""),
        "fork": False,
        "archived": about.get("archived", False),
        "disabled": False,
        "default_branch": "main",
        "created_at": history[-1].date.replace(".000Z", "Z"),
        "pushed_at": history[0].date.replace(".000Z", "Z"),
        "updated_at": history[0].date.replace(".000Z", "Z"),
        "size": sum(file.size for file in repository.files(history[0].id)) // 1024,
        "stargazers_count": about.get("stars", 0),
        "forks_count": about.get("forks", 0),
        "open_issues_count": about.get("open_issues", 0),
        "topics": about.get("topics", []),
        "license": license_["license"] if license_ else None,
    }


def _license(hub: Hub, repository: Repository) -> dict[str, Any] | None:
    commit = repository.commit("main") or ""
    for path in ("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"):
        entry = repository.find(commit, path)
        if entry is None:
            continue
        text = repository.read(entry).decode("utf-8", "replace")
        known = (ids for title, ids in LICENSE_TITLES.items() if title in text[:400])
        key, spdx = next(known, ("other", "NOASSERTION"))
        return {
            "name": path,
            "path": path,
            "sha": entry.oid,
            "size": entry.size,
            "html_url": f"{hub.github_url}/{repository.id}/blob/main/{path}",
            "encoding": "base64",
            "content": base64.encodebytes(text.encode()).decode(),
            "license": {"key": key, "name": spdx, "spdx_id": spdx},
        }
    return None


def _pulls(hub: Hub, repository: Repository, commit: str) -> Reply:
    if repository.commit(commit) is None:
        message = f"No commit found for SHA: {commit}"
        return json_reply({"message": message, "status": "422"}, 422)
    pulls = [
        {
            "number": number,
            "state": "closed",
            "title": f"Pull request {number}",
            "html_url": f"{hub.github_url}/{repository.id}/pull/{number}",
            "merged_at": "2024-05-01T12:00:00Z",
            "merge_commit_sha": commit,
            "base": {"ref": "main"},
            "user": {"login": "contributor"},
        }
        for number in repository.about.get("pulls", {}).get(commit, [])
    ]
    return json_reply(pulls, headers=LIMITS)
