"""The truck factor on made histories with known answers."""

from __future__ import annotations

import pytest

from artifacts.facts import Facts, FileAuthorship, FileFact, History, Identity
from ratings.metrics.bus_factor import BusFactor
from ratings.observing.authorship import BOT, Coefficients, authors_of, truck_factor
from ratings.observing.identities import is_bot, merge_aliases

PEOPLE = {name: Identity(name.title(), f"{name}@x.org") for name in ("ann", "bob", "cat", "dan")}


EVERYBODY = tuple(PEOPLE.values())


def history(files, identities=EVERYBODY) -> History:
    """``files``: path -> (creator, {person: changes, the creation included})."""
    made = tuple(
        FileAuthorship(path, creator, tuple(sorted(changes.items())))
        for path, (creator, changes) in files.items()
    )
    counts = [0] * len(identities)
    for file in made:
        for identity, count in file.deliveries:
            counts[identity] += count
    return History(
        commits=sum(counts),
        identities=tuple(identities),
        commits_by_identity=tuple(counts),
        files=made,
    )


def factor(files, **options) -> int | None:
    found = truck_factor(history(files, **options))
    return found.value if found else None


def test_who_made_every_file_alone_is_the_truck_factor():
    assert factor({f"f{n}.py": (0, {0: 3}) for n in range(4)}) == 1


def test_two_people_with_half_each_must_both_leave():
    # After the first leaves exactly half is covered, and half is not less than half.
    files = {f"{who}{n}.py": (who, {who: 1}) for who in (0, 1) for n in range(3)}
    assert factor(files) == 2


def test_four_people_with_a_quarter_each_need_three_to_leave():
    files = {f"{who}{n}.py": (who, {who: 1}) for who in range(4) for n in range(3)}
    assert factor(files) == 3


def test_a_file_with_two_authors_survives_one_of_them():
    assert factor({f"f{n}.py": (0, {0: 2, 1: 4}) for n in range(4)}) == 2


@pytest.mark.parametrize(
    ("creator", "changes", "authors"),
    [
        # DOA of the creator 3.293 + 1.098 - 0.321 ln 2 = 4.169; of the other 3.457, 0.829 of it.
        pytest.param(0, {0: 1, 1: 1}, {0, 1}, id="one change beside a creation makes an author"),
        # 4.555 + 0.164 * 9 = 5.867 - 0.223 for the creator; the other 3.457 - 0.739 = 2.718.
        pytest.param(0, {0: 10, 1: 1}, {0}, id="one change beside nine does not"),
        # The creator 4.391 - 0.321 ln 41 = 3.199 is below 3.293; the other 9.853.
        pytest.param(0, {0: 1, 1: 40}, {1}, id="a creator is overtaken"),
    ],
)
def test_authors_follow_the_degree_of_authorship(creator, changes, authors):
    file = FileAuthorship("a.py", creator, tuple(changes.items()))
    assert authors_of(file, (0, 1), Coefficients()) == authors


def test_the_best_of_a_file_is_no_author_below_the_minimum():
    # A program made it; one change each gives 3.457 - 0.321 ln 2 = 3.235 to both others.
    file = FileAuthorship("a.py", 2, ((0, 1), (1, 1), (2, 1)))
    assert authors_of(file, (0, 1, BOT), Coefficients()) == frozenset()


def test_adding_a_path_again_is_a_first_authorship_too():
    file = FileAuthorship("a.py", 0, ((0, 5), (1, 1)), (1,))
    once = FileAuthorship("a.py", 0, ((0, 5), (1, 1)))
    assert authors_of(file, (0, 1), Coefficients()) == {0, 1}
    assert authors_of(once, (0, 1), Coefficients()) == {0}


@pytest.mark.parametrize(
    "path", ["docs/a.md", "README.md", "vendor/x.c", "a_pb2.py", "data.csv", "setup.cfg", "m.bin"]
)
def test_only_source_files_count(path):
    files = {"a.py": (0, {0: 1}), **{f"x{n}/{path}": (1, {1: 9}) for n in range(9)}}
    if path == "docs/a.md":
        files = {"a.py": (0, {0: 1}), "docs/a.md": (1, {1: 9})}
    found = truck_factor(history(files))
    assert found is not None
    assert (found.files, found.people) == (1, (("Ann", 1),))


def test_tests_are_source_files():
    files = {"a.py": (0, {0: 1}), "tests/test_a.py": (1, {1: 1})}
    found = truck_factor(history(files))
    assert found is not None
    assert found.files == 2


def test_documentation_alone_has_no_truck_factor_by_file():
    assert factor({"README.md": (0, {0: 9})}) is None


def test_a_file_without_content_has_no_author():
    files = {"a.py": (0, {0: 1}), **{f"p{n}/__init__.py": (1, {1: 1}) for n in range(9)}}
    found = truck_factor(history(files), empty={f"p{n}/__init__.py" for n in range(9)})
    assert found is not None
    assert found.people == (("Ann", 1),)


@pytest.mark.parametrize(("own", "people"), [(10, ("Ann",)), (9, ("Bob",))])
def test_examples_count_only_where_little_else_is_there(own, people):
    beside = ("examples/e", "src/Examples/e", "lib/docs/conf", "tools/t", "build/b", "samples/s")
    files = {f"{n}.py": (0, {0: 1}) for n in range(own)}
    files |= {f"{path}{n}.py": (1, {1: 1}) for n in range(10) for path in beside}
    found = truck_factor(history(files))
    assert found is not None
    assert tuple(name for name, _ in found.people) == people


def test_programs_are_nobody_and_what_only_they_touched_is_left_out():
    identities = (PEOPLE["ann"], Identity("dependabot[bot]", "49699333+dependabot[bot]@users"))
    files = {"a.py": (0, {0: 1, 1: 50}), "b.py": (1, {1: 3})}
    found = truck_factor(history(files, identities=identities))
    assert found is not None
    assert (found.files, found.value, found.authors) == (1, 1, 1)


def test_aliases_of_one_person_are_one_author():
    identities = (
        Identity("Ann Doe", "ann@work.com"),
        Identity("ann", "ann@work.com"),
        Identity("Ánn  DOE", "ann@home.net"),
        PEOPLE["bob"],
    )
    files = {f"{n}.py": (n % 3, {n % 3: 2}) for n in range(6)} | {"z.py": (3, {3: 1})}
    found = truck_factor(history(files, identities=identities))
    assert found is not None
    assert (found.value, found.authors) == (1, 2)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("A B", "a@x.org"), ("C D", "A@X.org"), True, id="an address in any case"),
        pytest.param(("José Paz", "j@x.org"), ("jose.paz", "p@y.org"), True, id="accents aside"),
        pytest.param(("Gav And", "g@x.org"), ("gavand", "h@y.org"), True, id="without its blank"),
        pytest.param(
            ("Daniel Walter", "d@x.org"), ("Daniel Walker", "w@y.org"), False, id="one letter more"
        ),
        pytest.param(("Your Name", "a@x.org"), ("your-name", "b@y.org"), False, id="a placeholder"),
        pytest.param(
            ("octo", "12+octo@users.noreply.github.com"),
            ("Octo Cat", "octo@users.noreply.github.com"),
            True,
            id="two forms of a GitHub address",
        ),
        pytest.param(("A B", "root@localhost"), ("C D", "root@localhost"), False, id="localhost"),
        pytest.param(("root", "a@x.org"), ("root", "b@y.org"), False, id="a name nobody has"),
        pytest.param(
            ("A B", "noreply@github.com"), ("C", "noreply@github.com"), False, id="noreply"
        ),
        pytest.param(("A B", ""), ("C D", ""), False, id="no address"),
        pytest.param(("", "a@x.org"), ("", "b@x.org"), False, id="no name"),
    ],
)
def test_aliases_are_merged_by_what_only_one_person_has(one, other, same):
    leaders = merge_aliases((Identity(*one), Identity(*other)))
    assert (leaders[0] == leaders[1]) is same


def test_aliases_reach_over_a_third_identity():
    chain = (Identity("A B", "1@x.org"), Identity("A B", "2@x.org"), Identity("Z", "2@x.org"))
    assert merge_aliases(chain) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "bot"),
    [
        ("dependabot[bot]", True),
        ("Renovate Bot", True),
        ("github-actions", True),
        ("SFconvertbot", True),
        ("pre-commit-ci", True),
        ("Abbot Smith", False),
        ("Robin Talbot", False),
        ("Ann", False),
    ],
)
def test_programs_are_told_from_people(name, bot):
    assert is_bot(Identity(name, "x@y.org")) is bot


def test_a_bot_with_its_owners_address_does_not_make_the_owner_a_bot():
    identities = (Identity("release-bot", "ann@x.org"), PEOPLE["ann"])
    found = truck_factor(history({"a.py": (1, {0: 1, 1: 5})}, identities=identities))
    assert found is not None
    assert found.people == (("Ann", 1),)


class TestScore:
    def score(self, files, **options):
        facts = Facts("code", "https://github.com/a/b", "c" * 40, history=history(files, **options))
        return BusFactor().measure(facts)

    def test_one_person_alone_is_zero(self):
        assert self.score({f"{n}.py": (0, {0: 3}) for n in range(4)}).score == 0

    def test_it_rises_as_the_work_spreads(self):
        scores = [
            self.score({f"{w}{n}.py": (w, {w: 2}) for w in range(k) for n in range(6)}).score
            for k in (1, 2, 3, 4)
        ]
        assert scores == sorted(scores)
        assert scores[-1] > 0.5

    def test_the_reason_names_the_number_and_the_people(self):
        reason = self.score({f"{n}.py": (0, {0: 3}) for n in range(4)}).reason
        assert "truck factor 1" in reason
        assert "Ann" in reason

    def test_the_reason_says_when_most_files_have_no_author_from_the_start(self):
        files = {f"{n}.py": (3, {0: 1, 1: 1}) for n in range(4)}
        identities = (*EVERYBODY[:3], Identity("x[bot]"))
        measured = self.score(files, identities=identities)
        assert measured.score == 0
        assert measured.reason == "truck factor 0: only 0% of 4 source files have an author at all"

    def test_a_file_that_is_empty_at_the_revision_is_left_out(self):
        files = {"a.py": (0, {0: 5}), "b/__init__.py": (1, {1: 1}), "c/__init__.py": (1, {1: 1})}
        listing = (FileFact("a.py", 9), FileFact("b/__init__.py", 0), FileFact("c/__init__.py", 0))
        facts = Facts(
            "code", "https://github.com/a/b", "c" * 40, files=listing, history=history(files)
        )
        assert "truck factor 1: without Ann (1 of 1 person)" in BusFactor().measure(facts).reason

    def test_too_few_commits_are_unknown(self):
        assert self.score({"a.py": (0, {0: 4})}).score is None

    def test_hub_commits_answer_where_there_is_no_code_repository(self):
        past = History(10, identities=tuple(PEOPLE.values()), commits_by_identity=(7, 1, 1, 1))
        facts = Facts("model", "https://huggingface.co/a/b", "c" * 40, history=past)
        assert "truck factor 1" in BusFactor().measure(facts).reason
