"""What the Hub says about a repository, read from its files and history."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import lru_cache
from typing import Any

import yaml

from tests.hub.repositories import Entry, Repository

FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})")
LIBRARY_SUFFIXES = {"safetensors": ".safetensors", "gguf": ".gguf", "pytorch": ".bin"}


def describe(repository: Repository, commit: str, *, blobs: bool) -> dict[str, Any]:
    """The JSON of ``/api/models/{id}`` or ``/api/datasets/{id}`` at one commit."""
    files = repository.files(commit)
    history = repository.commits(commit)
    about = repository.about
    card = card_data(repository, commit)
    told: dict[str, Any] = {
        "_id": commit[:24],
        "id": repository.id,
        "author": repository.id.split("/")[0],
        "sha": commit,
        "lastModified": history[0].date,
        "createdAt": history[-1].date,
        "private": bool(about.get("private")),
        "gated": about.get("gated", False),
        "disabled": bool(about.get("disabled")),
        "downloads": about.get("downloads", 0),
        "likes": about.get("likes", 0),
        "tags": tags(repository, commit, card),
        "siblings": [file_json(file, blobs=blobs) for file in files],
        "usedStorage": sum(file.size for file in files),
    }
    if card:
        told["cardData"] = card
    if repository.kind == "models":
        told |= _model_part(repository, commit, card)
    return told


def _model_part(repository: Repository, commit: str, card: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"modelId": repository.id, "spaces": []}
    for key in ("pipeline_tag", "library_name"):
        if isinstance(card.get(key), str):
            told[key] = card[key]
    if config := _json_file(repository, commit, "config.json"):
        kept = ("architectures", "model_type", "auto_map", "quantization_config")
        told["config"] = {key: config[key] for key in kept if key in config}
    if parameters := _parameters(repository, commit):
        told["safetensors"] = {"parameters": parameters, "total": sum(parameters.values())}
    if "model-index" in card:
        told["model-index"] = card["model-index"]
    return told


@lru_cache(maxsize=256)
def _card(text: str) -> dict[str, Any]:
    match = FRONT_MATTER.match(text.replace("\r\n", "\n"))
    try:
        data = yaml.safe_load(match[1]) if match else None
    except yaml.YAMLError:  # the Hub shows such a card without metadata
        return {}
    return json.loads(json.dumps(data, default=str)) if isinstance(data, dict) else {}


def card_data(repository: Repository, commit: str) -> dict[str, Any]:
    """The front matter of the README, empty where there is none that parses."""
    return _card(_text(repository, commit, "README.md"))


def tags(repository: Repository, commit: str, card: dict[str, Any]) -> list[str]:
    """The card's own tags and those that the Hub derives from the rest."""
    found = _listed(card.get("tags"))
    found += [value for key in ("library_name", "pipeline_tag") for value in _listed(card.get(key))]
    paths = [file.path for file in repository.files(commit)]
    for library, suffix in LIBRARY_SUFFIXES.items():
        if any(path.endswith(suffix) for path in paths):
            found.append(library)
    config = _json_file(repository, commit, "config.json")
    found += _listed(config.get("model_type"))
    found += _listed(card.get("language"))
    found += [f"task_categories:{task}" for task in _listed(card.get("task_categories"))]
    found += [f"size_categories:{size}" for size in _listed(card.get("size_categories"))]
    found += [f"dataset:{dataset}" for dataset in _listed(card.get("datasets"))]
    for base in _listed(card.get("base_model")):
        found.append(f"base_model:{base}")
        if relation := card.get("base_model_relation"):
            found.append(f"base_model:{relation}:{base}")
    found += [f"arxiv:{paper}" for paper in ARXIV.findall(_text(repository, commit, "README.md"))]
    found += [f"license:{license_}" for license_ in _listed(card.get("license"))]
    return list(dict.fromkeys([*found, "region:us"]))


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item) for item in values if isinstance(item, str | int | float)]


def file_json(file: Entry, *, blobs: bool) -> dict[str, Any]:
    """One of the ``siblings``."""
    told: dict[str, Any] = {"rfilename": file.path}
    if blobs:
        told |= {"size": file.size, "blobId": file.oid}
        if file.sha256:
            lfs = {"size": file.size, "sha256": file.sha256, "pointerSize": file.pointer_size}
            told["lfs"] = lfs
    return told


def tree_json(repository: Repository, commit: str, entry: Entry, *, expand: bool) -> dict[str, Any]:
    """One entry of a tree listing."""
    kind = "directory" if entry.is_directory else "file"
    told: dict[str, Any] = {"type": kind, "oid": entry.oid, "size": entry.size, "path": entry.path}
    if entry.sha256:
        lfs = {"oid": entry.sha256, "size": entry.size, "pointerSize": entry.pointer_size}
        told["lfs"] = lfs
    if expand:
        last = repository.commits(commit, entry.path)[0]
        told["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
        if not entry.is_directory:
            told["securityFileStatus"] = {
                "status": "safe",
                "avScan": None,
                "pickleImportScan": None,
            }
    return told


def _text(repository: Repository, commit: str, path: str) -> str:
    entry = repository.find(commit, path)
    return repository.read(entry).decode("utf-8", "replace") if entry else ""


def _json_file(repository: Repository, commit: str, path: str) -> dict[str, Any]:
    try:
        data = json.loads(_text(repository, commit, path) or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _parameters(repository: Repository, commit: str) -> dict[str, int]:
    """How many parameters there are of each dtype, from the headers of all safetensors files."""
    found: Counter[str] = Counter()
    for file in repository.files(commit):
        if not file.path.endswith(".safetensors") or not file.sha256:
            continue
        with repository.lfs_file(file).open("rb") as stream:
            header = stream.read(int.from_bytes(stream.read(8), "little"))
        try:
            tensors = json.loads(header)
        except ValueError:
            continue
        for name, tensor in tensors.items():
            if name != "__metadata__":
                found[tensor["dtype"]] += math.prod(tensor["shape"])
    return dict(found)
