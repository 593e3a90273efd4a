"""Everything that is learned about customers on a day: the numbers that conditions can name, and how they came about.

Where a model cannot be fitted, the playbook's rule stands in for it, and the numbers say so in their column `model`:
p_active is 1 for so long after the last purchase (`active for`) and 0 after that; as many purchases and as much money are expected as
the window has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huifang.analytics import bg_nbd, pareto_nbd, renewal, rfm, spending
from huifang.analytics.calibration import Calibration, calibrate
from huifang.analytics.histories import Buying, buying, contracts
from huifang.analytics.newton import Fit, refused
from huifang.analytics.renewal import Hazard
from huifang.analytics.rfm import Cut
from huifang.domain.spans import shift
from huifang.domain.words import Words
from huifang.playbooks.class_reasons import CUTS, RULE
from huifang.playbooks.schema import ValueRule

MODELS = {bg_nbd.NAME: bg_nbd, pareto_nbd.NAME: pareto_nbd}
YEAR = 365
SHORTEST = timedelta(days=28)
"""A model is tried on the last quarter of the history, a year at the most; a shorter one than this tries nothing."""
NOT_ASKED = Words("方案规定按规则，不用模型。", "The playbook asks for the rule, not for a model.")
Numbers = Mapping[str, tuple[NDArray[np.float64], str]]
"""By name: a number for each customer (not a number: none), and what it comes from."""


@dataclass(frozen=True)
class AboutBuying:
    """What was learned from purchases: for `known.customers` the numbers, the cuts of the scores, the fits and how well they hold."""

    known: Buying
    numbers: Numbers
    cuts: Mapping[str, tuple[Cut, ...]]
    activity: Fit
    amounts: Fit
    calibration: Calibration | None


@dataclass(frozen=True)
class AboutContracts:
    """What was learned from contracts: for `customers` with a running one the chance of renewal."""

    customers: pa.Array
    numbers: Numbers
    hazards: tuple[Hazard, ...]
    fit: Fit


@dataclass(frozen=True)
class Learned:
    """All of a day."""

    day: date
    rule: ValueRule
    buying: AboutBuying | None
    contracts: AboutContracts | None

    def table(self) -> pa.Table:
        """The rows of the engine's table `learned`; a number that is none has no row."""
        parts = [(one.known.customers, one.numbers) for one in (self.buying,) if one is not None]
        parts += [(one.customers, one.numbers) for one in (self.contracts,) if one is not None]
        tables = [self._rows(customers, name, *found) for customers, numbers in parts for name, found in numbers.items()]
        return pa.concat_tables(tables)

    def _rows(self, customers: pa.Array, name: str, values: NDArray[np.float64], model: str) -> pa.Table:
        there = ~np.isnan(values)
        kept, values = (customers, values) if there.all() else (customers.filter(pa.array(there)), values[there])
        size = len(values)
        return pa.table(
            {"customer_id": kept, "name": pa.repeat(name, size), "value": values, "as_of": pa.repeat(self.day, size),
             "model": pa.repeat(model, size)}
        )  # fmt: skip


def learn(connection: Any, events: ir.Table, agreements: ir.Table, rule: ValueRule, day: date, split: date | None = None) -> Learned:
    """Learns from what was known on `day`. `split`: the day up to which the model is fitted when it is tried; default `SHORTEST` tells."""
    about = None
    if rule.purchases:
        known = buying(events, rule.purchases, day, rule.window)
        about = _about_buying(known, events, rule, day, split)
    held = None
    if rule.contracts:
        found = contracts(connection, agreements, rule.contracts, day)
        fit = renewal.fit(found.ended)
        chances = renewal.renewal_chance(fit, found.ended, found.terms)
        numbers = {"renewal_chance": (chances, fit.model if fit.converged else RULE)}
        held = AboutContracts(found.customers, numbers, renewal.hazards(found.ended), fit)
    return Learned(day, rule, about, held)


def _about_buying(known: Buying, events: ir.Table, rule: ValueRule, day: date, split: date | None) -> AboutBuying:
    model = MODELS.get(rule.model)
    size = len(known.purchases)
    activity = model.fit(known.purchases) if model else refused(RULE, size, NOT_ASKED)
    amounts = spending.fit(known.purchases.repeats, known.mean) if model else refused(RULE, size, NOT_ASKED)
    numbers, cuts = _scores(known, rule, day)
    tried = None
    if model and activity.converged:
        chances, coming = model.scored(activity.values, known.purchases, YEAR)
        numbers |= {"p_active": (chances, activity.model), "expected_purchases_12m": (coming, activity.model)}
        if amounts.converged:
            worth = coming * spending.expected(amounts.values, known.purchases.repeats, known.mean)
            numbers["customer_value"] = (worth, f"{activity.model}, {amounts.model}")
        else:
            numbers["customer_value"] = (known.spent, RULE)
        begin = split or _split(known, day)
        if begin is not None:
            tried = calibrate(model, buying(events, rule.purchases, begin, rule.window, until=day), begin, day)
    else:
        lasts = float((day - shift(day, rule.active_for, -1)).days)
        numbers["p_active"] = ((known.since <= lasts).astype(float), RULE)
        numbers |= {"expected_purchases_12m": (known.number.astype(float), RULE), "customer_value": (known.spent, RULE)}
    return AboutBuying(known, numbers, cuts, activity, amounts, tried)


def _split(known: Buying, day: date) -> date | None:
    """A quarter of the history before the day, a year at the most."""
    quarter = timedelta(days=min(int(known.purchases.age.max(initial=0)) // 4, YEAR))
    return day - quarter if quarter >= SHORTEST else None


def _scores(known: Buying, rule: ValueRule, day: date) -> tuple[dict[str, tuple[NDArray[np.float64], str]], dict[str, tuple[Cut, ...]]]:
    number, since = known.number.astype(float), known.since.astype(float)
    cuts = {
        "recency_score": rfm.recency_cuts(rule.recency, day), "frequency_score": rfm.cuts(rule.frequency, number),
        "money_score": rfm.cuts(rule.money, known.spent),
    }  # fmt: skip
    values = {"recency_score": since, "frequency_score": number, "money_score": known.spent}
    found = {name: (rfm.scores(values[name], bounds, most=name == "recency_score"), CUTS) for name, bounds in cuts.items() if bounds}
    return found, {name: bounds for name, bounds in cuts.items() if bounds}
