"""Delivery reports: late, twice, out of order, contradicting each other, before the driver's own answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.queries.accounting import Account, account
from huifang.app.records.models import Attempt, ContactPoint, DeliveryReport, FollowUp, Job, Message, Occurrence
from huifang.app.services import delivery, receipts
from huifang.channels.driver import Receipt, ReceiptState
from huifang.channels.inbound import Report
from huifang.domain.words import Words
from tests.app.messages import DAY, FAILED, NOW, SENT, UNKNOWN, Business, Provider, business

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def firm() -> Business:
    return business()


def deliver(answer: Receipt = SENT) -> Message:
    delivery.deliver_due(NOW, drivers=Provider(behaves=lambda *_: answer).drivers)
    return Message.objects.select_related("attempt").get()


def said(message: Message, *, arrived: bool, permanent: bool = False) -> Report:
    assert message.attempt is not None
    return Report(arrived, message.attempt.key, permanent=permanent, words=Words("回执", "Report"))


def counted() -> Account:
    found = account(FollowUp.objects.all(), DAY)
    assert found.balanced
    return found


def occurrence() -> tuple[bool, str, object]:
    return Occurrence.objects.values_list("open", "closed_as", "next_on").get()


def test_a_delivery_is_written_down_once_however_often_it_is_reported(firm: Business) -> None:
    firm.follow_up()
    message = deliver()
    for _ in range(3):
        assert receipts.take("provider", said(message, arrived=True), LATER) == "delivered"
    assert DeliveryReport.objects.count() == 1
    assert Attempt.objects.values_list("outcome", "reached").get() == ("delivered", True)
    assert Message.objects.get().words == {"zh": "回执", "en": "Report"}
    assert counted() == Account(1, 1, 0, 0, 0, 0)


def test_a_message_is_found_by_the_provider_s_own_number_too_and_never_another_provider_s(firm: Business) -> None:
    firm.follow_up()
    deliver(Receipt(ReceiptState.SENT, reference="b-1"))
    assert receipts.take("another", Report(arrived=True, reference="b-1"), LATER) == ""
    assert receipts.take("provider", Report(arrived=True, reference="b-1"), LATER) == "delivered"
    assert receipts.take("provider", Report(arrived=True), LATER) == "nobody"


def test_a_failure_reported_later_is_planned_again_from_tomorrow(firm: Business) -> None:
    firm.follow_up()
    assert receipts.take("provider", said(deliver(), arrived=False), LATER) == "failed"
    assert occurrence() == (True, "", TOMORROW)
    assert counted() == Account(1, 0, 1, 0, 0, 0)
    assert ContactPoint.objects.filter(usable=False).count() == 0
    assert FollowUp.objects.get().outcome == "failed"


@pytest.mark.parametrize(("programme", "channel", "outcome"), [("after-sms", "sms", "invalid_number"), ("after-mail", "email", "bounced")])
def test_a_number_that_is_gone_is_marked(firm: Business, programme: str, channel: str, outcome: str) -> None:
    firm.follow_up(programme, channel)
    receipts.take("provider", said(deliver(), arrived=False, permanent=True), LATER)
    assert Attempt.objects.get().outcome == outcome
    assert not Attempt.objects.get().counted
    assert ContactPoint.objects.filter(usable=False).count() == 1


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_what_has_arrived_has_arrived_whatever_else_is_reported_and_in_whatever_order(firm: Business, order: tuple[bool, bool]) -> None:
    firm.follow_up()
    message = deliver()
    for arrived in order:
        receipts.take("provider", said(message, arrived=arrived), LATER)
    assert Attempt.objects.get().outcome == "delivered"
    assert occurrence()[:2] == (False, "done")
    assert counted() == Account(1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(("arrived", "after"), [(True, (False, "done", None)), (False, (True, "", TOMORROW))])
def test_a_report_settles_what_nobody_knew(firm: Business, arrived: bool, after: tuple[bool, str, object]) -> None:
    firm.follow_up()
    message = deliver(UNKNOWN)
    assert counted().unknown == 1
    receipts.take("provider", said(message, arrived=arrived), LATER)
    assert occurrence() == after
    assert counted().unknown == 0


def test_a_report_before_the_driver_s_own_answer_waits_for_it(firm: Business) -> None:
    firm.follow_up()
    early: list[str] = []

    def behave(ticket: object, _: object) -> Receipt:
        early.append(receipts.take("provider", Report(arrived=True, key=ticket.key), NOW))  # type: ignore[attr-defined]
        return UNKNOWN

    delivery.deliver_due(NOW, drivers=Provider(behaves=behave).drivers)
    assert early == [""]
    assert counted().unknown == 1
    schedule.due(LATER)
    assert Job.objects.filter(kind="reports").count() == 1
    HANDLERS["reports"].run({}, LATER)
    assert counted() == Account(1, 1, 0, 0, 0, 0)
    assert not receipts.anything_waiting()


def test_a_delivery_reported_while_another_try_waits_ends_the_waiting(firm: Business) -> None:
    firm.follow_up()
    message = deliver(FAILED)
    assert counted().pending == 1
    assert receipts.take("provider", said(message, arrived=False), LATER) == "known"
    assert receipts.take("provider", said(message, arrived=True), LATER) == "delivered"
    provider = Provider()
    assert delivery.deliver_due(NOW + timedelta(hours=1), drivers=provider.drivers) == {}
    assert provider.got == []
    assert counted() == Account(1, 1, 0, 0, 0, 0)


def test_a_failure_of_the_first_try_does_not_undo_the_second(firm: Business) -> None:
    firm.follow_up()
    first = deliver(FAILED)
    delivery.deliver_due(NOW + timedelta(hours=1), drivers=Provider().drivers)
    assert receipts.take("provider", said(first, arrived=False), NOW + timedelta(hours=2)) == "known"
    assert counted() == Account(1, 1, 0, 0, 0, 0)


def test_a_report_that_fits_nothing_is_put_away_after_three_days(firm: Business) -> None:
    assert receipts.take("provider", Report(arrived=True, reference="of-somebody-else"), NOW) == ""
    assert receipts.settle_waiting(NOW + timedelta(days=2)) == 0
    receipts.settle_waiting(NOW + timedelta(days=3))
    assert DeliveryReport.objects.get().settled_as == "nobody"
    assert not receipts.anything_waiting()
