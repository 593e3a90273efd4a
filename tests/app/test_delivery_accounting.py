"""planned = sent + failed + unknown + blocked + pending, whatever happens in whatever order; and nobody gets a message twice."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huifang.app.queries.accounting import account
from huifang.app.records.models import FollowUp, Message
from huifang.app.services import consents, delivery, followups, handed_over, message_results
from huifang.channels.driver import Delivery, Receipt, Ticket
from huifang.channels.driver import Message as Said
from huifang.domain.errors import HuifangError
from tests.app.messages import DAY, FAILED, NOW, SENT, UNKNOWN, WRONG, Provider, business

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(1, 3)),
        st.tuples(st.just("send"), st.lists(st.sampled_from(["sent", "failed", "wrong", "unknown", "crash", "crash after"]), max_size=4)),
        st.tuples(st.just("time"), st.integers(1, 120)),
        st.tuples(st.just("lease"), st.just(0)),
        st.tuples(st.just("stop"), st.integers(0, 5)),
        st.tuples(st.just("withdraw"), st.integers(0, 5)),
        st.tuples(st.just("settle"), st.booleans()),
    ),
    max_size=14,
)
_RECEIPTS = {"sent": SENT, "failed": FAILED, "wrong": WRONG, "unknown": UNKNOWN}


class Crash(BaseException):
    """The process is gone."""


class Undo(Exception):
    """The example is over."""


class World:
    """One installation, its clock, and a provider whose next answers are dealt out."""

    def __init__(self, kind: Delivery) -> None:
        shutil.rmtree(handed_over.folder(), ignore_errors=True)  # each example is a database of its own
        self.firm, self.now = business(), NOW
        self.provider = Provider(kind, self.answer)
        self.answers: list[str] = []
        self.failed: set[str] = set()

    def answer(self, ticket: Ticket, message: Said) -> Receipt:
        wanted = self.answers.pop(0) if self.answers else "sent"
        if wanted == "crash after":
            self.provider.got.append((ticket.key, message))
        if wanted.startswith("crash"):
            raise Crash
        return _RECEIPTS[wanted]

    def step(self, what: str, how: object) -> None:
        match what, how:
            case "new", int(number):
                self.begin(number)
            case "send", list(answers):
                self.answers = list(answers)
                with suppress(Crash):
                    delivery.deliver_due(self.now, drivers=self.provider.drivers)
            case "time", int(minutes):
                self.now += timedelta(minutes=minutes)
            case "lease", _:
                FollowUp.objects.filter(state="claimed").update(lease_until=NOW - timedelta(days=400))
            case "settle", bool(arrived):
                self.settle(arrived=arrived)
            case _, int(place):
                followup = FollowUp.objects.order_by("pk")[place : place + 1].first()
                if followup is not None:
                    self.interfere(what, followup)

    def begin(self, number: int) -> None:
        for _ in range(number):
            self.firm.follow_up()

    def settle(self, *, arrived: bool) -> None:
        for number in Message.objects.filter(attempt__state="unknown").values_list("pk", flat=True):
            message_results.answer_unknown(self.firm.supervisor, number, self.now, arrived=arrived)

    def interfere(self, what: str, followup: FollowUp) -> None:
        with suppress(HuifangError):
            if what == "stop":
                consents.opt_out(None, followup.customer, "any", "any", "reply", self.now)
            else:
                followups.withdraw(self.firm.supervisor, followup.pk, "", self.now)

    def check(self) -> None:
        found = account(FollowUp.objects.all(), DAY)
        assert found.balanced, found
        assert max(Counter(message.to for _, message in self.provider.got).values(), default=1) == 1
        done = FollowUp.objects.filter(outcome="sent", state="done").values_list("attempts__contact_point__pk", flat=True)
        assert found.sent >= 0
        assert len(self.provider.got) >= len(set(done)) - FollowUp.objects.filter(outcome="delivered").count()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Delivery))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_it_always_adds_up_and_nobody_gets_it_twice(db: None, kind: Delivery, steps: list[tuple[str, object]]) -> None:
    example = transaction.atomic()
    example._from_testcase = True  # as Django marks the transaction around a test: what must be durable may begin inside it
    with suppress(Undo), example:
        world = World(kind)
        world.step("new", 2)
        for what, how in steps:
            world.step(what, how)
            world.check()
        raise Undo
