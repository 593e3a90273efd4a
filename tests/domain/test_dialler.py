"""What a dialler says of a call: its words are read by a table, and what cannot be true is refused with everything that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.contact import Channel
from huifang.domain.dialler import LONGEST, SLACK, Told, check, codes, loose, outcome_of
from huifang.domain.errors import Invalid
from huifang.domain.outcomes import OUTCOMES, outcomes_for

HANDED = datetime(2026, 11, 20, 2, tzinfo=UTC)
NOW = HANDED + timedelta(hours=1)
CALL = Told("k", "SALE", HANDED + timedelta(minutes=10), 60)


def test_a_diallers_word_is_read_however_it_is_written_and_our_own_codes_mean_themselves() -> None:
    table = codes({"NO ANSWER": "no_answer", "Sale": "completed"})
    assert {outcome_of(replace(CALL, code=said), table).code for said in ("no answer", "NO_ANSWER", "No-Answer", "no.answer")} == {
        "no_answer"
    }
    assert outcome_of(replace(CALL, code="SALE"), table).code == "completed"
    assert outcome_of(replace(CALL, code="busy"), table).code == "busy"
    with pytest.raises(Invalid, match="“AB” is not known"):
        outcome_of(replace(CALL, code="AB"), table)


def test_every_outcome_of_a_call_can_be_told_but_not_that_nobody_knows() -> None:
    assert {outcome.code for outcome in codes({}).values()} == {each.code for each in outcomes_for(Channel.PHONE)} - {"unknown"}


def test_a_table_that_names_what_a_call_cannot_be_says_each_line() -> None:
    with pytest.raises(Invalid) as refused:
        codes({"A": "delivered", "B": "busy", "C": "unknown"})
    assert [problem.what.en for problem in refused.value.problems] == [
        "“A = delivered”: a call has no outcome “delivered”.", "“C = unknown”: a call has no outcome “unknown”.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "code", "wrong"),
    [
        (CALL, "completed", []),
        (replace(CALL, began=HANDED - SLACK), "completed", []),
        (replace(CALL, began=HANDED - SLACK - timedelta(microseconds=1)), "completed", ["before"]),
        (replace(CALL, began=NOW + SLACK, seconds=0), "completed", []),
        (replace(CALL, began=NOW + SLACK + timedelta(seconds=1)), "completed", ["future"]),
        (replace(CALL, began=NOW, seconds=301), "completed", ["unended"]),
        (replace(CALL, seconds=-1), "completed", ["seconds"]),
        (replace(CALL, seconds=LONGEST + 1), "completed", ["unended", "seconds"]),
        (CALL, "callback", ["callback"]),
        (replace(CALL, callback=CALL.began), "callback", ["callback"]),
        (replace(CALL, callback=NOW + timedelta(days=1)), "callback", []),
        (replace(CALL, began=HANDED - timedelta(days=1), seconds=-5), "callback", ["before", "seconds", "callback"]),
    ],
)
def test_what_cannot_be_true_of_a_call_is_refused_with_all_of_it(told: Told, code: str, wrong: list[str]) -> None:
    if not wrong:
        check(told, OUTCOMES[code], HANDED, NOW)
        return
    with pytest.raises(Invalid) as refused:
        check(told, OUTCOMES[code], HANDED, NOW)
    assert [problem.code for problem in refused.value.problems] == [f"dialler.{each}" for each in wrong]


@given(st.text(max_size=40))
def test_comparing_twice_is_comparing_once(text: str) -> None:
    assert loose(loose(text)) == loose(text)
