"""``python -m tests.hub``: serves the demo artifacts until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.hub.content import Demo, make_demo
from tests.hub.server import Hub


def main(arguments: list[str]) -> int:
    """Serve ``--root`` on ``--port``, making the demo content first where it is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.hub", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--root", type=Path, default=Path("var/hub"))
    options = parser.parse_args(arguments)

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    demo = make_demo(options.root)
    try:
        hub = Hub(options.root, host=options.host, port=options.port)
    except OSError as error:
        sys.stderr.write(f"The hub cannot listen on {options.host}:{options.port}: {error}\n")
        return 1
    with hub:
        sys.stdout.write(_welcome(hub, demo))
        sys.stdout.flush()
        stop.wait()
    sys.stdout.write("The hub has stopped.\n")
    return 0


def _welcome(hub: Hub, demo: Demo) -> str:
    settings = "\n".join(f"  {name}={value}" for name, value in hub.environment.items())
    others = (demo.adapter, demo.gguf, demo.pickle, demo.undocumented, demo.broken_card)
    return f"""\
The hub listens on {hub.url}. Point the registry at it:

{settings}

Then register
  a model    {demo.model.url}
  a dataset  {demo.dataset.url}
  its code   {demo.code.url}
and, if you like,
  {chr(10).join(f"  {made.url}" for made in others).strip()}
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
