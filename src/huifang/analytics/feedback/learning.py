"""The reader learns: it begins with the product's own sentences, and what the team decided weighs more. Its own answers are no labels.

Only a `Decided` teaches, and one is made from a statement that a person has decided; `origin` names that person's kind of deed and has no
value for the reader itself. What nobody looked at is never learned from, however sure the reader was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np

from huifang.analytics.feedback.calibration import STRAIGHT, calibration_error, reliability
from huifang.analytics.feedback.cleaning import clean, says_something
from huifang.analytics.feedback.examples import examples
from huifang.analytics.feedback.extra import UP_TO
from huifang.analytics.feedback.kinds import KINDS
from huifang.analytics.feedback.meaning import Meaning
from huifang.analytics.feedback.model import Model, fit
from huifang.analytics.feedback.reader import SURE, Reader
from huifang.analytics.feedback.rules import signs
from huifang.analytics.feedback.topics import TopicTree

OWN_WEIGHT = 3.0
"""One decided statement weighs as much as so many of the product's sentences."""
DOUBT, SLOPE = 5.8, 2.36
"""The day-one model's temperature, told by its own plain sentences, is that many times too low for a text of which it knows nothing, and
falls with what is known by this slope of its logarithm. So chosen by the log loss on hotels, cars and the generated repair shop, which it
has not learned from; each left out once, the other two say nearly the same (`docs/benchmarks.md`).
"""
PLAIN = 4.0
"""The scores of a tree's words are divided by this beside characters: so chosen by the log loss on parts of 495 texts of car topics."""
FEWEST, FEWEST_EACH = 30, 3
"""Decided topics in all and of each topic, before topics are learned."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about one statement. `origin`: they entered it, corrected it, or agreed when asked."""

    words: str
    kind: str
    topic: str
    origin: Literal["entered", "corrected", "agreed"]


def kind_figures(text: str) -> tuple[float, ...]:
    """What the rules see of a kind; twice as large as the characters, because it holds in every trade."""
    return tuple(2.0 * each for each in signs(text).figures())


def topic_figures(tree: TopicTree) -> _TopicFigures:
    """What the tree's words see of topics."""
    return _TopicFigures(tree)


@dataclass(frozen=True)
class _TopicFigures:
    tree: TopicTree

    def __call__(self, text: str) -> tuple[float, ...]:
        return tuple(each / PLAIN for each in self.tree.scores(text))


@cache
def day_one(meaning: Meaning | None = None) -> Model:
    """The model of kinds before anybody has decided anything. It doubts itself, the more the less it knows of a text: customers speak
    less plainly than examples. Learned models leave to it what is strange to them.
    """
    made = _kinds((), meaning)
    return replace(made, temperature=made.temperature * DOUBT, bend=STRAIGHT, slope=SLOPE, usual=(0.0, 0.0))


def kinds_of(content: bytes, meaning: Meaning | None = None) -> Model:
    """A kept model of kinds. Raises ValueError as `Model.from_bytes`."""
    return Model.from_bytes(content, kind_figures, meaning, _first(meaning))


def _first(meaning: Meaning | None) -> Model:
    return day_one(meaning) if meaning else day_one()


def _kinds(decided: Sequence[Decided], meaning: Meaning | None) -> Model:
    given = [(clean(words), kind, 1.0) for words, kind in examples()]
    given += [(clean(one.words), one.kind, OWN_WEIGHT) for one in decided]
    texts, kinds, weights = zip(*given, strict=True)
    return fit(texts, kinds, weights, kind_figures, meaning)


def learn(tree: TopicTree, decided: Sequence[Decided], meaning: Meaning | None = None) -> Reader:
    """A reader from what people decided; statements that say nothing, and kinds or topics that are none, teach nothing.

    With `meaning`, and up to `extra.UP_TO` statements, one that knows it learns the same and reads what the first is unsure of.
    """
    own = [one for one in decided if one.kind in KINDS and says_something(one.words)]
    reader = _learned(tree, own, None)
    return replace(reader, deeper=_learned(tree, own, meaning)) if meaning and len(own) <= UP_TO else reader


def _learned(tree: TopicTree, own: Sequence[Decided], meaning: Meaning | None) -> Reader:
    topical = [one for one in own if one.topic in tree.topics]
    often = {topic for topic, number in Counter(one.topic for one in topical).items() if number >= FEWEST_EACH}
    topical = [one for one in topical if one.topic in often]
    learned = None
    if len(topical) >= FEWEST and len(often) > 1:
        labels = [one.topic for one in topical]
        learned = fit([clean(one.words) for one in topical], labels, [1.0] * len(labels), topic_figures(tree), meaning)
    first = _first(meaning)
    kinds = replace(_kinds(own, meaning), elsewhere=first) if own else first
    return Reader(kinds, tree, learned, len(topical) if learned else 0)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well statements were read that were not learned from: all, those the reader was sure of, and the calibration error."""

    number: int
    right: float
    sure: float
    """Share it was sure of."""
    sure_right: float
    error: float


def accuracy(reader: Reader, decided: Sequence[Decided]) -> Accuracy | None:
    """The reader against what people decided of statements it has not seen; None without any."""
    if not decided:
        return None
    read = reader.read([one.words for one in decided])
    right = np.array([one.kind == each.kind for one, each in zip(decided, read, strict=True)])
    sure = np.array([each.confidence >= SURE for each in read])
    error = calibration_error(reliability(np.array([each.confidence for each in read]), right))
    return Accuracy(len(read), float(right.mean()), float(sure.mean()), float(right[sure].mean()) if sure.any() else 0.0, error)
