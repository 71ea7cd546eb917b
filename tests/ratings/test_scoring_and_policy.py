"""From measurements to a number, and from numbers to a verdict."""

from __future__ import annotations

import pytest

from artifacts.facts import Facts
from artifacts.sources.registered import source_named
from ratings.measurements.addresses import address_of
from ratings.measurements.finding_kinds import KINDS
from ratings.measurements.measurement import Evidence, Measurement, RatedFinding
from ratings.metrics import METRICS, WEIGHTS
from ratings.policy import DEFAULT_RULES, Rule, ScanFinding, Verdict, judge, rules_for
from ratings.scoring import measure_all, net_score
from tests.ratings.test_metrics import MIT, model


def known(**scores: float | None) -> dict[str, Measurement]:
    return {name: Measurement(score, "because") for name, score in scores.items()}


@pytest.mark.parametrize(
    ("scores", "weights", "net", "coverage"),
    [
        pytest.param({"a": 1.0, "b": 0.0}, {"a": 0.75, "b": 0.25}, 0.75, 1.0, id="a weighted mean"),
        pytest.param({"a": 0.4, "b": None}, {"a": 0.5, "b": 0.5}, 0.4, 0.5, id="half is enough"),
        pytest.param({"a": 0.4, "b": None}, {"a": 0.4, "b": 0.6}, None, 0.4, id="less is not"),
        pytest.param({"a": None}, {"a": 1.0}, None, 0.0, id="nothing is known"),
        pytest.param({}, {"a": 1.0}, None, 0.0, id="nothing was asked"),
        pytest.param(
            {"a": 0.6}, {"a": 0.2, "b": 0.8}, 0.6, 1.0, id="what does not apply is absent"
        ),
        pytest.param({"a": 0.0}, {"a": 1.0}, 0.0, 1.0, id="zero is an answer"),
    ],
)
def test_the_net_score_never_travels_without_its_coverage(scores, weights, net, coverage):
    assert net_score(known(**scores), weights) == (net, coverage)


def test_measurements_survive_being_stored():
    found = (RatedFinding("differing_licence", "LICENSE says otherwise"),)
    before = {
        "c": Measurement(0.5, "why", findings=found),
        "a": Measurement(0.5, "why", (Evidence("n", "u", "r"),), {"x": 0.25}),
        "b": Measurement.unknown("nobody knows"),
    }
    after = {name: Measurement.from_json(one.to_json()) for name, one in before.items()}
    assert after == before


def test_a_measurement_of_an_older_catalogue_stays_readable():
    stored = {"score": 0.5, "reason": "r", "evidence": [{"note": "n", "url": ""}]}
    assert Measurement.from_json({**stored, "latency_seconds": 1}).evidence[0].remedy == ""


def test_a_score_outside_its_range_is_a_bug():
    with pytest.raises(ValueError):
        Measurement(1.2, "too good")


@pytest.mark.parametrize("type", ["model", "dataset", "code"])
def test_only_the_questions_that_apply_are_asked(type):
    asked = measure_all(Facts(type, "https://huggingface.co/a/b", "0" * 40)).keys()
    assert asked == {name for name, metric in METRICS.items() if type in metric.applies_to}
    assert sum(WEIGHTS[name] for name in asked) > 0


def test_the_same_facts_give_the_same_answers():
    facts = Facts("model", "https://huggingface.co/a/b", "0" * 40, readme="# A\nAccuracy 91.2%")
    runs = [{name: answer for name, (answer, _) in measure_all(facts).items()} for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize(
    ("source", "path", "line", "url"),
    [
        ("huggingface", "README.md", 12, "https://x.org/a/b/blob/R/README.md#L12"),
        ("github", "src/a b.py", 3, "https://x.org/a/b/blob/R/src/a%20b.py#L3"),
        ("github", "README.md", 3, "https://x.org/a/b/blob/R/README.md?plain=1#L3"),
        ("github", "", None, "https://x.org/a/b/tree/R"),
    ],
)
def test_evidence_links_to_the_exact_place(source, path, line, url):
    pages = source_named(source).pages
    assert address_of(Facts("code", "https://x.org/a/b", "R", pages=pages), path, line) == url


def test_evidence_of_an_upload_has_no_address():
    assert address_of(Facts("model", "upload:abc", "R"), "README.md", 1) == ""


GOOD = known(license=0.85, ramp_up_time=0.7, reproducibility=1.0, dataset_and_code_score=0.5)


class TestGate:
    def test_a_documented_licensed_model_passes(self):
        assert judge(GOOD, 0.6, 0.8).passed

    def test_one_without_a_licence_does_not(self):
        verdict = judge(GOOD | known(license=0.0), 0.6, 0.8)
        assert not verdict.passed
        assert "license is 0.00, and at least 0.30 is required" in verdict.reasons[0]

    def test_one_without_a_card_does_not(self):
        facts = Facts("model", "https://huggingface.co/a/b", "0" * 40)
        answers = {name: answer for name, (answer, _) in measure_all(facts).items()}
        broken = judge(answers, *net_score(answers, WEIGHTS)).broken
        assert {"license", "ramp_up_time"} <= {rule.metric for rule in broken}

    @pytest.mark.parametrize("outcome", ["hostile", "error"])
    def test_a_hostile_file_or_a_failed_scan_breaks_it_whatever_the_rules(self, outcome):
        verdict = judge(GOOD, 1.0, 1.0, [ScanFinding("m.bin", outcome, "os.system")], [])
        assert not verdict.passed
        assert "m.bin" in verdict.reasons[0]
        assert "os.system" in verdict.reasons[0]

    def test_a_suspicious_file_warns(self):
        verdict = judge(GOOD, 1.0, 1.0, [ScanFinding("m.bin", "suspicious")], [])
        assert verdict.passed
        assert verdict.warnings[0].metric == "scan"

    def test_a_rule_that_is_not_enforced_warns(self):
        verdict = judge(GOOD, 0.6, 0.8, (), [Rule("license", 0.9, is_enforced=False)])
        assert verdict.passed
        assert verdict.warnings[0].actual == 0.85

    @pytest.mark.parametrize(("is_accepted", "passed"), [(True, True), (False, False)])
    def test_an_unknown_is_accepted_only_where_the_rule_says_so(self, is_accepted, passed):
        rule = Rule("license", 0.5, is_unknown_accepted=is_accepted)
        assert judge(known(license=None), 0.6, 0.8, (), [rule]).passed is passed

    @pytest.mark.parametrize(("is_enforced", "passed"), [(True, False), (False, True)])
    def test_a_finding_breaks_or_warns_as_its_rule_says(self, is_enforced, passed):
        found = RatedFinding("stricter_licence", "LICENSE says “no sale”")
        answers = {**GOOD, "license": Measurement(0.9, "because", findings=(found,))}
        rule = Rule("stricter_licence", None, is_enforced=is_enforced)
        verdict = judge(answers, 0.6, 0.8, (), [rule])
        assert verdict.passed is passed
        (broken,) = verdict.broken + verdict.warnings
        assert (broken.metric, broken.reason) == ("stricter_licence", "LICENSE says “no sale”")
        assert judge(GOOD, 0.6, 0.8, (), [rule]).passed
        assert judge(answers, 0.6, 0.8, (), []).passed

    @pytest.mark.parametrize("type", ["model", "dataset", "code"])
    def test_by_default_a_stricter_text_rejects_models_and_warns_elsewhere(self, type):
        by_kind = {rule.metric: rule for rule in rules_for(type) if rule.minimum is None}
        assert by_kind.keys() == KINDS.keys()
        assert by_kind["stricter_licence"].is_enforced is (type == "model")
        assert not by_kind["differing_licence"].is_enforced

    @pytest.mark.parametrize(
        ("declared", "text", "broken", "warned"),
        [
            ("mit", f"{MIT}\nYou may not sell it.\n", {"stricter_licence"}, set()),
            ("mit", f"{MIT}\nWe made it in a hurry, as ever.\n", set(), {"differing_licence"}),
            ("gpl-3.0", MIT, set(), {"differing_licence"}),
            ("mit", MIT, set(), set()),
        ],
    )
    def test_a_text_beside_a_declaration(self, declared, text, broken, warned):
        facts = model(card={"license": declared}, documents={"LICENSE": text})
        answers = GOOD | {"license": METRICS["license"].measure(facts)}
        verdict = judge(answers, 0.6, 0.8)
        assert {rule.metric for rule in verdict.broken} == broken
        assert {rule.metric for rule in verdict.warnings} == warned

    def test_every_broken_rule_is_named(self):
        verdict = judge(known(license=0.0, ramp_up_time=0.0), 0.1, 0.9)
        assert [rule.metric for rule in verdict.broken] == ["license", "ramp_up_time", "net_score"]

    def test_a_verdict_survives_being_stored(self):
        verdict = judge(known(license=0.0), 0.6, 0.4)
        assert Verdict.from_json(verdict.to_json()) == verdict

    def test_datasets_and_code_are_never_rejected_by_the_default_rules(self):
        for type in ("dataset", "code"):
            assert all(not rule.is_enforced for rule in rules_for(type))
        assert {rule.applies_to for rule in DEFAULT_RULES} == {"model", "dataset", "code"}
