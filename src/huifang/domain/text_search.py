"""Finding articles by words in any language: the terms of a text, and where they stand in it.

Chinese is not written in words, so runs of its characters are cut into overlapping pairs (and single characters, for a search by one):
二手车 has the terms 二, 手, 车, 二手 and 手车. Letters and digits make whole words. Full width counts as half width, capitals as small.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

LONGEST = 24
"""Longer words are cut."""
_RUNS = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)|([^\W_]+)")


def folded(text: str) -> str:
    """As texts are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def terms(text: str) -> Counter[str]:
    """Every term of a text and how often it stands there.

    >>> sorted(terms("二手车 BMW"))
    ['bmw', '二', '二手', '手', '手车', '车']
    """
    found: Counter[str] = Counter()
    for han, word in _RUNS.findall(folded(text)):
        found.update([*han, *_pairs(han)] if han else [word[:LONGEST]])
    return found


def wanted(text: str) -> tuple[str, ...]:
    """The terms to look for: pairs, a single character only where it stands alone, and words; each once, in order.

    >>> wanted("保养 多久")
    ('保养', '多久')
    """
    found: list[str] = []
    for han, word in _RUNS.findall(folded(text)):
        found += (_pairs(han) or [han]) if han else [word[:LONGEST]]
    return tuple(dict.fromkeys(found))


def excerpt(text: str, looked_for: tuple[str, ...], length: int = 90) -> str:
    """About `length` characters around the first place where one of the terms stands; the beginning where none does."""
    flat = " ".join(text.split())
    places = [at for term in looked_for if (at := flat.casefold().find(term)) >= 0]
    begin = max(0, min(places, default=0) - length // 4)
    cut = flat[begin : begin + length]
    return f"{'…' if begin else ''}{cut}{'…' if begin + length < len(flat) else ''}"


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
