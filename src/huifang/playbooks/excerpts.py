"""The lines of one part of a playbook's text, and the text with other lines in their place."""

from __future__ import annotations

from dataclasses import dataclass

from huifang.domain.errors import PlaybookError
from huifang.playbooks.yaml_places import Spot, spots


@dataclass(frozen=True, slots=True)
class Around:
    """How many lines of a text stand before some of them, and how many behind: the same whatever is written between."""

    before: int = 0
    behind: int = 0

    def inside(self, text: str) -> str:
        """The lines between."""
        lines = text.split("\n")
        return "\n".join(lines[self.before : len(lines) - self.behind])

    def put(self, text: str, inside: str) -> str:
        """The text with `inside` between; all that is between where fewer lines are there than stand around."""
        lines = text.split("\n")
        end = max(self.before, len(lines) - self.behind)
        return "\n".join([*lines[: self.before], inside, *lines[end:]])


WHOLE = Around()


def around(text: str, part: tuple[str, ...]) -> Around:
    """What stands around a part: its key, what it says, and the comments right above. The whole text where it has no lines of its own."""
    try:
        place = spots(text)
    except PlaybookError:
        return WHOLE
    for name in part:
        if not isinstance(place.data, dict) or name not in place.keys:
            return WHOLE
        place = place.children[place.keys.index(name)]
    return _around(text, place) if part else WHOLE


def _around(text: str, place: Spot) -> Around:
    lines = text.split("\n")
    before, last = text.count("\n", 0, place.lead), text.count("\n", 0, place.end)
    while before and lines[before - 1].lstrip().startswith("#"):
        before -= 1
    return Around(before, len(lines) - 1 - last)
