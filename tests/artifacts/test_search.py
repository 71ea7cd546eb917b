"""Patterns: what is accepted, what is refused by name, and what the index is asked for."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifacts.search import InvalidRegex, compiled
from artifacts.search.dialect import LONGEST


def choices(source: str) -> list[set[str]]:
    return [set(choice) for choice in compiled(source).needs.choices]


class TestRefusals:
    @pytest.mark.parametrize(
        ("source", "named"),
        [
            ("a(?=b)", "lookahead (?=…)"),
            ("a(?!b)", "negative lookahead (?!…)"),
            ("(?<=a)b", "lookbehind (?<=…)"),
            ("(?<!a)b", "negative lookbehind (?<!…)"),
            (r"(.)\1", r"a backreference \1"),
            ("(?P<n>a)(?P=n)", "a backreference (?P=name)"),
            (r"(?<n>a)\k<n>", r"a backreference \k"),
            ("(?>a+)b", "an atomic group (?>…)"),
            ("a++b", "a possessive repetition ++"),
            ("a{2}+b", "a possessive repetition {…}+"),
            ("(a)(?(1)b|c)", "a condition (?(…)…|…)"),
            ("(?#why)a", "a comment (?#…)"),
            ("(?x)a b", "the flag x"),
            (r"\X", r"a grapheme \X"),
        ],
    )
    def test_what_linear_time_cannot_do_is_named(self, source: str, named: str):
        with pytest.raises(InvalidRegex) as caught:
            compiled(source)
        assert f"it uses {named}, which" in str(caught.value)

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("", "it is empty"),
            ("(a", "missing )"),
            ("[a", "missing ]"),
            ("a**", "bad repetition operator"),
            ("*a", "no argument for repetition operator"),
            ("\\", "trailing"),
            (r"\y", "invalid escape sequence"),
            ("[z-a]", "invalid character class range"),
            ("a{1001}", "invalid repetition size"),
            ("\ud800", "half of a surrogate pair"),
            ("a" * (LONGEST + 1), f"{LONGEST} are the most"),
            ("((a{9}){9}){9}b{999}" * 9, "too large"),
            (r"(\pL{9}\pN{9}){50}", "too large"),
        ],
    )
    def test_what_is_wrong_is_said(self, source: str, reason: str):
        with pytest.raises(InvalidRegex, match=re.escape(reason)):
            compiled(source)

    @given(st.text(alphabet=r"ab(|)[]{}*+?.^$\-,019<>=!:PiQEdwpLx#'", max_size=30))
    @settings(max_examples=400, deadline=None)
    def test_no_pattern_is_a_surprise(self, source: str):
        with suppress(InvalidRegex):
            compiled(source).matches("ab019")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"^\u0062ert$", "bert"),
        (r"\U00000062ert", "bert"),
        (r"bert\Z", "bert"),
        (r"a[\b]c", "a\bc"),
        (r"\€5", "€5"),
        (r"\Qa\u0062\E", r"a\u0062"),
        (r"^[]a]$", "]"),
    ],
)
def test_spellings_of_python_mean_what_they_mean_there(source: str, text: str):
    assert compiled(source).matches(text)


class TestNeeds:
    @pytest.mark.parametrize(
        ("source", "needed"),
        [
            ("whisper", [{"whisper"}]),
            ("^gpt2$", [{"gpt2"}]),
            (".*llama.*", [{"llama"}]),
            ("foo.*bar", [{"foo"}, {"bar"}]),
            ("foo|bar", [{"foo", "bar"}]),
            ("(foo|bar)-[0-9]+b", [{"foo-", "bar-"}, {"b"}]),
            ("[Bb]ert", [{"Bert", "bert"}]),
            ("mistral(ai)?-7b", [{"mistralai-7b", "mistral-7b"}]),
            ("(?:abc){2}d", [{"abcabcd"}]),
            (r"\Qa.b\Ec", [{"a.bc"}]),
            (r"\.safetensors", [{".safetensors"}]),
            ("(?i)BERT", [{"bert"}]),
            ("(?i)whisper", [{"whi"}, {"per"}]),
            ("(?i:AB)CD", [{"abcd"}]),
            ("a{3,}bcd", [{"aaa"}, {"bcd"}]),
            (r"\x{41}bc", [{"Abc"}]),
            ("foo(?i)", [{"foo"}]),
            (".*", []),
            ("a|", []),
            (r"\d{9}", []),
            ("(foo)?", []),
            ("foo*", [{"fo"}]),
        ],
    )
    def test_the_literals_of_a_pattern(self, source: str, needed: list[set[str]]):
        assert choices(source) == needed

    def test_nesting_is_no_way_to_exhaust_the_stack(self):
        assert choices("(" * 900 + "abc" + ")" * 900) == []


LETTERS = "abkKsſ\u212aİıéÉ-.1"  # with the letters whose cases are odd


def _pattern() -> st.SearchStrategy[str]:
    atoms = st.one_of(
        st.sampled_from([*"abkKsS1-.^$éÉſİ", r"\.", r"\b", r"\d", r"\w"]),
        st.sampled_from(["[ab]", "[^a]", "[a-k]", "[Kk]", "[-a]", r"[\]a]", "[]b]", "[[:alpha:]]"]),
        st.sampled_from([r"\Qa.\E", r"\x61", r"\x{e9}", r"\141", r"\pL", "(?i)", "(?-i)", "(?s)"]),
    )

    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        times = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "{0}", "*?", "+?"])
        return st.one_of(
            st.lists(inner, min_size=1, max_size=4).map("".join),
            st.lists(inner, min_size=2, max_size=3).map("|".join).map("({})".format),
            inner.map("(?i:{})".format),
            inner.map("(?:{})".format),
            st.tuples(inner.map("(?:{})".format), times).map("".join),
        )

    return st.recursive(atoms, extend, max_leaves=8)


@given(_pattern(), st.text(alphabet=LETTERS, max_size=12))
@settings(max_examples=1500, deadline=None)
@example("ab(?i)k|b", "aK")
@example("a(?i:k)b", "a\u212ab")
@example("(?i:a)İ", "aİ")
@example("a|[Kk]", "\u212a")
@example("x[sS]|xa", "xſ")
@example("a{99999999999}", "a{99999999999}")
def test_whatever_matches_has_what_is_needed(source: str, text: str):
    try:
        pattern = compiled(source)
    except InvalidRegex:
        return
    if pattern.matches(text):
        assert pattern.needs.allow(text), pattern.needs


def test_a_match_is_what_re2_says():
    pattern = compiled("be?rt-(base|large)$")
    for name in ("bert-base", "brt-large", "bert-base-1", "BERT-base"):
        assert pattern.matches(name) == bool(re2.search(pattern.source, name))
