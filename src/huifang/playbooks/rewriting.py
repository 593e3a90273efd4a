"""A YAML text made to say something else by the smallest change: every other line, comment and quote stays as it is.

    rewrite(text, values of text) == text
    the values of rewrite(text, data) are data

What changes a value changes the text of that value alone; a new key goes behind the one before it; a key taken out takes its lines along.
"""

from __future__ import annotations

from typing import Any

from huifang.playbooks.yaml_places import Spot, spots
from huifang.playbooks.yaml_writing import entry, flow, scalar

Change = tuple[int, int, str]
"""From, to, and what stands there now."""


def values(text: str) -> Any:
    """What a text says, as plain values; raises `PlaybookError` where it cannot be read."""
    return _copy(spots(text).data)


def rewrite(text: str, data: Any) -> str:
    """The text changed to say `data`; raises `PlaybookError` where the text cannot be read."""
    changes = sorted(_Rewriting(text).value(spots(text), data, block=False), key=_place)
    done, parts = 0, []
    for start, end, new in changes:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def _place(change: Change) -> tuple[int, int]:
    return change[0], change[1]


def same(one: Any, other: Any) -> bool:
    """Equal, in type and in the order of keys too."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list) else data


class _Rewriting:
    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, spot: Spot, data: Any, *, block: bool) -> list[Change]:
        """The changes that make the value at `spot` say `data`; `block`: it stands in a block, where it may go over several lines."""
        if same(spot.data, data):
            return []
        if isinstance(data, dict) and isinstance(spot.data, dict) and data and spot.data and _in_order(spot.keys, data):
            return self._mapping(spot, data)
        if isinstance(data, list) and isinstance(spot.data, list) and data and spot.data:
            return self._sequence(spot, data)
        return [self._whole(spot, data, block=block)]

    def _whole(self, spot: Spot, data: Any, *, block: bool) -> Change:
        """The value put in place of the one that was there."""
        indent = self._column(spot.lead)
        lines = entry("", data, indent) if block and self.text[spot.joint - 1 : spot.joint] == ":" else [flow(data)]
        written = lines[0].strip() if len(lines) == 1 else "\n" + "\n".join(lines[1:])
        if not spot.flow and "\n" in self.text[spot.joint : spot.start]:  # it began on a line below its key
            return (spot.joint, spot.end, written if written.startswith("\n") else f" {written}")
        if self._end(spot) == spot.joint:  # nothing was written
            colon = "" if self.text[spot.joint - 1 : spot.joint] in ":-" else ":"
            return (spot.joint, spot.end, colon + (written if written.startswith("\n") else f" {written}"))
        start = spot.joint if written.startswith("\n") else spot.start
        return (start, spot.end, written)

    def _mapping(self, spot: Spot, data: dict[str, Any]) -> list[Change]:
        names = list(data)
        if spot.flow:
            old = [spot.keys.index(name) if name in spot.keys else None for name in names]
            return self._flow(spot, old, [(f"{scalar(name)}: ", data[name]) for name in names])
        pieces = [(spot.keys.index(name) if name in spot.keys else None, f"{scalar(name)}:", data[name]) for name in names]
        return self._block(spot, pieces, data)

    def _sequence(self, spot: Spot, data: list[Any]) -> list[Change]:
        old = _matched(spot.data, data)
        if spot.flow:
            return self._flow(spot, old, [("", each) for each in data])
        return self._block(spot, [(place, "-", each) for place, each in zip(old, data, strict=True)], data)

    def _block(self, spot: Spot, pieces: list[tuple[int | None, str, Any]], whole: Any) -> list[Change]:
        """Entries on lines of their own: kept ones changed inside, others taken out with their lines, new ones written between."""
        kept = [place for place, _lead, _data in pieces if place is not None]
        first_stays = pieces[0][0] == 0
        if not kept or (not first_stays and self._shares_line(spot.children[0])):
            return [self._whole(spot, whole, block=True)]
        changes: list[Change] = []
        indent = self._column(spot.children[0].lead)
        for number, child in enumerate(spot.children):
            if number not in kept:
                changes.append((self._line(child.lead), self._after(child), ""))
        behind: int | None = None
        for place, lead, data in pieces:
            if place is not None:
                behind = place
                changes += self.value(spot.children[place], data, block=True)
            else:
                at = self._line(spot.children[kept[0]].lead) if behind is None else self._after(spot.children[behind])
                changes.append(self._lines(at, entry(lead, data, indent)))
        return changes

    def _lines(self, at: int, lines: list[str]) -> Change:
        written = "\n".join(lines)
        open_end = at == len(self.text) and not self.text.endswith("\n")
        return (at, at, f"\n{written}" if open_end else f"{written}\n")

    def _flow(self, spot: Spot, old: list[int | None], new: list[tuple[str, Any]]) -> list[Change]:
        """Entries between brackets: what stands between two that were neighbours stays, new ones are divided by a comma."""
        if old == list(range(len(spot.children))):
            return [change for place, (_lead, data) in enumerate(new) for change in self.value(spot.children[place], data, block=False)]
        parts: list[str] = []
        for at, (place, (lead, data)) in enumerate(zip(old, new, strict=True)):
            if at:
                before = old[at - 1]
                neighbours = before is not None and place == before + 1
                parts.append(self.text[self._end(spot.children[before]) : spot.children[place].lead] if neighbours else ", ")  # type: ignore[index]  # neighbours are both there
            parts.append(lead + flow(data) if place is None else self._changed(spot.children[place], data))
        return [(spot.children[0].lead, self._end(spot.children[-1]), "".join(parts))]

    def _changed(self, spot: Spot, data: Any) -> str:
        """The text of one entry between brackets, changed."""
        done, parts = spot.lead, []
        for start, end, written in sorted(self.value(spot, data, block=False), key=_place):
            parts += [self.text[done:start], written]
            done = end
        return "".join([*parts, self.text[done : self._end(spot)]])

    def _end(self, spot: Spot) -> int:
        return max(spot.end, spot.joint)

    def _column(self, place: int) -> int:
        return place - self._line(place)

    def _line(self, place: int) -> int:
        """Where the line of a place begins."""
        return self.text.rfind("\n", 0, place) + 1

    def _after(self, spot: Spot) -> int:
        """Where the line behind an entry begins; a comment on its last line belongs to it."""
        end = self.text.find("\n", self._end(spot))
        return len(self.text) if end < 0 else end + 1

    def _shares_line(self, spot: Spot) -> bool:
        """Whether something stands before an entry on its line, as the dash of a list does."""
        return bool(self.text[self._line(spot.lead) : spot.lead].strip())


def _in_order(keys: list[str], data: dict[str, Any]) -> bool:
    """Whether the keys that stay are in the order they were in."""
    kept = [key for key in data if key in keys]
    return bool(kept) and kept == [key for key in keys if key in data]


def _matched(old: list[Any], new: list[Any]) -> list[int | None]:
    """Which old item each new one is: the same at both ends, in the middle by place; None for a new one."""
    first = 0
    while first < min(len(old), len(new)) and same(old[first], new[first]):
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and same(old[-1 - last], new[-1 - last]):
        last += 1
    middle: list[int | None] = [place if place < len(old) - last else None for place in range(first, len(new) - last)]
    return [*range(first), *middle, *range(len(old) - last, len(old))]
