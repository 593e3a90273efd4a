"""The database adds up what the page shows: the same figures as one by one, in as many queries for many answers as for few."""

from __future__ import annotations

import json
import uuid
from datetime import date
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.queries import survey_results
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.survey_picks import Choice
from huifang.app.queries.survey_results import Results, lines, results
from huifang.app.records.models import Answer, ExportRequest, Record, Staff, SurveyAnswer, SurveyResponse
from huifang.app.services import export_requests, exports, playbooks, survey_promises
from huifang.domain.errors import NotAllowed
from huifang.domain.survey_scores import mean, nps
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, shop

ASKS = PLAYBOOK.replace(
    "      - {key: again,",
    "      - {key: wanted, ask: {zh: 期望, en: Wanted}, type: scale, dimension: speed, side: expectation}\n"
    "      - {key: found, ask: {zh: 实际, en: Found}, type: scale, dimension: speed, side: perception}\n"
    "      - key: grid\n        ask: {zh: 逐项, en: Each}\n        type: matrix\n        rows: {desk: {zh: 前台, en: Desk}}\n"
    "      - {key: again,",
)


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(business_clock, "today", NOW.date)
    made = shop()
    made.version = playbooks.activate(None, playbooks.add_version(None, ASKS, "link-shop.yaml", NOW), NOW)
    return made


def answer(place: Shop, rng: Random, number: int) -> None:
    """Answers by agents and by open links, in both branches, of two months."""
    survey = survey_promises.survey_of("link-shop", "after-job", playbook_of(place.version).questionnaires["after-job"])
    for each in range(number):
        branch, day = (place.here, place.there)[each % 2], date(2026, 9 + each % 3 // 2, 5)
        if each % 4 < 2:
            record = _record(place, f"{each}-{rng.random()}", branch, day)
            owner, kind = {"record": record}, Answer
        else:
            response = SurveyResponse.objects.create(
                survey=survey, playbook_version=place.version, questionnaire_version=3, branch=branch, way="open", language="en", day=day,
                marks=["fast"] if each % 3 else [], fingerprint="x",
            )  # fmt: skip
            owner, kind = {"response": response}, SurveyAnswer
        given = {key: str(rng.randint(1, 5)) for key in ("quality", "recommend", "wanted", "found")}
        for question, value in given.items():
            kind.objects.create(question=question, value=value, **owner)
        kind.objects.create(question="grid", value=json.dumps({"desk": rng.randint(1, 5)}), **owner)
        kind.objects.create(question="why", text=f"因为{each % 5}", **owner)


def _record(place: Shop, token: str, branch, day: date) -> Record:
    followup = place.followup()
    attempt = followup.attempts.create(
        ticket=uuid.uuid4(), key=token, customer=place.customer, channel="phone", purpose="service", programme="rate", at=NOW,
        day=day, branch=branch,
    )  # fmt: skip
    return Record.objects.create(
        attempt=attempt, token=token, followup=followup, customer=place.customer, branch=branch, playbook_version=place.version,
        programme="rate", questionnaire="after-job", questionnaire_version=3, saved_at=NOW, day=day,
    )  # fmt: skip


def seen(place: Shop, choice: Choice | None = None) -> Results:
    return results(place.manager, playbook_of(place.version), "after-job", choice or Choice(), NOW.date())


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(month="2026-09"),
        Choice(way="agent"),
        Choice(way="open", month="2026-10"),
        Choice(branch="none"),
        Choice(branch="x"),
    ],
)
def test_what_is_added_up_is_what_one_by_one_gives(place: Shop, choice: Choice):
    answer(place, Random(4), 24)
    found = seen(place, choice)
    rows = list(lines(place.manager, playbook_of(place.version), "after-job", choice, NOW.date()))
    assert found.answered == len(rows)
    assert len(rows) == {"2026-09": 16, "": 24}.get(choice.month, 4) if choice.way != "agent" and not choice.branch else True
    if not rows:
        assert (found.shown, found.tallies, found.marks) == (False, (), ())
        return
    by_key = {one.question.key: one for one in found.tallies}
    points = [float(row.answers["recommend"].value) for row in rows]
    assert by_key["recommend"].figure == nps(points)
    assert by_key["grid"].rows == (("desk", mean([json.loads(row.answers["grid"].value)["desk"] for row in rows])),)
    assert set(by_key["why"].words) == {row.answers["why"].text for row in rows}
    assert by_key["why"].answered == len(rows)
    gaps = [float(row.answers["found"].value) - float(row.answers["wanted"].value) for row in rows]
    assert [gap.gap.value for gap in found.gaps] == [pytest.approx(sum(gaps) / len(gaps))]
    assert dict(found.marks).get("fast", 0) == sum("fast" in row.marks for row in rows)
    assert (found.first, found.last) == (min(row.day for row in rows), max(row.day for row in rows))


def test_many_answers_take_as_many_queries_as_few(place: Shop):
    answer(place, Random(1), 8)
    with CaptureQueriesContext(connection) as few:
        seen(place)
    answer(place, Random(2), 40)
    with CaptureQueriesContext(connection) as many:
        seen(place)
    assert len(many) == len(few) <= 15


def test_a_choice_that_is_too_long_for_its_place_is_counted_whole(place: Shop):
    record = _record(place, "t", place.here, date(2026, 9, 5))
    Answer.objects.create(record=record, question="grid", value=("{" + " " * 300)[:200], text='{"desk":4}')
    assert [(row, one.value) for tally in seen(place).tallies for row, one in tally.rows] == [("desk", 4.0)]


def test_words_are_drawn_up_to_a_number(place: Shop, monkeypatch: pytest.MonkeyPatch):
    answer(place, Random(3), 20)
    monkeypatch.setattr(survey_results, "MOST_WORDS", 3)
    (why,) = (one for one in seen(place).tallies if one.question.key == "why")
    assert (len(why.words), why.answered) == (3, 20)


def test_a_file_of_more_rows_than_one_may_take_is_refused_before_they_are_read(place: Shop, client, monkeypatch: pytest.MonkeyPatch):
    answer(place, Random(3), 8)
    monkeypatch.setattr(exports, "ALONE", 5)
    client.force_login(place.manager, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("survey-file", args=["link-shop", "after-job", "csv"])).status_code == 403
    assert not any("records_customer" in query["sql"] and "INNER JOIN" in query["sql"] for query in asked)
    with pytest.raises(NotAllowed):
        exports.note(place.manager, "link-shop", "after-job", NOW.date(), NOW.date(), 6, "csv")


def test_a_file_of_many_answers_is_asked_for_allowed_and_taken_once(place: Shop, client, monkeypatch: pytest.MonkeyPatch):
    answer(place, Random(3), 8)
    for module in (exports, export_requests):
        monkeypatch.setattr(module, "ALONE", 5)
    other = Staff.objects.create(code="M08", name="另一位经理", role="manager", all_branches=True)
    page, ask = (
        reverse(name, args=["link-shop", "after-job", *ending]) for name, ending in (("survey-results", ()), ("survey-file-ask", ("csv",)))
    )

    def as_person(staff: Staff) -> None:
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")

    as_person(place.manager)
    shown = client.get(page).content.decode()
    assert "file.csv" not in shown
    assert f'action="{ask}?' in shown
    assert client.post(ask.replace("ask.csv", "ask.exe")).status_code == 404
    assert client.post(ask, follow=True).context["messages"]
    request = ExportRequest.objects.get()
    assert (request.kind, request.register, request.rows, request.form) == ("answers", "after-job", 8, "csv")
    client.post(ask)
    assert ExportRequest.objects.count() == 1, "asked twice is one request"
    as_person(other)
    assert "CSV" in client.get("/exports/").content.decode()
    client.post(f"/exports/{request.pk}/decide/", {"allowed": "yes"})
    as_person(place.manager)
    request.refresh_from_db()
    take = f"/exports/{request.pk}/{request.token}/"
    assert take in client.get(page).content.decode()
    taken = client.post(take)
    assert taken.headers["Content-Type"].startswith("text/csv")
    assert len(taken.getvalue().decode("utf-8-sig").splitlines()) == 1 + 8
    assert client.post(take).status_code == 302, "it works once"


def test_few_answers_are_taken_at_once(place: Shop, client):
    answer(place, Random(3), 8)
    client.force_login(place.manager, backend="django.contrib.auth.backends.ModelBackend")
    said = client.post(reverse("survey-file-ask", args=["link-shop", "after-job", "csv"]) + f"?branch={place.here.pk}", follow=True)
    assert not ExportRequest.objects.exists()
    assert said.context["messages"]


def test_a_file_reads_a_few_answers_at_a_time_and_leaves_out_who_is_gone(place: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(survey_results, "_AT_ONCE", 5)
    answer(place, Random(4), 24)
    rows = lines(place.manager, playbook_of(place.version), "after-job", Choice(), NOW.date())
    with CaptureQueriesContext(connection) as few:
        first = [next(rows) for _ in range(5)]
    with CaptureQueriesContext(connection) as next_few:
        first.append(next(rows))
    assert len(few) <= 5
    assert len(next_few) <= 5
    Record.objects.exclude(pk__in=[row.number.removeprefix("record-") for row in first if row.number.startswith("record-")]).delete()
    SurveyResponse.objects.exclude(pk__in=[row.number for row in first if not row.number.startswith("record-")]).delete()
    rest = list(rows)
    assert len(rest) <= 4, "only those that had been read"
    assert len({row.number for row in (*first, *rest)}) == len(first) + len(rest)
