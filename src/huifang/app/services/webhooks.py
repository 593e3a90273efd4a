"""Webhooks out: other systems are told of what the services have written.

The audit trail is the outbox: every service writes its entry in the transaction of what it did, numbers have no gaps, and each subscription
keeps the number up to which it has been looked through. So nothing is told that was not done, and nothing that was done is forgotten.

A delivery is tried at once and then after 1, 5, 30 min, 2, 6, 12 and 24 h. After `GIVE_UP` deliveries given up one after the other the
subscription is switched off and administrators are told. Receivers know an event by its `id`: it may come twice, never not at all.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min

from huifang.app.access import cases_for, customers_for, followups_for, records_for
from huifang.app.records.models import AuditEntry, AuditHead, Branch, Role, Staff, Subscription, WebhookDelivery
from huifang.app.services import audit, webhook_targets
from huifang.app.services.api_keys import service_account
from huifang.app.services.notices import tell
from huifang.app.services.webhook_targets import Target
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

EVENTS: dict[str, Words] = {
    "record.saved": Words("回访记录已保存（含答案）", "A record was saved, with its answers"),
    "record.corrected": Words("回访记录已更正（含答案）", "A record was corrected, with its answers"),
    "record.taken-back": Words("回访记录已撤销，连同由它登记的工单", "A record was taken back, with the cases it had opened"),
    "case.opened": Words("工单已登记", "A case was opened"),
    "case.answered": Words("工单已答复客户", "A case's customer was answered"),
    "case.solved": Words("工单已解决", "A case was solved"),
    "case.closed": Words("工单已办结", "A case was closed"),
    "case.reopened": Words("工单已重开", "A case was reopened"),
    "consent.refused": Words("客户拒绝联络", "A customer refused contact"),
    "consent.given": Words("客户同意联络", "A customer welcomed contact"),
    "customer.status": Words("客户状态变更", "A customer's status changed"),
    "followup.withdrawn": Words("回访任务已撤回", "A follow-up was withdrawn"),
}
"""What can be told: actions of the audit trail whose subject lies in a branch."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
GIVE_UP = 5
_AT_ONCE = 200
Post = Callable[[Target, bytes, dict[str, str]], int]


def subscribe(
    by: Staff, name: str, url: str, events: Sequence[str], branches: Sequence[Branch] | None, now: datetime
) -> tuple[Subscription, str]:
    """A new subscription and its secret, shown once. It hears of what happens from now on in `branches` (None: all).

    Raises Invalid for an address that is not public HTTPS, for unknown or no events. The caller has checked that `by` may.
    """
    _check(name, events)
    target(url)
    secret = f"whs_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        head = AuditHead.objects.filter(pk=1).values_list("number", flat=True).first() or 0
        made = Subscription.objects.create(
            name=name.strip(), url=url, secret=secret, events=sorted(set(events)), acts_as=service_account(name, branches), seen=head,
            created_at=now, created_by=by,
        )  # fmt: skip
        audit.write(by, "webhook.subscribed", f"webhook:{made.pk}", events=made.events)
    return made, secret


def change(
    by: Staff, subscription_id: int, *, name: str | None = None, url: str | None = None, events: Sequence[str] | None = None
) -> None:
    """Another name, address or events; what is None stays, and so does the secret. Raises as `subscribe` does."""
    with transaction.atomic():
        held = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
        held.name, held.url = (held.name if name is None else name).strip(), held.url if url is None else url
        held.events = sorted(set(held.events if events is None else events))
        _check(held.name, held.events)
        if url is not None:
            target(url)
        held.save(update_fields=["name", "url", "events"])
        audit.write(by, "webhook.changed", f"webhook:{held.pk}", events=held.events, moved=url is not None)


def remove(by: Staff, subscription_id: int) -> None:
    """Nothing is told any more; what waited is not sent."""
    with transaction.atomic():
        held = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
        Staff.objects.filter(pk=held.acts_as_id).update(is_active=False)
        audit.write(by, "webhook.removed", f"webhook:{held.pk}")
        held.delete()


def switch(by: Staff, subscription_id: int, now: datetime, *, active: bool) -> None:  # noqa: ARG001
    """Off: nothing is sent. On again: from now on, and what had not been given up."""
    with transaction.atomic():
        held = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
        if active and not held.active:
            held.seen = AuditHead.objects.values_list("number", flat=True).get(pk=1)
        held.active, held.failures = active, 0
        held.save(update_fields=["active", "failures", "seen"])
        audit.write(by, "webhook.on" if active else "webhook.off", f"webhook:{held.pk}")


def anything_due(now: datetime) -> bool:
    """Whether there is something to look through or to send. A demo sends nothing."""
    seen = Subscription.objects.filter(active=True).aggregate(seen=Min("seen"))["seen"]
    if seen is None or settings.HUIFANG.demo:
        return False
    new = AuditHead.objects.filter(number__gt=seen).exists()
    return new or WebhookDelivery.objects.filter(state="waiting", next_at__lte=now, subscription__active=True).exists()


def deliver_due(now: datetime, post: Post = webhook_targets.post) -> int:
    """Look through what is new and send what is due; how many deliveries were tried."""
    collect(now)
    due = WebhookDelivery.objects.filter(state="waiting", next_at__lte=now, subscription__active=True).order_by("next_at", "pk")
    numbers = list(due.values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_try(number, now, post) for number in numbers)


def collect(now: datetime) -> int:
    """Make deliveries of the audit trail's new entries; how many."""
    made = 0
    for number in Subscription.objects.filter(active=True).values_list("pk", flat=True):
        with transaction.atomic():
            held = Subscription.objects.select_for_update(of=("self",), no_key=True).select_related("acts_as").get(pk=number)
            head = AuditHead.objects.values_list("number", flat=True).filter(pk=1).first() or 0
            entries = AuditEntry.objects.filter(number__gt=held.seen, number__lte=head, action__in=held.events)
            bodies = [(entry, _body(held, entry)) for entry in entries]
            rows = [
                WebhookDelivery(subscription=held, number=entry.number, event=entry.action, body=body, next_at=now, created_at=now)
                for entry, body in bodies
                if body
            ]
            WebhookDelivery.objects.bulk_create(rows)
            Subscription.objects.filter(pk=number).update(seen=head)
            made += len(rows)
    return made


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """``t=<seconds>,v1=<hex>``: HMAC-SHA-256 under the secret of ``<seconds>.<body>``."""
    return f"t={timestamp},v1={hmac.digest(secret.encode(), str(timestamp).encode() + b'.' + body, 'sha256').hex()}"


def target(url: str) -> Target:
    """The checked target of an address, resolved now."""
    return webhook_targets.check(url, settings.HUIFANG.webhook_hosts)


def _check(name: str, events: Sequence[str]) -> None:
    if set(events) - set(EVENTS) or not events or not name.strip():
        raise Invalid(
            Problem(
                "webhook.events",
                Words("订阅没有名称，或没有选对事件。", "The subscription has no name, or its events are wrong."),
                Words("请填写名称并至少选一种事件。", "Enter a name and choose at least one event."),
            )
        )


def _body(held: Subscription, entry: AuditEntry) -> str:
    """What is told, or nothing where it lies outside the subscription's branches."""
    kind, _colon, number = entry.subject.partition(":")
    about = _ABOUT[kind](held.acts_as, int(number)) if kind in _ABOUT and number.isdigit() else None
    if about is None:
        return ""
    data = {_CALLED.get(name, name): value for name, value in about.items()}
    said = {"id": f"evt_{entry.number}", "type": entry.action, "at": entry.at.isoformat(), "data": {**data, **_plain(entry)}}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


_CALLED = {"code": "customer", "number": "followup"}


def _plain(entry: AuditEntry) -> dict[str, Any]:
    kept = ("outcome", "next", "purpose", "channel", "road", "before", "after", "reason", "record", "cases", "changed")
    return {name: value for name, value in entry.detail.items() if name in kept}


def _record(by: Staff, number: int) -> Mapping[str, Any] | None:
    return records_for(by).filter(pk=number).values(
        "programme", "mean_score", "min_score", "satisfied", record=F("pk"), number=F("followup"), code=F("customer__code")
    ).first()  # fmt: skip


def _case(by: Staff, number: int) -> Mapping[str, Any] | None:
    return cases_for(by).filter(pk=number).values("kind", "state", case=F("number"), code=F("customer__code")).first()


def _customer(by: Staff, number: int) -> Mapping[str, Any] | None:
    return customers_for(by).filter(pk=number).values("code").first()


def _followup(by: Staff, number: int) -> Mapping[str, Any] | None:
    return followups_for(by).filter(pk=number).values("programme", number=F("pk"), code=F("customer__code")).first()


_ABOUT: dict[str, Callable[[Staff, int], Mapping[str, Any] | None]] = {
    "record": _record, "case": _case, "customer": _customer, "followup": _followup,
}  # fmt: skip


def _try(number: int, now: datetime, post: Post) -> bool:
    """Send one delivery; False where it was taken by another worker meanwhile."""
    with transaction.atomic():  # taken in hand: another worker finds it due only after a wait
        skip = connection.features.has_select_for_update_skip_locked
        rows = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True, skip_locked=skip)
        held = rows.select_related("subscription").filter(pk=number, state="waiting", next_at__lte=now).first()
        if held is None:
            return False
        held.tries += 1
        held.next_at = now + WAITS[min(held.tries, len(WAITS)) - 1]
        held.save(update_fields=["tries", "next_at"])
    status, error = _send(held, now, post)
    with transaction.atomic():
        held.status, held.error = status, error[:200]
        if status is not None and 200 <= status < 300:
            held.state, held.ended_at = WebhookDelivery.State.DELIVERED, now
            Subscription.objects.filter(pk=held.subscription_id).update(failures=0)
        elif held.tries > len(WAITS) or status == 410:
            held.state, held.ended_at = WebhookDelivery.State.FAILED, now
            _gave_up(held, now)
        held.save(update_fields=["status", "error", "state", "ended_at"])
    return True


def _send(held: WebhookDelivery, now: datetime, post: Post) -> tuple[int | None, str]:
    body, seconds = held.body.encode(), int(now.timestamp())
    headers = {
        "Content-Type": "application/json", "User-Agent": "Huifang-Webhook/1", "Huifang-Event": held.event,
        "Huifang-Delivery": str(held.pk), "Huifang-Signature": signature(held.subscription.secret, seconds, body),
    }  # fmt: skip
    try:
        return post(target(held.subscription.url), body, headers), ""
    except Invalid as error:
        return None, error.problems[0].code
    except (httpx.HTTPError, OSError) as error:
        return None, type(error).__name__


def _gave_up(held: WebhookDelivery, now: datetime) -> None:
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=held.subscription_id)
    subscription.failures += 1
    subscription.active = subscription.failures < GIVE_UP and held.status != 410
    subscription.save(update_fields=["failures", "active"])
    if not subscription.active:
        words = Words(
            f"推送订阅“{subscription.name}”多次失败，已停用。", f"The webhook “{subscription.name}” kept failing and was switched off."
        )
        tell(Staff.objects.filter(role=Role.ADMINISTRATOR, is_active=True), words, f"webhook:{subscription.pk}", now)
        audit.write(None, "webhook.given-up", f"webhook:{subscription.pk}", failures=subscription.failures)
