"""Keys of other systems: made and shown once, kept as a keyed hash, taken back.

A key acts as a member of staff of its own with the role `service`: no sign-in, nobody's colleague, the branches the key was given. So every
rule of `access` holds for it as for people, and the audit trail says which system did what.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from huifang.app.access import MANAGE_STAFF, require
from huifang.app.business_time import business_day
from huifang.app.crypto import blind_index
from huifang.app.records.models import ApiKey, Branch, Role, Staff, Subscription
from huifang.app.services import audit
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

SCOPES: dict[str, Words] = {
    "customers:read": Words("读取客户；号码打码", "Read customers; their numbers masked"),
    "numbers:read": Words("读取完整号码和地址", "Read numbers and addresses in full"),
    "customers:write": Words("登记、修改客户与合约，登记同意和拒绝", "Enter and change customers and agreements, consent and refusal"),
    "events:read": Words("读取业务事件", "Read events"),
    "events:write": Words("登记业务事件", "Enter events"),
    "followups:read": Words("读取回访任务", "Read follow-ups"),
    "followups:write": Words("转交、撤回回访任务", "Hand over and withdraw follow-ups"),
    "records:read": Words("读取回访记录与答案", "Read records and answers"),
    "cases:read": Words("读取工单", "Read cases"),
    "cases:write": Words("登记、处理工单", "Open and handle cases"),
    "feedback:read": Words("读取客户反馈与原话", "Read feedback, with customers' words"),
    "feedback:write": Words("送入客户反馈", "Send feedback"),
    "calls:write": Words("外呼系统：拨打前核对，回传结果与录音", "Diallers: ask before a call, tell what came of it, with the recording"),
    "webhooks:write": Words("管理推送订阅", "Manage webhook subscriptions"),
}
"""What a key may be allowed, each for itself."""
_LEAD = "hf_"


def make(
    by: Staff, name: str, scopes: Sequence[str], branches: Iterable[Branch] | None, now: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is not kept. `branches` None: all branches. Raises Invalid for no name and unknown or no scopes."""
    require(by, MANAGE_STAFF)
    _check(name, scopes)
    text = _LEAD + secrets.token_urlsafe(32)
    with transaction.atomic():
        acts_as = service_account(name, branches)
        key = ApiKey.objects.create(
            name=name.strip(), acts_as=acts_as, digest=_digest(text), shown=text[:8], scopes=sorted(set(scopes)),
            created_at=now, created_by=by, expires_at=expires_at,
        )  # fmt: skip
        audit.write(by, "api-key.made", f"api-key:{key.pk}", scopes=key.scopes, all_branches=branches is None)
    return key, text


def service_account(name: str, branches: Iterable[Branch] | None) -> Staff:
    """The member of staff that another system acts as, within the caller's transaction.

    Customers it enters without a branch go to the first of `branches`.
    """
    chosen = list(branches or ())
    account = Staff(
        code=f"API-{secrets.token_hex(6)}", name=name.strip()[:80], role=Role.SERVICE, all_branches=branches is None,
        branch=next(iter(chosen), None),
    )  # fmt: skip
    account.set_unusable_password()
    account.save()
    account.scope.set(chosen)
    return account


def revoke(by: Staff, key_id: int, now: datetime) -> None:
    """The key opens nothing from now on, and the webhooks it has made are off."""
    require(by, MANAGE_STAFF)
    with transaction.atomic():
        key = ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("acts_as").get(pk=key_id)
        if key.revoked_at is None:
            key.revoked_at = now
            key.save(update_fields=["revoked_at"])
            Staff.objects.filter(pk=key.acts_as_id).update(is_active=False)
            Subscription.objects.filter(created_by=key.acts_as_id, active=True).update(active=False)
            audit.write(by, "api-key.revoked", f"api-key:{key.pk}")


def find(text: str, now: datetime) -> ApiKey | None:
    """The key in force with this text. Notes the day it was last used."""
    key = ApiKey.objects.select_related("acts_as").filter(digest=_digest(text[:100]), revoked_at=None).first()
    if key is None or (key.expires_at is not None and key.expires_at <= now):
        return None
    today = business_day(now)
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
    return key


def _digest(text: str) -> str:
    return blind_index(text, "apikey.digest")


def _check(name: str, scopes: Sequence[str]) -> None:
    if not name.strip():
        raise Invalid(
            Problem(
                "api-key.name",
                Words("密钥没有名称。", "The key has no name."),
                Words("请写明是哪个系统在用。", "Say which system uses it."),
            )
        )
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid(
            Problem(
                "api-key.scopes",
                Words(
                    f"密钥的权限不对：{'、'.join(unknown) or '一项也没有'}。",
                    f"The key's scopes are wrong: {', '.join(unknown) or 'none'}.",
                ),
                Words("请至少选一项。", "Choose at least one of those offered."),
            )
        )
