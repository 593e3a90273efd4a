"""The table `contact_policy` of the plan, and a line for each class: from counts by customer to index, account and pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huifang.analytics.contact_arms import Numbers
from huifang.analytics.contact_history import CELLS
from huifang.analytics.contact_learning import PLANS_AHEAD, Index, Seen, blended, learned
from huifang.domain.contact_classes import ALIVE, WORTH
from huifang.domain.contact_guard import Expected, Guard, guard

DISCOUNT = 0.95
"""What a period's value is worth one period later."""
GOODWILL = 2.0
"""What a contact that annoys costs, in periods of the customer's value."""
VALUE_WEIGHT = 3.0
"""A customer's money a period is read with everybody's mean, which counts as so many periods."""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class with its customers, its mean expected effect (nan: by the rule), how many of it plan ahead, and its guard."""

    name: str
    customers: int
    effect: float
    planning: int
    guard: Guard


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """`rows` are those of `engine.tables.CONTACT_POLICY`; `lines` the classes in the order of their names."""

    rows: pa.Table
    lines: tuple[ClassLine, ...]


def policy_table(history: pa.Table, day: date, classes: pa.ChunkedArray | None = None) -> PolicyTable:
    """The policy of `day` from `contact_history.history`; `classes` are its customers' classes, else activity and money make them.

    Raises `contact_pooling.NotConverged`.
    """
    base = _Base(history, classes)
    known = learned(_seen(base.columns, base.cluster, len(base.names)), base.value, GOODWILL)
    index = blended(known, base.state, DISCOUNT)
    return base.table(day, index, known.arms.effect(base.state))


def rule_table(history: pa.Table, day: date, classes: pa.ChunkedArray | None = None) -> PolicyTable:
    """The rule in place of the model: whoever drifts is worth the money of a period, whoever is engaged nothing; no effect is known.

    Accounts and guards are those of `policy_table`: they are counts and need no model.
    """
    base = _Base(history, classes)
    worth = np.where(base.state == 1, 0.0, base.value)
    return base.table(day, Index(worth, worth, np.zeros(len(worth))), None)


class _Base:
    """What both tables are made of: counts by customer, value, state, classes with their guards."""

    def __init__(self, history: pa.Table, classes: pa.ChunkedArray | None) -> None:
        columns = {name: history[name].to_numpy().astype(float) for name in history.column_names if name != "customer_id"}
        self.history, self.columns = history, columns
        self.value, self.state = _value(columns["amount"], columns["alive"]), columns["engaged"].astype(np.int8)
        named = (
            activity_classes(columns["alive"], self.value) if classes is None else np.array(classes.fill_null("").to_pylist(), dtype=object)
        )
        self.names, self.cluster = np.unique(named.astype(str), return_inverse=True)
        self.guards = _guards(columns, self.cluster, len(self.names))

    def table(self, day: date, index: Index, effect: Numbers | None) -> PolicyTable:
        """The rows with these figures, and a line for each class."""
        columns, guards, size = self.columns, self.guards, len(self.state)
        observations = sum(columns[f"begun_{contact}{now}"] for contact, now in CELLS)
        rows = pa.table(
            {
                "customer_id": self.history["customer_id"], "index": index.index,
                "expected_effect": pa.nulls(size, pa.float64()) if effect is None else effect, "at_once": index.at_once,
                "plans_ahead": index.reliability >= PLANS_AHEAD, "reliability": index.reliability, "engaged": self.state.astype(bool),
                "observations": np.asarray(observations).astype(np.int64),
                "cluster": pa.array(self.names[self.cluster].tolist(), pa.string()), "balance": columns["balance"].astype(np.int64),
                "slowed": np.array([each.slowed for each in guards], dtype=float)[self.cluster],
                "paused": np.array([each.paused for each in guards], dtype=bool)[self.cluster],
                "as_of": pa.array([day] * size, pa.date32()),
            }
        )  # fmt: skip
        return PolicyTable(rows, tuple(_lines(self.names, self.cluster, effect, index, guards)))


def _value(amount: Numbers, alive: Numbers) -> Numbers:
    """Money in a period with a sign; 1 for everybody where no money is known at all."""
    total = float(amount.sum())
    if total <= 0:
        return np.ones(len(amount))
    mean = total / max(1.0, float(alive.sum()))
    found: Numbers = np.maximum(amount + VALUE_WEIGHT * mean, 0) / (alive + VALUE_WEIGHT)
    return found


def activity_classes(alive: Numbers, value: Numbers) -> NDArray[np.object_]:
    """Classes by periods with a sign (below 2, below 6, more) and by thirds of the value: ``often-high``."""
    often = np.select([alive < bound for bound, _ in ALIVE if bound is not None], [words.en for _, words in ALIVE[:-1]], ALIVE[-1][1].en)
    low, high = np.quantile(value, (1 / 3, 2 / 3)) if len(value) else (0.0, 0.0)
    worth = np.select([value <= low, value <= high], [WORTH[0].en, WORTH[1].en], WORTH[2].en)
    return np.array([f"{one}-{other}" for one, other in zip(often, worth, strict=True)], dtype=object)


def _seen(columns: Mapping[str, Numbers], cluster: NDArray[np.integer], clusters: int) -> Seen:
    cells = {name: np.stack([columns[f"{name}_{contact}{state}"] for contact, state in CELLS]) for name in ("begun", "engaged")}
    begun, engaged = (cells[name].reshape(2, 2, -1) for name in ("begun", "engaged"))
    contacts = columns["contacts"]
    annoyed = np.minimum(columns["complaints"] + columns["opted_out"], contacts)
    return Seen(begun, engaged, annoyed, contacts, cluster, clusters)


def _guards(columns: Mapping[str, Numbers], cluster: NDArray[np.integer], clusters: int) -> list[Guard]:
    """The guard of each class; before its own contacts counts what all classes together show."""
    said, made = (np.bincount(cluster, columns[name], clusters) for name in ("complaints", "contacts"))
    usual = Expected()
    share = (float(said.sum()) + usual.weight * usual.share) / (float(made.sum()) + usual.weight)
    return [guard(int(one), int(of), Expected(share)) for one, of in zip(said, made, strict=True)]


def _lines(
    names: NDArray[np.str_], cluster: NDArray[np.integer], effect: Numbers | None, index: Index, guards: list[Guard]
) -> list[ClassLine]:  # fmt: skip
    ahead = index.reliability >= PLANS_AHEAD
    return [
        ClassLine(str(name), int(mine.sum()), nan if effect is None else float(effect[mine].mean()), int(ahead[mine].sum()), guards[place])
        for place, name in enumerate(names)
        if (mine := cluster == place).any()
    ]
