"""Channels: who sends with which secrets; paused and stopped at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from huifang.app import senders
from huifang.app.configuration import Configuration
from huifang.app.queries.accounting import Account, account
from huifang.app.queries.channels import channel_lines
from huifang.app.records.models import Attempt, AuditEntry, ChannelSetting, FollowUp, Message, Occurrence, Staff
from huifang.app.services import channels, delivery
from huifang.channels.driver import Delivery, Receipt, ReceiptState
from huifang.channels.sms_http import SmsGateway
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from tests.app.messages import DAY, NOW, SENT, UNKNOWN, Business, Provider, business
from tests.app.test_delivery import lease_runs_out
from tests.channels import provider as servers
from tests.channels.protocols import gateway

pytestmark = pytest.mark.django_db
GIVEN = {"address": "https://127.0.0.1:9/send", "token": "geheim", "secret": "hook", "dedupes": "no"}


@pytest.fixture
def firm() -> Business:
    return business()


@pytest.fixture
def administrator(db: None) -> Staff:
    return Staff.objects.create(code="X1", name="管理员", sign_in_name="x1", role="administrator", all_branches=True, language="zh-hans")


def counted() -> Account:
    found = account(FollowUp.objects.all(), DAY)
    assert found.balanced
    return found


def test_a_chosen_driver_serves_its_channel_and_its_secrets_are_sealed(administrator: Staff) -> None:
    row = channels.save(administrator, "sms", "sms-http", GIVEN, NOW)
    assert isinstance(senders.senders()[Channel.SMS], SmsGateway)
    assert senders.senders()[Channel.EMAIL].name == "outbox"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM records_channelsetting")
        kept = str([bytes(each) if isinstance(each, memoryview) else each for each in cursor.fetchone()])
    assert "geheim" not in kept
    assert row.hook not in kept
    assert len(row.hook) >= 32
    assert "geheim" not in str(AuditEntry.objects.get(action="channel.set").detail)


def test_a_secret_left_empty_stays_and_the_hook_too(administrator: Staff) -> None:
    first = channels.save(administrator, "sms", "sms-http", GIVEN, NOW)
    again = channels.save(administrator, "sms", "sms-http", GIVEN | {"token": "", "address": "https://127.0.0.1:9/other"}, NOW)
    assert '"token": "geheim"' in again.values
    assert "/other" in again.values
    assert again.hook == first.hook
    channels.save(administrator, "sms", "", {}, NOW)
    assert senders.senders()[Channel.SMS].name == "outbox"
    assert ChannelSetting.objects.get().values == ""


@pytest.mark.parametrize(
    ("channel", "driver", "given"),
    [("sms", "wecom", GIVEN), ("sms", "nobody", GIVEN), ("visit", "", {}), ("sms", "sms-http", {}), ("sms", "sms-http", GIVEN | {"address": "ftp://x"})],
)  # fmt: skip
def test_what_cannot_send_is_refused_and_nothing_changes(administrator: Staff, channel: str, driver: str, given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        channels.save(administrator, channel, driver, given, NOW)
    assert not ChannelSetting.objects.exists()


def test_only_administrators_set_channels_up_and_agents_stop_nothing(firm: Business) -> None:
    with pytest.raises(NotAllowed):
        channels.save(firm.supervisor, "sms", "sms-http", GIVEN, NOW)
    with pytest.raises(NotAllowed):
        channels.send_test(firm.supervisor, "sms", "+8613800002046", NOW)
    with pytest.raises(NotAllowed):
        channels.set_state(firm.agent, "sms", "paused", NOW)
    with pytest.raises(Invalid):
        channels.set_state(firm.supervisor, "sms", "asleep", NOW)
    with pytest.raises(Invalid):
        channels.set_state(firm.supervisor, "pigeon", "paused", NOW)


@pytest.mark.parametrize("which", ["sms", "any"])
def test_while_a_channel_is_paused_everything_waits_and_afterwards_goes_out_once(firm: Business, which: str) -> None:
    firm.follow_up()
    firm.follow_up("after-mail", "email")
    channels.set_state(firm.supervisor, which, "paused", NOW)
    provider = Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == ({"sent": 1} if which == "sms" else {})
    assert counted().pending == (1 if which == "sms" else 2)
    channels.set_state(firm.supervisor, which, "on", NOW)
    delivery.deliver_due(NOW, drivers=provider.drivers)
    assert len(provider.got) == 2
    assert counted().sent == 2


def test_a_pause_in_mid_run_holds_the_very_next_message(firm: Business) -> None:
    for _ in range(3):
        firm.follow_up()

    def behave(ticket: object, message: object) -> Receipt:
        channels.set_state(firm.supervisor, "sms", "paused", NOW)
        return SENT

    provider = Provider(behaves=behave)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "held back": 2}
    assert counted() == Account(3, 1, 0, 0, 0, 2)
    assert FollowUp.objects.filter(state="claimed").count() == 0


def test_what_is_stopped_is_blocked_and_planned_again_another_day(firm: Business) -> None:
    firm.follow_up()
    channels.set_state(firm.supervisor, "sms", "stopped", NOW)
    assert delivery.anything_due(NOW)
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 1}
    assert Message.objects.values_list("rule", flat=True).get() == "channel.stopped"
    assert Occurrence.objects.values_list("open", "next_on").get() == (True, DAY + timedelta(days=1))
    assert counted() == Account(1, 0, 0, 0, 1, 0)


def test_stopped_for_all_is_stronger_than_paused_for_one_and_the_other_way_round(firm: Business) -> None:
    channels.set_state(firm.supervisor, "sms", "stopped", NOW)
    channels.set_state(firm.supervisor, "any", "paused", NOW)
    assert senders.closed()[Channel.SMS] == "stopped"
    assert senders.closed()[Channel.EMAIL] == "paused"


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_what_a_crash_left_is_not_sent_again_while_its_channel_is_shut(firm: Business, state: str) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    delivery.deliver_due(NOW, drivers=provider.drivers)
    lease_runs_out()
    channels.set_state(firm.supervisor, "sms", state, NOW)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {}
    followup = FollowUp.objects.get()
    assert delivery.deliver([followup.pk], NOW, provider.drivers) == {"held back": 1}
    assert Attempt.objects.get().state == "attempting"
    channels.set_state(firm.supervisor, "sms", "on", NOW)
    lease_runs_out()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert len(provider.got) == 1


def test_a_provider_that_forgets_keys_is_not_trusted_with_an_old_one(firm: Business) -> None:
    firm.follow_up()
    provider = Provider(Delivery.DEDUPES, behaves=lambda *_: UNKNOWN)
    provider.remembers = timedelta(hours=1)  # type: ignore[attr-defined]
    delivery.deliver_due(NOW, drivers=provider.drivers)
    lease_runs_out()
    assert delivery.deliver_due(NOW + timedelta(minutes=61), drivers=provider.drivers) == {"unknown": 1}
    assert len(provider.got) == 1


def test_a_test_message_really_goes_to_the_provider(administrator: Staff) -> None:
    with servers.running(servers.Provider(gateway)) as provider:
        channels.save(administrator, "sms", "sms-http", GIVEN | {"address": provider.url}, NOW)
        receipt = channels.send_test(administrator, "sms", " +8613800002046 ", NOW)
    assert receipt.state is ReceiptState.SENT
    assert provider.taken[0].json["text"] == "这是来自慧访的测试消息。"
    assert AuditEntry.objects.filter(action="channel.tested").count() == 1
    with pytest.raises(Invalid):
        channels.send_test(administrator, "sms", " ", NOW)


def test_a_demo_sends_nothing_whatever_is_set(administrator: Staff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    channels.save(administrator, "sms", "sms-http", GIVEN, NOW)
    monkeypatch.setattr(settings, "HUIFANG", Configuration.read({"HUIFANG_DEMO": "1", "HUIFANG_DATA": str(tmp_path)}))
    assert {driver.name for driver in senders.senders().values()} == {"outbox"}
    assert not any(line.real for line in channel_lines(DAY)[0])
