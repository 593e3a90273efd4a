"""CDNOW, the 1/10 sample that every paper on customer-base models reports; it comes with the package lifetimes."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa

from huifang.analytics.histories import Buying, buying
from huifang.domain.spans import Span
from huifang.engine.stages import Inputs, inputs
from huifang.stores.embedded import connect

SPLIT, END = date(1997, 9, 30), date(1998, 6, 30)


@cache
def lines() -> tuple[tuple[str, date, float], ...]:
    """Customer, day and amount of every order."""
    found = find_spec("lifetimes")
    assert found is not None
    assert found.origin is not None
    text = Path(found.origin).with_name("datasets").joinpath("CDNOW_sample.txt").read_text("ascii")
    rows = (line.split() for line in text.splitlines() if line.strip())
    return tuple((row[1], date(int(row[2][:4]), int(row[2][4:6]), int(row[2][6:])), float(row[4])) for row in rows)


def orders() -> pa.Table:
    """As the engine's table of events."""
    rows = lines()
    return pa.table(
        {
            "event_id": pa.array(range(len(rows)), pa.int64()),
            "customer_id": pa.array([int(row[0]) for row in rows], pa.int64()),
            "kind": pa.array(["order"] * len(rows)),
            "day": pa.array([row[1] for row in rows], pa.date32()),
            "amount": pa.array([row[2] for row in rows], pa.float64()),
        }
    )


def customers() -> pa.Table:
    """As the engine's table of customers."""
    return pa.table({"customer_id": pa.array(sorted({int(row[0]) for row in lines()}), pa.int64())})


def tables(connection: Any) -> Inputs:
    """Both as the engine's inputs."""
    given = {"customers": customers(), "events": orders()}
    return inputs({name: connection.create_table(name, rows, temp=True) for name, rows in given.items()})


@cache
def known() -> Buying:
    """What was known on `SPLIT`, with the number of purchases from then to `END`."""
    return buying(tables(connect(threads=1)).events, ("order",), SPLIT, Span.parse("12 months"), END)
