"""Pushing handed-over rows to the dialler's address: each is committed as on its way before it leaves, and sent again with the same key."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from huifang.app.queries.dialling import beside, script_of
from huifang.app.records.models import DiallingRow
from huifang.app.services import dialling_lists, webhook_targets
from huifang.app.services.dialling_lists import dialler, note, return_row, still_allowed
from huifang.channels.dialler import HttpDialler
from huifang.channels.driver import Message, Receipt, ReceiptState, Ticket
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid
from huifang.domain.words import Words

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))
PATIENCE = 10.0
"""Seconds for the answer of one push."""
_MOST = 64_000
_AT_ONCE = 200
_State = DiallingRow.State
_UNREACHABLE = Words("连不上外呼系统。", "The dialler could not be reached.")
_LOST = Words("已推送，没有收到外呼系统的答复。", "It was pushed, and the dialler's answer did not come.")


def anything_due(now: datetime) -> bool:
    """Whether a row waits to be pushed, or the time of one has passed."""
    return dialling_lists.anything_over(now) or _due(now).exists()


def push_due(now: datetime) -> int:
    """Push what is due and end what is past its time; how many rows the dialler has taken. A demo pushes nothing."""
    dialling_lists.end(now)
    found = dialler()
    if found is None or found.name != HttpDialler.name or settings.HUIFANG.demo:
        return 0
    driver = HttpDialler(json.loads(found.row.values), timezone.now, post)
    return sum(_push(number, driver, now) for number in list(_due(now).values_list("pk", flat=True)[:_AT_ONCE]))


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes] | Receipt:
    """Send to an address that is public, or named in HUIFANG_WEBHOOK_HOSTS, resolved now and connected to as resolved."""
    try:
        target = webhook_targets.check(url, settings.HUIFANG.webhook_hosts)
        return webhook_targets.exchange(target, body, headers, PATIENCE, _MOST)
    except Invalid as error:
        return Receipt(ReceiptState.FAILED, words=error.problems[0].what)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Receipt(ReceiptState.FAILED, words=_UNREACHABLE)
    except (httpx.HTTPError, OSError):
        return Receipt(ReceiptState.UNKNOWN, words=_LOST)


def _due(now: datetime) -> QuerySet[DiallingRow]:
    return DiallingRow.objects.filter(state=_State.WAITING, next_at__lte=now, until__gt=now).order_by("next_at", "pk")


def _push(row_id: int, driver: HttpDialler, now: datetime) -> bool:
    """Push one row; whether the dialler has taken it. One that the gate would refuse by now does not leave."""
    row = _begin(row_id, now)
    if row is None:
        return False
    refused = still_allowed(row, now)
    if refused is not None:
        _hold_back(row, refused, now)
        return False
    assert row.attempt is not None  # noqa: S101 - a row that waits has one
    assert row.attempt.contact_point is not None  # noqa: S101 - the gate lets nobody be called without a number
    message = Message(
        row.attempt.contact_point.value, script_of(row), "", row.followup.customer.language, content=row.followup.programme,
        values=tuple(beside(row).items()),
    )  # fmt: skip
    ticket = Ticket(row.attempt.ticket, row.attempt.key, Channel.PHONE, row.attempt.at)
    DiallingRow.objects.filter(pk=row.pk).update(maybe=True)  # whatever a crash leaves, the dialler may have it
    note(row)
    return _ended(row, driver.send(ticket, message), now)


def _hold_back(row: DiallingRow, refused: Words, now: datetime) -> None:
    """It may not be called any more: back on the list where it has not left, else a person finds out."""
    if not row.maybe:
        return_row(row.pk, refused, now)
        return
    words = {"zh": refused.zh, "en": refused.en}
    DiallingRow.objects.filter(pk=row.pk, state=_State.WAITING).update(state=_State.UNKNOWN, next_at=None, words=words)


def _begin(row_id: int, now: datetime) -> DiallingRow | None:
    """Take a row in hand for as long as a push may take; None where another worker has it."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        rows = DiallingRow.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip)
        held = rows.filter(pk=row_id, state=_State.WAITING, next_at__lte=now).first()
        if held is None:
            return None
        wait = WAITS[min(held.tries, len(WAITS) - 1)]
        DiallingRow.objects.filter(pk=row_id).update(tries=held.tries + 1, next_at=now + wait)
    about = ("followup__customer__branch", "followup__staff", "followup__playbook_version", "attempt__contact_point", "list")
    return DiallingRow.objects.select_related(*about).get(pk=row_id)


def _ended(row: DiallingRow, receipt: Receipt, now: datetime) -> bool:
    words = {"zh": receipt.words.zh, "en": receipt.words.en}
    live = DiallingRow.objects.filter(pk=row.pk, state=_State.WAITING)
    if receipt.state is ReceiptState.SENT:
        return bool(live.update(state=_State.OUT, next_at=None, words=words))
    if receipt.state is ReceiptState.UNKNOWN:
        live.update(words=words)
        return False
    live.update(maybe=row.maybe, words=words)
    if receipt.permanent and not row.maybe:
        return_row(row.pk, receipt.words, now)
    return False
