"""Reading statements: kind, topic, sentiment, urgency, and how sure. Below a stated confidence the reader says so and asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huifang.analytics.feedback.cleaning import clean, says_something
from huifang.analytics.feedback.kinds import KINDS
from huifang.analytics.feedback.model import Model
from huifang.analytics.feedback.rules import Signs, signs
from huifang.analytics.feedback.topics import TopicTree

SURE, SURE_TOPIC = 0.7, 0.5
"""From these confidences on nobody is asked."""
URGENT = 2.0
SETTLING = 50.0
"""So many decided topics make what was learned weigh as much as the tree's words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one text. `sentiment` from -1 to 1, `urgency` 0 (none), 1 (soon) or 2 (at once), confidences from 0 to 1.

    `topic` is empty where no topic's words stand in it. `because` are the words that weighed, as cleaned.
    """

    kind: str
    confidence: float
    topic: str
    topic_confidence: float
    sentiment: float
    urgency: int
    because: tuple[str, ...]

    @property
    def sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.confidence >= SURE and (not self.topic or self.topic_confidence >= SURE_TOPIC)


@dataclass(frozen=True)
class Reader:
    """A model for kinds, a tree of topics, and where a team has decided enough topics, a model for them."""

    kinds: Model
    tree: TopicTree
    topics: Model | None = None
    decided: int = 0
    """From how many decided topics `topics` was learned."""
    deeper: Reader | None = None
    """A slower one that knows more: it reads what this one is unsure of."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading for each text, in order. A text that says nothing (empty, marks only) is unsure by an equal third each."""
        cleaned = [clean(text) for text in texts]
        chances, about = self.kinds.probabilities(cleaned), self._topics(cleaned)
        found = [self._reading(text, *each) for text, each in zip(cleaned, zip(chances, about, strict=True), strict=True)]
        unsure = [place for place, each in enumerate(found) if self._doubts(each) and says_something(cleaned[place])]
        if self.deeper and unsure:
            for place, again in zip(unsure, self.deeper.read([texts[place] for place in unsure]), strict=True):
                found[place] = again
        return found

    def _doubts(self, found: Reading) -> bool:
        """Whether one that knows more could help: with a topic only where topics were learned."""
        return found.confidence < SURE or (self.topics is not None and found.topic_confidence < SURE)

    def _reading(self, text: str, chances: NDArray[np.float64], about: NDArray[np.float64]) -> Reading:
        seen = signs(text)
        if not says_something(text):
            return Reading(KINDS[0], 1 / len(KINDS), "", 0.0, 0.0, 0, ())
        kind, topic = int(chances.argmax()), int(about.argmax())
        told = bool(about[topic] > 0)
        return Reading(
            self.kinds.classes[kind], float(chances[kind]), self.tree.keys[topic] if told else "", float(about[topic]),
            round(seen.sentiment, 3), urgency_of(self.kinds.classes[kind], seen), seen.deciding,
        )  # fmt: skip

    def _topics(self, cleaned: Sequence[str]) -> NDArray[np.float64]:
        """Chances of the tree's topics; a row of noughts where nothing is known. What was learned weighs by how much was decided."""
        by_words = np.array([_shares(self.tree.scores(text)) for text in cleaned]).reshape(len(cleaned), len(self.tree.keys))
        if self.topics is None:
            return by_words
        learned = np.zeros_like(by_words)
        known = [(place, self.tree.keys.index(key)) for place, key in enumerate(self.topics.classes) if key in self.tree.topics]
        found = self.topics.probabilities(cleaned)
        for column, place in known:
            learned[:, place] = found[:, column]
        weight = np.where(by_words.any(axis=1), self.decided / (self.decided + SETTLING), 1.0)[:, None]
        return np.asarray(weight * learned + (1 - weight) * by_words)


def _shares(scores: Sequence[float]) -> list[float]:
    """The tree's words alone: a topic's share of what was found, less where little was found. The half is as if doubt had been said."""
    total = sum(scores) + 0.5
    return [each / total for each in scores]


def urgency_of(kind: str, seen: Signs) -> int:
    """2 where danger or "at once" is said, 1 where something presses or a demand is made; praise is never urgent."""
    if kind == "praise":
        return 0
    if seen.urgency >= URGENT:
        return 2
    return 1 if seen.urgency > 0 or seen.demands > 1 else 0
