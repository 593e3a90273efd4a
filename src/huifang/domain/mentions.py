"""Colleagues who are spoken to in a text: ``@`` and their name, or the name they sign in with."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping

_BEFORE = re.compile(r"[\w.]$")


def mentioned(text: str, names: Mapping[str, Collection[int]]) -> tuple[int, ...]:
    """Who is spoken to, each once, in the order of the text; `names` leads from names, of people and of departments, to people.

    Chinese has no space after a name, so the longest name that fits counts; an ``@`` inside an address speaks to nobody.

    >>> mentioned("请@陈晓明看一下，a@陈晓.com 不算", {"陈晓": {1}, "陈晓明": {2}})
    (2,)
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    known: dict[str, set[int]] = defaultdict(set)
    for said, people in names.items():
        known[unicodedata.normalize("NFKC", said).casefold()].update(people)
    known.pop("", None)
    longest = sorted(known, key=len, reverse=True)
    found: list[int] = []
    for at, letter in enumerate(folded):
        if letter != "@" or (at and _BEFORE.search(folded[:at]) and folded[at - 1].isascii()):
            continue
        name = next((name for name in longest if _stands(folded, at + 1, name)), None)
        if name is not None:
            found += sorted(known[name])
    return tuple(dict.fromkeys(found))


def _stands(text: str, at: int, name: str) -> bool:
    """Whether the name stands there whole: one of letters and digits is not the beginning of a longer word."""
    after = text[at + len(name) : at + len(name) + 1]
    return text.startswith(name, at) and not (name[-1].isascii() and after.isascii() and (after.isalnum() or after == "_"))
