"""An agent takes a file for the follow-up in hand: it waits, counts as the answer, and belongs to the record when that is saved."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Answer, AnswerFile, Draft, Record
from huifang.app.services import answer_files, gate
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.errors import Conflict, Invalid
from tests.app.cast import NOW, PLAYBOOK, Cast, enter, in_hand
from tests.app.surveys.test_files_given import PNG

PHOTO = "      - {key: photo, ask: {zh: 故障照片, en: A picture of it}, type: file, required: true, if: quality <= 3}\n"
ANSWERS: dict[str, object] = {"quality": 2, "speed": 4, "photo": "a name that was typed.png"}


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> Cast:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    settings.MEDIA_ROOT = tmp_path
    found = enter()
    asks = PLAYBOOK.replace("      - {key: speed,", PHOTO + "      - {key: speed,")
    found.version = activate(None, add_version(None, asks, "small-shop.yaml", NOW), NOW)
    return found


@pytest.fixture
def calling(cast: Cast):
    followup, fence = in_hand(cast)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    return followup, fence


def give(client, followup, file=None, **more):
    sent = more or {"file": file or SimpleUploadedFile("前灯.png", PNG)}
    return client.post(reverse("followup-file", args=[followup.pk, "photo"]), sent, follow=True)


def test_a_file_waits_beside_the_question_and_goes_with_the_record(cast: Cast, calling, signed_in):
    followup, fence = calling
    client = signed_in(cast.chen)
    Draft.objects.create(followup=followup, staff=cast.chen, content=json.dumps({"answers": {"quality": 2}}), saved_at=NOW)
    assert 'form="file-photo" type="file"' in client.get(reverse("followup", args=[followup.pk])).content.decode()
    page = give(client, followup).content.decode()
    assert "前灯.png" in page
    saved = save(cast.chen, followup.pk, fence, RecordForm("completed", answers=ANSWERS), NOW + timedelta(minutes=3))
    kept = AnswerFile.objects.get()
    assert (kept.record_id, kept.followup, kept.name) == (saved.record_id, None, "前灯.png")
    assert Answer.objects.get(question="photo").text == "前灯.png"
    assert b"".join(answer_files.content(kept)) == PNG
    assert client.get(reverse("answer-file", args=[kept.key])).status_code == 200


def test_it_is_taken_back_and_what_is_no_file_is_told(cast: Cast, calling, signed_in):
    followup, _fence = calling
    client = signed_in(cast.chen)
    give(client, followup)
    assert "前灯.png" not in give(client, followup, drop="1").content.decode()
    assert "The file is empty." in give(client, followup, nothing="here").content.decode()
    assert "cannot be taken" in give(client, followup, SimpleUploadedFile("a.png", b"<svg>" * 9)).content.decode()
    assert not AnswerFile.objects.exists()


def test_a_name_that_was_typed_does_not_answer_a_question_that_needs_a_file(cast: Cast, calling):
    followup, fence = calling
    with pytest.raises(Invalid, match="must be answered"):
        save(cast.chen, followup.pk, fence, RecordForm("completed", answers=ANSWERS), NOW + timedelta(minutes=3))
    assert not Record.objects.exists()


def test_a_file_whose_question_is_not_asked_goes_when_the_record_is_saved(cast: Cast, calling):
    followup, fence = calling
    asked = playbook_of(followup.playbook_version).questionnaires["short"]
    answer_files.attach(cast.chen, followup.pk, asked, "photo", answer_files.Upload("a.png", 9, [PNG]), NOW)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5}), NOW + timedelta(minutes=3))
    assert not AnswerFile.objects.exists()


def test_only_whoever_has_the_follow_up_in_hand_gives_a_file(cast: Cast, calling, signed_in):
    followup, _fence = calling
    asked = playbook_of(followup.playbook_version).questionnaires["short"]
    with pytest.raises(Conflict):
        answer_files.attach(cast.tao, followup.pk, asked, "photo", answer_files.Upload("a.png", 9, [PNG]), NOW)
    client = signed_in(cast.tao)
    assert "前灯.png" not in give(client, followup).content.decode()
    assert give(client, type(followup)(pk=10**9)).status_code == 404
    type(followup).objects.filter(pk=followup.pk).update(programme="thanks")
    followup.occurrences.all().delete()
    assert give(client, followup).status_code == 404
