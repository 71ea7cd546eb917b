"""``manage.py ingest``: what becomes of each line, and how that is told."""

from __future__ import annotations

import io
import sys

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from artifacts import services
from artifacts.errors import AlreadyRegistered
from artifacts.models import Artifact, State, Version
from registry.bulk import run
from tests.factories import make_artifact, make_version

pytestmark = pytest.mark.django_db

A, B, C = (f"https://huggingface.co/acme/{name}" for name in "abc")


@pytest.fixture(autouse=True)
def admin(dora) -> User:
    return dora


def version_of(url: str) -> Version:
    return Version.objects.select_related("artifact__owner").get(source_url=url)


class TestLines:
    def test_each_good_one_is_registered_and_waits_for_a_worker(self, ingest):
        done = ingest(f"# ours\n{A}\n\n{B}\n")
        assert (done.code, Artifact.objects.count()) == (0, 2)
        assert "2 lines: 2 new, 0 known, 0 refused" in done.out
        assert "2 still running" in done.out
        assert version_of(A).state == State.PENDING

    def test_bad_ones_are_refused_in_words_and_stop_no_other(self, ingest):
        bad = {
            2: ("https://example.org/acme/x", "Only repositories of"),
            3: ("http://huggingface.co/acme/x", "Only https"),
            4: ("https://huggingface.co/acme/x/blob/main/README.md", "points into"),
            5: ("https://huggingface.co/../../etc/passwd", "cannot be a name"),
            6: ("https://huggingface.co/acme/-x-", "cannot be a name"),
            7: ("https://user:secret@huggingface.co/acme/x", "leave it out"),
            8: ("https://huggingface.co/models", "page of the site"),
            9: ("acme/x", "Only repositories of"),
            10: ("https://huggingface.co/acme/" + "x" * 3_000, "at most 2000"),
            11: ("https://huggingface.co/acme/x/tree/a..b", "cannot be a branch"),
        }
        text = "\n".join([A, *(url for url, _ in bad.values()), B])
        done = ingest(text, "--json")
        assert done.code == 1
        assert [line["outcome"] for line in done.lines] == ["new", *["refused"] * 10, "new"]
        for line in done.lines[1:-1]:
            url, words = bad[line["line"]]
            assert words in line["reason"], line
            assert line["url"] == url.replace("user:secret@", "…@")[:2_000]
        assert {artifact.source_url for artifact in Artifact.objects.all()} == {A, B}

    def test_a_refused_one_is_told_with_list_number_address_and_reason(self, ingest):
        done = ingest(f"{A}\nhttps://example.org/x\n")
        [at] = [number for number, line in enumerate(done.out.splitlines()) if ":2  " in line]
        place, reason = done.out.splitlines()[at : at + 2]
        assert place.endswith("list.txt:2  https://example.org/x")
        assert "Only repositories of" in reason

    @pytest.mark.parametrize("options", [[], ["--json"]])
    def test_a_password_in_an_address_is_not_repeated(self, ingest, options):
        done = ingest("https://user:hunter2@huggingface.co/acme/x\n", *options)
        assert "hunter2" not in done.out
        assert "https://…@huggingface.co/acme/x" in done.out

    @pytest.mark.parametrize(
        "spelling",
        [
            "HTTPS://HuggingFace.co/Acme/A",
            f"{A}/",
            f"{A}.git",
            f"{A}?library=true#usage",
            "https://hf.co/acme/a",
            f"{A}/tree/main",
        ],
    )
    def test_another_spelling_is_known(self, ingest, spelling):
        done = ingest(f"{A}\n{spelling}\n", "--json")
        assert done.code == 0
        assert [line["outcome"] for line in done.lines] == ["new", "known"]
        assert done.lines[0]["id"] == done.lines[1]["id"]

    def test_the_audit_names_the_owner(self, ingest, alice):
        ingest(A, "--owner", "alice")
        artifact = Artifact.objects.get()
        assert artifact.owner == alice
        assert {entry.actor for entry in LogEntry.objects.get_for_object(artifact)} == {alice}

    def test_a_terminal_is_safe_from_what_lines_hold(self, ingest):
        done = ingest("https://huggingface.co/a/\x1b[2Jb\nhttps://example.org/\u202e\n")
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out

    def test_the_number_of_lines_is_limited_in_words(self, ingest, monkeypatch):
        monkeypatch.setattr(run, "MAX_LINES", 2)
        done = ingest(f"{A}\n{B}\n{C}\n{C}\n", "--json")
        assert [line["outcome"] for line in done.lines] == ["new", "new", "refused"]
        assert "left out" in done.lines[2]["reason"]


class TestColumns:
    def test_names_and_revisions_are_kept(self, ingest):
        text = f"url,type,name,revision\n{A},,first,v1\nhttps://github.com/acme/d,dataset,,\n"
        assert ingest(text, name="list.csv").code == 0
        assert (version_of(A).artifact.name, version_of(A).requested_revision) == ("first", "v1")
        assert Artifact.objects.get(name="d").type == "dataset"

    def test_types_are_recognised(self, ingest):
        urls = [A, "https://huggingface.co/datasets/acme/d", "https://github.com/acme/c"]
        ingest("\n".join(urls))
        found = Artifact.objects.order_by("pk").values_list("type", flat=True)
        assert list(found) == ["model", "dataset", "code"]

    def test_the_default_type_counts_where_the_address_leaves_it_open(self, ingest):
        text = (
            "url,type\n"
            "https://github.com/acme/x,\n"  # open: the default
            "https://github.com/acme/y,code\n"  # the row wins
            f"{A},\n"  # the address wins
        )
        assert ingest(text, "--type", "dataset").code == 0
        types = dict(Artifact.objects.values_list("name", "type"))
        assert types == {"x": "dataset", "y": "code", "a": "model"}

    @pytest.mark.parametrize(
        ("row", "code", "words"),
        [
            (f"{A},dataset,,", "unrecognised_url", "not of a dataset"),
            (f"{A},weights,,", "unrecognised_url", "no type 'weights'"),
            (f"{A},,*,", "invalid_name", "stands for all"),
            (f"{A},,{'n' * 256},", "invalid_name", "at most 255"),
            (f"{A},,,../../etc", "unrecognised_url", "cannot be a branch"),
            (f"{A},,,--upload-pack=x", "unrecognised_url", "cannot be a branch"),
            (f"{A},,,{'r' * 300}", "unrecognised_url", "cannot be a branch"),
            (f"{A}/tree/v2,,,v1", "invalid_input", "'v2'"),
        ],
    )
    @pytest.mark.parametrize("is_known", [False, True])
    def test_what_they_say_is_checked_like_what_is_typed(self, ingest, row, code, words, is_known):
        if is_known:
            make_artifact("a", url=A)
        done = ingest(f"url,type,name,revision\n{row}\n{B},,,\n", "--json")
        refused, good = done.lines
        assert (done.code, refused["outcome"], refused["code"]) == (1, "refused", code)
        assert words in refused["reason"]
        assert good["outcome"] == "new"

    def test_owners_come_from_a_column_as_well(self, ingest, alice, bob):
        text = f"url,owner\n{A},alice\n{B},\n{C},bob\nhttps://huggingface.co/acme/d,zoe\n"
        done = ingest(text, "--json")
        assert version_of(A).artifact.owner == alice
        assert version_of(B).artifact.owner.username == "dora"
        assert [line["outcome"] for line in done.lines] == ["new", "new", "refused", "refused"]
        assert "no uploader" in done.lines[2]["reason"]
        assert "no account 'zoe'" in done.lines[3]["reason"]

    def test_unknown_columns_are_named(self, ingest):
        done = ingest(f"url,stars\n{A},5\n")
        assert "'stars'" in done.err

    @pytest.mark.parametrize("option", [["-"], ["--file", "-"]])
    def test_jsonl_by_stdin(self, ingest, option):
        done = ingest(f'{{"url": "{A}", "name": "first"}}\n{{"url"\n', *option, "--json")
        assert (done.code, version_of(A).artifact.name) == (1, "first")
        assert done.lines[1] | {"list": "stdin", "line": 2, "outcome": "refused"} == done.lines[1]

    def test_arguments_and_several_lists(self, ingest, tmp_path):
        (tmp_path / "more.jsonl").write_text(f'"{C}"\n')
        done = ingest(f"url\n{B}\n", "--file", str(tmp_path / "more.jsonl"), A, "--json")
        assert [(line["url"], line["line"]) for line in done.lines] == [(A, 1), (B, 2), (C, 1)]


class TestWhatIsKnown:
    @pytest.mark.parametrize(
        ("state", "code", "section"),
        [
            (State.READY, 0, ""),
            (State.PENDING, 0, ""),
            (State.FETCHING, 0, ""),
            (State.FAILED, 1, "Failed"),
            (State.REJECTED, 1, "Rejected"),
            (State.QUARANTINED, 1, "Quarantined"),
        ],
    )
    def test_its_state_counts(self, ingest, state, code, section):
        reason = "The source has no such thing." if code else ""
        make_artifact("a", url=A, state=state, reason=reason, reason_code="source_not_found")
        done = ingest(A, A)
        assert done.code == code
        assert "2 lines: 0 new, 2 known, 0 refused" in done.out
        assert (section in done.out.splitlines()) == bool(section)
        assert reason in done.out
        assert ("--retry" in done.out) == (state in {State.FAILED, State.REJECTED})

    def test_the_newest_version_counts(self, ingest):
        artifact = make_artifact("a", url=A)
        make_version(artifact, state=State.FAILED, reason="It is gone.")
        assert ingest(A).code == 1

    def test_another_revision_is_not_what_was_asked_for(self, ingest):
        make_artifact("a", url=A, requested_revision="v1")
        done = ingest(f"{A}/tree/v2\n", "--json")
        [line] = done.lines
        assert (done.code, line["outcome"]) == (1, "refused")
        assert "at v1 and not at v2" in line["reason"]
        assert ingest(f"{A}/tree/v1\n").code == 0
        assert ingest(f"{A}\n").code == 0

    def test_the_commit_it_was_pinned_to_is_what_was_asked_for(self, ingest):
        artifact = make_artifact("a", url=A, requested_revision="v1")
        assert ingest(f"{A}/tree/{artifact.newest.revision}\n").code == 0
        assert ingest(f"{A}/tree/{artifact.newest.revision[:7]}\n").code == 0

    def test_nothing_is_registered_twice(self, ingest):
        assert ingest(f"{A}\n{B}\n").code == 0
        done = ingest(f"{A}\n{B}\n")
        assert "2 lines: 0 new, 2 known" in done.out
        assert Version.objects.count() == 2

    def test_somebody_may_be_faster(self, ingest, monkeypatch):
        """Between the look at what is known and the registration of a line."""
        from registry.bulk import register_lines

        truly, calls = register_lines._known, []

        def known(keys):
            calls.append(keys)
            found = truly(keys)
            if len(calls) == 1:
                make_artifact("a", url=A)
            return found

        monkeypatch.setattr(register_lines, "_known", known)
        done = ingest(f"{A}\n{B}\n", "--json")
        assert [line["outcome"] for line in done.lines] == ["known", "new"]
        assert done.lines[0]["state"] == State.READY

    def test_what_is_deleted_at_this_moment_is_refused_in_words(self, ingest, monkeypatch):
        def register(**fields):
            raise AlreadyRegistered(type="model", id="1", name="a", url=A)

        monkeypatch.setattr(services, "register", register)
        done = ingest(A, "--json")
        assert (done.code, done.lines[0]["outcome"]) == (1, "refused")
        assert "deleted" in done.lines[0]["reason"]

    def test_known_lines_are_looked_up_together(self, ingest):
        """Opening, the owner, two looks at what is known: 400 lines cost what 4 cost."""
        for number in range(400):
            make_artifact(f"m{number}", state=State.FAILED, rated=False)
        few, many = (
            [f"https://huggingface.co/acme/m{n}" for n in range(count)] for count in (4, 400)
        )

        def count(urls: list[str]) -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert ingest("\n".join(urls)).code == 1
            return len(queries)

        assert count(many) == count(few) <= 4

    def test_what_is_known_loads_no_readme(self, ingest):
        make_artifact("a", url=A)
        with CaptureQueriesContext(connection) as queries:
            ingest(A)
        assert not [
            each for each in queries if '"facts"' in each["sql"] or '"notes"' in each["sql"]
        ]


class TestRetrying:
    @pytest.mark.parametrize("state", [State.FAILED, State.REJECTED])
    def test_what_ended_badly_is_tried_again(self, ingest, state, alice):
        artifact = make_artifact("a", url=A, state=state, owner=alice)
        done = ingest(f"{A}\n{A}\n", "--retry", "--json")
        assert done.code == 0
        assert [(line["version"], line["state"]) for line in done.lines] == [(2, "PENDING")] * 2
        assert [line["is_retried"] for line in done.lines] == [True, False]
        assert artifact.versions.count() == 2

    def test_nothing_else_is(self, ingest):
        make_artifact("a", url=A)
        make_artifact("b", url=B, state=State.PENDING)
        make_artifact("c", url=C, state=State.QUARANTINED)
        ingest(f"{A}\n{B}\n{C}\n", "--retry")
        assert Version.objects.count() == 3

    def test_only_who_may_change_it(self, ingest, alice):
        make_artifact("a", url=A, state=State.FAILED, owner=None)
        done = ingest(A, "--retry", "--owner", "alice", "--json")
        assert (done.code, Version.objects.count()) == (1, 1)
        assert "not of alice" in done.lines[0]["reason"]


class TestTheReport:
    def test_its_keys_are_promised(self, ingest):
        make_artifact("b", url=B, state=State.FAILED, reason="It is gone.")
        done = ingest(f"{A}\n{B}\nnonsense\n", "--json")
        assert list(done.json) == ["counts", "lines", "warnings", "stopped", "exit_code"]
        assert done.json["exit_code"] == done.code == 1
        assert list(done.lines[0]) == [
            "list", "line", "url", "outcome", "state", "code", "reason", "advice", "type", "id",
            "name", "version", "revision", "is_retried",
        ]  # fmt: skip
        assert done.lines[0]["id"] == Artifact.objects.get(source_url=A).pk

    def test_its_counts_add_up(self, ingest):
        for number, state in enumerate(State.values):
            make_artifact(f"m{number}", state=state)
        urls = [f"https://huggingface.co/acme/m{n}" for n in range(len(State.values))]
        counts = ingest("\n".join([*urls, A, "nonsense"]), "--json").json["counts"]
        assert counts["lines"] == counts["new"] + counts["known"] + counts["refused"] == 9
        ends = ("ready", "rejected", "failed", "quarantined", "missing", "running")
        assert {name: counts[name] for name in ends} == {
            "ready": 1, "rejected": 1, "failed": 1, "quarantined": 1, "missing": 0, "running": 4,
        }  # fmt: skip

    def test_a_list_may_have_a_name_that_is_no_text(self, ingest, tmp_path):
        path = tmp_path / "list\udcff.csv"
        path.write_text(f"url,stars\n{A},5\nnonsense,4\n")
        assert ingest("", "--file", str(path), "--json").json["counts"]["lines"] == 2
        assert "list\ufffd.csv" in ingest("", "--file", str(path)).out

    def test_every_key_is_documented(self, ingest, settings):
        page = (settings.BASE_DIR / "docs/bulk.md").read_text()
        told = ingest(A, "--json")
        for name in (*told.json, *told.json["counts"], *told.lines[0]):
            assert f"`{name}`" in page, name

    def test_help_teaches(self, capsys):
        with pytest.raises(SystemExit):
            call_command("ingest", "--help")
        said = capsys.readouterr().out
        for words in ("examples:", "--file models.txt", "url,type,name,revision", "--json", "130"):
            assert words in said


class TestADatabaseThatGoesAway:
    def test_the_report_so_far_is_told_with_the_way_on(self, ingest, monkeypatch):
        truly, calls = services.register, []

        def register(**fields):
            calls.append(fields)
            if len(calls) == 2:
                raise OperationalError("server closed the connection\n\tunexpectedly")
            return truly(**fields)

        monkeypatch.setattr(services, "register", register)
        done = ingest(f"{A}\n{B}\n{C}\n", "--json")
        assert (done.code, done.json["counts"]["new"]) == (1, 1)
        assert "server closed the connection unexpectedly" in done.json["stopped"]
        assert "same command goes on" in done.json["stopped"]

    def test_one_without_tables_is_said(self, ingest, monkeypatch):
        def admins(self):
            raise ProgrammingError('relation "accounts_user" does not exist')

        monkeypatch.setattr(type(User.objects.all()), "admins", admins)
        with pytest.raises(CommandError, match=r"manage\.py prepare"):
            ingest(A)


class TestCallingItWrongly:
    def refused(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as caught:
            call_command("ingest", *arguments, stdout=io.StringIO(), stderr=io.StringIO())
        assert caught.value.returncode == 2
        assert not Artifact.objects.exists()
        return str(caught.value)

    def test_without_anything_to_register(self):
        assert "--file" in self.refused()

    def test_with_a_file_that_cannot_be_read(self, tmp_path):
        assert "No such file" in self.refused(A, "--file", str(tmp_path / "none.txt"))
        assert "directory" in self.refused(A, "--file", str(tmp_path))
        assert "cannot be read" in self.refused(A, "--file", "a\0b")

    def test_with_a_file_as_an_address(self, tmp_path):
        (tmp_path / "list.txt").write_text(A)
        assert f"--file {tmp_path}/list.txt" in self.refused(str(tmp_path / "list.txt"))

    def test_with_stdin_twice(self):
        assert "once" in self.refused("-", "--file", "-")

    def test_with_stdin_that_is_closed(self, monkeypatch):
        monkeypatch.setattr(sys, "stdin", None)
        assert "closed" in self.refused("-")

    @pytest.mark.parametrize("name", ["bob", "charlie", "zoe", "DORA", "a\0b", "\udcff", ""])
    def test_with_an_owner_who_may_not(self, name, bob, charlie, admin):
        if not name:
            User.objects.filter(pk=admin.pk).update(is_active=False)
            name = "dora"
        assert "--owner" in self.refused(A, "--owner", name)

    def test_without_any_admin(self, admin):
        User.objects.filter(pk=admin.pk).update(role=Role.UPLOADER)
        assert "ensure_admin" in self.refused(A)

    @pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon", "1e99"])
    def test_with_no_number_of_seconds(self, seconds):
        with pytest.raises(CommandError, match="no number of seconds"):
            call_command("ingest", A, "--timeout", seconds)

    def test_the_configured_admin_comes_before_the_first_one(self, ingest, settings):
        User.objects.create_user("zora", "x", role=Role.ADMIN)
        settings.REGISTRY_ADMIN_USERNAME = "zora"
        ingest(A)
        assert version_of(A).artifact.owner.username == "zora"
