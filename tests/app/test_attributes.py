"""Attributes as they were kept, read as their playbook declares them."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.app.attributes import typed


@pytest.mark.parametrize(
    ("kept", "kind", "value"),
    [
        (None, "text", None), ("", "number", None),
        ("12.5", "number", 12.5), (3, "number", 3.0), ("a dozen", "number", None),
        ("2026-11-20", "date", date(2026, 11, 20)), ("2026-11-20T08:30", "date", date(2026, 11, 20)), ("20.11.", "date", None),
        (True, "boolean", True), (False, "boolean", False), ("是", "boolean", True), ("Yes", "boolean", True), ("否", "boolean", False),
        ("nan", "number", None), ("1e999", "number", None), (10**400, "number", None), ("-inf", "number", None),
        ("川A12345", "text", "川A12345"), (7, "text", "7"),
    ],
)  # fmt: skip
def test_a_value_is_of_its_declared_type_or_none(kept: object, kind: str, value: object) -> None:
    assert typed(kept, kind) == value
