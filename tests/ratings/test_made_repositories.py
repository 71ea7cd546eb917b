"""The truck factor of real git histories whose answer is known beforehand.

Ann and Bob make four files each, so both must leave: the answer is 2. Each story adds
something that must not change it, or that changes it for a reason that can be told.
"""

from __future__ import annotations

import subprocess

import pytest

from artifacts.facts import Facts, history
from ratings.metrics.bus_factor import BusFactor
from ratings.observing.authorship import truck_factor
from tests.hub.history import GIT_ENVIRONMENT, Person, Step, write_history

ANN, BOB, CAT = (Person(n, f"{n.lower()}@example.org") for n in ("Ann Ash", "Bob Birch", "Cat Cox"))
ANN_ON_THE_WEB = Person("aash77", "77+aash77@users.noreply.github.com")
ANN_AT_HOME = Person("Ann Ash", "annie@home.example.net")
ANN_ON_HER_PHONE = Person("annie", "annie@home.example.net")
BOB_SHORT = Person("bob", "bob@example.org")
BOB_ELSEWHERE = Person("birch", "b@elsewhere.example.net")
BOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
ACTION = Person("github-actions", "ann@example.org")  # it writes with Ann's address

ANNS = [f"ann{n}.py" for n in range(4)]
BOBS = [f"bob{n}.py" for n in range(4)]


def code(name: str, times: int = 1) -> bytes:
    return "".join(f"{name.replace('.', '_')}_{n} = {n}\n" for n in range(20 + times)).encode()


def begin(ann: tuple[Person, ...] = (ANN,), bob: tuple[Person, ...] = (BOB,)) -> list[Step]:
    steps = [Step(f"Add {p}", {p: code(p)}, ann[n % len(ann)]) for n, p in enumerate(ANNS)]
    return steps + [Step(f"Add {p}", {p: code(p)}, bob[n % len(bob)]) for n, p in enumerate(BOBS)]


def change(paths: list[str], who: Person, times: int = 1) -> list[Step]:
    return [
        Step(f"Change {path} {n}", {path: code(path, n + 2)}, who)
        for n in range(times)
        for path in paths
    ]


STORIES = {
    "nothing else happens": (begin(), 2),
    "both write under several identities": (
        begin(ann=(ANN, ANN_AT_HOME, ANN_ON_HER_PHONE), bob=(BOB, BOB_SHORT)),
        2,
    ),
    "identities that nothing joins stay different people": (
        begin(ann=(ANN, ANN_ON_THE_WEB), bob=(BOB, BOB_ELSEWHERE)),
        3,
    ),
    "a program changes everything many times": (begin() + change(ANNS + BOBS, BOT, 6), 2),
    "a program adds more files than anybody": (
        [*begin(), Step("Sync", {f"s{n}.py": code(f"s{n}") for n in range(30)}, BOT)],
        2,
    ),
    "a program writes with the address of a person": (begin() + change(BOBS, ACTION, 6), 2),
    "the owner renames all of hers": (
        [
            *begin(),
            Step("Move", dict.fromkeys(ANNS) | {f"src/{p}": code(p) for p in ANNS}, ANN),
        ],
        2,
    ),
    # a rename is a delivery: one change beside a creation makes a second author
    "somebody else renames everything": (
        [
            *begin(),
            Step(
                "Move",
                dict.fromkeys(ANNS + BOBS) | {f"src/{p}": code(p) for p in ANNS + BOBS},
                CAT,
            ),
        ],
        3,
    ),
    "somebody merges the work of others": (
        [
            *begin()[:4],
            *(Step(f"Add {p}", {p: code(p)}, BOB, branch="topic") for p in BOBS),
            Step("Merge pull request #1 from bob/topic", {}, CAT, merges="topic"),
        ],
        2,
    ),
    "somebody adds the libraries of others": (
        [*begin(), Step("Vendor", {f"vendor/l{n}.js": code(f"l{n}") for n in range(40)}, CAT)],
        2,
    ),
    "somebody adds what a compiler wrote": (
        [*begin(), Step("Protos", {f"p{n}_pb2.py": code(f"p{n}") for n in range(40)}, CAT)],
        2,
    ),
    "somebody writes all of the documentation": (
        begin()
        + [Step(f"Chapter {n}", {f"docs/{n}.md": code(str(n)), "README.md": code(str(n))}, CAT)
           for n in range(40)],
        2,
    ),
    "somebody adds data, settings and pictures": (
        [
            *begin(),
            Step(
                "Data",
                {f"d{n}.{kind}": code(str(n)) for n in range(20) for kind in ("csv", "yml", "png")},
                CAT,
            ),
        ],
        2,
    ),
    "a third of the same size has to leave as well": (
        [*begin(), *(Step(f"Add c{n}", {f"cat{n}.py": code(f"c{n}")}, CAT) for n in range(4))],
        2,
    ),
    "one of them rewrites what the other made": (begin() + change(BOBS, ANN, 40), 1),
    "files that were deleted count for nobody": (
        [
            *begin(),
            *(Step(f"Add x{n}", {f"x{n}.py": code(f"x{n}")}, CAT) for n in range(20)),
            Step("Remove", {f"x{n}.py": None for n in range(20)}, ANN),
        ],
        2,
    ),
}  # fmt: skip


@pytest.fixture
def condensed(tmp_path):
    def run(steps: list[Step]):
        folder = write_history(tmp_path / "owner" / "name", steps)

        def git(*arguments: str) -> bytes:
            command = ["git", "-C", str(folder), *arguments]
            done = subprocess.run(command, capture_output=True, check=True, env=GIT_ENVIRONMENT)
            return done.stdout

        head = git("ls-tree", "-r", "--name-only", "-z", "main").decode().split("\0")[:-1]
        log = git(*history.LOG_ARGUMENTS, *history.WITH_LINES, "main")
        return history.condense(log.split(b"\0"), head)

    return run


@pytest.mark.parametrize(("steps", "answer"), STORIES.values(), ids=STORIES.keys())
def test_the_truck_factor_of_a_made_repository(condensed, steps, answer):
    found = truck_factor(condensed(steps))
    assert found is not None
    assert (found.value, found.people) == (answer, found.people[:answer])


def test_the_reason_names_the_people_and_the_evidence_their_files(condensed):
    facts = Facts("code", "https://github.com/a/b", "c" * 40, history=condensed(begin()))
    measured = BusFactor().measure(facts)
    assert measured.reason.startswith("truck factor 2: without Ann Ash, Bob Birch (2 of 2 people)")
    assert measured.evidence[0].note == "Ann Ash is an author of 4 of 8 source files"
