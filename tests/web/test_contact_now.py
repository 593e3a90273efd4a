"""The part of a customer's page that says what a contact now is worth, in sentences with their figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Case, ContactPolicy, Event, Feedback, Occurrence, PolicyLearning
from huifang.app.services.playbooks import activate, add_version
from huifang.playbooks import library
from tests.web import scene as scenes

DAY = scenes.DAY
CARE = """\
  care:
    title: {zh: 关怀电话, en: Care call}
    purpose: relationship
    when: {adaptive: 1 %, no sooner than: 30 days, no later than: 12 months}
    within: 2 working days
    through: [phone]
"""
LINE = {
    "name": "often-high", "customers": 2, "effect": 0.08, "planning": 1, "contacts": 1000, "complaints": 33, "share": 0.029,
    "upper": 0.038, "slowed": 2.2, "paused": False,
}  # fmt: skip


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    made = scenes.build(2)
    text = library.text("repair-shop").replace("\nprogrammes:\n", f"\nprogrammes:\n{CARE}", 1)
    activate(made.manager, add_version(made.manager, text, "repair-shop.yaml", scenes.NOW), scenes.NOW)
    return made


def learned(customer, state="learned", **changed):
    PolicyLearning.objects.update_or_create(
        day=DAY, defaults={"learned_at": scenes.NOW, "state": state, "customers": 2, "contacts": 80, "classes": [LINE]}
    )
    figures = {
        "index": 84.5, "expected_effect": 0.12, "at_once": 30.25, "plans_ahead": True, "reliability": 0.71, "engaged": True,
        "observations": 18, "cluster": "often-high", "balance": 3, "slowed": 2.2, "paused": False, "as_of": DAY,
        "reasons": "engaged,worth,ahead,slowed",
    }  # fmt: skip
    return ContactPolicy.objects.create(customer=customer, **figures | changed)


def page(client, customer, **more):
    return client.get(reverse("customer-contact-now", args=[customer.pk]), **more).content.decode()


def test_the_customers_page_loads_it_after_itself(scene, signed_in):
    text = signed_in(scene.agent).get(reverse("customer", args=[scene.first.customer_id])).content.decode()
    assert f'hx-get="{reverse("customer-contact-now", args=[scene.first.customer_id])}"' in text


def test_everything_is_said_with_its_figures(scene, signed_in):
    learned(scene.first.customer)
    learned(scene.followups[1].customer, index=90.0)
    text = page(signed_in(scene.agent), scene.first.customer, headers={"HX-Request": "true"})
    assert "<html" not in text
    for words in (
        "Expected effect of a contact now: +12 percentage points", "A contact now is worth ¥84.50", "the gap is 2.2 times as long",
        "Worth a contact", "Class slowed down", "Care call", "May be chosen on the day: place 2 of 2 customers by worth",
    ):  # fmt: skip
        assert words in text
    assert "此刻联络的预期效果：下期活跃的可能性 +12 个百分点" in page(signed_in(scene.agent, "zh-hans"), scene.first.customer)


def test_the_account_shows_what_moved_it(scene, signed_in):
    """Of the scene's history: a job, answers, a complaint that is a case, praise; and here a complaint about calls, and a case solved."""
    customer = scene.first.customer
    Feedback.objects.create(customer=customer, kind="complaint", topic="calls", words="别打了", at=scenes.NOW - timedelta(days=5))
    case = Case.objects.get()
    case.closed_at = scenes.NOW - timedelta(days=4)
    case.save()
    Case.objects.create(
        number="G2", kind="contact-complaint", customer=customer, branch=scene.here, title="…", opened_at=scenes.NOW, closed_at=scenes.NOW,
        first_answer_due=scenes.NOW, solve_due=scenes.NOW,
    )  # fmt: skip
    Event.objects.create(customer=customer, kind="nobody.knows", code="x", at=scenes.NOW, day=DAY, amount=10)
    text = page(signed_in(scene.agent), customer)
    assert ">-8<" in text  # 1 bought, 1 answered, 3 praise, 2 solved, -3 case, -6 said, -6 case about contact
    assert "a problem was solved" in text
    assert text.count("complained about being contacted") == 2
    assert "Nothing has been learned about contacting this customer yet" in text
    assert "goodwill is used up (emotional account -8): only service contacts" in text


def test_a_customer_without_a_past_has_an_empty_account(scene, signed_in):
    customer = scenes.customer_of(30, scene.here)
    text = page(signed_in(scene.agent), customer)
    assert "Nothing has moved it within a year." in text
    customer.first_seen = None
    customer.save()
    assert "Not today" in page(signed_in(scene.agent), customer)


def test_where_the_rule_stands_in_the_page_says_so(scene, signed_in):
    learned(scene.first.customer, "thin", expected_effect=None, reasons="engaged,worth,rule-thin", cluster="gone")
    text = page(signed_in(scene.agent), scene.first.customer)
    assert "Too few contacts to learn from" in text
    assert "By the rule" in text
    PolicyLearning.objects.all().delete()
    assert "A contact now" in page(signed_in(scene.agent), scene.first.customer)


def test_chance_is_said_once_for_each_programme(scene, signed_in):
    def due(programme: str, cause: str, days: int, decision: str) -> None:
        on: date = DAY - timedelta(days=days)
        Occurrence.objects.create(
            playbook="repair-shop", programme=programme, customer=scene.first.customer, cause=cause, cause_day=on, purpose="service",
            due=on, deadline=on, expires=on, decision=decision, rule="held-out.draw", decided_on=on,
        )  # fmt: skip

    due("six-months", "a", 9, "held-out")
    due("six-months", "b", 300, "held-out")
    due("care", "2026-11-20:drawn", 4, "planned")
    due("no-more", "c", 1, "held-out")
    text = page(signed_in(scene.agent), scene.first.customer)
    assert text.count("so that its effect can be measured") == 1
    assert text.count("chose this customer by chance") == 1


def test_without_a_programme_that_chooses_nobodys_turn_is_told(scene, signed_in):
    text = library.text("repair-shop")
    activate(scene.manager, add_version(scene.manager, text, "repair-shop.yaml", scenes.NOW), scenes.NOW)
    assert "Care call" not in page(signed_in(scene.agent), scene.first.customer)


def test_customers_of_other_branches_are_not_there(scene, signed_in):
    assert signed_in(scene.stranger).get(reverse("customer-contact-now", args=[scene.first.customer_id])).status_code == 404
