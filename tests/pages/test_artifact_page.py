"""One artifact: overview, files, versions, and changing it."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry

from artifacts.models import Artifact, Scan, State
from tests.artifacts.test_findings import found
from tests.factories import add_file, make_artifact, make_version


@pytest.fixture
def reader(client, charlie):
    client.force_login(charlie)
    return client


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


class TestOverview:
    def test_it_says_what_it_is(self, reader):
        artifact = make_artifact("bert", license="Apache-2.0")
        text = reader.get(artifact.get_absolute_url()).text
        for words in ("bert", "Ready", "Apache-2.0", "269\u00a0MB", artifact.newest.revision):
            assert words in text

    def test_the_readme_is_rendered_harmlessly(self, reader):
        readme = "# Hi\n<script>alert(1)</script><p hx-get='/x' onclick='y'>safe</p>"
        artifact = make_artifact(readme=readme)
        text = reader.get(artifact.get_absolute_url()).text
        assert "<p>safe</p>" in text
        assert "alert(1)" not in text
        assert "onclick" not in text

    def test_links_of_the_readme_lead_to_the_pinned_revision(self, reader):
        artifact = make_artifact("bert")
        revision = artifact.newest.revision
        text = reader.get(artifact.get_absolute_url()).text
        assert f"https://huggingface.co/acme/bert/blob/{revision}/LICENSE" in text

    def test_no_readme_is_said(self, reader):
        artifact = make_artifact(readme=None)
        assert "There is no README." in reader.get(artifact.get_absolute_url()).text

    def test_an_unknown_id_is_not_found_in_words(self, reader):
        response = reader.get("/artifacts/model/999/")
        assert response.status_code == 404
        assert "There is no model with the id 999." in response.text

    def test_the_wrong_type_is_not_found(self, reader):
        artifact = make_artifact()
        assert reader.get(f"/artifacts/dataset/{artifact.pk}/").status_code == 404

    def test_quarantine_hides_it_from_all_but_admins(self, reader, client, dora):
        artifact = make_artifact(state=State.QUARANTINED, reason="Leaked weights.")
        Artifact.objects.filter(pk=artifact.pk).update(is_quarantined=True)
        assert reader.get(artifact.get_absolute_url()).status_code == 404
        client.force_login(dora)
        text = client.get(artifact.get_absolute_url()).text
        assert "Leaked weights." in text
        assert "a release brings it back" in text
        assert "Release from quarantine" in text


class TestFiles:
    def test_paths_sizes_digests_and_outcomes_are_there(self, reader):
        artifact = make_artifact(files={"model.safetensors": 267_832_558})
        file = artifact.current.files.get()
        text = reader.get(f"{artifact.get_absolute_url()}files/").text
        for words in ("model.safetensors", "268\u00a0MB", file.blob_id, "Nothing to look for"):
            assert words in text

    def test_what_the_scan_found_stands_above(self, reader):
        artifact = make_artifact()
        add_file(
            artifact.current,
            "evil.pkl",
            scan=Scan.DANGEROUS,
            findings=[found(detail="imports os.system", offset=1234)],
        )
        text = reader.get(f"{artifact.get_absolute_url()}files/").text
        assert "What the scan found" in text
        assert (
            "It imports os.system, at byte 1,234. Loading the file can run programs or reach files"
            " and the network."
        ) in text
        assert "pickle_import" not in text

    def test_a_finding_cannot_imitate_the_page(self, reader):
        artifact = make_artifact()
        name = "imports <b>x</b>\u202e\n" + "y" * 5000
        add_file(artifact.current, "a.pkl", scan=Scan.SUSPICIOUS, findings=[found(detail=name)])
        text = reader.get(f"{artifact.get_absolute_url()}files/").text
        assert "It imports &lt;b&gt;x&lt;/b&gt;\\u202e\\n" in text
        assert "y" * 300 not in text

    def test_what_an_older_scan_said_otherwise_is_no_dict(self, reader):
        artifact = make_artifact()
        add_file(artifact.current, "a.pkl", scan=Scan.SUSPICIOUS, findings=[{"kind": "x"}])
        text = reader.get(f"{artifact.get_absolute_url()}files/").text
        assert "The scan found something." in text
        assert "&#x27;kind&#x27;" not in text

    def test_an_older_version_keeps_its_files(self, reader):
        artifact = make_artifact(files={"old.bin": 1})
        make_version(artifact, files={"new.bin": 2})
        text = reader.get(f"{artifact.get_absolute_url()}files/?version=1").text
        assert "old.bin" in text
        assert "new.bin" not in text

    @pytest.mark.parametrize("number", ["0", "7", "x", "-1", "9" * 30])
    def test_a_version_that_never_was_is_not_found(self, reader, number):
        artifact = make_artifact()
        response = reader.get(f"{artifact.get_absolute_url()}files/", {"version": number})
        assert response.status_code == 404

    def test_many_files_cost_the_same_as_one(self, reader, django_assert_num_queries):
        artifact = make_artifact(files={f"f{number}.bin": number for number in range(50)})
        # session, user, artifact, newest version, files with blobs, count, worrying ones
        with django_assert_num_queries(7):
            reader.get(f"{artifact.get_absolute_url()}files/")


class TestDownload:
    def test_searchers_see_no_button_and_get_no_address(self, reader):
        artifact = make_artifact()
        assert "/download/" not in reader.get(artifact.get_absolute_url()).text
        assert reader.get(f"{artifact.get_absolute_url()}download/").status_code == 403

    def test_what_is_not_ready_cannot_be_downloaded(self, client, bob):
        client.force_login(bob)
        artifact = make_artifact(state=State.FETCHING)
        assert client.get(f"{artifact.get_absolute_url()}download/").status_code == 409

    def test_a_file_of_another_artifact_is_not_found(self, client, bob):
        client.force_login(bob)
        mine, other = make_artifact("mine"), make_artifact("other")
        file = other.current.files.first()
        url = f"{mine.get_absolute_url()}files/{file.pk}/download/"
        assert client.get(url).status_code == 404


class TestVersions:
    def test_each_has_its_state_reason_and_revision(self, reader):
        artifact = make_artifact()
        make_version(artifact, state=State.FAILED, reason="The hub did not answer.")
        text = reader.get(f"{artifact.get_absolute_url()}versions/").text
        assert "1 (current)" in text
        assert "The hub did not answer." in text


class TestChanging:
    def edit(self, client, artifact, **changes):
        given = {"name": artifact.name, "url": artifact.source_url} | changes
        return client.post(f"{artifact.get_absolute_url()}edit/", given)

    def test_the_owner_renames(self, owner, alice):
        artifact = make_artifact(owner=alice)
        self.edit(owner, artifact, name="  new name ")
        artifact.refresh_from_db()
        assert artifact.name == "new name"

    def test_an_impossible_name_is_explained(self, owner, alice):
        artifact = make_artifact(owner=alice)
        response = self.edit(owner, artifact, name="*")
        assert response.status_code == 422
        assert "stands for all artifacts" in response.text

    def test_another_source_is_a_new_version(self, owner, alice):
        artifact = make_artifact(owner=alice)
        self.edit(owner, artifact, url="https://huggingface.co/openai/whisper-tiny")
        assert artifact.newest.number == 2
        assert artifact.newest.source_url == "https://huggingface.co/openai/whisper-tiny"

    @pytest.mark.parametrize(
        "url", ["https://evil.example/x", "https://huggingface.co/datasets/a/b", "{taken}"]
    )
    def test_an_impossible_source_is_explained(self, owner, alice, url):
        artifact, other = make_artifact(owner=alice), make_artifact("other")
        response = self.edit(owner, artifact, url=url.format(taken=other.source_url))
        assert response.status_code == 422
        assert artifact.versions.count() == 1

    def test_deleting_names_what_is_lost_and_asks_for_the_name(self, owner, alice):
        artifact = make_artifact("bert", owner=alice)
        url = f"{artifact.get_absolute_url()}delete/"
        assert "1 version with 6 files, 269\u00a0MB" in owner.get(url).text
        assert owner.post(url, {"confirmation": "brt"}).status_code == 422
        assert Artifact.objects.exists()
        assert owner.post(url, {"confirmation": "bert"})["Location"] == "/artifacts/"
        assert not Artifact.objects.exists()

    @pytest.mark.parametrize("action", ["edit", "delete"])
    def test_what_belongs_to_another_cannot_be_changed(self, owner, dora, action):
        artifact = make_artifact(owner=dora)
        assert owner.get(f"{artifact.get_absolute_url()}{action}/").status_code == 403

    def test_an_admin_quarantines_and_releases(self, client, dora):
        client.force_login(dora)
        artifact = make_artifact("bert")
        client.post(f"{artifact.get_absolute_url()}quarantine/", {"reason": "Leaked."})
        artifact.refresh_from_db()
        assert artifact.is_quarantined
        client.post(f"{artifact.get_absolute_url()}release/")
        artifact.refresh_from_db()
        assert artifact.current is not None

    def test_others_may_not_quarantine(self, owner, alice):
        artifact = make_artifact(owner=alice)
        response = owner.post(f"{artifact.get_absolute_url()}quarantine/", {"reason": "x"})
        assert response.status_code == 403


class TestAudit:
    def test_an_admin_reads_who_changed_what(self, client, dora):
        artifact = make_artifact()
        LogEntry.objects.log_create(
            artifact,
            action=LogEntry.Action.UPDATE,
            actor=dora,
            changes={"name": ["old <b>", "new"]},
        )
        client.force_login(dora)
        text = client.get(f"{artifact.get_absolute_url()}audit/").text
        assert "dora" in text
        assert "old &lt;b&gt;" in text

    def test_others_do_not_see_it(self, owner, alice):
        artifact = make_artifact(owner=alice)
        assert owner.get(f"{artifact.get_absolute_url()}audit/").status_code == 403
        assert "/audit/" not in owner.get(artifact.get_absolute_url()).text
