"""The words that tell what is meant, from ``lexicon.yaml``, and how they are found in a text: the longest at each place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from huifang.playbooks.yaml_tree import read_tree


class Found(NamedTuple):
    """A word at a place of a text: what it does there (`role`) and with what `weight`."""

    at: int
    word: str
    role: str
    weight: float


Entry = tuple[str, float]
_ROLES = ("positive", "negative", "degree", "urgent")
_PLAIN = ("negation", "suggestion", "complaint", "contrast")


class Lexicon:
    """Words with their roles. One word may have several: 投诉 is negative, a complaint and urgent."""

    def __init__(self, entries: dict[str, list[Entry]]) -> None:
        self.entries = entries
        self.lengths: dict[str, tuple[int, ...]] = {}
        by_first: dict[str, set[int]] = {}
        for word in entries:
            by_first.setdefault(word[0], set()).add(len(word))
        self.lengths = {first: tuple(sorted(lengths, reverse=True)) for first, lengths in by_first.items()}

    def find(self, text: str) -> Iterator[Found]:
        """The longest word at each place, none inside another; Latin words only whole."""
        at, end = 0, len(text)
        while at < end:
            for length in self.lengths.get(text[at], ()):
                word = text[at : at + length]
                roles = self.entries.get(word)
                if roles is not None and (not word[0].isascii() or _whole(text, at, at + length)):
                    for role, weight in roles:
                        yield Found(at, word, role, weight)
                    at += length
                    break
            else:
                at += 1


def _whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the product."""
    said: dict[str, Any] = read_tree(files("huifang.analytics.feedback").joinpath("lexicon.yaml").read_text("utf-8"), "lexicon.yaml").data
    entries: dict[str, list[Entry]] = {}
    for role in _ROLES:
        for weight, words in said[role].items():
            _add(entries, words, role, float(weight))
    for role in _PLAIN:
        _add(entries, said[role], role, 1.0)
    for word in _words(said["comfort"]):
        entries[word] = [("positive", 1.5)]
    for word in _words(said["letdown"]):
        entries[word] = [("negative", 1.0)]
    for word in _words(said["nothing"]):
        entries[word] = [("nothing", 0.0)]
    return Lexicon(entries)


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _add(entries: dict[str, list[Entry]], words: str, role: str, weight: float) -> None:
    for word in _words(words):
        held = entries.setdefault(word, [])
        if role not in {each for each, _ in held}:
            held.append((role, weight))
