"""Why, why not, and when next, on any day: every programme in words, with its figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Agreement, Customer, Decision, Event, FollowUp, Occurrence, PlanRun, PlaybookVersion
from huifang.app.services.playbooks import activate, add_version
from huifang.playbooks import library
from tests.web import scene as scenes
from tests.web.test_contact_now import CARE, learned

DAY = scenes.DAY


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    made = scenes.build(2)
    text = library.text("repair-shop").replace("\nprogrammes:\n", f"\nprogrammes:\n{CARE}", 1)
    activate(made.manager, add_version(made.manager, text, "repair-shop.yaml", scenes.NOW), scenes.NOW)
    return made


def page(client, customer, day: date | str = "", **more) -> str:
    return client.get(reverse("customer-why-next", args=[customer.pk]), {"day": f"{day}"} if day else {}, **more).content.decode()


def rows(client, customer, day: date | str = "") -> list[str]:
    return [each.partition("</tr>")[0] for each in page(client, customer, day).split("<tr>")[2:]]


def row(client, customer, title: str, day: date | str = "") -> str:
    return next(each for each in rows(client, customer, day) if f">{title}<" in each)


def planned(day: date) -> PlanRun:
    return PlanRun.objects.create(day=day, state="done", started_at=scenes.NOW, finished_at=scenes.NOW)


def noted(occurrence: Occurrence, run: PlanRun, rule: str, **more) -> None:
    """A line of the history."""
    Decision.objects.create(occurrence=occurrence, run=run, day=run.day, decision=rule.partition(".")[0], rule=rule, **more)


def test_what_the_plan_has_decided_is_told_as_it_was_decided(scene, signed_in):
    """Nobody of the staff had room: only the whole plan knows that."""
    found = scene.first.occurrences.get(programme="day-after")
    found.decision, found.rule, found.until = "deferred", "deferred.no-capacity", DAY + timedelta(days=1)
    found.save()
    said = row(signed_in(scene.agent), scene.first.customer, "Satisfaction call after the repair")
    assert "Deferred" in said
    assert "2026-11-25" in said


def test_what_is_not_due_says_why_with_its_figures_and_when_next(scene, signed_in):
    customer = scene.first.customer
    Occurrence.objects.filter(customer=customer).delete()
    Agreement.objects.filter(customer=customer).update(ends=DAY + timedelta(days=330))
    client = signed_in(scene.agent)
    insurance = row(client, customer, "Insurance renewal")
    assert "Nothing is due on the day" in insurance
    assert "2027-09-20" in insurance
    assert any("not foreseeable" in each for each in rows(client, customer))


def test_before_the_plan_has_run_the_same_rules_tell_it(scene, signed_in):
    PlanRun.objects.all().delete()
    Occurrence.objects.all().delete()
    said = row(signed_in(scene.agent), scene.followups[1].customer, "Satisfaction call after the repair")
    assert "Planned" in said
    assert "1 day after" in said


def test_a_programme_that_chooses_says_whose_turn_it_is(scene, signed_in):
    learned(scene.first.customer, slowed=1.0)
    said = row(signed_in(scene.agent), scene.first.customer, "Care call")
    assert "May be chosen on the day: place 1 of 1 customers by worth" in said
    other = scene.followups[1].customer
    learned(other, index=-2.0)
    assert "The longest gap has passed" in row(signed_in(scene.agent), other, "Care call")
    other.first_seen = DAY - timedelta(days=100)
    other.save()
    said = row(signed_in(scene.agent), other, "Care call")
    assert "Not worth it now" in said
    assert "2027-08-16" in said


def test_without_a_playbook_the_part_says_so(scene, signed_in):
    PlaybookVersion.objects.update(state="retired")
    answer = signed_in(scene.agent).get(reverse("customer-why-next", args=[scene.first.customer_id]), headers={"HX-Request": "true"})
    assert "No playbook is in force" in answer.content.decode()
    assert "<html" not in answer.content.decode()


CALL = "Satisfaction call after the repair"


def test_a_past_day_is_told_as_its_plan_has_decided(scene, signed_in):
    """Deferred on the first morning, the same on the second without a new line, planned on the third, which is today."""
    first, second = DAY - timedelta(days=2), DAY - timedelta(days=1)
    PlaybookVersion.objects.filter(state="retired").update(activated_at=scenes.NOW - timedelta(days=9))
    found = scene.first.occurrences.get(programme="day-after")
    Decision.objects.filter(occurrence=found).delete()
    Occurrence.objects.filter(pk=found.pk).update(due=first)
    noted(found, planned(first), "deferred.no-capacity", until=second)
    noted(found, scene.run, "planned.first")
    planned(second)
    client, who = signed_in(scene.agent), scene.first.customer
    for day in (first, second):
        said = row(client, who, CALL, day)
        assert "Deferred" in said
        assert "2026-11-23" in said
        assert "Care call" not in page(client, who, day)
    assert "As the plan of that day has decided" in page(client, who, first)
    assert "Planned" in row(client, who, CALL)
    before = first - timedelta(days=1)
    planned(before)
    said = row(client, who, CALL, before)
    assert "Deferred" not in said
    assert "2026-11-22" in said


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_in_hand_over_night_is_told_as_it_was_planned(scene, signed_in, ended):
    """The second morning leaves it as it is: it is still planned, and not a programme that nothing is due for."""
    yesterday = DAY - timedelta(days=1)
    planned(yesterday)
    Occurrence.objects.filter(followup=scene.first).update(decided_on=yesterday, open=not ended)
    done = {"state": "done", "done_at": scenes.NOW} if ended else {"state": "claimed"}
    FollowUp.objects.filter(pk=scene.first.pk).update(day=yesterday, **done)
    client, who = signed_in(scene.agent), scene.first.customer
    for day in (yesterday, DAY):
        assert "Planned" in row(client, who, CALL, day)
    FollowUp.objects.filter(pk=scene.first.pk).update(state="done", done_at=scenes.NOW - timedelta(days=1))
    assert "Planned" not in row(client, who, CALL)


def test_of_several_lines_of_one_morning_the_last_one_holds(scene, signed_in):
    day = DAY - timedelta(days=1)
    run, found = planned(day), scene.first.occurrences.get(programme="day-after")
    Decision.objects.filter(occurrence=found).delete()
    noted(found, run, "deferred.no-capacity", until=DAY)
    noted(found, run, "deferred.gap", until=DAY, detail={"limit": 7, "days": 7})
    said = row(signed_in(scene.agent), scene.first.customer, CALL, day)
    assert "Deferred" in said
    assert "room" not in said


def test_a_day_that_was_never_planned_says_so(scene, signed_in):
    text = page(signed_in(scene.agent), scene.first.customer, DAY - timedelta(days=40))
    assert "Nothing was kept of this day" in text
    assert "<th" not in text
    assert "Nothing was kept of this day" in page(signed_in(scene.agent), scene.first.customer, "1900-01-01")


def test_what_nobody_knows_any_more_is_still_told(scene, signed_in):
    """A decision of a playbook that is gone: its key, and the rule in words; where nothing was in force nothing is said."""
    day, who = DAY - timedelta(days=1), scene.first.customer
    planned(day)
    PlaybookVersion.objects.update(state="retired", activated_at=None)
    client = signed_in(scene.agent)
    assert "No playbook was in force" in page(client, who, day)
    Occurrence.objects.create(
        playbook="gone", programme="old-call", customer=who, cause="c", cause_day=day, purpose="service", due=day, deadline=day,
        expires=day,
        decision="suppressed", rule="suppressed.no-channel", decided_on=day, open=False,
    )  # fmt: skip
    [said] = rows(client, who, day)
    assert "old-call" in said
    assert "Not contacted" in said or "Suppressed" in said


def test_a_decision_whose_version_was_put_in_force_again_is_told_by_that_one(scene, signed_in):
    day = DAY - timedelta(days=1)
    Occurrence.objects.filter(followup=scene.first).update(decided_on=day)
    PlaybookVersion.objects.exclude(state="active").update(activated_at=None)
    assert "Planned" in row(signed_in(scene.agent), scene.first.customer, CALL, day)


def test_a_day_ahead_is_planned_with_what_is_known(scene, signed_in):
    who = scene.first.customer
    Occurrence.objects.filter(customer=who).delete()
    ends = DAY + timedelta(days=150)
    Agreement.objects.filter(customer=who).update(ends=ends)
    client = signed_in(scene.agent)
    due = date.fromisoformat(row(client, who, "Insurance renewal").partition('data-name="Next due">')[2][:10])
    assert DAY < due < ends
    said = row(client, who, "Insurance renewal", due)
    assert "badge" in said
    assert "30 days before it" in said
    assert "A look ahead" in page(client, who, due)
    assert "Nothing is due on the day" in row(client, who, "Insurance renewal", due - timedelta(days=1))
    far = page(client, who, DAY + timedelta(days=4000))
    assert 'value="2027-12-29"' in far


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY, DAY + timedelta(days=30)])
def test_how_often_the_database_is_asked_does_not_depend_on_the_history(scene, signed_in, day):
    run, who, client = planned(DAY - timedelta(days=1)), scene.first.customer, signed_in(scene.agent)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, who, day)
        return len(queries)

    def more(numbers: range) -> None:
        for number in numbers:
            job = Event.objects.create(
                customer=who, kind="job.settled", at=scenes.NOW, day=DAY - timedelta(days=90 + number), code=f"J-{number}"
            )
            made = Occurrence.objects.create(
                playbook="repair-shop", programme="day-after", customer=who, cause=str(job.pk), cause_day=DAY, purpose="service",
                due=run.day, deadline=DAY, expires=DAY, decision="planned", rule="planned.first", decided_on=DAY,
            )  # fmt: skip
            noted(made, run, "deferred.no-capacity", until=DAY)

    more(range(2))
    asked()
    once = asked()
    more(range(2, 14))
    assert asked() == once


def test_a_customer_of_another_branch_is_explained_on_no_day(scene, signed_in):
    Customer.objects.filter(pk=scene.first.customer_id).update(branch=scene.there)
    for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)):
        answer = signed_in(scene.agent).get(reverse("customer-why-next", args=[scene.first.customer_id]), {"day": day})
        assert answer.status_code == 404
