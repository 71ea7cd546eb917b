"""Hostile files, made of hand-written opcodes. None of them may ever be loaded."""

# ruff: noqa: E501 - each case is one line

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterable

CANARY = "/tmp/registry-canary-must-never-appear"
COMMAND = f"touch {CANARY}".encode()


def text(value: str) -> bytes:
    raw = value.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def call0(module: str, name: str, argument: bytes = COMMAND) -> bytes:
    """Protocol 0: everything is text."""
    return f"c{module}\n{name}\n".encode() + b"(S'" + argument + b"'\ntR."


def call(module: str, name: str, protocol: int = 4) -> bytes:
    """Protocol 2 and later, by GLOBAL below 4, by STACK_GLOBAL from 4 on."""
    old, new = f"c{module}\n{name}\n".encode(), text(module) + text(name) + b"\x93"
    found = old if protocol < 4 else new
    argument = b"X" + struct.pack("<I", len(COMMAND)) + COMMAND
    return b"\x80" + bytes([protocol]) + found + b"(" + argument + b"tR."


def framed(pickle: bytes) -> bytes:
    return pickle[:2] + b"\x95" + struct.pack("<Q", len(pickle) - 2) + pickle[2:]


def zipped(entries: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return held.getvalue()


def tarred(entries: Iterable[tuple[str, bytes]], mode: str = "w") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def link(kind: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        info = tarfile.TarInfo("innocent")
        info.type, info.linkname = kind, "../../etc/passwd"
        archive.addfile(info)
    return held.getvalue()


def npy(descr: str, rest: bytes) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + rest


def patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Every record with this signature, changed at one place: what a careful reader trips over."""
    out, at = bytearray(data), data.find(signature)
    while at >= 0:
        out[at + offset : at + offset + len(value)] = value
        at = data.find(signature, at + 1)
    return bytes(out)


def torchscript(entries: dict[str, bytes], root: str = "net") -> bytes:
    """A TorchScript archive with ``entries`` in place of, or beside, what torch writes."""
    usual = {
        "data.pkl": b"\x80\x02c__torch__\nNet\n)\x81}(X\x04\x00\x00\x00step"
        b"ctorch.jit._pickle\nbuild_intlist\n](K\x01K\x02e\x85RubN0.",
        "code/__torch__.py": b"class Net(Module):\n  __parameters__ = []\n",
        "constants.pkl": b"\x80\x02).",
        "version": b"3\n",
        "byteorder": b"little",
    }
    return zipped([(f"{root}/{name}", data) for name, data in (usual | entries).items()])


SYSTEM = call("posix", "system")
TORCH = [("archive/data.pkl", call("posix", "system", 2)), ("archive/data/0", b"\0" * 64)]
TORCH_MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"

# (what it is, the name it comes under, its bytes)
DANGEROUS: list[tuple[str, str, bytes]] = [
    *((f"{module}.{name} in protocol {protocol}", "model.pkl", call(module, name, protocol))
      for protocol in (2, 3, 4, 5)
      for module, name in (("posix", "system"), ("builtins", "exec"))),
    *((f"{module}.{name}", "model.pkl", call(module, name)) for module, name in (
        ("os", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"),
        ("builtins", "getattr"), ("builtins", "__import__"), ("builtins", "open"),
        ("__builtin__", "apply"), ("runpy", "_run_code"), ("pip", "main"),
        ("pip._internal.cli.main", "main"), ("importlib", "import_module"),
        ("asyncio.unix_events", "_UnixSubprocessTransport._start"), ("pty", "spawn"),
        ("code", "InteractiveInterpreter.runcode"), ("pickle", "loads"), ("_pickle", "loads"),
        ("marshal", "loads"), ("types", "CodeType"), ("types", "FunctionType"),
        ("numpy.testing._private.utils", "runstring"), ("numpy.f2py.crackfortran", "getlincoef"),
        ("numpy", "load"), ("torch", "load"), ("torch.hub", "load"),
        ("torch.storage", "_load_from_bytes"), ("torch._inductor.codecache", "compile_file"),
        ("joblib", "load"), ("pandas", "read_pickle"), ("dill._dill", "_create_function"),
        ("cloudpickle.cloudpickle", "_make_function"), ("operator", "attrgetter"),
        ("functools", "partial"), ("ctypes", "CDLL"), ("webbrowser", "open"), ("shutil", "rmtree"),
        ("socket", "create_connection"), ("urllib.request", "urlopen"), ("http.client", "HTTPSConnection"),
        ("ssl", "get_server_certificate"), ("logging", "FileHandler"), ("_io", "FileIO"),
        ("pydoc", "pipepager"), ("timeit", "timeit"), ("cProfile", "run"), ("bdb", "Bdb.run"),
        ("doctest", "debug_script"), ("ensurepip", "_run_pip"), ("venv", "create"), ("uuid", "_get_command_stdout"),
        ("imaplib", "IMAP4_stream"), ("distutils.file_util", "write_file"), ("lib2to3.pgen2.grammar", "Grammar.loads"),
        ("idlelib.run", "Executive.runcode"), ("multiprocessing.util", "spawnv_passfds"),
        ("torch", "os.system"), ("collections", "abc.sys.modules"), ("pkgutil", "resolve_name"),
        ("_pickle", "Unpickler"), ("_pickle", "Pickler"), ("_pickle.x", "y"), ("evil._pickle", "loads"), ("evil.pickle", "rebuild"),
        ("collections", "_pickle.Unpickler"), ("numpy.random", "_pickle.__generator_ctor"),
        ("torch.jit._pickle", "build_intlist.__globals__"), ("torch.jit._pickle", "restore_type_tag.__code__"),
        ("torch.jit._pickle.build_intlist", "__class__"), ("torch.jit._pickle", "pickle.loads"),
        ("torch.jit._pickle", "Unpickler"), ("torch.jit._pickle", "load"),
        ("numpy.random._pickle", "__generator_ctor.__globals__"), ("numpy.random._pickle", "__bit_generator_ctor.__defaults__"),
        ("numpy.random._pickle", "__randomstate_ctor.__class__"), ("numpy.random._pickle", "sys.modules"),
        ("numpy.random.mtrand", "RandomState.__init__"), ("numpy.random._pcg64", "PCG64.__reduce__"),
        ("collections", "OrderedDict.__init__"), ("torch", "per_tensor_affine.__class__"),
        ("__torch__", "os.system"), ("__torch__.os", "system"),
    )),
    ("getattr on what torch allows", "model.pkl",
     b"\x80\x04" + text("builtins") + text("getattr") + b"\x93" + text("torch.jit._pickle") + text("build_intlist")
     + b"\x93" + text("__globals__") + b"\x86R."),
    ("NumPy's constructor that calls what it is given", "rng.pkl",
     b"\x80\x04" + text("numpy.random._pickle") + text("__generator_ctor") + b"\x93" + text("touch x")
     + text("posix") + text("system") + b"\x93\x86R."),
    *((f"TorchScript with an import in {name}", "model.pt", torchscript({name: call("posix", "system", 2)}))
      for name in ("data.pkl", "constants.pkl", "bytecode.pkl", "code/__torch__.py.debug_pkl", "extra/x.pkl")),
    ("TorchScript with a path behind a class", "model.pt", torchscript({"data.pkl": call("__torch__", "Net.os.system")})),
    ("TorchScript with a path through its namespace", "model.pt", torchscript({"data.pkl": call("__torch__.Net", "__globals__.x")})),
    ("a tensor of TorchScript that is a pickle", "model.pt", torchscript({"constants/0": call0("os", "system")})),
    ("a tensor that is a pickle cut short", "model.pt", zipped([TORCH[0], ("archive/data/0", SYSTEM[2:-1])])),
    ("protocol 0", "model.pkl", call0("os", "system")),
    ("protocol 0 in a text", "notes.txt", call0("os", "system")),
    ("protocol 0 cut short after its call", "x.bin", call0("os", "system")[:-1] + b"\xff\xff"),
    ("INST", "model.pkl", b"(S'" + COMMAND + b"'\nios\nsystem\n."),
    ("OBJ", "model.pkl", b"(cos\nsystem\nS'" + COMMAND + b"'\no."),
    ("NEWOBJ", "model.pkl", b"\x80\x02csubprocess\nPopen\n(S'x'\nt\x81."),
    ("a frame around it", "model.pkl", framed(SYSTEM)),
    ("names from the memo", "model.pkl",
     b"\x80\x04" + text("posix") + b"\x94" + text("system") + b"\x940" + b"0h\x00h\x01\x93" + b")R."),
    ("names by LONG_BINPUT", "model.pkl",
     b"\x80\x04" + text("posix") + b"r\x07\x00\x00\x000" + b"j\x07\x00\x00\x00" + text("system") + b"\x93)R."),
    ("a memo that is written twice", "model.pkl",
     b"\x80\x04" + text("torch") + b"q\x00" + b"0" + text("posix") + b"q\x000" + b"h\x00" + text("system") + b"\x93)R."),
    ("DUP and POP between the names", "model.pkl",
     b"\x80\x04" + text("posix") + text("x") + b"0" + text("system") + b"20" + b"\x93)R."),
    ("a name that is computed", "model.pkl",
     b"\x80\x04" + text("posix") + b"]" + b"\x93)R."),
    ("behind an innocent pickle", "model.pkl", b"\x80\x04]." + SYSTEM),
    ("behind an innocent pickle of protocol 0", "model.pkl", b"(lp0\n." + call0("os", "system")),
    ("truncated after the call", "model.pkl", SYSTEM[:-1]),
    ("garbage after the call", "model.pkl", SYSTEM[:-1] + b"\xff" * 20),
    ("no PROTO but STACK_GLOBAL", "model.pkl", SYSTEM[2:]),
    ("renamed to .txt", "readme.txt", SYSTEM),
    ("renamed to .json", "config.json", SYSTEM),
    ("renamed to .png", "picture.png", SYSTEM),
    ("without an extension", "weights", SYSTEM),
    ("a torch archive", "pytorch_model.bin", zipped(TORCH)),
    ("a compressed torch archive", "x.pt", zipped(TORCH, zipfile.ZIP_DEFLATED)),
    ("a zip with an odd name for the pickle", "x.pt", zipped([("archive/data.txt", SYSTEM)])),
    ("a zip in a zip in a zip", "x.zip", zipped([("a", zipped([("b", zipped(TORCH))]))])),
    ("a zip with a wrong CRC", "x.pt", patched(patched(zipped(TORCH), LOCAL, 14, b"dead"), CENTRAL, 16, b"dead")),
    ("a zip marked as encrypted", "x.pt", patched(patched(zipped(TORCH), LOCAL, 6, b"\1"), CENTRAL, 8, b"\1")),
    ("a zip marked as encrypted in the directory only", "x.pt", patched(zipped(TORCH), CENTRAL, 8, b"\1")),
    ("a zip whose pickle is a directory by its attributes", "x.pt", patched(zipped(TORCH), CENTRAL, 38, b"\x10")),
    ("a zip with a picture in front", "x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100 + zipped(TORCH)),
    ("a safetensors file with a zip behind it", "x.safetensors",
     struct.pack("<Q", 2) + b"{}" + zipped(TORCH)),
    ("a pickle that is a zip too", "x.pt", SYSTEM + zipped([("a", b"")])),
    ("legacy torch", "x.pth", TORCH_MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02}." + call("posix", "system", 2)),
    ("legacy torch whose magic is an import", "x.pth", call("builtins", "eval", 2) + b"\x80\x02}."),
    ("an array of objects", "x.npy", npy("'|O'", SYSTEM)),
    ("an array with a field of objects", "x.npy", npy("[('a', '<f4'), ('b', '|O')]", SYSTEM)),
    ("a renamed array of objects", "x.dat", npy("'O'", SYSTEM)),
    ("an .npz", "x.npz", zipped([("arr_0.npy", npy("'|O'", SYSTEM))])),
    ("a tar", "x.tar", tarred([("a/b", SYSTEM)])),
    ("a tar without its mark", "x.tar", patched(tarred([("a", SYSTEM)]), b"ustar", 0, b"ustar")),
    ("a .tar.gz", "x.tar.gz", tarred([("a/b", SYSTEM)], "w:gz")),
    ("gzip", "x.pkl.gz", gzip.compress(SYSTEM)),
    ("gzip of protocol 0", "x.gz", gzip.compress(call0("os", "system"))),
    ("bzip2", "x.bz2", bz2.compress(SYSTEM)),
    ("xz", "x.xz", lzma.compress(SYSTEM)),
    ("a zip that leaves its directory", "x.zip", zipped([("../../etc/cron.d/x", b"")])),
    ("a zip with an absolute name", "x.zip", zipped([("/etc/passwd", b"")])),
    ("a zip with a backslash", "x.zip", zipped([("..\\..\\x", b"")])),
    ("a zip with a drive", "x.zip", zipped([("C:\\x", b"")])),
    ("a tar that leaves its directory", "x.tar", tarred([("../x", b"")])),
    ("a tar with a link outside", "x.tar", link(tarfile.SYMTYPE)),
    ("a tar with a device", "x.tar", link(tarfile.CHRTYPE)),
]  # fmt: skip

# what cannot be understood is an error, never clean
UNREADABLE: list[tuple[str, str, bytes]] = [
    ("an empty pickle", "model.pkl", b""),
    ("a pickle cut short", "model.pkl", b"\x80\x04\x95"),
    ("a pickle of an unknown opcode", "model.pkl", b"\x80\x04\xff."),
    ("an underflow", "model.pkl", b"\x80\x04R."),
    ("a memo that was never written", "model.pkl", b"\x80\x04h\x07\x93."),
    ("an argument that never ends", "model.pkl", b"\x80\x04\x8e" + b"\xff" * 8 + b"x"),
    ("a line that never ends", "model.pkl", b"c" + b"x" * 100_000),
    ("only the name says pickle", "weights.pt", b"\x00\x01\x02\x03" * 100),
    ("half a zip", "x.pt", zipped(TORCH)[:-40]),
    ("a zip without its directory", "x.zip", zipped([("a", b"b")])[:30] + b"PK\x05\x06" + b"\xff" * 18),
    ("a zip method nobody knows", "x.zip", patched(patched(zipped([("a", b"b")]), LOCAL, 8, b"\x5f"), CENTRAL, 10, b"\x5f")),
    ("broken gzip", "x.gz", gzip.compress(b"x" * 1000)[:-20]),
    ("a broken array", "x.npy", b"\x93NUMPY\x01\x00\xff\xff{"),
    ("a broken safetensors file", "x.safetensors", struct.pack("<Q", 2**60) + b"{}"),
    ("safetensors that is not JSON", "x.safetensors", struct.pack("<Q", 4) + b"{x: "),
    ("a zip bomb", "x.zip", zipped([("a", b"\0" * (300 * 1024**2))], zipfile.ZIP_DEFLATED)),
]  # fmt: skip

SUSPICIOUS: list[tuple[str, str, bytes]] = [
    ("an import nobody knows", "model.pkl", call("sklearn.linear_model._base", "LinearRegression")),
    ("an import of the repository's own code", "x.pt", call("models.yolo", "Model")),
    ("the extension registry", "model.pkl", b"\x80\x02\x82\x01)R."),
    ("other data behind the pickle", "model.pkl", b"\x80\x04]." + b"\xff\xfe\xfd"),
    ("a 7z archive", "x.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 100),
    ("a rar archive", "x.pt", b"Rar!\x1a\x07\x00" + b"\0" * 100),
    ("a Linux program", "run", b"\x7fELF\x02\x01\x01" + b"\0" * 100),
    ("a Windows program", "a.txt", b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0"),
    ("compiled Python", "a.pyc", b"\xa7\r\r\n\0\0\0\0"),
    ("code by auto_map", "config.json", b'{"auto_map": {"AutoModel": "modeling.Model"}}'),
    ("code of another repository", "config.json", b'{"auto_map": {"AutoModel": "evil/repo--modeling.Model"}}'),
    ("a kernel from another repository", "config.json", b'{"_attn_implementation_internal": "evil/kernels"}'),
    ("trust_remote_code", "config.json", b'{"a": [{"trust_remote_code": true}]}'),
    ("a file of the reader's machine", "tokenizer_config.json", b'{"vocab_file": "/etc/passwd"}'),
    ("a Lambda layer", "x.keras", zipped([("config.json", b'{"class_name": "Lambda"}')])),
    ("a layer from anywhere", "x.keras", zipped([("config.json", b'{"module": "os", "class_name": "system"}')])),
    ("a Lambda layer in HDF5", "x.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 5_000_000 + b'{"class_name": "Lambda"}'),
    ("an AWS key", "a.env", b"AWS_ACCESS_KEY_ID=AKIAQ3EGRVIXHN5J2M7T\n"),
    ("a Hugging Face token", "a.py", b"token = 'hf_" + b"QwErTyUiOpAsDfGhJkLzXcVbNmQaWsEdRf" + b"'\n"),
    ("a GitHub token", "a.py", b"ghp_" + b"a8Kd93jLq0ZxPv7TnR2sWm5YcB1fHg6UeJ4i" + b"\n"),
    ("a private key", "id_rsa", b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n"),
    ("a class of TorchScript without an archive", "model.pkl", call("__torch__", "Net", 2)),
    ("a class of TorchScript in an archive without code", "x.pt",
     zipped([("a/data.pkl", call("__torch__.x", "Net", 2)), ("a/constants.pkl", b"\x80\x02).")])),
    ("a class of TorchScript that Python would unpickle", "x.pt",
     zipped([("a/data.pkl", call("__torch__.x", "Net", 2)), ("a/code/__torch__.py", b"")])),
    ("code of TorchScript in another directory", "x.pt",
     zipped([("a/data.pkl", call("__torch__", "Net", 2)), ("b/code/__torch__.py", b""), ("b/constants.pkl", b"\x80\x02).")])),
    ("constants of TorchScript in another directory", "x.pt",
     zipped([("a/data.pkl", call("__torch__", "Net", 2)), ("a/code/__torch__.py", b""), ("b/constants.pkl", b"\x80\x02).")])),
    ("a class of TorchScript in another file of the archive", "x.pt", torchscript({"extra/x.pkl": call("__torch__", "Net", 2)})),
    ("a class of TorchScript in a file deeper down", "x.pt", torchscript({"x/data.pkl": call("__torch__", "Net", 2)})),
    ("a class of TorchScript in an archive inside it", "x.pt",
     torchscript({"data.pkl": tarred([("data.pkl", call("__torch__", "Net", 2))])})),
    ("a class of TorchScript behind another archive", "x.pt", zipped(TORCH[1:]) + torchscript({})),
    ("an import nobody knows in TorchScript", "x.pt", torchscript({"data.pkl": call("sklearn.tree", "Tree", 2)})),
    ("a module `_pickle` inside another", "model.pkl", call("evil._pickle", "rebuild")),
    ("two entries of the same name", "x.zip", zipped([("a", b"1"), ("b", b"2")]).replace(b"b", b"a")),
]  # fmt: skip
