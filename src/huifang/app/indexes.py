"""The blind indexes by which sealed personal data is found again: one place, so that every writer and every search agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from huifang.app.crypto import blind_index, blind_indexes

_SPACES = re.compile(r"\s+")


def same_name(name: str) -> str:
    """A name as it is compared: full width made half width, no spaces, no case.

    >>> same_name("雷 华") == same_name("雷华")
    True
    """
    if name.isalnum() and unicodedata.is_normalized("NFKC", name):
        return name.casefold()
    return _SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold()


def name_index(name: str) -> str:
    """Index of a customer's name."""
    return blind_index(same_name(name), "customer.name")


def name_indexes(names: Iterable[str]) -> dict[str, str]:
    """Index of each of many names."""
    distinct = list(dict.fromkeys(names))
    return dict(zip(distinct, blind_indexes(map(same_name, distinct), "customer.name"), strict=True))


def value_index(value: str) -> str:
    """Index of a normalised number or address; what `OptOut` keeps."""
    return blind_index(value, "contactpoint.value")


def value_indexes(values: Iterable[str]) -> dict[str, str]:
    """Index of each of many normalised numbers and addresses."""
    distinct = list(dict.fromkeys(values))
    return dict(zip(distinct, blind_indexes(distinct, "contactpoint.value"), strict=True))


def tail_index(value: str) -> str:
    """Index of the last four digits of a phone in E.164 form, or of those digits alone; empty for what has fewer digits."""
    return blind_index(_tail(value), "contactpoint.tail")


def tail_indexes(values: Iterable[str]) -> list[str]:
    """`tail_index` of many phones, in order."""
    tails = [_tail(value) for value in values]
    distinct = list(set(tails))
    known = dict(zip(distinct, blind_indexes(distinct, "contactpoint.tail"), strict=True))
    return [known[tail] for tail in tails]


def _tail(value: str) -> str:
    """The last four digits, where there are as many: of a phone in E.164 form, of one with an extension, of the four digits alone."""
    digits = value.removeprefix("+")
    if not digits.isdecimal():
        digits = re.sub(r"\D", "", value.split(";", maxsplit=1)[0])
    return digits[-4:] if len(digits) >= 4 else ""
