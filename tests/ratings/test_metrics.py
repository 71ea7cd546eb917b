"""What each question answers, as tables."""

from __future__ import annotations

import pytest

from artifacts.facts import (
    CodeSurvey,
    CommitSample,
    Facts,
    FileFact,
    History,
    Identity,
    ParentScore,
    Reference,
    Review,
)
from ratings.metrics import METRICS

MIT = (
    "MIT License\n\nCopyright (c) 2024 Ann\n\nPermission is hereby granted, free of charge, to any"
    " person obtaining a copy of this software and associated documentation files (the"
    ' "Software"), to deal in the Software without restriction, including without limitation the'
    " rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of"
    " the Software, and to permit persons to whom the Software is furnished to do so, subject to"
    " the following conditions:\n\nThe above copyright notice and this permission notice shall be"
    " included in all copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED"
    ' "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE'
    " WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO"
    " EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER"
    " LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN"
    " CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n"
)
USAGE = """
```python
from transformers import pipeline

classify = pipeline("text-classification", model="acme/sentiment")
print(classify("good"))
```
"""


def model(readme: str | None = "", **more) -> Facts:
    return Facts(
        "model",
        "https://huggingface.co/acme/sentiment",
        "c" * 40,
        name="sentiment",
        source="huggingface",
        readme=readme,
        readme_path="README.md",
        **more,
    )


def code(**more) -> Facts:
    return Facts("code", "https://github.com/acme/code", "d" * 40, source="github", **more)


def ask(name: str, facts: Facts):
    return METRICS[name].measure(facts)


class TestLicense:
    def test_nothing_stated_anywhere_is_zero(self):
        answer = ask("license", model("# A model"))
        assert answer.score == 0
        assert answer.evidence[0].remedy

    def test_a_declaration_with_its_text_is_worth_most(self):
        bare = ask("license", model(card={"license": "mit"}))
        full = ask("license", model(card={"license": "mit"}, documents={"LICENSE": MIT}))
        assert (bare.score, full.score) == (0.85, 1.0)
        assert "MIT" in full.reason

    def test_a_contradiction_caps_the_score(self):
        answer = ask("license", model(card={"license": "gpl-3.0"}, documents={"LICENSE": MIT}))
        assert answer.score is not None
        assert answer.score <= 0.3
        assert "contradict" in answer.reason

    def test_what_forbids_products_is_worth_less(self):
        free = ask("license", model(card={"license": "apache-2.0"})).score
        bound = ask("license", model(card={"license": "cc-by-nc-4.0"})).score
        assert 0 < bound < free

    def test_a_text_with_words_of_its_own_is_low_and_said_first(self):
        rider = {"LICENSE": f"{MIT}\nYou may not sell it.\n"}
        answer = ask("license", model(card={"license": "mit"}, documents=rider))
        assert answer.score == 0.3
        assert answer.reason.startswith("MIT, with terms of its own")
        assert "nobody has judged the words of its own" in answer.reason
        assert "“You may not sell it.”" in answer.evidence[0].note
        assert answer.evidence[0].remedy
        assert [each.kind for each in answer.findings] == ["stricter_licence"]

    def test_such_a_text_alone_is_no_licence(self):
        rider = {"LICENSE": f"{MIT}\nYou may not sell it.\n"}
        for facts in (model("# A", documents=rider), code(documents=rider)):
            answer = ask("license", facts)
            assert answer.score == 0.2
            assert "LICENSE is near MIT, but has words of its own" in answer.reason
            assert [each.kind for each in answer.findings] == ["differing_licence"]

    def test_a_freer_text_differs_and_is_not_stricter(self):
        answer = ask("license", model(card={"license": "gpl-3.0"}, documents={"LICENSE": MIT}))
        assert [each.kind for each in answer.findings] == ["differing_licence"]

    def test_what_could_not_be_read_is_unknown(self):
        assert ask("license", model(license_problem="HTTP 500")).score is None


class TestRampUp:
    def test_no_readme_is_zero_and_an_unreadable_one_is_unknown(self):
        assert ask("ramp_up_time", model(None)).score == 0
        assert ask("ramp_up_time", model(None, readme_problem="zero bytes")).score is None

    def test_headings_that_nobody_filled_do_not_count(self):
        template = (
            "# Uses\n\n[More Information Needed]\n\n## Limitations\n\nMore information needed\n"
        )
        assert ask("ramp_up_time", model(template)).score == 0

    def test_code_that_loads_this_model_counts_more_than_code_for_another(self):
        own = ask("ramp_up_time", model(USAGE)).score
        other = ask("ramp_up_time", model(USAGE.replace("acme/sentiment", "acme/else"))).score
        assert own > other

    def test_a_heading_about_using_it_is_no_purpose(self):
        how = ask("ramp_up_time", model("## How to use\n\nCall it.\n"))
        uses = ask(
            "ramp_up_time",
            model("## Direct use\n\nIt sorts letters of readers by what they are about.\n"),
        )
        assert "lacks purpose" in how.reason
        assert "purpose" in uses.reason.partition("; it lacks")[0]

    @pytest.mark.parametrize(
        ("command", "installed"),
        [
            ("pip install -r requirements.txt", "requirements.txt"),
            ("pip install -U transformers -i https://x.org/simple torch", "transformers, torch"),
            ("conda install -c conda-forge faiss-cpu", "faiss-cpu"),
        ],
    )
    def test_an_installation_command_names_what_it_installs(self, command, installed):
        answer = ask("ramp_up_time", model(f"```bash\n{command}\n```\n"))
        assert f"installation: installs {installed}" in {one.note for one in answer.evidence}

    def test_evidence_points_at_the_line(self):
        text = "---\nlicense: mit\n---\n# A\n\n## Limitations\n\nIt does not know irony at all.\n"
        urls = [item.url for item in ask("ramp_up_time", model(text)).evidence]
        place = f"https://huggingface.co/acme/sentiment/blob/{'c' * 40}/README.md#L6"
        assert place in urls


class TestReproducibility:
    files = (FileFact("model.safetensors", 9), FileFact("config.json", 9))

    def measure(self, readme, **more):
        card = more.pop("card", {"library_name": "transformers"})
        return ask("reproducibility", model(readme, files=self.files, card=card, **more))

    def test_code_that_is_complete_is_one(self):
        assert self.measure(USAGE).score == 1

    @pytest.mark.parametrize(
        ("readme", "card", "repair"),
        [
            (USAGE.replace("print(", "print(("), {"library_name": "transformers"}, "not parse"),
            (USAGE.replace("acme/", "else/"), {"library_name": "transformers"}, "by its name"),
            (USAGE, {}, "not declared: transformers"),
        ],
    )
    def test_each_small_repair_is_named(self, readme, card, repair):
        answer = self.measure(readme, card=card)
        assert answer.score == 0.5
        assert repair in answer.reason

    def test_an_installation_command_is_a_declaration(self):
        text = USAGE + "\n```bash\npip install -U transformers torch\n```\n"
        assert self.measure(text, card={}).score == 1

    def test_no_code_is_zero(self):
        assert self.measure("# A model\n\nIt is good.").score == 0

    def test_a_missing_shard_is_a_repair(self):
        facts = model(
            USAGE,
            files=(FileFact("model-00001-of-00002.safetensors", 9), FileFact("config.json", 1)),
            card={"library_name": "transformers"},
        )
        assert "shard 00002" in ask("reproducibility", facts).reason

    def test_prompts_and_notebook_commands_are_no_errors(self):
        text = (
            "```python\n!pip install transformers\n>>> from transformers import pipeline\n"
            '>>> run = pipeline(model="acme/sentiment")\n{"score": ...\n```\n'
        )
        assert self.measure(text).score == 1


class TestPerformanceClaims:
    result = {
        "task": {"type": "text-classification"},
        "dataset": {"name": "IMDB", "type": "imdb"},
        "metrics": [{"type": "accuracy", "value": 0.93}],
    }
    table = "\n| Benchmark | Score |\n|---|---|\n| MMLU | 64.2 |\n| GSM8K | 51.3 |\n"

    def test_no_claim_is_zero_with_that_reason(self):
        answer = ask("performance_claims", model("# A model"))
        assert (answer.score, answer.reason) == (0.0, "no performance claim was found in the card")

    def test_structured_results_count_most(self):
        card = {"model-index": [{"name": "m", "results": [self.result]}]}
        structured = ask("performance_claims", model("", card=card)).score
        table = ask("performance_claims", model(self.table)).score
        assert structured > table > 0

    def test_praise_without_a_figure_lowers_it(self):
        paper = "See https://arxiv.org/abs/2401.00001 for more."
        plain = ask("performance_claims", model(paper)).score
        praised = ask("performance_claims", model(paper + "\n\nIt is state-of-the-art.")).score
        assert praised < plain

    @pytest.mark.parametrize(
        "index", [None, "x", 3, [None], [{"results": "x"}], [{"results": [1]}]]
    )
    def test_an_odd_model_index_is_no_claim(self, index):
        assert ask("performance_claims", model("", card={"model-index": index})).score == 0


class TestDataAndCode:
    def reference(self, seen_in="model_card", exists=True):
        url = "https://huggingface.co/datasets/acme/reviews"
        return Reference("dataset", "acme/reviews", url, "training_dataset", seen_in, exists=exists)

    def score(self, *references, **more):
        return ask("dataset_and_code_score", model("", references=references, **more)).score

    def test_structured_beats_prose_beats_nothing(self):
        assert self.score(self.reference()) > self.score(self.reference("readme")) > self.score()

    def test_what_does_not_exist_is_worth_less(self):
        assert self.score(self.reference()) > self.score(self.reference(exists=False))

    def test_an_evaluation_dataset_is_not_training_data(self):
        url = "https://huggingface.co/datasets/acme/eval"
        assert self.score(Reference("dataset", "acme/eval", url, "evaluation_dataset")) == 0


class TestDatasetQuality:
    def dataset(self, **more) -> Facts:
        return Facts("dataset", "https://huggingface.co/datasets/a/d", "e" * 40, name="d", **more)

    def test_it_is_the_mean_over_the_datasets(self):
        poor = self.dataset(readme="# D", card={})
        rich = self.dataset(
            readme="# D\n\n## Limitations\n\nOnly news from one year is inside.\n",
            card={"license": "mit", "language": "en", "task_categories": ["x"]},
        )
        one, two = (ask("dataset_quality", model("", linked=(d,))).score for d in (poor, rich))
        both = ask("dataset_quality", model("", linked=(poor, rich))).score
        assert two > one
        assert both == pytest.approx((one + two) / 2, abs=1e-3)

    def test_no_dataset_is_unknown(self):
        assert ask("dataset_quality", model("")).score is None


class TestCodeQuality:
    good = CodeSurvey(
        files=9, lines=1000, python_files=9, python_lines=1000, blocks=50, functions=50,
        typed_functions=50, test_files=("tests/test_a.py",), test_lines=300,
        ci_files=(".github/workflows/ci.yml",), dependency_files=("pyproject.toml",),
    )  # fmt: skip
    bad = CodeSurvey(
        files=9, lines=1000, python_files=9, python_lines=1000, findings={"F401": 200},
        blocks=50, complex_blocks=20, functions=50,
    )  # fmt: skip

    def test_maintained_code_beats_neglected_code(self):
        assert ask("code_quality", code(survey=self.good)).score > 0.95
        assert ask("code_quality", code(survey=self.bad)).score < 0.1

    def test_a_model_is_judged_by_the_code_it_names(self):
        answer = ask("code_quality", model("", linked=(code(survey=self.good),)))
        assert answer.score > 0.95

    def test_no_code_is_unknown(self):
        assert ask("code_quality", model("")).score is None

    def test_code_that_could_not_be_read_says_why(self):
        url = "https://github.com/acme/code"
        reference = Reference("code", "acme/code", url, "code", "readme")
        facts = model("", references=(reference,), linked_problems={url: "404"})
        assert "404" in ask("code_quality", facts).reason


class TestReviewedness:
    def measure(self, review):
        past = History(9, identities=(Identity("A", "a@x.org"),), review=review)
        return ask("reviewedness", model("", linked=(code(history=past),)))

    def test_it_is_the_share_of_lines(self):
        sample = CommitSample("f" * 40, "Add b (#3)", review="squash", lines=10)
        answer = self.measure(Review(100, 25, 10, 3, {"squash": 25}, (sample,)))
        assert answer.score == 0.25
        assert f"https://github.com/acme/code/commit/{'f' * 40}" in [e.url for e in answer.evidence]

    @pytest.mark.parametrize("review", [None, Review(), Review(problem="cut off")])
    def test_what_was_not_counted_is_unknown(self, review):
        assert self.measure(review).score is None

    def test_no_code_repository_is_unknown(self):
        assert ask("reviewedness", model("")).score is None


class TestTreeScore:
    def test_it_is_the_mean_of_the_rated_parents(self):
        parents = (ParentScore("a/a", 0.8), ParentScore("b/b", 0.4), ParentScore("c/c", None))
        answer = ask("tree_score", model("", parents=parents))
        assert answer.score == pytest.approx(0.6)
        assert "2 of 3" in answer.reason

    def test_no_rated_parent_is_unknown(self):
        assert ask("tree_score", model("", parents=(ParentScore("a/a", None),))).score is None
        assert ask("tree_score", model("")).score is None
