"""What the team sees of the answers, and what it never sees; the files; the pages."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pyreadstat
import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from huifang.app import business_clock
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.survey_picks import Choice
from huifang.app.queries.survey_results import lines, results
from huifang.app.records.models import AuditEntry, Branch, Staff, SurveyAnswer, SurveyInvitation, SurveyResponse
from huifang.app.reports import survey_files
from huifang.app.services import survey_promises
from huifang.app.web.survey_downloads import download
from huifang.domain.errors import NotAllowed
from tests.app.surveys.asked import NOW, Shop, Visitor, shop

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(business_clock, "today", NOW.date)
    return shop()


def anonymous(place: Shop, branch: Branch, number: int, points: str = "4", day: date = OCTOBER, wish: str = "") -> None:
    playbook = playbook_of(place.version)
    survey = survey_promises.survey_of("link-shop", "quarterly", playbook.questionnaires["quarterly"])
    for _person in range(number):
        response = SurveyResponse.objects.create(
            survey=survey, playbook_version=place.version, questionnaire_version=1, branch=branch, way="open", language="zh-hans", day=day,
            marks=["fast"], fingerprint="x",
        )  # fmt: skip
        SurveyAnswer.objects.create(response=response, question="overall", value=points, score=float(points))
        SurveyAnswer.objects.create(response=response, question="kinds", value="wash,repair")
        SurveyAnswer.objects.create(response=response, question="grid", value='{"desk":5,"floor":3}')
        if wish:
            SurveyAnswer.objects.create(response=response, question="wish", text=wish)


def seen(place: Shop, staff: Staff, choice: Choice | None = None, key: str = "quarterly"):
    return results(staff, playbook_of(place.version), key, choice or Choice(), NOW.date())


def client(staff: Staff) -> Client:
    Staff.objects.filter(pk=staff.pk).update(language="en")
    one = Client()
    one.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return one


def test_a_small_branch_is_hidden_and_cannot_be_worked_out_from_the_others(place: Shop):
    anonymous(place, place.here, 20, "5")
    anonymous(place, place.there, 3, "1")
    found = seen(place, place.manager)
    assert [line.total for line in found.table] == [None, None]
    assert (found.totals[-1], found.shown, found.answered) == (23, True, 23)
    for branch in (place.here, place.there):
        assert not seen(place, place.manager, Choice(branch=str(branch.pk))).shown
    assert not seen(place, place.supervisor, Choice(branch=str(place.here.pk))).shown


def test_who_has_one_branch_sees_its_line_and_no_total(place: Shop):
    anonymous(place, place.here, 20)
    anonymous(place, place.there, 9)
    found = seen(place, place.supervisor, Choice(branch=str(place.here.pk)))
    assert ([line.title for line in found.table], found.totals, found.answered) == (["安达南山店"], (), 20)
    assert not seen(place, place.supervisor).shown
    assert not seen(place, place.supervisor, Choice(branch=str(place.there.pk))).shown


def test_anonymous_answers_of_a_month_that_is_not_over_are_not_shown(place: Shop):
    anonymous(place, place.here, 20, day=NOW.date())
    assert seen(place, place.manager).months == ()


def test_free_words_need_ten_people(place: Shop):
    anonymous(place, place.here, 9, wish="多一点茶")
    words = {one.question.key: one for one in seen(place, place.manager).tallies}["wish"]
    assert (words.answered, words.words) == (9, ())
    anonymous(place, place.here, 1, wish="多一点茶")
    assert len({one.question.key: one for one in seen(place, place.manager).tallies}["wish"].words) == 10


def words_of(place: Shop, **choice: str) -> int:
    return len({one.question.key: one for one in seen(place, place.manager, Choice(**choice)).tallies}["wish"].words)


def test_no_words_are_left_when_those_of_a_branch_are_taken_from_all(place: Shop):
    anonymous(place, place.here, 12, wish="本店")
    anonymous(place, place.there, 6)
    anonymous(place, place.there, 3, wish="外店")
    assert words_of(place) == 15
    here, there = str(place.here.pk), str(place.there.pk)
    assert seen(place, place.manager, Choice(branch=here)).shown
    assert (words_of(place, branch=here), words_of(place, branch=there)) == (0, 0), "three would be left of all"
    anonymous(place, place.there, 7, wish="外店")
    assert (words_of(place, branch=here), words_of(place, branch=there)) == (12, 10)


def test_words_are_not_shown_by_ways_which_overlap_with_branches(place: Shop):
    anonymous(place, place.here, 20, wish="本店")
    found = seen(place, place.manager, Choice(way="open"))
    assert found.shown
    assert {one.question.key: one for one in found.tallies}["wish"].words == ()


def test_a_line_of_a_secret_file_shows_no_way_no_version_and_no_words_of_its_own(place: Shop):
    for number in range(12):
        anonymous(place, place.here, 1, points=str(1 + number % 5), wish=f"{1 + number % 5}分")
    anonymous(place, place.there, 8, points="3")
    browser = client(place.manager)
    answer = browser.get(reverse("survey-file", args=["link-shop", "quarterly", "json"]))
    rows = json.loads(answer.getvalue())["rows"]
    assert len(rows) == 20
    assert not {"way", "version", "customer"} & rows[0].keys()
    assert sorted(row["wish"] for row in rows if row["wish"]) == sorted(f"{1 + number % 5}分" for number in range(12))
    assert [bool(row["wish"]) for row in rows] == [True] * 12 + [False] * 8, "beside the first lines, whoever they are"
    for path in ("survey-file", "survey-file-ask"):
        url = f"{reverse(path, args=['link-shop', 'quarterly', 'csv'])}?way=open"
        assert (browser.get(url) if path == "survey-file" else browser.post(url)).status_code == 404
    assert browser.get(f"{reverse('survey-results', args=['link-shop', 'quarterly'])}?way=open").context["files"] == []
    with pytest.raises(Http404):
        download(place.manager, playbook_of(place.version), "quarterly", Choice(way="open"), "csv")


def test_an_agent_does_not_see_results(place: Shop):
    with pytest.raises(NotAllowed):
        seen(place, place.agent)


def test_named_answers_by_link_are_seen_at_once_by_their_own_branch(place: Shop):
    visitor = Visitor(place.link().token)
    visitor.answer(quality="5", recommend="10")
    visitor.answer(again="yes")
    found = seen(place, place.supervisor, key="after-job")
    assert (found.protected, found.answered, found.versions) == (False, 1, (3,))
    (line,) = lines(place.supervisor, playbook_of(place.version), "after-job", Choice(), NOW.date())
    assert (line.person, line.way, line.answers["quality"].value) == ("K1", "personal", "5")
    assert (
        seen(
            place,
            place.stranger.__class__.objects.create(code="S9", name="外店主管", role="supervisor", branch=place.there),
            key="after-job",
        ).answered
        == 0
    )
    assert seen(place, place.supervisor, Choice(version=2), "after-job").answered == 0


def test_the_results_page_shows_figures_charts_and_tables(place: Shop):
    anonymous(place, place.here, 20)
    page = client(place.manager).get(reverse("survey-results", args=["link-shop", "quarterly"])).content.decode()
    for said in ("Protected answers", "20 answers", "100 %", "Answered very fast", "<svg", "<table"):
        assert said in page
    empty = client(place.manager).get(reverse("survey-results", args=["link-shop", "after-job"])).content.decode()
    assert "No answers yet" in empty
    assert client(place.manager).get(reverse("survey-results", args=["link-shop", "nothing"])).status_code == 404


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "sav"])
def test_the_files_hold_what_the_page_shows_and_no_day(place: Shop, ending: str, tmp_path: Path):
    anonymous(place, place.here, 12, wish="=1+1")
    answer = client(place.manager).get(reverse("survey-file", args=["link-shop", "quarterly", ending]))
    content = answer.getvalue()
    assert int(answer.headers["Content-Length"]) == len(content)
    match ending:
        case "csv":
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            assert (rows[0]["总体"] if "总体" in rows[0] else rows[0]["Overall"], rows[0]["Wish"], rows[0]["Month"]) == (
                "4",
                "'=1+1",
                "2026-10",
            )
        case "xlsx":
            rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
            assert rows[1][1] == "2026-10"
            assert "=1+1" in rows[1]
        case "json":
            rows = json.loads(content)["rows"]
            assert (rows[0]["kinds_wash"], rows[0]["grid_floor"], rows[0]["wish"]) == (1.0, 3.0, "=1+1")
        case _:
            file = tmp_path / "answers.sav"
            file.write_bytes(content)
            rows, meta = pyreadstat.read_sav(str(file))
            assert (rows["overall"][0], meta.column_names_to_labels["overall"]) == (4.0, "Overall")
    assert len(rows) == (13 if ending == "xlsx" else 12)
    assert b"2026-10-12" not in content
    assert AuditEntry.objects.filter(action="register.exported").exists()
    assert client(place.manager).get(reverse("survey-file", args=["link-shop", "quarterly", "exe"])).status_code == 404


@pytest.mark.parametrize("lines", [2, 3, 5, 100])
def test_a_workbook_goes_on_in_another_sheet_where_one_is_full(monkeypatch: pytest.MonkeyPatch, lines: int):
    monkeypatch.setattr(survey_files, "SHEET_LINES", lines)
    out = io.BytesIO()
    rows = [(float(number), f"word {number}") for number in range(1, 8)]
    survey_files.xlsx_file(survey_files.Sheet("All", (survey_files.Column("a", "A"), survey_files.Column("b", "B")), iter(rows)), out)
    out.seek(0)
    book = CalamineWorkbook.from_filelike(out)
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [tuple(row) for sheet in sheets for row in sheet[1:]] == rows
    assert all(sheet[0] == ["A", "B"] and len(sheet) <= lines for sheet in sheets)


def test_files_of_a_group_that_is_too_small_are_empty(place: Shop):
    anonymous(place, place.here, 3)
    answer = client(place.manager).get(reverse("survey-file", args=["link-shop", "quarterly", "csv"]))
    assert len(answer.getvalue().decode().splitlines()) == 1


def test_links_are_made_shown_with_a_code_and_closed(place: Shop):
    browser = client(place.supervisor)
    made = browser.post(reverse("survey-make", args=["link-shop", "quarterly"]), {"kind": "open"}, follow=True)
    link = SurveyInvitation.objects.get()
    assert f"/s/{link.token}/" in made.content.decode()
    assert re.search(r'<svg[^>]* viewBox="[^"]+" class="to-scan"', made.content.decode()), "drawn as large as its place"
    assert "quarterly" in browser.get(reverse("surveys")).content.decode()
    browser.post(reverse("survey-link-close", args=[link.pk]))
    assert Client().get(f"/s/{link.token}/").status_code == 410
    personal = browser.post(reverse("survey-make", args=["link-shop", "after-job"]), {"kind": "personal", "customer": "K1"})
    assert "once" in personal.content.decode()


def test_handing_over_a_device_signs_its_owner_out(place: Shop):
    browser = client(place.agent)
    answer = browser.post(reverse("survey-make", args=["link-shop", "quarterly"]), {"kind": "tablet"}, follow=True)
    assert "Overall" in answer.content.decode() or "总体" in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert browser.get(reverse("customers")).status_code == 302
