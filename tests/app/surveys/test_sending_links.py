"""Links go out with messages and come back as records; the silent are reminded, within the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from huifang.app import business_clock
from huifang.app.business_time import business_day
from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.records.models import FollowUp, Job, Message, Occurrence, Promise, Record, SurveyInvitation
from huifang.app.services import consents, survey_links, survey_reminders
from huifang.app.services.delivery import deliver_due
from huifang.app.services.planning import plan_day
from tests.app.messages import Provider
from tests.app.surveys.asked import NOW, Shop, Visitor, shop

LATER = NOW + timedelta(days=2)


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(settings, "HUIFANG", replace(settings.HUIFANG, public_url="https://ask.example.com"))
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    return shop()


def sent(place: Shop) -> tuple[SurveyInvitation, Provider]:
    followup, provider = place.followup(), Provider()
    Occurrence.objects.create(
        playbook="link-shop", programme="rate", customer=place.customer, cause="1", cause_day=NOW.date(), purpose="service", due=NOW.date(),
        deadline=NOW.date(), expires=NOW.date() + timedelta(days=9), decision="planned", rule="planned.first", decided_on=NOW.date(),
        followup=followup,
    )  # fmt: skip
    assert deliver_due(NOW, drivers=provider.drivers)["sent"] == 1
    return SurveyInvitation.objects.get(), provider


def test_a_message_carries_the_customers_own_link(place: Shop):
    link, provider = sent(place)
    assert provider.got[0][1].text == f"王丽华您好，请评价：https://ask.example.com/s/{link.token}/"
    assert (link.customer, link.kind, link.playbook_version) == (place.customer, "personal", place.version)


def test_the_answer_stands_on_the_message_that_asked_and_a_promised_call_reopens_the_occurrence(place: Shop):
    link, _provider = sent(place)
    visitor = Visitor(link.token)
    visitor.answer(quality="1")
    visitor.answer(why="没修好")
    record = Record.objects.get()
    assert record.attempt == Message.objects.get().attempt
    promise = Promise.objects.get()
    assert promise.occurrence == Occurrence.objects.get(open=True)
    assert Record.objects.latest("pk").next_at == promise.opens_at


def test_without_an_address_for_customers_nothing_goes_out_with_a_hole(place: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "HUIFANG", replace(settings.HUIFANG, public_url=""))
    place.followup()
    assert deliver_due(NOW, drivers=Provider().drivers)["blocked"] == 1
    assert Message.objects.get().rule == "message.no-value"


def test_the_silent_are_reminded_once_with_the_same_link(place: Shop):
    link, provider = sent(place)
    assert survey_reminders.remind(NOW + timedelta(days=1)) == 0
    assert survey_reminders.remind(LATER) == 1
    assert survey_reminders.remind(LATER) == 0
    assert deliver_due(LATER, drivers=provider.drivers)["sent"] == 1
    assert provider.got[1][1].text == provider.got[0][1].text
    assert survey_reminders.remind(LATER + timedelta(days=4)) == 0
    link.refresh_from_db()
    assert link.reminders == 1


def test_who_has_answered_is_not_reminded(place: Shop):
    link, _provider = sent(place)
    visitor = Visitor(link.token)
    visitor.answer(quality="5")
    visitor.answer()
    assert survey_reminders.remind(LATER) == 0
    assert not survey_reminders.any_silent(LATER)


def test_a_reminder_passes_the_gate_and_one_that_was_stopped_is_not_counted(place: Shop):
    link, provider = sent(place)
    survey_reminders.remind(LATER)
    consents.opt_out(None, place.customer, "any", "any", "agent", LATER)
    assert deliver_due(LATER, drivers=provider.drivers)["blocked"] == 1
    assert survey_reminders.remind(LATER) == 0
    tomorrow = LATER + timedelta(days=1)
    assert survey_reminders.remind(tomorrow) == 0, "whoever has refused is not planned every day anew"
    consents.opt_in(None, place.customer, "any", "any", "agent", tomorrow)
    assert survey_reminders.remind(tomorrow) == 1
    link.refresh_from_db()
    assert (link.reminders, FollowUp.objects.filter(state="open").count()) == (1, 1)


@pytest.mark.parametrize("days", [0, 1])
def test_a_reminder_that_waits_outlives_the_plan_of_its_day_and_one_that_never_left_comes_the_next_day(place: Shop, days: int):
    link, provider = sent(place)
    assert survey_reminders.remind(LATER) == 1
    then = LATER + timedelta(days=days, minutes=5)
    plan_day(business_day(then), then)
    assert survey_reminders.remind(then) == days
    assert deliver_due(then, drivers=provider.drivers)["sent"] == 1
    link.refresh_from_db()
    assert link.reminders == 1


def test_whoever_answers_before_the_reminder_leaves_does_not_get_it(place: Shop):
    link, provider = sent(place)
    survey_reminders.remind(LATER)
    visitor = Visitor(link.token)
    visitor.answer(quality="5")
    visitor.answer()
    assert deliver_due(LATER, drivers=provider.drivers)["sent"] == 0
    assert len(provider.got) == 1
    assert Record.objects.get().attempt == Message.objects.get().attempt


def test_the_worker_reminds_by_itself(place: Shop):
    sent(place)
    schedule.due(LATER)
    schedule.due(LATER)
    assert Job.objects.filter(kind="remind").count() == 1
    HANDLERS["remind"].run({}, LATER)
    assert SurveyInvitation.objects.get().reminder is not None


def test_an_anonymous_link_by_message_keeps_nothing_of_its_customer(place: Shop):
    followup = place.followup("quarter")
    link = survey_links.for_followup(followup, NOW)
    assert link is not None
    visitor = Visitor(link.token)
    while "step" in visitor.page.context:
        visitor.answer(overall="2")
    link.refresh_from_db()
    assert (link.state, Record.objects.exists()) == ("answered", False)
