"""A YAML text as values that know where in the text they stand: what `rewriting` changes the text by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml.events import DocumentStartEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.yaml_tree import UNREADABLE, events, read_tree, scalar_value


@dataclass(slots=True)
class Spot:
    """One value and the place it has in the text: offsets in characters, the end not included.

    `start` to `end` is the value itself without comments behind it. `lead` is where its entry begins (its key, or its dash), `joint` the
    end of the colon or dash before it.
    """

    data: Any
    start: int
    end: int
    column: int
    flow: bool
    lead: int = 0
    joint: int = 0
    children: list[Spot] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@lru_cache(maxsize=16)
def spots(text: str) -> Spot:
    """The whole text; raises `PlaybookError` where it cannot be read or has what playbooks do not (anchors, doubled keys)."""
    try:
        found = _Places(text, events(text)).document()
    except (*UNREADABLE, StopIteration, _OddText):
        tree = read_tree(text, "")
        raise _refused(tree.problems) from None
    return found


def _refused(problems: list[Problem]) -> PlaybookError:
    fallback = Problem(
        "yaml.unreadable",
        Words("这里不符合 YAML 格式。", "This is not YAML."),
        Words("请检查缩进和括号。", "Check indentation and brackets."),
    )
    return PlaybookError(*(problems or [fallback]))


class _OddText(Exception):
    """Something that playbooks do not have."""


class _Places:
    def __init__(self, text: str, pieces: Iterator[Any]) -> None:
        self.text = text
        self.pieces = pieces

    def document(self) -> Spot:
        """The one document of the text."""
        found = [self.spot(next(self.pieces)) for piece in self.pieces if isinstance(piece, DocumentStartEvent)]
        if len(found) != 1:
            raise _OddText
        return found[0]

    def spot(self, piece: Any) -> Spot:
        if not isinstance(piece, ScalarEvent | MappingStartEvent | SequenceStartEvent) or piece.anchor:
            raise _OddText
        start, column = piece.start_mark.index, piece.start_mark.column
        if isinstance(piece, ScalarEvent):
            inside = self.text[start : piece.end_mark.index]
            return Spot(scalar_value(piece), start, start + len(inside.rstrip()), column, flow=True)
        made = Spot(None, start, start, column, flow=bool(piece.flow_style))
        made.end = self._mapping(made) if isinstance(piece, MappingStartEvent) else self._sequence(made)
        if not made.flow and made.children:
            made.end = max(made.children[-1].end, made.children[-1].joint)
        return made

    def _mapping(self, made: Spot) -> int:
        while not isinstance(key := next(self.pieces), MappingEndEvent):
            if not isinstance(key, ScalarEvent) or str(key.value) in made.keys or key.anchor:
                raise _OddText
            one = self.spot(next(self.pieces))
            one.lead, one.joint = key.start_mark.index, self._behind(":", key.end_mark.index)
            self._close(one)
            made.keys.append(str(key.value))
            made.children.append(one)
        made.data = {name: one.data for name, one in zip(made.keys, made.children, strict=True)}
        return int(key.end_mark.index)

    def _sequence(self, made: Spot) -> int:
        behind = made.start
        while not isinstance(value := next(self.pieces), SequenceEndEvent):
            one = self.spot(value)
            if made.flow:
                one.lead = one.joint = one.start
            else:
                one.lead = self._dash(behind)
                one.joint = one.lead + 1
            self._close(one)
            behind = max(one.end, one.joint)
            made.children.append(one)
        made.data = [one.data for one in made.children]
        return int(value.end_mark.index)

    def _close(self, one: Spot) -> None:
        """Nothing written stands right behind its colon or dash."""
        if one.start == one.end:
            one.start = one.end = one.joint

    def _behind(self, mark: str, start: int) -> int:
        """Just behind the colon of a key; where a flow mapping has a key alone, behind the key."""
        place = start
        while place < len(self.text) and self.text[place] in " \t\n":
            place += 1
        return place + 1 if self.text[place : place + 1] == mark else start

    def _dash(self, start: int) -> int:
        """The next dash that begins an item, comments passed over."""
        place = start
        while self.text[place] != "-":
            place = self.text.index("\n", place) if self.text[place] == "#" else place
            place += 1
        return place
