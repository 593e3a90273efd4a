"""Today's classes of every customer, with reasons: the engine's facts of the day, and what was learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np

from huifang.analytics import rfm
from huifang.analytics.learning import AboutBuying, Learned
from huifang.domain.class_history import Spell
from huifang.domain.words import Words
from huifang.engine.facts import facts
from huifang.engine.stages import BUILT_IN, Inputs, PlanContext, fact_column
from huifang.playbooks.class_reasons import RULE, About, Reasons
from huifang.playbooks.schema import Playbook

Key = int | str


def standings(context: PlanContext, inputs: Inputs, learned: Learned) -> Iterator[tuple[Key, list[Spell]]]:
    """Each customer with the classes and steps of all playbooks on the day. One query; `inputs` hold the learned numbers already."""
    table = facts(inputs, context)
    books = [(book, Reasons(book), _names(book, table.columns)) for book in context.playbooks]
    said, models = _Said(learned), _models(learned)
    for batch in table.to_pyarrow().to_batches(max_chunksize=20_000):
        for row in batch.to_pylist():
            customer = row["customer_id"]
            words, from_model = said.of(customer), {name: models[name][customer] for name in models if customer in models[name]}
            found: list[Spell] = []
            for book, reasons, columns in books:
                values = {name: row[column] for name, column in columns.items()}
                stands = reasons.standings(About(values, context.day, words, from_model))
                found += [Spell(book.playbook, one.name, one.step, context.day, None, one.reason, one.by) for one in stands]
            yield customer, found


def _names(playbook: Playbook, columns: tuple[str, ...]) -> dict[str, str]:
    """Names of conditions with the column of the table of facts."""
    own = chain(playbook.attributes, playbook.facts)
    found = {name: name for name in BUILT_IN if name in columns} | {"branch": "branch_id"}
    return found | {name: fact_column(playbook.playbook, name) for name in own}


def _models(learned: Learned) -> dict[str, Mapping[Key, str]]:
    """What each customer's number of each name comes from."""
    found: dict[str, Mapping[Key, str]] = {}
    for part in (learned.buying, learned.contracts):
        if part is not None:
            customers = (part.known.customers if isinstance(part, AboutBuying) else part.customers).to_pylist()
            found |= {name: dict.fromkeys(customers, model) for name, (_, model) in part.numbers.items()}
    return found


class _Said:
    """What a score of recency, frequency or money says of a customer: the figure, and the cut it reaches."""

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
