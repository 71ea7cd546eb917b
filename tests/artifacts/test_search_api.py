"""POST /artifact/byRegEx: names before READMEs, page by page, for everybody in time."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress

import pytest
from django.db import connection

from artifacts import search, services
from artifacts.models import Artifact, SearchDocument, State
from artifacts.search import documents, indexes, postgres_candidates, time_limit
from artifacts.search.candidates import CandidateIndex
from common import waiting_threads
from tests.factories import make_artifact, make_version

URL = "/api/artifact/byRegEx"
pytestmark = pytest.mark.django_db


def publish(name: str, readme: str = "# Nothing to see", **more) -> Artifact:
    artifact = make_artifact(name, readme=readme, rated=False, **more)
    if artifact.current is not None:
        documents.index(artifact.current)
    return artifact


@pytest.fixture
def client(api, charlie):
    return api(charlie)


@pytest.fixture
def ask(client):
    """The names that a pattern finds, and the answer."""

    def names(regex: str, **headers: str) -> list[str]:
        answer = client.post(URL, {"regex": regex}, headers=headers)
        names.answer = answer
        assert answer.status_code == 200, answer.content
        return [row["name"] for row in answer.json()]

    return names


class TestAnswers:
    def test_names_come_before_readmes(self, ask):
        publish("about-birds", "The zebrafinch sings.")
        publish("zebrafinch-base", "zebrafinch")
        assert ask("zebrafinch") == ["zebrafinch-base", "about-birds"]
        assert "offset" not in ask.answer.headers
        assert "search-cut-short" not in ask.answer.headers

    def test_a_row_says_what_the_contract_says(self, client):
        one = publish("bert-base")
        answer = client.post(URL, {"regex": "bert"})
        assert answer.json() == [{"name": "bert-base", "id": str(one.pk), "type": "model"}]

    @pytest.mark.parametrize(
        ("regex", "found"),
        [
            ("^bert-(base|large)$", ["bert-base", "bert-large"]),
            ("(?i)BERT-B", ["bert-base"]),
            ("BERT-B", []),
            ("b.*e$", ["bert-base", "bert-large"]),
            ("a$", ["llama"]),
            ("^.{5}$", ["llama"]),
            ("100%_sure", ["100%_sure"]),
            ("100._s", ["100%_sure"]),
            ('say "hi"', ['say "hi"']),
            (r"\\o/", [r"\o/"]),
            ("量化模型", ["量化模型"]),
            ("量化", ["量化模型"]),
        ],
    )
    def test_names(self, client, regex, found):
        names = ["bert-base", "bert-large", "llama", "100%_sure", 'say "hi"', r"\o/", "量化模型"]
        for number, name in enumerate(names):
            artifact = publish("x", url=f"https://huggingface.co/acme/{number}")
            services.rename(artifact, name=name)
        answer = client.post(URL, {"regex": regex})
        assert answer.status_code == (200 if found else 404)
        if found:
            assert [row["name"] for row in answer.json()] == found
        else:
            assert answer.json()["code"] == "nothing_matches"

    def test_the_end_of_a_long_readme_is_found(self, ask):
        publish("long", "word " * 20_000 + "zebrafinch")
        assert ask("zebrafinch$") == ["long"]

    def test_a_readme_is_found_by_a_pattern_without_literals(self, ask):
        publish("numbers", "call 12345")
        assert ask(r"\d{5}") == ["numbers"]


class TestVisibility:
    @pytest.mark.parametrize("state", [State.PENDING, State.FAILED, State.REJECTED])
    def test_what_is_not_ready_is_not_found(self, client, state):
        artifact = publish("hidden-one", state=state)
        SearchDocument.objects.create(artifact=artifact, readme="hidden-one")
        assert client.post(URL, {"regex": "hidden"}).status_code == 404

    def test_quarantine_takes_effect_at_once_and_so_does_release(self, client):
        artifact = publish("dubious", "dubious words")
        services.quarantine(artifact.current, reason="why not")
        assert client.post(URL, {"regex": "dubious"}).status_code == 404
        services.release(artifact.versions.get())
        assert client.post(URL, {"regex": "dubious"}).status_code == 200

    def test_deleting_leaves_nothing(self, client):
        artifact = publish("short-lived", "zebrafinch")
        services.delete(artifact)
        assert client.post(URL, {"regex": "short-lived|zebrafinch"}).status_code == 404
        assert not SearchDocument.objects.exists()

    def test_publishing_replaces_the_readme(self, client, ask):
        artifact = publish("moving", "zebrafinch")
        version = make_version(artifact, state=State.RATING, readme="quillmoth")
        services.publish(version, net_score=0.5, coverage=1)
        assert ask("quillmoth") == ["moving"]
        assert client.post(URL, {"regex": "zebrafinch"}).status_code == 404
        version = make_version(artifact, state=State.RATING, readme=None)
        services.publish(version, net_score=0.5, coverage=1)
        assert client.post(URL, {"regex": "quillmoth"}).status_code == 404

    def test_strangers_are_refused(self, api):
        assert api(None).post(URL, {"regex": "a"}).status_code == 403


class TestRefusals:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"regex": 5},
            {"regex": None},
            {"regex": ["a"]},
            [],
            {"regex": ""},
            {"regex": "a" * 5000},
        ],
    )
    def test_a_malformed_body_is_400(self, client, body):
        assert client.post(URL, body).status_code == 400

    @pytest.mark.parametrize("regex", ["(a", r"(.)\1", "a(?=b)", "[z-a]"])
    def test_a_pattern_that_cannot_be_used_is_400_with_its_reason(self, client, regex):
        answer = client.post(URL, {"regex": regex})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_regex")

    def test_a_nul_is_no_trouble(self, client):
        publish("bert")
        assert client.post(URL, {"regex": "be\0rt"}).status_code in {400, 404}

    def test_the_offset_of_another_pattern_is_400(self, client, monkeypatch):
        monkeypatch.setattr("artifacts.api.searching.PAGE_SIZE", 1)
        publish("bert-1")
        publish("bert-2")
        offset = client.post(URL, {"regex": "bert"}).headers["offset"]
        assert client.post(URL, {"regex": "ber."}, headers={"offset": offset}).status_code == 400
        assert client.post(URL, {"regex": "bert"}, headers={"offset": "x"}).status_code == 400


class TestPages:
    @pytest.mark.parametrize("regex", ["finch", "f.nch", "(?i)FINCH"])
    def test_pages_hold_everything_once(self, client, monkeypatch, regex):
        monkeypatch.setattr("artifacts.api.searching.PAGE_SIZE", 3)
        for number in range(5):
            publish(f"finch-{number}", "a finch")
            publish(f"other-{number}", "a finch")
        names, headers = [], {}
        for _ in range(9):
            answer = client.post(URL, {"regex": regex}, headers=headers)
            rows = [row["name"] for row in answer.json()]
            assert 1 <= len(rows) <= 3
            names += rows
            if "offset" not in answer.headers:
                break
            headers = {"offset": answer.headers["offset"]}
        assert names == [f"{kind}-{n}" for kind in ("finch", "other") for n in range(5)]

    def test_a_full_last_page_has_no_offset(self, ask, monkeypatch):
        monkeypatch.setattr("artifacts.api.searching.PAGE_SIZE", 2)
        publish("finch-1")
        publish("finch-2")
        assert len(ask("finch")) == 2
        assert "offset" not in ask.answer.headers

    def test_what_goes_away_between_pages_is_no_trouble(self, client, monkeypatch):
        monkeypatch.setattr("artifacts.api.searching.PAGE_SIZE", 1)
        publish("finch-1")
        second = publish("finch-2")
        offset = client.post(URL, {"regex": "finch"}).headers["offset"]
        services.delete(second)
        answer = client.post(URL, {"regex": "finch"}, headers={"offset": offset})
        assert (answer.status_code, answer.json()) == (200, [])


@contextmanager
def no_places():
    """Others hold all places for threads that wait."""
    taken = 0
    while waiting_threads.take_place():
        taken += 1
    try:
        yield
    finally:
        for _ in range(taken):
            waiting_threads.give_place_back()


class TestTime:
    @pytest.fixture
    def crowd(self):
        for number in range(12):
            publish(f"crowd-{number}", f"README {number}")

    def test_a_search_out_of_time_says_so_and_goes_on_later(self, client, crowd, monkeypatch):
        monkeypatch.setattr(time_limit, "FREE_SECONDS", 0.0)
        monkeypatch.setattr(CandidateIndex, "NAME_CHUNKS", (5,))
        monkeypatch.setattr(CandidateIndex, "README_CHUNKS", (5,))
        names, headers, cut = [], {}, 0
        with no_places():
            for _ in range(40):
                answer = client.post(URL, {"regex": "^crowd.1$|^.{8}9"}, headers=headers)
                assert answer.status_code == 200, answer.content
                names += [row["name"] for row in answer.json()]
                cut += answer.headers.get("search-cut-short") == "true"
                if "offset" not in answer.headers:
                    break
                headers = {"offset": answer.headers["offset"]}
        assert names == ["crowd-1"]
        assert cut > 3
        assert "search-cut-short" not in answer.headers

    def test_nothing_found_so_far_is_not_nothing_at_all(self, client, crowd, monkeypatch):
        monkeypatch.setattr(time_limit, "FREE_SECONDS", 0.0)
        with no_places():
            answer = client.post(URL, {"regex": r"\d{7}"})
        assert (answer.status_code, answer.json()) == (200, [])
        assert answer.headers["search-cut-short"] == "true"
        assert answer.headers["offset"]

    def test_a_long_search_takes_a_place_and_gives_it_back(self, client, crowd, monkeypatch):
        monkeypatch.setattr(time_limit, "FREE_SECONDS", 0.0)
        before = waiting_threads._places._value
        assert client.post(URL, {"regex": r"\d{7}"}).status_code == 404
        assert waiting_threads._places._value == before

    def test_a_place_is_given_back_after_trouble(self):
        before = waiting_threads._places._value
        one = time_limit.Budget()
        with suppress(ZeroDivisionError), one:
            assert one.extend()
            assert waiting_threads._places._value == before - 1
            raise ZeroDivisionError
        assert waiting_threads._places._value == before

    def test_only_a_share_of_the_threads_may_search_long(self, settings):
        with no_places():
            assert not time_limit.Budget().extend()
        assert waiting_threads._places._value <= max(1, settings.WEB_THREADS // 4)

    @pytest.mark.parametrize("size", [1, 100_000])
    def test_a_pattern_that_explodes_elsewhere_is_answered(self, client, size):
        publish("long", "a" * size + "!")
        answer = client.post(URL, {"regex": "(a+)+$"})
        assert answer.status_code == 404 or answer.json()[0]["name"] == "long"
        assert "search-cut-short" not in answer.headers

    def test_others_run_while_a_pattern_is_matched(self):
        """The engine lets go of the interpreter: a long match holds up nobody."""
        pattern = search.compiled("[ab].{200}c")
        text = "ab" * 60_000
        ended = threading.Event()

        def match() -> None:
            for _ in range(200):
                pattern.matches(text)
            ended.set()

        thread = threading.Thread(target=match)
        thread.start()
        turns = 0
        while not ended.is_set():
            turns += 1
        thread.join()
        assert turns > 1000


class TestIndex:
    def test_rebuilt_tables_get_their_triggers_back(self):
        if connection.vendor != "sqlite":
            pytest.skip("only SQLite has triggers")
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER artifacts_name_trigrams_insert")
        lost = publish("lost-name")
        indexes.repair(connection)
        found = search.find(search.compiled("lost-name"), among=Artifact.objects.all(), size=5)
        assert [row.key for row in found.found] == [lost.pk]

    def test_a_search_leaves_no_settings_behind_in_a_larger_transaction(self, ask):
        if connection.vendor != "postgresql":
            pytest.skip("only PostgreSQL is told with settings")
        publish("bert", "# A zebra")
        assert ask("zebra") == ["bert"]
        with connection.cursor() as cursor:
            for name, usual in (("statement_timeout", "0"), ("enable_seqscan", "on")):
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone() == (usual,)

    @pytest.mark.parametrize("flag", ["", "(?i)"])
    def test_a_long_literal_is_found_where_all_of_it_stands(self, ask, flag):
        words = "the quick brown fox jumps over thirteen lazy dogs"
        publish("quick-brown-fox-jumps-over-thirteen-dogs")
        publish("dogs-thirteen-over-jumps-fox-brown-quick")
        publish("straight", f"# It says: {words}.")
        publish("backwards", " ".join(reversed(words.split())))
        assert ask(f"{flag}quick-brown-fox-jumps-over-thirteen-dogs") == [
            "quick-brown-fox-jumps-over-thirteen-dogs"
        ]
        assert ask(f"{flag}{words}") == ["straight"]

    def test_installing_again_changes_nothing(self, ask):
        indexes.install(connection)
        publish("bert")
        assert ask("bert") == ["bert"]

    @pytest.mark.parametrize("often", [0, 1000])
    def test_common_and_rare_literals_find_the_same(self, ask, monkeypatch, often):
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "OFTEN", often)
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "SAMPLE", 2)
        for number in range(9):
            publish(f"n{number}", "zebrafinch" if number % 2 else "quillmoth")
        assert ask("zebra|nothing") == ["n1", "n3", "n5", "n7"]

    def test_an_old_sample_hides_nothing(self, ask, monkeypatch):
        monkeypatch.setattr(postgres_candidates, "_sample", postgres_candidates._Sample())
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "SAMPLE", 1)
        publish("n1", "zebrafinch")
        assert ask("zebra") == ["n1"]
        for number in range(2, 8):
            publish(f"n{number}", "zebrafinch")
        assert len(ask("zebra")) == 7

    def test_a_literal_of_too_many_readmes_is_walked_to(self, ask, monkeypatch):
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "OFTEN", 1000)
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "MOST", 2)
        monkeypatch.setattr(postgres_candidates.PostgresIndex, "SAMPLE", 2)
        for number in range(9):
            publish(f"n{number}", "zebrafinch")
        assert len(ask("zebra")) == 9

    def test_only_a_bounded_part_of_a_readme_is_kept(self):
        artifact = publish("huge", "x" * 1_000_000)
        assert len(artifact.search_document.readme) == documents.README_CHARACTERS

    def test_a_search_asks_few_questions(self, client, django_assert_max_num_queries):
        for number in range(30):
            publish(f"finch-{number}", "a finch")
        with django_assert_max_num_queries(20):
            client.post(URL, {"regex": "finch"})
