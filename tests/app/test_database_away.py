"""The database goes away under a sender: what it knows is written down when it is back, and what has not left goes out a little later."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from huifang.app import database_away
from huifang.app.records.models import Attempt, FollowUp, Notice
from huifang.app.services import delivery, message_results
from huifang.channels.driver import Delivery, Receipt
from tests.app.messages import NOW, SENT, UNKNOWN, Business, Provider, business
from tests.app.test_delivery import counted


class Connection(SimpleNamespace):
    """One that is refused so many times."""

    refused: int = 0
    connection: object = None
    works: bool = True

    def close(self) -> None:
        self.connection = None

    def is_usable(self) -> bool:
        return self.works

    def ensure_connection(self) -> None:
        self.refused -= 1
        if self.refused >= 0:
            raise OperationalError("connection refused")
        self.connection = object()


@pytest.mark.parametrize(
    ("connection", "away"),
    [(Connection(), True), (Connection(connection=object(), works=False), True), (Connection(connection=object()), False)],
)
def test_a_database_is_away_where_the_connection_is_gone_or_broken(
    monkeypatch: pytest.MonkeyPatch, connection: Connection, away: bool
) -> None:
    monkeypatch.setattr(database_away, "connection", connection)
    assert database_away.away() is away


@pytest.mark.parametrize(("refused", "patience", "came"), [(0, 0.0, True), (3, 60.0, True), (1, 0.0, False)])
def test_it_is_waited_for_until_it_is_back(monkeypatch: pytest.MonkeyPatch, refused: int, patience: float, came: bool) -> None:
    monkeypatch.setattr(database_away, "connection", Connection(refused=refused, connection=object()))
    monkeypatch.setattr(database_away, "LOOKS", 0.0)
    assert database_away.back_within(patience) is came


class Broken:
    """A step that breaks the first time, after it was done."""

    def __init__(self, step: Callable[..., Any], error: type[Exception] = OperationalError, *, at: int = 1) -> None:
        self.step, self.error, self.at, self.times = step, error, at, 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.times += 1
        found = self.step(*given, **named)
        if self.times == self.at:
            raise self.error("server closed the connection unexpectedly")
        return found


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Whoever looks finds the database away, and then back at once; how long each was ready to wait."""
    waits: list[float] = []
    monkeypatch.setattr(database_away, "away", lambda: True)
    monkeypatch.setattr(database_away, "back_within", lambda seconds: not waits.append(seconds))
    return waits


def test_a_step_is_done_once_more_and_not_a_third_time(gone: list[float]) -> None:
    assert database_away.lasting(Broken(lambda: "done", InterfaceError)) == "done"
    assert gone == [database_away.PATIENCE]
    with pytest.raises(OperationalError):
        database_away.lasting(Broken(Broken(lambda: "done"), at=2))


def test_what_the_database_refuses_while_it_is_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_away, "away", lambda: False)
    with pytest.raises(OperationalError):
        database_away.lasting(Broken(lambda: "done"))


@pytest.fixture
def firm(db: None) -> Business:
    return business()


def test_while_they_are_made_ready_nobody_is_put_off(firm: Business, monkeypatch: pytest.MonkeyPatch, gone: list[float]) -> None:
    for _ in range(3):
        firm.follow_up()
    provider = Provider()
    monkeypatch.setattr(delivery, "prepare", Broken(lambda *_: None))
    with pytest.raises(OperationalError):
        delivery.deliver_due(NOW, drivers=provider.drivers)
    assert set(FollowUp.objects.values_list("state", "next_at")) == {("open", None)}
    monkeypatch.undo()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 3}


def test_when_one_is_to_leave_it_goes_out_with_the_next_and_the_answer_before_it_is_kept(
    firm: Business, monkeypatch: pytest.MonkeyPatch, gone: list[float]
) -> None:
    for _ in range(4):
        firm.follow_up()
    provider = Provider()
    monkeypatch.setattr(delivery, "_LEAVES", Broken(delivery._LEAVES, at=2))
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 4}
    assert [message.to[-1] for _, message in provider.got] == ["1", "3", "4", "2"]
    assert gone == [database_away.PATIENCE]
    assert counted().sent == Attempt.objects.filter(outcome="sent").count() == 4


def test_a_database_that_only_refuses_one_does_not_stop_the_others(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        firm.follow_up()
    monkeypatch.setattr(delivery, "_LEAVES", Broken(delivery._LEAVES, at=2))
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"sent": 2, "trouble": 1}


def test_the_last_answer_is_written_down_when_it_is_back(firm: Business, monkeypatch: pytest.MonkeyPatch, gone: list[float]) -> None:
    followup = firm.follow_up()
    monkeypatch.setattr(message_results, "finish_sent", Broken(message_results.finish_sent))
    assert delivery.deliver_due(NOW, drivers=Provider(behaves=lambda *_: SENT).drivers) == {"sent": 1}
    followup.refresh_from_db()
    assert (followup.state, followup.outcome, followup.attempts_made) == ("done", "sent", 1)


def test_an_answer_that_nobody_knows_it_is_told_once(firm: Business, monkeypatch: pytest.MonkeyPatch, gone: list[float]) -> None:
    followup = firm.follow_up()
    monkeypatch.setattr(message_results, "unknown", Broken(message_results.unknown))

    def silent(*_: object) -> Receipt:
        return UNKNOWN

    assert delivery.deliver_due(NOW, drivers=Provider(Delivery.BLIND, silent).drivers) == {"unknown": 1}
    followup.refresh_from_db()
    assert (followup.state, followup.outcome, followup.attempts_made) == ("done", "unknown", 1)
    assert Notice.objects.filter(to=firm.supervisor).count() == 1
