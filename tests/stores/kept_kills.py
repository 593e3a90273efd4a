"""Kills a morning before its first, its second ... statement, and does its work again each time; prints how each of them ended as JSON.

python -m tests.stores.kept_kills changes|whole FOLDER
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from huifang.engine.stages import inputs
from huifang.stores.kept_state import KeptState
from tests.stores.test_kept_state import MONDAY, event, full_facts, morning, others, table

FIRST = [event(number, number % 5 + 1, "job", MONDAY - timedelta(days=number), number) for number in range(1, 40)]
CHANGES = [{**FIRST[3], "amount": 7.0}, {**FIRST[4], "deleted": True}, event(99, 2, "visit", MONDAY, 0)]
AFTER = [*FIRST[:3], CHANGES[0], *FIRST[5:], CHANGES[2]]
TUESDAY = MONDAY + timedelta(days=1)
run = KeptState._run


def in_a_process(work: Callable[[], bool]) -> int:
    """0: it says yes; below 0: the signal that ended it."""
    child = os.fork()
    if child == 0:
        os._exit(0 if work() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def first(folder: Path) -> bool:
    """Monday's work."""
    with morning(folder) as at_work:
        at_work.state.take(inputs({**others(at_work.connection), "events": table(at_work.connection, "events", FIRST)}).events)
        at_work.facts(MONDAY, [], 1)
    return True


def second(folder: Path, *, whole: bool, statements: int | None = None) -> bool:
    """Tuesday's work, from the changes or from all events again, killed after so many statements: is it what it should be?"""
    left = [statements]

    def counted(state: KeptState, statement: str) -> Any:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] = None if left[0] is None else left[0] - 1
        return run(state, statement)

    KeptState._run = counted  # type: ignore[method-assign]  # in a process of its own
    with morning(folder) as at_work:
        if whole:
            at_work.state.take(inputs({**others(at_work.connection), "events": table(at_work.connection, "events", AFTER)}).events)
        return at_work.facts(TUESDAY, [] if whole else CHANGES, 1) == full_facts(TUESDAY, AFTER)


def main(way: str, folder: Path) -> None:
    """Until a morning comes to its end."""
    original, tried, whole = folder / "original", folder / "tried", way == "whole"
    in_a_process(lambda: first(original))
    ended: list[int] = []
    after: list[int] = []
    while not ended or ended[-1] < 0:
        shutil.rmtree(tried, ignore_errors=True)
        shutil.copytree(original, tried)
        ended.append(in_a_process(lambda: second(tried, whole=whole, statements=len(ended))))
        after.append(in_a_process(lambda: second(tried, whole=whole)))
    print(json.dumps({"ended": ended, "after": after}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
