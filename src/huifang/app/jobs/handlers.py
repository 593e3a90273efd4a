"""What each kind of job does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from huifang.app.records.models import Job
from huifang.app.services import (
    answer_files,
    case_watch,
    class_spells,
    dialling_push,
    dry_runs,
    hand_overs,
    indicator_days,
    mailbox,
    notice_delivery,
    outlooks,
    receipts,
    report_mailings,
    webhooks,
    week_proposals,
)
from huifang.app.services.delivery import deliver_due
from huifang.app.services.imports.run import run
from huifang.app.services.job_queue import Work
from huifang.app.services.planning import plan_day
from huifang.app.services.survey_reminders import remind

SENDING = timedelta(seconds=20)
"""How long messages are sent in one go."""


def plan(payload: Mapping[str, Any], now: datetime) -> None:
    """Plan the day in ``day``; with ``confirmed``, also where so many customers are contacted."""
    plan_day(date.fromisoformat(payload["day"]), now, confirmed=payload.get("confirmed"))


def bring_in(payload: Mapping[str, Any], now: datetime) -> None:
    """Bring in the file of the import in ``batch``, until it is through or somebody has asked to stop."""
    asked = Job.objects.filter(kind="import", state=Job.State.RUNNING, payload__batch=payload["batch"], payload__stop=True)
    run(payload["batch"], now, asked.exists)


def deliver(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Send what is due until nothing is left or other work has waited for `SENDING`; then it is queued again.

    Each message commits by itself, so one that was sent stays sent whatever comes after.
    """
    Job.objects.filter(kind="deliver", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    began, since = now, monotonic()
    while deliver_due(now) and now < began + SENDING:
        now = began + timedelta(seconds=monotonic() - since)


def dial(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Push what is due to the dialler and end what is past its time; each row commits by itself."""
    Job.objects.filter(kind="dialler", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    dialling_push.push_due(now)


def remind_silent(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Plan the reminders of questionnaires that are not answered; each commits by itself."""
    remind(now)


def watch_cases(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Call levels and recall promises that are due; each case commits by itself and is called once however often this runs."""
    case_watch.sweep(now)


def learn(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Learn what there is to learn on the day in ``day``."""
    from huifang.app.services.learning import learn_day  # numpy and scipy take half a second: only when there is something to learn

    learn_day(date.fromisoformat(payload["day"]))


def keep_classes(payload: Mapping[str, Any], now: datetime) -> None:
    """Bring the history of classes to the day in ``day``; each part commits by itself and is written once however often this runs."""
    Job.objects.filter(kind="classes", state=Job.State.DONE, finished_at__lte=now - timedelta(days=2)).delete()
    class_spells.keep_classes(date.fromisoformat(payload["day"]))


def learn_policy(payload: Mapping[str, Any], now: datetime) -> None:
    """Learn the contact policy of the day in ``day``; what earlier nights learned is kept, their jobs are not."""
    from huifang.app.services.contact_policy import learn_policy as learn_now

    Job.objects.filter(kind="policy", state=Job.State.DONE, finished_at__lte=now - timedelta(days=2)).delete()
    learn_now(date.fromisoformat(payload["day"]), now)


def read_feedback(payload: Mapping[str, Any], now: datetime) -> None:
    """Read the words in ``source`` and ``id``, once; commits by itself, because a language model may be asked."""
    from huifang.app.services.feedback_reading import read  # scikit-learn takes a second: only where there is something to read

    read(payload["source"], payload["id"], now)


def read_nameless(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Take the nameless words of months that are over, and read what was taken; commits by itself, questionnaire by questionnaire."""
    from huifang.app.services import feedback_nameless

    Job.objects.filter(kind="nameless-words", state=Job.State.DONE, finished_at__lte=now - timedelta(days=2)).delete()
    feedback_nameless.take_due(now)
    feedback_nameless.read_taken(now)


def learn_feedback(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Learn from what people have decided about feedback; commits by itself, because nobody could write while it computes."""
    from huifang.app.services.feedback_learning import learn_now

    learn_now(now)


def settle_reports(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Settle delivery reports that came before their message stood in the ledger."""
    receipts.settle_waiting(now)


def read_mailbox(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Take bounces, complaints and replies from the mailbox."""
    Job.objects.filter(kind="mailbox", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    mailbox.read(now)


def count_indicators(payload: Mapping[str, Any], now: datetime) -> None:
    """Count the days from ``since`` on anew."""
    Job.objects.filter(kind="indicators", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    indicator_days.keep(date.fromisoformat(payload["since"]), now)


def mail_reports(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Send reports whose period is over; each commits by itself and is sent once however often this runs."""
    report_mailings.send_due(now)


def tell_outside(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Tell colleagues by mail and robots what they have not been told; each telling commits by itself."""
    Job.objects.filter(kind="notices", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    notice_delivery.deliver_due(now)


def hand_back(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Give what is still open back to people who have returned."""
    hand_overs.return_due(now)


def propose_week(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Propose the weeks that branches wait for."""
    week_proposals.perform(now)


def dry_run(payload: Mapping[str, Any], now: datetime) -> None:
    """Compute the dry run in ``run``."""
    dry_runs.perform(payload["run"], now)


def outlook(payload: Mapping[str, Any], now: datetime) -> None:
    """Compute the outlook in ``outlook``; it notes by itself how far it is."""
    outlooks.perform(payload["outlook"], now)


def push(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Tell other systems what is due; each delivery commits by itself."""
    Job.objects.filter(kind="webhooks", state=Job.State.DONE, finished_at__lte=now - timedelta(days=1)).delete()
    webhooks.deliver_due(now)


def sweep_files(payload: Mapping[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Delete files of forms that nobody has sent off."""
    answer_files.sweep(now)


HANDLERS = {
    "plan": Work(plan, together=False),
    "import": Work(bring_in, together=False),
    "deliver": Work(deliver, together=False),
    "dialler": Work(dial, together=False),
    "cases": Work(watch_cases, together=False),
    "learn": Work(learn, together=False),
    "classes": Work(keep_classes, together=False),
    "policy": Work(learn_policy, together=False),
    "feedback": Work(read_feedback, together=False),
    "nameless-words": Work(read_nameless, together=False),
    "feedback-learn": Work(learn_feedback, together=False),
    "reports": Work(settle_reports, together=False),
    "remind": Work(remind_silent, together=False),
    "indicators": Work(count_indicators, together=False),
    "report-mailings": Work(mail_reports, together=False),
    "notices": Work(tell_outside, together=False),
    "hand-back": Work(hand_back, together=False),
    "week": Work(propose_week, together=False),
    "dry-run": Work(dry_run, together=False),
    "outlook": Work(outlook, together=False),
    "mailbox": Work(read_mailbox, together=False),
    "webhooks": Work(push, together=False),
    "answer-files": Work(sweep_files),
}
