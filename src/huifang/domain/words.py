"""Words for people, in each language the product speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in Chinese and in English.

    >>> Words("你好", "Hello").say("en")
    'Hello'
    """

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The text in `language` (``"zh"``, ``"zh-hans"``, ``"en"``, ...); every language but Chinese reads English."""
        return self.zh if language.lower().startswith("zh") else self.en

    def fill(self, values: Mapping[str, object]) -> Words:
        """The same words with ``{name}`` places (dots allowed: ``{event.day}``) filled from `values`.

        A place without a value stays as it is, as does every other brace; a value is put in as text and never read
        again. A value that is `Words` itself is said in each language.
        """
        return Words(_filled(self.zh, values, "zh"), _filled(self.en, values, "en"))

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def _filled(text: str, values: Mapping[str, object], language: str) -> str:
    def put(place: re.Match[str]) -> str:
        value = values.get(place[1], place[0])
        return value.say(language) if isinstance(value, Words) else str(value)

    return _PLACE.sub(put, text)
