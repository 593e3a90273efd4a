"""Only what conditions name is computed, with everything behind it."""

from __future__ import annotations

from huifang.engine.needs import needs
from tests.engine.business import playbook


def test_what_stands_behind_a_name_is_needed_too():
    book = playbook(
        events={"job": {"title": "t"}},
        facts={"jobs": "count(job)", "spent": "sum(job.amount)", "each": "spent / jobs", "idle": "last(job)", "visits": "count(job)"},
        classes={"good": {"when": "each > 10", "title": "t"}, "other": {"when": "idle is null", "title": "t"}},
        ladders={"tier": {"title": "t", "steps": {"top": {"when": "good", "title": "t"}, "rest": {"when": "else", "title": "t"}}}},
        programmes={
            "a": {"when": {"on": "request", "wait": "0 days"}, "for": "tier = 'top'", "value": "age"},
            "b": {"when": {"becomes": "visits > 1"}, "still": "open_cases = 0"},
        },
    )
    assert needs([book]) == {"shop": {"tier", "good", "each", "spent", "jobs", "age", "visits", "open_cases"}}
