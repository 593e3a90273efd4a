"""Nobody is reached: after the playbook's tries in its parts of the day a message goes out, and over its next channel where it fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from huifang.app.indexes import value_index
from huifang.app.queries.ahead import ahead
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import ContactPoint, FollowUp, Message, Occurrence
from huifang.app.services import consents, delivery, followups, gate, playbooks
from huifang.app.services.contact_records import RecordForm, Saved, save
from huifang.app.services.planning import plan_day
from huifang.domain.outcomes import OUTCOMES
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, planned
from tests.app.messages import SENT, WRONG, Provider

RULE = """\
    attempts: {at most: 4, day parts: 2}
    fallback: {not reached: 3, day parts: 2, then: [sms, email]}
    send: [text, mail]
"""
CONTENT = """\
content:
  text: {title: 短信, channel: sms, text: "{customer}您好，几次来电未能联系上您。"}
  mail: {title: 邮件, channel: email, subject: 回访, text: "{customer}您好，电话未能联系上您。"}
programmes:
"""
AFTERNOON = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 10, 1, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine on Monday: DAY is a Friday."""


@pytest.fixture
def shop(cast: Cast) -> Cast:
    text = PLAYBOOK.replace("    attempts: {at most: 3}\n", RULE).replace("programmes:\n", CONTENT)
    cast.version = playbooks.activate(None, playbooks.add_version(None, text, "small-shop.yaml", NOW), NOW)
    for number, who in enumerate(cast.customers):
        value = f"user{number}@example.com"
        ContactPoint.objects.create(customer=who, kind="email", value=value, value_index=value_index(value))
    return cast


@pytest.fixture
def followup(shop: Cast) -> FollowUp:
    return planned(shop, shop.customers[0], shop.chen)


def call(shop: Cast, followup: FollowUp, moment: datetime, outcome: str = "no_answer") -> Saved:
    fence = followups.claim(shop.chen, followup.pk, moment)
    gate.allow(shop.chen, followup.pk, fence, "phone", None, moment)
    saved = save(shop.chen, followup.pk, fence, RecordForm(outcome=outcome, token=moment.isoformat()), moment + timedelta(minutes=1))
    followup.refresh_from_db()
    return saved


def test_three_tries_in_two_parts_of_the_day_and_a_message_goes_out(shop: Cast, followup: FollowUp) -> None:
    assert call(shop, followup, NOW).message == ""
    assert call(shop, followup, NOW + timedelta(minutes=30), "switched_off").message == ""
    assert call(shop, followup, AFTERNOON).message == "sms"
    assert (followup.channel, followup.staff, followup.state, followup.day) == ("sms", None, "open", DAY)
    provider = Provider()
    assert delivery.deliver_due(AFTERNOON + timedelta(minutes=2), drivers=provider.drivers) == {"sent": 1}
    assert [said.text for _, said in provider.got] == ["雷华您好，几次来电未能联系上您。"]
    assert Occurrence.objects.values_list("open", "closed_as").get() == (False, "done")


def test_tries_in_one_part_of_the_day_are_not_enough_and_the_next_one_is_in_another(shop: Cast, followup: FollowUp) -> None:
    for minutes in (0, 20, 40):
        saved = call(shop, followup, NOW + timedelta(minutes=minutes))
        assert (saved.message, saved.next_at) == ("", datetime(2026, 11, 20, 6, 0, tzinfo=UTC))
    assert call(shop, followup, AFTERNOON).message == "sms"


def test_where_no_more_tries_are_left_the_message_goes_out_all_the_same(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    assert call(shop, followup, NOW).message == "sms"


@pytest.mark.parametrize("outcome", ["not_now", "partly"])
def test_whoever_was_reached_gets_no_message_instead(shop: Cast, followup: FollowUp, outcome: str) -> None:
    Occurrence.objects.update(attempts=3)
    saved = call(shop, followup, NOW, outcome)
    assert (saved.message, saved.next_kind) == ("", "given-up")


def test_a_channel_that_was_refused_is_passed_over(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    consents.opt_out(None, followup.customer, "any", "sms", "agent", NOW)
    assert call(shop, followup, NOW).message == "email"


def test_without_any_way_it_is_given_up_as_before(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    for channel in ("sms", "email"):
        consents.opt_out(None, followup.customer, "service", channel, "agent", NOW)
    saved = call(shop, followup, NOW)
    assert (saved.message, saved.next_kind, followup.state) == ("", "given-up", "done")


def test_a_wrong_number_goes_to_the_address_at_once_and_not_to_the_same_number(shop: Cast, followup: FollowUp) -> None:
    assert call(shop, followup, NOW, "invalid_number").message == "email"


def test_what_has_failed_for_good_is_followed_by_the_next_channel_and_then_by_nothing(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    call(shop, followup, NOW)
    moment = NOW + timedelta(minutes=5)
    wrong = Provider(behaves=lambda ticket, _: WRONG if ticket.channel == "sms" else SENT)
    assert delivery.deliver_due(moment, drivers=wrong.drivers) == {"waiting": 1}
    followup.refresh_from_db()
    assert followup.channel == "email"
    assert delivery.deliver_due(moment, drivers=Provider(behaves=lambda *_: WRONG).drivers) == {"failed": 1}
    assert list(Message.objects.order_by("pk").values_list("channel", flat=True)) == ["sms", "email"]


def test_what_the_gate_blocks_is_tried_on_the_next_channel_and_then_left_to_a_later_day(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    call(shop, followup, NOW)
    moment, provider = NOW + timedelta(minutes=5), Provider()
    ContactPoint.objects.filter(customer=followup.customer, kind="phone").update(usable=False)
    assert delivery.deliver_due(moment, drivers=provider.drivers) == {"waiting": 1}
    assert list(Message.objects.values_list("channel", "attempt")) == [("sms", None)]
    followup.refresh_from_db()
    assert (followup.channel, followup.state) == ("email", "open")
    ContactPoint.objects.filter(customer=followup.customer, kind="email").update(usable=False)
    assert delivery.deliver_due(moment, drivers=provider.drivers) == {"blocked": 1}
    assert provider.got == []
    assert Occurrence.objects.values_list("open", "next_on").get() == (True, DAY + timedelta(days=1))


def test_what_the_gate_blocks_goes_out_over_the_next_channel(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    call(shop, followup, NOW)
    moment, provider = NOW + timedelta(minutes=5), Provider()
    ContactPoint.objects.filter(customer=followup.customer, kind="phone").update(usable=False)
    assert [delivery.deliver_due(moment, drivers=provider.drivers) for _ in range(2)] == [{"waiting": 1}, {"sent": 1}]
    assert [said.subject for _, said in provider.got] == ["回访"]


def test_after_hours_the_message_waits_for_the_next_working_morning_and_the_plan_leaves_it_alone(shop: Cast, followup: FollowUp) -> None:
    Occurrence.objects.update(attempts=3)
    FollowUp.objects.update(closes_at=AFTERNOON + timedelta(hours=4))
    fence = followups.claim(shop.chen, followup.pk, AFTERNOON)
    gate.allow(shop.chen, followup.pk, fence, "phone", None, AFTERNOON)
    saved = save(shop.chen, followup.pk, fence, RecordForm(outcome="no_answer", token="t"), EVENING)
    assert (saved.message, saved.next_at) == ("sms", MORNING)
    provider = Provider()
    assert delivery.deliver_due(EVENING, drivers=provider.drivers) == {}
    for day in (DAY, MORNING.date()):
        plan_day(day, MORNING)
    assert delivery.deliver_due(MORNING, drivers=provider.drivers) == {"sent": 1}
    assert Occurrence.objects.get(cause=str(followup.pk)).closed_as == "done"


def test_the_outcome_s_key_says_beforehand_what_would_follow(shop: Cast, followup: FollowUp) -> None:
    playbook = playbook_of(shop.version)
    Occurrence.objects.update(attempts=3)
    outcomes = [OUTCOMES[code] for code in ("no_answer", "invalid_number")]
    said = ahead(outcomes, followup, CustomerRows(followup.customer), behind(followup.pk), playbook, NOW, "zh")
    assert said == {"no_answer": "之后改发短信", "invalid_number": "号码标为无效；之后改发邮件"}
