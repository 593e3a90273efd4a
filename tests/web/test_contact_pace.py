"""The plan's page says what the night has learned and at which pace each class is contacted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app import business_clock
from huifang.app.queries.contact_pace import pace
from huifang.app.records.models import Occurrence, PolicyLearning
from tests.web import scene as scenes
from tests.web.test_contact_now import LINE

DAY, NOW = scenes.DAY, scenes.NOW


@pytest.fixture
def scene(db, monkeypatch):
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    return scenes.build(2)


def learned(day=DAY, state="learned", **changed):
    classes = [LINE | {"name": "seldom-low", "slowed": 1.0}, LINE | changed]
    PolicyLearning.objects.create(day=day, learned_at=NOW, state=state, customers=4, contacts=2000, classes=classes)


def test_before_anything_is_learned_the_page_says_nothing_of_it(scene, signed_in):
    assert "Contact policy" not in signed_in(scene.supervisor).get("/plan/").content.decode()


def test_classes_that_are_slowed_down_come_first(scene, signed_in):
    learned()
    text = signed_in(scene.supervisor).get("/plan/").content.decode()
    assert "Gaps × 2.2" in text
    assert text.index("often, high value") < text.index("seldom, low value")
    assert "chosen by worth" not in text
    found = pace(scene.supervisor, DAY, "zh")
    assert found is not None
    assert [(line.title, line.slowed, line.complaints) for line in found.lines] == [("常来 · 高额", 2.2, 33), ("少来 · 低额", 1.0, 33)]


def test_a_class_that_rests_and_one_by_the_rule(scene, signed_in):
    learned(state="thin", paused=True, effect=None)
    text = signed_in(scene.supervisor).get("/plan/").content.decode()
    assert "Rests" in text
    assert "Too few contacts: by the rule" in text


def test_how_the_day_chose_is_counted_in_ones_own_branches(scene, signed_in):
    learned()
    for place, way in enumerate(("worth", "worth", "drawn")):
        customer = scenes.customer_of(20 + place, scene.here if place else scene.there)
        Occurrence.objects.create(
            playbook="p", programme="care", customer=customer, cause=f"{DAY}:{way}", cause_day=DAY, purpose="service", due=DAY,
            deadline=DAY, expires=DAY, decision="planned", rule="planned.first", decided_on=DAY,
        )  # fmt: skip
    text = signed_in(scene.supervisor).get("/plan/").content.decode()
    assert "On this day 1 chosen by worth, 1 drawn to go on learning, 0 because they had waited longest." in text


def test_an_earlier_day_is_told_by_what_was_known_then(scene):
    learned(DAY - timedelta(days=3))
    learned()
    found = pace(scene.supervisor, DAY - timedelta(days=1), "en")
    assert found is not None
    assert found.day == DAY - timedelta(days=3)
