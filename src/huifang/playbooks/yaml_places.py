"""A YAML text as values that know where in the text they stand: what `rewriting` changes the text by."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.yaml_tree import read_tree, scalar_value


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
        node = YAML(typ="safe", pure=True).compose(text)
        found = _Places(text).spot(node)
    except (YAMLError, ValueError, IndexError, AttributeError, AssertionError, TypeError, OverflowError, _OddText):
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
    def __init__(self, text: str) -> None:
        self.text = text

    def spot(self, node: Node) -> Spot:
        if node is None or node.anchor:
            raise _OddText
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, ScalarNode):
            inside = self.text[start:end]
            return Spot(scalar_value(node), start, start + len(inside.rstrip()), node.start_mark.column, flow=True)
        made = Spot(None, start, end, node.start_mark.column, flow=bool(getattr(node, "flow_style", False)))
        if isinstance(node, MappingNode):
            self._mapping(node, made)
        else:
            self._sequence(node, made)
        if not made.flow and made.children:
            made.end = max(made.children[-1].end, made.children[-1].joint)
        return made

    def _mapping(self, node: MappingNode, made: Spot) -> None:
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or str(key.value) in made.keys or key.anchor:
                raise _OddText
            one = self.spot(value)
            one.lead, one.joint = key.start_mark.index, self._behind(":", key.end_mark.index)
            self._close(one)
            made.keys.append(str(key.value))
            made.children.append(one)
        made.data = {name: one.data for name, one in zip(made.keys, made.children, strict=True)}

    def _sequence(self, node: Node, made: Spot) -> None:
        behind = made.start
        for value in node.value:
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
