"""Promises that keep themselves: files, catalogue, weights and pages agree."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from ratings import metrics
from ratings.metrics import ALL, METRICS, WEIGHTS

ROOT = Path(__file__).resolve().parents[2]


def test_every_metric_file_is_in_the_catalogue_and_has_a_weight():
    files = {path.stem for path in Path(metrics.__path__[0]).glob("*.py")}
    assert files - {"__init__", "metric"} == METRICS.keys() == WEIGHTS.keys()
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert len(ALL) == len(METRICS)


@pytest.mark.parametrize("name", [*METRICS, "net_score"])
def test_every_metric_is_explained_in_the_docs(name: str):
    page = (ROOT / "docs" / "metrics" / f"{name}.md").read_text(encoding="utf-8")
    assert "## What it cannot see" in page
    assert len(page.split("## What it cannot see")[1].split()) >= 5


@pytest.mark.parametrize("metric", ALL, ids=lambda metric: metric.name)
def test_every_metric_says_what_it_asks_in_a_sentence(metric):
    assert (metric.__doc__ or "").strip().splitlines()[0].endswith("?")
    assert metric.applies_to <= {"model", "dataset", "code"}


def table(page: str, column: int) -> dict[str, str]:
    """A column of the first table on a page about a metric, by the words of the first column."""
    text = (ROOT / "docs" / "metrics" / f"{page}.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0].strip(): row[column].strip() for row in rows[2:]}


def test_the_published_weights_are_those_of_the_catalogue():
    assert {name: float(weight) for name, weight in table("net_score", 1).items()} == WEIGHTS


def test_the_published_values_of_licences_are_those_in_use():
    published = {
        name: float(value) for names, value in table("license", 1).items()
        for name in names.split(", ")
    }  # fmt: skip
    assert published == dict(METRICS["license"].categories)


def test_the_published_machines_are_those_in_use():
    published = [float(cell.split()[0]) for cell in table("size_score", 2).values()]
    assert published == list(METRICS["size_score"].devices.values())


def test_the_published_weights_of_a_first_look_are_those_in_use():
    metric = METRICS["ramp_up_time"]
    fields = {field.name: getattr(metric, field.name) for field in dataclasses.fields(metric)}
    del fields["minimum_words"]
    published = sorted(float(weight) for weight in table("ramp_up_time", 1).values())
    assert published == sorted(fields.values())


@pytest.mark.parametrize(
    ("name", "constants"),
    [
        ("bus_factor", "minimum_commits people_per_halving"),
        ("code_quality", "findings_that_halve enough_tests fewest_lines"),
        (
            "dataset_and_code_score",
            "in_metadata in_prose described resolved documented documented_words",
        ),
        ("license", "contradiction_cap without_text not_declared stated_without_terms"),
        ("performance_claims", "structured tables sentences paper evaluation"),
        ("reproducibility", "needs_repair"),
    ],
)
def test_the_constants_of_a_metric_stand_on_its_page(name, constants):
    page = (ROOT / "docs" / "metrics" / f"{name}.md").read_text(encoding="utf-8")
    figures = {float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", page)}
    assert {float(getattr(METRICS[name], constant)) for constant in constants.split()} <= figures


def test_there_is_no_page_about_a_metric_that_does_not_exist():
    pages = {path.stem for path in (ROOT / "docs" / "metrics").glob("*.md")}
    assert pages == METRICS.keys() | {"net_score"}
