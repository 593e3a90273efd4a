"""The tables are looked at beside the plan and after it alike, and what fails there is told."""

from __future__ import annotations

import threading

import duckdb
import pytest

from huifang.commands import looking as module
from huifang.commands.looking import Looking
from huifang.commands.options import Business
from huifang.engine.left_out import LeftOut
from huifang.engine.planner import plan
from huifang.engine.stages import PlanContext
from tests.engine.coming import after, firm, settled

EVENTS = [settled(1, -1, 1), settled(77, 0, 2), settled(1, 1, 3)]


@pytest.mark.parametrize("apart", [True, False])
def test_beside_the_plan_and_after_it_the_same_is_found(apart: bool, monkeypatch: pytest.MonkeyPatch):
    looked: list[str] = []

    def left_out(context: PlanContext, given: object) -> LeftOut:
        looked.append(threading.current_thread().name)
        return real(context, given)

    real = module.left_out
    monkeypatch.setattr(module, "left_out", left_out)
    with firm(after(), temp=False, events=EVENTS) as (context, given), Looking(Business(context, given), apart=apart) as looking:
        made = plan(context, given, meanwhile=looking.begin)
        found = looking.found()
    assert found.left_out == LeftOut(future=1, strangers=1)
    assert found.at_work.staffed
    assert sum(made.counts.values()) == 1
    assert len(looked) == 1
    assert looked[0].startswith("huifang-looking") == apart


def test_what_fails_beside_the_plan_is_raised_where_it_is_waited_for():
    with firm(after(), temp=True, events=EVENTS) as (context, given), Looking(Business(context, given), apart=True) as looking:
        looking.begin()
        with pytest.raises(duckdb.CatalogException):  # temporary tables are not seen from there
            looking.found()
