"""A reply ends the sequence that it answers: what waits, what was put off, and the steps that were to come; and nothing else."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.timeline import Names, incoming_moments, letters_of, timeline
from huifang.app.records.models import Agreement, FollowUp, Incoming, Occurrence, Record, Staff
from huifang.app.services import delivery, inbound, playbooks
from huifang.app.services.planning import plan_day
from huifang.channels.driver import Message, Receipt, Ticket
from huifang.channels.inbound import Reply
from huifang.domain.contact import Channel
from tests.app.messages import DAY, NOW, PLAYBOOK, SENT, Business, Provider, business

pytestmark = pytest.mark.django_db
STEPS = """\
  insurance-again:
    title: {zh: 车险再提醒, en: Insurance again}
    purpose: service
    when: {before: agreement.insurance.ends, by: 20 days}
    within: 7 days
    through: [sms]
    send: [insurance]
    sequence: insurance
    on reply: stop
  insurance-late:
    title: {zh: 车险最后提醒, en: Last reminder}
    purpose: service
    when: {before: agreement.insurance.ends, by: 10 days}
    within: 7 days
    through: [sms]
    send: [insurance]
    sequence: insurance
"""


@pytest.fixture
def firm() -> Business:
    made = business()
    text = PLAYBOOK.replace("purpose: marketing", "purpose: service") + "    sequence: insurance\n    on reply: stop\n" + STEPS
    made.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    return made


@pytest.fixture
def first(firm: Business) -> FollowUp:
    """The first step of a sequence, about an insurance that ends in 30 days; the job's own reminder is done."""
    followup = firm.follow_up("insurance-due")
    ends = DAY + timedelta(days=30)
    held = Agreement.objects.create(customer=followup.customer, kind="insurance", code="I1", starts=DAY, ends=ends)
    Occurrence.objects.update(cause=f"{held.pk}:{ends}", cause_day=ends, event=None)
    for programme in ("after-sms", "after-mail"):
        firm.again(followup.customer, programme, "sms")
    Occurrence.objects.exclude(programme="insurance-due").update(open=False, closed_as="done")
    FollowUp.objects.exclude(pk=followup.pk).update(state="done")
    return followup


def reply(text: str = "好的，已续保") -> Incoming:
    return inbound.take(Channel.SMS, "provider", Reply("r1", "13800000001", text), NOW + timedelta(minutes=5))


def planned_on(days: int) -> set[str]:
    """The programmes whose follow-ups are open after the plan of a day."""
    plan_day(DAY + timedelta(days=days), NOW + timedelta(days=days))
    return set(FollowUp.objects.filter(state="open").values_list("programme", flat=True))


def test_a_step_to_come_is_stopped_and_says_why_and_one_that_goes_on_comes(first: FollowUp) -> None:
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    assert reply().stopped == ["insurance-again"]
    stopped = Occurrence.objects.get(programme="insurance-again")
    assert (stopped.open, stopped.closed_as, stopped.decision, stopped.rule) == (False, "replied", "suppressed", "suppressed.replied")
    assert reply().stopped == ["insurance-again"]
    assert planned_on(10) == set()
    assert planned_on(20) == {"insurance-late"}


def test_without_a_reply_the_next_step_comes(first: FollowUp) -> None:
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    assert planned_on(10) == {"insurance-again"}


def test_what_waits_is_stopped_with_the_steps_behind_it(first: FollowUp) -> None:
    assert reply().stopped == ["insurance-due", "insurance-again"]
    first.refresh_from_db()
    assert first.state == "withdrawn"


def test_what_was_put_off_to_another_day_is_stopped_too(first: FollowUp) -> None:
    Occurrence.objects.filter(open=True).update(next_on=DAY + timedelta(days=1))
    FollowUp.objects.filter(pk=first.pk).update(state="done")
    assert reply().stopped == ["insurance-due", "insurance-again"]
    assert not Occurrence.objects.filter(open=True).exists()


def test_what_a_programme_outside_the_sequence_waits_for_goes_on(firm: Business, first: FollowUp) -> None:
    other = firm.again(first.customer, "after-sms", "sms")
    Occurrence.objects.filter(followup=other).update(followup=None)
    FollowUp.objects.filter(pk=other.pk).delete()
    assert "after-sms" not in reply().stopped
    assert Occurrence.objects.filter(programme="after-sms", open=True).exists()


def test_a_step_in_somebody_s_hand_is_theirs_and_the_later_ones_stop(firm: Business, first: FollowUp) -> None:
    FollowUp.objects.filter(pk=first.pk).update(state="claimed", claimed_by=firm.agent)
    assert reply().stopped == ["insurance-again"]
    assert Occurrence.objects.get(programme="insurance-due").open


def test_the_timeline_shows_the_words_that_went_out_why_and_what_the_reply_stopped(firm: Business, first: FollowUp) -> None:
    FollowUp.objects.update(because={"zh": "车险30天后到期", "en": "Insurance ends in 30 days"})
    assert letters_of(CustomerRows(first.customer), "zh", 9) == {}
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    reply()
    rows, names = CustomerRows(first.customer), Names((playbook_of(firm.version),), "zh")
    beside = incoming_moments(first.customer_id, names, "zh", 9)
    story = [each for each in timeline(rows, names, "zh", str, 9, beside, letters_of(rows, "zh", 9)) if each.icon != "receipt-text"]
    assert [each.lines for each in story if each.quote.startswith("好的")] == [("后续停止：车险再提醒",)]
    (sent,) = (each for each in story if each.quote.startswith("您的车险"))
    assert sent.lines == ("车险到期", "车险30天后到期")
    assert [each.lines[1:] for each in timeline(rows, names, "en", str, 9, (), letters_of(rows, "en", 9)) if each.icon == "send"] == [
        ("Insurance ends in 30 days",)
    ]
    assert Record.objects.count() == Staff.objects.filter(role="none").count()


def test_a_refusal_in_the_middle_of_a_run_is_in_force_within_two_seconds_and_for_the_very_next_message(firm: Business) -> None:
    followups = [firm.follow_up() for _ in range(30)]
    took: list[float] = []

    def in_between(ticket: Ticket, message: Message) -> Receipt:
        if message.to.endswith("05"):
            began = time.perf_counter()
            inbound.take(Channel.SMS, "provider", Reply("stop", "13800000006", "退订"), NOW)
            took.append(time.perf_counter() - began)
        return SENT

    provider = Provider(behaves=in_between)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 29, "blocked": 1}
    assert took[0] < 2
    assert f"+86138{6:08d}" not in {message.to for _, message in provider.got}
    assert followups[5].messages.get().rule == "opted-out"
