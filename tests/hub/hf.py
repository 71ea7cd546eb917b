"""The routes of the Hugging Face Hub that clients call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlencode

from tests.hub.exchange import (
    Reply,
    Request,
    bytes_reply,
    content_reply,
    error_reply,
    json_reply,
)
from tests.hub.hf_info import describe, tree_json
from tests.hub.repositories import Repository

if TYPE_CHECKING:
    from tests.hub.server import Hub

API = re.compile(r"/api/(models|datasets)(?:/(.+))?")
RESOLVE = re.compile(r"/(?:(datasets)/)?([^/]+(?:/[^/]+)?)/(?:resolve|raw)/([^/]+)/(.+)")
STORAGE = re.compile(r"/storage/(models|datasets)/([^/]+/[^/]+)/([0-9a-f]{64})")
MARKER = re.compile(
    r"(.+?)/(revision|tree|commits|paths-info|refs|auth-check)(?:/([^/]+))?(?:/(.+))?"
)
PAGE = re.compile(r"/(?:(datasets)/)?([^/]+/[^/]+)/?")
TREE_PAGE, EXPANDED_PAGE, COMMIT_PAGE, LIST_PAGE = 1000, 50, 50, 100


def answer(hub: Hub, request: Request) -> Reply | None:
    path = request.raw_path
    if path == "/api/whoami-v2":
        return _whoami(hub, request)
    if match := API.fullmatch(path):
        return _api(hub, request, match[1], match[2] or "")
    if match := STORAGE.fullmatch(path):
        return _storage(hub, request, *match.groups())
    if match := RESOLVE.fullmatch(path):
        kind = match[1] or "models"
        return _resolve(hub, request, kind, match[2], unquote(match[3]), unquote(match[4]))
    if match := PAGE.fullmatch(path):
        found = hub.store.find(match[1] or "models", match[2])
        return bytes_reply(b"<!doctype html>", "text/html") if found else None
    return None


def _api(hub: Hub, request: Request, kind: str, rest: str) -> Reply:
    if not rest:
        return _list(hub, request, kind)
    match = MARKER.fullmatch(rest)
    repo_id, route, revision, path = match.groups() if match else (rest, "", None, None)
    repository = hub.store.find(kind, unquote(repo_id))
    if repository is None:
        return _no_repository(hub, request)
    if refusal := _refuse(hub, request, repository):
        return refusal
    if repository.id != unquote(repo_id):
        return Reply(307, {"Location": request.target.replace(repo_id, repository.id, 1)})
    if route == "refs":
        return _refs(repository)
    if route == "auth-check":
        return _gate(hub, request, repository, "") or json_reply({})
    name = unquote(revision or "main")
    commit = hub.faults.moved(repository, name) or repository.commit(name)
    if commit is None:
        return error_reply(404, "RevisionNotFound", f"Invalid rev id: {name}")
    return _at_commit(hub, request, repository, commit, route, unquote(path or ""))


def _at_commit(
    hub: Hub, request: Request, repository: Repository, commit: str, route: str, path: str
) -> Reply:
    match route:
        case "tree":
            return _tree(hub, request, repository, commit, path)
        case "commits":
            return _commits(hub, request, repository, commit)
        case "paths-info":
            return _paths_info(request, repository, commit)
    told = describe(repository, commit, blobs=request.flag("blobs"))
    if request.flag("securityStatus"):
        told["securityRepoStatus"] = {"scansDone": True, "filesWithIssues": []}
    return json_reply(told)


def _user(hub: Hub, request: Request) -> str | None:
    """Who asks: a user's name, "" for nobody, None for a token that nobody has."""
    said = request.headers.get("Authorization", "")
    if not said:
        return ""
    return hub.tokens.get(said.removeprefix("Bearer ").strip())


def _bad_token() -> Reply:
    return error_reply(401, "", "Invalid credentials in Authorization header")


def _no_repository(hub: Hub, request: Request) -> Reply:
    """One answer for what does not exist and what may not be seen, so that nobody learns names."""
    if _user(hub, request) is None:
        return _bad_token()
    return error_reply(404, "RepoNotFound", "Repository not found")


def _refuse(hub: Hub, request: Request, repository: Repository) -> Reply | None:
    user = _user(hub, request)
    if user is None:
        return _bad_token()
    if repository.about.get("private") and user not in repository.about.get("members", []):
        return _no_repository(hub, request)
    if repository.about.get("disabled"):
        return error_reply(403, "", "Access to this resource is disabled.")
    return None


def _gate(hub: Hub, request: Request, repository: Repository, commit: str) -> Reply | None:
    """The refusal of a gated repository's files; its description stays open to everybody."""
    user = _user(hub, request)
    if not repository.about.get("gated") or user in repository.about.get("members", []):
        return None
    headers = {"X-Repo-Commit": commit} if commit else {}
    if user:
        message = f"Access to model {repository.id} is restricted and you are not in the list."
        return error_reply(403, "GatedRepo", message, headers)
    message = f"Access to model {repository.id} is restricted. You must be authenticated."
    return error_reply(401, "GatedRepo", message, headers)


def _resolve(
    hub: Hub, request: Request, kind: str, repo_id: str, revision: str, path: str
) -> Reply:
    repository = hub.store.find(kind, unquote(repo_id))
    if repository is None:
        return _no_repository(hub, request)
    if refusal := _refuse(hub, request, repository):
        return refusal
    if repository.id != unquote(repo_id):
        return Reply(307, {"Location": request.target.replace(repo_id, repository.id, 1)})
    commit = hub.faults.moved(repository, revision) or repository.commit(revision)
    if commit is None:
        return error_reply(404, "RevisionNotFound", f"Invalid rev id: {revision}")
    if refusal := _gate(hub, request, repository, commit):
        return refusal
    entry = repository.find(commit, path)
    headers = {"X-Repo-Commit": commit}
    if entry is None or entry.is_directory:
        return error_reply(404, "EntryNotFound", "Entry not found", headers)
    headers["ETag"] = f'"{entry.etag}"'
    if not entry.sha256:
        return _content(request, repository.read(entry), entry.size, headers)
    headers |= {"X-Linked-Etag": headers["ETag"], "X-Linked-Size": str(entry.size)}
    if hub.redirects_files_to:
        place = f"{hub.redirects_files_to}/storage/{kind}/{repository.id}/{entry.sha256}"
        return Reply(302, headers | {"Location": place})
    return _content(request, repository.lfs_file(entry), entry.size, headers)


def _storage(hub: Hub, request: Request, kind: str, repo_id: str, sha256: str) -> Reply:
    """Presigned storage: whoever has the address may read."""
    repository = hub.store.find(kind, repo_id)
    entries = repository.files(repository.commit("main") or "") if repository else ()
    entry = next((entry for entry in entries if entry.sha256 == sha256), None)
    if repository is None or entry is None:
        return error_reply(403, "AccessDenied")
    return _content(request, repository.lfs_file(entry), entry.size, {"ETag": f'"{sha256[:32]}"'})


def _content(request: Request, source: Any, size: int, headers: dict[str, str]) -> Reply:
    return content_reply(source, size, request.headers.get("Range", ""), headers)


def _tree(hub: Hub, request: Request, repository: Repository, commit: str, folder: str) -> Reply:
    recursive, expand = request.flag("recursive"), request.flag("expand")
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    entries = [e for e in repository.entries(commit) if e.path.startswith(prefix)]
    if prefix and not entries:
        headers = {"X-Repo-Commit": commit}
        return error_reply(404, "EntryNotFound", f"{folder} does not exist on {commit}", headers)
    if not recursive:
        entries = [e for e in entries if "/" not in e.path.removeprefix(prefix)]
    size = EXPANDED_PAGE if expand else TREE_PAGE
    page, headers = _page(hub, request, entries, size)
    listed = [tree_json(repository, commit, entry, expand=expand) for entry in page]
    return json_reply(listed, headers=headers)


def _page(
    hub: Hub, request: Request, items: list[Any], size: int
) -> tuple[list[Any], dict[str, str]]:
    """One page of ``items`` and the ``Link`` to the next one."""
    size = hub.page_size or min(int(request.query("limit") or size), size)
    start = int(request.query("cursor") or 0)
    if start + size >= len(items):
        return items[start:], {}
    asked = parse_qs(request.query_string)
    query = urlencode(asked | {"cursor": [str(start + size)]}, doseq=True)
    link = f'<{hub.url}{request.raw_path}?{query}>; rel="next"'
    return items[start : start + size], {"Link": link}


def _commits(hub: Hub, request: Request, repository: Repository, commit: str) -> Reply:
    history = repository.commits(commit)
    page, headers = _page(hub, request, list(history), COMMIT_PAGE)
    listed = [
        {
            "id": commit.id,
            "title": commit.title,
            "message": commit.message,
            "authors": [{"user": commit.author, "avatar": ""}],
            "date": commit.date,
        }
        for commit in page
    ]
    return json_reply(listed, headers=headers | {"X-Total-Count": str(len(history))})


def _paths_info(request: Request, repository: Repository, commit: str) -> Reply:
    form = parse_qs(request.body.decode())
    paths = form.get("paths", [])
    expand = form.get("expand", ["false"])[-1].lower() == "true"
    entries = [entry for path in paths if (entry := repository.find(commit, path.strip("/")))]
    return json_reply([tree_json(repository, commit, entry, expand=expand) for entry in entries])


def _refs(repository: Repository) -> Reply:
    listed: dict[str, list[dict[str, str]]] = {"branches": [], "converts": [], "tags": []}
    for ref, commit in repository.refs().items():
        where = "branches" if ref.startswith("refs/heads/") else "tags"
        if ref.startswith(("refs/heads/", "refs/tags/")):
            name = ref.split("/", 2)[2]
            listed[where].append({"name": name, "ref": ref, "targetCommit": commit})
    return json_reply(listed | {"pullRequests": []})


def _list(hub: Hub, request: Request, kind: str) -> Reply:
    search, author = request.query("search").lower(), request.query("author").lower()
    filters = set(request.queries("filter"))
    found = []
    for repository in hub.store.all(kind):
        owner = repository.id.split("/")[0].lower()
        if repository.about.get("private") or (author and owner != author):
            continue
        if search not in repository.id.lower():
            continue
        told = describe(repository, repository.commit("main") or "", blobs=False)
        if filters <= set(told["tags"]):
            found.append(told)
    if (order := request.query("sort")) and found and order in found[0]:
        found.sort(key=lambda told: told[order], reverse=True)
    if not request.flag("full"):
        for told in found:
            del told["siblings"]
    page, headers = _page(hub, request, found, LIST_PAGE)
    return json_reply(page, headers=headers)


def _whoami(hub: Hub, request: Request) -> Reply:
    user = _user(hub, request)
    if not user:
        return _bad_token()
    token = {"displayName": "demo", "role": "read", "createdAt": "2024-01-01T00:00:00.000Z"}
    auth = {"type": "access_token", "accessToken": token}
    return json_reply({"type": "user", "name": user, "fullname": user, "orgs": [], "auth": auth})
