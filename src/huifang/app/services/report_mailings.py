"""Sending reports when their period is over: written down before the mail leaves, so that no report is sent twice.

A mail whose fate nobody knows is not sent again by itself: a person looks and says so. What failed for certain is tried three times. The
file holds what the recipient may see, and no customer's words or names: a mail leaves the house.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from huifang.app.access import SEE_INDICATORS, SEND_REPORTS, may, require, subscriptions_for
from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.report_plans import report_plan
from huifang.app.queries.reports import FilledReport, report
from huifang.app.records.models import ReportMailing, ReportSubscription, Staff
from huifang.app.reports.report_files import TYPES, report_bytes
from huifang.app.reports.report_words import about, report_file_name
from huifang.app.senders import senders
from huifang.app.services import audit
from huifang.app.services.report_subscriptions import missing
from huifang.channels.driver import File, Receipt, ReceiptState
from huifang.channels.email import SmtpDriver
from huifang.channels.mail import compose_note
from huifang.domain.contact import Channel
from huifang.domain.errors import HuifangError, NotAllowed
from huifang.domain.periods import Stretch, stretch
from huifang.domain.words import Words

MORNING = time(7)
"""From this time on, the business's clock, the reports of periods that are over are sent."""
TRIES = 3
_BETWEEN = timedelta(hours=1)
_LOST = timedelta(minutes=15)
log = logging.getLogger("huifang.reports")


def anything_due(now: datetime) -> bool:
    """Whether a report is to be sent at `now`, or one was left under way."""
    return bool(_due(now)) or _left(now).exists()


def send_due(now: datetime) -> dict[str, int]:
    """Send what is due; how many ended in which state. Each commits by itself."""
    _left(now).update(state=ReportMailing.State.UNKNOWN, words=_words(Words("发送中断，不知是否已送出。", "Sending was cut off.")))
    counts: dict[str, int] = {}
    for subscription, period in _due(now):
        state = send(subscription, period, now)
        if state:
            counts[state] = counts.get(state, 0) + 1
    return counts


def send(subscription: ReportSubscription, period: Stretch, now: datetime) -> str:
    """Send the report of one period; the state it ended in, empty where another process has it."""
    mailing = _begin(subscription, period, now)
    if mailing is None:
        return ""
    try:
        receipt = _hand_over(subscription, period, mailing, now)
    except HuifangError as error:
        receipt = Receipt(ReceiptState.FAILED, words=error.problems[0].what)
    except Exception:
        log.exception("report %s of %s", subscription.report, period.first)
        receipt = Receipt(ReceiptState.FAILED, words=Words("报告没有做成。", "The report could not be made."))
    mailing.state, mailing.words, mailing.at = receipt.state.value, _words(receipt.words), now
    with transaction.atomic():
        mailing.save(update_fields=["state", "words", "at"])
        audit.write(None, "report.mailed", f"subscription:{subscription.pk}", first=period.first.isoformat(), state=mailing.state)
    return str(mailing.state)


def again(by: Staff, mailing_id: int, now: datetime) -> str:
    """Send a failed or unknown one once more, because a person says so. Raises `NotAllowed` for one out of sight."""
    require(by, SEND_REPORTS)
    stuck = (ReportMailing.State.FAILED, ReportMailing.State.UNKNOWN)
    found = ReportMailing.objects.filter(pk=mailing_id, state__in=stuck, subscription__in=subscriptions_for(by).values("pk"))
    mailing = found.select_related("subscription__to", "subscription__branch").first()
    plan = report_plan(mailing.subscription.playbook, mailing.subscription.report) if mailing else None
    if mailing is None or plan is None:
        raise NotAllowed(missing())
    audit.write(by, "report.again", f"subscription:{mailing.subscription_id}", first=mailing.first.isoformat())
    ReportMailing.objects.filter(pk=mailing.pk).update(state=ReportMailing.State.FAILED, tries=0)
    return send(mailing.subscription, stretch(plan.period, mailing.first), now)


def _due(now: datetime) -> list[tuple[ReportSubscription, Stretch]]:
    """Reports of the last periods that are over and were not sent, nor tried too often or a moment ago."""
    if now.astimezone(business_zone()).time() < MORNING:
        return []
    rows = ReportSubscription.objects.filter(active=True, to__is_active=True).select_related("to", "branch")
    found = []
    for one in rows:
        plan = report_plan(one.playbook, one.report)
        if plan is None or not may(one.to, SEE_INDICATORS):
            continue
        period = stretch(plan.period, business_day(now)).before
        if period.last >= one.since:
            found.append((one, period))
    known = {
        (row.subscription_id, row.first): row
        for row in ReportMailing.objects.filter(subscription__in=[one.pk for one, _period in found])
    }  # fmt: skip
    return [(one, period) for one, period in found if _open(known.get((one.pk, period.first)), now)]


def _open(mailing: ReportMailing | None, now: datetime) -> bool:
    if mailing is None:
        return True
    return mailing.state == ReportMailing.State.FAILED and mailing.tries < TRIES and mailing.at <= now - _BETWEEN


def _left(now: datetime) -> QuerySet[ReportMailing]:
    return ReportMailing.objects.filter(state=ReportMailing.State.SENDING, at__lt=now - _LOST)


def _begin(subscription: ReportSubscription, period: Stretch, now: datetime) -> ReportMailing | None:
    """Note that it is being sent, committed before anything leaves; None where somebody else has noted it."""
    failed = Q(state=ReportMailing.State.FAILED)
    try:
        with transaction.atomic():
            made, new = ReportMailing.objects.get_or_create(
                subscription=subscription, first=period.first, defaults={"last": period.last, "at": now, "tries": 1}
            )
            if new:
                return made
            taken = ReportMailing.objects.filter(failed, pk=made.pk).update(state=ReportMailing.State.SENDING, tries=made.tries + 1, at=now)
    except IntegrityError:
        return None
    return ReportMailing.objects.get(pk=made.pk) if taken else None


def _hand_over(subscription: ReportSubscription, period: Stretch, mailing: ReportMailing, now: datetime) -> Receipt:
    plan = report_plan(subscription.playbook, subscription.report)
    if plan is None:
        raise NotAllowed(missing())
    language = subscription.to.language
    filled = report(subscription.to, plan, period, language, business_day(now), subscription.branch, voices=False)
    file = File(report_file_name(filled, subscription.form), report_bytes(filled, subscription.form, language), TYPES[subscription.form])
    text = _text(filled, language)
    key = f"report-{subscription.pk}-{period.first:%Y%m%d}-{mailing.tries}"
    driver = senders().get(Channel.EMAIL)
    server = driver.server if isinstance(driver, SmtpDriver) else None
    sender, name = (server.sender, server.name) if server else ("reports@localhost.localdomain", "")
    subject = " ".join(part for part in (filled.title, filled.of, filled.label) if part)
    mail = compose_note(sender, name, subscription.address, subject, text, key, now.astimezone(UTC), (file,))
    if isinstance(driver, SmtpDriver):
        return driver.hand_over(mail, subscription.address)
    return _to_outbox(mail.as_bytes(), key)


def _text(filled: FilledReport, language: str) -> str:
    end = Words(
        "客户原话和每个数字背后的记录请登录系统查看。", "Customers' own words and the records behind each number are in the system."
    )
    return "\n".join([filled.title, about(filled, language), "", *(f"- {line}" for line in filled.words), "", end.say(language), ""])


def _to_outbox(mail: bytes, key: str) -> Receipt:
    """Without a mail server the mail is kept as a file, complete and readable."""
    folder = settings.HUIFANG.data / "outbox" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.eml").write_bytes(mail)
    return Receipt(
        ReceiptState.SENT, words=Words("没有设置邮件服务器，已存入发件箱文件夹。", "No mail server is set: kept in the outbox folder.")
    )


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
