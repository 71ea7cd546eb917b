"""Rates a model whose code repository has many commits: memory, time, and where the time goes.

    python bench/ratings_large.py                  (1,000, 10,000 and 50,000 commits)
    python bench/ratings_large.py --commits 50000 --profile

Makes the repositories, serves them from the local hub, and reads and rates each in a
process of its own; first of all a model with its dataset and its small code repository. CPU
time includes that of git and of the linter.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

FILES, PEOPLE, LINES = 2_000, 200, 60
MIB = 1024**2


def make(folder: Path, commits: int) -> None:
    """A repository with ``commits`` commits by many people, merges and new files among them."""
    folder.mkdir(parents=True)
    subprocess.run(
        ["git", "init", "-q", "--initial-branch=main", "--template=", str(folder)], check=True
    )
    importer = subprocess.Popen(
        ["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE
    )
    assert importer.stdin is not None
    for chunk in stream(commits):
        importer.stdin.write(chunk)
    importer.stdin.close()
    if importer.wait():
        raise SystemExit("git fast-import failed")
    (folder / ".git" / "hub.json").write_text("{}")


def stream(commits: int) -> Iterator[bytes]:
    chance = random.Random(7)
    files: dict[str, list[int]] = {}
    tip = 0
    for number in range(1, commits + 1):
        who = int(PEOPLE * chance.random() ** 3)
        person = f"Person {who} <person{who}@example.org> {1_500_000_000 + number * 900} +0000"
        is_merge = number > 10 and number % 40 == 0
        subject = f"Merge pull request #{number} from x/y" if is_merge else f"Change {number}"
        if number % 7 == 0 and not is_merge:
            subject += f" (#{number})"
        yield (
            f"commit refs/heads/main\nmark :{number}\nauthor {person}\ncommitter {person}\n"
            f"data {len(subject)}\n{subject}\n"
        ).encode()
        if tip:
            yield f"from :{tip}\n".encode()
        if is_merge:
            yield f"merge :{number - 5}\n".encode()
        tip = number
        for _ in range(0 if is_merge else 2):
            yield change(files, chance)
        yield b"\n"


def change(files: dict[str, list[int]], chance: random.Random) -> bytes:
    """One line of one file, or a new file."""
    if len(files) < FILES and (not files or chance.random() < 0.2):
        folder = f"package{chance.randrange(40)}"
        path = f"{folder}/module{len(files)}.py"
        files[path] = [chance.randrange(1_000) for _ in range(LINES // 3)]
    else:
        path = chance.choice(list(files))
        files[path][chance.randrange(LINES // 3)] = chance.randrange(1_000)
    text = "".join(
        f"def function{n}(value: int) -> int:\n    return value + {known}\n\n"
        for n, known in enumerate(files[path])
    ).encode()
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)


def measure(url: str, *, is_profiled: bool) -> None:
    """Read and rate the repository at ``url``, and print figures as JSON."""
    import django

    django.setup()
    from artifacts import sources
    from artifacts.facts import Facts, Reference

    bare = Facts("model", "https://huggingface.co/bench/model", "a" * 40, readme="# A model\n")
    from ratings.scoring import measure_all

    before = peak()
    profile = cProfile.Profile()
    if is_profiled:
        profile.enable()
    collecting = Clock()
    facts = sources.collect_linked(sources.collect(sources.recognise(url)))
    collected = collecting.seconds()
    if facts.type == "code":
        named = (Reference("code", "code", facts.url, "code", "model_card"),)
        facts = replace(bare, references=named, linked=(facts,))
    stored = json.dumps(facts.to_json())
    rating = Clock()
    answers = measure_all(Facts.from_json(json.loads(stored)))
    profile.disable()
    code = next(one for one in facts.linked if one.type == "code")
    figures = {
        "commits": code.history.commits if code.history else 0,
        "files": len(code.files),
        "collecting": collected,
        "rating": rating.seconds(),
        "stored_bytes": len(stored),
        "before_bytes": before,
        "peak_bytes": peak(),
        "reasons": {name: answers[name][0].reason for name in ("bus_factor", "reviewedness")},
    }
    print(json.dumps(figures))
    if is_profiled:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(18)


class Clock:
    """Wall time and CPU time, of this process and of those it started."""

    def __init__(self) -> None:
        self.wall, self.own, self.others = time.perf_counter(), time.process_time(), children()

    def seconds(self) -> dict[str, float]:
        return {
            "wall": round(time.perf_counter() - self.wall, 2),
            "own_cpu": round(time.process_time() - self.own, 2),
            "git_and_linter_cpu": round(children() - self.others, 2),
        }


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    options = parser().parse_args()
    if options.measure:
        measure(options.measure, is_profiled=options.profile)
        return
    from tests.hub.content import make_demo
    from tests.hub.server import Hub

    with tempfile.TemporaryDirectory() as name, Hub(Path(name)) as hub:
        environment = os.environ | hub.environment | {"SOURCE_ALLOW_HTTP": "1"}
        urls = [make_demo(Path(name)).model.url]
        for commits in options.commits:
            repo = f"bench/code{commits}"
            make(Path(name) / "github" / repo, commits)
            urls.append(f"https://github.com/{repo}")
        for url in urls:
            command = [sys.executable, __file__, "--measure", url]
            command += ["--profile"] if options.profile else []
            done = subprocess.run(
                command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
            )
            show(json.loads(done.stdout))


def show(figures: dict[str, Any]) -> None:
    print(f"code with {figures['commits']:,} commits, {figures['files']:,} files")
    for name in ("collecting", "rating"):
        print(f"  {name}: " + ", ".join(f"{k} {v} s" for k, v in figures[name].items()))
    grown = (figures["peak_bytes"] - figures["before_bytes"]) / MIB
    print(f"  peak memory: {figures['peak_bytes'] / MIB:.0f} MiB, {grown:.0f} of them for this")
    print(f"  facts as they are stored: {figures['stored_bytes'] / MIB:.1f} MiB")
    for name, reason in figures["reasons"].items():
        print(f"  {name}: {reason}")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser()
    found.add_argument("--commits", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    found.add_argument("--profile", action="store_true")
    found.add_argument("--measure", metavar="URL", help="what the processes of their own do")
    return found


if __name__ == "__main__":
    main()
