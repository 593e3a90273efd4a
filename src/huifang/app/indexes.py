"""The blind indexes by which sealed personal data is found again: one place, so that every writer and every search agree."""

from __future__ import annotations

import re
import unicodedata

from huifang.app.crypto import blind_index

_SPACES = re.compile(r"\s+")


def same_name(name: str) -> str:
    """A name as it is compared: full width made half width, no spaces, no case.

    >>> same_name("雷 华") == same_name("雷华")
    True
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold()


def name_index(name: str) -> str:
    """Index of a customer's name."""
    return blind_index(same_name(name), "customer.name")


def value_index(value: str) -> str:
    """Index of a normalised number or address; what `OptOut` keeps."""
    return blind_index(value, "contactpoint.value")


def tail_index(value: str) -> str:
    """Index of the last four digits of a phone in E.164 form; empty for what has fewer digits."""
    digits = re.sub(r"\D", "", value.split(";", maxsplit=1)[0])
    return blind_index(digits[-4:], "contactpoint.tail") if len(digits) >= 4 else ""
