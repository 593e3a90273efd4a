"""A photo or paper as an answer: taken by what it is, sealed, kept with the form, then with the record or response, gone with its owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.access import answer_files_for
from huifang.app.jobs import schedule, worker
from huifang.app.records.kept_files import path_of
from huifang.app.records.models import Answer, AnswerFile, AuditEntry, Record, SurveyAnswer, SurveyPart
from huifang.app.services import answer_files, playbooks, survey_files, survey_links
from huifang.app.services.survey_answers import Form
from huifang.domain.answer_files import MOST_BYTES
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from huifang.playbooks.checks import check
from huifang.playbooks.loader import loads
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, Visitor, shop

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 300
"""Some 77 kB: two pieces."""
PHOTO = "      - {key: photo, ask: {zh: 故障照片, en: A picture of it}, type: file}\n"
ASKS = PLAYBOOK.replace("      - {key: again,", PHOTO + "      - {key: again,").replace("per page: 2", "per page: 3")


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> Shop:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(business_clock, "today", NOW.date)
    settings.MEDIA_ROOT = tmp_path
    made = shop()
    made.version = playbooks.activate(None, playbooks.add_version(None, ASKS, "link-shop.yaml", NOW), NOW)
    return made


def png(name: str = "前灯.png", data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def at_photo(place: Shop, kind: str = "personal") -> Visitor:
    visitor = Visitor(place.link(kind=kind).token)
    visitor.answer(quality="5", recommend="9")
    assert visitor.questions() == ["photo", "again"]
    return visitor


def on_disk(tmp_path) -> list:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_photo_is_an_answer_of_the_record_and_lies_sealed(place: Shop, tmp_path):
    visitor = at_photo(place)
    assert 'enctype="multipart/form-data"' in visitor.page.content.decode()
    visitor.answer(photo=png("../../前灯\u202egnp.exe"), again="yes")
    assert visitor.page.context["state"] == "answered"
    kept = AnswerFile.objects.get()
    assert (kept.name, kept.media_type, kept.size, kept.record, kept.part) == (
        "前灯gnp.png", "image/png", len(PNG), Record.objects.get(), None,
    )  # fmt: skip
    assert Answer.objects.get(question="photo").text == "前灯gnp.png"
    assert b"".join(answer_files.content(kept)) == PNG
    (raw,) = on_disk(tmp_path)
    assert PNG[:16] not in raw.read_bytes()
    assert raw.name == str(kept).replace("-", "")


def test_a_file_waits_with_its_form_is_replaced_and_taken_back(place: Shop, tmp_path, django_capture_on_commit_callbacks):
    visitor = at_photo(place)
    visitor.answer("back", photo=png())
    visitor = Visitor(place_link(place))
    assert visitor.questions() == ["photo", "again"]
    assert "前灯.png" in visitor.page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        visitor.answer("back", photo=png("后灯.png"))
    assert AnswerFile.objects.get().name == "后灯.png"
    assert len(on_disk(tmp_path)) == 1
    with django_capture_on_commit_callbacks(execute=True):
        Visitor(place_link(place)).answer("drop:photo")
    assert not AnswerFile.objects.exists()
    assert on_disk(tmp_path) == []
    assert "photo" not in SurveyPart.objects.get().content


def place_link(place: Shop) -> str:
    return SurveyPart.objects.get().invitation.token


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (png("空.png", b""), "The file is empty."),
        (png("页面.png", b"<html><script>alert(1)</script></html>"), "cannot be taken"),
        (png("程序.png", b"MZ\x90\x00" * 10), "cannot be taken"),
        (png("大.png", b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES)), "more than 10 MB"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_question_and_leaves_nothing(place: Shop, tmp_path, file, said):
    visitor = at_photo(place)
    visitor.answer(photo=file, again="yes")
    assert visitor.page.status_code == 422
    assert said in visitor.page.content.decode()
    assert [line.asked.value for line in visitor.page.context["step"].lines] == ["", "True"]
    assert not AnswerFile.objects.exists()
    assert on_disk(tmp_path) == []
    visitor.answer(again="yes")
    assert visitor.page.context["state"] == "answered"


def test_whoever_says_less_than_they_send_is_stopped_at_the_limit(place: Shop, tmp_path, monkeypatch):
    monkeypatch.setattr(answer_files, "MOST_BYTES", 1000)
    visitor = at_photo(place)
    link = survey_links.find(place_link(place), NOW)
    form = Form(visitor.hidden()["p"], "en")
    with pytest.raises(Invalid, match="MB"):
        survey_files.keep_file(link, form, "photo", answer_files.Upload("a.png", 10, iter([PNG[:9], PNG[9:500], PNG[500:]])), NOW)
    with pytest.raises(Invalid, match="not answered by a file"):
        survey_files.keep_file(link, form, "again", answer_files.Upload("a.png", 10, [PNG[:500]]), NOW)
    assert on_disk(tmp_path) == []


def test_a_name_that_is_posted_instead_of_a_file_is_no_answer(place: Shop):
    visitor = at_photo(place)
    visitor.answer(photo="0f8fad5b-d9cb-469f-a165-70867728950e", again="yes")
    assert not Answer.objects.filter(question="photo").exists()


def test_a_file_for_a_question_that_is_not_asked_after_all_goes(place: Shop, tmp_path, django_capture_on_commit_callbacks):
    playbooks.activate(None, playbooks.add_version(None, ASKS.replace("type: file}", "type: file, if: quality >= 4}"), "l.yaml", NOW), NOW)
    visitor = Visitor(place.link().token)
    visitor.answer(quality="5")
    visitor.answer("back", photo=png())
    with django_capture_on_commit_callbacks(execute=True):
        while "step" in visitor.page.context:
            visitor.answer(quality="2", why="慢")
    assert visitor.page.context["state"] == "answered"
    assert not AnswerFile.objects.exists()
    assert on_disk(tmp_path) == []


def test_without_a_name_it_belongs_to_the_response_and_who_sees_results_may_have_it(place: Shop):
    visitor = at_photo(place, "open")
    visitor.answer(photo=png(), again="yes")
    kept = AnswerFile.objects.get()
    assert (kept.record, kept.response.answers.get(question="photo").text) == (None, "前灯.png")
    assert SurveyAnswer.objects.filter(question="photo").count() == 1
    assert [answer_files_for(one).exists() for one in (place.manager, place.supervisor, place.agent, place.stranger)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_file_is_taken_down_as_a_file_by_those_who_see_the_record(place: Shop, client):
    at_photo(place).answer(photo=png('报价 "单".png'), again="yes")
    kept = AnswerFile.objects.get()
    client.force_login(place.supervisor)
    answer = client.get(reverse("answer-file", args=[kept.key]))
    assert b"".join(answer.streaming_content) == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(action="answer-file.taken").count() == 1
    with pytest.raises(NotAllowed, match="no such file"):
        answer_files.take(place.stranger, kept.key)
    page = client.get(reverse("survey-results", args=["link-shop", "after-job"])).content.decode()
    assert reverse("answer-file", args=[kept.key]) in page
    sheet = client.get(reverse("survey-file", args=["link-shop", "after-job", "csv"])).getvalue().decode("utf-8-sig")
    assert "报价 _单_.png" in sheet


def test_it_goes_with_the_customer(place: Shop, tmp_path, django_capture_on_commit_callbacks):
    at_photo(place).answer(photo=png(), again="yes")
    with django_capture_on_commit_callbacks(execute=True):
        Record.objects.get().delete()
    assert not AnswerFile.objects.exists()
    assert on_disk(tmp_path) == []


def test_what_nobody_sends_off_goes_after_thirty_days(place: Shop, tmp_path, django_capture_on_commit_callbacks):
    at_photo(place).answer("back", photo=png())
    path = path_of(AnswerFile.objects.get())
    schedule.due(NOW + timedelta(days=30))
    while worker.once(NOW + timedelta(days=30)):
        pass
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        schedule.due(NOW + timedelta(days=32))
        while worker.once(NOW + timedelta(days=32)):
            pass
    assert not AnswerFile.objects.exists()
    assert on_disk(tmp_path) == []


def test_an_anonymous_questionnaire_asks_for_no_file_and_takes_none(place: Shop):
    visitor = Visitor(place.link("quarterly", "open").token)
    link = survey_links.find(visitor.url.split("/")[-2], NOW)
    with pytest.raises(Invalid, match="anonymous"):
        survey_files.keep_file(link, Form("x", "en"), "wish", answer_files.Upload("a.png", 9, [PNG]), NOW)
    asks = PLAYBOOK.replace("    anonymous: true\n    questions:\n", "    anonymous: true\n    questions:\n" + PHOTO)
    loaded = loads(asks, "a.yaml")
    assert "check.anonymous-file" in {one.code for one in check(loaded.playbook, loaded.lines)}


def test_a_form_that_was_sent_off_takes_no_more(place: Shop):
    visitor = at_photo(place)
    form = Form(visitor.hidden()["p"], "en")
    visitor.answer(again="yes")
    link = survey_links.find(SurveyPart.objects.get().invitation.token, NOW)
    with pytest.raises(Conflict):
        survey_files.keep_file(link, form, "photo", answer_files.Upload("a.png", 9, [PNG]), NOW)
