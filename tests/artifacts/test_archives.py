"""Uploaded archives give their files, or a sentence that names the entry that was refused."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.uploads import archives
from artifacts.uploads.archives import ArchiveRefused, ArchiveTooLarge, ExtensionRefused
from tests.artifacts.hostile import CENTRAL, LOCAL, link, patched, tarred, zipped

TREE = [("README.md", b"# x\n"), ("weights/a.bin", os.urandom(3_000_000)), ("é/名.txt", b"")]


def read(data: bytes, name: str = "bundle.zip") -> dict[str, bytes]:
    found = archives.entries(io.BytesIO(data), name, size_bytes=len(data))
    return {entry.path: b"".join(entry.open()) for entry in found}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.zip", zipped(TREE), id="zip"),
        pytest.param("a.zip", zipped(TREE, zipfile.ZIP_DEFLATED), id="deflated zip"),
        pytest.param("a.tar", tarred(TREE), id="tar"),
        pytest.param("a.tar.gz", tarred(TREE, "w:gz"), id="tar.gz"),
        pytest.param("a.TGZ", tarred(TREE, "w:gz"), id="tgz"),
        pytest.param("a.zip", tarred(TREE), id="a tar that is named zip"),
        pytest.param("a.tar", zipped(TREE), id="a zip that is named tar"),
        pytest.param("a.zip", zipped([("d/", b""), *TREE]), id="with a directory"),
        pytest.param("a.tar", tarred([(f"./{n}", c) for n, c in TREE]), id="with dots in front"),
    ],
)
def test_every_file_comes_out_as_it_went_in(name: str, data: bytes):
    assert read(data, name) == dict(TREE)


HOSTILE_NAMES = [
    "../x", "a/../../x", "/etc/passwd", "\\x", "a\\..\\x", "C:\\x", "C:x", "0:", "~/x", "a//b",
    "./../x", "a/./b", "..", "a\nb", "a\x7fb", "x" * 1025, "d/" * 32 + "x",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_elsewhere_are_refused(pack, name: str):
    with pytest.raises(ArchiveRefused):
        read(pack([("good", b"x"), (name, b"x")]))


def test_a_nul_in_a_name_hides_nothing():
    data = zipped([("good.txtXevil", b"x")]).replace(b"good.txtX", b"good.txt\0")
    with pytest.raises(ArchiveRefused):
        read(data)


@pytest.mark.parametrize(
    ("first", "second"),
    [("a", "a"), ("README", "readme"), ("ß", "SS"), ("é", "e\u0301"), ("a", "a/b"), ("A", "a/b")],
)
@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_collide_somewhere_are_refused(pack, first: str, second: str):
    with pytest.raises(ArchiveRefused):
        read(pack([(first, b"1"), (second, b"2")]))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(kind: bytes):
    with pytest.raises(ArchiveRefused, match="'innocent' is a link or a device"):
        read(link(kind))


def test_a_link_in_a_zip_is_refused():
    info = zipfile.ZipInfo("innocent")
    info.external_attr = 0o120777 << 16
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveRefused, match="'innocent' is a link"):
        read(held.getvalue())


BROKEN = {
    "encrypted": patched(patched(zipped(TREE), LOCAL, 6, b"\1"), CENTRAL, 8, b"\1"),
    "wrong checksum": patched(zipped(TREE), CENTRAL, 16, b"dead"),
    "cut zip": zipped(TREE)[:-30],
    "cut tar": tarred(TREE)[:100_000],
    "cut tar.gz": tarred(TREE, "w:gz")[:100_000],
    "broken gzip": b"\x1f\x8b\x08" + b"\xff" * 600,
    "no archive": b"hello" * 200,
    "nothing": b"",
    "empty zip": zipped([]),
    "empty tar": tarred([]),
    "unknown method": patched(zipped(TREE), CENTRAL, 10, struct.pack("<H", 95)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_a_sentence(what: str):
    with pytest.raises(ArchiveRefused) as caught:
        read(BROKEN[what])
    assert caught.value.status == 400


class TestBombs:
    def test_by_ratio(self):
        data = zipped([("zeros", b"\0" * 100_000_000)], zipfile.ZIP_DEFLATED)
        with pytest.raises(ArchiveTooLarge, match="'zeros' unpacks to") as caught:
            read(data)
        assert caught.value.status == 413

    def test_a_zip_is_judged_before_the_first_entry_comes(self):
        data = zipped([("good", b"x"), ("zeros", b"\0" * 100_000_000)], zipfile.ZIP_DEFLATED)
        with pytest.raises(ArchiveTooLarge):
            next(archives.entries(io.BytesIO(data), "a.zip", size_bytes=len(data)))

    def test_a_size_that_lies(self):
        data = zipped([("a", b"\0" * 1_000_000)], zipfile.ZIP_DEFLATED)
        with pytest.raises(ArchiveRefused):
            read(patched(data, CENTRAL, 24, struct.pack("<I", 10)))

    def test_in_a_tar_gz(self):
        data = gzip.compress(tarred([("zeros", b"\0" * 100_000_000)]))
        with pytest.raises(ArchiveTooLarge):
            read(data)

    def test_what_follows_the_end_of_a_tar_is_never_unpacked(self):
        assert read(gzip.compress(tarred([("a", b"x")]) + b"\0" * 100_000_000)) == {"a": b"x"}

    def test_by_count(self, monkeypatch):
        monkeypatch.setattr(archives, "MAX_ENTRIES", 10)
        for pack in (zipped, tarred):
            with pytest.raises(ArchiveTooLarge, match="more than 10 files"):
                read(pack([(str(number), b"") for number in range(11)]))

    def test_by_total_size(self, settings):
        settings.SOURCE_MAX_TOTAL_BYTES = 1000
        for pack in (zipped, tarred):
            with pytest.raises(ArchiveTooLarge):
                read(pack([("a", b"x" * 600), ("b", b"x" * 600)]))


def test_only_listed_extensions_are_accepted(settings):
    settings.ALLOWED_EXTENSIONS = [".zip"]
    assert read(zipped(TREE), "A.ZIP")
    for name in ("a.tar", "a", "a.zip.exe", ""):
        with pytest.raises(ExtensionRefused):
            read(zipped(TREE), name)


@given(st.text(max_size=60))
def test_an_accepted_path_stays_inside(path: str):
    """Whatever is accepted resolves to something below the root, on both kinds of systems."""
    import ntpath
    import posixpath

    try:
        archives.check_path(path)
    except ArchiveRefused:
        return
    assert posixpath.normpath(posixpath.join("/root", path)).startswith("/root/")
    assert ntpath.normpath(ntpath.join("C:\\root", path)).startswith("C:\\root\\")
