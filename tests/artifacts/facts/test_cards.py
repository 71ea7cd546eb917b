"""Cards of strangers: read what is there, say what is wrong, never fall over."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artifacts.facts.cards import decode, parse_card

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


def test_a_card_has_a_front_and_a_body():
    card = parse_card("---\nlicense: mit\ndatasets: [a/b]\n---\n# Title\n")
    assert card.front == {"license": "mit", "datasets": ["a/b"]}
    assert card.body == "# Title\n"
    assert card.body_line == 5
    assert card.problem == ""


@pytest.mark.parametrize(
    ("text", "front"),
    [
        pytest.param("# Only text\n", {}, id="no front matter"),
        pytest.param("", {}, id="nothing at all"),
        pytest.param("---\r\nlicense: mit\r\n---\r\nbody", {"license": "mit"}, id="CRLF"),
        pytest.param("\ufeff---\nlicense: mit\n---\n", {"license": "mit"}, id="BOM"),
        pytest.param("\n\n---\nlicense: mit\n---", {"license": "mit"}, id="blank lines first"),
        pytest.param("---\ndate: 2024-05-01\n---\n", {"date": "2024-05-01"}, id="a date"),
        pytest.param(
            "---\nat: 2024-05-01 10:00:00\n---\n", {"at": "2024-05-01T10:00:00"}, id="a moment"
        ),
        pytest.param("---\nx: .nan\ny: .inf\n---\n", {"x": "nan", "y": "inf"}, id="not numbers"),
        pytest.param(
            "---\n7: a\nyes: b\n~: c\n---\n", {"7": "a", "true": "b", "null": "c"}, id="odd keys"
        ),
        pytest.param("---\na: &x [1]\nb: *x\n---\n", {"a": [1], "b": [1]}, id="an alias"),
        pytest.param("---\n# only a comment\n---\n", {}, id="an empty front matter"),
    ],
)
def test_it_reads_what_people_write(text, front):
    card = parse_card(text)
    assert card.front == front
    assert card.problem == ""
    json.dumps(card.front, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\nlicense: mit\n", "never closed"),
        ("---\nlicense: [mit\n---\n", "not YAML"),
        ("---\nlicense:\tmit\n\tx: y\n---\n", "not YAML"),
        ("---\n- a\n- b\n---\n", "not a set of keys"),
        ("---\njust words\n---\n", "not a set of keys"),
        ("---\nlicense: mit\nlicense: gpl\n---\n", "repeats license"),
        ("---\nx: !!python/object/apply:os.system ['id']\n---\n", "not YAML"),
        ("---\nx: 2024-13-45\n---\n", "no such"),
        ('---\nlicense: mit\nx: a (\t"b"\n---\n', "Strict"),
        ("---\nx: *nothing\n---\n", "not defined"),
        ("---\nx: &x [*x]\n---\n", "not defined"),
        ("---\nx: " + "[" * 100_000 + "\n---\n", "nested"),
        ("---\n" + "- " * 100_000 + "x\n---\n", "nested"),
        ("---\nx: " + "a" * 1_000_001 + "\n---\n", "characters"),
    ],
)
def test_it_says_what_is_wrong(text, said):
    assert said in parse_card(text).problem


@pytest.mark.parametrize("shape", ["- *{0}", "<<: *{0}"])
def test_aliases_that_multiply_are_refused_at_once(shape):
    first = "a0: &a0 {k: v}\n" if "<<" in shape else "a0: &a0 [x]\n"
    inner = "{{<<: [{refs}]}}" if "<<" in shape else "[{refs}]"
    levels = [
        f"a{n}: &a{n} " + inner.format(refs=", ".join([f"*a{n - 1}"] * 10)) + "\n"
        for n in range(1, 12)
    ]
    started = time.process_time()
    card = parse_card("---\n" + first + "".join(levels) + "---\n")
    assert "values" in card.problem
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("data", "text", "problem"),
    [
        (b"plain", "plain", ""),
        (b"\xef\xbb\xbfmarked", "marked", ""),
        ("größe".encode("latin-1"), "größe", "Latin-1"),
        ("word".encode("utf-16"), "word", "UTF-16"),
        (b"\x00\x01\x02", "", "zero bytes"),
    ],
)
def test_bytes_become_text(data, text, problem):
    found, said = decode(data)
    assert found == text
    assert problem in said


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    json.dumps(parse_card("---\n" + text + "\n---\n").front, allow_nan=False)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
def test_it_agrees_with_the_hub_library_on_real_cards():
    from huggingface_hub import DatasetCard, ModelCard

    same = fields = 0
    unexplained = []
    for kind, reader in (("models", ModelCard), ("datasets", DatasetCard)):
        with gzip.open(CORPUS / f"{kind}_cards.jsonl.gz", "rt") as lines:
            for row in map(json.loads, lines):
                card = parse_card(row["readme"])
                try:
                    theirs = _their_front(reader, row["readme"])
                except (ValueError, yaml.YAMLError):
                    unexplained += [] if card.problem else [row["id"]]
                    continue
                for key, value in theirs.items():
                    fields += 1
                    same += card.front.get(key) == value
    assert unexplained == []
    assert fields > 3_000
    assert same / fields >= 0.995


def _their_front(reader, text):
    from huggingface_hub.repocard import REGEX_YAML_BLOCK

    from artifacts.facts.cards import plain

    reader(text, ignore_metadata_errors=True)
    block = REGEX_YAML_BLOCK.search(text)
    return plain(yaml.safe_load(block[2]) or {}) if block else {}
