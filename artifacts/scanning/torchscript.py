"""TorchScript archives: their classes are code that lies in the archive, and it is not Python."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.scanning.imports import judge
from artifacts.scanning.verdict import INFO

NAMESPACE = "__torch__"
PICKLES = ("data", "constants", "bytecode")  # the last one is for phones


def own_pickles(names: Sequence[str]) -> set[str]:
    """The entries of a zip that only torch's TorchScript reader unpickles; none in other zips.

    torch takes the directory of the first entry for the archive's. Where ``constants.pkl`` lies
    in it, ``torch.load`` hands the file over to ``torch.jit.load``. Where it does not, Python
    unpickles ``data.pkl`` and imports a module ``__torch__`` from wherever it finds one.
    """
    root = names[0].partition("/")[0] if names else ""
    has_code = any(name.startswith(f"{root}/code/") and name.endswith(".py") for name in names)
    if not has_code or f"{root}/constants.pkl" not in names:
        return set()
    return {f"{root}/{pickle}.pkl" for pickle in PICKLES}


def judge_torchscript(module: str, name: str) -> str:
    """The severity of an import in such an entry: a class of the archive's own is harmless."""
    parts = [*module.split("."), name]
    if parts[0] == NAMESPACE and all(part.isidentifier() for part in parts):
        return INFO
    return judge(module, name)
