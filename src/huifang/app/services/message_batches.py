"""Some messages made ready together: taken in hand, their words made, the gate asked, attempts and messages written; with a constant number
of queries, all committed or nothing. No two are to one customer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huifang.app.queries.behind import BEHIND
from huifang.app.queries.customer_rows import Asked, CustomerRows
from huifang.app.queries.moment import Moment
from huifang.app.queries.obstacles import obstacles
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Attempt, ChannelSetting, FollowUp, Message
from huifang.app.records.prepared import Row, Together
from huifang.app.senders import Senders, closed
from huifang.app.services import cut_off, gate, handed_over, mass_sending, reconciling, rendering, unsubscribing, value_reports
from huifang.app.services.carried import Carried
from huifang.app.services.followups import put_back, take_for_channels
from huifang.app.services.message_ground import of_asked
from huifang.app.services.message_results import Ended, blocked, stopped, unknown
from huifang.app.services.playbooks import lock_budgets
from huifang.channels import driver as port
from huifang.channels.driver import Driver
from huifang.domain import law
from huifang.domain.contact import Channel
from huifang.domain.contact_rules import Refused
from huifang.domain.words import Words

_PAUSED = ChannelSetting.State.PAUSED
_STOPPED = Words("该渠道已停止发送。", "Sending on this channel has been stopped.")


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that is committed as allowed, its follow-up in hand, and what its driver needs."""

    followup: FollowUp
    attempt: Attempt
    row: Message
    ticket: port.Ticket
    message: port.Message
    driver: Driver
    again: bool
    """It may have left before; sent again with the same key, or asked about."""
    meaning: str
    stood: Row
    """`queries.obstacles` as the gate saw them."""

    def in_hand(self, stands: Row | None) -> bool:
        """Whether the follow-up is still in hand under the same number, as it now stands."""
        return stands is not None and (stands["state"], stands["fence"]) == (FollowUp.State.CLAIMED, self.followup.fence)

    @property
    def ended(self) -> Ended:
        """The rows that an end is written to; the follow-up a copy, so that an end which was not committed has left no mark on it."""
        return Ended(copy(self.followup), self.followup.customer, self.attempt, self.row)


@dataclass(frozen=True, slots=True)
class _Written:
    """Words made for a follow-up, and what goes with them."""

    asked: Asked
    words: rendering.Written
    files: cut_off.Files


def prepare(followup_ids: Sequence[int], now: datetime, drivers: Senders) -> tuple[list[Sending], Counter[str]]:
    """Take the follow-ups that are free, the first of each customer; the messages that are ready to go, and how the others ended."""
    with transaction.atomic(durable=True):
        taken = take_for_channels(followup_ids)
        making = _Making(now, drivers)
        return making.sendings(taken) if taken else [], making.ended


class _Making:
    """One batch in the making, within its transaction."""

    def __init__(self, now: datetime, drivers: Senders) -> None:
        self.ended: Counter[str] = Counter()
        self._drivers, self._shut, self._moment = drivers, closed(), Moment(now)
        self._now = now

    def sendings(self, taken: Sequence[tuple[FollowUp, bool]]) -> list[Sending]:
        """What is to be handed over, what was cut off first."""
        begun = cut_off.begun([followup.pk for followup, left in taken if left])
        asked = read_together([followup for followup, _ in taken])
        self._stood = obstacles([each.followup.pk for each in asked])
        again = [self._again(each, begun[each.followup.pk]) for each in asked if each.followup.pk in begun]
        first = [each for each in asked if each.followup.pk not in begun]
        written = self._written(self._not_lost(self._let_go(self._not_shut(first))))
        return [each for each in (*again, *self._allow(written)) if each]

    def _again(self, asked: Asked, message: Message) -> Sending | None:
        driver = self._driver(asked.followup)
        if Channel(asked.followup.channel) in self._shut:
            self.ended["held back"] += 1
            return None
        found = cut_off.settle(asked, message, driver, self._now)
        if isinstance(found, str):
            self.ended[found] += 1
            return None
        return self._sending(asked, message, files=found, again=True)

    def _not_shut(self, asked: Sequence[Asked]) -> list[Asked]:
        """Those whose channel is neither paused nor stopped."""
        shut = {each.followup.pk: self._shut.get(Channel(each.followup.channel)) for each in asked}
        self._put_back([each for each in asked if shut[each.followup.pk] == _PAUSED])
        for each in asked:
            if shut[each.followup.pk] not in (None, _PAUSED):
                self.ended[blocked(each, "channel.stopped", _STOPPED, None, self._now)] += 1
        return [each for each in asked if shut[each.followup.pk] is None]

    def _let_go(self, asked: Sequence[Asked]) -> list[Asked]:
        """Those that no second person holds up or has stopped."""
        states = mass_sending.states_of([each.followup for each in asked])
        self._put_back([each for each in asked if states[each.followup.pk] == "waiting"])
        for each in asked:
            if states[each.followup.pk] == "stopped":
                self.ended[stopped(each.followup, "mass.stopped", mass_sending.STOPPED, self._now)] += 1
        return [each for each in asked if states[each.followup.pk] not in ("waiting", "stopped")]

    def _not_lost(self, asked: Sequence[Asked]) -> list[Asked]:
        """Those that did not leave the house before a backup was restored."""
        if not asked or not reconciling.any_lost():
            return list(asked)
        return [each for each in asked if not self._lost(each)]

    def _lost(self, asked: Asked) -> bool:
        attempt = reconciling.lost_attempt(asked, self._now)
        if attempt is None:
            return False
        followup, driver = asked.followup, self._driver(asked.followup)
        message = Message.objects.create(
            followup=followup, attempt=attempt, channel=followup.channel, driver=driver.name, at=self._now, left_at=self._now
        )
        self.ended[unknown(Ended(followup, asked.rows.customer, attempt, message), reconciling.WORDS, self._now)] += 1
        return True

    def _written(self, asked: Sequence[Asked]) -> list[_Written]:
        """The words of those that can be written, what they carry made for all of them together."""
        carried = Carried([each.followup for each in asked], self._now)
        found = [self._write(each, carried) for each in asked]
        carried.write()
        return [each for each in found if each]

    def _write(self, asked: Asked, carried: Carried) -> _Written | None:
        followup = asked.followup
        ground = of_asked(asked, Channel(followup.channel), playbook_of(followup.playbook_version), self._now, carried)
        try:
            words = rendering.write(ground)
            return _Written(asked, words, value_reports.files_of(ground, words.content))
        except rendering.Unwritable as error:
            problem = error.problems[0]
            self.ended[blocked(asked, problem.code, problem.what, None, self._now)] += 1
            return None

    def _allow(self, written: Sequence[_Written]) -> list[Sending]:
        """Those that the gate allows, with their messages written."""
        lock_budgets([each.asked.followup for each in written])
        answers = gate.allow_in_hand([each.asked for each in written], self._moment)
        allowed = []
        for each, answer in zip(written, answers, strict=True):
            if isinstance(answer, Refused):
                self.ended[blocked(each.asked, answer.rule, answer.words, answer.next_allowed, self._now)] += 1
            else:
                allowed.append((each, self._message(each, answer)))
        Message.objects.bulk_create([message for _, message in allowed])
        return [self._sending(each.asked, message, files=each.files, values=each.words.values) for each, message in allowed]

    def _message(self, written: _Written, attempt: Attempt) -> Message:
        followup, words = written.asked.followup, written.words
        return Message(
            followup=followup, attempt=attempt, channel=followup.channel, driver=self._driver(followup).name, content=words.content,
            language=words.language, subject=words.subject, text=words.text, at=self._now,
        )  # fmt: skip

    def _sending(
        self, asked: Asked, message: Message, *, files: cut_off.Files, values: rendering.Places = (), again: bool = False
    ) -> Sending:
        attempt, followup = message.attempt, asked.followup
        assert attempt is not None  # noqa: S101 - it has just been written, or was found by its attempt
        ticket = port.Ticket(attempt.ticket, attempt.key, Channel(attempt.channel), attempt.at)
        to = attempt.contact_point.value if attempt.contact_point else followup.customer.code
        link = unsubscribing.link(attempt.ticket) if ticket.channel is Channel.EMAIL else ""
        words = port.Message(
            to, message.subject, message.text, message.language, link, message.content, values, files, _shows_link(followup)
        )
        meaning = handed_over.meaning(followup, followup.customer.code, asked.occurrences)
        return Sending(followup, attempt, message, ticket, words, self._driver(followup), again, meaning, self._stood[followup.pk])

    def _driver(self, followup: FollowUp) -> Driver:
        return self._drivers[Channel(followup.channel)]

    def _put_back(self, asked: Sequence[Asked]) -> None:
        if asked:
            put_back([each.followup.pk for each in asked])
            self.ended["held back"] += len(asked)


def _shows_link(followup: FollowUp) -> bool:
    """Whether a law in force asks for the address to unsubscribe in the words of such a mail."""
    calendar = playbook_of(followup.playbook_version).calendar
    return any(followup.purpose in each.link_shown_for for each in law.in_force(calendar.country, calendar.laws))


def read_together(followups: Sequence[FollowUp]) -> list[Asked]:
    """The follow-ups with their rows, each kind read once for all of them."""
    customers, numbers = Together([each.customer_id for each in followups]), Together([each.pk for each in followups])
    return [Asked(each, CustomerRows(each.customer, together=customers), numbers.rows(BEHIND, each.pk)) for each in followups]
