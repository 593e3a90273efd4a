"""The coming days with a version: asked for, computed by the worker, stopped, read."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from huifang.app import business_clock
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.queries import outlook as query
from huifang.app.records.models import Job, Outlook, OutlookChange, PlanRun, Staff
from huifang.app.services import job_queue as queue
from huifang.app.services import outlooks, playbooks
from huifang.app.web.load_chart import Bar, chart
from huifang.domain.errors import CalendarError, Invalid, NotAllowed, Problem
from huifang.domain.words import Words
from huifang.playbooks import library
from tests.web import scene as scenes

DAY, NOW = scenes.DAY, scenes.NOW
SOONER, LATE = (f"when: {{before: agreement.insurance.ends, by: {days} days}}" for days in (30, 29))
NOW_IN_FORCE = library.text("repair-shop").replace("    hold out: 5 %\n", "")
LATER = NOW_IN_FORCE.replace(SOONER, LATE, 1)


@pytest.fixture
def scene(db, monkeypatch):
    """Three customers; the insurance of the last ends in 31 days. The version reminds a day later than the one in force.

    A few days are enough to see it: every one of them is planned twice.
    """
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(outlooks, "SHORTEST", 3)
    made = scenes.build(2)
    customer = scenes.customer_of(30, made.here)
    customer.consents.create(
        purpose="marketing", channel="any", allowed=True, at=NOW - timedelta(days=9), road="import", proof="入会登记表"
    )
    customer.agreements.create(kind="insurance", code="P30", ends=DAY + timedelta(days=31), amount=4000)
    playbooks.activate(made.manager, playbooks.add_version(made.manager, NOW_IN_FORCE, "repair-shop.yaml", NOW), NOW)
    Job.objects.all().delete()  # the plan that this asks for is not looked at here
    made.version = playbooks.add_version(made.manager, LATER, "repair-shop.yaml", NOW)
    return made


def work() -> None:
    """What the worker would do now."""
    while (job := queue.claim(NOW)) is not None:
        queue.perform(job, HANDLERS[job.kind], NOW)


def page(client, version, more="", **headers) -> str:
    return client.get(f"/playbooks/{version.pk}/outlook/{more}", headers=headers).content.decode()


def test_a_version_that_reminds_later_moves_a_contact(scene, signed_in):
    client, version = signed_in(scene.manager), scene.version
    assert "Look ahead" in page(client, version)
    assert client.post(f"/playbooks/{version.pk}/outlook/ask/", {"days": "3"}).status_code == 302
    assert 'hx-trigger="load delay:2s"' in page(client, version, **{"HX-Request": "true"})
    work()
    outlook = Outlook.objects.get()
    assert (outlook.state, outlook.simulated, outlook.result["counts"]) == ("done", 6, {"added": 0, "dropped": 0, "moved": 1})
    assert Job.objects.get(kind="outlook").state == "done"
    change = OutlookChange.objects.get()
    assert (change.kind, change.programme, change.before_day, change.after_day) == (
        "moved", "insurance-due", DAY + timedelta(days=1), DAY + timedelta(days=2),
    )  # fmt: skip
    text = page(client, version)
    for words in ("Load against capacity", "Your people can do it", "Wed 25 Nov", "Insurance renewal", "徐文博", "Assumed:"):
        assert words in text
    assert page(client, version, "?kind=added").count("Nothing changes here") == 1
    assert "徐文博" in page(client, version, f"?from={DAY + timedelta(days=2)}&to={DAY + timedelta(days=2)}&page=1")
    assert "Nothing changes here" in page(client, version, f"?from={DAY}&to={DAY}")
    assert PlanRun.objects.count() == 1  # nothing has been planned


def test_asking_again_is_answered_by_the_one_under_way_and_afterwards_by_a_new_one(scene):
    first = outlooks.ask(scene.manager, scene.version, 30, NOW)
    assert outlooks.ask(scene.manager, scene.version, 60, NOW).pk == first.pk
    assert outlooks.ask(scene.manager, scene.version, 30, NOW + timedelta(hours=2)).pk != first.pk  # nobody has begun for two hours
    Outlook.objects.update(state="done")
    second = outlooks.ask(scene.manager, scene.version, 60, NOW, events=True)
    assert list(Outlook.objects.values_list("pk", "days", "events")) == [(second.pk, 60, True)]


def test_it_can_be_stopped_while_it_waits_and_while_it_is_computed(scene, signed_in, monkeypatch):
    client, version = signed_in(scene.manager), scene.version
    outlooks.ask(scene.manager, version, 30, NOW)
    assert "Stop" in page(client, version)
    client.post(f"/playbooks/{version.pk}/outlook/stop/")
    work()
    assert Outlook.objects.get().simulated == 0
    assert "It was stopped before the end." in page(client, version)
    outlooks.stop(scene.manager, version, NOW)  # a second time there is nothing to stop
    begun, go_on = outlooks.ask(scene.manager, version, 3, NOW), outlooks._go_on

    def second_day(pk: int, done: int) -> None:
        if done == 2:
            outlooks.stop(scene.manager, version, NOW)
        go_on(pk, done)

    monkeypatch.setattr(outlooks, "_go_on", second_day)
    work()
    begun.refresh_from_db()
    assert (begun.state, begun.simulated) == ("stopped", 1)
    assert not OutlookChange.objects.exists()


def test_one_that_is_stopped_at_its_last_step_writes_nothing(scene, monkeypatch):
    outlook = outlooks.ask(scene.manager, scene.version, 30, NOW)

    def stopped_meanwhile(_outlook):
        outlooks.stop(scene.manager, scene.version, NOW)
        return {}, ()

    monkeypatch.setattr(outlooks, "_computed", stopped_meanwhile)
    outlooks.perform(outlook.pk, NOW)
    outlook.refresh_from_db()
    assert (outlook.state, outlook.result) == ("stopped", {})


def test_one_that_cannot_be_computed_says_why(scene, signed_in, monkeypatch):
    outlook = outlooks.ask(scene.manager, scene.version, 30, NOW)

    def broken(*_given):
        raise CalendarError(Problem("calendar.short", Words("日历不够长。", "The calendar is too short."), Words("请补。", "Add to it.")))

    monkeypatch.setattr(outlooks, "difference", broken)
    outlooks.perform(outlook.pk, NOW)
    assert "日历不够长。" in page(signed_in(scene.manager), scene.version)


def test_days_are_thirty_to_four_hundred_and_only_editors_ask(scene, signed_in, monkeypatch):
    monkeypatch.undo()
    for days in (29, 401):
        with pytest.raises(Invalid, match="30 to 400"):
            outlooks.ask(scene.manager, scene.version, days, NOW)
    with pytest.raises(NotAllowed):
        outlooks.ask(scene.supervisor, scene.version, 30, NOW)
    answer = signed_in(scene.manager).post(f"/playbooks/{scene.version.pk}/outlook/ask/", {"days": "many"}, follow=True)
    assert "The days are 30 to 400" in answer.content.decode()


def outlook_with(scene, days: int, loads, changes=()) -> Outlook:
    result = {
        "loads": loads, "programmes": {"before": {"repair-shop/day-after": 3, "old/gone": 0}, "after": {"repair-shop/day-after": 5}},
        "counts": {"added": len(changes), "dropped": 0, "moved": 0}, "same": 7, "assumed": {"zh": "假定", "en": "Assumed"},
    }  # fmt: skip
    made = Outlook.objects.create(version=scene.version, day=DAY, days=days, state="done", asked_at=NOW, result=result)
    why = {"zh": "因", "en": "because"}
    for customer in changes:
        OutlookChange.objects.create(
            outlook=made, kind="added", customer=customer, playbook="repair-shop", programme="day-after", before_why=why, after_why=why,
            after_day=DAY, after_channel="phone",
        )  # fmt: skip
    return made


def test_many_days_are_shown_by_week_and_crowded_ones_are_marked(scene, signed_in):
    rows = [[str(DAY + timedelta(days=n)), "NS", 5, n % 2, 4] for n in range(46)]
    made = outlook_with(scene, 46, {"before": rows[:1], "after": rows})
    found = query.spans(scene.manager, made)
    assert (found[0].first, found[0].last, found[0].work, found[0].now) == (DAY, date(2026, 11, 29), 30, 5)
    assert (found[1].first, found[1].capacity, len(found)) == (date(2026, 11, 30), 28, 7)
    assert "times without room" in page(signed_in(scene.manager), scene.version)


def test_other_branches_are_counted_in_the_load_of_nobody_else_and_their_customers_not_named(scene, signed_in):
    Staff.objects.filter(pk=scene.manager.pk).update(all_branches=False)
    scene.manager.refresh_from_db()
    foreign = scenes.customer_of(31, scene.there)
    made = outlook_with(scene, 30, {"before": [], "after": [[str(DAY), "NS", 5, 0, 9], [str(DAY), "LG", 7, 0, 9]]}, [foreign])
    assert [(each.work, each.capacity) for each in query.spans(scene.manager, made)] == [(5, 9)]
    text = page(signed_in(scene.manager), scene.version)
    assert "of another branch" in text
    assert foreign.name not in text
    assert query.programmes(made, "en") == [("Satisfaction call after the repair", 3, 5)]


def test_pages_of_fifty(scene):
    made = outlook_with(scene, 30, {"before": [], "after": []}, [scene.first.customer] * 51)
    first = query.changes(scene.manager, made, query.Wanted(), "en")
    assert (len(first.rows), first.total) == (50, 51)
    found = query.changes(scene.manager, made, query.Wanted(after=first.after), "en")
    assert (len(found.rows), found.total, found.after) == (1, 51, "")
    assert found.rows[0].after == query.Side("Tue 24 Nov · Phone", "because")


def test_the_chart_links_each_bar_to_its_day_and_escapes_what_it_says():
    drawn = chart("Load <1>", [Bar("11-24", "a & b", 5, 1, 4, "?from=2026-11-24"), Bar("11-25", "", 0, 0, 4, "?from=2026-11-25")])
    figure = ET.fromstring(str(drawn))
    links = figure.findall(".//a")
    assert [link.get("href") for link in links] == ["?from=2026-11-24", "?from=2026-11-25"]
    heights = [[float(box.get("height") or 0) for box in link.findall("rect")] for link in links]
    assert heights[0][1] == pytest.approx(5 * heights[0][2], abs=0.3)
    assert heights[1][1:] == [0, 0]
    assert chart("Nothing", []) == ""
