"""Registering by page: what an address means, who may, and watching it arrive."""

from __future__ import annotations

import pytest

from artifacts.models import Artifact, State, Version
from tests.factories import make_artifact, make_version

URL = "/artifacts/register/"
RECOGNISE = "/artifacts/register/recognise/"
WHISPER = "https://huggingface.co/openai/whisper-tiny"


@pytest.fixture
def uploader(client, alice):
    client.force_login(alice)
    return client


class TestRecognising:
    def test_it_says_type_name_and_canonical_form(self, uploader):
        text = uploader.post(RECOGNISE, {"urls": f"{WHISPER}.git/"}).text
        assert "Model" in text
        assert "whisper-tiny" in text
        assert WHISPER in text

    def test_it_says_what_is_here_already(self, uploader):
        artifact = make_artifact("whisper", url=WHISPER)
        text = uploader.post(RECOGNISE, {"urls": WHISPER.replace("openai", "OpenAI")}).text
        assert "Already here" in text
        assert artifact.get_absolute_url() in text

    def test_it_says_what_is_wrong_with_an_address(self, uploader):
        text = uploader.post(RECOGNISE, {"urls": "https://evil.example/x/y"}).text
        assert "Not understood" in text
        assert "huggingface.co and github.com" in text

    def test_nothing_typed_is_nothing_said(self, uploader):
        response = uploader.post(RECOGNISE, {"urls": ""})
        assert response.status_code == 200
        assert "Not understood" not in response.text

    def test_hostile_addresses_are_shown_as_text(self, uploader):
        assert "<img" not in uploader.post(RECOGNISE, {"urls": "<img src=x onerror=1>"}).text


class TestRegistering:
    def test_one_address_leads_to_its_artifact(self, uploader, alice):
        response = uploader.post(URL, {"urls": WHISPER})
        artifact = Artifact.objects.get()
        assert response.status_code == 302
        assert response["Location"] == artifact.get_absolute_url()
        assert artifact.owner == alice
        assert artifact.newest.state == State.PENDING

    def test_the_name_and_the_revision_are_kept(self, uploader):
        uploader.post(URL, {"urls": f"{WHISPER}/tree/main", "name": "ears"})
        assert Artifact.objects.get().name == "ears"
        assert Version.objects.get().requested_revision == "main"

    def test_several_addresses_lead_to_a_page_that_watches_them(self, uploader):
        lines = f"{WHISPER}\nhttps://github.com/openai/whisper\n\n{WHISPER}"
        response = uploader.post(URL, {"urls": lines}, follow=True)
        assert Artifact.objects.count() == 2
        assert "2 of 2 still on the way" in response.text

    def test_a_wrong_address_registers_nothing_and_keeps_what_was_typed(self, uploader):
        response = uploader.post(URL, {"urls": f"{WHISPER}\nftp://x"})
        assert response.status_code == 422
        assert not Artifact.objects.exists()
        assert WHISPER in response.text
        assert 'aria-invalid="true"' in response.text

    def test_a_name_cannot_be_shared_by_several(self, uploader):
        lines = f"{WHISPER}\nhttps://github.com/openai/whisper"
        response = uploader.post(URL, {"urls": lines, "name": "ears"})
        assert response.status_code == 422
        assert "one address at a time" in response.text

    def test_what_is_here_already_is_shown(self, uploader):
        artifact = make_artifact("whisper", url=WHISPER)
        response = uploader.post(URL, {"urls": WHISPER}, follow=True)
        assert response.redirect_chain == [(artifact.get_absolute_url(), 302)]
        assert "here already" in response.text
        assert Artifact.objects.count() == 1

    @pytest.mark.parametrize("person", ["bob", "charlie"])
    def test_others_may_not(self, client, request, person):
        client.force_login(request.getfixturevalue(person))
        assert client.get(URL).status_code == 403
        assert client.post(URL, {"urls": WHISPER}).status_code == 403
        assert not Artifact.objects.exists()


class TestWatching:
    def progress(self, client, artifact, **headers):
        return client.get(f"{artifact.get_absolute_url()}progress/", headers=headers)

    def test_the_panel_shows_stages_bytes_and_files(self, uploader):
        artifact = make_artifact(
            state=State.FETCHING,
            stage="fetch",
            files_done=3,
            files_total=11,
            bytes_done=98_000_000,
            bytes_total=267_000_000,
        )
        text = self.progress(uploader, artifact, **{"HX-Request": "true"}).text
        assert "98.0\u00a0MB of 267\u00a0MB" in text
        assert "3 of 11 files" in text
        assert 'aria-current="step"' in text
        assert 'hx-trigger="every 1s"' in text

    def test_it_stops_by_itself(self, uploader):
        artifact = make_artifact()
        response = self.progress(uploader, artifact, **{"HX-Request": "true"})
        assert response["HX-Refresh"] == "true"

    def test_without_javascript_the_page_reloads_itself(self, uploader):
        artifact = make_artifact(state=State.PENDING)
        text = uploader.get(artifact.get_absolute_url()).text
        assert '<noscript><meta http-equiv="refresh"' in text
        assert "Waiting for a worker" in text

    def test_a_failure_says_why_and_what_to_do(self, uploader, alice):
        artifact = make_artifact(
            owner=alice,
            state=State.FAILED,
            stage="collect",
            reason="Hugging Face has no openai/whisper-tinny, or it is private.",
            reason_code="source_not_found",
        )
        text = uploader.get(artifact.get_absolute_url()).text
        assert "whisper-tinny, or it is private." in text
        assert "Check the spelling" in text
        assert "Try again" in text

    def test_a_rejection_leads_to_the_measurements(self, uploader):
        artifact = make_artifact(state=State.REJECTED, reason="license is 0.00.", stage="rate")
        text = uploader.get(artifact.get_absolute_url()).text
        assert "Rejected by the policy" in text
        assert "license is 0.00." in text
        assert f"{artifact.get_absolute_url()}rating/" in text

    def test_a_rejected_upload_has_no_source_to_mend(self, uploader):
        artifact = make_artifact(
            state=State.REJECTED, url="upload:ears", stage="rate", reason_code="disqualified"
        )
        text = uploader.get(artifact.get_absolute_url()).text
        assert "in your files and upload them again" in text

    def test_a_failed_refresh_leaves_the_current_version_in_place(self, uploader):
        artifact = make_artifact()
        make_version(artifact, state=State.FAILED, reason="The hub did not answer.")
        text = uploader.get(artifact.get_absolute_url()).text
        assert "The last refresh failed" in text
        assert "The hub did not answer." in text
        assert "A small model" in text

    def test_trying_again_makes_a_new_version(self, uploader, alice):
        artifact = make_artifact(owner=alice, state=State.FAILED, url=WHISPER)
        uploader.post(f"{artifact.get_absolute_url()}retry/")
        assert artifact.newest.number == 2
        assert artifact.newest.state == State.PENDING

    def test_a_refresh_keeps_the_current_version(self, uploader, alice):
        artifact = make_artifact(owner=alice, url=WHISPER)
        uploader.post(f"{artifact.get_absolute_url()}refresh/")
        artifact.refresh_from_db()
        assert artifact.current.number == 1
        assert artifact.newest.number == 2

    def test_strangers_to_it_may_not_refresh(self, client, bob):
        artifact = make_artifact(url=WHISPER)
        client.force_login(bob)
        assert client.post(f"{artifact.get_absolute_url()}refresh/").status_code == 403
        assert artifact.versions.count() == 1

    @pytest.mark.parametrize("ids", ["id=x", "id=" + "9" * 40, "id=-1", "id=999", ""])
    def test_watching_nothing_is_an_empty_page(self, uploader, ids):
        response = uploader.get(f"/artifacts/arrivals/?{ids}")
        assert response.status_code == 200
        assert "Nothing to watch." in response.text
