"""What a dialler says of a call: its own word for what happened, read by a table, and what cannot be true of a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, Problem
from huifang.domain.outcomes import Effect, Outcome, outcomes_for
from huifang.domain.words import Words

LONGEST = 6 * 3600
"""Seconds of a call; more is a broken clock, not a talk."""
SLACK = timedelta(minutes=5)
"""By how much a dialler's clock may differ from this machine's."""
_LOOSE = re.compile(r"[\s_\-.]+")
_OUTCOMES = {outcome.code: outcome for outcome in outcomes_for(Channel.PHONE) if outcome.code != "unknown"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a dialler says of one call. `code` is its own word, `began` the moment (with its zone) it dialled, `callback` an agreed moment.

    `agent` is the code of the colleague who spoke, `recording` an address; both and `words` (the customer's own) may be empty.
    """

    key: str
    code: str
    began: datetime
    seconds: int
    agent: str = ""
    recording: str = ""
    callback: datetime | None = None
    words: str = ""


def loose(code: str) -> str:
    """A word as it is compared: small letters, without spaces, points and strokes.

    >>> loose("No-Answer "), loose("NO_ANSWER")
    ('noanswer', 'noanswer')
    """
    return _LOOSE.sub("", code).lower()


def codes(pairs: Mapping[str, str]) -> dict[str, Outcome]:
    """The table of a dialler's words, from its word → our outcome's code; our own codes mean themselves.

    Raises `Invalid` naming each word that is given an outcome which a call cannot have.
    """
    wrong = [(word, code) for word, code in pairs.items() if code not in _OUTCOMES]
    if wrong:
        known = ", ".join(_OUTCOMES)
        raise Invalid(
            *(
                Problem(
                    "dialler.outcome",
                    Words(f"“{word} = {code}”：电话没有“{code}”这种结果。", f"“{word} = {code}”: a call has no outcome “{code}”."),
                    Words(f"可用：{known}。", f"There are {known}."),
                )
                for word, code in wrong
            )
        )
    own = {loose(code): outcome for code, outcome in _OUTCOMES.items()}
    return own | {loose(word): _OUTCOMES[code] for word, code in pairs.items()}


def outcome_of(told: Told, table: Mapping[str, Outcome]) -> Outcome:
    """The outcome that a dialler's word stands for; raises `Invalid` for one that stands in no line of the table."""
    found = table.get(loose(told.code))
    if found is None:
        raise Invalid(
            _wrong(
                "code",
                Words(f"不认识结果“{told.code[:40]}”。", f"The outcome “{told.code[:40]}” is not known."),
                Words("请在“设置 → 渠道 → 电话”的结果对照里加一行。", "Add a line for it under Settings → Channels → Phone."),
            )
        )
    return found


def check(told: Told, outcome: Outcome, handed_at: datetime, now: datetime) -> None:
    """Raise `Invalid` with everything that cannot be true of a call on a number that was handed over at `handed_at`."""
    wrong = []
    clock = Words("请核对外呼系统的时钟和时区。", "Check the dialler's clock and time zone.")
    if told.began < handed_at - SLACK:
        wrong.append(_wrong("before", Words("拨打时间早于名单交出的时间。", "It began before the number was handed over."), clock))
    if told.began > now + SLACK:
        wrong.append(_wrong("future", Words("拨打时间在未来。", "It begins in the future."), clock))
    elif told.began + timedelta(seconds=min(max(told.seconds, 0), LONGEST)) > now + SLACK:
        wrong.append(_wrong("unended", Words("通话还没有结束。", "The call has not ended yet."), clock))
    if not 0 <= told.seconds <= LONGEST:
        said = Words(f"通话时长 {told.seconds} 秒不可能。", f"A call of {told.seconds} seconds cannot be.")
        wrong.append(_wrong("seconds", said, Words("请填写 0 到 21600 之间的秒数。", "Give seconds from 0 to 21,600.")))
    if outcome.effect is Effect.CALLBACK and (told.callback is None or told.callback <= told.began):
        said = Words("约定再联络却没有之后的约定时间。", "A call back was agreed, but no later time is given.")
        wrong.append(_wrong("callback", said, Words("请填写约定的时间。", "Give the agreed time.")))
    if wrong:
        raise Invalid(*wrong)


def _wrong(code: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"dialler.{code}", what, remedy)
