"""What a pickle may import: a short list is allowed, the rest is reported."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from functools import cache

from picklescan.scanner import SafetyLevel, scan_pickle_bytes

from artifacts.scanning.verdict import DANGER, INFO, WARNING

# picklescan logs each import it sees, which is ours to report
logging.getLogger("picklescan").setLevel(logging.CRITICAL)

_PLAIN = {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list",
          "object", "range", "set", "slice", "str", "tuple"}  # fmt: skip
_DTYPES = {"bfloat16", "bool", "complex128", "complex64", "float16", "float32", "float64", "half",
           "int16", "int32", "int64", "int8", "long", "uint8", "float8_e4m3fn",
           "float8_e5m2", "qint8", "quint8"}  # fmt: skip
_STORAGES = {f"{kind}Storage" for kind in (
    "BFloat16", "Bool", "Byte", "Char", "ComplexDouble", "ComplexFloat", "ComplexHalf", "Double",
    "Float", "Float8_e4m3fn", "Float8_e4m3fnuz", "Float8_e5m2", "Float8_e5m2fnuz", "Half",
    "Int", "Long", "QInt32", "QInt8", "QUInt2x4", "QUInt4x2", "QUInt8", "Short", "UInt16", "UInt32",
    "UInt64", "Untyped",
)}  # fmt: skip
_QSCHEMES = {"per_channel_affine", "per_channel_affine_float_qparams", "per_channel_symmetric",
             "per_tensor_affine", "per_tensor_symmetric"}  # fmt: skip

# Constructors of plain data. None of them runs, loads, opens or looks up anything.
ALLOWED: dict[str, set[str]] = {
    "builtins": _PLAIN,
    "__builtin__": _PLAIN | {"unicode", "long", "xrange"},
    "collections": {"OrderedDict", "defaultdict", "Counter", "deque"},
    "copyreg": {"_reconstructor"},
    "copy_reg": {"_reconstructor"},
    "_codecs": {"encode"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "argparse": {"Namespace"},
    "numpy": {"dtype", "ndarray", "bool_", "float16", "float32", "float64", "int16", "int32",
              "int64", "int8", "uint16", "uint32", "uint64", "uint8"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.random": {"__RandomState_ctor"},  # as NumPy before 1.17 wrote it
    "numpy.random._generator": {"Generator"},
    "numpy.random._mt19937": {"MT19937"},
    "numpy.random._pcg64": {"PCG64", "PCG64DXSM"},
    "numpy.random._philox": {"Philox"},
    # each of them calls what it is given, which the pickle has to import as well
    "numpy.random._pickle": {"__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor"},
    "numpy.random._sfc64": {"SFC64"},
    "numpy.random.bit_generator": {"BitGenerator", "SeedSequence", "SeedlessSeedSequence",
                                   "__pyx_unpickle_SeedSequence",
                                   "__pyx_unpickle_SeedlessSeedSequence"},
    "numpy.random.mtrand": {"RandomState"},
    "torch": _STORAGES | _DTYPES | _QSCHEMES | {"Size", "device", "Tensor"},
    # they hand back their argument: what TorchScript writes around lists and dicts
    "torch.jit._pickle": {"build_boollist", "build_doublelist", "build_intlist",
                          "build_tensor_from_id", "build_tensorlist", "restore_type_tag"},
    "torch.storage": {"TypedStorage", "UntypedStorage"},
    "torch._utils": {"_rebuild_parameter", "_rebuild_tensor", "_rebuild_tensor_v2",
                     "_rebuild_sparse_tensor", "_rebuild_qtensor"},
    "torch.nn.parameter": {"Parameter"},
    "torch.serialization": {"_get_layout"},
}  # fmt: skip

# What follows an allowed name and a dot is an attribute of it, such as `__globals__`.
_BEHIND_ALLOWED = tuple(f"{module}.{name}." for module in ALLOWED for name in ALLOWED[module])

# Parts of a dotted path that lead to running code, to files, or to the network.
DANGEROUS = set(
    """
    __builtin__ __main__ _aix_support _io _osx_support _pickle _posixsubprocess _pyrepl _thread
    _winapi aiohttp antigravity asyncio bdb builtins cProfile cffi code codecs codeop commands
    concurrent ctypes dill distutils doctest ensurepip eval exec fileinput fork ftplib functools gc
    getattr globals hub http httplib httpx idlelib imaplib imp importlib inspect io joblib lib2to3
    linecache marshal multiprocessing nntplib nt open operator _operator os paramiko pdb pexpect
    pickle pip pkg_resources pkgutil platform poplib popen posix posixpath ntpath profile pty
    pydoc requests runpy runstring setattr setuptools shelve shutil signal site smtplib socket
    socketserver spawn sqlite3 ssl subprocess sys system tarfile tempfile telnetlib test threading
    timeit tkinter trace turtle types unittest urllib urllib2 uuid venv webbrowser winreg xmlrpc
    zipimport __import__ __globals__ __builtins__ __getattribute__ __subclasses__ f2py testing
    _load_from_bytes load loads read_pickle load_module load_library load_state compile_file
    cloudpickle load_url load_state_dict_from_url Unpickler
    """.split()
)

Judge = Callable[[str, str], str]


@cache
def judge(module: str, name: str) -> str:
    """The severity of importing ``name`` from ``module``: only the allowed are harmless."""
    if name in ALLOWED.get(module, ()):
        return INFO
    if f"{module}.{name}".startswith(_BEHIND_ALLOWED):
        return DANGER
    first, *inner = module.split(".")
    # NumPy and torch have modules of their own called `_pickle`; Python's is never inside another
    inner = [part for part in inner if part != "_pickle"]
    if DANGEROUS.intersection([first, *inner, *name.split(".")]):
        return DANGER
    return DANGER if _second_opinion(module, name) == SafetyLevel.Dangerous else WARNING


def _second_opinion(module: str, name: str) -> SafetyLevel:
    """What picklescan makes of a pickle that imports just this."""
    if "\n" in module + name or not (module + name).isascii() or " " in module:
        return SafetyLevel.Dangerous  # no importable name looks like this
    data = io.BytesIO(f"c{module}\n{name}\n.".encode())
    found = scan_pickle_bytes(data, "import").globals
    return found[0].safety if found else SafetyLevel.Dangerous
