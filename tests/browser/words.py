"""What the product says in a language, from its own translations: no walk types a translated word a second time."""

from __future__ import annotations

import re
from functools import cache

from huifang.app import translations

_PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")


@cache
def _chinese() -> dict[str, str]:
    return {entry.msgid: entry.msgstr or entry.msgstr_plural[0] for entry in translations.entries()}


def said(language: str, message: str) -> str:
    """A message of the product (its English) in a language. Raises KeyError for one that the product does not say."""
    chinese = _chinese()[message]
    return message if language == "en" else chinese


def like(language: str, *messages: str) -> re.Pattern[str]:
    """What any of these messages looks like, whatever stands in their places."""
    return re.compile("|".join(".+".join(map(re.escape, _PLACE.split(said(language, each)))) for each in messages))
