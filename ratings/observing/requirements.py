"""What a model declares that its code needs, and which imports that covers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from artifacts.facts import Facts
from ratings.observing.examples import distribution, installs
from ratings.observing.linked_artifacts import code_repository
from ratings.observing.readme_parts import Reading

_FILE = re.compile(
    r"(?:^|/)(?:requirements[\w.-]{0,60}\.txt|pyproject\.toml|setup\.(?:py|cfg)|environment\.ya?ml"
    r"|Pipfile)$"
)
_NAME = re.compile(r"^[\s\"'\-]{0,20}([A-Za-z][\w.-]{0,80})", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([A-Za-z][\w.-]{0,80})\s{0,3}(?:\[|[<>=!~;]|[\"'])")
_MAXIMUM_TEXT = 100_000

# The module that is imported, where the package that brings it has another name.
_PACKAGE_OF = {
    "PIL": "pillow", "cv2": "opencv-python", "sklearn": "scikit-learn", "skimage": "scikit-image",
    "yaml": "pyyaml", "bs4": "beautifulsoup4", "torch": "torch", "tensorflow": "tensorflow",
    "faiss": "faiss-cpu", "dotenv": "python-dotenv", "IPython": "ipython", "llama_cpp":
    "llama-cpp-python", "auto_gptq": "auto-gptq", "awq": "autoawq", "FlagEmbedding":
    "flagembedding", "clip": "clip", "open_clip": "open-clip-torch", "nemo": "nemo-toolkit",
    "huggingface_hub": "huggingface-hub", "sentence_transformers": "sentence-transformers",
}  # fmt: skip
# What an installation of one library brings with it by its own declaration.
_BRINGS = {
    "transformers": "numpy huggingface-hub tokenizers safetensors pyyaml requests tqdm regex",
    "diffusers": "torch pillow numpy huggingface-hub requests transformers accelerate",
    "sentence-transformers": "transformers torch numpy scikit-learn scipy huggingface-hub tqdm",
    "peft": "torch transformers accelerate numpy huggingface-hub safetensors",
    "timm": "torch torchvision pyyaml huggingface-hub safetensors pillow numpy",
    "accelerate": "torch numpy",
    "trl": "transformers torch datasets accelerate peft",
    "datasets": "numpy pandas pyarrow huggingface-hub requests tqdm",
    "flair": "torch transformers",
    "torchvision": "torch pillow numpy",
    "torchaudio": "torch",
    "unsloth": "torch transformers peft trl datasets",
    "setfit": "sentence-transformers datasets transformers torch",
    "open-clip-torch": "torch torchvision timm",
    "pytorch": "torch",
    "keras": "numpy",
    "tensorflow": "numpy keras",
    "scikit-learn": "numpy scipy joblib",
    "mlx-lm": "mlx transformers",
    "vllm": "torch transformers",
}
_TAGGED = {"pytorch": "torch", "tf": "tensorflow", "jax": "jax", "keras": "keras"}
_WITH_TORCH = frozenset({"transformers", "peft", "adapter-transformers"})


def declared(facts: Facts, read: Reading) -> dict[str, str]:
    """Packages that are declared, and where: files, install commands, or the card's library."""
    found: dict[str, str] = {}
    code = code_repository(facts)
    for source in (facts, code) if code is not None and code is not facts else (facts,):
        for path, text in source.documents.items():
            if _FILE.search(path):
                for name in _names(path, text[:_MAXIMUM_TEXT]):
                    found.setdefault(name, path)
    for name, line in installs(read).items():
        found.setdefault(name, f"README line {line}")
    library = facts.card.get("library_name")
    if isinstance(library, str) and library:
        found.setdefault(distribution(library), "library_name of the card")
    for tag in facts.tags:
        if tag in _TAGGED:
            found.setdefault(_TAGGED[tag], f"tag {tag}")
    _add_backend(facts, found)
    return _with_what_comes_along(found)


def uncovered(modules: Iterable[str], packages: Iterable[str]) -> list[str]:
    """The imports that no declared package brings."""
    have = set(packages)
    return sorted(module for module in modules if not _is_covered(module, have))


def _is_covered(module: str, have: set[str]) -> bool:
    package = _PACKAGE_OF.get(module, distribution(module))
    if package in have:
        return True
    # opencv-python-headless brings cv2 as well, tensorflow-cpu brings tensorflow.
    return any(one.startswith(f"{package}-") for one in have)


def _add_backend(facts: Facts, found: dict[str, str]) -> None:
    """A library that runs on torch declares it by the weights it ships."""
    has_torch_weights = any(
        file.path.endswith((".safetensors", ".bin", ".pt", ".pth")) for file in facts.files
    )
    if has_torch_weights and _WITH_TORCH & found.keys():
        found.setdefault("torch", "weights for the declared library")


def _with_what_comes_along(found: dict[str, str]) -> dict[str, str]:
    pending = list(found)
    while pending:
        name = pending.pop()
        for brought in _BRINGS.get(name, "").split():
            if brought not in found:
                found[brought] = f"comes with {name}"
                pending.append(brought)
    return found


def _names(path: str, text: str) -> set[str]:
    pattern = _NAME if path.endswith((".txt", ".yml", ".yaml", "Pipfile")) else _QUOTED
    return {distribution(name) for name in pattern.findall(text)}
