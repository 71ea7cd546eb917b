"""What is imported is declared in pyproject.toml, and `make demo` needs no more than that."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("registry", "ratings", "lineage", "artifacts", "accounts", "common")
OURS = {*ROOMS, "tests"}


def canonical(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.match(r"[\w.-]+", line)[0]) for line in requirements}


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return names(project["dependencies"])


def undeclared(imported: set[str]) -> dict[str, list[str]]:
    """Which of these come from no declared package, and the packages that bring them."""
    brought_by = packages_distributions()
    return {
        name: brought_by.get(name, [])
        for name in sorted(imported - OURS - sys.stdlib_module_names)
        if not {canonical(each) for each in brought_by.get(name, [])} & declared()
    }


def imports_of(file: Path) -> Iterator[str]:
    """The dotted names of all imports, those inside functions as well."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = file.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join(filter(None, [*above, node.module]))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def files_of(name: str) -> Iterator[Path]:
    """The files of this repository that importing a dotted name runs."""
    path = ROOT
    for part in name.split("."):
        path /= part
        yield from (file for file in (path / "__init__.py", Path(f"{path}.py")) if file.exists())


def files_reached(file: Path) -> set[Path]:
    """A file and all of this repository that its imports lead to."""
    reached, todo = set(), [file]
    while todo:
        file = todo.pop()
        if file not in reached:
            reached.add(file)
            todo += [each for name in imports_of(file) for each in files_of(name)]
    return reached


def packages_of(files: Iterable[Path]) -> set[str]:
    return {name.split(".")[0] for file in files for name in imports_of(file)}


def test_every_package_that_the_code_imports_is_declared():
    files = [ROOT / "manage.py", *(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))]
    assert {"django", "httpx2", "httpcore2", "re2"} <= packages_of(files)
    assert undeclared(packages_of(files)) == {}


def test_the_demo_imports_declared_packages_only():
    files = files_reached(ROOT / "tests/demo.py")
    assert {"server.py", "hf_info.py", "weights.py", "vocabulary.py"} <= {
        each.name for each in files
    }
    assert undeclared(packages_of(files)) == {}


def test_the_demo_is_made_where_development_packages_are_missing(tmp_path):
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    missing = {
        name
        for name, packages in packages_distributions().items()
        if not {canonical(package) for package in packages} & names(locked)
    }
    assert {"pytest", "gguf", "safetensors"} <= missing
    code = (
        "import sys; from pathlib import Path\n"
        f"sys.modules.update(dict.fromkeys({missing - OURS - sys.stdlib_module_names!r}))\n"
        "from tests.demo import Hub, make_demo\n"
        "root = Path(sys.argv[1]); make_demo(root); Hub(root, port=0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
