"""What databases do differently unless it is said exactly: rounding, reading numbers and dates, writing numbers.

Sums of fractions depend on the order of adding in their last digits, and every database adds in an order of its own; what is compared or
ordered is therefore rounded first. Text is read by rules of our own, for one database takes `` 1.5 `` for a whole number, another raises.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

SUM_DIGITS, SCORE_DIGITS = 6, 9
_WHOLE = 2.0**52
"""From here on every float is a whole number."""


def rounded(number: ir.NumericValue, digits: int) -> ir.FloatingValue:
    """To so many digits behind the point, halves away from zero; unchanged where a float has no such digits."""
    scale = float(10**digits)
    scaled = number.abs().cast("float64") * scale
    whole = ibis.ifelse(scaled < _WHOLE, scaled, _WHOLE).floor().cast("float64")
    up = (scaled - whole >= 0.5).cast("float64")
    return ibis.ifelse(scaled < _WHOLE, (whole + up) / scale * ibis.ifelse(number < 0, -1.0, 1.0), number.cast("float64"))


def written(number: ir.FloatingValue) -> ir.StringValue:
    """With six digits behind the point: ``0.100000``."""
    return rounded(number, SUM_DIGITS).cast("decimal(38, 6)").cast("string")


_LEAP = r"(\d\d(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_FORMS: Mapping[str, str] = {
    "int64": r"^[-+]?[0-9]{1,18}$",
    "float64": r"^[-+]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?$",
    "date": rf"^(\d{{4}}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))|{_LEAP}-02-29)$",
}
"""Whole numbers of up to 18 digits, decimal fractions, days of the calendar as ``2026-03-31``."""


def read(text: ir.StringValue, kind: str) -> ir.Value:
    """A number (``int64``, ``float64``) or a ``date`` from its text, spaces around it aside; null where it is none."""
    bare = text.strip()
    return ibis.ifelse(bare.re_search(_FORMS[kind]), bare, ibis.null("string")).try_cast(kind)
