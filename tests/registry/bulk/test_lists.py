"""Lists of addresses in every form that people bring, and what is wrong with single lines."""

from __future__ import annotations

import errno
import io
import time

import pytest

from registry.bulk import formats, lists
from registry.bulk.lists import ListLine, ListReader, from_arguments

A, B, C = (f"https://huggingface.co/acme/{name}" for name in "abc")


def read(data: str | bytes, *, source: str = "list", form: str = "") -> list[ListLine]:
    data = data.encode() if isinstance(data, str) else data
    return list(ListReader(io.BytesIO(data), source=source, form=form))


def urls(lines: list[ListLine]) -> list[str]:
    assert not [line.problem for line in lines if line.problem]
    return [line.url for line in lines]


def problems(lines: list[ListLine]) -> dict[int, str]:
    return {line.number: line.problem for line in lines if line.problem}


class TestPlainLines:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(f"{A}\n{B}\n", id="as they are"),
            pytest.param(f"{A}\n{B}", id="without an end of the last line"),
            pytest.param(f"\n\n{A}\n   \n{B}\n\n", id="with blank lines"),
            pytest.param(f"# first\n{A}\n   # second\n{B}\n", id="with comments"),
            pytest.param(f"{A}  # the good one\n{B}\t# the other\n", id="with comments behind"),
            pytest.param(f"{A}\r\n{B}\r\n", id="from Windows"),
            pytest.param(f"\ufeff{A}\n{B}\n", id="with a byte order mark"),
            pytest.param(f"  {A}\t\n\t{B}  \n", id="with spaces around"),
            pytest.param(f"\"{A}\"\n'{B}'\n", id="in quotes"),
        ],
    )
    def test_each_is_an_address(self, text):
        assert urls(read(text)) == [A, B]

    def test_numbers_are_those_of_the_file(self):
        assert [line.number for line in read(f"# one\n\n{A}\n# two\n{B}\n")] == [3, 5]

    @pytest.mark.parametrize(
        "comment", [b"# caf\xe9", b"  # \0", b"#" * 70_000], ids=["Latin-1", "NUL", "long"]
    )
    def test_nothing_is_wrong_with_a_comment(self, comment):
        assert urls(read(comment + f"\n{A}\n".encode())) == [A]

    def test_a_fragment_is_no_comment(self):
        assert urls(read(f"{A}#files\n")) == [f"{A}#files"]


class TestCsv:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(f"url,type,name,revision\n{A},model,first,v1\n", id="comma"),
            pytest.param(f"url;type;name;revision\n{A};model;first;v1\n", id="semicolon"),
            pytest.param(f"url\ttype\tname\trevision\n{A}\tmodel\tfirst\tv1\n", id="tab"),
            pytest.param(f"url|type|name|revision\n{A}|model|first|v1\n", id="bar"),
            pytest.param(f"Revision, NAME ,Url,Type\nv1, first ,{A},MODEL\n", id="other order"),
            pytest.param(f'"url",type,"name",revision\n"{A}",model,"first",v1\n', id="quotes"),
            pytest.param(f"\ufeffurl,type,name,revision\r\n{A},model,first,v1\r\n", id="Excel"),
            pytest.param(
                f"# a\n\nurl,type,name,revision\n# b\n{A},model,first,v1\n", id="comments"
            ),
        ],
    )
    def test_columns_are_found_by_their_names(self, text):
        [line] = read(text)
        assert (line.url, line.type, line.name, line.revision) == (A, "model", "first", "v1")
        assert not line.problem

    def test_a_quoted_cell_may_hold_delimiters_and_quotes(self):
        [line] = read(f'url,name\n{A},"One, ""the"" first"\n')
        assert line.name == 'One, "the" first'

    def test_cells_may_be_missing_at_the_end(self):
        assert urls(read(f"url,type,name\n{A}\n{B},model\n")) == [A, B]

    def test_unknown_columns_are_named_once_and_ignored(self):
        reader = ListReader(
            io.BytesIO(f"url,licence,name\n{A},mit,x\n{B},mit,y\n".encode()), source="l"
        )
        assert [line.name for line in reader] == ["x", "y"]
        [warning] = reader.warnings
        assert "'licence'" in warning

    def test_a_cell_of_another_column_may_go_on_over_lines(self):
        text = f'url,notes,name\n{A},"two\nlines, ""quoted""\n",x\n{B},,y\n'
        assert [(line.number, line.url, line.name) for line in read(text)] == [
            (2, A, "x"),
            (5, B, "y"),
        ]

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            pytest.param(f'"{A},model\n{B},model\n{C},model', "quote", id="a quote left open"),
            pytest.param(f'"{A},model\n{B},"model\n{C},model', "quote", id="two quotes left open"),
            pytest.param(f"{A},model,,,\n{B},\n{C},model", "", id="empty cells too many"),
            pytest.param(f"{A},model,x\n{B},\n{C},model", "more cells", id="a cell too many"),
            pytest.param(f",model\n{B},\n{C},model", "no url", id="no address"),
            pytest.param(f'{A},"mod"el\n{B},\n{C},model', "quote", id="a quote in a cell"),
        ],
    )
    def test_a_broken_row_takes_no_other_with_it(self, rows, words):
        lines = read(f"url,type\n{rows}\n")
        assert [line.number for line in lines] == [2, 3, 4]
        assert words in problems(lines).get(2, "")
        assert lines[2].url == C
        assert not lines[2].problem

    def test_a_quote_left_open_in_the_only_column_takes_no_other_with_it(self):
        lines = read(f'url\n"{A}\n{B}\n{C}"\n')
        assert set(problems(lines)) == {2}
        assert [line.url for line in lines[1:]] == [B, f'{C}"']

    def test_addresses_alone_need_no_header(self):
        assert urls(read(f"{A}\n{B}\n", source="list.csv")) == [A, B]

    def test_more_than_addresses_needs_one(self):
        lines = read(f"{A},model\n{B}\n", source="list.csv")
        assert "no header" in problems(lines)[1]
        assert lines[1].url == B

    @pytest.mark.parametrize("header", ["address,type", "url,type,URL"])
    def test_a_header_that_says_nothing_ends_the_list_in_one_line(self, header):
        lines = read(f"{header}\n{A},model\n{B},model\n", source="list.csv")
        assert [line.number for line in lines] == [1]
        assert "header" in lines[0].problem


class TestJsonl:
    def test_objects_and_strings(self):
        text = f'{{"url": "{A}", "name": "x", "revision": null}}\n\n# b\n"{B}"\n'
        assert [(line.url, line.name) for line in read(text)] == [(A, "x"), (B, "")]

    def test_keys_in_any_case_and_unknown_ones(self):
        data = f'{{"URL": "{A}", "stars": 3}}\n{{"url": "{B}", "stars": 4}}\n'.encode()
        reader = ListReader(io.BytesIO(data), source="l")
        assert urls(list(reader)) == [A, B]
        [warning] = reader.warnings
        assert "'stars'" in warning

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('{"url": ', "not JSON"),
            ('{"name": "x"}', "no url"),
            ('{"url": 7}', "must be a text"),
            ('{"url": "x", "name": ["a"]}', "must be a text"),
            ("17", "neither"),
            ('["https://huggingface.co/acme/x"]', "neither"),
            ("[", "not JSON"),
            ('{"a":' * 9_000 + "1" + "}" * 9_000, "not JSON"),
            ('{"url": "\\ud800"}', "not JSON"),
            ('{"url": NaN}', "not JSON"),
        ],
    )
    def test_a_broken_line_stops_no_other(self, text, words):
        lines = read(f'{{"url": "{A}"}}\n{text}\n{{"url": "{B}"}}\n')
        assert words in problems(lines)[2]
        assert [lines[0].url, lines[2].url] == [A, B]

    def test_one_array_is_said_to_be_no_list(self):
        [line] = read(f'[\n{{"url": "{A}"}},\n{{"url": "{B}"}}\n]\n')
        assert "JSON array" in line.problem


class TestForms:
    @pytest.mark.parametrize(
        ("text", "name", "form"),
        [
            (f"{A}\n", "list", formats.LINES),
            (f"{A}\n", "list.txt", formats.LINES),
            (f"{A}\n", "list.CSV", formats.CSV),
            ("url,type\n", "list.txt", formats.CSV),
            ("Type;URL\n", "stdin", formats.CSV),
            ("url\n", "stdin", formats.CSV),
            ('{"url": "x"}', "list.csv", formats.JSONL),
            ("nonsense", "list.jsonl", formats.JSONL),
            ("nonsense", "list.ndjson", formats.JSONL),
        ],
    )
    def test_told_by_the_first_line_and_then_by_the_name(self, text, name, form):
        assert formats.recognise(text, name) == form

    def test_a_form_that_was_chosen_counts(self):
        lines = read(f'{{"url": "{A}"}}\n', form=formats.LINES)
        assert lines[0].url.startswith("{")


class TestHostileLists:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (b"\xff\xfebroken", "UTF-8"),
            (b"https://huggingface.co/acme/\xe9t\xe9", "UTF-8"),
            (b"https://hugging\0face.co/a/b", "NUL"),
            (b"x" * (lists.MAX_LINE_BYTES + 1), "longer"),
            (b"x" * (3 * lists.MAX_LINE_BYTES), "longer"),
        ],
    )
    @pytest.mark.parametrize(
        "first", [b"", b"url,name\n", b'{"url": "https://huggingface.co/x/y"}\n']
    )
    def test_a_line_nobody_can_read_is_refused_with_its_number(self, line, words, first):
        rest = f'{{"url": "{A}"}}' if first[:1] == b"{" else A
        lines = read(first + line + b"\n" + rest.encode() + b"\n")
        number = 2 if first else 1
        assert {number: True} == {at: words in said for at, said in problems(lines).items()}
        assert bool(lines[number - 1 - bool(first and first[:1] != b"{")].url) == (
            words != "longer"
        )
        assert lines[-1].url == A
        assert lines[-1].number == number + 1

    def test_utf_16_is_said(self):
        [line] = read(f"{A}\n".encode("utf-16"))
        assert "UTF-16" in line.problem

    @pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing\n", b"\xef\xbb\xbf"])
    def test_nothing_is_nothing(self, data):
        assert read(data) == []

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"url,x\n" + b'"a,\n' * 20_000, id="quotes left open everywhere"),
            pytest.param(b"url\n" + b'"' * 60_000 + b"\n" + b'"' * 60_001, id="nothing but quotes"),
            pytest.param(b'{"url": 1,' * 5_000, id="one long broken line"),
            pytest.param(b" " * 60_000 + b"#", id="a far comment"),
            pytest.param(b"https://x" + b" \t" * 30_000 + b"y", id="spaces and spaces"),
        ],
    )
    def test_none_takes_long(self, data):
        started = time.process_time()
        read(data)
        assert time.process_time() - started < 5

    def test_it_is_read_as_a_stream(self):
        class Endless(io.RawIOBase):
            """A pipe that never ends."""

            def readline(self, size: int = -1) -> bytes:
                return f"{A}\n".encode()

        reader = iter(ListReader(Endless(), source="stdin"))
        assert [next(reader).number for _ in range(3)] == [1, 2, 3]


def test_a_list_that_cannot_be_read_to_its_end_says_so_after_what_was_read():
    class Failing(io.BytesIO):
        """A file on a disk that fails behind the first line."""

        def readline(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(errno.EIO, "Input/output error")
            return super().readline(size)

    first, last = ListReader(Failing(f"{A}\n{B}\n".encode()), source="list")
    assert (first.url, first.problem) == (A, "")
    assert last.number == 2
    assert "Input/output error" in last.problem


def test_arguments_are_a_list_as_well():
    assert [(line.where, line.url) for line in from_arguments([A, f" {B} "])] == [
        ("arguments:1", A),
        ("arguments:2", B),
    ]
