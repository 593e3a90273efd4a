"""The classes by which experience with contacts is shared where a business names none: how often customers come, and what they bring in."""

from __future__ import annotations

from collections.abc import Mapping

from huifang.domain.words import Words

ALIVE = ((2, Words("少来", "seldom")), (6, Words("时来", "sometimes")), (None, Words("常来", "often")))
WORTH = (Words("低额", "low"), Words("中额", "middle"), Words("高额", "high"))
"""By periods with a sign (below 2, below 6, more), and by thirds of the value."""


def class_title(name: str) -> Words:
    """What people read for a class: those of activity and money in words, others as they are named.

    >>> class_title("often-high").zh
    '常来 · 高额'
    """
    known: Mapping[str, Words] = {
        f"{often.en}-{worth.en}": Words(f"{often.zh} · {worth.zh}", f"{often.en}, {worth.en} value")
        for _, often in ALIVE
        for worth in WORTH
    }
    return known.get(name, Words(name, name) if name else Words("未分类", "no class"))
