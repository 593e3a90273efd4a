"""The coupons of the playbooks in force with their codes counted. No code is shown: a list of codes is a list of money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from huifang.app.records.models import Coupon
from huifang.domain.words import Words
from huifang.playbooks.schema import CouponRule, Playbook

LOW = 0.1
"""Fewer than this share of the codes brought in, and the line says so."""


@dataclass(frozen=True, slots=True)
class CouponLine:
    """One coupon: `left` is None where codes are made as they are needed."""

    playbook: str
    key: str
    book: Words
    rule: CouponRule
    given: int
    used: int
    left: int | None

    @property
    def low(self) -> bool:
        """Whether codes run out."""
        return self.left is not None and self.left <= LOW * (self.left + self.given)


def lines(books: Iterable[Playbook]) -> list[CouponLine]:
    """Every coupon. One query."""
    rows = Coupon.objects.order_by().values_list("pool__playbook", "pool__coupon")
    counted = {
        (playbook, coupon): (every, given, used)
        for playbook, coupon, every, given, used in rows.annotate(every=Count("pk"), given=Count("given_at"), used=Count("used_at"))
    }
    return [_line(book, key, rule, *counted.get((book.playbook, key), (0, 0, 0))) for book in books for key, rule in book.coupons.items()]


def _line(book: Playbook, key: str, rule: CouponRule, every: int, given: int, used: int) -> CouponLine:
    left = None if rule.codes == "made" else every - given
    return CouponLine(book.playbook, key, book.title, rule, given, used, left)
