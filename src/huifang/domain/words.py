"""Words for people, in each language the product speaks, and in those of a business's customers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from huifang.domain.languages import ways

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in Chinese and in English, and to customers perhaps in further languages.

    >>> Words("你好", "Hello").say("en")
    'Hello'
    """

    zh: str
    en: str
    further: tuple[tuple[str, str], ...] = ()
    """Tag (BCP 47) and text of each further language."""

    def say(self, language: str) -> str:
        """The text in `language` (``"zh"``, ``"zh-hans"``, ``"en"``, ``"zh-TW"``...), as `languages.ways` looks it up.

        Where nothing fits, Chinese of any kind reads Chinese and every other language English.

        >>> Words("你好", "Hello", (("zh-Hant", "您好"), ("ja", "こんにちは"))).say("zh-TW")
        '您好'
        """
        if self.further:
            said = {tag.lower(): text for tag, text in self.further}
            found = next((said[way] for way in ways(language) if way in said), None)
            if found is not None:
                return found
        return self.zh if language.lower().startswith("zh") else self.en

    def each(self) -> tuple[tuple[str, str], ...]:
        """Every language with its text."""
        return (("zh", self.zh), ("en", self.en), *self.further)

    def fill(self, values: Mapping[str, object]) -> Words:
        """The same words with ``{name}`` places (dots allowed: ``{event.day}``) filled from `values`.

        A place without a value stays as it is, as does every other brace; a value is put in as text and never read
        again. A value that is `Words` itself is said in each language.
        """
        further = tuple((tag, _filled(text, values, tag)) for tag, text in self.further)
        return Words(_filled(self.zh, values, "zh"), _filled(self.en, values, "en"), further)

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def _filled(text: str, values: Mapping[str, object], language: str) -> str:
    def put(place: re.Match[str]) -> str:
        value = values.get(place[1], place[0])
        return value.say(language) if isinstance(value, Words) else str(value)

    return _PLACE.sub(put, text)
