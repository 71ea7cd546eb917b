"""The house keeps its shape: sizes, names and directions that whoever reads it relies on.

Python of the apps, without migrations. A split that only serves a figure is no good answer to a
test that fails here: split where a stranger would look for the part.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import median

from radon.complexity import cc_visit_ast

ROOT = Path(__file__).resolve().parent.parent
APPS = ("registry", "ratings", "lineage", "artifacts", "accounts", "common")

LONGEST_FILE = 350
LONGEST_FUNCTION = 41
MEDIAN_FILE = 100
LARGEST_APP = 0.42
LARGEST_PACKAGE = 0.12
MOST_COMPLEX = 18
A_FILE_COUNTS_FROM = 6  # lines; what is shorter only marks a package

# Names that Django and its companions look for, or that every Django project uses for one thing.
FRAMEWORK_MODULES = {
    "admin": "Django's autodiscovery",
    "api": "the API views of an app, beside its pages in views",
    "api_urls": "urls of the API, beside those of the pages",
    "apps": "Django's app configuration",
    "checks": "system checks",
    "commands": "Django finds commands in management.commands",
    "errors": "the RegistryErrors of a room",
    "forms": "Django's forms",
    "jobs": "what the queue runs",
    "management": "Django finds commands in management.commands",
    "middleware": "Django's middleware",
    "models": "Django's models",
    "openapi": "what drf-spectacular is told",
    "serializers": "DRF's serializers",
    "services": "what the views, commands and jobs of an app call",
    "templatetags": "Django finds template tags there",
    "urls": "Django's addresses",
    "views": "Django's views",
}
OTHER_MODULES = {
    "client": "what reads a source, in the folder of each",
    "repository_urls": "what the addresses of a source mean, in the folder of each",
    "audit_trail": "one subject, as API and as page",
    "reset": "queues of older databases know its job as registry.reset.clear_storage",
    "artifacts": "the tags of an app have its name, and so has the viewset of the artifacts",
}
FRAMEWORK_CLASSES = {"Command": "Django finds a command by this name"}


@cache
def sources() -> Mapping[str, str]:
    """Each file of the apps by its path."""
    paths = (path for app in APPS for path in sorted((ROOT / app).rglob("*.py")))
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if "migrations" not in path.parts
    }


@cache
def trees() -> Mapping[str, ast.Module]:
    return {path: ast.parse(text) for path, text in sources().items()}


@cache
def lengths() -> Mapping[str, int]:
    return {path: len(text.splitlines()) for path, text in sources().items()}


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """What each module of ours imports of ours, inside functions as well."""
    modules = {module_of(path) for path in trees()}
    return {
        module_of(path): frozenset(set(_imported(tree, modules)) - {module_of(path)})
        for path, tree in trees().items()
    }


def _imported(tree: ast.Module, modules: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def circles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other: Kosaraju's two passes, without recursion."""
    backwards: dict[str, set[str]] = defaultdict(set)
    for node, others in edges.items():
        for other in others:
            backwards[other].add(node)
    order: list[str] = []
    seen: set[str] = set()
    for node in edges:
        order += _finished(node, edges, seen)
    seen = set()
    groups = [_finished(node, backwards, seen) for node in reversed(order)]
    return [sorted(group) for group in groups if len(group) > 1]


def _finished(start: str, edges: Mapping[str, Iterable[str]], seen: set[str]) -> list[str]:
    """What can be reached from ``start`` and was not seen, in the order in which it is left."""
    if start in seen:
        return []
    seen.add(start)
    left: list[str] = []
    path = [(start, iter(edges.get(start, ())))]
    while path:
        node, others = path[-1]
        following = next((other for other in others if other not in seen), None)
        if following is None:
            left.append(node)
            path.pop()
        else:
            seen.add(following)
            path.append((following, iter(edges.get(following, ()))))
    return left


def are_neighbours(one: str, other: str) -> bool:
    """Whether neither package is inside the other; an app and its rooms are one subject."""
    return not f"{one}.".startswith(f"{other}.") and not f"{other}.".startswith(f"{one}.")


def test_files_are_short():
    assert {path: n for path, n in lengths().items() if n > LONGEST_FILE} == {}
    counted = [n for n in lengths().values() if n >= A_FILE_COUNTS_FROM]
    assert median(counted) <= MEDIAN_FILE


def test_functions_are_short():
    found = {
        f"{path}: {node.name}": node.end_lineno - node.lineno + 1
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


def test_no_block_is_complicated():
    found = {
        f"{path}: {block.name}": block.complexity
        for path, tree in trees().items()
        for whole in cc_visit_ast(tree)
        for block in (*getattr(whole, "methods", ()), whole)
        if not hasattr(block, "methods")
    }
    assert {name: value for name, value in found.items() if value > MOST_COMPLEX} == {}


def test_no_files_import_each_other():
    assert circles(imports()) == []


def test_no_packages_import_each_other():
    packages = {module_of(path) for path in trees() if path.endswith("/__init__.py")}

    def package_of(module: str) -> str:
        return module if module in packages else module.rpartition(".")[0]

    edges: dict[str, set[str]] = {package: set() for package in packages}
    for module, others in imports().items():
        one = package_of(module)
        edges[one] |= {
            package
            for other in others
            if other in imports() and are_neighbours(one, package := package_of(other))
        }
    assert circles(edges) == []


def test_a_circle_is_seen():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}
    assert circles(edges) == [["b", "c"]]


def test_the_name_of_a_module_means_one_thing():
    found = defaultdict(list)
    for path in sources():
        found[module_of(path).rpartition(".")[2]].append(path)
    twice = {name: paths for name, paths in found.items() if len(paths) > 1}
    allowed = FRAMEWORK_MODULES.keys() | OTHER_MODULES.keys()
    assert {name: paths for name, paths in twice.items() if name not in allowed} == {}


def test_the_name_of_a_class_means_one_thing():
    found = defaultdict(list)
    for path, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in FRAMEWORK_CLASSES:
                found[node.name].append(path)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_room_holds_most_of_the_house():
    total = sum(lengths().values())
    shares: Counter[str] = Counter()
    for path, lines in lengths().items():
        *folders, _ = path.split("/")
        for depth in range(1, len(folders) + 1):
            shares["/".join(folders[:depth])] += lines
    most = {name: LARGEST_PACKAGE if "/" in name else LARGEST_APP for name in shares}
    too_large = {
        name: round(lines / total, 3)
        for name, lines in shares.items()
        if lines / total > most[name]
    }
    assert too_large == {}
