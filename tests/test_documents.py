"""The documents name what the code has: settings, error codes, words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from rest_framework import exceptions

from common.errors import RegistryError

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("registry", "ratings", "lineage", "artifacts", "accounts", "common")
# what the settings read under a name that they put together
SECRETS = {"SECRET_KEY", "JWT_SECRET_KEY"}


def subclasses(of: type) -> set[type]:
    return {each for child in of.__subclasses__() for each in {child} | subclasses(child)}


@pytest.fixture(scope="module")
def errors() -> set[type[RegistryError]]:
    """Every error class of the code; all modules are imported to find them."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not {"migrations", "wsgi", "asgi"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    return {each for each in subclasses(RegistryError) if each.__module__.split(".")[0] in ROOMS}


def documented_codes() -> set[str]:
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`(\w+)`", row)}


def test_every_error_code_is_documented_and_no_other(errors):
    ours = {each.code for each in errors} - {"registry_error"}
    drf = {
        each.default_code
        for each in subclasses(exceptions.APIException)
        if each.__module__ == exceptions.__name__
    }
    drf = (drf - {"invalid"}) | {"validation_error"}
    reasons = {"worker_vanished", "quarantined", "error"}
    assert documented_codes() == ours | drf | reasons | codes_outside_of_views()


def codes_outside_of_views() -> set[str]:
    """Of what is said where there is no exception, or none that DRF sees."""
    call = re.compile(r'\bproblem(?:_response)?\(\s*status=\d+,\s*code="(\w+)"')
    sources = (file.read_text() for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    found = {code for source in sources for code in call.findall(source)}
    assert {"no_such_address", "nul_character", "internal_error"} <= found
    return found


def test_documented_statuses_are_those_of_the_code(errors):
    rows = re.findall(
        r"^\| (`[^|]+) \| (\d+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE
    )
    stated = {code: int(status) for row, status in rows for code in re.findall(r"`(\w+)`", row)}
    assert {each.code: each.status for each in errors if each.code in stated} == {
        each.code: stated[each.code] for each in errors if each.code in stated
    }


def test_codes_are_unique(errors):
    codes = [each.code for each in errors if "code" in vars(each)]
    assert sorted(codes) == sorted(set(codes))


def test_every_setting_is_in_the_example():
    sections = (ROOT / "registry/settings").glob("*.py")
    read = "".join(section.read_text() for section in sections)
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', read)) | SECRETS
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^# ([A-Z0-9_]+)=", example, re.MULTILINE)) == names


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target


NAMED = re.compile(r"`([\w.-]+/[\w./-]*)`")
# where what a document names may stand: in the repository, or among the templates
FOLDERS = (*ROOMS, "bench", "docs", "static", "templates", "tests")


def named_files(page: Path) -> set[str]:
    """The paths of this repository that a document names between backticks."""
    found = NAMED.findall(page.read_text())
    return {path for path in found if path.split("/")[0] in FOLDERS}


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *ROOT.glob("docs/metrics/*.md")],
    ids=lambda page: page.name,
)
def test_files_that_a_document_names_are_there(page):
    places = (ROOT, ROOT / "templates")
    missing = [
        path for path in named_files(page) if not any((place / path).exists() for place in places)
    ]
    assert missing == []


def test_twenty_questions_have_each_a_file():
    """Guessing a file is the first thing that a stranger does; this table says if it was right."""
    text = (ROOT / "docs/architecture.md").read_text()
    table = text.partition("| question | file |")[2].partition("\n\n")[0]
    answers = [row.rstrip("| ").rpartition(" | ")[2] for row in table.splitlines()[2:]]
    assert len(answers) == 20
    assert all(NAMED.search(answer) for answer in answers)
