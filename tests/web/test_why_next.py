"""Why not today, when next: every programme in words, with its figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Agreement, Occurrence, PlanRun, PlaybookVersion
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


def rows(client, customer) -> list[str]:
    text = client.get(reverse("customer-why-next", args=[customer.pk])).content.decode()
    return [each.partition("</tr>")[0] for each in text.split("<tr>")[2:]]


def row(client, customer, title: str) -> str:
    return next(each for each in rows(client, customer) if f">{title}<" in each)


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
    assert "Nothing is due today" in insurance
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
    assert "May be chosen today: place 1 of 1 customers by worth" in said
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
