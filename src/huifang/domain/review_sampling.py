"""Which records a second person looks at: a plain random share, and as many again drawn by risk.

Both draws are keyed: the secret key and the record's number alone decide a record's place, so drawing again gives the same sample, and
nobody without the key can tell beforehand which records will be looked at. The random part gives an honest picture of the work; the risk
part finds what is wrong. They are kept apart, because a mean over the risk part would say nothing about the whole.

Weighted drawing without replacement: Efraimidis and Spirakis, Information Processing Letters 97, 2006 — each record gets u^(1/w) for its
own u in (0, 1) and its weight w, and the highest are taken.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from huifang.domain.words import Words

BASE = 1.0
"""Weight of a record with no risk."""
SHORT = 30
"""Seconds under which a completed call with a questionnaire is too short to have asked it."""


@dataclass(frozen=True, slots=True)
class Risk:
    """What makes a record worth looking at, and by how much its weight grows."""

    words: Words
    weight: float


RISKS: dict[str, Risk] = {
    "dissatisfied": Risk(Words("客户不满意", "The customer was dissatisfied"), 4),
    "complaint": Risk(Words("有投诉", "A complaint"), 4),
    "outside": Risk(Words("超出联络规则", "Made outside the contact rules"), 4),
    "short": Risk(Words("通话过短", "A call too short for its questions"), 3),
    "silent": Risk(Words("低分而没有原话", "A low score without the customer's words"), 3),
    "late": Risk(Words("不是当日登记", "Not recorded the same day"), 2),
    "straight": Risk(Words("所有题目同一分", "Every question has the same score"), 2),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be drawn, whose it is, and its risks (codes of `RISKS`)."""

    record: int
    person: int
    risks: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """Of the risk draw.

        >>> Candidate(1, 1).weight, Candidate(2, 1, ("dissatisfied", "late")).weight
        (1.0, 7.0)
        """
        return BASE + sum(RISKS[risk].weight for risk in self.risks)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A record that was drawn, by which road (``random`` or ``risk``)."""

    candidate: Candidate
    road: str


def size(number: int, share: float) -> int:
    """How many of a person's `number` records are drawn: the share, rounded up, so that nobody who worked is passed over.

    >>> size(0, 0.05), size(7, 0.05), size(40, 0.05), size(10, 1)
    (0, 1, 2, 10)
    """
    return min(number, math.ceil(number * share - 1e-9)) if share > 0 else 0


def draw(candidates: Collection[Candidate], share: float, risk: bool, key: bytes) -> tuple[Drawn, ...]:
    """For each person the random share of their records, and where `risk` is asked as many again of the rest by weight."""
    people: dict[int, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda one: one.record):
        people.setdefault(candidate.person, []).append(candidate)
    found: list[Drawn] = []
    for person in sorted(people):
        mine = people[person]
        number = size(len(mine), share)
        chosen = _highest(mine, number, key, "random", weighted=False)
        found += [Drawn(one, "random") for one in chosen]
        if risk:
            rest = [one for one in mine if one not in chosen]
            found += [Drawn(one, "risk") for one in _highest(rest, number, key, "risk", weighted=True)]
    return tuple(found)


def _highest(candidates: Sequence[Candidate], number: int, key: bytes, road: str, *, weighted: bool) -> list[Candidate]:
    def place(one: Candidate) -> float:
        return math.log(chance(one.record, key, road)) / (one.weight if weighted else 1.0)

    return sorted(candidates, key=place, reverse=True)[:number]


def chance(record: int, key: bytes, road: str) -> float:
    """A record's own number in (0, 1) for one road, from the first 53 bits of HMAC-SHA-256 of road and record number."""
    digest = hmac.digest(key, f"review|{road}|{record}".encode(), "sha256")
    return ((int.from_bytes(digest[:8]) >> 11) + 0.5) / 2**53
