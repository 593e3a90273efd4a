"""A second person's word on a version: asked for, given, or given back with a comment."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.records.models import PlaybookReview, PlaybookVersion, Role, Staff
from huifang.app.services import audit, notices
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

_State = PlaybookReview.State
_EDITING = (Role.MANAGER, Role.ADMINISTRATOR)


def required() -> bool:
    """Whether a second person has to approve: as the installation sets it, by itself where there is more than one manager. One query."""
    how = settings.HUIFANG.playbook_approval
    if how in {"always", "never"}:
        return bool(how == "always")
    return Staff.objects.filter(is_active=True, role=Role.MANAGER).exclude(sign_in_name=None).count() > 1


def check(by: Staff | None, version: PlaybookVersion) -> None:
    """Raise `Conflict` for a version that may not go into force yet; the system itself (`by` None) needs no second person."""
    if by is not None and required() and not approved(version):
        raise Conflict(
            Problem(
                "playbook.not-approved",
                Words("这个版本还没有第二个人批准。", "No second person has approved this version yet."),
                Words("请先申请批准。", "Ask for approval first."),
            )
        )


def approved(version: PlaybookVersion) -> bool:
    """Whether the last word on a version was yes."""
    last = PlaybookReview.objects.filter(version=version).order_by("-id").values_list("state", flat=True).first()
    return last == _State.APPROVED


def ask(by: Staff, version: PlaybookVersion, words: str, now: datetime) -> PlaybookReview:
    """Ask for a second person's word and tell those who may give it; asked again while it waits, it stays the same request."""
    require(by, EDIT_PLAYBOOKS)
    try:
        with transaction.atomic():
            review = PlaybookReview.objects.create(version=version, asked_by=by, asked_at=now, words=words.strip()[:500])
            others = Staff.objects.filter(is_active=True, role__in=_EDITING).exclude(pk=by.pk)
            name = f"{version.playbook} {version.number}"
            notices.tell(
                others, Words(f"回访方案 {name} 等您批准。", f"Playbook {name} waits for your approval."), f"playbook:{version.pk}", now
            )
            audit.write(by, "playbook.approval.asked", f"playbook:{version.pk}", playbook=version.playbook, number=version.number)
    except IntegrityError:
        return PlaybookReview.objects.get(version=version, state=_State.WAITING)
    return review


def decide(by: Staff, version: PlaybookVersion, approve: bool, comment: str, now: datetime) -> PlaybookReview:
    """Approve a version or give it back with a comment.

    Raises `NotAllowed` for whoever wrote the version or asked, `Invalid` for a version given back without a word, `Conflict` where nothing
    waits.
    """
    require(by, EDIT_PLAYBOOKS)
    comment = comment.strip()[:500]
    if not approve and not comment:
        raise Invalid(
            Problem(
                "playbook.no-comment", Words("退回时要写原因。", "Say why it is given back."), Words("请写一句话。", "Write a sentence.")
            )
        )
    with transaction.atomic():
        review = PlaybookReview.objects.select_for_update(of=("self",), no_key=True).filter(version=version, state=_State.WAITING).first()
        if review is None:
            raise Conflict(
                Problem(
                    "playbook.no-request",
                    Words("这个版本没有待批的申请。", "Nothing waits for approval here."),
                    Words("请刷新页面。", "Reload the page."),
                )
            )
        if by.pk in {review.asked_by_id, version.created_by_id}:
            raise NotAllowed(
                Problem(
                    "playbook.own-version",
                    Words("不能批准自己写的或自己申请的版本。", "Nobody approves what they wrote or asked for themselves."),
                    Words("请由另一位经理批准。", "Another manager has to do it."),
                )
            )
        review.state = _State.APPROVED if approve else _State.RETURNED
        review.decided_by, review.decided_at, review.comment = by, now, comment
        review.save(update_fields=["state", "decided_by", "decided_at", "comment"])
        name = f"{version.playbook} {version.number}"
        said = Words(f"回访方案 {name} 已批准。", f"Playbook {name} is approved.")
        if not approve:
            said = Words(f"回访方案 {name} 被退回，请看意见。", f"Playbook {name} was given back; see the comment.")
        notices.tell([review.asked_by] if review.asked_by else [], said, f"playbook:{version.pk}", now)
        audit.write(by, f"playbook.approval.{review.state}", f"playbook:{version.pk}", playbook=version.playbook, number=version.number)
    return review
