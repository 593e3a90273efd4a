"""Reviews: a day's sample drawn, a record scored, a comment returned to whoever made it, their answer, the end of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from huifang.app.access import REVIEW, WORK, assesses, records_for, require, reviews_for
from huifang.app.calendars import working_calendar
from huifang.app.crypto import keyring
from huifang.app.queries import reviewing
from huifang.app.records.models import Branch, Review, ReviewRemark, Staff
from huifang.app.services import audit
from huifang.app.services.notices import tell
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.review_sampling import Candidate
from huifang.domain.review_sampling import draw as sample
from huifang.domain.score_cards import score
from huifang.domain.words import Words
from huifang.playbooks import schema

_ASSESSORS = {
    "supervisor": Words("主管", "a supervisor"), "reviewer": Words("质检员", "a quality reviewer"), "manager": Words("经理", "a manager"),
}  # fmt: skip


def draw(by: Staff, day: date, branch: Branch, now: datetime) -> int:
    """Draw the sample of a branch's day as the playbooks ask for it; what was drawn before stays. How many are new."""
    found: list[Review] = []
    for rule, rows in reviewing.candidates(by, day, branch):
        due = _due(rule, day, branch)
        known = {row["id"]: row for row in rows}
        candidates = [Candidate(row["id"], row["staff_id"], row["risks"]) for row in rows]
        for one in sample(candidates, rule.sample, rule.risk, keyring().index):
            row = known[one.candidate.record]
            if not row["reviewed"]:
                found.append(_new(row, one.road, one.candidate, rule.by, by, now, due))
    Review.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def choose(by: Staff, record_id: int, now: datetime) -> Review:
    """Take one record for review by hand; one that is there already stays as it is."""
    require(by, REVIEW)
    record = records_for(by).filter(pk=record_id, staff__isnull=False).select_related("playbook_version").first()
    if record is None:
        raise NotAllowed(_missing())
    with transaction.atomic():
        review, new = Review.objects.get_or_create(
            record=record,
            defaults={
                "branch_id": record.branch_id, "staff_id": record.staff_id, "day": record.day, "road": Review.Road.CHOSEN,
                "drawn_at": now, "drawn_by": by, "asked_of": reviewing.rule_of(record).by,
            },
        )  # fmt: skip
        if new:
            audit.write(by, "review.chosen", f"record:{record.pk}")
    return review


def assess(by: Staff, review_id: int, points: Mapping[str, int], comment: str, send_back: bool, now: datetime) -> Review:
    """Score a record; with `send_back` the comment goes to whoever made it and waits for their answer, else the review is settled.

    Raises `Invalid` for points outside their items or a return without a comment, `Conflict` where it has been reviewed or is another
    role's to assess.
    """
    require(by, REVIEW)
    with transaction.atomic():
        review = _held(by, review_id, Review.State.WAITING)
        _if_theirs(by, review)
        review.points, review.score = dict(points), score(points, reviewing.rule_of(review.record).card)
        review.reviewed_by, review.reviewed_at = by, now
        if comment.strip() or send_back:
            _remark(review, by, comment, now)
        _go_on(by, review, send_back, now)
        audit.write(by, "review.done", f"review:{review.pk}", score=review.score, returned=send_back)
    return review


def answer(by: Staff, review_id: int, words: str, now: datetime) -> Review:
    """Whoever made the record answers the comment; the reviewer is told."""
    require(by, WORK)
    with transaction.atomic():
        review = _held(by, review_id, Review.State.RETURNED)
        if review.staff_id != by.pk:
            raise NotAllowed(_missing())
        _remark(review, by, words, now)
        review.state = Review.State.ANSWERED
        review.save(update_fields=["state"])
        if review.reviewed_by is not None:
            told = Words("退回的质检意见已有答复。", "A review you returned has been answered.")
            tell([review.reviewed_by], told, f"review:{review.pk}", now)
        audit.write(by, "review.answered", f"review:{review.pk}")
    return review


def decide(by: Staff, review_id: int, comment: str, send_back: bool, now: datetime) -> Review:
    """After the answer: settle it, or return it once more with another comment."""
    require(by, REVIEW)
    with transaction.atomic():
        review = _held(by, review_id, Review.State.ANSWERED)
        _if_theirs(by, review)
        if comment.strip() or send_back:
            _remark(review, by, comment, now)
        _go_on(by, review, send_back, now)
        audit.write(by, "review.decided", f"review:{review.pk}", returned=send_back)
    return review


def _go_on(by: Staff, review: Review, send_back: bool, now: datetime) -> None:
    if send_back:
        review.state, review.returned_at = Review.State.RETURNED, now
        if review.staff is not None and review.staff != by:
            tell([review.staff], Words("有一条质检意见退回给您。", "A review of your record came back to you."), f"review:{review.pk}", now)
    else:
        review.state, review.settled_at = Review.State.SETTLED, now
    review.save()


def _new(row: Mapping[str, Any], road: str, one: Candidate, asked_of: str, by: Staff, now: datetime, due: date | None) -> Review:
    return Review(
        record_id=row["id"], branch_id=row["branch_id"], staff_id=row["staff_id"], day=row["day"], road=road, weight=one.weight,
        risks=list(one.risks), drawn_at=now, drawn_by=by, due=due, sorted_on=due or date.max, asked_of=asked_of,
    )  # fmt: skip


def _due(rule: schema.Review, day: date, branch: Branch) -> date | None:
    return working_calendar(branch.calendar, day).due_day(day, rule.due) if rule.due else None


def _held(by: Staff, review_id: int, state: str) -> Review:
    if not reviews_for(by).filter(pk=review_id).exists():
        raise NotAllowed(_missing())
    review = (
        Review.objects.select_related("staff", "reviewed_by", "record__playbook_version")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=review_id)
    )
    if review.state != state:
        raise Conflict(
            Problem(
                "review.moved",
                Words("这条质检已由别人处理。", "Somebody has dealt with this review."),
                Words("请刷新页面看最新状态。", "Load the page again to see where it stands."),
            )
        )
    return review


def _if_theirs(by: Staff, review: Review) -> None:
    if review.asked_of not in assesses(by):
        role = _ASSESSORS[review.asked_of]
        raise Conflict(
            Problem(
                "review.role",
                Words(f"这条记录由{role.zh}来评。", f"This record is reviewed by {role.en}."),
                Words("方案的质检规则这样规定。", "The playbook's review rule says so."),
            )
        )
    if review.staff_id == by.pk:
        raise Conflict(
            Problem(
                "review.own",
                Words("不能评自己的记录。", "Nobody reviews a record of their own."),
                Words("请由同事来评。", "Leave it to a colleague."),
            )
        )


def _remark(review: Review, by: Staff, words: str, now: datetime) -> None:
    if not words.strip():
        raise Invalid(
            Problem(
                "review.no-words",
                Words("没有写意见。", "Nothing was written."),
                Words("请写明要改什么、怎么改，或您的答复。", "Say what should be mended and how, or what you answer."),
            )
        )
    ReviewRemark.objects.create(review=review, at=now, by=by, words=words.strip())


def _missing() -> Problem:
    return Problem(
        "review.missing",
        Words("找不到这条质检。", "There is no such review."),
        Words("它可能属于别的门店。", "It may belong to another branch."),
    )
