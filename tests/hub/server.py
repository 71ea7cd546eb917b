"""The server: one port for the hub, its storage and git, and one more for "somewhere else"."""

from __future__ import annotations

import fnmatch
import http.server
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.hub import control, git, github_api, hf
from tests.hub.exchange import Reply, Request, error_reply
from tests.hub.repositories import Store
from tests.hub.switchboard import Switchboard

Route = Callable[["Hub", Request], Reply | None]

# First match answers; a route returns None for what is not its own.
ROUTES: tuple[Route, ...] = (git.answer, github_api.answer, hf.answer)


class Hub:
    """Serves the repositories under ``root`` until it is stopped; use it in a ``with`` block."""

    def __init__(self, root: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.store = Store(root)
        self.faults = Switchboard()
        self.requests: list[Request] = []
        self.tokens: dict[str, str] = {}
        self.reset()
        self._servers = [_Server((host, number), self) for number in (port, 0)]

    def reset(self) -> None:
        """Forget faults, requests and switches; paused requests go on."""
        self.faults.clear()
        self.requests.clear()
        self.tokens = {"hf_alice": "alice", "hf_bob": "bob"}
        self.page_size: int | None = None  # of listings, in place of the Hub's own
        self.redirects_files_to = ""  # the base URL that serves LFS files, "" serves them here
        self.store.forget()

    @property
    def url(self) -> str:
        return self._url(0)

    @property
    def other_url(self) -> str:
        """The same content on another port, which counts as another place."""
        return self._url(1)

    @property
    def hf_endpoint(self) -> str:
        return self.url

    @property
    def github_url(self) -> str:
        return f"{self.url}{git.PREFIX}"

    @property
    def github_api_url(self) -> str:
        return f"{self.url}{github_api.PREFIX}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that point a process at this hub."""
        return {
            "HF_ENDPOINT": self.hf_endpoint,
            "GITHUB_URL": self.github_url,
            "GITHUB_API_URL": self.github_api_url,
        }

    def count(self, path: str = "*", method: str = "*") -> int:
        """How many requests matched so far, faulty answers included."""
        return len(self.seen(path, method))

    def seen(self, path: str = "*", method: str = "*") -> list[Request]:
        """The requests so far whose decoded path matches the shell pattern ``path``."""
        return [
            request
            for request in list(self.requests)
            if fnmatch.fnmatchcase(request.path, path) and method in ("*", request.method)
        ]

    def answer(self, request: Request) -> Reply:
        if control.owns(request):
            return control.answer(self, request)
        self.requests.append(request)
        reply = self.faults.serve(self, request, self.answer_truly)
        request.status = reply.status
        return reply

    def answer_truly(self, request: Request) -> Reply:
        """What a hub without faults says."""
        replies = (route(self, request) for route in ROUTES)
        return next((reply for reply in replies if reply), error_reply(404, "", "Not Found"))

    def start(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.faults.clear()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _url(self, number: int) -> str:
        host, port = self._servers[number].server_address[:2]
        return f"http://{host!s}:{port}"


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], hub: Hub) -> None:
        self.hub = hub
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look the host name up in DNS here.
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a client hangs up: tests kill theirs on purpose."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave separately; do not wait 40 ms between
    server: _Server

    def do_GET(self) -> None:
        request = Request(
            self.command, self.path, self.headers, self._body(), self.server.server_address[1]
        )
        self._send(self.server.hub.answer(request))

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(self, reply: Reply) -> None:
        if reply.hangs_up:
            self._hang_up()
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(reply.length))
        if reply.closes:
            self.close_connection = True
        self.end_headers()
        if self.command == "HEAD":
            return
        for data in reply.body:
            if reply.length is None:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            else:
                self.wfile.write(data)
        if reply.length is None and not reply.closes:
            self.wfile.write(b"0\r\n\r\n")

    def _hang_up(self) -> None:
        """Reset the connection, as a crashed server does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
        """Print nothing: the hub keeps its requests where tests can read them."""
