"""The coupons of the playbooks in force with their codes counted. No code is shown: a list of codes is a list of money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
    rows = Coupon.objects.values("pool__playbook", "pool__coupon")
    counted = {
        (row["pool__playbook"], row["pool__coupon"]): row
        for row in rows.annotate(every=Count("pk"), given=Count("given_at"), used=Count("used_at")).order_by()
    }
    return [_line(book, key, rule, counted.get((book.playbook, key), {})) for book in books for key, rule in book.coupons.items()]


def _line(book: Playbook, key: str, rule: CouponRule, row: Mapping[str, Any]) -> CouponLine:
    given = row.get("given", 0)
    left = None if rule.codes == "made" else row.get("every", 0) - given
    return CouponLine(book.playbook, key, book.title, rule, given, row.get("used", 0), left)
