"""Words for people, in each language the product speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")


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
        """The same words with ``{name}`` places filled from `values`; a place without a value stays as it is."""
        kept = _Keep(values)
        return Words(self.zh.format_map(kept), self.en.format_map(kept))

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class _Keep(dict[str, object]):
    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
