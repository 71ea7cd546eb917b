"""Authorship and review, on made repositories whose answers are known."""

from __future__ import annotations

import subprocess
import tracemalloc

import pytest

from artifacts.facts import history
from tests.hub.history import GIT_ENVIRONMENT, Person, Step, write_history

ANN, BOB, CAT = (Person(n, f"{n.lower()}@example.org") for n in ("Ann", "Bob", "Cat"))


def text(lines: int, salt: str = "") -> bytes:
    return "".join(f"value_{salt}{n} = {n}\n" for n in range(lines)).encode()


@pytest.fixture
def condensed(tmp_path):
    def run(*steps: Step, confirm=None, has_lines=True):
        folder = write_history(tmp_path / "owner" / "name", steps)

        def git(*arguments):
            return subprocess.run(
                ["git", "-C", str(folder), *arguments],
                capture_output=True, check=True, env=GIT_ENVIRONMENT,
            ).stdout  # fmt: skip

        head = git("ls-tree", "-r", "--name-only", "-z", "main").decode().split("\0")[:-1]
        how = history.WITH_LINES if has_lines else history.WITHOUT_BLOBS
        log = git(*history.LOG_ARGUMENTS, *how, "main")
        return history.condense(log.split(b"\0"), head, has_lines=has_lines, confirm=confirm)

    return run


def authorship(found):
    names = [identity.name for identity in found.identities]
    return {
        one.path: (names[one.creator], {names[who]: count for who, count in one.deliveries})
        for one in found.files
    }


def test_who_created_a_file_and_who_changed_it(condensed):
    found = condensed(
        Step("one", {"a.py": text(20)}, ANN),
        Step("two", {"a.py": text(21)}, BOB),
        Step("three", {"a.py": text(22)}, BOB),
    )
    assert authorship(found) == {"a.py": ("Ann", {"Ann": 1, "Bob": 2})}
    assert (found.commits, found.merges, found.commits_by_identity) == (3, 0, (1, 2))


@pytest.mark.parametrize("has_lines", [True, False])
def test_a_rename_keeps_the_history_and_counts_as_a_delivery(condensed, has_lines):
    found = condensed(
        Step("one", {"old.py": text(20)}, ANN),
        Step("two", {"old.py": None, "new.py": text(20)}, BOB),
        has_lines=has_lines,
    )
    assert authorship(found) == {"new.py": ("Ann", {"Ann": 1, "Bob": 1})}


def test_a_file_is_followed_through_many_names(condensed):
    found = condensed(
        Step("1", {"a.py": text(20)}, ANN),
        Step("2", {"a.py": None, "b.py": text(20)}, BOB),
        Step("3", {"b.py": text(21)}, CAT),
        Step("4", {"b.py": None, "src/c.py": text(21)}, BOB),
    )
    assert authorship(found) == {"src/c.py": ("Ann", {"Ann": 1, "Bob": 2, "Cat": 1})}


def test_a_new_file_under_an_old_name_is_another_file(condensed):
    found = condensed(
        Step("1", {"a.py": text(20)}, ANN),
        Step("2", {"a.py": None, "b.py": text(20)}, ANN),
        Step("3", {"a.py": text(30, "other")}, BOB),
        Step("4", {"a.py": text(31, "other")}, CAT),
    )
    assert authorship(found) == {
        "a.py": ("Bob", {"Bob": 1, "Cat": 1}),
        "b.py": ("Ann", {"Ann": 2}),
    }


def test_a_file_that_comes_back_remembers_its_creator(condensed):
    found = condensed(
        Step("1", {"a.py": text(20), "x.py": text(5, "x")}, ANN),
        Step("2", {"a.py": None}, BOB),
        Step("3", {"a.py": text(40, "new")}, CAT),
    )
    names = [identity.name for identity in found.identities]
    (again,) = [one for one in found.files if one.path == "a.py"]
    assert names[again.creator] == "Ann"
    assert [names[who] for who in again.added_again] == ["Cat"]


def test_only_own_code_that_still_exists_is_counted(condensed):
    files = {"a.py": text(9), "gone.py": text(9, "g"), "README.md": b"# x\n", "data.csv": b"1\n",
             "vendor/lib.py": text(9, "v"), "x_pb2.py": text(9, "p")}  # fmt: skip
    found = condensed(Step("1", files, ANN), Step("2", {"gone.py": None}, ANN))
    assert set(authorship(found)) == {"a.py"}


def test_merges_are_not_deliveries(condensed):
    found = condensed(
        Step("1", {"a.py": text(20)}, ANN),
        Step("2", {"b.py": text(9, "b")}, BOB, branch="topic"),
        Step("3", {"c.py": text(9, "c")}, ANN),
        Step("Merge branch 'topic'", {}, CAT, merges="topic"),
    )
    assert found.merges == 1
    assert "Cat" not in {who for _, counts in authorship(found).values() for who in counts}


class TestReview:
    def test_lines_that_came_through_a_merged_pull_request(self, condensed):
        review = condensed(
            Step("direct", {"a.py": text(10)}, ANN),
            Step("topic", {"b.py": text(30, "b")}, BOB, branch="topic"),
            Step("also direct", {"a.py": text(12)}, ANN),
            Step("Merge pull request #3 from bob/topic", {}, ANN, merges="topic"),
        ).review
        assert (review.lines, review.reviewed_lines) == (42, 30)
        assert review.by_kind == {"merged pull request": 30}

    def test_a_plain_merge_is_no_review_but_pulls_inside_it_are(self, condensed):
        review = condensed(
            Step("direct", {"a.py": text(10)}, ANN),
            Step("develop", {"d.py": text(5, "d")}, ANN, branch="develop"),
            Step("topic", {"b.py": text(30, "b")}, BOB, branch="topic"),
            Step("Merge pull request #3 from x/y", {}, ANN, branch="develop", merges="topic"),
            Step("Merge branch 'develop'", {}, ANN, merges="develop"),
        ).review
        assert review.by_kind == {"merged pull request": 30}
        assert review.lines == 45

    @pytest.mark.parametrize(
        ("message", "kind"),
        [
            ("Add a thing (#12)", "squashed pull request"),
            ("Add\n\nReviewed-by: Bob <bob@example.org>", "review trailer"),
            ("Add\n\nReviewed-by: Ann <ann@example.org>", None),
            ("Add\n\nReviewed-on: https://review.example/12", "review link"),
            ("Fix #12", None),
            ("Add (#12) and more", None),
            ("Reviewed-by is a word", None),
        ],
    )
    def test_what_a_message_says(self, condensed, message, kind):
        review = condensed(Step(message, {"a.py": text(10)}, ANN)).review
        assert review.by_kind == ({kind: 10} if kind else {})

    def test_documents_data_and_generated_files_do_not_count(self, condensed):
        files = {"README.md": text(100), "model_pb2.py": text(50), "vendor/x.js": text(50)}
        review = condensed(Step("x (#1)", files, ANN)).review
        assert review.lines == 0

    def test_the_hub_may_confirm_or_deny(self, condensed):
        steps = (
            Step("rebased without a trace", {"a.py": text(10)}, ANN),
            Step("closes an issue (#4)", {"b.py": text(20, "b")}, ANN),
        )
        found = condensed(*steps, confirm=lambda sha: True)
        assert found.review.by_kind == {"confirmed pull request": 30}
        found = condensed(*steps, confirm=lambda sha: False)
        assert found.review.reviewed_lines == 0
        found = condensed(*steps, confirm=lambda sha: None)
        assert found.review.by_kind == {"squashed pull request": 20}


def made_log(commits: int):
    """What git prints for a long straight history over 500 files."""
    parent = ""
    for number in range(commits):
        sha = f"{number:040x}"
        path = f"src/module_{number % 500}.py".encode()
        moment, who = 1_500_000_000 + number, number % 80
        about = (sha, parent, f"Dev {who}", f"d{who}@x", str(moment), f"work {number}", "body")
        yield b"\x01" + "\x1f".join(about).encode()
        yield b":100644 100644 " + b"0" * 40 + b" " + b"1" * 40 + (b" A" if number < 500 else b" M")
        yield path
        yield b"3\t1\t" + path
        parent = sha


def test_memory_grows_by_little_for_each_commit():
    tracemalloc.start()
    found = history.condense(made_log(20_000), [f"src/module_{n}.py" for n in range(500)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.commits == 20_000
    assert len(found.files) == 500
    assert peak < 30 * 1024**2
