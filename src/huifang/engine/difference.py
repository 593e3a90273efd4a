"""What another version of a playbook would change: which contacts it adds, drops and moves, customer by customer, with both reasons.

Both versions are simulated over the same days from the same tables (`simulation`). An occurrence is the same in both where playbook,
programme, customer and cause are; what is left of one customer and programme is paired in the order of its days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import ibis

from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.words import Words
from huifang.engine.keeping import fetch
from huifang.engine.reasons import cause, ruling
from huifang.engine.simulation import Assumptions, Simulated, simulate
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.tables import DECISIONS
from huifang.playbooks.schema import Playbook

Kind = Literal["added", "dropped", "moved"]
Key = tuple[str, str, int | str, str]
"""Playbook, programme, customer, cause."""
Watch = Callable[[Literal["before", "after"], Simulated], None]
"""Sees a planned day of one of the versions, while its tables live."""
NOT_DUE = Words("这些天内没有到期", "Nothing falls due in these days")
NO_PROGRAMME = Words("这个版本没有该项目", "This version does not have the programme")


@dataclass(frozen=True, slots=True)
class Side:
    """One version's word on an occurrence: the day and channel of its first contact (None: there is none), the rule, and why."""

    day: date | None
    channel: str | None
    rule: str
    why: Words


@dataclass(frozen=True, slots=True)
class Change:
    """One occurrence that the versions treat differently."""

    kind: Kind
    customer_id: int | str
    playbook: str
    programme: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes by customer, and how many occurrences are contacted on the same day through the same channel in both."""

    changes: tuple[Change, ...]
    same: int

    def number(self, kind: Kind) -> int:
        """How many changes of a kind."""
        return sum(change.kind == kind for change in self.changes)


def difference(
    context: PlanContext, inputs: Inputs, after: tuple[Playbook, ...], days: int = 1, assumed: Assumptions | None = None,
    watch: Watch | None = None,
) -> Difference:  # fmt: skip
    """What changes when the playbooks `after` are in force in place of the context's, over so many days from the context's day on.

    `watch` sees every day that is planned, those of the version before first; what it raises ends the comparison.
    """
    seen = watch or _unwatched
    old = _Version(context, inputs, days, assumed or Assumptions(), lambda each: seen("before", each))
    new = _Version(replace(context, playbooks=after), inputs, days, assumed or Assumptions(), lambda each: seen("after", each))
    both = old.contacts.keys() & new.contacts.keys()
    pairs = [(key, key) for key in both] + list(_paired(old, new))
    moved = [(one, other) for one, other in pairs if not _same(old.contacts[one], new.contacts[other])]
    dropped, added = old.contacts.keys() - {one for one, _ in pairs}, new.contacts.keys() - {other for _, other in pairs}
    changes = [
        *(_change("moved", other, old.contacts[one], new.contacts[other]) for one, other in moved),
        *(_change("dropped", key, old.contacts[key], new.word(key)) for key in dropped),
        *(_change("added", key, old.word(key), new.contacts[key]) for key in added),
    ]
    order = sorted(changes, key=lambda each: (str(each.customer_id), each.playbook, each.programme, str(each.before), str(each.after)))
    return Difference(tuple(order), len(pairs) - len(moved))


def _unwatched(_side: Literal["before", "after"], _day: Simulated, /) -> None:
    """Nobody watches."""


def _same(one: Side, other: Side) -> bool:
    return (one.day, one.channel) == (other.day, other.channel)


def _change(kind: Kind, key: Key, before: Side, after: Side) -> Change:
    return Change(kind, key[2], key[0], key[1], before, after)


class _Version:
    """What one version does: `contacts`, and what it said last of occurrences that it did not contact."""

    def __init__(
        self, context: PlanContext, inputs: Inputs, days: int, assumed: Assumptions, seen: Callable[[Simulated], None]
    ) -> None:  # fmt: skip
        self.books = {book.playbook: book for book in context.playbooks}
        self.contacts: dict[Key, Side] = {}
        self.refused: dict[Key, Side] = {}
        for simulated in simulate(context, inputs, days, assumed):
            made = simulated.result.followups.select(number="followup", way="channel")
            joined = simulated.result.decisions.left_join(made, [("followup", "number")])
            columns = (*DECISIONS.names, "way")
            for values in fetch(context.connection, joined.filter(ibis.literal(value=True)).select(*columns)):
                self._take(simulated.context.day, dict(zip(columns, values, strict=True)))
            seen(simulated)

    def _take(self, day: date, row: Mapping[str, object]) -> None:
        customer = row["customer_id"]
        key = (str(row["playbook"]), str(row["programme"]), customer if isinstance(customer, int) else str(customer), str(row["cause"]))
        said = DECISION_WORDS[DecisionKind(str(row["decision"]))]
        why, rule = ruling(row), str(row["rule"])
        if row["followup"] is None:
            self.refused[key] = Side(None, None, rule, Words(f"{said.zh}：{why.zh}", f"{said.en}: {why.en}"))
        elif key not in self.contacts:
            self.contacts[key] = Side(day, str(row["way"]), rule, cause(row, self.books[key[0]]))

    def word(self, key: Key) -> Side:
        """Why there is no contact."""
        if key in self.refused:
            return self.refused[key]
        book = self.books.get(key[0])
        there = book is not None and key[1] in book.programmes
        return Side(None, None, "not-due.nothing" if there else "not-due.programme", NOT_DUE if there else NO_PROGRAMME)


def _paired(old: _Version, new: _Version) -> Iterator[tuple[Key, Key]]:
    """Contacts for different causes of one customer and programme, in the order of their days."""
    theirs = _left(new, old)
    for owner, keys in _left(old, new).items():
        yield from zip(keys, theirs.get(owner, []), strict=False)


def _left(one: _Version, other: _Version) -> dict[tuple[str, str, int | str], list[Key]]:
    """By playbook, programme and customer: the contacts that only the first version has."""
    left: dict[tuple[str, str, int | str], list[Key]] = defaultdict(list)
    for key in sorted(one.contacts.keys() - other.contacts.keys(), key=lambda each: (str(one.contacts[each].day), each[3])):
        left[key[:3]].append(key)
    return left
