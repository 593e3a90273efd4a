"""A message as it would look in one's own hands: sent to the address of the member of staff who asks, never to a customer."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.db import transaction

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.indexes import value_index
from huifang.app.records.models import ContactPoint, Staff, StaffAddress
from huifang.app.senders import senders
from huifang.app.services import audit, rendering, value_reports
from huifang.app.services.imports.phones import phones
from huifang.app.services.message_ground import Ground
from huifang.app.services.register.points import chat
from huifang.app.services.register.rows import Unreadable
from huifang.channels.driver import Message, Receipt, Ticket
from huifang.channels.mail import checked_address
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)
_TEST = Words("【测试】", "[Test] ")


def address_of(staff: Staff, channel: Channel) -> str:
    """One's own address on a channel as it was last used; empty where there is none."""
    return StaffAddress.objects.filter(staff=staff, channel=channel.value).values_list("address", flat=True).first() or ""


def send(by: Staff, ground: Ground, key: str, address: str, now: datetime) -> Receipt:
    """Send the content `key` as the customer of `ground` would read it (numbers masked) to one's own address, which is kept for next time.

    Raises `Invalid` for an address that is none or that belongs to a customer, `Unwritable` where the customer's data does not suffice.
    """
    require(by, EDIT_PLAYBOOKS)
    to = _checked(ground.channel, address)
    if ContactPoint.objects.filter(value_index=value_index(to)).exists():
        raise _invalid(
            "test.customer", Words("这是客户的联系方式，测试不能发给客户。", "This belongs to a customer; a test never goes to one.")
        )
    written, files = rendering.preview(ground, key), value_reports.trial_files(ground, key)
    attempt, mark = uuid.uuid4(), _TEST.say(by.language)
    subject, text = (mark + written.subject, written.text) if ground.channel is Channel.EMAIL else ("", mark + written.text)
    driver = senders()[ground.channel]
    with transaction.atomic():
        StaffAddress.objects.update_or_create(staff=by, channel=ground.channel.value, defaults={"address": to})
        audit.write(
            by, "content.tested", f"customer:{ground.customer.pk}", playbook=ground.playbook.playbook, content=key, driver=driver.name,
            channel=ground.channel.value,
        )  # fmt: skip
    ticket = Ticket(attempt, hashlib.sha256(attempt.bytes).hexdigest(), ground.channel, now)
    return driver.send(ticket, Message(to, subject, text, written.language, content=key, values=written.values, files=files))


def _checked(channel: Channel, address: str) -> str:
    if channel is Channel.EMAIL:
        return checked_address(address)
    if channel not in CHANNELS:
        raise _invalid("test.channel", Words("这个渠道不能发送测试。", "Nothing can be sent for trial on this channel."))
    try:
        if channel is not Channel.SMS:
            return _member(channel, address.strip())
        found = phones(address)
    except Unreadable as error:
        raise _invalid("test.number", error.words) from error
    if len(found) != 1 or not found[0].mobile:
        raise _invalid("test.number", Words("请填写一个手机号码。", "Enter one mobile number."))
    return found[0].value


def _member(channel: Channel, said: str) -> str:
    if not said:
        raise _invalid("test.member", Words("没有填写您的账号。", "Your id is missing."))
    return chat(channel.value, said).value


def _invalid(code: str, what: Words) -> Invalid:
    return Invalid(Problem(code, what, Words("请填写您自己的邮箱、手机号或账号。", "Enter your own address, number or id.")))
