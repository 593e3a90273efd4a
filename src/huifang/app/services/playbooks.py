"""Versions of playbooks: brought in, put in force, retired. A text that cannot be used never takes the place of one that can."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import FollowUp, PlaybookVersion, Staff
from huifang.app.services import audit, playbook_reviews
from huifang.app.services.job_queue import enqueue
from huifang.app.services.survey_promises import check_anonymity
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words
from huifang.playbooks.loader import loads


def add_version(by: Staff | None, text: str, file_name: str, now: datetime) -> PlaybookVersion:  # noqa: ARG001
    """Keep a new version as a draft; the same text again is the version that is there. Raises `PlaybookError` with every line to mend."""
    _require(by)
    playbook = loads(text, file_name).playbook
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        known = PlaybookVersion.objects.filter(playbook=playbook.playbook, sha256=digest).first()
        if known is not None:
            return known
        latest = PlaybookVersion.objects.filter(playbook=playbook.playbook).aggregate(latest=Max("number"))["latest"] or 0
        version = PlaybookVersion.objects.create(playbook=playbook.playbook, number=latest + 1, text=text, sha256=digest, created_by=by)
        audit.write(by, "playbook.added", f"playbook:{version.pk}", playbook=version.playbook, number=version.number, sha256=digest)
    return version


def activate(by: Staff | None, version: PlaybookVersion, now: datetime, confirmed: int | None = None) -> PlaybookVersion:
    """Put a version in force in place of the one before, and have the day planned anew. A text that is broken changes nothing.

    With `confirmed`, mornings that contact so many customers on one day, or fewer, do not ask again.

    Raises `Conflict` for a version that takes back the anonymity under which somebody has answered, or still needs a second person's word.
    """
    _require(by)
    check_anonymity(loads(version.text, f"{version.playbook}.yaml").playbook)
    playbook_reviews.check(by, version)
    with transaction.atomic():
        current = PlaybookVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        before = PlaybookVersion.objects.filter(playbook=current.playbook, state=PlaybookVersion.State.ACTIVE).exclude(pk=current.pk)
        before.update(state=PlaybookVersion.State.RETIRED)
        current.state, current.activated_at, current.confirmed = PlaybookVersion.State.ACTIVE, now, confirmed or 0
        current.save(update_fields=["state", "activated_at", "confirmed"])
        day = business_day(now).isoformat()
        enqueue("plan", f"plan:{day}:{current.pk}:{int(now.timestamp())}", {"day": day}, now)
        audit.write(by, "playbook.activated", f"playbook:{current.pk}", playbook=current.playbook, number=current.number)
    return current


def return_to(by: Staff | None, version: PlaybookVersion, now: datetime) -> PlaybookVersion:  # noqa: ARG001
    """An earlier version's text as a new version, a draft until it is put in force; the history stays as it was."""
    _require(by)
    with transaction.atomic():
        latest = PlaybookVersion.objects.select_for_update(no_key=True).filter(playbook=version.playbook).order_by("-number")[0]
        again = PlaybookVersion.objects.create(
            playbook=version.playbook, number=latest.number + 1, text=version.text, sha256=version.sha256, created_by=by
        )
        audit.write(by, "playbook.returned-to", f"playbook:{again.pk}", playbook=again.playbook, number=again.number, of=version.number)
    return again


def retire(by: Staff | None, version: PlaybookVersion, now: datetime) -> None:  # noqa: ARG001
    """Take the version in force out of force; nothing new is planned from it."""
    _require(by)
    with transaction.atomic():
        retired = PlaybookVersion.objects.filter(pk=version.pk, state=PlaybookVersion.State.ACTIVE)
        if not retired.update(state=PlaybookVersion.State.RETIRED):
            raise Conflict(
                Problem(
                    "playbook.not-in-force",
                    Words("这个版本没有在用。", "This version is not in force."),
                    Words("请刷新页面，查看现在在用的版本。", "Reload the page to see which one is."),
                )
            )
        audit.write(by, "playbook.retired", f"playbook:{version.pk}", playbook=version.playbook, number=version.number)


def lock_budgets(followups: Iterable[FollowUp]) -> None:
    """Keep others from spending the budgets of these follow-ups' programmes until the transaction ends. One query, or none."""
    playbooks = {
        each.playbook_version.playbook
        for each in followups
        if playbook_of(each.playbook_version).programmes[each.programme].budget is not None
    }
    if playbooks:
        rows = PlaybookVersion.objects.select_for_update(no_key=True).filter(playbook__in=playbooks)
        list(rows.order_by("pk").values_list("pk"))


def _require(by: Staff | None) -> None:
    if by is not None:
        require(by, EDIT_PLAYBOOKS)
