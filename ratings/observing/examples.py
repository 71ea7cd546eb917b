"""Looks at the code that a README shows. It is parsed, and never executed or imported."""

from __future__ import annotations

import ast
import re
import shlex
import sys
import textwrap
import warnings
from dataclasses import dataclass

from artifacts.facts import Facts
from ratings.observing.readme_parts import Code, Reading

_MAXIMUM_BLOCK = 20_000
_MAXIMUM_BLOCKS = 200
_SHORTEST_NAME = 4  # "gpt" or "t5" in a sentence says nothing
_PYTHON = frozenset("python py python3 ipython ipython3 jupyter pycon python-repl".split())
_SHELL = frozenset("bash sh shell console zsh terminal cmd powershell shell-session".split())
_LOOKS_PYTHON = re.compile(r"^\s*(?:>>> )?(?:import \w|from [\w.]+ import )", re.MULTILINE)
_LOOKS_SHELL = re.compile(
    r"^\s*[$#>%]?\s*(?:pip3?|python3?|conda|uv|git|docker|ollama|huggingface-cli|hf|wget|curl|brew"
    r"|\.?/?llama-\w+|\./\w[\w/.-]*|npm|vllm|mlx_lm\.\w+|accelerate|torchrun|cargo|make|apt(?:-get)?)"
    r"\s",
    re.MULTILINE,
)
_INSTALL = re.compile(
    r"(?:\bpip3?|\buv(?:\s+pip)?|\bconda|\bmamba|\bpoetry|\bbrew|\bnpm|\byarn|\bcargo|\bapt(?:-get)?)"
    r"\s+(?:install|add|i)\s+(?P<rest>[^\n;&|]{1,1000})",
    re.IGNORECASE,
)
_NAMES_A_FILE = frozenset({"-r", "--requirement"})
_TAKES_A_VALUE = frozenset(
    "-c --constraint --channel -i --index-url --extra-index-url -f --find-links -n --name -t"
    " --target".split()
)
_FENCED_OUT = re.compile(r"^\s*(?:[!%]|\$ )")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One block of code: whether it parses, what it imports, whether it loads the artifact."""

    kind: str  # python, shell or other
    line: int
    text: str
    problem: str = ""  # why it does not parse
    imports: frozenset[str] = frozenset()
    loads: bool = False
    strings: tuple[str, ...] = ()


def snippets(read: Reading, facts: Facts) -> tuple[Snippet, ...]:
    """Every block of the README that is code, judged for this artifact."""
    return tuple(
        snippet
        for code in read.code[:_MAXIMUM_BLOCKS]
        if (snippet := _snippet(code, facts)) is not None
    )


def kind_of(code: Code) -> str:
    """python, shell, or other for what is labelled otherwise; '' for what is no code."""
    label = code.language.strip("{}.").split(",")[0]
    if label in _PYTHON:
        return "python"
    if label in _SHELL:
        return "shell"
    if label:
        return "other"
    if _LOOKS_PYTHON.search(code.text):
        return "python"
    return "shell" if _LOOKS_SHELL.search(code.text) else ""


def _snippet(code: Code, facts: Facts) -> Snippet | None:
    kind = kind_of(code)
    text = code.text[:_MAXIMUM_BLOCK]
    if kind == "python":
        return _python(text, code.line, facts)
    if kind == "shell":
        return _shell(text, code.line, facts)
    if kind == "other":
        return Snippet("other", code.line, text, loads=names_artifact(text, facts))
    return None


def _python(text: str, line: int, facts: Facts) -> Snippet:
    source = without_prompts(text)
    tree, problem = parse(source)
    if tree is None:
        loads = names_artifact(text, facts)
        return Snippet("python", line, text, problem, _imports_by_line(source), loads)
    strings = tuple(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    loads = any(is_artifact(string, facts) for string in strings) or _imports_it(tree, facts)
    return Snippet("python", line, text, "", imports(tree), loads, strings)


def _shell(text: str, line: int, facts: Facts) -> Snippet:
    problem = ""
    try:
        shlex.split(text, comments=True)
    except ValueError as error:
        problem = str(error).lower()
    return Snippet("shell", line, text, problem, loads=names_artifact(text, facts))


def parse(source: str) -> tuple[ast.Module | None, str]:
    """The syntax tree of Python code, or why there is none. Nothing is executed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is not our business
            return ast.parse(source), ""
    except SyntaxError as error:
        return None, f"line {error.lineno or 1}: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return None, "it is nested too deeply, or holds characters no program can"


def without_prompts(text: str) -> str:
    """Python code without ``>>>`` prompts, shown output and notebook commands."""
    lines = text.expandtabs(4).split("\n")
    if any(line.lstrip().startswith(">>> ") for line in lines):
        shown = (line.lstrip() for line in lines)
        lines = [line[4:] for line in shown if line.startswith((">>> ", "... "))]
    kept = []
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        kept.append(f"{indent}pass" if _FENCED_OUT.match(line) else line)
    return textwrap.dedent("\n".join(kept))


def imports(tree: ast.Module) -> frozenset[str]:
    """The top-level modules that code imports, the standard library left out."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return frozenset(found - sys.stdlib_module_names)


def _imports_by_line(source: str) -> frozenset[str]:
    found = re.findall(r"^\s*(?:import|from)\s+(\w+)", source, re.MULTILINE)
    return frozenset(set(found) - sys.stdlib_module_names)


def is_artifact(string: str, facts: Facts) -> bool:
    """Whether a string of code names this artifact, or a local copy of it."""
    wanted = repository(facts)
    value = string.casefold().strip().strip("/")
    if not wanted or not value:
        return False
    name = wanted.rpartition("/")[2]
    return (
        ("/" in wanted and _holds(value, wanted))
        or (len(name) >= _SHORTEST_NAME and value.removeprefix("./") == name)
        or any(
            value == file.path.casefold() for file in facts.files[:5_000] if _is_weight(file.path)
        )
    )


def names_artifact(text: str, facts: Facts) -> bool:
    """Whether a text that is not Python names this artifact."""
    wanted = repository(facts)
    folded = text.casefold()
    name = wanted.rpartition("/")[2]
    if "/" in wanted and wanted in folded:
        return True
    return len(name) >= _SHORTEST_NAME and _holds(folded, name)


def _holds(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def repository(facts: Facts) -> str:
    """``owner/name`` of ``facts`` in small letters, or its name alone for uploads."""
    if facts.url.startswith(("https://", "http://")):
        path = facts.url.casefold().split("://", 1)[1].rstrip("/").split("/")[1:]
        return "/".join(part for part in path if part != "datasets")
    return facts.name.casefold()


def installs(read: Reading) -> dict[str, int]:
    """Packages that the README says to install, with the line that says so."""
    found: dict[str, int] = {}
    texts = [(code.text[:_MAXIMUM_BLOCK], code.line) for code in read.code[:_MAXIMUM_BLOCKS]]
    texts += [(text[:5_000], line) for text, line in read.paragraphs if "install" in text]
    for text, line in texts:
        for match in _INSTALL.finditer(text):
            for package in _packages(match.group("rest")):
                found.setdefault(package, line + text.count("\n", 0, match.start()))
    return found


def _packages(arguments: str) -> list[str]:
    """The packages of an installation command; a file of requirements goes by its own name."""
    names, option = [], ""
    for written in arguments.split():
        argument = written.strip("\"'`,")
        if argument.startswith("-"):
            option = argument
            continue
        if option in _NAMES_A_FILE:
            names.append(argument[:80])
        elif option not in _TAKES_A_VALUE:
            names.append(_package(argument))
        option = ""
    return [name for name in names if name]


def _package(argument: str) -> str:
    if "github.com/" in argument:
        last = argument.rstrip("/").rpartition("/")[2].split("@")[0]
        return distribution(last.removesuffix(".git"))
    name = re.match(r"[A-Za-z0-9][\w.-]*", argument)
    return distribution(name.group(0)) if name else ""


def distribution(name: str) -> str:
    """The name of a package as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name.removesuffix(".git")).casefold().strip("-")


def _imports_it(tree: ast.Module, facts: Facts) -> bool:
    """A code repository is loaded by importing it."""
    if facts.type != "code":
        return False
    name = distribution(repository(facts).rpartition("/")[2])
    packages = {distribution(module) for module in imports(tree)}
    return any(name in {module, f"py{module}", f"python-{module}"} for module in packages)


def _is_weight(path: str) -> bool:
    return path.casefold().endswith((".gguf", ".onnx", ".safetensors", ".pt", ".pth", ".pkl"))
