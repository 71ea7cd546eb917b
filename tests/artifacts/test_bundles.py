"""A bundle is one zip per content: the same bytes whenever and wherever it is written."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from artifacts import storage
from artifacts.models import Artifact, ArtifactType, Blob, File, State, Version
from artifacts.storage import bundles
from artifacts.storage.interface import blob_key, bundle_key
from common.digest import manifest_digest

pytestmark = pytest.mark.django_db

TREE = {
    "README.md": b"# A model\n",
    "config.json": b"{}",
    "weights/model.safetensors": bytes(range(256)) * 9000,
    "weights/copy.safetensors": bytes(range(256)) * 9000,
    "empty": b"",
    "名前/é.txt": b"names are UTF-8",
    "Zebra": b"z",
    "a/.gitattributes": b"*.bin lfs\n",
}


def version_of(tree: dict[str, bytes], *, name: str = "bert") -> Version:
    artifact, _ = Artifact.objects.get_or_create(
        type=ArtifactType.MODEL, name=name, source_url=f"https://hub/{name}", source_key=name
    )
    version = Version.objects.create(
        artifact=artifact, number=artifact.versions.count() + 1, state=State.READY
    )
    for path, content in tree.items():
        blob = storage.store_blob([content], size_bytes=len(content))
        File.objects.create(version=version, path=path, blob=blob)
    version.manifest_sha256 = manifest_digest(
        (path, len(content), hashlib.sha256(content).hexdigest()) for path, content in tree.items()
    )
    version.save()
    return version


def bundle_bytes(version: Version) -> bytes:
    return b"".join(storage.artifact_storage().stream(bundle_key(version.manifest_sha256)))


class TestWriting:
    def test_it_unpacks_to_the_same_files(self, store):
        version = version_of(TREE)
        bundles.write_bundle(version)
        with zipfile.ZipFile(io.BytesIO(bundle_bytes(version))) as bundle:
            assert bundle.testzip() is None
            assert {name: bundle.read(name) for name in bundle.namelist()} == TREE
            assert {info.compress_type for info in bundle.infolist()} == {zipfile.ZIP_STORED}

    def test_it_says_its_digest_and_size(self, store):
        version = version_of(TREE)
        sha256, size_bytes = bundles.write_bundle(version)
        content = bundle_bytes(version)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert size_bytes == len(content)

    def test_the_order_of_arrival_changes_nothing(self, store):
        first = bundles.write_bundle(version_of(TREE))
        store.remove(bundle_key(version_of(TREE).manifest_sha256))
        shuffled = list(TREE.items())
        random.Random(1).shuffle(shuffled)
        assert bundles.write_bundle(version_of(dict(shuffled), name="other")) == first

    def test_the_bytes_are_these_for_ever(self, store):
        """Anyone who kept this digest must find it again after every release."""
        sha256, _ = bundles.write_bundle(version_of(TREE))
        assert sha256 == "b6de2a915b41fa2d5366331ba5eaf881c31bd543a3a0eb37b670f5110a5055ab"

    def test_the_second_time_nothing_is_written(self, store):
        version = version_of(TREE)
        first = bundles.write_bundle(version)
        before = [found.modified for found in store.objects("bundles")]
        assert bundles.write_bundle(version) == first
        version.bundle_sha256, version.bundle_size_bytes = first
        version.save()
        assert bundles.write_bundle(version_of(TREE, name="same")) == first
        assert [found.modified for found in store.objects("bundles")] == before

    def test_a_version_without_files_has_an_empty_zip(self, store):
        version = version_of({})
        bundles.write_bundle(version)
        assert zipfile.ZipFile(io.BytesIO(bundle_bytes(version))).namelist() == []

    def test_a_blob_that_lost_its_checksum_is_read_again(self, store):
        version = version_of(TREE)
        first = bundles.write_bundle(version)
        store.remove(bundle_key(version.manifest_sha256))
        Blob.objects.update(crc32=None)
        assert bundles.write_bundle(version) == first
        assert not Blob.objects.filter(crc32=None).exists()

    def test_damaged_bytes_are_never_passed_on(self, files):
        version = version_of(TREE)
        path = files.path_of(blob_key(version.files.get(path="README.md").blob_id))
        path.write_bytes(b"# A mudel\n")
        with pytest.raises(storage.DigestMismatch):
            bundles.write_bundle(version)
        assert not list(files.objects("bundles"))

    def test_lost_bytes_are_said_to_be_lost(self, store):
        version = version_of(TREE)
        store.remove(blob_key(version.files.get(path="Zebra").blob_id))
        with pytest.raises(storage.ObjectMissing):
            bundles.write_bundle(version)
        assert not list(store.objects("bundles"))


class TestOtherReaders:
    @pytest.fixture
    def on_disk(self, files, tmp_path: Path) -> Path:
        version = version_of(TREE)
        bundles.write_bundle(version)
        path = tmp_path / "bundle.zip"
        path.write_bytes(bundle_bytes(version))
        return path

    @pytest.mark.skipif(not shutil.which("unzip"), reason="needs Info-ZIP")
    def test_info_zip_reads_it(self, on_disk: Path, tmp_path: Path):
        target = tmp_path / "unpacked"
        environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
        command = ["unzip", "-q", str(on_disk), "-d", str(target)]
        subprocess.run(command, check=True, env=environment)
        assert {
            path.relative_to(target).as_posix(): path.read_bytes()
            for path in target.rglob("*")
            if path.is_file()
        } == TREE

    @pytest.mark.slow
    @pytest.mark.skipif(not shutil.which("java"), reason="needs Java")
    def test_java_reads_it_as_a_stream(self, on_disk: Path, tmp_path: Path):
        """The strictest reader: it refuses stored entries whose sizes come after their bytes."""
        program = tmp_path / "Read.java"
        program.write_text(JAVA)
        run = subprocess.run(
            ["java", "-Xshare:auto", str(program), str(on_disk)], capture_output=True, check=False
        )
        if b"not found" in run.stderr or b"ClassNotFound" in run.stderr:
            pytest.skip("Java without a compiler")
        assert run.returncode == 0, run.stderr
        assert run.stdout.decode().split() == [str(sum(map(len, TREE.values()))), str(len(TREE))]


class TestZip64:
    """Beyond 4 GiB and 65,534 files, without the bytes: only what surrounds them is looked at."""

    def test_many_entries_and_far_offsets(self, monkeypatch, tmp_path: Path):
        huge = 5 * 1024**3
        blob = Blob(sha256="0" * 64, size_bytes=huge)
        entries = [bundles.ZipEntry(b"a-huge", huge, 1, blob)]
        entries += [bundles.ZipEntry(b"b%06d" % number, 0, 0, blob) for number in range(70_000)]
        path = tmp_path / "sparse.zip"
        position = 0
        with path.open("wb") as file:
            offsets = []
            for entry in entries:
                offsets.append(position)
                file.seek(position)
                file.write(entry.local_header)
                position += len(entry.local_header) + entry.size_bytes
            file.seek(position)
            for piece in bundles._ending(entries, offsets, position):
                file.write(piece)
            assert file.tell() == bundles.zip_size(entries)
        with zipfile.ZipFile(path) as bundle:
            infos = bundle.infolist()
            assert len(infos) == 70_001
            assert infos[0].file_size == huge
            assert infos[-1].header_offset == offsets[-1] > 2**32
            assert bundle.read("b069999") == b""


JAVA = """
import java.io.*; import java.util.zip.*;
public class Read { public static void main(String[] a) throws Exception {
  long bytes = 0; int files = 0;
  try (ZipInputStream in = new ZipInputStream(new FileInputStream(a[0]))) {
    while (in.getNextEntry() != null) { files++; byte[] b = new byte[8192]; int n;
      while ((n = in.read(b)) > 0) bytes += n; }
  }
  System.out.println(bytes + " " + files);
} }
"""
