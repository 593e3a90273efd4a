"""The supervisor's day: every number is right and opens what it counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huifang.app import business_clock
from huifang.app.queries import day as days
from huifang.app.queries import day_rows
from huifang.app.records.models import Attempt, FollowUp, Promise, Record
from huifang.engine.rules import RULES
from tests.web import scene as scenes
from tests.web import worked


@pytest.fixture
def busy(scene):
    followups = scene.followups
    worked.contact(scene, followups[0], words="等太久了", satisfied=False)
    worked.contact(scene, followups[1])
    worked.contact(scene, followups[2], "no_answer")
    worked.promised(scene, worked.kept_back(scene, followups[3].customer, "deferred", "deferred.cap", per="7 天", at_most=1, used=1))
    worked.kept_back(scene, followups[4].customer, "suppressed", "suppressed.no-consent")
    worked.kept_back(scene, worked.stranger(scene), "suppressed", "suppressed.no-consent")
    return scene


def test_the_figures_are_those_of_the_follow_ups(busy):
    found = days.overview(busy.supervisor, busy.run.day, None, timezone.now(), "en")
    mine = FollowUp.objects.filter(day=busy.run.day)
    assert found.all.due == mine.count()
    assert found.all.done == mine.filter(state="done").count()
    assert (found.all.tried, found.all.reached, found.all.dissatisfied) == (3, 2, 1)
    assert found.all.left == found.all.due - found.all.done
    assert sum(person.figures.due for person in found.people) == found.all.due
    assert [(one.rule, one.count) for one in found.not_done if one.decision == "deferred"] == [("deferred.cap", 1)]


def test_dissatisfied_customers_stand_with_their_words_and_their_case(busy, signed_in):
    case = worked.complaint(busy, busy.first.records.get())
    page = signed_in(busy.supervisor).get(f"/day/?day={busy.run.day}").content.decode()
    assert "等太久了" in page
    assert case.number in page
    assert busy.first.customer.name in page


def test_a_rule_is_said_in_words_and_opens_its_rows(busy, signed_in):
    client = signed_in(busy.supervisor)
    page = client.get(f"/day/?day={busy.run.day}").content.decode()
    assert "No consent to marketing" in page
    assert "Contact cap reached" in page
    rows = client.get(f"/day/deferred/?day={busy.run.day}&rule=deferred.cap").content.decode()
    assert "at most 1 in 7 days, there are 1" in rows
    assert busy.followups[3].customer.name in rows


@pytest.mark.parametrize("what", [*day_rows.TITLES])
def test_every_number_opens_as_many_rows_as_it_says(busy, what):
    found = day_rows.rows(busy.supervisor, what, busy.run.day, None, timezone.now(), "en")
    overview = days.overview(busy.supervisor, busy.run.day, None, timezone.now(), "en")
    counted = (
        sum(one.count for one in overview.not_done if one.decision == what)
        if "-" in what or what in ("deferred", "expired", "suppressed")
        else None
    )
    listed = {"unhappy": overview.unhappy_in_all, "promised": overview.promises_in_all}
    expected = counted if counted is not None else listed[what] if what in listed else getattr(overview.all, what)
    assert found.total == expected == len(found.rows)
    assert what not in listed or expected


def test_a_list_that_is_longer_than_the_page_counts_all_and_leads_to_them(busy, signed_in, monkeypatch):
    worked.contact(busy, busy.followups[4], words="没人接待", satisfied=False)
    worked.promised(busy, worked.kept_back(busy, busy.followups[6].customer, "deferred", "deferred.cap", per="7 天", at_most=1, used=1))
    monkeypatch.setattr(days, "MOST", 1)
    client, asked = signed_in(busy.supervisor), f"?day={busy.run.day}"
    page = client.get(f"/day/{asked}").content.decode()
    assert page.count("1 of 2 are shown; see all") == 2
    rows = client.get(f"/day/unhappy/{asked}").content.decode()
    assert "等太久了" in rows and "没人接待" in rows
    assert client.get(f"/day/promised/{asked}").content.decode().count('class="row-link"') == 2


def test_a_record_of_no_version_stands_with_the_key_of_its_programme(busy):
    Record.objects.update(playbook_version=None, programme="by-hand")
    (row,) = day_rows.rows(busy.supervisor, "unhappy", busy.run.day, None, timezone.now(), "en").rows
    assert row.programme == "by-hand"


def test_a_promise_is_open_or_missed_and_kept_only_where_somebody_was_reached(busy):
    def states(now):
        shown = days.overview(busy.supervisor, busy.run.day, None, now, "en").promises[0]
        return day_rows.rows(busy.supervisor, "promised", busy.run.day, None, now, "en").rows[0].state, shown.words

    promise = Promise.objects.get(day=busy.run.day)
    assert (states(promise.opens_at), states(promise.closes_at)) == (("Open", "Open"), ("Missed", "Missed"))
    Promise.objects.update(open=False)
    assert states(promise.opens_at) == ("No longer due", "No longer due")
    Attempt.objects.filter(customer=promise.customer).delete()
    tried = Attempt.objects.create(
        ticket=uuid4(), key=uuid4().hex, customer=promise.customer, channel="phone", purpose="service", programme="day-after",
        state="ended", at=promise.opens_at, day=promise.day, outcome="no_answer",
    )  # fmt: skip
    assert states(promise.opens_at) == ("Tried, not reached", "Tried, not reached")
    Attempt.objects.filter(pk=tried.pk).update(outcome="completed", reached=True)
    assert states(promise.opens_at) == ("Kept", "Kept")


def test_rows_of_one_person_and_of_nobody(busy):
    def total(person):
        return day_rows.rows(busy.supervisor, "due", busy.run.day, None, timezone.now(), "en", person=person).total

    assert total(busy.agent.pk) + total(0) == total(None)


def test_what_cannot_be_counted_is_not_there(scene, signed_in):
    assert signed_in(scene.supervisor).get("/day/nonsense/").status_code == 404


def test_the_day_renews_itself_only_today(scene, signed_in):
    client = signed_in(scene.supervisor)
    assert "every 20s" in client.get("/day/").content.decode()
    assert "every 20s" not in client.get("/day/?day=2026-01-05").content.decode()


def test_the_page_is_sent_again_only_when_something_has_changed(scene, signed_in):
    client, path = signed_in(scene.supervisor), f"/day/?day={scene.run.day}"
    mark = client.get(path).context["mark"]
    assert client.get(f"{path}&seen={mark}").status_code == 204
    worked.contact(scene, scene.followups[1])
    answer = client.get(f"{path}&seen={mark}")
    assert answer.status_code == 200
    assert answer.context["mark"] != mark


def test_the_first_morning_says_what_to_do(db, signed_in, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW + timedelta(days=1))
    scene = scenes.build(0)
    FollowUp.objects.all().delete()
    assert "Nothing was due on this day" in signed_in(scene.supervisor).get("/day/?day=2026-01-05").content.decode()
    assert "Nothing is planned yet" in signed_in(scene.supervisor).get("/day/").content.decode()


@pytest.mark.parametrize(("state", "said"), [("failed", "plan failed"), ("running", "is being planned")])
def test_a_plan_that_failed_or_runs_is_told(scene, signed_in, state, said):
    type(scene.run).objects.update(state=state)
    assert said in signed_in(scene.supervisor).get(f"/day/?day={scene.run.day}").content.decode()


@pytest.mark.parametrize("rule", [*RULES])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_rules_without_a_case_have_no_gaps_in_their_words(rule, language):
    assert "{" not in days.general_words(rule, language)


def test_an_unknown_rule_is_shown_as_it_is():
    assert days.general_words("other.rule", "en") == "other.rule"


def test_the_number_of_queries_does_not_grow(busy, signed_in):
    client, now = signed_in(busy.supervisor), timezone.now()

    def queries(path):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = [
        f"/day/?day={busy.run.day}",
        f"/day/due/?day={busy.run.day}",
        f"/day/suppressed/?day={busy.run.day}",
        f"/plan/?day={busy.run.day}",
    ]
    few = [queries(path) for path in paths]
    for place in range(12, 30):
        followup = scenes._followup(busy, place, busy.run.day, now)
        worked.contact(busy, followup, satisfied=False)
        worked.kept_back(busy, followup.customer, "suppressed", "suppressed.no-consent")
    assert [queries(path) for path in paths] == few
