"""A refusal or a death takes what it covers off people's lists in the same moment, by whatever road it comes; nothing else goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huifang.app.records.models import Attempt, AuditEntry, ContactPoint, Customer, FollowUp, Occurrence, Promise
from huifang.app.services import (
    consents,
    contact_records,
    customers,
    duplicates,
    followups,
    gate,
    inbound,
    refusal_lists,
    refused,
    unsubscribing,
)
from huifang.app.services.contact_records import RecordForm
from huifang.app.services.intake import bring, points
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.app.services.register.rows import CustomerRow, Row
from huifang.channels.inbound import Reply
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, planned, settled

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def state_of(followup: FollowUp) -> str:
    followup.refresh_from_db()
    return followup.state


def by_reply(cast: Cast) -> None:
    inbound.take(Channel.SMS, "provider", Reply("r1", "13800000001", "退订"), LATER)


def by_link(cast: Cast) -> None:
    attempt = Attempt.objects.create(
        ticket="00000000-0000-4000-8000-000000000001", key="sent", customer=cast.customers[0], channel="sms", purpose="service",
        programme="thanks", at=NOW, day=DAY, state="ended", outcome="sent",
    )  # fmt: skip
    unsubscribing.refuse(attempt, "any", LATER)


def by_a_person(cast: Cast) -> None:
    consents.opt_out(cast.chen, cast.customers[0], "any", "any", "agent", LATER)


def by_another_call(cast: Cast) -> None:
    """“Never again” in the call of another of the customer's follow-ups."""
    followup = planned(cast, cast.customers[0], cast.lin, "thanks")
    fence = followups.claim(cast.lin, followup.pk, NOW)
    contact_records.save(cast.lin, followup.pk, fence, RecordForm("never_again"), LATER)


def by_a_list(cast: Cast) -> None:
    refusal_lists.take(cast.tao, b"13800000001\n", LATER)


def by_a_number_brought_in(cast: Cast) -> None:
    """A number that somebody else has refused is entered for the customer, too."""
    consents.opt_out(cast.chen, cast.customers[1], "any", "any", "agent", NOW)
    bring(cast.an, [Row(1, CustomerRow("KH1", "雷华", points=points([("phone", "13800000002", "")])))], LATER)


def by_a_merge(cast: Cast) -> None:
    consents.opt_out(cast.chen, cast.customers[1], "any", "any", "agent", NOW)
    duplicates.merge(cast.tao, cast.customers[0], cast.customers[1], LATER)


def by_death(cast: Cast) -> None:
    customers.change_status(cast.chen, cast.customers[0], "deceased", LATER)


ROADS = [by_reply, by_link, by_a_person, by_another_call, by_a_list, by_a_number_brought_in, by_a_merge, by_death]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_by_every_road_all_open_follow_ups_leave_the_lists_at_once_and_others_stay(cast: Cast, road: Callable[[Cast], None]) -> None:
    waiting = planned(cast, cast.customers[0], cast.chen)
    nobodys = planned(cast, cast.customers[0], None, "offer", "marketing")
    opened = planned(cast, cast.customers[0], cast.chen, "thanks", "relationship")
    fence = followups.claim(cast.chen, opened.pk, NOW)
    others = planned(cast, cast.customers[2], cast.chen)
    put_off = Occurrence.objects.create(
        playbook="small-shop", programme="thanks", customer=cast.customers[0], cause="9", cause_day=DAY, purpose="relationship", due=DAY,
        deadline=DAY, expires=DAY, decision="deferred", rule="deferred.cap", decided_on=DAY,
    )  # fmt: skip
    followups.save_draft(cast.chen, opened.pk, {"words": "正在填写"}, NOW, fence)
    road(cast)
    assert [state_of(each) for each in (waiting, nobodys, opened, others)] == ["withdrawn", "withdrawn", "withdrawn", "open"]
    rule = "suppressed.deceased" if road is by_death else "suppressed.opted-out"
    closed = Occurrence.objects.filter(customer=cast.customers[0], followup__in=[waiting, nobodys, opened])
    assert set(closed.values_list("open", "closed_as", "decision", "rule")) == {(False, "suppressed", "suppressed", rule)}
    put_off.refresh_from_db()
    assert (put_off.open, put_off.rule) == (False, rule)
    assert Occurrence.objects.get(followup=others).open
    told = AuditEntry.objects.filter(action="followup.withdrawn").order_by("subject").values_list("subject", "detail")
    assert dict(told) == {f"followup:{each.pk}": {"reason": rule} for each in (waiting, nobodys, opened)}
    # on the screen where it is open: what is typed is kept, and the page says what has happened
    assert not followups.save_draft(cast.chen, opened.pk, {"words": "仍在填写"}, LATER, fence)
    assert "已经撤回" in followups.why_lost(opened.pk).what.zh
    assert ("已故" if road is by_death else "拒绝") in followups.why_lost(opened.pk).what.zh
    with pytest.raises(Conflict, match="withdrawn"):
        contact_records.save(cast.chen, opened.pk, fence, RecordForm("busy"), LATER)


def test_by_the_interface(cast: Cast) -> None:
    """The API's road is the same door: `tests/app/api` shows the route."""
    followup = planned(cast, cast.customers[0], cast.chen)
    consents.opt_out(cast.an, cast.customers[0], "any", "any", "api", LATER)
    assert state_of(followup) == "withdrawn"


def test_a_refusal_of_one_purpose_leaves_the_others_and_a_joined_reason_goes_alone(cast: Cast) -> None:
    service, offer = planned(cast, cast.customers[0], cast.chen), planned(cast, cast.customers[0], None, "offer", "marketing")
    joined = planned(cast, cast.customers[0], None, "offer", "marketing")
    Occurrence.objects.filter(followup=joined).update(followup=service)
    FollowUp.objects.filter(pk=joined.pk).delete()
    consents.opt_out(cast.chen, cast.customers[0], "marketing", "any", "agent", LATER)
    assert [state_of(each) for each in (service, offer)] == ["open", "withdrawn"]
    assert list(Occurrence.objects.filter(open=True).values_list("programme", flat=True)) == ["day-after"]


def test_a_refusal_of_one_channel_leaves_what_is_due_to_the_next_plan(cast: Cast) -> None:
    """The plan may know another way; the follow-up on this one is off the list."""
    call, letter = planned(cast, cast.customers[0], cast.chen), planned(cast, cast.customers[0], cast.chen, "thanks")
    FollowUp.objects.filter(pk=letter.pk).update(channel="letter")
    consents.opt_out(cast.chen, cast.customers[0], "any", "phone", "agent", LATER)
    assert [state_of(each) for each in (call, letter)] == ["withdrawn", "open"]
    assert Occurrence.objects.filter(open=True).count() == 2
    assert followups.why_lost(call.pk).what.zh == "这个回访任务已经撤回。"


@pytest.mark.parametrize(("sensitive", "channel", "after"), [(True, "any", "withdrawn"), (True, "sms", "open"), (False, "any", "open")])
def test_who_refuses_the_use_of_health_data_is_off_the_lists_of_playbooks_that_have_them(
    cast: Cast, sensitive: bool, channel: str, after: str
) -> None:
    text = PLAYBOOK.replace("calendar:", f"sensitive: {str(sensitive).lower()}\ncalendar:")
    activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)
    calls = [planned(cast, cast.customers[0], cast.chen), planned(cast, cast.customers[0], cast.chen, "thanks", "relationship")]
    opened = planned(cast, cast.customers[1], cast.chen)
    fence = followups.claim(cast.chen, opened.pk, NOW)
    gate.allow(cast.chen, opened.pk, fence, "phone", None, NOW)
    for who in cast.customers[:2]:
        consents.opt_out(cast.chen, who, "sensitive", channel, "agent", LATER)
    assert [state_of(each) for each in calls] == [after] * 2
    ended = Occurrence.objects.filter(open=False, rule="suppressed.no-separate-consent")
    assert ended.count() == (2 if after == "withdrawn" else 0)
    contact_records.save(cast.chen, opened.pk, fence, RecordForm("busy"), LATER)
    assert (state_of(opened) == "withdrawn") is (after == "withdrawn")


def test_a_call_under_way_is_recorded_and_nothing_comes_after_it(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0], cast.chen)
    fence = followups.claim(cast.chen, followup.pk, NOW)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    by_reply(cast)
    assert state_of(followup) == "claimed"
    saved = contact_records.save(cast.chen, followup.pk, fence, RecordForm("busy"), LATER)
    assert (saved.state, saved.next_kind) == ("withdrawn", "retry")
    occurrence = Occurrence.objects.get(followup=followup)
    assert (occurrence.open, occurrence.rule, occurrence.attempts) == (False, "suppressed.opted-out", 0)


def test_a_callback_agreed_in_a_call_under_way_is_not_promised_against_the_refusal(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0], cast.chen)
    fence = followups.claim(cast.chen, followup.pk, NOW)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    by_death(cast)
    contact_records.save(cast.chen, followup.pk, fence, RecordForm("callback", callback_at=NOW + timedelta(days=3)), LATER)
    assert not Promise.objects.filter(open=True).exists()
    assert not Occurrence.objects.filter(open=True).exists()


def test_given_back_or_left_after_the_call_it_does_not_come_back(cast: Cast) -> None:
    ones = [planned(cast, cast.customers[0], cast.chen), planned(cast, cast.customers[0], cast.chen, "thanks")]
    fences = [followups.claim(cast.chen, each.pk, NOW) for each in ones]
    for each, fence in zip(ones, fences, strict=True):
        gate.allow(cast.chen, each.pk, fence, "phone", None, NOW)
    by_a_person(cast)
    assert [state_of(each) for each in ones] == ["claimed", "claimed"]
    assert followups.release(cast.chen, ones[0].pk, fences[0], LATER)
    FollowUp.objects.filter(pk=ones[1].pk).update(lease_until=NOW - timedelta(days=3650))
    assert followups.release_expired() == 1
    assert [state_of(each) for each in ones] == ["withdrawn", "withdrawn"]
    assert not Occurrence.objects.filter(open=True).exists()


def test_a_word_that_came_while_the_plan_was_made_holds_for_what_it_makes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(cast.customers[0], "J1", DAY - timedelta(days=1))
    settled(cast.customers[1], "J2", DAY - timedelta(days=1))
    from huifang.app.services import planning

    compute = planning.compute

    def meanwhile(*given: object) -> planning.Planned:
        made = compute(*given)  # type: ignore[arg-type]
        by_a_person(cast)
        return made

    monkeypatch.setattr(planning, "compute", meanwhile)
    plan_day(DAY, NOW)
    assert dict(FollowUp.objects.values_list("customer__code", "state")) == {"KH1": "withdrawn", "KH2": "open"}


def test_a_long_list_of_refusals_asks_no_more_of_the_database(cast: Cast) -> None:
    counts = []
    for size in (2, 20):
        people = [customer(cast, f"L{size}-{number}", "客户", f"+8613912{size:02}{number:04}") for number in range(size)]
        for one in people:
            planned(cast, one, cast.chen)
        lines = "\n".join(ContactPoint.objects.filter(customer__in=people).values_list("value", flat=True)).encode()
        with CaptureQueriesContext(connection) as asked:
            refusal_lists.take(cast.tao, lines, NOW)
        counts.append(len(asked))
        assert set(FollowUp.objects.filter(customer__in=people).values_list("state", flat=True)) == {"withdrawn"}
    assert counts[0] == counts[1]


def test_whoever_has_nothing_open_costs_no_write(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.customers[0].pk).update(status="closed")
    with CaptureQueriesContext(connection) as asked:
        refused.end([cast.customers[0].pk])
    assert len(asked) == 2


def test_a_morning_of_many_follow_ups_is_gone_through_some_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "_AT_ONCE", 1)
    ones = [planned(cast, each, cast.chen) for each in cast.customers]
    Customer.objects.filter(pk__in=[each.pk for each in cast.customers[1:]]).update(status="closed")
    refused.end_of_followups([each.pk for each in ones])
    assert [state_of(each) for each in ones] == ["open", "withdrawn", "withdrawn"]
