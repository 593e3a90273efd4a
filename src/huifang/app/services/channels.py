"""Setting up channels: who sends, with which secrets, and stopping them at once."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.db import transaction

from huifang.app.access import MANAGE_CHANNELS, STOP_SENDING, require
from huifang.app.crypto import blind_index
from huifang.app.records.models import ChannelSetting, Staff
from huifang.app.senders import EVERY, chosen, senders
from huifang.app.services import audit, webhook_targets
from huifang.channels.dialler import HttpDialler
from huifang.channels.driver import Message, Receipt, Ticket
from huifang.channels.registry import KINDS, SENT_CHANNELS, SET_CHANNELS, kinds_for
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

TEST_WORDS = Words("这是来自慧访的测试消息。", "This is a test message from Huifang.")


def save(by: Staff, channel: str, driver: str, given: Mapping[str, str], now: datetime) -> ChannelSetting:
    """Let `driver` serve a channel (empty: the outbox). A secret that is left empty stays as it was.

    Raises `Invalid` for what cannot be read.
    """
    require(by, MANAGE_CHANNELS)
    wanted = _channel(channel)
    with transaction.atomic():
        row = _locked(wanted.value)
        values = _values(row, wanted, driver, given)
        if driver:
            chosen(driver, values)  # raises Invalid for settings that cannot be read
        if driver == HttpDialler.name:
            webhook_targets.check(json.loads(values)["address"], settings.HUIFANG.webhook_hosts)
        row.driver, row.values, row.changed_at, row.changed_by = driver, values, now, by
        if not row.hook:
            row.hook = secrets.token_urlsafe(24)
            row.hook_index = hook_index(row.hook)
        row.save()
        audit.write(by, "channel.set", f"channel:{channel}", driver=driver)
    return row


def set_state(by: Staff, channel: str, state: str, now: datetime) -> None:
    """Pause (what is planned waits), stop (what is planned is blocked) or let go on; for one channel or ``any``.

    In force when this returns: no message is begun after it. Those already handed over to a provider cannot be called back.
    """
    require(by, STOP_SENDING)
    if state not in ChannelSetting.State.values:
        raise _unknown(state)
    if channel != EVERY:
        _channel(channel)
    with transaction.atomic():
        row = _locked(channel)
        row.state, row.changed_at, row.changed_by = state, now, by
        row.save(update_fields=["state", "changed_at", "changed_by"])
        audit.write(by, f"channel.{state}", f"channel:{channel}")


def set_costs(by: Staff, given: Mapping[str, tuple[str, str]]) -> None:
    """Enter what a contact costs: channel → money for each contact and for each minute; empty for both: what the playbook says.

    Raises `Invalid` for what is no amount of money; nothing is changed then.
    """
    require(by, MANAGE_CHANNELS)
    known = {channel.value for channel in Channel}
    wanted = {name: (_amount(contact), _amount(minute)) for name, (contact, minute) in given.items() if name in known}
    with transaction.atomic():
        for name, (contact, minute) in wanted.items():
            if (contact, minute) == (None, None) and not ChannelSetting.objects.filter(channel=name).exists():
                continue
            row = _locked(name)
            before = (row.contact_cost, row.minute_cost)
            row.contact_cost, row.minute_cost = contact, minute
            if before != (contact, minute):
                row.save(update_fields=["contact_cost", "minute_cost"])
                audit.write(by, "channel.priced", f"channel:{name}", contact=str(contact or ""), minute=str(minute or ""))


def _amount(text: str) -> Decimal | None:
    """An amount of money from 0 to 99,999 with four digits behind the point at most; None for nothing."""
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip().removeprefix("¥").replace(",", ""))
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < 100_000):
        raise Invalid(
            Problem(
                "cost.amount",
                Words(f"“{text.strip()[:40]}”不是金额。", f"“{text.strip()[:40]}” is not an amount of money."),
                Words("请填写 0 到 99999 之间的数，例如 0.05。", "Enter a number from 0 to 99999, such as 0.05."),
            )
        )
    return amount.quantize(Decimal("0.0001"))


def send_test(by: Staff, channel: str, to: str, now: datetime) -> Receipt:
    """Send one test message to an address of one's own, and say what the provider said. No customer is contacted: no rule is asked."""
    require(by, MANAGE_CHANNELS)
    wanted = _channel(channel, SENT_CHANNELS)
    if not to.strip():
        raise Invalid(
            Problem(
                "channel.no-address",
                Words("请填写接收测试消息的号码或地址。", "Enter the number or address for the test message."),
                Words("请只发给自己或同事。", "Send it to yourself or a colleague only."),
            )
        )
    attempt = uuid.uuid4()
    ticket = Ticket(attempt, hashlib.sha256(attempt.bytes).hexdigest(), wanted, now)
    driver = senders()[wanted]
    words = Message(to.strip(), TEST_WORDS.say(by.language), TEST_WORDS.say(by.language), by.language, content="test")
    with transaction.atomic():
        audit.write(by, "channel.tested", f"channel:{channel}", driver=driver.name)
    return driver.send(ticket, words)


def hook_index(token: str) -> str:
    """By which the row of a hook's address is found."""
    return blind_index(token, "channel.hook")


def _locked(channel: str) -> ChannelSetting:
    ChannelSetting.objects.get_or_create(channel=channel)
    return ChannelSetting.objects.select_for_update(no_key=True).get(channel=channel)


def _values(row: ChannelSetting, channel: Channel, driver: str, given: Mapping[str, str]) -> str:
    if not driver:
        return ""
    if driver not in {kind.name for kind in kinds_for(channel)}:
        raise _unknown(driver)
    before = json.loads(row.values) if row.values and row.driver == driver else {}
    kept = {field.name: given.get(field.name, "").strip() for field in KINDS[driver].fields}
    for field in KINDS[driver].fields:
        if field.secret and not kept[field.name]:
            kept[field.name] = before.get(field.name, "")
    return json.dumps(kept, ensure_ascii=False)


def _channel(name: str, among: frozenset[Channel] = SET_CHANNELS) -> Channel:
    found = next((channel for channel in among if channel.value == name), None)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: str) -> Invalid:
    return Invalid(
        Problem(
            "channel.unknown",
            Words(f"没有“{name[:40]}”。", f"There is no “{name[:40]}”."),
            Words("请重新选择。", "Choose again."),
        )
    )
