"""``make demo``: a small hub with real artifacts, and a registry that looks at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.hub.content import make_demo
from tests.hub.server import Hub

ROOT = Path("var/demo")


def main() -> int:
    """Run both until Ctrl-C or SIGTERM; what was registered stays for the next time."""
    hub_root = ROOT / "hub"
    demo = make_demo(hub_root)
    port = int(os.environ.get("DEMO_HUB_PORT", "8900"))
    try:
        hub = Hub(hub_root, port=port)
    except OSError as error:
        sys.stderr.write(
            f"The hub cannot listen on port {port}: {error.strerror}. Set DEMO_HUB_PORT.\n"
        )
        return 1
    with hub:
        environment = os.environ | hub.environment
        environment.setdefault("DATA_DIR", str(ROOT.resolve()))
        environment.setdefault("REGISTRY_ADMIN_PASSWORD", "demo-admin-1!")
        sys.stdout.write(
            f"\nA hub listens on {hub.url}. Register from it:\n"
            f"  a model    {demo.model.url}\n"
            f"  a dataset  {demo.dataset.url}\n"
            f"  its code   {demo.code.url}\n"
            f"Sign in as admin with {environment['REGISTRY_ADMIN_PASSWORD']}\n"
        )
        sys.stdout.flush()
        return _serve(environment)


def _serve(environment: dict[str, str]) -> int:
    manage = [sys.executable, "manage.py"]
    prepared = subprocess.run([*manage, "prepare"], env=environment, check=False)
    if prepared.returncode:
        return prepared.returncode
    server = subprocess.Popen([*manage, "serve"], env=environment, start_new_session=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.terminate())
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
