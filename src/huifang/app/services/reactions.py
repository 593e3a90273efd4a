"""What an answer leads to, as the programme says: a case, another programme, a callback, somebody told."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.records.models import FollowUp, Record, Request, Staff
from huifang.app.services import cases
from huifang.app.services.after_contact import promise
from huifang.app.services.contact_facts import calendar_name, zone_of
from huifang.app.services.notices import people_of, tell
from huifang.domain.calendars import later
from huifang.domain.outcomes import Outcome
from huifang.domain.words import Words
from huifang.playbooks.answering import Answered
from huifang.playbooks.expressions import evaluate, parse
from huifang.playbooks.schema import Playbook, Reaction


def run(
    by: Staff,
    followup: FollowUp,
    record: Record,
    playbook: Playbook,
    answers: Answered | None,
    attitude: str,
    feedback: str | None,
    outcome: Outcome,
    now: datetime,
) -> tuple[str, ...]:
    """Carry out every reaction of the programme whose condition holds over the record; numbers of the cases opened."""
    values = {
        **(answers.values if answers else {}), "min_score": record.min_score, "mean_score": record.mean_score,
        "satisfied": record.satisfied, "feedback": feedback, "attitude": attitude or None, "outcome": outcome.code,
    }  # fmt: skip
    programme = playbook.programmes[followup.programme]
    holding = [each for each in programme.on_answer if evaluate(parse(each.if_), values, business_day(now)) is True]
    opened: dict[str, str] = {}
    for reaction in holding:
        _react(by, followup, record, playbook, reaction, opened, now)
    return tuple(opened.values())


def _react(
    by: Staff, followup: FollowUp, record: Record, playbook: Playbook, reaction: Reaction, opened: dict[str, str], now: datetime
) -> None:
    if reaction.follow_up:
        Request.objects.get_or_create(
            customer_id=followup.customer_id, programme=reaction.follow_up, source=f"record:{record.pk}",
            defaults={"playbook": playbook.playbook, "day": business_day(now)},
        )  # fmt: skip
    if reaction.call_back:
        customer = followup.customer
        calendar = working_calendar(calendar_name(customer, playbook), business_day(now))
        promise(by, followup, later(now, reaction.call_back, ZoneInfo(zone_of(customer, playbook)), calendar), now)
    if reaction.open_case and reaction.open_case not in opened:
        kind = playbook.cases[reaction.open_case]
        title = record.words.strip()[:200] or kind.title.zh
        opened[reaction.open_case] = cases.open_case(
            by, followup.customer, reaction.open_case, title, now, record=record, version=followup.playbook_version
        ).number
    if reaction.tell:
        title = playbook.programmes[followup.programme].title
        words = Words(f"“{title.zh}”的一次回访需要您留意。", f"A follow-up of “{title.en}” needs your attention.")
        tell(people_of(followup.branch, reaction.tell), words, f"record:{record.pk}", now)
