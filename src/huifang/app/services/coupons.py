"""Coupon codes: brought in or made, each given to one customer once, and taken in once.

A message that is tried again carries the same code; one that was never tried hands its code on to the customer's next message.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from huifang.app.access import GIVE_COUPONS, TAKE_COUPONS, require
from huifang.app.business_time import business_day
from huifang.app.crypto import blind_index, blind_indexes
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Attempt, Coupon, CouponPool, Customer, FollowUp, Role, Staff
from huifang.app.services import audit, notices
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.spans import shift
from huifang.domain.words import Words
from huifang.playbooks.schema import CouponRule

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and digits that nobody takes for each other."""
MOST, LONGEST = 100_000, 64
_NOT_CODE = re.compile(r"[^0-9A-Z]")


class NoneLeft(Invalid):
    """Every code that was brought in has been given."""


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many codes were new, and how many were there already."""

    added: int
    known: int


def give(playbook: str, key: str, rule: CouponRule, followup: FollowUp, customer: Customer, now: datetime) -> Coupon:
    """The code of a follow-up's message: the one it has, else a new one; asked twice at once, the same. Raises `NoneLeft`."""
    pool = pool_of(playbook, key)
    until = shift(business_day(now), rule.valid)
    known = Coupon.objects.filter(pool=pool, followup=followup).first() or _handed_on(pool, followup, customer, until)
    return known or fresh(pool, rule, followup, customer, now)


def fresh(pool: CouponPool, rule: CouponRule, followup: FollowUp, customer: Customer, now: datetime) -> Coupon:
    """A code that nobody has, for a follow-up that has none. Raises `NoneLeft`."""
    until = shift(business_day(now), rule.valid)
    try:
        with transaction.atomic():
            found = _new(pool) if rule.codes == "made" else _free(pool)
            if found is not None:
                _to(found, followup, customer, until, now).save()
                return found
    except IntegrityError:
        return Coupon.objects.get(pool=pool, followup=followup)
    managers = Staff.objects.filter(is_active=True, role=Role.MANAGER)
    notices.tell_once(managers, Words("有一种优惠券的券码已发完。", "A coupon has no codes left."), f"coupons:{pool.pk}", now)
    raise NoneLeft(
        Problem(
            "coupon.none-left",
            Words(f"优惠券“{rule.title.zh}”的券码已发完。", f"No code of “{rule.title.en}” is left."),
            Words("请经理导入新的券码。", "A manager brings in new ones."),
        )
    )


def pool_of(playbook: str, key: str) -> CouponPool:
    """Where the codes of a coupon are, made where it is missing."""
    return CouponPool.objects.get_or_create(playbook=playbook, coupon=key)[0]


def made(pool: CouponPool, rule: CouponRule, followup: FollowUp, now: datetime) -> Coupon:
    """A new code of a follow-up's message, not written yet."""
    return _to(_new(pool), followup, followup.customer, shift(business_day(now), rule.valid), now)


def never_tried() -> QuerySet[Coupon]:
    """Codes that were given to a customer whose message was never tried, and that nobody has used."""
    tried = Attempt.objects.filter(followup=OuterRef("followup"))
    return Coupon.objects.filter(~Exists(tried), customer__isnull=False, used_at=None)


def bring_in(by: Staff, playbook: str, key: str, text: str) -> BroughtIn:
    """Add codes, one a line; the same again changes nothing. Raises `Invalid` with the line of what is no code, and then adds none."""
    require(by, GIVE_COUPONS)
    rule = rule_of(playbook, key)
    if rule is None or rule.codes != "brought in":
        raise _invalid("coupon.unknown", Words("没有需要导入券码的这种优惠券。", "There is no such coupon whose codes are brought in."))
    codes = dict.fromkeys(_codes(text))
    indexes = dict(zip(blind_indexes([same_code(code) for code in codes], "coupon.code"), codes, strict=True))
    with transaction.atomic():
        pool, _ = CouponPool.objects.select_for_update(no_key=True).get_or_create(playbook=playbook, coupon=key)
        before = set(Coupon.objects.filter(code_index__in=list(indexes)).values_list("code_index", flat=True))
        new = [Coupon(pool=pool, code=code, code_index=index) for index, code in indexes.items() if index not in before]
        Coupon.objects.bulk_create(new, batch_size=1000)
        audit.write(by, "coupons.brought-in", f"coupons:{pool.pk}", playbook=playbook, coupon=key, added=len(new))
    return BroughtIn(len(new), len(codes) - len(new))


def take_in(by: Staff, code: str, now: datetime) -> Coupon:
    """Take a customer's code in, once. Raises `Invalid` for a code nobody was given, `Conflict` for one that is used or past its time."""
    require(by, TAKE_COUPONS)
    with transaction.atomic():
        rows = Coupon.objects.select_for_update(of=("self",), no_key=True).select_related("pool")
        found = rows.filter(code_index=_index(code), given_at__isnull=False).first()
        if found is None:
            raise _invalid("coupon.no-such-code", Words("没有发出过这个券码。", "No such code was given to anybody."))
        if found.used_at is not None:
            raise _conflict("coupon.used", Words("这个券码已经用过。", "This code has been used."))
        if found.until is not None and found.until < business_day(now):
            raise _conflict("coupon.over", Words("这个券码已过有效期。", "This code is past its time."))
        found.used_at, found.used_by = now, by
        found.save(update_fields=["used_at", "used_by"])
        audit.write(by, "coupon.taken-in", f"coupon:{found.pk}", playbook=found.pool.playbook, coupon=found.pool.coupon)
    return found


def rule_of(playbook: str, key: str) -> CouponRule | None:
    """A coupon of a playbook in force."""
    return next((each.playbook.coupons.get(key) for each in in_force() if each.version.playbook == playbook), None)


def same_code(code: str) -> str:
    """A code as it is compared: capitals and digits only.

    >>> same_code("ab12-cd34 ")
    'AB12CD34'
    """
    return _NOT_CODE.sub("", code.upper())


def _handed_on(pool: CouponPool, followup: FollowUp, customer: Customer, until: date) -> Coupon | None:
    """The customer's code whose message was never tried, now of this follow-up."""
    found = never_tried().filter(pool=pool, customer=customer).order_by("pk").first()
    if found is None or not Coupon.objects.filter(pk=found.pk, followup=found.followup_id).update(followup=followup, until=until):
        return None
    return Coupon.objects.get(pk=found.pk)


def _to(code: Coupon, followup: FollowUp, customer: Customer, until: date, now: datetime) -> Coupon:
    """The code, given."""
    code.followup, code.customer, code.given_at, code.until = followup, customer, now, until
    return code


def _new(pool: CouponPool) -> Coupon:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return Coupon(pool=pool, code="-".join(drawn[at : at + 4] for at in (0, 4, 8)), code_index=_index(drawn))


def _free(pool: CouponPool) -> Coupon | None:
    rows = Coupon.objects.select_for_update(no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked)
    return rows.filter(pool=pool, given_at=None).order_by("pk").first()


def _codes(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > MOST:
        raise _invalid("coupon.many", Words(f"一次最多 {MOST} 个券码。", f"At most {MOST} codes at once."))
    for number, line in enumerate(lines, 1):
        if line and (len(line) > LONGEST or len(same_code(line)) < 6):
            raise _invalid(
                "coupon.code",
                Words(f"第 {number} 行不是券码：至少 6 个字母或数字，最长 {LONGEST} 个字符。",
                      f"Line {number} is no code: at least 6 letters or digits, at most {LONGEST} characters."),
            )  # fmt: skip
    return [line for line in lines if line]


def _index(code: str) -> str:
    return blind_index(same_code(code), "coupon.code")


def _invalid(code: str, what: Words) -> Invalid:
    return Invalid(Problem(code, what, Words("请核对后再试。", "Check it and try again.")))


def _conflict(code: str, what: Words) -> Conflict:
    return Conflict(Problem(code, what, Words("请告知客户。", "Tell the customer so.")))
