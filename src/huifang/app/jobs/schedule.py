"""What comes round by itself: the morning's plan, messages as they fall due, each hour's reminders of surveys, expired leases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from importlib.util import find_spec

from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import PlanRun, PlaybookVersion
from huifang.app.services import (
    answer_files,
    case_watch,
    class_spells,
    delivery,
    dialling_push,
    feedback_nameless,
    feedback_reading,
    hand_overs,
    indicator_days,
    mailbox,
    notice_delivery,
    receipts,
    report_mailings,
    webhooks,
)
from huifang.app.services.followups import release_expired
from huifang.app.services.job_queue import enqueue
from huifang.app.services.survey_reminders import any_silent

NIGHT = time(2)
"""From this time on, the contact policy of the day is learned, so that the morning's plan has it."""
MORNING = time(6)
"""From this time on, the business's clock, the day is planned."""

_HOUR, _MINUTE, _SECOND = "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"
_ROUND: tuple[tuple[str, str, Callable[[datetime], object]], ...] = (
    ("deliver", _SECOND, delivery.anything_due),
    ("dialler", _MINUTE, dialling_push.anything_due),
    ("remind", _HOUR, any_silent),
    ("cases", _MINUTE, case_watch.anything_due),
    ("answer-files", _HOUR, answer_files.anything_left),
    ("mailbox", _MINUTE, lambda _now: mailbox.address()),
    ("reports", _MINUTE, lambda _now: receipts.anything_waiting()),
    ("webhooks", _SECOND, webhooks.anything_due),
    ("notices", _MINUTE, notice_delivery.anything_due),
)
"""Kind of job, how often at most, and whether there is anything to do."""


def due(now: datetime, *, starting: bool = False) -> bool:
    """Queue the plan of the business's day where it is missing, from `MORNING` on or when the worker starts. Whether it was queued.

    Without a playbook in force there is nothing to plan. Leases that have run out are released every time. Messages that are due are queued
    at once; cases whose time has come, reports that wait for their message and reading the mailbox once a minute; what there is to learn
    once a week; the contact policy and nameless words of months that are over each night; the history of classes each morning; what people
    have decided about feedback once a day; what indicators count every quarter of an hour; reports of periods that are over from seven
    o'clock on.
    """
    release_expired()
    for kind, every, wanted in _ROUND:
        if wanted(now):
            enqueue(kind, f"{kind}:{now.astimezone(UTC):{every}}", {}, now)
    day = business_day(now)
    if hand_overs.anything_due(day):
        enqueue("hand-back", f"hand-back:{day.isoformat()}", {}, now)
    clock = now.astimezone(business_zone()).time()
    _learn(now, day)
    if starting or clock >= NIGHT:
        _policy(now, day)
    if clock >= NIGHT and feedback_nameless.anything_due(day):  # never at midnight: an answer of the last day may be on its way
        enqueue("nameless-words", f"nameless-words:{day.isoformat()}", {}, now)
    early = clock < MORNING and not starting
    planned = PlanRun.objects.filter(day=day, state=PlanRun.State.DONE).exists()
    anything = PlaybookVersion.objects.filter(state=PlaybookVersion.State.ACTIVE).exists()
    queued = anything and not early and not planned and enqueue("plan", f"plan:{day.isoformat()}", {"day": day.isoformat()}, now)
    if not early and class_spells.worth_keeping():  # after the plan: people wait for that one
        enqueue("classes", f"classes:{day.isoformat()}", {"day": day.isoformat()}, now)
    _figures(now)
    return queued


def _figures(now: datetime) -> None:
    """Queue the counting of indicators, learning from what people have decided, and the mailing of reports that are due."""
    wanted = indicator_days.anything_due(now)
    if wanted is not None:
        key, since = wanted
        enqueue("indicators", key, {"since": since.isoformat()}, now)
    if feedback_reading.worth_learning():
        enqueue("feedback-learn", f"feedback-learn:{business_day(now).isoformat()}", {}, now)
    if report_mailings.anything_due(now):
        enqueue("report-mailings", f"report-mailings:{now.astimezone(UTC):%Y-%m-%dT%H:%M}", {}, now)


def _learn(now: datetime, day: date) -> None:
    """Queue the week's learning where a playbook in force says what to learn from and the libraries are there."""
    year, week, _ = day.isocalendar()
    key = f"learn:{year}-{week:02}"
    if any(each.playbook.value is not None for each in in_force()) and find_spec("scipy") is not None:
        enqueue("learn", key, {"day": day.isoformat()}, now)


def _policy(now: datetime, day: date) -> None:
    """Queue the night's learning of the contact policy where a playbook is in force and the libraries are there."""
    if in_force() and find_spec("scipy") is not None:
        enqueue("policy", f"policy:{day.isoformat()}", {"day": day.isoformat()}, now)
