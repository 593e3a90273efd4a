"""Reading the mailbox of the e-mail channel: bounces and complaints mend the ledger, refusals are heard, the rest stands before people."""

from __future__ import annotations

import json
from datetime import datetime

from huifang.app.records.models import ChannelSetting
from huifang.app.services import inbound, receipts
from huifang.channels.email import read_mail, read_new
from huifang.domain.contact import Channel

DRIVER = "email"


def address() -> str:
    """Where mails come to; empty where no mailbox is set."""
    row = ChannelSetting.objects.filter(channel=Channel.EMAIL.value, driver=DRIVER).first()
    return str(json.loads(row.values).get("mailbox", "")) if row is not None and row.values else ""


def read(now: datetime) -> int:
    """Take every new mail, each once; how many. A mail that cannot be taken stays new. Raises OSError where the mailbox is out of reach."""
    where = address()
    return read_new(where, lambda raw: take(raw, now)) if where else 0


def take(raw: bytes, now: datetime) -> None:
    """Act on one mail; taken again, it changes nothing."""
    said = read_mail(raw)
    for reply in said.replies:
        inbound.take(Channel.EMAIL, DRIVER, reply, now)
    for report in said.reports:
        receipts.take(DRIVER, report, now)
