"""The contact policy of a day by the model, or by the rule where the model does not hold; and for each customer what decided, as codes.

The model holds from `ENOUGH` contacts on that stand alone (`contact_history`) and only where its search ends. Otherwise the rule of
`contact_table.rule_table` stands in, and the state says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from huifang.analytics.contact_pooling import NotConverged
from huifang.analytics.contact_table import PolicyTable, policy_table, rule_table

ENOUGH = 30
"""Contacts that stand alone, over everybody; with fewer of them the effect of a contact is not learned."""


class ModelState(StrEnum):
    """What the figures come from."""

    LEARNED = "learned"
    THIN = "thin"
    """Too few contacts to learn from: the rule is used."""
    FAILED = "failed"
    """The search did not converge: the rule is used."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`rows` are those of `engine.tables.CONTACT_POLICY` and `reasons`, codes joined by commas; `contacts` that could be learned from."""

    rows: pa.Table
    made: PolicyTable
    state: ModelState
    contacts: int


def decided(history: pa.Table, day: date, classes: pa.ChunkedArray | None = None) -> Decided:
    """The policy of `day` from `contact_history.history`."""
    contacts = int(sum(pc.sum(history[f"begun_1{state}"]).as_py() or 0 for state in (0, 1)))
    state, made = ModelState.THIN, None
    if contacts >= ENOUGH:
        try:
            state, made = ModelState.LEARNED, policy_table(history, day, classes)
        except NotConverged:
            state = ModelState.FAILED
    if made is None:
        made = rule_table(history, day, classes)
    return Decided(made.rows.append_column("reasons", reasons(made.rows, state)), made, state, contacts)


def reasons(rows: pa.Table, state: ModelState) -> pa.Array:
    """What decided, for each customer: state, worth, how far was looked, pace, account. ``drifting,worth,near,slowed``."""
    by_rule = None if state is ModelState.LEARNED else f"rule-{state.value}"
    parts = [
        pc.if_else(rows["engaged"], "engaged", "drifting"),
        pc.if_else(pc.greater(rows["index"], 0.0), "worth", "not-worth"),
        pc.if_else(rows["plans_ahead"], "ahead", "near") if by_rule is None else pa.chunked_array([[by_rule] * rows.num_rows], pa.string()),
        pc.if_else(rows["paused"], "paused", pc.if_else(pc.greater(rows["slowed"], 1.0), "slowed", pa.scalar(None, pa.string()))),
        pc.if_else(pc.less(rows["balance"], 0), "service-only", pa.scalar(None, pa.string())),
    ]
    return pc.binary_join_element_wise(*parts, ",", null_handling="skip")
