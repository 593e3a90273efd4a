"""Asking again those who have not answered their link: as often as the questionnaire says, through the gate like every other message."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huifang.app.business_time import business_day, business_moment
from huifang.app.calendars import working_calendar
from huifang.app.queries.contact_facts import calendar_name, clock_of
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import FollowUp, SurveyInvitation
from huifang.app.services import audit, refused
from huifang.domain.calendars import later
from huifang.playbooks.schema import Reminder


def remind(now: datetime) -> int:
    """Plan a message of today for everybody who is to be reminded; how many. The gate decides when each is sent.

    One that a rule stopped is planned again on the next day; it has not been a reminder. Whoever has refused is not planned at all.
    """
    rows = _silent(now).select_related("survey", "followup", "reminder", "playbook_version", "customer").order_by("pk")
    return sum(_remind(invitation, now) for invitation in rows)


def any_silent(now: datetime) -> bool:
    """Whether a link went out that can still be answered and was not."""
    return _silent(now).exists()


def _silent(now: datetime) -> QuerySet[SurveyInvitation]:
    rows = SurveyInvitation.objects.filter(kind=SurveyInvitation.Kind.PERSONAL, state=SurveyInvitation.State.OPEN, expires_at__gt=now)
    return rows.filter(followup__outcome__in=("sent", "delivered"), survey__open=True)


def _remind(invitation: SurveyInvitation, now: datetime) -> bool:
    assert invitation.playbook_version is not None  # noqa: S101 - a personal link has one
    assert invitation.followup is not None  # noqa: S101 - it was sent with one
    rule = playbook_of(invitation.playbook_version).questionnaires[invitation.survey.questionnaire].remind
    if rule is None or not _due(invitation, rule, now) or refused.forbids(CustomerRows(invitation.followup.customer), invitation.followup):
        return False
    stopped = invitation.reminder is not None and invitation.reminder.state == FollowUp.State.WITHDRAWN
    with transaction.atomic():
        before, day = invitation.followup, business_day(now)
        reminder = FollowUp.objects.create(
            customer=before.customer, branch_id=before.branch_id, channel=before.channel, purpose=before.purpose, day=day, deadline=day,
            opens_at=now, closes_at=business_moment(day + timedelta(days=1), time(0)), playbook_version=before.playbook_version,
            programme=before.programme, because={"zh": "问卷尚未填写，提醒一次", "en": "The questionnaire is not answered yet: a reminder"},
        )  # fmt: skip
        made = SurveyInvitation.objects.filter(pk=invitation.pk, state=SurveyInvitation.State.OPEN, reminders=invitation.reminders)
        if not made.update(reminder=reminder, reminders=invitation.reminders + (0 if stopped else 1)):
            transaction.set_rollback(True)
            return False
        audit.write(None, "survey.reminded", f"followup:{reminder.pk}")
    return True


def _due(invitation: SurveyInvitation, rule: Reminder, now: datetime) -> bool:
    last = invitation.reminder or invitation.followup
    assert last is not None  # noqa: S101 - it was sent with a follow-up
    if last.state in (FollowUp.State.OPEN, FollowUp.State.CLAIMED) or last.done_at is None:
        return False
    if last.state == FollowUp.State.WITHDRAWN:
        return business_day(last.done_at) < business_day(now)
    if invitation.reminders >= rule.at_most:
        return False
    playbook = playbook_of(last.playbook_version)
    calendar = working_calendar(calendar_name(last.customer, playbook), business_day(now))
    return later(last.done_at, rule.wait, clock_of(last.customer, playbook), calendar) <= now
