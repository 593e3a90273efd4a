"""planned = sent + failed + unknown + blocked + pending, whatever happens in whatever order; and nobody gets a message twice."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from huifang.app.queries.accounting import account
from huifang.app.records.models import Attempt, FollowUp, Message
from huifang.app.services import (
    channels,
    consents,
    delivery,
    followups,
    handed_over,
    message_results,
    playbooks,
    receipts,
    reconciling,
)
from huifang.channels.driver import Delivery, Receipt, Ticket
from huifang.channels.driver import Message as Said
from huifang.channels.inbound import Report
from huifang.domain.errors import HuifangError
from tests.app.messages import DAY, FAILED, NOW, PLAYBOOK, SENT, UNKNOWN, WRONG, Business, Provider, business

ANSWERS = ["sent", "failed", "wrong", "unknown", "crash", "crash after", "breaks", "breaks after", "report first"]
"""What the provider does with a message: takes it; does not; cannot; does not say; the process goes down before or after it was taken; the
provider's library breaks before or after; the report that it has arrived comes before the answer."""
Step = tuple[str, Any]
EVENTS = st.one_of(
    st.tuples(st.just("new"), st.integers(1, 3)),
    st.tuples(st.just("time"), st.integers(1, 120)),
    st.tuples(st.sampled_from(["stop", "withdraw", "reported", "reported lost"]), st.integers(0, 5)),
    st.tuples(st.just("settle"), st.booleans()),
    st.tuples(st.just("channel"), st.sampled_from(["paused", "on"])),
    st.tuples(st.sampled_from(["lease", "playbook", "take", "restore", "reconcile"]), st.just(0)),
)
ROUNDS = st.lists(st.tuples(EVENTS, st.tuples(st.just("send"), st.lists(st.sampled_from(ANSWERS), max_size=3))), min_size=2, max_size=8)
"""Something happens, and then what is due is sent; several times. `take` and `restore` are a backup's."""
FOUND: list[list[tuple[Step, Step]]] = [
    [(("time", 1), ("send", [])), (("reconcile", 0), ("send", [])), (("restore", 0), ("send", []))],
]
"""Stories that once went wrong: a backup restored after the list of what has left the house had been put away."""
_RECEIPTS = {"sent": SENT, "failed": FAILED, "wrong": WRONG, "unknown": UNKNOWN}


class Crash(BaseException):
    """The process is gone."""


class Undo(Exception):
    """The example is over."""


class World:
    """One installation, its clock, and a provider whose next answers are dealt out."""

    def __init__(self, kind: Delivery, firm: Business) -> None:
        shutil.rmtree(handed_over.folder(), ignore_errors=True)  # each example is a database of its own
        self.firm, self.now = replace(firm), NOW
        self.provider = Provider(kind, self.answer)
        self.answers: list[str] = []
        self.edits = 0
        self.new(2)
        self.backup = transaction.savepoint()

    def answer(self, ticket: Ticket, message: Said) -> Receipt:
        wanted = self.answers.pop(0) if self.answers else "sent"
        if wanted.endswith(" after"):
            self.provider.got.append((ticket.key, message))
        if wanted.startswith("crash"):
            raise Crash
        if wanted.startswith("breaks"):
            raise ConnectionResetError
        if wanted == "report first":
            self.report(ticket.key, arrived=True)
        return _RECEIPTS.get(wanted, SENT)

    def step(self, what: str, how: Any) -> None:
        """Something happens: the method of that name."""
        getattr(self, what.replace(" ", "_"))(how)

    def send(self, answers: list[str]) -> None:
        self.answers = list(answers)
        with suppress(Crash):
            delivery.deliver_due(self.now, drivers=self.provider.drivers)

    def time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def lease(self, _: int) -> None:
        FollowUp.objects.filter(state="claimed").update(lease_until=NOW - timedelta(days=400))

    def new(self, number: int) -> None:
        for _ in range(number):
            self.firm.follow_up()

    def settle(self, arrived: bool) -> None:
        for number in Message.objects.filter(attempt__state="unknown").values_list("pk", flat=True):
            message_results.answer_unknown(self.firm.supervisor, number, self.now, arrived=arrived)

    def report(self, key: str, *, arrived: bool) -> None:
        """The provider says what became of a message: early, late, twice, or against its own word."""
        receipts.take("provider", Report(arrived=arrived, key=key), self.now)

    def reported(self, place: int, *, arrived: bool = True) -> None:
        for key in Attempt.objects.order_by("pk").values_list("key", flat=True)[place : place + 1]:
            self.report(key, arrived=arrived)

    def reported_lost(self, place: int) -> None:
        self.reported(place, arrived=False)

    def channel(self, state: str) -> None:
        channels.set_state(self.firm.supervisor, "sms", state, self.now)

    def playbook(self, _: int) -> None:
        """It says the same in other words from now on."""
        self.edits += 1
        text = PLAYBOOK.replace("{customer}您好，", f"{{customer}}您好（{self.edits}），")
        playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", self.now), self.now)

    def take(self, _: int) -> None:
        self.backup = transaction.savepoint()

    def restore(self, _: int) -> None:
        transaction.savepoint_rollback(self.backup)

    def reconcile(self, _: int) -> None:
        reconciling.reconcile(self.firm.supervisor, self.now)

    def stop(self, place: int) -> None:
        for followup in FollowUp.objects.order_by("pk")[place : place + 1]:
            consents.opt_out(None, followup.customer, "any", "any", "reply", self.now)

    def withdraw(self, place: int) -> None:
        for followup in FollowUp.objects.order_by("pk")[place : place + 1]:
            with suppress(HuifangError):
                followups.withdraw(self.firm.supervisor, followup.pk, "", self.now)

    def check(self) -> None:
        found = account(FollowUp.objects.all(), DAY)
        assert found.balanced, found
        assert max(Counter(message.to for _, message in self.provider.got).values(), default=1) == 1
        done = FollowUp.objects.filter(outcome="sent", state="done").values_list("attempts__contact_point__pk", flat=True)
        assert found.sent >= 0
        assert len(self.provider.got) >= len(set(done)) - FollowUp.objects.filter(outcome="delivered").count()


@pytest.fixture
def firm(db: None) -> Business:
    """Entered once: every story begins with it and leaves it as it was."""
    return business()


def story(kind: Delivery, firm: Business, rounds: list[tuple[Step, Step]]) -> None:
    example = transaction.atomic()
    example._from_testcase = True  # as Django marks the transaction around a test: what must be durable may begin inside it
    with suppress(Undo), example:
        world = World(kind, firm)
        for what, how in (step for each in rounds for step in each):
            world.step(what, how)
            world.check()
        raise Undo


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Delivery))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=ROUNDS)
@example(rounds=FOUND[0])
def test_it_always_adds_up_and_nobody_gets_it_twice(firm: Business, kind: Delivery, rounds: list[tuple[Step, Step]]) -> None:
    story(kind, firm, rounds)


@pytest.mark.full
@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Delivery))
@settings(max_examples=4000, derandomize=False, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=ROUNDS)
def test_it_adds_up_through_thousands_of_stories(firm: Business, kind: Delivery, rounds: list[tuple[Step, Step]]) -> None:
    story(kind, firm, rounds)
