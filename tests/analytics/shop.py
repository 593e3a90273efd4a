"""A small shop in plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from huifang.engine.stages import Inputs
from tests.engine.business import given

DAY = date(2026, 6, 30)


def order(customer: int, days_ago: int, amount: float | None = 10.0, kind: str = "order") -> dict[str, Any]:
    return {"customer_id": customer, "day": DAY - timedelta(days=days_ago), "amount": amount, "kind": kind}


def contract(customer: int, starts: date, ends: date | None, status: str | None = None, kind: str = "contract") -> dict[str, Any]:
    return {"customer_id": customer, "kind": kind, "starts": starts, "ends": ends, "status": status}


def rows(orders: Iterable[Mapping[str, Any]] = (), contracts: Iterable[Mapping[str, Any]] = (), customers: Sequence[int] = ()) -> Inputs:
    events = [{"event_id": place, **each} for place, each in enumerate(orders)]
    agreements = [{"agreement_id": place, **each} for place, each in enumerate(contracts)]
    ids = sorted({*customers, *(each["customer_id"] for each in [*events, *agreements])})
    return given({"customers": [{"customer_id": each} for each in ids], "events": events, "agreements": agreements})
