"""A link gives one object, to anyone who has it, for a while: files by us, S3 by itself."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
import time_machine
from auditlog.models import LogEntry
from django.conf import settings as project
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from artifacts import downloads
from artifacts.models import File, State, Version
from artifacts.storage import bundles
from tests.artifacts.test_bundles import TREE, version_of

pytestmark = pytest.mark.django_db


def published(tree: dict[str, bytes] = TREE, *, name: str = "bert") -> Version:
    version = version_of(tree, name=name)
    version.bundle_sha256, version.bundle_size_bytes = bundles.write_bundle(version)
    version.revision = "0123456789abcdef" * 2 + "01234567"
    version.save()
    return version


def readme(version: Version) -> File:
    return version.files.select_related("blob").get(path="README.md")


def body(response) -> bytes:
    return response.getvalue()


@pytest.fixture
def version(files) -> Version:
    return published()


@pytest.fixture
def link(version) -> str:
    return downloads.bundle_url(version)


@pytest.fixture
def whole(client, link) -> bytes:
    return body(client.get(link))


class TestALink:
    def test_it_needs_no_other_credential(self, client, link, version):
        response = client.get(link)
        assert response.status_code == 200
        assert hashlib.sha256(body(response)).hexdigest() == version.bundle_sha256

    def test_it_is_absolute_where_the_request_is_known(self, version):
        request = RequestFactory().get("/", headers={"host": "registry.example"})
        url = downloads.bundle_url(version, request=request)
        assert url.startswith("http://registry.example/downloads/")
        assert url.endswith("/bert-01234567.zip")

    def test_a_file_has_one_too(self, client, version):
        response = client.get(downloads.file_url(readme(version)))
        assert body(response) == TREE["README.md"]
        assert response["ETag"] == f'"{readme(version).blob_id}"'

    def test_every_character_counts(self, client, link):
        """P13: nothing about a link can be changed."""
        token_at = len("/downloads/")
        for position in range(token_at, len(link)):
            if link[position] == "/":
                continue
            other = "A" if link[position] != "A" else "B"
            changed = link[:position] + other + link[position + 1 :]
            response = client.get(changed)
            # the last character of a base64 text has bits that mean nothing
            same = response.status_code == 200 and link[position + 1] == "/"
            assert same or response.status_code == 403, changed
            assert same or response.json()["code"] == "link_invalid"

    def test_it_cannot_be_made_from_another_signature(self, client, version):
        from django.core import signing

        for salt in ("django.core.signing", "artifacts.download", ""):
            token = signing.dumps(["bundle", version.pk, None, 2**40], salt=salt)
            assert client.get(f"/downloads/{token}/bert-01234567.zip").status_code == 403

    def test_it_ends(self, client, link, settings):
        with time_machine.travel(time.time() + settings.DOWNLOAD_URL_SECONDS - 5):
            assert client.get(link).status_code == 200
        with time_machine.travel(time.time() + settings.DOWNLOAD_URL_SECONDS + 5):
            response = client.get(link)
        assert response.status_code == 403
        assert response.json()["code"] == "link_expired"
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_it_only_reads(self, link, method):
        client = Client(enforce_csrf_checks=True)  # as over HTTP
        response = getattr(client, method)(link)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"

    @pytest.mark.parametrize("state", [s for s in State if s != State.READY])
    def test_it_dies_with_the_state_of_the_version(self, client, link, version, state):
        Version.objects.update(state=state)
        response = client.get(link)
        assert response.status_code == 410
        assert response.json()["code"] == "link_gone"

    def test_it_dies_with_the_quarantine_of_the_artifact(self, client, link, version):
        file = downloads.file_url(readme(version))
        version.artifact.is_quarantined = True
        version.artifact.save()
        assert client.get(link).status_code == 410
        assert client.get(file).status_code == 410

    def test_it_dies_with_the_artifact(self, client, link, version):
        file = downloads.file_url(readme(version))
        version.artifact.delete()
        assert client.get(link).status_code == 410
        assert client.get(file).status_code == 410

    def test_it_dies_with_the_account_it_was_made_for(self, client, version, bob):
        request = RequestFactory().get("/")
        request.user = bob
        url = downloads.bundle_url(version, request=request)
        assert client.get(url).status_code == 200
        bob.is_active = False
        bob.save()
        assert client.get(url).status_code == 410


class TestTheAnswer:
    def test_its_headers_let_nothing_run(self, client, link, version):
        response = client.get(link)
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"] == 'attachment; filename="bert-01234567.zip"'
        assert response["Cache-Control"].startswith("private")
        assert response["ETag"] == f'"{version.bundle_sha256}"'
        assert response["Accept-Ranges"] == "bytes"

    @pytest.mark.parametrize(
        ("path", "disposition"),
        [
            ("x/page.html", 'attachment; filename="page.html"'),
            ("é.svg", "attachment; filename*=utf-8''%C3%A9.svg"),
            ('a"b\\c.txt', 'attachment; filename="a\\"b\\\\c.txt"'),
            ("a\nSet-Cookie: x=1.txt", 'attachment; filename="a-Set-Cookie-x-1.txt"'),
        ],
    )
    def test_a_name_stays_inside_its_header(self, client, files, path, disposition):
        file = published({path: b"x"}).files.get()
        response = client.get(downloads.file_url(file))
        assert response["Content-Disposition"] == disposition
        assert "Set-Cookie" not in response.headers

    def test_head_says_all_and_sends_nothing(self, client, link, whole):
        response = client.head(link)
        assert response.status_code == 200
        assert response["Content-Length"] == str(len(whole))
        assert response["ETag"]
        assert body(response) == b""

    @pytest.mark.parametrize(
        ("wanted", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=5-14", 5, 15),
            ("bytes=100-", 100, None),
            ("bytes=-7", -7, None),
            ("bytes=10-99999999999", 10, None),
        ],
    )
    def test_one_range(self, client, link, whole, wanted, start, stop):
        response = client.get(link, headers={"Range": wanted})
        expected = whole[start:stop]
        assert response.status_code == 206
        assert body(response) == expected
        assert response["Content-Length"] == str(len(expected))
        first = start if start >= 0 else len(whole) + start
        last = first + len(expected) - 1
        assert response["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"

    @pytest.mark.parametrize(
        "wanted",
        ["bytes=0-", "bytes=-99999999999", "bytes=0-1,5-6", "lines=1-2", "bytes=9-1", "bytes=-",
         "bytes=a-b", "nonsense", "bytes=" + "9" * 5000 + "-"],
    )  # fmt: skip
    def test_other_ranges_give_the_whole(self, client, link, whole, wanted):
        response = client.get(link, headers={"Range": wanted})
        assert response.status_code == 200
        assert body(response) == whole

    @pytest.mark.parametrize("wanted", ["bytes=99999999999-", "bytes=-0"])
    def test_a_range_beyond_the_end(self, client, link, whole, wanted):
        response = client.get(link, headers={"Range": wanted})
        assert response.status_code == 416
        assert response["Content-Range"] == f"bytes */{len(whole)}"
        assert body(response) == b""

    def test_an_empty_file(self, client, version):
        url = downloads.file_url(version.files.get(path="empty"))
        assert body(client.get(url)) == b""
        assert client.get(url, headers={"Range": "bytes=0-0"}).status_code == 416

    @pytest.mark.parametrize("known", ['"other", "{}"', 'W/"{}"', "*"])
    def test_what_the_caller_has_is_not_sent_again(self, client, link, version, known):
        headers = {"If-None-Match": known.format(version.bundle_sha256)}
        response = client.get(link, headers=headers)
        assert response.status_code == 304
        assert body(response) == b""
        assert client.get(link, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_a_range_of_something_else_is_the_whole(self, client, link, version):
        same = {"Range": "bytes=1-2", "If-Range": f'"{version.bundle_sha256}"'}
        other = {"Range": "bytes=1-2", "If-Range": '"other"'}
        weak = {"Range": "bytes=1-2", "If-Range": f'W/"{version.bundle_sha256}"'}
        assert client.get(link, headers=same).status_code == 206
        assert client.get(link, headers=other).status_code == 200
        assert client.get(link, headers=weak).status_code == 200

    def test_lost_bytes_are_a_problem_not_a_short_body(self, client, link, files, version):
        files.remove(downloads.of_bundle(version).key)
        response = client.get(link)
        assert response.status_code == 500
        assert response.json()["code"] == "object_missing"

    def test_nginx_may_send_the_bytes(self, client, link, settings, version):
        settings.ACCEL_REDIRECT_PREFIX = "/protected/"
        response = client.get(link, headers={"Range": "bytes=0-3"})
        assert response["X-Accel-Redirect"] == f"/protected/{downloads.of_bundle(version).key}"
        assert body(response) == b""

    def test_it_asks_the_database_little(self, client, link):
        client.head(link)
        with CaptureQueriesContext(connection) as asked:
            client.head(link)
        asked = [query["sql"] for query in asked if "accounts_counter" not in query["sql"]]
        assert len(asked) == 1  # the version with its artifact


class TestTheAudit:
    def entries(self):
        return LogEntry.objects.filter(additional_data__action="DOWNLOAD")

    def test_using_a_link_is_recorded_once_with_who_it_was_made_for(self, client, version, bob):
        request = RequestFactory().get("/")
        request.user = bob
        url = downloads.bundle_url(version, request=request)
        assert not self.entries().exists()
        client.get(url, headers={"Range": "bytes=0-99"})
        client.get(url, headers={"Range": "bytes=100-"})
        client.head(url)
        client.get(url, headers={"If-None-Match": f'"{version.bundle_sha256}"'})
        entry = self.entries().get()
        assert entry.actor == bob
        assert entry.object_id == version.artifact_id
        assert entry.additional_data["name"] == "bert"
        assert entry.additional_data["file"] == "bert-01234567.zip"

    def test_a_refused_link_is_no_download(self, client, link, version):
        Version.objects.update(state=State.QUARANTINED)
        client.get(link)
        assert not self.entries().exists()

    def test_it_outlives_the_artifact(self, client, link, version):
        client.get(link)
        pk = version.artifact_id
        version.artifact.delete()
        assert self.entries().get().object_id == pk


@pytest.mark.service
class TestPresigned:
    def test_s3_serves_it_itself(self, s3, bob):
        version = published()
        request = RequestFactory().get("/")
        request.user = bob
        url = downloads.bundle_url(version, request=request)
        response = requests.get(url, timeout=10)
        assert hashlib.sha256(response.content).hexdigest() == version.bundle_sha256
        assert response.headers["Content-Disposition"] == 'attachment; filename="bert-01234567.zip"'
        assert response.headers["Content-Type"] == "application/octet-stream"
        entry = LogEntry.objects.get(additional_data__action="DOWNLOAD")
        assert entry.actor == bob
        assert entry.additional_data["link"] == "issued"

    def test_it_honours_a_range(self, s3):
        url = downloads.file_url(readme(published()))
        response = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=10)
        assert (response.status_code, response.content) == (206, TREE["README.md"][2:5])

    def test_nothing_of_it_can_be_changed(self, s3):
        """P13: each parameter and the path; one method."""
        url = urlsplit(downloads.bundle_url(published()))
        parameters = parse_qsl(url.query)
        assert dict(parameters)["X-Amz-Expires"] == str(project.DOWNLOAD_URL_SECONDS)
        for index, (name, value) in enumerate(parameters):
            other = (
                "7200"
                if name == "X-Amz-Expires"
                else value[:-1] + ("0" if value[-1] != "0" else "1")
            )
            for changed in ([(name, other)], []):
                query = urlencode([*parameters[:index], *changed, *parameters[index + 1 :]])
                status = requests.get(url._replace(query=query).geturl(), timeout=10).status_code
                assert status in {400, 403}, (name, status)
        elsewhere = url._replace(path="/artifacts/blobs/00/00/" + "0" * 64).geturl()
        assert requests.get(elsewhere, timeout=10).status_code == 403
        assert requests.put(url.geturl(), data=b"x", timeout=10).status_code == 403
        assert requests.delete(url.geturl(), timeout=10).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.service
class TestARealServer:
    """Through gunicorn, which sends the file without Python reading it."""

    @pytest.fixture
    def server(self, files, tmp_path):
        from django.db import connection

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        database = connection.settings_dict["NAME"]
        if connection.vendor != "sqlite":
            pytest.skip("the server process is given a file")
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{database}",
            "UPLOAD_DIR": str(tmp_path / "storage"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "registry.wsgi", "--bind", f"127.0.0.1:{port}",
             "--threads", "2", "--worker-class", "gthread"],
            env=environment, cwd=project.BASE_DIR, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
        process.kill()
        process.communicate()

    def test_ranges_and_hostile_paths(self, server, files):
        version = published()
        link = downloads.bundle_url(version)
        whole = b"".join(files.stream(downloads.of_bundle(version).key))
        base = f"http://127.0.0.1:{server}"
        assert requests.get(base + link, timeout=30).content == whole
        part = requests.get(base + link, headers={"Range": "bytes=10-2000009"}, timeout=30)
        assert (part.status_code, part.content) == (206, whole[10:2000010])
        assert requests.head(base + link, timeout=30).headers["Content-Length"] == str(len(whole))

        for path in HOSTILE_PATHS:  # raw, because clients tidy them up
            connection = http.client.HTTPConnection("127.0.0.1", server, timeout=30)
            connection.putrequest("GET", path, skip_host=False)
            connection.endheaders()
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status in {400, 403, 404}, (path, answer.status)
            assert b"root:" not in content
            connection.close()


HOSTILE_PATHS = [
    "/downloads/%2F%2F..%2F..%2Fetc%2Fpasswd",
    "/downloads/..%2f..%2fetc%2fpasswd/x",
    "/downloads/%252e%252e%252f%252e%252e%252fetc/passwd",
    "/downloads/../../../../etc/passwd",
    "/downloads//etc/passwd",
    "/downloads/..;/..;/etc/passwd",
    "/downloads/\\..\\..\\etc\\passwd/x",
    "/downloads/x/..%5c..%5cetc%5cpasswd",
    "/downloads/x%00/y",
]


@time_machine.travel(1_900_000_000, tick=False)
def test_downloads_are_limited_for_whoever_the_link_is_of(client, version, bob, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"download": "1/minute"}
    request = RequestFactory().get("/")
    request.user = bob
    first, second = (downloads.bundle_url(version, request=request) for _ in range(2))
    assert client.get(first).status_code == 200
    refused = client.get(second, REMOTE_ADDR="192.0.2.9")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused["Retry-After"]) <= 60
