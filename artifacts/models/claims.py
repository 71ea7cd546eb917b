"""How a claim names the process that holds it, and whether that process still runs."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path


def new_claim() -> str:
    """A claim of this process that no other worker has."""
    return f"{claims_here(os.getpid())}{uuid.uuid4().hex}"


def claims_here(pid: int | None = None) -> str:
    """How the claims of this machine begin, or those of one of its processes."""
    return f"{socket.gethostname()[:40]}:" + ("" if pid is None else f"{pid}:")


def is_alive(claim: str) -> bool:
    """Whether the process that made a claim on this machine still runs."""
    if not Path("/proc/self").exists():
        return True  # nobody can tell, so its heartbeat decides
    try:
        about = Path(f"/proc/{claim.split(':')[1]}/stat").read_text()
    except OSError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"  # dead, and its parent did not notice yet
