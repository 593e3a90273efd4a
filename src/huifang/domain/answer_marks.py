"""Answers that a careful reader would look at twice. They are marked and stay; nothing is ever left out by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from huifang.domain.words import Words

LEAST_RATINGS = 5
"""Ratings from which on one and the same point everywhere is worth a mark."""
LEAST_SECONDS = 2.0
"""Seconds that reading and answering one question takes at least."""


class Mark(StrEnum):
    """Why a set of answers is looked at twice."""

    STRAIGHT = "straight"
    FAST = "fast"
    DUPLICATE = "duplicate"
    NO_WORDS = "no-words"


MARK_WORDS = {
    Mark.STRAIGHT: Words("全选同一分", "The same point everywhere"),
    Mark.FAST: Words("答得过快", "Answered very fast"),
    Mark.DUPLICATE: Words("与另一份相同", "The same as another one"),
    Mark.NO_WORDS: Words("文字里没有内容", "Words that say nothing"),
}


def marks(ratings: Sequence[float], words: Sequence[str], asked: int, seconds: float | None, *, seen_before: bool) -> tuple[Mark, ...]:
    """The marks of one set of answers.

    `ratings`: every point given, a matrix line by line; `words`: every free text; `asked`: questions that were shown; `seconds` from the
    first page to the last, None where nobody knows; `seen_before`: another set has exactly these answers.

    >>> marks([4, 4, 4, 4, 4], ["……"], 6, 5, seen_before=False)
    (<Mark.STRAIGHT: 'straight'>, <Mark.FAST: 'fast'>, <Mark.NO_WORDS: 'no-words'>)
    """
    found = [
        (Mark.STRAIGHT, len(ratings) >= LEAST_RATINGS and len(set(ratings)) == 1),
        (Mark.FAST, seconds is not None and seconds < LEAST_SECONDS * asked),
        (Mark.DUPLICATE, seen_before),
        (Mark.NO_WORDS, any(text and not says_something(text) for text in words)),
    ]
    return tuple(mark for mark, holds in found if holds)


def says_something(text: str) -> bool:
    """Whether a text holds a letter, a digit or a picture sign, in any script; punctuation alone says nothing.

    >>> says_something("。。。"), says_something("好"), says_something("👍")
    (False, True, True)
    """
    return any(unicodedata.category(letter)[0] in "LN" or unicodedata.category(letter) == "So" for letter in text)
