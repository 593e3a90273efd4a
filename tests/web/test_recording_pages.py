from io import BytesIO
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Recording
from huifang.app.services import followups, gate
from tests.app.test_recordings import WAV
from tests.web import scene as scenes


@pytest.fixture
def scene(db, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    found = scenes.build(2)
    fence = followups.claim(found.agent, found.first.pk, scenes.NOW)
    gate.allow(found.agent, found.first.pk, fence, "phone", found.first.customer.contact_points.get(kind="phone").pk, scenes.NOW)
    return found


def _post(client, scene, **form):
    return client.post(reverse("followup-recording-attach", args=[scene.first.pk]), form, follow=True)


def test_a_file_is_attached_shown_and_heard_whole_and_in_parts(scene, signed_in):
    client = signed_in(scene.agent)
    text = _post(client, scene, file=SimpleUploadedFile("通话.wav", WAV)).content.decode()
    assert "The recording is attached." in text
    kept = Recording.objects.get()
    sound = reverse("recording", args=[kept.pk])
    assert f'<audio controls preload="none" src="{sound}"' in text
    answer = client.get(sound)
    assert b"".join(answer.streaming_content) == WAV
    assert answer.headers["Content-Type"] == "audio/wav"
    for asked, start, stop in (("bytes=0-99", 0, 100), ("bytes=70000-", 70_000, len(WAV)), ("bytes=5-999999999", 5, len(WAV))):
        answer = client.get(sound, headers={"Range": asked})
        assert answer.status_code == 206
        assert b"".join(answer.streaming_content) == WAV[start:stop]
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(WAV)}"
    for asked in ("bytes=9-3", "bytes=999999999-", "bytes=-5", "lines=1-2"):
        assert client.get(sound, headers={"Range": asked}).status_code == 200


def test_a_large_upload_never_lies_open_on_the_disk(scene, signed_in):
    seen = []

    class Watched:
        def __init__(self):
            self._file = BytesIO()

        def write(self, data):
            seen.append(data)
            return self._file.write(data)

        def __getattr__(self, name):
            return getattr(self._file, name)

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            self._file.close()

    large = WAV * 20  # 3.6 MB: beyond what Django keeps in memory
    with patch("huifang.app.web.sealed_uploads.tempfile.TemporaryFile", Watched):
        _post(signed_in(scene.agent), scene, file=SimpleUploadedFile("a.wav", large))
    assert seen
    assert not any(WAV[:32] in data for data in seen)  # four letters alone stand in so much base64 once in four runs
    assert Recording.objects.get().size == len(large)


def test_what_is_too_large_or_no_sound_is_told(scene, signed_in):
    client = signed_in(scene.agent)
    assert "not a sound file" in _post(client, scene, file=SimpleUploadedFile("a.wav", b"<html>")).content.decode()
    with patch("huifang.app.services.recordings.MOST_BYTES", 100), patch("huifang.app.web.views.recordings.MOST_BYTES", 100):
        assert "has more than" in _post(client, scene, file=SimpleUploadedFile("a.wav", WAV)).content.decode()
    assert "not a web address" in _post(client, scene, link="ftp://x").content.decode()
    assert not Recording.objects.exists()


def test_a_link_leads_to_the_telephone_system(scene, signed_in):
    client = signed_in(scene.agent)
    assert "Recording in the telephone system" in _post(client, scene, link="https://pbx.example/rec/1").content.decode()
    answer = client.get(reverse("recording", args=[Recording.objects.get().pk]))
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://pbx.example/rec/1")


def test_the_part_beside_the_call_is_the_part_alone_and_a_stranger_gets_nothing(scene, signed_in):
    page = reverse("followup-recordings", args=[scene.first.pk])
    part = signed_in(scene.agent).get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "No recording yet." in part
    assert signed_in(scene.stranger).get(page).status_code == 404
    assert _post(signed_in(scene.stranger), scene, link="https://a.example/").status_code == 403


def test_a_form_without_its_token_is_refused(scene):
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.agent, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("followup-recording-attach", args=[scene.first.pk]), {"link": "https://a.example/"})
    assert answer.status_code == 403
    assert not Recording.objects.exists()
