"""What became of a contact that was promised to a customer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class PromiseState(StrEnum):
    """`KEPT` only where somebody was reached: a call that nobody answers keeps no promise."""

    OPEN = "open"
    MISSED = "missed"
    KEPT = "kept"
    TRIED = "tried"
    GONE = "gone"


def promise_state(*, is_open: bool, closes_at: datetime, reached: bool, tried: bool, now: datetime) -> PromiseState:
    """An open promise is missed once its time is over. A closed one is kept where the customer was `reached` on its day, `TRIED` where
    they were called in vain, and otherwise no longer due: closed by a refusal, a withdrawal or something else. Moments are UTC.
    """
    if is_open:
        return PromiseState.MISSED if closes_at <= now else PromiseState.OPEN
    return PromiseState.KEPT if reached else PromiseState.TRIED if tried else PromiseState.GONE
