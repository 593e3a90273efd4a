"""Where a rule applies to the rows of a table: the first that does gives its code, the next possible day and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from huifang.engine.portable import written
from huifang.engine.rules import RULES


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule applies: `when` over a table's rows, the first day after today that may do (`until`), and its figures (`detail`)."""

    code: str
    when: ir.BooleanValue
    until: ir.DateValue | None = None
    detail: ir.StringValue | None = None


def settle(table: ir.Table, findings: Sequence[Finding]) -> ir.Table:
    """Adds `rule`, `until` and `detail` of the first finding that applies to a row, null where none does (and `found`, its number).

    `detail` is the inside of a JSON object, ``"used": 3, "at_most": 3``. No query of its own.
    """
    for finding in findings:
        if finding.code not in RULES:
            raise AssertionError(finding.code)
    found = table.mutate(found=_cases([(each.when, number) for number, each in enumerate(findings)], "int64"))
    dates = [(found.found == number, each.until) for number, each in enumerate(findings) if each.until is not None]
    words = [(found.found == number, each.detail) for number, each in enumerate(findings) if each.detail is not None]
    return found.mutate(
        rule=_cases([(found.found == number, each.code) for number, each in enumerate(findings)], "string"),
        until=_cases(dates, "date"),
        detail=_cases(words, "string"),
    )


def _cases(branches: Sequence[tuple[ir.BooleanValue, ir.Value | str | int]], kind: str) -> ir.Value:
    return ibis.cases(*branches, else_=ibis.null(kind)) if branches else ibis.null(kind)


def figures(**values: ir.Value | str | int) -> ir.StringValue:
    """The inside of a JSON object of numbers, dates and plain words (no quotes or backslashes in them), as an expression."""
    parts: list[str | ir.StringValue] = [""]
    for number, (name, value) in enumerate(values.items()):
        known = value if isinstance(value, ir.Value) else None
        quote = "" if (isinstance(value, int) if known is None else known.type().is_numeric()) else '"'
        parts[-1] += f'{", " if number else ""}"{name}": {quote}'
        if known is None:
            parts[-1] += f"{value}{quote}"
        else:
            parts += [(written(known) if known.type().is_floating() else known.cast("string")).fill_null(""), quote]
    texts = [ibis.literal(part) if isinstance(part, str) else part for part in parts if not isinstance(part, str) or part]
    return reduce(add, texts)
