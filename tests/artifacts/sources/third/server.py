"""The shelf itself, on a port of this machine."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REVISION = "5" * 40
Shelves = dict[str, dict[str, bytes]]  # "m/alice/ears" -> path -> content


@contextmanager
def serving(shelves: Shelves) -> Iterator[str]:
    """The address at which ``shelves`` are served as long as the block lasts."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            letter, owner, name, revision, *path = self.path.strip("/").split("/")
            files = shelves.get(f"{letter}/{owner}/{name}")
            if files is None or revision not in {"newest", REVISION}:
                self._answer(404, b"")
            elif not path:
                listing = [{"path": path, "size": len(data)} for path, data in files.items()]
                said = {"revision": REVISION, "files": listing}
                self._answer(200, json.dumps(said).encode())
            else:
                self._answer(200, files["/".join(path)])

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
