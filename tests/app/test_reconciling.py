"""A backup is restored in mid-run: nothing that left the house since is sent again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from huifang.app.queries.accounting import Account, account
from huifang.app.records.models import Attempt, FollowUp, LostSend, Message, Notice, Occurrence
from huifang.app.services import delivery, handed_over, receipts, reconciling
from huifang.channels.driver import Delivery
from huifang.channels.inbound import Report
from huifang.domain.errors import NotAllowed
from tests.app.messages import DAY, NOW, UNKNOWN, Business, Provider, business
from tests.app.test_delivery import lease_runs_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Business:
    return business()


def restore() -> None:
    """The database as it was before anything was sent; one of the follow-ups has been planned anew."""
    Message.objects.all().delete()
    Attempt.objects.all().delete()
    Occurrence.objects.update(open=True, closed_as="", next_on=None)
    FollowUp.objects.update(state="open", outcome="", fence=0, lease_until=None)


def counted() -> Account:
    found = account(FollowUp.objects.all(), DAY)
    assert found.balanced
    return found


def test_sending_waits_after_a_restore_and_then_sends_nothing_twice(firm: Business) -> None:
    sent, later = firm.follow_up(), firm.follow_up()
    FollowUp.objects.filter(pk=later.pk).update(state="withdrawn")
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    key = provider.got[0][0]
    restore()
    for _ in range(2):
        assert delivery.deliver_due(NOW, drivers=provider.drivers) == {}
    assert Notice.objects.filter(subject="reconciling").count() == 2, "each supervisor once"
    assert reconciling.reconcile(firm.supervisor, NOW) == 1
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1, "sent": 1}
    assert len(provider.got) == 2
    assert counted() == Account(2, 1, 0, 1, 0, 0)
    assert receipts.take("provider", Report(arrived=True, key=key), NOW) == "delivered", "the provider's late report still finds it"
    assert counted() == Account(2, 2, 0, 0, 0, 0)
    assert Attempt.objects.get(key=key).followup == sent


def test_a_follow_up_that_is_planned_anew_after_the_restore_is_known_by_what_it_is_for(firm: Business) -> None:
    first = firm.follow_up()
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    cause, customer = Occurrence.objects.get().cause, first.customer
    restore()
    FollowUp.objects.all().delete()
    Occurrence.objects.all().delete()
    again = firm.again(customer, "after-sms", "sms")
    Occurrence.objects.filter(followup=again).update(cause=cause)
    reconciling.reconcile(firm.supervisor, NOW)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1}
    assert len(provider.got) == 1
    assert LostSend.objects.get().written


def test_what_was_never_sent_is_sent_as_usual_and_reconciling_again_finds_nothing(firm: Business) -> None:
    firm.follow_up()
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    assert not reconciling.needed(NOW)
    assert reconciling.reconcile(firm.supervisor, NOW) == 0
    firm.follow_up()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert reconciling.reconcile(firm.supervisor, NOW) == 0


@pytest.mark.parametrize("between", ["nothing", "sent", "reconciled for nothing"])
def test_a_backup_that_is_restored_a_second_time_sends_nothing_twice(firm: Business, between: str) -> None:
    """Whether something was sent before or after somebody reconciled, or there was nothing to reconcile at all."""
    firm.follow_up()
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    if between == "reconciled for nothing":
        assert reconciling.reconcile(firm.supervisor, NOW) == 0
    else:
        restore()
        assert reconciling.reconcile(firm.supervisor, NOW) == 1
    if between == "sent":
        firm.follow_up()
        assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1, "sent": 1}
    restore()
    LostSend.objects.all().delete()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {}
    left = len(provider.got)
    assert reconciling.reconcile(firm.supervisor, NOW) == left
    assert not reconciling.needed(NOW)
    assert reconciling.reconcile(firm.supervisor, NOW) == 0, "what is lost is known by now"
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": left}
    assert len(provider.got) == left


def test_without_room_for_the_line_nothing_is_sent(firm: Business, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    firm.follow_up()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(handed_over, "folder", lambda: tmp_path / "file" / "below")
    provider = Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"waiting": 1}
    assert provider.got == []


def test_a_line_cut_off_by_a_crash_is_not_taken_for_a_restore(firm: Business) -> None:
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    path = next(handed_over.folder().glob("*.log"))
    path.write_text(path.read_text() + "ab" * 20)
    assert not reconciling.needed(NOW)
    assert list(handed_over.unknown_lines()) == []
    firm.follow_up()
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"sent": 1}
    assert not reconciling.needed(NOW), "the line after it is read as well"
    restore()
    assert len(list(handed_over.unknown_lines())) == 2


def test_the_same_message_sent_again_with_its_key_is_no_restore(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    delivery.deliver_due(NOW, drivers=provider.drivers)
    lease_runs_out()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert not reconciling.needed(NOW)


def test_the_list_holds_no_personal_data_and_is_its_owner_s_alone(firm: Business) -> None:
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    path = next(handed_over.folder().glob("*.log"))
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_size == 130
    assert "13800000001" not in path.read_text()


def test_supervisors_see_it_on_the_outbox_page_and_let_it_go_on(firm: Business) -> None:
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    client = Client()
    client.force_login(firm.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    assert "由备份恢复" not in client.get("/outbox/").content.decode()
    restore()
    assert "由备份恢复" in client.get("/outbox/").content.decode()
    assert "有 1 条消息在备份后已发出" in client.post("/outbox/reconcile/", follow=True).content.decode()
    with pytest.raises(NotAllowed):
        reconciling.reconcile(firm.agent, NOW)


def test_a_lost_message_holds_up_nobody_else_s(firm: Business) -> None:
    LostSend.objects.create(key="f" * 64, meaning="0" * 64, found_at=NOW)
    firm.follow_up()
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"sent": 1}
    assert not LostSend.objects.get().written
