"""A sender that crashes at any of the statements of its work, before or after it, loses nothing and doubles nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection, transaction

from huifang.app.queries.accounting import account
from huifang.app.records.models import FollowUp
from huifang.app.services import delivery, handed_over
from huifang.channels.driver import Delivery
from tests.app.faults.installation import leases_run_out, send_what_is_left
from tests.app.messages import DAY, NOW, SENT, Provider, business

pytestmark = pytest.mark.django_db
_BOUNDS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
"""Where a test's inner transactions begin and end."""


class Crash(BaseException):
    """The process is gone."""


class Undo(Exception):
    """The example is over."""


@contextmanager
def example() -> Iterator[None]:
    """Whatever is done in it, the database is as it was."""
    shutil.rmtree(handed_over.folder(), ignore_errors=True)
    inner = transaction.atomic()
    inner._from_testcase = True  # as Django marks the transaction around a test: what must be durable may begin inside it
    with suppress(Undo), inner:
        yield
        raise Undo


class Statements:
    """Counts the statements of some work and goes down at one of them: before it, or when it is done."""

    def __init__(self, place: int = 0, *, before: bool = False) -> None:
        self.count, self._place, self._before = 0, place, before
        self.firsts: list[int] = []
        """Places of the first statements after a commit."""
        self._committed = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        if sql.startswith(_BOUNDS):
            self._committed = True
            return execute(sql, params, many, context)
        self.count += 1
        self.firsts += [self.count] if self._committed else []
        self._committed = False
        if self._before and self.count == self._place:
            raise Crash
        done = execute(sql, params, many, context)
        if self.count == self._place:
            raise Crash
        return done


@pytest.mark.parametrize("kind", list(Delivery))
def test_a_crash_at_every_statement(kind: Delivery) -> None:
    firm = business()
    firm.follow_up()
    firm.follow_up()
    for _ in range(2):  # the first time, the playbook is read
        statements = Statements()
        with example(), connection.execute_wrapper(statements):
            assert delivery.deliver_due(NOW, drivers=Provider(kind).drivers) == {"sent": 2}
    assert statements.count > 30
    places = [(place, False) for place in range(1, statements.count + 1)] + [(place, True) for place in statements.firsts]
    for place, before in places:
        with example():
            crashed(kind, place, before=before)


def crashed(kind: Delivery, place: int, *, before: bool) -> None:
    provider = Provider(kind, behaves=lambda *_: SENT)
    with pytest.raises(Crash), connection.execute_wrapper(Statements(place, before=before)):
        delivery.deliver_due(NOW, drivers=provider.drivers)
    assert account(FollowUp.objects.all(), DAY).balanced
    leases_run_out()
    send_what_is_left(dict(provider.drivers), 10)
    found = account(FollowUp.objects.all(), DAY)
    assert (found.planned, found.pending, found.failed, found.blocked) == (2, 0, 0, 0), (place, before, found)
    got = Counter(message.to for _, message in provider.got)
    assert max(got.values(), default=0) <= 1, (place, before)
    assert found.unknown <= (kind is Delivery.BLIND), (place, before, found)
    assert len(got) + found.unknown >= 2, "nobody was forgotten"
