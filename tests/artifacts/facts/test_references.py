"""What a card refers to: exact identities only, each with where it was seen."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from artifacts.facts import Facts, FileFact, Weights, references
from artifacts.facts.cards import parse_card
from artifacts.sources.recognising import SourceAddresses

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
ADDRESSES = SourceAddresses()
HF, GH = "https://huggingface.co", "https://github.com"


def model(readme: str = "", **more) -> Facts:
    card = parse_card(readme).front
    given = {"readme": readme, "readme_path": "README.md", "card": card, "source": "huggingface"}
    kind = more.pop("type", "model")
    return Facts(kind, f"{HF}/me/mine", "0" * 40, name="mine", **(given | more))


def seen(facts: Facts) -> set[tuple[str, str, str]]:
    return {(one.relationship, one.url, one.seen_in) for one in references.of(facts, ADDRESSES)}


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("datasets: [a/b, squad]", {("training_dataset", f"{HF}/datasets/a/b", "model_card"),
                                    ("training_dataset", f"{HF}/datasets/squad", "model_card")}),
        ("datasets: a/b", {("training_dataset", f"{HF}/datasets/a/b", "model_card")}),
        ("datasets: [my own data]", {("training_dataset", "", "model_card")}),
        ("datasets: [3, null, {a: b}]", set()),
        ("base_model: a/b", {("base_model", f"{HF}/a/b", "model_card")}),
        ("base_model: a/b\nbase_model_relation: adapter", {("adapter", f"{HF}/a/b", "model_card")}),
        ("base_model: a/b\nbase_model_relation: finetune",
         {("base_model", f"{HF}/a/b", "model_card")}),
        ("base_model: [a/b, c/d]\ntags: [merge]", {("merge", f"{HF}/a/b", "model_card"),
                                                  ("merge", f"{HF}/c/d", "model_card")}),
        ("base_model: a/b\ntags: [gguf]", {("quantized", f"{HF}/a/b", "model_card")}),
        ("base_model: ../../etc/passwd", {("base_model", "", "model_card")}),
        (f"base_model: {HF}/a/b", {("base_model", f"{HF}/a/b", "model_card")}),
        ("base_model: me/mine", set()),
        ("model-index: [{results: [{dataset: {type: glue, name: GLUE}}]}]",
         {("evaluation_dataset", f"{HF}/datasets/glue", "model_card")}),
        ("model-index: [1, {results: x}, {results: [{dataset: 3}]}]", set()),
    ],
)  # fmt: skip
def test_the_front_matter(front, expected):
    assert seen(model(f"---\n{front}\n---\n")) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "adapter_config.json",
            '{"base_model_name_or_path": "a/b"}',
            ("adapter", "adapter_config"),
        ),
        ("config.json", '{"_name_or_path": "a/b"}', ("base_model", "config_json")),
        ("config.json", '{"_name_or_path": "checkpoint"}', None),
        ("mergekit_config.yml", "models:\n- model: a/b\n", ("merge", "merge_config")),
        ("mergekit_config.yml", "---\nmodels:\n- model: a/b\n", ("merge", "merge_config")),
        ("mergekit_moe_config.yml", "experts:\n- source_model: a/b\n", ("merge", "merge_config")),
        (
            "recipes/my-merge.yaml",
            "merge_method: slerp\nslices:\n- sources: [{model: a/b}]\n",
            ("merge", "merge_config"),
        ),
        ("config.yaml", "merge_method: ties\nbase_model: a/b@v1\n", ("merge", "merge_config")),
        ("config.yaml", "models:\n- model: a/b\n", None),
        ("config.json", '{"_name_or_path": "/home/me/models/b"}', None),
        ("config.json", '{"_name_or_path": "./a/b"}', None),
        ("config.json", '{"_name_or_path": "me/mine"}', None),
        ("config.json", "[" * 50_000, None),
        ("config.json", '{"_name_or_path": 3}', None),
    ],
)
def test_the_configurations(path, text, expected):
    found = seen(model(documents={path: text}))
    assert found == ({(expected[0], f"{HF}/a/b", expected[1])} if expected else set())


def test_a_name_from_before_there_were_owners_is_an_id():
    facts = model(documents={"adapter_config.json": '{"base_model_name_or_path": "gpt2"}'})
    assert seen(facts) == {("adapter", f"{HF}/gpt2", "adapter_config")}


def test_what_a_recipe_adds_to_a_model_counts_as_well():
    facts = model(documents={"mergekit_config.yml": "models: [{model: a/b+c/lora@main}]"})
    assert seen(facts) == {
        ("merge", f"{HF}/a/b", "merge_config"),
        ("merge", f"{HF}/c/lora", "merge_config"),
    }


def test_a_recipe_in_the_readme_is_a_recipe():
    block = "```yaml\nmodels:\n  - model: a/b\nmerge_method: ties\n```"
    (found,) = references.of(model(f"# Title\n\n{block}\n"), ADDRESSES)
    assert (found.relationship, found.url, found.seen_in) == ("merge", f"{HF}/a/b", "merge_config")
    assert (found.path, found.line) == ("README.md", 4)


@pytest.mark.parametrize(
    ("key", "value", "relationship"),
    [
        ("general.base_model.0.repo_url", f"{HF}/a/b", "quantized"),
        ("general.source.repo_url", f"{HF}/a/b", "quantized"),
        ("general.source.huggingface.repository", "a/b", "quantized"),
        ("general.dataset.0.repo_url", f"{HF}/datasets/a/b", "training_dataset"),
        ("general.dataset.0.repo_url", f"{HF}/a/b", ""),
        ("general.name", "a/b", ""),
    ],
)
def test_the_header_of_a_quantized_file(key, value, relationship):
    facts = model(weights=(Weights("x.gguf", "gguf", 1, metadata={key: value}),))
    url = value if "://" in value else f"{HF}/{value}"
    assert seen(facts) == ({(relationship, url, "gguf")} if relationship else set())


@pytest.mark.parametrize(
    ("line", "relationship", "url"),
    [
        (f"Trained on [data]({HF}/datasets/a/b).", "training_dataset", f"{HF}/datasets/a/b"),
        (f"We evaluated on {HF}/datasets/a/b/viewer", "evaluation_dataset", f"{HF}/datasets/a/b"),
        (f"See {HF}/datasets/a/b", "", f"{HF}/datasets/a/b"),
        (f"A fine-tuned version of [b]({HF}/a/b)", "base_model", f"{HF}/a/b"),
        (f"This is [b]({HF}/a/b) and more, fine-tuned from nothing", "", f"{HF}/a/b"),
        (f"- **Finetuned from model :** [a/b]({HF}/a/b)", "base_model", f"{HF}/a/b"),
        (f"It is based on the [b]({HF}/a/b) model.", "base_model", f"{HF}/a/b"),
        (f"We used [b]({HF}/a/b) as a base model.", "base_model", f"{HF}/a/b"),
        (f"Quantizations of {HF}/a/b", "quantized", f"{HF}/a/b"),
        (f"A LoRA adapter for [b]({HF}/a/b)", "adapter", f"{HF}/a/b"),
        (f"A merge of [b]({HF}/a/b) and a secret", "merge", f"{HF}/a/b"),
        (f"| [b]({HF}/a/b) | English | [Fine-tune](x) | version 1.5 |", "", f"{HF}/a/b"),
        (f"Based on BERT. Our other model is [b]({HF}/a/b).", "", f"{HF}/a/b"),
        (f"It is not based on [b]({HF}/a/b).", "", f"{HF}/a/b"),
        (f"Compare with {HF}/a/b", "", f"{HF}/a/b"),
        (f"[Results](x) of the benchmark: {HF}/datasets/open-llm-leaderboard/details_b", "",
         f"{HF}/datasets/open-llm-leaderboard/details_b"),
        (f"Trained with {GH}/me/trainer", "code", f"{GH}/me/trainer"),
        (f"See also [nice things]({GH}/a/b)", "", f"{GH}/a/b"),
        (f"howpublished = {{\\url{{{GH}/a/b}}}}, code", "", f"{GH}/a/b"),
        (f"Code: <{GH}/a/b/blob/main/train.py#L3>", "code", f"{GH}/a/b"),
        ("Code: http://github.com/a/b.git, thanks", "code", f"{GH}/a/b"),
        (f"Install {GH}/huggingface/transformers", "", f"{GH}/huggingface/transformers"),
        ("Paper: https://arxiv.org/pdf/2302.13971v1", "", "https://arxiv.org/abs/2302.13971"),
    ],
)  # fmt: skip
def test_links_in_the_readme_with_the_words_around_them(line, relationship, url):
    (found,) = references.of(model(f"---\nlicense: mit\n---\n# Title\n\n{line}\n"), ADDRESSES)
    assert (found.relationship, found.url, found.line) == (relationship, url, 6)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("A fine-tuned version of mistralai/Mistral-7B-v0.1.", "mistralai/Mistral-7B-v0.1"),
        ("- **Finetuned from model:** distilbert/distilbert-base-uncased",
         "distilbert/distilbert-base-uncased"),
        ("Fine-tuned from `facebook/opt`, on our data", "facebook/opt"),
        ("It is based on bert-base-uncased", "bert-base-uncased"),
        (f"A fine-tuned version of [BERT]({HF}/bert-base-uncased)", "bert-base-uncased"),
        ("Based on the performance on the train/test split", ""),
        ("Fine-tuned from LoRA/QLoRA and 7B/13B and GPT-3/GPT-4 models", ""),
        ("Fine-tuned from checkpoints/step-1000", ""),
        ("Fine-tuned from runs of scripts/train_7b-v1.py", ""),
        ("Fine-tuned from `bert-base-uncased-mine`", ""),
        ("Better than mistralai/Mistral-7B-v0.1", ""),
        ("```\nfine-tuned from mistralai/Mistral-7B-v0.1\n```", ""),
        (f"Based on [lab/Name-7B-v2]({HF}/lab)", ""),
        ("Based on https://elsewhere.example/lab/Name-7B-v2", ""),
    ],
)  # fmt: skip
def test_names_in_prose_without_a_link(line, name):
    expected = {("base_model", f"{HF}/{name}", "readme")} if name else set()
    assert seen(model(f"# Title\n\n{line}\n")) == expected


def test_of_a_merge_every_parent_counts():
    line = f"Merge of [b]({HF}/a/b) and [d]({HF}/c/d) using ties."
    assert seen(model(line)) == {("merge", f"{HF}/a/b", "readme"), ("merge", f"{HF}/c/d", "readme")}


def test_only_the_nearest_link_is_meant():
    line = f"Based on [b]({HF}/a/b), and better than [d]({HF}/c/d)."
    assert seen(model(line)) == {("base_model", f"{HF}/a/b", "readme"), ("", f"{HF}/c/d", "readme")}


def test_what_a_repository_links_is_not_its_code():
    facts = model(f"The code of a friend: {GH}/a/b", type="code")
    assert seen(facts) == {("", f"{GH}/a/b", "readme")}


@pytest.mark.parametrize("url", ["", "upload", f"{HF}/gpt2"])
def test_an_artifact_without_an_owner_is_read_as_well(url):
    facts = Facts("model", url, "0" * 40, readme=f"See {GH}/a/b", readme_path="README.md")
    assert [one.relationship for one in references.of(facts, ADDRESSES)] == [""]


def test_a_long_hostile_line_takes_no_time():
    line = "based on " * 2_000 + f"{HF}/a/b " + "merge of " * 200 + f"[x]({HF}/c/d)"
    assert len(references.of(model(line), ADDRESSES)) == 2


def test_endless_names_take_no_time():
    lines = [f"based on lab/model-{number}-7b " * 600 for number in range(50)]
    assert len(references.of(model("\n".join(lines)), ADDRESSES)) < 50


@pytest.mark.parametrize(
    "line",
    ["https://github.com/a", f"{HF}/google", f"{HF}/docs/transformers", "https://evil.example/a/b",
     f"{HF}/a/../b", "trained on the famous squad dataset"],
)  # fmt: skip
def test_what_is_no_exact_identity_is_no_reference(line):
    assert references.of(model(line), ADDRESSES) == ()


def test_an_adapter_is_recognised_by_its_file():
    facts = model("---\nbase_model: a/b\n---\n", files=(FileFact("adapter_config.json", 1),))
    assert seen(facts) == {("adapter", f"{HF}/a/b", "model_card")}


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
def test_every_real_card_gives_sensible_references():
    found = 0
    for kind in ("models", "datasets", "codes"):
        with gzip.open(CORPUS / f"{kind}_cards.jsonl.gz", "rt") as lines:
            for row in map(json.loads, lines):
                for one in references.of(model(row["readme"]), ADDRESSES):
                    found += 1
                    assert one.kind in {"dataset", "code", "model", "paper", "demo"}
                    assert not one.url or one.url.startswith("https://")
    assert found > 1_000
