"""Plain values as YAML text: short ones on one line, longer ones on lines of their own; `yaml_tree` reads back what was written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from huifang.playbooks.yaml_tree import scalar_value

WIDEST = 110
"""Columns of a mapping or list on one line."""
_HAN = r"\u3400-\u9fff（）《》“”、。，；：！？…·—"
_PLAIN = re.compile(rf"[A-Za-z0-9_{_HAN}][A-Za-z0-9_ .()/+%<>=*'&{_HAN}-]*(?<! )")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def scalar(value: Any) -> str:
    """A scalar as it is written: plain where that reads back as the same, else in double quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and scalar_value(SimpleNamespace(value=text, style=None)) == text:
        return text
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def flow(value: Any) -> str:
    """Any value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def entry(lead: str, value: Any, indent: int) -> list[str]:
    """The lines of one entry of a block: `lead` is ``key:`` or ``-``, `indent` the column it begins at."""
    line = " " * indent + lead + " " + flow(value)
    if not value or not isinstance(value, dict | list) or (len(line) <= WIDEST and not _deep(value)):
        return [line]
    inner = list(_inner(value, indent + 2))
    if lead == "-" and isinstance(value, dict):
        return [" " * indent + "- " + inner[0].lstrip(), *inner[1:]]
    return [" " * indent + lead, *inner]


def _inner(value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from entry(f"{scalar(key)}:", each, indent)
    else:
        for each in value:
            yield from entry("-", each, indent)


def _deep(value: Any) -> bool:
    """More than four entries with something below them read badly on one line."""
    return isinstance(value, dict) and len(value) > 4 and any(isinstance(each, dict | list) for each in value.values())
