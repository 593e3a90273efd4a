"""What came of an attempt, and what comes next.

An outcome says whether the person was reached, whether the attempt counts (a phone that never rang, a message that
was never delivered, does not), whether the follow-up is closed, and how long to wait before the next try. The codes
are stored and used in playbooks (``retry: {no_answer: 2 h}``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, Problem
from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words


class Effect(StrEnum):
    """What an outcome changes beyond the follow-up itself."""

    NONE = "none"
    CALLBACK = "callback"
    """A time was agreed: a promise is kept."""
    OPT_OUT = "opt-out"
    """The customer wants no contact of any purpose on any channel."""
    WRONG_POINT = "wrong-point"
    """The contact point is marked as wrong."""
    DECEASED = "deceased"
    """The customer's status becomes deceased."""
    LANGUAGE = "language"
    """Somebody who speaks the customer's language has to take over."""
    CHECK = "check"
    """Nobody knows whether it arrived: a person looks, nothing is repeated by itself."""


_PHONE = frozenset({Channel.PHONE})
_FACE = frozenset({Channel.VISIT})
_LETTER = frozenset({Channel.LETTER})
_TALK = _PHONE | _FACE
_MESSAGE = frozenset(Channel) - _TALK
_ELECTRONIC = _MESSAGE - _LETTER
_EVERY = frozenset(Channel)
_SOON, _DAY = Span(1, Unit.HOUR), Span(1, Unit.DAY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome; `retry` None waits for the next part of the day."""

    code: str
    words: Words
    channels: frozenset[Channel]
    reached: bool = False
    counted: bool = True
    closes: bool = False
    retry: Span | None = None
    effect: Effect = Effect.NONE


_TABLE = (
    Outcome("completed", Words("完成", "Completed"), _EVERY, reached=True, closes=True),
    Outcome("partly", Words("部分完成", "Partly completed"), _EVERY, reached=True, retry=_DAY),
    Outcome("callback", Words("约定再联络", "Call back at an agreed time"), _EVERY, reached=True, effect=Effect.CALLBACK),
    Outcome("not_now", Words("现在不方便", "Not a good moment"), _TALK, reached=True),
    Outcome("refused", Words("拒绝本次回访", "Refused this time"), _EVERY, reached=True, closes=True),
    Outcome("never_again", Words("要求不再联络", "Never contact again"), _EVERY, reached=True, closes=True, effect=Effect.OPT_OUT),
    Outcome("hung_up", Words("接通后挂断", "Hung up"), _PHONE, reached=True, retry=_DAY),
    Outcome("language", Words("语言不通", "No common language"), _TALK, reached=True, effect=Effect.LANGUAGE),
    Outcome("no_answer", Words("无人接听", "No answer"), _PHONE),
    Outcome("left_message", Words("已留言", "Left a message"), _TALK, retry=_DAY),
    Outcome("busy", Words("占线", "Busy"), _PHONE, counted=False, retry=_SOON),
    Outcome("switched_off", Words("关机", "Switched off"), _PHONE, counted=False),
    Outcome("unreachable", Words("无法接通", "Not reachable"), _PHONE, counted=False),
    Outcome("invalid_number", Words("空号或停机", "Number not in use"), _PHONE | _ELECTRONIC, counted=False, effect=Effect.WRONG_POINT),
    Outcome("not_home", Words("家中无人", "Nobody at home"), _FACE, counted=False),
    Outcome("wrong_person", Words("不是本人", "Wrong person"), _EVERY, effect=Effect.WRONG_POINT),
    Outcome("deceased", Words("客户已去世", "The customer has died"), _EVERY, closes=True, effect=Effect.DECEASED),
    Outcome("sent", Words("已发送", "Sent"), _MESSAGE, closes=True),
    Outcome("delivered", Words("已送达", "Delivered"), _MESSAGE, reached=True, closes=True),
    Outcome("failed", Words("发送失败", "Failed"), _ELECTRONIC, counted=False, retry=_SOON),
    Outcome("bounced", Words("被退回", "Bounced"), _MESSAGE, counted=False, effect=Effect.WRONG_POINT),
    Outcome("unknown", Words("结果不明", "Not known"), _EVERY, effect=Effect.CHECK),
)  # fmt: skip
OUTCOMES = {outcome.code: outcome for outcome in _TABLE}
IN_VAIN = frozenset(outcome.code for outcome in _TABLE if not outcome.reached and not outcome.closes)
"""Nobody was reached and nothing is settled: a follow-up that ends so for today has been tried, not done, unless it is given up."""


def outcome_of(code: str) -> Outcome:
    """The outcome of a code; raises `Invalid` where none was chosen, or with the codes there are."""
    if not code:
        words = Words("还没有选择联络结果。", "No outcome is chosen.")
        raise Invalid(Problem("outcome.missing", words, Words("请选择一项再保存。", "Choose one, then save.")))
    found = OUTCOMES.get(code)
    if found is None:
        raise Invalid(
            Problem(
                "outcome.unknown",
                Words(f"没有“{code}”这种联络结果。", f"There is no outcome “{code}”."),
                Words(f"可用的结果：{'、'.join(OUTCOMES)}。", f"Outcomes are {', '.join(OUTCOMES)}."),
            )
        )
    return found


def outcomes_for(channel: Channel) -> tuple[Outcome, ...]:
    """The outcomes an attempt on a channel can have, in the order they are offered."""
    return tuple(outcome for outcome in _TABLE if channel in outcome.channels)
