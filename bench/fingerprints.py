"""Makes the tables of hashes in ratings/licences/data from folders of licence texts and patterns.

    python bench/fingerprints.py                                 patterns.npz
    python bench/fingerprints.py SPDX_JSON SCANCODE_LICENSES     fingerprints.npz

patterns.npz comes from the patterns of the installed licenseclassifier: make it anew whenever the
pin of that package moves.

SPDX_JSON is ``spdx-full.json`` of the npm package spdx-license-list; SCANCODE_LICENSES is the
folder ``licensedcode/data/licenses`` of the wheel scancode-toolkit-mini, read for the licences of
``data/community.json`` only. Neither is needed to run the registry; no text is kept.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.classifier_patterns import sources as classifier_patterns
from bench.classifier_patterns import wording
from ratings.licences.data.tables import DATA
from ratings.licences.declared import names, spdx
from ratings.licences.detection import fingerprint


def spdx_texts(path: Path) -> dict[str, tuple[str, str]]:
    """Each SPDX licence with its name and text, retired ids folded into the present ones."""
    texts: dict[str, tuple[str, str]] = {}
    for name, row in sorted(json.loads(path.read_text()).items()):
        licence = spdx.canonical(name) or name
        if spdx.replaced(licence) or licence.endswith("-or-later"):
            continue
        licence = re.sub(r"-or-later$", "-only", licence)
        texts.setdefault(licence, (row["name"], row["licenseText"]))
    return texts


def community_texts(folder: Path) -> dict[str, list[str]]:
    """The texts of our community licences, several where a licence was revised."""
    texts: dict[str, list[str]] = {}
    for licence, row in names.community().items():
        for key in row["scancode"]:
            path = folder / f"{key}.LICENSE"
            if path.exists():
                body = path.read_text().split("\n---\n", 1)[1]
                texts.setdefault(licence, []).append(body)
    return texts


def as_bytes(texts: list[str]) -> np.ndarray:
    return np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)


def texts(spdx_json: str, scancode: str) -> None:
    named = [(licence, name, text) for licence, (name, text) in spdx_texts(Path(spdx_json)).items()]
    for licence, bodies in community_texts(Path(scancode)).items():
        named += [(licence, names.community()[licence]["name"], body) for body in bodies]
    rows = [
        (licence, name, np.unique(fingerprint.triples(fingerprint.words(text))))
        for licence, name, text in named
    ]
    rows = [row for row in rows if len(row[2]) >= fingerprint.SMALLEST]
    save("fingerprints", rows)


def patterns() -> None:
    save(
        "patterns",
        [(licence, "", wording(known)) for licence, known in classifier_patterns().items()],
    )


def save(name: str, rows: list[tuple[str, str, np.ndarray]]) -> None:
    """Writes which hashes each licence has (id, name, hashes), grouped by who shares them."""
    path = DATA / f"{name}.npz"
    owners: dict[int, list[int]] = {}
    for number, (_, _, row) in enumerate(rows):
        for value in row.tolist():
            owners.setdefault(value, []).append(number)
    hashes = np.array(sorted(owners), dtype=np.uint32)
    groups: dict[tuple[int, ...], int] = {}
    group_of = np.array(
        [groups.setdefault(tuple(owners[int(value)]), len(groups)) for value in hashes],
        dtype=np.uint16 if len(set(map(tuple, owners.values()))) < 65536 else np.uint32,
    )
    gaps = np.diff(hashes, prepend=np.uint32(0)).astype(np.uint32)
    planes = np.stack([(gaps >> np.uint32(8 * i)).astype(np.uint8) for i in range(4)])
    np.savez_compressed(
        path,
        ids=as_bytes([licence for licence, _, _ in rows]),
        names=as_bytes([name for _, name, _ in rows]),
        sizes=np.array([len(row) for _, _, row in rows], dtype=np.int32),
        planes=planes,
        groups=group_of,
        starts=np.cumsum([0, *map(len, groups)], dtype=np.int32),
        members=np.array([member for group in groups for member in group], dtype=np.uint16),
    )
    print(f"{len(rows)} texts, {len(hashes)} hashes, {len(groups)} groups,", end=" ")
    print(f"{path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if sys.argv[1:]:
        texts(*sys.argv[1:3])
    else:
        patterns()
