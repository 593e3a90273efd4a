"""Correcting what a saved record says: who may, and until when.

Whoever made a record puts it right until somebody has signed for it: with the day, or with the review of it. From then on it is what a
colleague has vouched for, and only somebody who may review it corrects it. What a customer filled in alone is nobody's to correct.
"""

from __future__ import annotations

from dataclasses import dataclass

from huifang.domain.errors import Problem
from huifang.domain.words import Words

REASON = 200
"""Letters of the reason of a correction."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and whoever wants to correct it."""

    told: bool = True
    """A colleague wrote it down; else the customer answered alone, or nobody knows who wrote it."""
    own: bool = True
    """The person made it."""
    reviews: bool = False
    """The person may review records of its branch."""
    signed: bool = False
    """Its day is closed."""
    settled: bool = False
    """A review of it is over."""


def obstacles(standing: Standing) -> tuple[Problem, ...]:
    """Everything that keeps a person from correcting a record, each with the way that is open; none: they may."""
    if not standing.told:
        said = Words("这是客户本人填写的，或由别的系统带入。", "The customer filled this in alone, or another system brought it in.")
        return (_problem("customers", said, Words("请在客户页面给同事留言。", "Leave a note for colleagues on the customer's page.")),)
    if not standing.own:
        said = Words("这是同事的记录。", "This is a colleague's record.")
        way = Words("请记录人自己更正，或请主管更正。", "Ask whoever made it, or a supervisor, to correct it.")
        return () if standing.reviews else (_problem("others", said, way),)
    ask = Words("请主管更正。", "Ask a supervisor to correct it.")
    found = (
        (standing.signed, "signed", Words("当天已经日结。", "The day has been closed."), ask),
        (standing.settled, "settled", Words("这条记录的质检已结束。", "The review of this record is over."), ask),
    )
    return tuple(_problem(code, what, remedy) for holds, code, what, remedy in found if holds)


def no_reason() -> Problem:
    """A correction says why."""
    return _problem(
        "why",
        Words("没有写更正的原因。", "There is no reason for the correction."),
        Words("请用一句话写明原因。", "Say why in a few words."),
    )


def moved() -> Problem:
    """Somebody has corrected the record since the form was shown."""
    what = Words("别人刚刚更正过这条记录。", "Somebody has corrected this record meanwhile.")
    return _problem("moved", what, Words("请刷新页面，看过最新内容再更正。", "Load the page again and look at what stands there now."))


def _problem(code: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"correct.{code}", what, remedy)
