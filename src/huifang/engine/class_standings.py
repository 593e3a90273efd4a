"""Every customer's classes on a day, from the engine's facts; the reasons are put together only for those who ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

import pyarrow as pa

from huifang.domain.class_history import Spell
from huifang.domain.words import Words
from huifang.engine.facts import facts
from huifang.engine.joins import beside
from huifang.engine.needs import class_needs
from huifang.engine.stages import BUILT_IN, Inputs, PlanContext, fact_column
from huifang.playbooks.class_reasons import About, Reasons
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.schema import Playbook

Key = int | str
ClassKey = tuple[str, str, str]
"""Playbook, class or ladder, step (empty for a class)."""
Say = Callable[[Key], Mapping[str, Words]]
"""Words for a customer that say more of a name than its value (`analytics.score_words`)."""
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One customer: what they hold and what each of it stands on (`class_reasons.Standing.by`)."""

    customer: Key
    held: Mapping[ClassKey, str]
    reasons: Callable[[], list[Spell]]
    """The same as spells that begin on the day, with reasons."""


def standings(context: PlanContext, inputs: Inputs, say: Say | None = None) -> Iterator[list[Standing]]:
    """Everybody, by number, some thousands at a time. One query; `inputs` hold the learned numbers already."""
    table = (
        beside(facts(inputs, context, class_needs(context.playbooks)), (_models(inputs, context.day), "customer_id"))
        .order_by("customer_id")
        .to_pyarrow()
    )
    books = [_Book(book, Reasons(book), table.column_names) for book in context.playbooks]
    for batch in table.to_batches(max_chunksize=_BATCH):
        rows = _Rows(batch, books, context.day, say)
        yield [Standing(customer, rows.held(place), rows.reasons(place)) for place, customer in enumerate(rows["customer_id"])]


def _models(inputs: Inputs, day: date) -> Any:
    """What each customer's latest number of each name comes from."""
    known = inputs.learned.filter(inputs.learned.as_of <= day, inputs.learned.value.notnull())
    return known.group_by("customer_id").aggregate(
        **{_model(name): known.model.argmax(known.as_of, where=known.name == name) for name in LEARNED}
    )


def _model(name: str) -> str:
    return f"_model {name}"


class _Book:
    """A playbook with the columns of its names, and what each of its classes stands on."""

    def __init__(self, playbook: Playbook, reasons: Reasons, columns: list[str]) -> None:
        self.key, self.reasons = playbook.playbook, reasons
        own = chain(playbook.attributes, playbook.facts)
        named = {name: name for name in BUILT_IN} | {"branch": "branch_id"} | {name: fact_column(self.key, name) for name in own}
        self.names = {name: column for name, column in named.items() if column in columns}
        self.classes = {name: fact_column(self.key, name) for name in playbook.classes}
        self.ladders = {name: fact_column(self.key, name) for name in playbook.ladders}


class _Rows:
    """The rows of one batch; a column becomes plain values when it is first asked for."""

    def __init__(self, batch: pa.RecordBatch, books: list[_Book], day: date, say: Say | None) -> None:
        self.batch, self.books, self.day, self.say = batch, books, day, say
        self.read: dict[str, list[Any]] = {}

    def __getitem__(self, column: str) -> list[Any]:
        if column not in self.read:
            self.read[column] = self.batch.column(column).to_pylist()
        return self.read[column]

    @cached_property
    def columns(self) -> list[tuple[_Book, str, list[Any]]]:
        """Each class and ladder with its column."""
        return [(book, name, self[column]) for book in self.books for name, column in (book.classes | book.ladders).items()]

    def held(self, place: int) -> dict[ClassKey, str]:
        """What the customer at a place holds, and what it stands on."""
        found: dict[ClassKey, str] = {}
        for book, name, column in self.columns:
            value = column[place]
            if value:
                step = "" if value is True else value
                learned = book.reasons.learned(name, step)
                found[book.key, name, step] = book.reasons.stands_on(name, step, self.models(place)) if learned else "facts"
        return found

    def models(self, place: int) -> dict[str, str]:
        """What the customer's learned numbers come from."""
        return {name: model for name in LEARNED if (model := self[_model(name)][place]) is not None}

    def reasons(self, place: int) -> Callable[[], list[Spell]]:
        """How the spells of the customer at a place are made."""

        def made() -> list[Spell]:
            said = self.say(self["customer_id"][place]) if self.say else {}
            found: list[Spell] = []
            for book in self.books:
                values = {name: self[column][place] for name, column in book.names.items()}
                about = About(values, self.day, said, self.models(place))
                found += [Spell(book.key, one.name, one.step, self.day, None, one.reason, one.by) for one in book.reasons.standings(about)]
            return found

        return made
