"""Hostile files are found by what is in them; none is loaded; trouble is never clean."""

from __future__ import annotations

import collections
import json
import pickle
import struct
import sys
import warnings
from pathlib import Path

import pytest

from artifacts import scanning
from artifacts.models import Scan
from artifacts.scanning import scanner
from artifacts.scanning.verdict import DANGER, WARNING, Outcome, ScanReport, ScanResult
from artifacts.storage import StorageUnavailable
from tests.artifacts import harmless, hostile

warnings.filterwarnings("ignore", message="Duplicate name")


def scan(path: str, data: bytes, **more) -> ScanResult:
    return scanning.scan_file(
        path, len(data), lambda start, size: data[start : start + size], **more
    )


def ids(cases):
    return [pytest.param(name, data, id=what) for what, name, data in cases]


@pytest.fixture(autouse=True)
def _no_canary():
    Path(hostile.CANARY).unlink(missing_ok=True)
    yield
    assert not Path(hostile.CANARY).exists(), "something of an artifact was executed"


def test_the_set_is_large_enough():
    assert len(hostile.DANGEROUS) > 90


@pytest.mark.parametrize(("name", "data"), ids(hostile.DANGEROUS))
def test_dangerous(name: str, data: bytes):
    result = scan(name, data)
    assert result.outcome == Scan.DANGEROUS, result.findings
    assert result.findings[0]["detail"]


@pytest.mark.parametrize(("name", "data"), ids(hostile.UNREADABLE))
def test_what_cannot_be_read_is_an_error(name: str, data: bytes):
    result = scan(name, data)
    assert result.outcome == Scan.ERROR, result.findings


@pytest.mark.parametrize(("name", "data"), ids(hostile.SUSPICIOUS))
def test_suspicious(name: str, data: bytes):
    result = scan(name, data)
    assert result.outcome == Scan.SUSPICIOUS, result.findings


@pytest.mark.parametrize(("name", "data"), ids(harmless.CLEAN))
def test_clean(name: str, data: bytes):
    result = scan(name, data)
    assert result.outcome == Scan.CLEAN, result.findings
    assert result.findings == []


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"PAR1", b"\xff\xd8\xff\xe0", b"OggS"])
def test_where_nothing_can_hide_nothing_is_claimed(head: bytes):
    assert scan("a.bin", head + b"\0\1\2\3" * 100).outcome == Scan.SKIPPED


class TestTensorsAreNoPickles:
    """Raw numbers begin with any byte. By chance some read like a call, none like an import."""

    STARTS = {
        "a text longer than any file": b"\x8d\xf1\x16=lu$=\xbf",
        "bytes longer than any file": b"\x8e\xbe\x81=\xac\x00\x87\xbd\xee",
        "a call of nothing": b"](R\xbf",
        "an extension that is not registered": b"\x82\x3cN\x85R\x08",
        "an import of no name": b"c\xc3\xa4\x3d\n\x3d\x3e\n)R\xbf",
    }

    @pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
    @pytest.mark.parametrize("folder", ["data", "constants"])
    def test_whatever_they_begin_with(self, start: bytes, folder: str):
        tensor = start + b"\xbd\x3c" * 500
        data = hostile.torchscript({f"{folder}/0": tensor, f"{folder}/1": tensor})
        assert scan("model.pt", data).outcome == Scan.CLEAN


def test_a_file_keeps_every_outcome_that_a_scan_can_have():
    assert set(Scan.values) == {*Outcome, Scan.PENDING}


class TestFailingClosed:
    def test_a_parser_that_falls_over(self, monkeypatch):
        def fall(*args, **more):
            raise ZeroDivisionError

        for name in ("scan_pickles", "zip_contents", "tar_contents", "decompressed", "scan_hdf5",
                     "scan_secrets", "scan_numpy", "scan_safetensors"):  # fmt: skip
            monkeypatch.setattr(scanner, name, fall)
        formats = [
            (what, name, data)
            for what, name, data in harmless.CLEAN
            if data[:4] != b"GGUF" and data
        ]
        for what, name, data in formats:
            assert scan(name, data).outcome == Scan.ERROR, what

    @pytest.mark.parametrize("case", range(len(harmless.CLEAN)))
    def test_running_out_of_time(self, case: int):
        _, name, data = harmless.CLEAN[case]
        assert scan(name, data, seconds=-1).outcome == Scan.ERROR

    def test_trouble_of_the_storage_is_not_the_files_fault(self):
        def away(start: int, size: int) -> bytes:
            raise StorageUnavailable(reason="away")

        with pytest.raises(StorageUnavailable):
            scanning.scan_file("a.pkl", 10, away)

    def test_every_cut_of_a_hostile_pickle_is_noticed(self):
        """Wherever it is cut after the import, it is not clean."""
        data = hostile.SYSTEM
        imported = data.index(b"\x93") + 1
        for end in range(imported, len(data) + 1):
            assert scan("model.pkl", data[:end]).outcome == Scan.DANGEROUS
        for end in range(imported):
            assert scan("model.pkl", data[:end]).outcome == Scan.ERROR


class TestWhatItCosts:
    def test_of_a_huge_weight_file_only_the_header_is_read(self):
        """100 GB of safetensors: the header, and the end where a zip would hide."""
        header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
        start = struct.pack("<Q", len(header)) + header
        read = 0

        def read_range(offset: int, size: int) -> bytes:
            nonlocal read
            read += size
            return (start[offset : offset + size] if offset < len(start) else b"").ljust(
                size, b"\0"
            )

        result = scanning.scan_file("model.safetensors", 100 * 1024**3, read_range)
        assert result.outcome == Scan.CLEAN
        assert read < 2_000_000

    def test_long_arguments_are_skipped(self):
        """A pickle with 8 GB of bytes inside is never held."""
        size = 8 * 1024**3
        start = b"\x80\x04\x8e" + struct.pack("<Q", size)
        end = len(start) + size

        def read_range(offset: int, length: int) -> bytes:
            assert length <= 1_000_000
            piece = start[offset : offset + length].ljust(min(length, max(0, end - offset)), b"\0")
            return piece + b"."[: length - len(piece)]

        assert scanning.scan_file("a.pkl", end + 1, read_range).outcome == Scan.CLEAN

    def test_findings_are_bounded(self):
        data = b"".join(b"cmodule%d\nname\n0" % number for number in range(5000))
        result = scan("a.pkl", data + b"N.")
        assert len(result.findings) <= 100


class TestFindings:
    def test_they_say_where(self):
        finding = scan("a.pkl", hostile.SYSTEM).findings[0]
        assert finding == {
            "kind": "pickle_import",
            "severity": "danger",
            "detail": "imports posix.system",
            "offset": hostile.SYSTEM.index(b"\x93"),
        }

    def test_a_secret_is_never_repeated(self):
        secret = b"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"
        finding = scan("a.py", b"# one\n# two\ntoken = '" + secret + b"'\n").findings[0]
        assert finding["line"] == 3
        assert secret[:12].decode() not in str(finding)

    def test_another_repository_is_named(self):
        data = b'{"auto_map": {"AutoModel": "evil/repo--modeling.Model"}}'
        assert "evil/repo" in scan("config.json", data).findings[0]["detail"]

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"rank": {"impl": "rank.Rank", "pt": ["AutoModel"]}}, ": rank.Rank, AutoModel"),
            (["a.py", "b.py"], ": a.py, b.py"),
            ("acme/pipeline", ": acme/pipeline"),
            ({"rank": {"impl": None}}, ""),
            (True, ""),
        ],
    )
    def test_code_in_a_config_is_named_and_not_shown_as_python_keeps_it(self, value, said):
        data = json.dumps({"custom_pipelines": value}).encode()
        [finding] = scan("config.json", data).findings
        assert finding["detail"] == f"custom_pipelines loads code{said}"

    def test_they_are_plain_json(self):
        for _, name, data in hostile.DANGEROUS + hostile.UNREADABLE + hostile.SUSPICIOUS:
            json.dumps(scan(name, data).findings)


class Watch:
    events: list[str] | None = None


def _watch(event: str, arguments) -> None:
    if Watch.events is not None and (
        event in {"pickle.find_class", "os.system", "subprocess.Popen", "marshal.loads", "exec"}
    ):
        Watch.events.append(event)


def test_nothing_is_ever_deserialised():
    """P6: no unpickler looks up a class, no process starts, no code object is loaded or run."""
    scan("a.pkl", hostile.SYSTEM)  # what has to be imported is imported now
    sys.addaudithook(_watch)
    Watch.events = []
    try:
        for _, name, data in hostile.DANGEROUS + hostile.UNREADABLE + hostile.SUSPICIOUS:
            scan(name, data)
        assert Watch.events == []
        pickle.loads(pickle.dumps(collections.OrderedDict()))
        assert Watch.events, "the hook itself works"
    finally:
        Watch.events = None


def test_the_worst_is_said_first_and_has_room_when_there_is_much_to_say():
    report = ScanReport()
    for number in range(150):
        report.add("code_in_config", WARNING, f"setting {number}")
    report.add("pickle_import", DANGER, "imports os.system")
    result = report.result()
    assert result.outcome == Scan.DANGEROUS
    assert [finding["detail"] for finding in result.findings[:2]] == [
        "imports os.system",
        "setting 0",
    ]
    assert len(result.findings) == 100
