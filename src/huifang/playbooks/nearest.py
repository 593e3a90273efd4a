"""Which known word was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from huifang.domain.words import Words


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, or None when none is like it.

    >>> nearest("jobs12m", ["jobs_12m", "lost"])
    'jobs_12m'
    """
    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def suggestion(word: str, known: Iterable[str]) -> Words:
    """A remedy for an unknown word: the nearest known one, else a list of what there is."""
    options = sorted(known)
    close = nearest(word, options)
    if close:
        return Words(f"是不是“{close}”？", f"Did you mean “{close}”?")
    if not options:
        return Words("请先定义它，或删去这一处。", "Define it first, or take it out here.")
    some, more = options[:12], len(options) > 12
    return Words(
        "可用的有：" + "、".join(some) + ("等" if more else "") + "。",
        "There are: " + ", ".join(some) + (", ..." if more else "."),
    )
