"""How well licence texts are recognised, and how well compatibility agrees with the OSADL matrix.

    python bench/licences.py [../shared/corpus/license_files.jsonl.gz]

Prints the figures of docs/licences.md, for the files as a whole and for two halves of them (by a
hash of the name), which show how far the figure depends on which files one happens to have.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
import zlib
from collections import Counter
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ratings.licences import assess, compatible, detect, normalise
from ratings.licences.compatibility import osadl
from ratings.licences.declared.agreement import agree

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "license_files.jsonl.gz"


def certain(text: str) -> list[str]:
    return [each.spdx for each in detect(text, "LICENSE") if each.is_certain]


def corpus(path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    halves: dict[str, Counter[str]] = {"even": Counter(), "odd": Counter()}
    milliseconds = []
    certain(rows[0]["text"])
    for row in rows:
        started = time.process_time()
        answer = certain(row["text"])
        milliseconds.append(1000 * (time.process_time() - started))
        outcome = "unknown" if not answer else "right"
        if answer and answer != row["expected_spdx"]:
            outcome = "wrong"
        if outcome != "right":
            print(f"  {outcome}: {row['file']} expected {row['expected_spdx']}, got {answer}")
        halves["odd" if zlib.crc32(row["file"].encode()) % 2 else "even"][outcome] += 1
    for name, counts in (*halves.items(), ("all", halves["even"] + halves["odd"])):
        answered = counts["right"] + counts["wrong"]
        print(
            f"{name:5} {counts.total():3} files  right {counts['right']:3}"
            f" ({counts['right'] / counts.total():.1%})  wrong {counts['wrong']}"
            f"  unknown {counts['unknown']}  precision {counts['right'] / max(answered, 1):.1%}"
        )
    print(f"CPU per text: median {statistics.median(milliseconds):.1f} ms,", end=" ")
    print(f"most {max(milliseconds):.1f} ms")


def declared(path: Path) -> None:
    """Each file beside a card that declares what experts see in it, and beside one of MIT."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for says in ("its own licence", "mit"):
        counts: Counter[str] = Counter()
        for row in rows:
            licence = row["expected_spdx"][0] if says == "its own licence" else says
            found = assess(normalise(licence), detect(row["text"], "LICENSE")).findings
            outcome = "quiet"
            if any(each.severity != "info" for each in found):
                outcome = "warned"
            if any(getattr(each, "is_stricter", False) for each in found):
                outcome = "rejected"
            counts[outcome] += 1
            if outcome != "quiet" and says != "mit":
                print(f"  {outcome}: {row['file']} beside {licence}: {found[0].message[:150]}")
        print(f"declared as {says}: {dict(counts)}")


def installed() -> None:
    """Files of installed packages whose metadata states a single SPDX id."""
    counts: Counter[str] = Counter()
    for package in metadata.distributions():
        stated = package.metadata.get("License-Expression") or ""
        for path in package.files or []:
            is_text = ".dist-info/licenses/" in str(path) and path.suffix in ("", ".txt", ".md")
            if not stated or " " in stated or not is_text or "NOTICE" in path.name:
                continue
            answer = certain(Path(str(path.locate())).read_text(errors="replace"))
            right = answer and all(agree(each, stated) for each in answer)
            counts["right" if right else "wrong" if answer else "unknown"] += 1
    print(f"licence files of installed packages: {dict(counts)}")


def matrix() -> None:
    counts: Counter[str] = Counter()
    for outbound, row in osadl.matrix().items():
        for inbound, said in row.items():
            known, answer = osadl.ANSWERS.get(said), compatible(inbound, outbound).answer
            if known:
                counts["agree" if known == answer else "differ"] += 1
            if answer == "yes" and known != "yes":
                counts["invented yes"] += 1
    pairs = counts["agree"] + counts["differ"]
    print(f"OSADL: {counts['agree']} of {pairs} yes and no pairs agree,", end=" ")
    print(f"{counts['invented yes']} invented yes")


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    if source.exists():
        corpus(source)
        declared(source)
    installed()
    matrix()
