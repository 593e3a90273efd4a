"""The letters of a day: what the playbook says to customers whose follow-up goes by letter, ready for window envelopes.

Printing is no sending: the follow-up stays on somebody's list until they say that it went out. Whoever has refused gets no letter printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from huifang.app.access import SEE_NUMBERS, SEE_OUTBOX, followups_for, require
from huifang.app.formats import day_words
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.moment import Moment
from huifang.app.queries.playbooks import playbook_of
from huifang.app.reach import best_point
from huifang.app.records.models import Customer, FollowUp, Staff
from huifang.app.reports.envelopes import Letter
from huifang.app.services import audit, gate, rendering
from huifang.app.services.message_ground import of_followup
from huifang.domain.contact import Channel

_LIVE = (FollowUp.State.OPEN, FollowUp.State.CLAIMED)
MOST = 5000


@dataclass(frozen=True, slots=True)
class Post:
    """The letters of a day, and how many are not printed: refused, without an address, or without words."""

    letters: tuple[Letter, ...]
    left_out: int


def write_day(by: Staff, day: date, now: datetime) -> Post:
    """Every letter of `day` in the person's scope that still waits, in the plan's order; noted in the audit trail."""
    require(by, SEE_OUTBOX)
    require(by, SEE_NUMBERS)
    rows = followups_for(by).filter(channel=Channel.LETTER.value, day=day, state__in=_LIVE)
    found = rows.select_related("customer__branch", "customer__owner", "branch", "playbook_version").order_by("position", "pk")[:MOST]
    letters: list[Letter] = []
    moment = Moment(now)
    left_out = 0
    for followup in found:
        letter = _letter(followup, followup.customer, moment)
        letters += [letter] if letter else []
        left_out += letter is None
    with transaction.atomic():
        audit.write(by, "letters.printed", f"day:{day.isoformat()}", letters=len(letters), left_out=left_out)
    return Post(tuple(letters), left_out)


def _letter(followup: FollowUp, customer: Customer, moment: Moment) -> Letter | None:
    rows = CustomerRows(customer)
    point = best_point(rows.points, Channel.LETTER)
    refused = gate.verdict_on(Asked(followup, rows, behind(followup.pk)), Channel.LETTER, point, moment)
    if point is None or (refused is not None and refused.next_allowed is None):
        return None  # what is only forbidden at this hour may be printed at this hour
    try:
        written = rendering.write(of_followup(followup, customer, Channel.LETTER, playbook_of(followup.playbook_version), moment.now))
    except rendering.Unwritable:
        return None
    sender = followup.branch.name if followup.branch else ""
    lines = [line.strip() for line in point["value"].splitlines() if line.strip()]
    return Letter(sender, (customer.name, *lines), day_words(moment.day, written.language), written.subject, written.text)
