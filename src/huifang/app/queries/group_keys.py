"""A class as a follow-up carries it is its title on that day; as a key both languages stand in one text."""

from __future__ import annotations

from huifang.domain.words import Words

_BETWEEN = "\t"


def group_key(zh: str | None, en: str | None) -> str:
    r"""The key of a class's title; empty for none.

    >>> group_key("金牌客户", "Gold"), group_key(None, None)
    ('金牌客户\tGold', '')
    """
    return f"{zh}{_BETWEEN}{en or zh}"[:200] if zh else ""


def group_words(key: str) -> Words:
    """The title behind a key."""
    zh, _, en = key.partition(_BETWEEN)
    return Words(zh, en)
