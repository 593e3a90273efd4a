"""Every type of question, the whole way: asked by an agent, behind a link, on a device that is handed over; read by people and in files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from huifang.app import business_clock
from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Answer, Customer, FollowUp, Occurrence, Staff, SurveyAnswer
from huifang.app.services import answer_files, followups, gate, playbooks
from huifang.app.services.answer_files import Upload
from huifang.app.services.contact_records import save
from huifang.app.web import record_form
from huifang.playbooks.form_fields import QUESTION_TYPES
from huifang.playbooks.tallying import Kept
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, Visitor, shop
from tests.app.surveys.test_files_given import PNG

ALL = """\
  all:
    title: {zh: 全部题型, en: Every type}
    per page: 50
    questions:
      - {key: one, ask: {zh: 一个, en: One}, type: single, options: {good: {zh: 好, en: Good}, bad: {zh: 坏, en: Bad}}, required: true}
      - {key: several, ask: {zh: 几个, en: Several}, type: multiple, options: {wash: {zh: 洗车, en: Wash}, tyre: {zh: 轮胎, en: Tyre}}}
      - {key: points, ask: {zh: 打分, en: Points}, type: scale, ends: [{zh: 差, en: Poor}, {zh: 佳, en: Fine}], required: true}
      - {key: yes, ask: {zh: 是否, en: Yes or no}, type: yes-no, required: true}
      - {key: recommend, ask: {zh: 推荐, en: Recommend}, type: nps, required: true}
      - {key: content, ask: {zh: 满意, en: Content}, type: csat, required: true}
      - {key: easy, ask: {zh: 省事, en: Easy}, type: ces, required: true}
      - key: grid
        ask: {zh: 逐项, en: Each}
        type: matrix
        required: true
        rows: {desk: {zh: 前台, en: Desk}, floor: {zh: 车间, en: Floor}}
      - {key: cost, ask: {zh: 花费, en: Cost}, type: number, required: true}
      - {key: on, ask: {zh: 哪天, en: Which day}, type: date, required: true}
      - {key: wish, ask: {zh: 建议, en: Wish}, type: text, required: true}
      - {key: sign, ask: {zh: 签名, en: Signature}, type: signature, required: true}
      - {key: photo, ask: {zh: 照片, en: Picture}, type: file, required: true}
"""
COLUMNS = ", ".join(f"{{value: answer.{key}, title: {key}}}" for key in ("one", "several", "grid", "cost", "sign", "yes", "recommend"))
CALL = f"""\
registers:
  sheet: {{title: {{zh: 明细, en: Sheet}}, rows: done, columns: [{COLUMNS}]}}
programmes:
  call:
    title: {{zh: 电话, en: Call}}
    purpose: service
    when: {{after: job.settled, wait: 1 day}}
    within: 3 days
    through: [phone]
    ask: all
    registers: [sheet]
"""
BOOK = PLAYBOOK.replace("  quarterly:\n", ALL + "  quarterly:\n", 1).replace("programmes:\n", CALL, 1)
DRAWN = "M10,20L30,40L50,60"
POSTED: dict[str, Any] = {
    "one": "good", "several": ["wash", "tyre"], "points": "4", "yes": "yes", "recommend": "9", "content": "5", "easy": "6",
    "grid.desk": "5", "grid.floor": "3", "cost": "12345678.25", "on": "2026-11-20", "wish": "多备点茶", "sign": DRAWN,
}  # fmt: skip
KEPT = {
    "one": ("good", ""), "several": ("wash,tyre", ""), "points": ("4", ""), "yes": ("yes", ""), "recommend": ("9", ""),
    "content": ("5", ""), "easy": ("6", ""), "grid": ('{"desk":5,"floor":3}', ""), "cost": ("12345678.25", ""), "on": ("2026-11-20", ""),
    "wish": ("", "多备点茶"), "sign": ("", DRAWN), "photo": ("", "前灯.png"),
}  # fmt: skip


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Shop:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(business_clock, "today", NOW.date)
    settings.MEDIA_ROOT = tmp_path / "media"
    made = shop()
    made.version = playbooks.activate(None, playbooks.add_version(None, BOOK, "link-shop.yaml", NOW), NOW)
    return made


def client(staff: Staff) -> Client:
    Staff.objects.filter(pk=staff.pk).update(language="en")
    one = Client()
    one.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return one


def by_link(place: Shop, kind: str) -> None:
    visitor = Visitor(place.link("all", kind).token)
    page = visitor.page.content.decode()
    assert all(f'name="q.{name}"' in page for name in POSTED)
    given = {key.replace(".", "__"): value for key, value in POSTED.items()} | {"photo": SimpleUploadedFile("前灯.png", PNG)}
    visitor.answer(**given)
    assert visitor.page.context["state"] == "answered"


def by_an_agent(place: Shop) -> FollowUp:
    followup = place.followup("call")
    FollowUp.objects.filter(pk=followup.pk).update(staff=place.agent, channel="phone")
    Occurrence.objects.create(
        playbook="link-shop", programme="call", customer=place.customer, cause="1", cause_day=NOW.date(), purpose="service", due=NOW.date(),
        deadline=NOW.date(), expires=NOW.date(), decision="planned", rule="planned.first", decided_on=NOW.date(), followup=followup,
    )  # fmt: skip
    fence = followups.claim(place.agent, followup.pk, NOW)
    gate.allow(place.agent, followup.pk, fence, "phone", None, NOW)
    page = client(place.agent).get(reverse("followup", args=[followup.pk])).content.decode()
    assert all(f'name="q.{name}"' in page for name in POSTED)
    asked = playbook_of(place.version).questionnaires["all"]
    answer_files.attach(place.agent, followup.pk, asked, "photo", Upload("前灯.png", len(PNG), [PNG]), NOW)
    posted = QueryDict(mutable=True)
    for name, value in POSTED.items():
        posted.setlist(f"q.{name}", value if isinstance(value, list) else [value])
    posted["outcome"] = "completed"
    save(place.agent, followup.pk, fence, record_form.read(posted, asked), NOW + timedelta(minutes=3))
    return followup


@pytest.mark.parametrize("way", ["personal", "tablet", "agent"])
def test_what_was_answered_is_kept_as_it_was_said(place: Shop, way: str):
    by_an_agent(place) if way == "agent" else by_link(place, way)
    rows = (SurveyAnswer if way == "tablet" else Answer).objects.all()
    assert {row.question: (row.value, row.text) for row in rows} == KEPT


def test_people_read_answers_in_words(place: Shop):
    by_an_agent(place)
    book = playbook_of(place.version)
    said = {one.key: answer_words(one, Kept(*KEPT[one.key]), "en") for one in book.questionnaires["all"].questions}
    assert (said["one"], said["several"]) == ("Good", "Wash, Tyre")
    assert (said["grid"], said["sign"], said["yes"], said["photo"]) == ("Desk 5, Floor 3", "Signed by hand", "Yes", "前灯.png")
    page = client(place.manager).get(reverse("customer", args=[Customer.objects.get().pk])).content.decode()
    assert all(each in page for each in ("Wash, Tyre", "Desk 5, Floor 3", "Signed by hand", "12345678.25"))
    assert not any(each in page for each in (DRAWN, "wash,tyre", "{&quot;desk"))
    sheet = client(place.manager).get(reverse("register", args=["link-shop", "sheet"]), {"day": "2026-11-24"})
    assert all(each in sheet.content.decode() for each in ("Wash, Tyre", "Desk 5, Floor 3", "Signed by hand", "Yes"))


def test_results_and_files_hold_every_type(place: Shop, tmp_path: Path):
    by_an_agent(place)
    by_link(place, "tablet")
    person = client(place.manager)
    page = person.get(reverse("survey-results", args=["link-shop", "all"])).content.decode()
    assert all(each in page for each in ("Good", "Tyre", "Desk", "多备点茶", "前灯.png", "+100"))

    def content(ending: str) -> bytes:
        return person.get(reverse("survey-file", args=["link-shop", "all", ending])).getvalue()

    flat = {
        "one": "good", "several_wash": 1.0, "several_tyre": 1.0, "points": 4.0, "yes": "yes", "recommend": 9.0, "content": 5.0,
        "easy": 6.0, "grid_desk": 5.0, "grid_floor": 3.0, "cost": 12345678.25, "on": "2026-11-20", "wish": "多备点茶",
        "sign": DRAWN, "photo": "前灯.png",
    }  # fmt: skip
    for row in json.loads(content("json"))["rows"]:
        assert flat.items() <= row.items()
    rows = list(csv.reader(io.StringIO(content("csv").decode("utf-8-sig"))))
    assert [row[-15:] for row in rows[1:]] == [[f"{one:.15g}" if isinstance(one, float) else one for one in flat.values()]] * 2
    book = CalamineWorkbook.from_filelike(io.BytesIO(content("xlsx"))).get_sheet_by_index(0).to_python()
    assert [row[-15:] for row in book[1:]] == [list(flat.values())] * 2
    path = tmp_path / "answers.sav"
    path.write_bytes(content("sav"))
    table, meta = pyreadstat.read_sav(str(path))
    assert [list(row)[-15:] for row in table.itertuples(index=False)] == [list(flat.values())] * 2
    assert meta.variable_value_labels["one"] == {"good": "Good", "bad": "Bad"}
    assert meta.variable_value_labels["points"] == {1.0: "Poor", 5.0: "Fine"}
    assert meta.variable_value_labels["several_wash"] == {0.0: "No", 1.0: "Yes"}


def test_the_editor_knows_every_type(place: Shop):
    asked = playbook_of(place.version).questionnaires["all"]
    assert {one.type for one in asked.questions} == {key for key, _words in QUESTION_TYPES}
    begun = client(place.manager).post(reverse("playbook-edit", args=[place.version.pk]), {"part": "questionnaires/all"})
    for at, one in enumerate(asked.questions):
        page = client(place.manager).post(
            begun.headers["Location"], {"do": f"open:questions/{at}", "part": "questionnaires/all", "text": BOOK}
        )
        (line,) = page.context["look"].preview
        assert (line.kind, line.asked.title) == (one.type, one.ask.en)
