"""Real threads on the real database: what many people do at once is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connections

from huifang.app.records.models import Attempt, Case, Correction, FollowUp, Record
from huifang.app.services import audit, consents, followups, gate
from huifang.app.services import job_queue as queue
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.correcting import CorrectionForm, correct
from huifang.domain.errors import Conflict, HuifangError
from tests.app.cast import NOW, Cast, enter, in_hand, planned

T = TypeVar("T")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return enter()


def together(count: int, act: Callable[[int], T]) -> list[T | HuifangError]:
    """`act` in so many threads, begun at the same moment."""
    line = threading.Barrier(count)

    def one(number: int) -> T | HuifangError:
        try:
            line.wait(timeout=30)
            return act(number)
        except HuifangError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_one_of_many_opens_it(cast: Cast) -> None:
    followup = planned(cast, cast.customers[0])
    people = [cast.chen, cast.lin, cast.tao, cast.wang]
    results = together(8, lambda number: followups.claim(people[number % 4], followup.pk, NOW))
    winners = {people[number % 4].pk for number, result in enumerate(results) if isinstance(result, int)}
    assert len(winners) == 1
    fences = sorted(result for result in results if isinstance(result, int))
    assert fences == list(range(1, len(fences) + 1))


def test_a_double_submit_is_one_record(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    form = RecordForm("completed", answers={"quality": 5}, token="same")
    results = together(6, lambda _: save(cast.chen, followup.pk, fence, form, NOW))
    assert not [each for each in results if isinstance(each, HuifangError)]
    assert (Record.objects.count(), Attempt.objects.count()) == (1, 1)
    assert audit.faults() == []


def test_a_correction_sent_by_many_at_once_is_one_and_its_case_is_opened_once(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    record = save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5}), NOW).record_id
    form = CorrectionForm("打错一格", answers={"quality": 1})
    results = together(6, lambda number: correct((cast.chen, cast.tao)[number % 2], record, form, NOW))
    assert not [each for each in results if isinstance(each, HuifangError)]
    assert sum(each is not None for each in results) == 1
    assert (Correction.objects.count(), Case.objects.count()) == (1, 1)
    assert audit.faults() == []


def test_a_cap_holds_under_many_hands(cast: Cast) -> None:
    """Four a day: eight follow-ups of one customer, eight agents' clicks, four calls."""
    work = [in_hand(cast, cast.customers[0]) for _ in range(8)]
    results = together(8, lambda number: gate.allow(cast.chen, work[number][0].pk, work[number][1], "phone", None, NOW))
    assert sum(isinstance(each, gate.Ticket) for each in results) == 4
    assert Attempt.objects.count() == 4


def test_no_call_starts_after_the_opt_out_was_acknowledged(cast: Cast) -> None:
    work = [in_hand(cast, cast.customers[0]) for _ in range(3)]
    acknowledged: list[int] = []

    def act(number: int) -> None:
        if number == 3:
            consents.opt_out(None, cast.customers[0], "any", "any", "reply", NOW)
            acknowledged.extend(Attempt.objects.values_list("pk", flat=True))
        else:
            gate.allow(cast.chen, work[number][0].pk, work[number][1], "phone", None, NOW)

    together(4, act)
    assert set(Attempt.objects.values_list("pk", flat=True)) == set(acknowledged)


def test_the_trail_is_whole_whoever_writes_it(cast: Cast) -> None:
    together(6, lambda number: [audit.write(None, "test", f"{number}:{each}") for each in range(5)])
    assert audit.faults() == []


def test_each_job_is_claimed_once(cast: Cast) -> None:
    before = queue.claim(NOW)
    assert before is not None  # planning after the playbook was put in force
    for number in range(12):
        queue.enqueue("test", f"test:{number}", {}, NOW)
    results = together(6, lambda _: [queue.claim(NOW) for _ in range(3)])
    claimed = [job.id for found in results if isinstance(found, list) for job in found if job is not None]
    assert len(claimed) == len(set(claimed))
    assert len(claimed) == 12


def test_a_hand_over_during_a_save_is_one_or_the_other(cast: Cast) -> None:
    followup, fence = in_hand(cast)

    def act(number: int) -> object:
        if number:
            return followups.reassign(cast.tao, followup.pk, cast.lin.pk, NOW)
        return save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 4}), NOW)

    saved, handed = together(2, act)
    assert isinstance(saved, Conflict) != isinstance(handed, Conflict)
    assert Record.objects.count() == (0 if isinstance(saved, Conflict) else 1)
    assert FollowUp.objects.get().state == ("open" if isinstance(saved, Conflict) else "done")
