"""What the scores of recency, frequency and money say of a customer: the figure, and the cut it reaches."""

from __future__ import annotations

import numpy as np

from huifang.analytics import rfm
from huifang.analytics.learning import AboutBuying, Learned
from huifang.domain.words import Words
from huifang.playbooks.class_reasons import RULE

Key = int | str


class ScoreWords:
    """The words of one learning, for those who have bought."""

    def __init__(self, learned: Learned) -> None:
        self.buying, self.window, self.active_for = learned.buying, learned.rule.window.in_words(), learned.rule.active_for.in_words()
        customers = [] if learned.buying is None else learned.buying.known.customers.to_pylist()
        self.places: dict[Key, int] = {customer: place for place, customer in enumerate(customers)}

    def of(self, customer: Key) -> dict[str, Words]:
        """By name of the score; nothing of who has never bought."""
        about, place = self.buying, self.places.get(customer)
        if about is None or place is None:
            return {}
        figures = {
            "recency_score": self._since(int(about.known.since[place])),
            "frequency_score": self._number(int(about.known.number[place])),
            "money_score": self._spent(about.known.spent[place]),
        }
        found = {name: self._beside(figures[name], name, place, about) for name in about.cuts}
        return found | ({"p_active": self._active(figures["recency_score"])} if about.numbers["p_active"][1] == RULE else {})

    def _active(self, since: Words) -> Words:
        return Words(f"{since.zh}（{self.active_for.zh}以内算活跃）", f"{since.en} (active for {self.active_for.en})")

    def _beside(self, figure: Words, name: str, place: int, about: AboutBuying) -> Words:
        cut = rfm.reached(float(about.numbers[name][0][place]), about.cuts[name])
        return Words(f"{figure.zh}（{cut.zh}）", f"{figure.en} ({cut.en})")

    def _since(self, days: int) -> Words:
        return Words(f"上次购买在 {days} 天前", f"last purchase {days} day{'' if days == 1 else 's'} ago")

    def _number(self, number: int) -> Words:
        plural = "" if number == 1 else "s"
        return Words(f"{self.window.zh}内购买 {number} 次", f"{number} purchase{plural} in {self.window.en}")

    def _spent(self, spent: np.float64) -> Words:
        return Words(f"{self.window.zh}内消费 {spent:,.0f}", f"{spent:,.0f} spent in {self.window.en}")
