"""Signing a branch's day, and opening it again with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import CLOSE_DAY, branches_for, require
from huifang.app.business_time import business_day
from huifang.app.queries import closing as queries
from huifang.app.records.models import Branch, DayClosing, Staff
from huifang.app.services import audit, reviews
from huifang.domain.day_closing import check_signing, open_checks
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words


def sign(by: Staff, branch_id: int, day: date, reasons: Mapping[str, str], now: datetime) -> DayClosing:
    """Sign a day as it stands; what is open needs a word of why, by code. The day's sample for review is drawn with it.

    Raises `Conflict` for a day that is signed already, has not come, or has contacts without an outcome; `Invalid` for missing reasons.
    """
    with transaction.atomic():
        branch = _held(by, branch_id)
        if queries.closing_of(by, day, branch) is not None:
            raise Conflict(
                Problem(
                    "closing.signed",
                    Words(f"{day} 已经日结。", f"{day} has been signed already."),
                    Words("要改动，请先写明原因重新打开。", "To change it, open it again with a reason."),
                )
            )
        counts = queries.counts(by, day, branch)
        check_signing(day, business_day(now), counts, reasons)
        left = {check.code: counts[check.code] for check in open_checks(counts)}
        said = {code: reasons[code].strip() for code in left}
        closing = DayClosing.objects.create(
            branch=branch, day=day, figures=queries.figures(by, day, branch, now), left=left,
            reasons=json.dumps(said, ensure_ascii=False) if said else "", signed_by=by, signed_at=now,
        )  # fmt: skip
        drawn = reviews.draw(by, day, branch, now)
        audit.write(by, "day.signed", f"branch:{branch.pk}", day=day.isoformat(), left=left, drawn=drawn)
    return closing


def reopen(by: Staff, branch_id: int, day: date, why: str, now: datetime) -> DayClosing:
    """Take the signature of a day back; it stays in the day's history with `why`. Raises `Conflict` for a day that is not signed."""
    if not why.strip():
        raise Invalid(
            Problem(
                "closing.why",
                Words("没有写重新打开的原因。", "There is no reason for opening the day again."),
                Words("请写明原因。", "Say why."),
            )
        )
    with transaction.atomic():
        branch = _held(by, branch_id)
        closing = queries.closing_of(by, day, branch)
        if closing is None:
            raise Conflict(
                Problem(
                    "closing.not-signed",
                    Words(f"{day} 没有日结。", f"{day} is not signed."),
                    Words("请刷新页面。", "Load the page again."),
                )
            )
        closing.reopened_by, closing.reopened_at, closing.reopened_because = by, now, why.strip()
        closing.save(update_fields=["reopened_by", "reopened_at", "reopened_because"])
        audit.write(by, "day.reopened", f"branch:{branch.pk}", day=day.isoformat())
    return closing


def _held(by: Staff, branch_id: int) -> Branch:
    """The branch, locked: two people do not sign at once."""
    require(by, CLOSE_DAY)
    theirs = Branch.objects.filter(pk__in=branches_for(by).filter(active=True).values("pk"), pk=branch_id)
    branch = theirs.select_for_update(no_key=True).first()
    if branch is None:
        raise NotAllowed(
            Problem(
                "closing.branch",
                Words("找不到这个门店。", "There is no such branch."),
                Words("它可能不在您的范围内。", "It may lie outside your branches."),
            )
        )
    return branch
