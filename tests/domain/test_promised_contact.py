"""A promise is kept only where somebody was reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from huifang.domain.promised_contact import promise_state

OVER = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("is_open", "reached", "tried", "minutes", "state"),
    [
        (True, False, False, -1, "open"), (True, False, False, 0, "missed"), (True, False, True, -1, "open"),
        (True, True, True, 1, "missed"),
        (False, True, True, -1, "kept"), (False, True, True, 60, "kept"), (False, False, True, -1, "tried"),
        (False, False, False, 60, "gone"),
    ],
)  # fmt: skip
def test_what_became_of_it(is_open: bool, reached: bool, tried: bool, minutes: int, state: str) -> None:
    now = OVER + timedelta(minutes=minutes)
    assert promise_state(is_open=is_open, closes_at=OVER, reached=reached, tried=tried, now=now) == state
