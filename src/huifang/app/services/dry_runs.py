"""What a version would make of the business's day, customer by customer, beside the versions in force; nothing is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import InForce, in_force, playbook_of
from huifang.app.records.models import Customer, DryRun, PlaybookVersion, Staff
from huifang.app.services import audit
from huifang.app.services.job_queue import enqueue
from huifang.app.services.planning import compute
from huifang.domain.errors import HuifangError

AT_ONCE = 2_000
"""Up to so many customers the answer comes with the page; for more it is computed in the background."""
MOST = 500
"""Customers that are named, of each kind of difference."""
LONGEST = timedelta(minutes=20)
"""One that has been under way for so long is asked for anew."""
Named = tuple[int, str]
"""A customer's number and the programmes' keys, joined by commas."""


def ask(by: Staff, version: PlaybookVersion, now: datetime) -> DryRun:
    """Begin a dry run on the business's day: done when it comes back where there are few customers, else queued; one that runs is kept."""
    require(by, EDIT_PLAYBOOKS)
    day = business_day(now)
    with transaction.atomic():
        locked = PlaybookVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        running = DryRun.objects.filter(version=locked, day=day, state=DryRun.State.RUNNING, asked_at__gt=now - LONGEST).first()
        if running is not None:
            return running
        run = DryRun.objects.create(version=locked, day=day, asked_by=by, asked_at=now)
        audit.write(by, "playbook.dry-run", f"playbook:{version.pk}", playbook=version.playbook, number=version.number)
        if Customer.objects.count() > AT_ONCE:
            enqueue("dry-run", f"dry-run:{run.pk}", {"run": run.pk}, now)
            return run
    return perform(run.pk, now)


def perform(run_id: int, now: datetime) -> DryRun:
    """Compute a dry run and write its result; one that cannot be computed says why."""
    run = DryRun.objects.select_related("version").get(pk=run_id)
    try:
        run.result, run.state = _result(run.version, run.day), DryRun.State.DONE
    except HuifangError as error:
        run.error, run.state = error.say("zh")[:500], DryRun.State.FAILED
    run.finished_at = now
    run.save(update_fields=["result", "state", "error", "finished_at"])
    return run


def _result(version: PlaybookVersion, day: date) -> dict[str, Any]:
    active = in_force()
    others = tuple(each for each in active if each.playbook.playbook != version.playbook)
    with_it = (*others, InForce(version, playbook_of(version)))
    now, then = compute(day, active, _quiet), compute(day, with_it, _quiet)
    before, after = _planned(now.decisions), _planned(then.decisions)
    of_it = Counter(row["programme"] for row in then.decisions if row["playbook"] == version.playbook and row["decision"] in _CONTACTS)
    decided = Counter(row["decision"] for row in then.decisions if row["playbook"] == version.playbook)
    return {
        "followups": len(then.followups), "followups_now": len(now.followups), "programmes": dict(of_it), "decisions": dict(decided),
        **_differences(before, after),
    }  # fmt: skip


_CONTACTS = frozenset({"planned", "bundled"})


def _planned(decisions: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Customers who are contacted on the day, with the programmes it is for."""
    found: dict[int, set[str]] = {}
    for row in decisions:
        if row["decision"] in _CONTACTS:
            found.setdefault(row["customer_id"], set()).add(row["programme"])
    return {customer: ",".join(sorted(programmes)) for customer, programmes in found.items()}


def _differences(before: Mapping[int, str], after: Mapping[int, str]) -> dict[str, Any]:
    """Who comes, who goes, whose reasons change: how many, and the first of them by number."""
    came = [(who, after[who]) for who in sorted(after) if who not in before]
    gone = [(who, before[who]) for who in sorted(before) if who not in after]
    other = [(who, before[who], after[who]) for who in sorted(after) if who in before and before[who] != after[who]]
    same = [(who, after[who]) for who in sorted(after) if before.get(who) == after[who]]
    every: dict[str, list[Any]] = {"came": came, "gone": gone, "other": other, "same": same}
    return {"counts": {kind: len(rows) for kind, rows in every.items()}, "customers": {kind: rows[:MOST] for kind, rows in every.items()}}


def _quiet(_step: str, /, **_counts: int) -> None:
    """Nobody waits at a progress bar."""
