"""Which programming or markup language a path names, by the lists of GitHub's Linguist."""

from __future__ import annotations

from functools import lru_cache

from artifacts.facts.wordlists import table

_LANGUAGE_OF: dict[str, str] = {
    ending: name for name, endings in table("languages").items() for ending in endings.split()
}
_LANGUAGE_OF_NAME: dict[str, str] = table("language_names")


@lru_cache(maxsize=65_536)
def language(path: str) -> str:
    """The programming or markup language of ``path``, or '' for prose, data and the rest."""
    name = path.rpartition("/")[2].lower()
    if name in _LANGUAGE_OF_NAME:
        return _LANGUAGE_OF_NAME[name]
    if name.startswith("dockerfile.") or name.endswith(".dockerfile"):
        return "Dockerfile"
    ending = extension(name)
    if ending == "ipynb":
        return "Jupyter Notebook"
    return _LANGUAGE_OF.get(ending, "")


def extension(lower: str) -> str:
    """What follows the last dot of a name in small letters; '' for a name that only begins so."""
    name = lower.rpartition("/")[2]
    stem, dot, found = name.rpartition(".")
    return found if dot and (stem or found) else ""
