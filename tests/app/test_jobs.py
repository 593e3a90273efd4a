"""Work for later: once, with its effect, by whoever holds the newest number."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from huifang.app import database_away
from huifang.app.jobs import schedule, worker
from huifang.app.records.models import Job, Notice, PlanRun, PlaybookVersion
from huifang.app.services import contact_policy, feedback_learning, learning
from huifang.app.services import job_queue as queue
from tests.app.cast import DAY, NOW, Cast


@pytest.fixture(autouse=True)
def _empty(cast: Cast) -> None:
    Job.objects.all().delete()


def told(cast: Cast, *, fails: bool = False) -> queue.Work:
    def run(_payload: object, now: datetime) -> None:
        Notice.objects.create(to=cast.chen, words={}, at=now)
        if fails:
            raise OSError("no room")

    return queue.Work(run)


def test_the_same_work_is_queued_once_and_done_with_its_effect(cast: Cast) -> None:
    assert queue.enqueue("tell", "tell:1", {"a": 1}, NOW)
    assert not queue.enqueue("tell", "tell:1", {"a": 2}, NOW)
    assert queue.claim(NOW - timedelta(seconds=1)) is None
    job = queue.claim(NOW)
    assert job is not None
    assert (job.payload, job.tries) == ({"a": 1}, 1)
    assert queue.claim(NOW) is None
    queue.perform(job, told(cast), NOW)
    assert (Job.objects.get().state, Notice.objects.count()) == ("done", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "where", "name"),
    [("feedback-learn", feedback_learning, "learn_now"), ("policy", contact_policy, "learn_policy"), ("learn", learning, "learn_day")],
)
def test_nobody_waits_for_the_database_while_the_worker_learns(
    monkeypatch: pytest.MonkeyPatch, kind: str, where: ModuleType, name: str
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(where, name, lambda *_args: seen.append(connection.in_atomic_block))
    queue.enqueue(kind, f"{kind}:1", {"day": DAY.isoformat()}, NOW)
    assert worker.once(NOW)
    assert seen == [False]


def test_a_failure_leaves_no_effect_and_is_tried_later_a_few_times(cast: Cast) -> None:
    queue.enqueue("tell", "tell:1", {}, NOW)
    now = NOW
    for tries in range(1, queue.MOST_TRIES + 1):
        job = queue.claim(now)
        assert job is not None
        assert job.tries == tries
        queue.perform(job, told(cast, fails=True), now)
        now += timedelta(days=1)
    assert not Notice.objects.exists()
    job_row = Job.objects.get()
    assert (job_row.state, job_row.error) == ("failed", "OSError: no room")
    assert queue.claim(now) is None


@pytest.mark.parametrize("fails", [False, True])
def test_a_worker_beyond_its_lease_writes_nothing(cast: Cast, fails: bool) -> None:
    queue.enqueue("tell", "tell:1", {}, NOW)
    late = queue.claim(NOW)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other = queue.claim(NOW)
    assert late is not None
    assert other is not None
    queue.perform(late, told(cast, fails=fails), NOW)
    assert (Notice.objects.count(), Job.objects.get().state) == (0, "running")
    queue.perform(other, told(cast), NOW)
    assert (Notice.objects.count(), Job.objects.get().state) == (1, "done")


def test_work_that_goes_on_keeps_its_lease_and_no_others(cast: Cast) -> None:
    for number in (1, 2):
        queue.enqueue("tell", f"tell:{number}", {"to": number}, NOW)
        queue.claim(NOW)
    queue.enqueue("hear", "hear:1", {}, NOW)
    queue.claim(NOW)
    over = timezone.now() - timedelta(seconds=1)
    Job.objects.update(lease_until=over)
    queue.keep_lease("tell", to=1)
    assert [each.key for each in Job.objects.filter(lease_until__gt=timezone.now())] == ["tell:1"]
    queue.keep_lease("hear")
    assert [each.key for each in Job.objects.filter(lease_until=over)] == ["tell:2"]


def test_the_morning_is_planned_from_six_and_when_the_worker_starts(cast: Cast) -> None:
    before_six = NOW.replace(hour=21) - timedelta(days=1)  # five in the morning of the day
    assert not schedule.due(before_six)
    assert schedule.due(before_six, starting=True)
    assert not schedule.due(NOW)
    while worker.once(NOW):
        pass
    assert (PlanRun.objects.get().day, PlanRun.objects.get().state) == (DAY, "done")
    assert not schedule.due(NOW, starting=True)
    assert not Job.objects.filter(kind="plan", state="waiting").exists()


def test_without_a_playbook_there_is_nothing_to_plan(cast: Cast) -> None:
    PlaybookVersion.objects.update(state="retired")
    assert not schedule.due(NOW, starting=True)


def test_a_job_nobody_knows_is_told_as_an_error(cast: Cast) -> None:
    queue.enqueue("riddle", "riddle:1", {}, NOW)
    assert worker.once(NOW)
    assert "LookupError" in Job.objects.get().error


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("error", [OSError, OperationalError, InterfaceError])
def test_the_worker_goes_on_after_an_error_and_stops_when_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: type[Exception], away: bool
) -> None:
    """Where the database is away it is looked for until it is back."""
    stop, seen, looks = threading.Event(), [], iter([False, False, True])
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(database_away, "LOOKS", 0.0)
    monkeypatch.setattr(database_away, "away", lambda: away)
    monkeypatch.setattr(database_away, "back", lambda: next(looks))

    def due(now: datetime, *, starting: bool) -> bool:
        seen.append(starting)
        if len(seen) == 1:
            raise error("the database is away")
        stop.set()
        return False

    monkeypatch.setattr(schedule, "due", due)
    worker.work(stop, lambda: NOW, pause=0.01)
    assert seen == [True, True]
    assert list(looks) == ([] if away and error is not OSError else [False, False, True])


def test_the_worker_does_what_is_queued_and_then_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, left = threading.Event(), [True, True, False]
    monkeypatch.setattr(worker, "close_old_connections", lambda: None if left else stop.set())
    monkeypatch.setattr(schedule, "due", lambda now, *, starting: False)
    monkeypatch.setattr(worker, "once", lambda now: left.pop(0))
    worker.work(stop, lambda: NOW)
    assert left == []


def test_a_worker_that_is_told_to_stop_while_the_database_is_away_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(database_away, "away", lambda: True)
    monkeypatch.setattr(database_away, "back", lambda: bool(stop.set()))

    def due(now: datetime, *, starting: bool) -> bool:
        raise OperationalError

    monkeypatch.setattr(schedule, "due", due)
    worker.work(stop, lambda: NOW)
    assert stop.is_set()


def test_a_worker_has_a_connection_of_its_own_and_no_pool() -> None:
    stop, found = threading.Event(), []
    stop.set()

    def work() -> None:
        worker.run(stop, lambda: NOW)
        found.append(connection.settings_dict)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ("pool" in found[0]["OPTIONS"], found[0]["CONN_MAX_AGE"]) == (False, 600)
    assert found[0]["NAME"] == connection.settings_dict["NAME"]
    assert found[0] is not connection.settings_dict, "the pages keep theirs"
