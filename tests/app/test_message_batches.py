"""Messages made ready together: decided as if each were alone, stopped up to the last moment, at most one in doubt after a crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from huifang.app.queries.accounting import Account, account
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import (
    Agreement,
    Attempt,
    AuditEntry,
    Case,
    ContactPoint,
    Coupon,
    FollowUp,
    MassSending,
    Message,
    MessageLink,
    Occurrence,
    OptOut,
    Promise,
    Staff,
    SurveyInvitation,
)
from huifang.app.services import audit, channels, consents, coupons, customers, delivery, playbooks, receipts
from huifang.app.services.delivery import deliver, deliver_due
from huifang.channels.driver import Delivery, Receipt
from huifang.channels.driver import Message as Said
from huifang.channels.inbound import Report
from tests.app.messages import DAY, FAILED, NOW, PLAYBOOK, SENT, UNKNOWN, Business, Provider, business
from tests.app.test_delivery import Crash, counted, lease_runs_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Business:
    return business()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, the gate is asked once: what is counted does not depend on the time it takes."""
    monkeypatch.setattr(delivery, "HOLDS", 600.0)


def due(firm: Business, number: int) -> list[FollowUp]:
    return [firm.follow_up() for _ in range(number)]


def queries_of(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        work()
    return sum(not each["sql"].startswith(("SAVEPOINT", "RELEASE")) for each in found)


@pytest.mark.usefixtures("unhurried")
def test_making_ready_costs_the_same_whatever_the_number_and_leaving_five_statements_each(firm: Business) -> None:
    """Numbers and addresses are looked up among the refusals 25 at a time: two statements for the 48 of 24 customers."""
    provider = Provider()

    def cost(number: int) -> int:
        some = [each.pk for each in due(firm, number)]
        return queries_of(lambda: deliver(some, NOW, provider.drivers)) - 5 * number

    cost(3)  # statements and playbooks are read once
    few = cost(3)
    assert few < 36
    assert (cost(12), cost(24)) == (few, few + 1)
    assert len(provider.got) == 3 + 3 + 12 + 24
    assert audit.faults() == []


CARRYING = (
    PLAYBOOK.replace(
        "content:\n",
        """links:
  guide: {title: {zh: 使用指南, en: Guide}, to: "https://help.example.com/start", open for: 2 weeks}
coupons:
  oil: {title: {zh: 机油券, en: Oil}, valid: 2 weeks}
  wash: {title: {zh: 洗车券, en: Wash}, valid: 2 weeks, codes: brought in}
questionnaires:
  short: {title: {zh: 满意度, en: Satisfaction}, questions: [{key: overall, ask: {zh: 总体, en: Overall}, type: csat}]}
value reports:
  year:
    title: {zh: 年度报告, en: Yearly report}
    months: 3
    opening: {zh: "{customer}的爱车", en: "{customer}, your car"}
    figures: [jobs]
    charts: [{title: {zh: 每月到店, en: Visits each month}, event: job.settled}]
content:
""",
        1,
    )
    .replace("{event.day}的{event.work}还满意吗？", "{coupon} {link.guide} {survey} {agreement.ends}")
    .replace("    channel: sms\n    text:\n", "    channel: sms\n    coupon: oil\n    text:\n", 1)
    .replace("    channel: email\n", "    channel: email\n    attach: year\n", 1)
    .replace("    send: [thanks-often, thanks]", "    send: [thanks-often, thanks]\n    ask: short")
)


def carrying(text: str, settings: Any) -> Business:
    settings.HUIFANG = replace(settings.HUIFANG, public_url="https://care.example.com")
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    return firm


def with_agreement(firm: Business, *channel: str) -> int:
    followup = firm.follow_up(*channel)
    Agreement.objects.create(
        customer=followup.customer, kind="insurance", code=f"P{followup.pk}", starts=DAY - timedelta(days=300),
        ends=DAY + timedelta(days=65),
    )  # fmt: skip
    return followup.pk


@pytest.mark.parametrize("channel", [(), ("after-mail", "email")], ids=["links, questionnaire, coupon, agreement", "attachment"])
@pytest.mark.usefixtures("unhurried")
def test_what_messages_carry_costs_the_same_for_five_and_for_twenty_five(settings: Any, channel: tuple[str, ...]) -> None:
    """But for one statement more for the refusals of fifty numbers and addresses, which are looked up 25 at a time."""
    firm, provider = carrying(CARRYING, settings), Provider()

    def cost(number: int) -> int:
        some = [with_agreement(firm, *channel) for _ in range(number)]
        return queries_of(lambda: deliver(some, NOW, provider.drivers)) - 5 * number

    cost(5)
    few = cost(5)
    assert (cost(5), cost(25)) == (few, few + 1)
    assert len(provider.got) == 40
    made = (MessageLink.objects.count(), SurveyInvitation.objects.count(), Coupon.objects.count())
    assert made == ((40, 40, 40) if not channel else (0, 0, 0))
    assert all(said.files for _, said in provider.got) is bool(channel)
    assert len({said.text for _, said in provider.got}) == 40


@pytest.mark.usefixtures("unhurried")
def test_codes_that_were_brought_in_cost_two_statements_each(settings: Any) -> None:
    firm, provider = carrying(CARRYING.replace("    coupon: oil\n", "    coupon: wash\n"), settings), Provider()
    Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True)
    coupons.bring_in(Staff.objects.get(code="M1"), "after-care", "wash", "\n".join(f"WASH-{number:04d}" for number in range(30)))

    def cost(number: int) -> int:
        some = [with_agreement(firm) for _ in range(number)]
        return queries_of(lambda: deliver(some, NOW, provider.drivers)) - 5 * number

    cost(3)
    assert cost(8) - cost(5) == 3 * 2
    assert Coupon.objects.filter(given_at=NOW).count() == 16


def test_made_ready_a_second_time_a_message_carries_what_it_carried(settings: Any) -> None:
    """Its links and its code, and a code that was given for a message which was never tried."""
    firm, provider = carrying(CARRYING, settings), Provider(behaves=lambda *_: FAILED)
    followup = FollowUp.objects.get(pk=with_agreement(firm))
    waiting = firm.again(followup.customer, "after-sms", "sms")
    book = playbook_of(firm.version)
    code = coupons.give("after-care", "oil", book.coupons["oil"], waiting, waiting.customer, NOW)
    FollowUp.objects.filter(pk=waiting.pk).update(state="withdrawn")
    assert deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    said = Message.objects.get().text
    assert code.code in said
    provider.behaves = lambda *_: SENT
    assert deliver_due(NOW + timedelta(hours=1), drivers=provider.drivers) == {"sent": 1}
    assert [message.text for _, message in provider.got] == [said]
    assert (MessageLink.objects.count(), SurveyInvitation.objects.count(), Coupon.objects.count()) == (1, 1, 1)


def test_a_message_with_a_questionnaire_s_link_whose_programme_asks_nothing_does_not_go_out(settings: Any) -> None:
    firm = carrying(CARRYING.replace("\n    ask: short", ""), settings)
    with_agreement(firm)
    assert deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 1}
    assert "{survey}" in Message.objects.get().words["zh"]


def odd_one(firm: Business, dice: Random) -> FollowUp:
    """A follow-up with something about it that the gate or the words may mind."""
    followup = firm.follow_up(programme=dice.choice(["after-sms", "after-sms", "insurance-due"]))
    who, point = followup.customer, ContactPoint.objects.get(customer=followup.customer_id, kind="phone")
    kind = dice.randrange(10)
    if kind == 0:
        consents.opt_out(None, who, dice.choice(["any", "marketing"]), dice.choice(["any", "sms", "email"]), "reply", NOW)
    elif kind == 1:
        customers.mark_contact_point(None, point, False, NOW)
    elif kind == 2:
        customers.change_status(None, who, "deceased", NOW)
    elif kind == 3:
        OptOut.objects.create(value_index=point.value_index, at=NOW)
    elif kind == 4:
        Occurrence.objects.filter(followup=followup).update(event=None)
    elif kind == 5:
        Promise.objects.create(
            customer=who, occurrence=followup.occurrences.get(), opens_at=NOW + timedelta(hours=dice.randrange(1, 9)),
            closes_at=NOW + timedelta(hours=10), day=DAY, made_at=NOW,
        )  # fmt: skip
    elif kind == 6:
        Attempt.objects.create(
            ticket=f"00000000-0000-0000-0000-{followup.pk:012}", key=f"k{followup.pk}", customer=who, channel="sms", purpose="marketing",
            programme="after-sms", state="ended", outcome="sent", at=NOW - timedelta(hours=dice.randrange(1, 40)), day=DAY,
        )  # fmt: skip
    elif kind == 7:
        Case.objects.create(number=f"C{followup.pk}", customer=who, kind="complaint", title="异响", state="open", opened_at=NOW)
    return followup


def came(followups: list[FollowUp], provider: Provider) -> list[tuple[object, ...]]:
    """How each stands: what a person would see of it, and what its customer got."""
    columns = ("state", "outcome", "next_at", "attempts_made", "occurrences__open", "occurrences__next_on", "occurrences__closed_as")
    rows = {row[0]: row[1:] for row in FollowUp.objects.values_list("pk", *columns)}
    told = {row[0]: row[1:] for row in Message.objects.order_by("pk").values_list("followup", "rule", "text", "attempt__state")}
    got = {said.text for _, said in provider.got}
    return [(*rows[each.pk], told.get(each.pk), told.get(each.pk, ("", ""))[1] in got) for each in followups]


@pytest.mark.parametrize("seed", range(6))
def test_decided_together_is_decided_as_one_by_one(seed: int) -> None:
    limits = "limits:\n  caps: [{at most: 1, per: 24 h}]\n"
    firm, dice = business(), Random(seed)
    firm.version = playbooks.activate(None, playbooks.add_version(None, PLAYBOOK + limits, "after-care.yaml", NOW), NOW)
    followups = [odd_one(firm, dice) for _ in range(24)]
    found = []
    for several in (1, 24):
        before, provider = transaction.savepoint(), Provider()
        numbers = [each.pk for each in followups]
        for start in range(0, 24, several):
            deliver(numbers[start : start + several], NOW, provider.drivers)
        found.append(
            (came(followups, provider), [row[:2] for row in AuditEntry.objects.values_list("action", "subject").order_by("number")])
        )
        transaction.savepoint_rollback(before)
    assert found[0][0] == found[1][0]
    assert found[0][1] == found[1][1]
    assert len({row[0] for row in found[0][0]}) > 1, "some went out, some did not"


def stop_mass(firm: Business, followup: FollowUp) -> None:
    MassSending.objects.create(
        playbook="after-care", programme="after-sms", day=DAY, number=3, asked_at=NOW, state=MassSending.State.STOPPED, decided_at=NOW
    )


HINDERS: dict[str, tuple[Callable[[Business, FollowUp], object], str]] = {
    "opted out": (lambda _, one: consents.opt_out(None, one.customer, "any", "any", "reply", NOW), "opted-out"),
    "the number refused": (
        lambda _, one: OptOut.objects.create(value_index=one.customer.contact_points.get(kind="phone").value_index, at=NOW),
        "opted-out",
    ),
    "closed": (lambda _, one: customers.change_status(None, one.customer, "closed", NOW), "status.closed"),
    "number wrong": (
        lambda _, one: customers.mark_contact_point(None, one.customer.contact_points.get(kind="phone"), False, NOW),
        "point.unusable",
    ),
    "channel stopped": (lambda firm, _: channels.set_state(firm.supervisor, "sms", "stopped", NOW), "channel.stopped"),
    "all stopped": (lambda firm, _: channels.set_state(firm.supervisor, "any", "stopped", NOW), "channel.stopped"),
    "mass stopped": (stop_mass, "mass.stopped"),
}


@pytest.mark.parametrize("what", HINDERS)
def test_what_comes_up_after_the_gate_was_asked_stops_the_message(firm: Business, what: str) -> None:
    """While the first message is with its provider, something happens to the second."""
    _, second = due(firm, 2)
    hinder, rule = HINDERS[what]

    def behave(ticket: object, said: object) -> Receipt:
        hinder(firm, second)
        return SENT

    provider = Provider(behaves=behave)
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "blocked": 1}
    assert not Attempt.objects.filter(followup=second).exists(), "what did not leave stands in no ledger"
    said = AuditEntry.objects.filter(subject=f"followup:{second.pk}", action__startswith="contact.").order_by("number")
    assert [each.action for each in said][:2] == ["contact.allowed", "contact.taken-back"]
    assert Message.objects.get(followup=second).rule == rule
    assert len(provider.got) == 1
    assert counted() == Account(2, 1, 0, 0, 1, 0)


def test_the_gate_is_asked_anew_after_two_seconds_and_for_fewer_at_a_time(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message takes a second and a half with its provider."""
    clock = [0.0]
    monkeypatch.setattr(delivery, "monotonic", lambda: clock[0])

    def slow(ticket: object, said: object) -> Receipt:
        clock[0] += 1.5
        return SENT

    due(firm, 8)
    provider = Provider(behaves=slow)
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 8}
    assert AuditEntry.objects.filter(action="contact.allowed").count() == 8 + 6 + 4 + 2
    assert len(provider.got) == len({key for key, _ in provider.got}) == 8
    assert Attempt.objects.filter(outcome="sent").count() == 8


def crashed_at(name: str) -> Provider:
    """A provider in the middle of whose work the process went down: at the message to `name`."""

    def behaves(_: object, said: Said) -> Receipt:
        if name in said.text:
            raise Crash
        return SENT

    provider = Provider(behaves=behaves)
    with pytest.raises(Crash):
        deliver_due(NOW, drivers=provider.drivers)
    return provider


def test_a_crash_in_the_middle_leaves_one_in_doubt(firm: Business) -> None:
    due(firm, 5)
    provider = crashed_at("王丽华3")
    assert counted() == Account(5, 0, 0, 0, 0, 5)
    assert Attempt.objects.filter(state="ended", outcome="sent").count() == 2, "the answers before it are written down"
    lease_runs_out()
    provider.behaves = lambda *_: SENT
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 4, "unknown": 1}
    assert len(provider.got) == len({key for key, _ in provider.got}) == 4
    assert counted() == Account(5, 4, 0, 1, 0, 0)
    assert FollowUp.objects.filter(outcome="sent", attempts_made=1).count() == 4
    assert audit.faults() == []


def test_a_crash_before_anything_left_leaves_nothing_in_doubt(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    due(firm, 3)
    provider = Provider()
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "obstacles", lambda _: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            deliver_due(NOW, drivers=provider.drivers)
    assert counted().pending == 3
    lease_runs_out()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 3}
    assert Attempt.objects.count() == 3


def test_an_error_while_one_is_marked_stops_no_other(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    _, bad, _ = due(firm, 3)
    real = delivery.obstacles

    def broken(followup_ids: list[int]) -> object:
        if followup_ids[-1] == bad.pk and len(followup_ids) == 2:
            raise ZeroDivisionError
        return real(followup_ids)

    monkeypatch.setattr(delivery, "obstacles", broken)
    provider = Provider()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 2, "trouble": 1}
    lease_runs_out()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert len(provider.got) == 3


def test_an_error_at_the_end_is_made_good_when_the_lease_has_run_out(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    due(firm, 2)
    provider = Provider()
    with monkeypatch.context() as patch:
        patch.setattr(delivery.message_results, "finish_sent", lambda *_: 1 // 0)
        assert deliver_due(NOW, drivers=provider.drivers)["trouble"] == 1
    assert counted().pending == 2
    lease_runs_out()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "unknown": 1}, "a blind one's last answer was not written down"
    assert len(provider.got) == 2


def test_a_failure_told_after_the_lease_is_refused(firm: Business) -> None:
    due(firm, 1)

    def slow(ticket: object, said: object) -> Receipt:
        lease_runs_out()
        deliver_due(NOW, drivers=Provider().drivers)
        return FAILED

    assert deliver_due(NOW, drivers=Provider(behaves=slow).drivers) == {"late": 1}
    assert counted() == Account(1, 0, 0, 1, 0, 0)


def test_what_may_have_left_before_goes_to_a_person_when_it_is_hindered(firm: Business) -> None:
    """The second customer says stop while the first one's message is sent again: their own may have arrived long ago."""
    _, second = due(firm, 2)
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    assert deliver_due(NOW, drivers=provider.drivers) == {"waiting": 2}
    provider.got.clear()
    lease_runs_out()

    def behave(ticket: object, said: object) -> Receipt:
        consents.opt_out(None, second.customer, "any", "any", "reply", NOW)
        return SENT

    provider.behaves = behave
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "unknown": 1}
    assert Attempt.objects.get(followup=second).state == "unknown"
    assert len(provider.got) == 1


def test_a_report_waits_until_all_that_follows_from_the_answer_is_written(firm: Business) -> None:
    due(firm, 2)
    provider = crashed_at("王丽华2")
    report = Report(arrived=False, key=provider.got[0][0])
    assert receipts.take("provider", report, NOW) == ""
    lease_runs_out()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "unknown": 1}
    assert receipts.take("provider", report, NOW) == "failed"
    assert account(FollowUp.objects.all(), DAY) == Account(2, 0, 1, 1, 0, 0)


def test_a_budget_is_not_overdrawn_by_messages_that_are_decided_together(firm: Business) -> None:
    text = (
        PLAYBOOK.replace("    send: [thanks-often, thanks]\n", "    send: [thanks-often, thanks]\n    budget: 0.25\n")
        + "costs: {sms: 0.1}\n"
    )
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    due(firm, 5)
    provider = Provider()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 2, "blocked": 3}
    assert set(Message.objects.exclude(rule="").values_list("rule", flat=True)) == {"budget"}


def test_a_customer_s_second_message_is_decided_after_the_first(firm: Business) -> None:
    text = PLAYBOOK + "limits:\n  caps: [{at most: 1, per: 24 h}]\n"
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    first, _ = due(firm, 2)
    firm.again(first.customer, "after-sms", "sms", first.occurrences.get().event)
    provider = Provider()
    assert deliver_due(NOW, drivers=provider.drivers) == {"sent": 2, "blocked": 1}
    assert Message.objects.exclude(rule="").values_list("rule", flat=True).get() == "cap.full"


def test_more_than_a_statement_takes_are_read_and_held_all_the_same(firm: Business) -> None:
    """Three numbers each: more values to look up among refusals than one statement has places."""
    followups = due(firm, 12)
    for number, each in enumerate(followups):
        for extra in range(2):
            value = f"{number}{extra}"
            ContactPoint.objects.create(
                customer=each.customer, kind="phone", value=f"+8613900000{value:>03}", value_index=value, mobile=True
            )
    OptOut.objects.create(value_index="110", channel="any", at=NOW)
    assert deliver([each.pk for each in followups], NOW, Provider().drivers) == {"sent": 11, "blocked": 1}


def test_a_lease_that_another_process_took_over_is_not_put_back(firm: Business) -> None:
    _, second = due(firm, 2)

    def behave(ticket: object, said: object) -> Receipt:
        FollowUp.objects.filter(pk=second.pk).update(fence=F("fence") + 1)
        return SENT

    assert deliver_due(NOW, drivers=Provider(behaves=behave).drivers) == {"sent": 1}
    second.refresh_from_db()
    assert second.state == "claimed"
    assert Attempt.objects.filter(followup=second).exists()
