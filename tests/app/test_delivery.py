"""Messages that channels send by themselves: through the gate, each once, and every one accounted for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from django.db.models import F

from huifang.app.queries.accounting import Account, account
from huifang.app.records.models import Attempt, AuditEntry, ContactPoint, Customer, FollowUp, Message, Notice, Occurrence
from huifang.app.services import consents, delivery, followups, message_results, rendering
from huifang.app.services.message_ground import Ground
from huifang.channels.driver import Delivery, Receipt, ReceiptState
from huifang.channels.driver import Message as Said
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict, NotAllowed
from tests.app.messages import DAY, FAILED, NOW, SENT, UNKNOWN, WRONG, Business, Provider, business

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Business:
    return business()


def lease_runs_out() -> None:
    FollowUp.objects.filter(state="claimed").update(lease_until=F("lease_until") - timedelta(hours=1))


def counted() -> Account:
    found = account(FollowUp.objects.all(), DAY)
    assert found.balanced
    return found


def test_a_message_due_now_is_sent_and_the_ledger_says_so(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    followup.refresh_from_db()
    message = Message.objects.select_related("attempt").get()
    assert [said.text for _, said in provider.got] == ["【安达南山店】王丽华1您好，11月23日 周一的四轮定位还满意吗？"]
    assert (followup.state, followup.outcome, followup.attempts_made) == ("done", "sent", 1)
    assert message.attempt is not None
    assert (message.attempt.state, message.attempt.outcome, message.attempt.counted, message.reference) == ("ended", "sent", True, "1")
    assert Occurrence.objects.get().closed_as == "done"
    assert AuditEntry.objects.filter(action="contact.allowed", by=None).count() == 1
    assert counted() == Account(1, 1, 0, 0, 0, 0)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {}


def test_the_attempt_is_written_before_the_provider_is_called(firm: Business) -> None:
    firm.follow_up()
    seen: list[tuple[str, str]] = []

    def look(ticket: object, message: object) -> Receipt:
        seen.append(Attempt.objects.values_list("state", "followup__state").get())
        return SENT

    delivery.deliver_due(NOW, drivers=Provider(behaves=look).drivers)
    assert seen == [("attempting", "claimed")]


def test_before_its_window_after_it_and_on_another_day_nothing_is_sent(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider()
    for moment in (followup.opens_at - timedelta(seconds=1), followup.closes_at, NOW + timedelta(days=1)):
        assert delivery.deliver_due(moment, drivers=provider.drivers) == {}
    assert delivery.deliver_due(followup.opens_at, drivers=provider.drivers) == {"sent": 1}


def test_whoever_said_stop_gets_nothing_and_the_rule_is_kept(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider()
    consents.opt_out(None, followup.customer, "any", "any", "reply", NOW)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"blocked": 1}
    followup.refresh_from_db()
    assert provider.got == []
    assert Message.objects.values_list("rule", "attempt").get() == ("opted-out", None)
    assert followup.state == "withdrawn"
    assert Occurrence.objects.values_list("open", "next_on").get() == (True, DAY + timedelta(days=1))
    assert not Attempt.objects.exists()
    assert counted() == Account(1, 0, 0, 0, 1, 0)


def test_a_cap_that_ends_today_makes_it_wait_until_then(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider()
    Occurrence.objects.get().promises.create(
        customer=followup.customer, opens_at=NOW + timedelta(hours=2), closes_at=NOW + timedelta(hours=4), day=DAY, made_at=NOW
    )
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    followup.refresh_from_db()
    assert (followup.state, followup.next_at) == ("open", NOW + timedelta(hours=2))
    assert delivery.deliver_due(NOW + timedelta(hours=1), drivers=provider.drivers) == {}
    assert delivery.deliver_due(NOW + timedelta(hours=2), drivers=provider.drivers) == {"sent": 1}


def test_a_failure_is_tried_again_today_and_then_left_to_tomorrow_s_plan(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider(behaves=lambda *_: FAILED)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    assert counted().pending == 1
    assert delivery.deliver_due(NOW + timedelta(minutes=59), drivers=provider.drivers) == {}
    assert delivery.deliver_due(NOW + timedelta(hours=1), drivers=provider.drivers) == {"waiting": 1}
    assert delivery.deliver_due(NOW + timedelta(hours=2), drivers=provider.drivers) == {"waiting": 1}  # closed over noon
    assert delivery.deliver_due(NOW + timedelta(hours=4), drivers=provider.drivers) == {"failed": 1}
    followup.refresh_from_db()
    assert (followup.state, followup.outcome, followup.attempts_made) == ("done", "failed", 0)
    assert Occurrence.objects.values_list("open", "next_on").get() == (True, DAY + timedelta(days=1))
    assert counted() == Account(1, 0, 1, 0, 0, 0)


def test_a_wrong_number_is_marked_and_another_one_is_tried_at_once(firm: Business) -> None:
    followup = firm.follow_up()
    second = ContactPoint.objects.create(customer=followup.customer, kind="phone", value="+8613900000000", value_index="x", mobile=True)
    provider = Provider(behaves=lambda _, said: SENT if said.to == second.value else WRONG)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert list(ContactPoint.objects.filter(kind="phone").order_by("pk").values_list("usable", flat=True)) == [False, True]
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"invalid_number", "sent"}


def test_a_bounced_address_leaves_the_next_channel_to_tomorrow_s_plan(firm: Business) -> None:
    followup = firm.follow_up("after-mail", "email")
    assert delivery.deliver_due(NOW, drivers=Provider(behaves=lambda *_: WRONG).drivers) == {"failed": 1}
    followup.refresh_from_db()
    assert followup.outcome == "bounced"
    assert not ContactPoint.objects.get(kind="email").usable
    assert Occurrence.objects.get().next_on == DAY + timedelta(days=1)


def breaks_at(name: str) -> Provider:
    """A provider whose library breaks at the messages to one customer."""

    def behave(ticket: object, said: Said) -> Receipt:
        if f"{name}您好" in said.text:
            raise RuntimeError("the provider's library broke")
        return SENT

    return Provider(behaves=behave)


def test_one_poison_recipient_stops_nobody_else(firm: Business) -> None:
    for _ in range(12):
        firm.follow_up()

    provider = breaks_at("王丽华5")
    Occurrence.objects.filter(followup__customer__code="K00007").update(event=None)
    Customer.objects.filter(code="K00009").update(time_zone="Mars/Olympus")
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 9, "unknown": 1, "blocked": 2}
    assert len({key for key, _ in provider.got}) == 9
    assert counted() == Account(12, 9, 0, 1, 2, 0)


@pytest.mark.full
def test_nine_hundred_and_ninety_nine_get_it_once_beside_the_poison(firm: Business) -> None:
    for _ in range(1000):
        firm.follow_up()

    provider = breaks_at("王丽华500")
    while delivery.deliver_due(NOW, drivers=provider.drivers):
        lease_runs_out()
    assert counted() == Account(1000, 999, 0, 1, 0, 0)
    assert len({message.to for _, message in provider.got}) == len(provider.got) == 999


@pytest.mark.parametrize(
    ("error", "put_off"),
    [
        (ZeroDivisionError, delivery.PUT_OFF),
        (OperationalError, delivery.PUT_OFF_BRIEFLY),
        (InterfaceError, delivery.PUT_OFF_BRIEFLY),
    ],
)
def test_an_error_nobody_foresaw_is_put_off_and_the_rest_go_out(
    firm: Business, monkeypatch: pytest.MonkeyPatch, error: type[Exception], put_off: timedelta
) -> None:
    bad, _ = firm.follow_up(), firm.follow_up()
    write = rendering.write

    def broken(ground: Ground) -> object:
        if ground.followup == bad:
            raise error
        return write(ground)

    monkeypatch.setattr(rendering, "write", broken)
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"sent": 1, "trouble": 1}
    bad.refresh_from_db()
    assert (bad.state, bad.next_at) == ("open", NOW + put_off)
    assert not Attempt.objects.filter(followup=bad).exists()


def test_what_a_blind_provider_does_not_say_goes_to_a_person_and_is_never_sent_again(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider(behaves=lambda *_: UNKNOWN)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1}
    followup.refresh_from_db()
    assert (followup.state, followup.outcome) == ("done", "unknown")
    assert Occurrence.objects.values_list("open", "closed_as").get() == (False, "unknown")
    assert Notice.objects.filter(to=firm.supervisor).count() == 1
    assert counted() == Account(1, 0, 0, 1, 0, 0)
    assert delivery.deliver_due(NOW + timedelta(hours=2), drivers=provider.drivers) == {}


@pytest.mark.parametrize(("arrived", "closed"), [(True, (False, "done")), (False, (True, ""))])
def test_a_person_says_what_became_of_it(firm: Business, arrived: bool, closed: tuple[bool, str]) -> None:
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider(behaves=lambda *_: UNKNOWN).drivers)
    number = Message.objects.get().pk
    with pytest.raises(NotAllowed):
        message_results.answer_unknown(firm.agent, number, NOW, arrived=arrived)
    with pytest.raises(Conflict):
        message_results.answer_unknown(firm.stranger, number, NOW, arrived=arrived)
    message_results.answer_unknown(firm.supervisor, number, NOW, arrived=arrived)
    assert Occurrence.objects.values_list("open", "closed_as").get() == closed
    assert counted() == (Account(1, 1, 0, 0, 0, 0) if arrived else Account(1, 0, 1, 0, 0, 0))
    with pytest.raises(Conflict):
        message_results.answer_unknown(firm.supervisor, number, NOW, arrived=arrived)


class Crash(BaseException):
    """The process is gone."""


def crash_during(provider: Provider, *, after_accept: bool) -> None:
    """One delivery that dies inside the provider's call."""

    def die(ticket: object, message: object) -> Receipt:
        if after_accept:
            provider.got.append((ticket.key, message))  # type: ignore[attr-defined,arg-type]
        raise Crash

    provider.behaves = die
    with pytest.raises(Crash):
        delivery.deliver_due(NOW, drivers=provider.drivers)
    provider.behaves = lambda *_: SENT


@pytest.mark.parametrize("after_accept", [True, False])
@pytest.mark.parametrize(
    ("kind", "came"),
    [(Delivery.DEDUPES, ("sent", "sent")), (Delivery.QUERYABLE, ("sent", "waiting")), (Delivery.BLIND, ("unknown", "unknown"))],
)
def test_what_a_crash_leaves(firm: Business, kind: Delivery, came: tuple[str, str], after_accept: bool) -> None:
    firm.follow_up()
    provider = Provider(kind)
    crash_during(provider, after_accept=after_accept)
    assert counted().pending == 1
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {}
    lease_runs_out()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {came[0] if after_accept else came[1]: 1}
    later = NOW + timedelta(hours=1)
    delivery.deliver_due(later, drivers=provider.drivers)
    delivered = {Delivery.DEDUPES: 1, Delivery.QUERYABLE: 1, Delivery.BLIND: int(after_accept)}[kind]
    assert len(provider.got) == delivered
    assert counted().planned == 1


def test_a_provider_that_dedupes_and_does_not_answer_is_asked_again_with_the_same_key(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    assert counted().pending == 1
    lease_runs_out()
    assert delivery.deliver_due(NOW + timedelta(minutes=15), drivers=provider.drivers) == {"sent": 1}
    assert len(provider.got) == 1
    assert Attempt.objects.count() == 1


def test_several_that_are_sent_again_slowly_need_no_second_lease(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that the gate was asked about too long ago are asked about anew at once."""
    for _ in range(4):
        firm.follow_up()
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 4}
    lease_runs_out()
    monkeypatch.setattr(delivery, "HOLDS", 0.0)
    assert delivery.deliver_due(NOW + timedelta(minutes=15), drivers=provider.drivers) == {"sent": 4}
    assert len(provider.got) == Attempt.objects.count() == 4


def test_what_a_crash_leaves_before_the_noon_break_is_sent_again_after_it(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES)
    crash_during(provider, after_accept=True)
    for minutes in (115, 130, 145):  # between twelve and two
        lease_runs_out()
        assert delivery.deliver_due(NOW + timedelta(minutes=minutes), drivers=provider.drivers) == {"waiting": 1}
    assert counted().pending == 1
    lease_runs_out()
    assert delivery.deliver_due(NOW + timedelta(hours=4), drivers=provider.drivers) == {"sent": 1}
    assert len(provider.got) == Attempt.objects.count() == 1


def test_what_a_crash_leaves_is_not_sent_again_after_its_window(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES)
    crash_during(provider, after_accept=False)
    lease_runs_out()
    assert delivery.deliver_due(NOW + timedelta(hours=8), drivers=provider.drivers) == {"unknown": 1}
    assert provider.got == []
    assert Notice.objects.filter(to=firm.supervisor).count() == 1


def test_stop_said_after_a_crash_is_heard_and_a_person_looks(firm: Business) -> None:
    followup = firm.follow_up()
    provider = Provider(Delivery.DEDUPES)
    crash_during(provider, after_accept=False)
    consents.opt_out(None, followup.customer, "any", "any", "reply", NOW)
    lease_runs_out()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1}
    assert provider.got == []


def test_another_provider_since_the_crash_or_a_day_gone_by_goes_to_a_person(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES)
    crash_during(provider, after_accept=True)
    lease_runs_out()
    other = Provider(Delivery.DEDUPES, name="another")
    assert delivery.deliver_due(NOW, drivers=other.drivers) == {"unknown": 1}
    assert other.got == []
    firm.follow_up()
    queried = Provider(Delivery.QUERYABLE)
    crash_during(queried, after_accept=True)
    lease_runs_out()
    assert delivery.deliver_due(NOW + timedelta(hours=25), drivers=queried.drivers) == {"unknown": 1}


def test_a_late_answer_is_refused(firm: Business) -> None:
    followup = firm.follow_up()

    def slow(ticket: object, message: object) -> Receipt:
        lease_runs_out()
        delivery.deliver_due(NOW, drivers=Provider().drivers)
        return SENT

    assert delivery.deliver_due(NOW, drivers=Provider(behaves=slow).drivers) == {"late": 1}
    followup.refresh_from_db()
    assert followup.outcome == "unknown"
    assert counted() == Account(1, 0, 0, 1, 0, 0)


def test_people_are_not_offered_what_a_channel_sends_and_cannot_take_it_in_mid_sending(firm: Business) -> None:
    followup = firm.follow_up()
    assert followups.next_for(firm.agent, DAY, NOW) is None
    crash_during(Provider(), after_accept=True)
    lease_runs_out()
    assert followups.release_expired() == 0
    for act in (
        lambda: followups.claim(firm.agent, followup.pk, NOW),
        lambda: followups.withdraw(firm.supervisor, followup.pk, "", NOW),
        lambda: followups.reassign(firm.supervisor, followup.pk, firm.agent.pk, NOW),
    ):
        with pytest.raises(Conflict):
            act()
    assert Attempt.objects.get().state == "attempting"


def test_what_a_person_is_to_do_is_left_to_them(firm: Business) -> None:
    theirs, by_phone = firm.follow_up(), firm.follow_up(channel="phone")
    FollowUp.objects.filter(pk=theirs.pk).update(staff=firm.agent)
    assert delivery.deliver_due(NOW, drivers=Provider(channels=frozenset({Channel.SMS, Channel.PHONE})).drivers) == {}
    assert by_phone.channel == "phone"
    assert counted() == Account(0, 0, 0, 0, 0, 0)


def test_no_more_than_the_limit_is_sent_at_a_time(firm: Business) -> None:
    for _ in range(5):
        firm.follow_up()
    provider = Provider()
    assert delivery.deliver_due(NOW, 2, provider.drivers) == {"sent": 2}
    assert counted() == Account(5, 2, 0, 0, 0, 3)


def test_the_state_words_of_a_receipt_are_the_ledger_s(firm: Business) -> None:
    assert {state.value for state in ReceiptState} == {"sent", "failed", "unknown"}


@pytest.mark.parametrize(("purpose", "shown"), [("service", False), ("relationship", True), ("marketing", True)])
def test_a_mail_that_is_not_about_the_service_itself_shows_the_way_to_unsubscribe(firm: Business, purpose: str, shown: bool) -> None:
    followup, provider = firm.follow_up("after-mail", "email"), Provider()
    consents.opt_in(None, followup.customer, "marketing", "any", "agent", NOW, "到店时当面说愿意")
    FollowUp.objects.filter(pk=followup.pk).update(purpose=purpose)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert [message.link_shown for _ticket, message in provider.got] == [shown]
