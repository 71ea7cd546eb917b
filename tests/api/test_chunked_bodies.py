"""JSON that comes in chunks, as many HTTP libraries send it, is read all the same."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize

from common.chunked import with_lengths
from tests.running import Running

URL = "/api/artifact/byRegEx"


class Broken:
    """What the server hands over where the chunks make no sense."""

    def read(self, size: int) -> bytes:
        raise InvalidChunkSize(b"zz")


class Endless(io.RawIOBase):
    """A body that never ends; it says how much of it was read."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        return b"x" * size


def sent(client: Any, body: Any, **more: Any) -> Any:
    """The answer to ``body`` in chunks, as gunicorn hands it over."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": URL,
        "CONTENT_TYPE": "application/json",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        **more,
    }
    return with_lengths(lambda environ, _: client.request(**environ))(environ, started)


def started(status: str, headers: list[tuple[str, str]]) -> None:
    """Only what is refused before Django sees it begins like this."""
    assert status == "400 Bad Request"
    assert ("Content-Type", "application/problem+json") in headers


@pytest.mark.django_db
class TestChunks:
    def test_a_body_in_chunks_is_read(self, api, charlie):
        answer = sent(api(charlie), io.BytesIO(b'{"regex": "no-such-name"}'))
        assert (answer.status_code, answer.json()["code"]) == (404, "nothing_matches")

    def test_one_without_an_end_is_413_at_the_limit(self, api, charlie, settings):
        body = Endless()
        answer = sent(api(charlie), body)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert "more than" in answer.json()["detail"]
        assert body.taken == settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1

    @pytest.mark.parametrize(("spare", "status"), [(0, 404), (-1, 413)])
    def test_the_limit_itself_may_come(self, spare, status, api, charlie, settings):
        body = json.dumps({"regex": "a" * 100}).encode()
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = len(body) + spare
        assert sent(api(charlie), io.BytesIO(body)).status_code == status

    def test_broken_chunks_are_400(self, api, charlie):
        (answer,) = sent(api(charlie), Broken())
        assert json.loads(answer)["code"] == "malformed_request"

    def test_a_bundle_is_not_read_beforehand(self, api, alice):
        body = Endless()
        form = {
            "PATH_INFO": "/api/artifact/model",
            "CONTENT_TYPE": "multipart/form-data;boundary=x",
        }
        answer = sent(api(alice), body, **form)
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
        assert body.taken == 0


@pytest.mark.service
def test_a_real_server_reads_chunks(tmp_path):
    registry = Running(tmp_path)
    registry.prepare()
    registry.start()
    try:
        session = registry.sign_in()
        answer = session.post(
            f"{registry.url}{URL}",
            data=iter([b'{"reg', b'ex": "no-such-name"}']),
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "nothing_matches")
    finally:
        registry.stop()
