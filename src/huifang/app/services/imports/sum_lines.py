"""Sum lines, which stand below a list or between its parts: they tell of no customer and are left out, and it is said. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from huifang.app.services.imports.columns import plain
from huifang.app.services.imports.reading import BadLine, Cell, Line
from huifang.app.services.imports.values import text

_WORDS = frozenset((
    "合计", "总计", "小计", "共计", "累计", "总合计", "本页合计", "本页小计", "本月合计", "本日合计", "total", "totals", "subtotal",
    "grandtotal", "sum",
))  # fmt: skip
_IDENTITY = frozenset((
    "customer.code", "customer.name", "phone", "email", "wecom", "dingtalk", "feishu",
    "agreement.code", "staff.code", "staff.name", "branch.code", "branch.name",
))  # fmt: skip
_BEGINNINGS = frozenset(letter for word in _WORDS for letter in (word[0], word[0].upper()))
_NAMES = frozenset(("customer.name", "staff.name", "branch.name"))
_COUNT = re.compile(r"共?计?\d[\d,.]*(台次|人次|[人位名单笔台次条户家个件行])")
_FIGURE = re.compile(r"[共计约¥$-]*\d[\d,.]*(元|%)?")


class SumLines:
    """Takes the sum lines out of the lines of one file. `mapping`: column → target, as an import has it.

    A sum line's first text is a word for a sum, and nothing in it says who: its number, name and contact points are empty or are counts.
    Where the word itself stands in a column of names, it might be somebody's: then everything beside it has to be a figure.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._identity = {int(column): target for column, target in mapping.items() if target in _IDENTITY}
        self.left: list[int] = []
        """The lines that were left out so far."""

    def without(self, lines: Iterable[Line | BadLine]) -> Iterator[Line | BadLine]:
        """The other lines, in order; sum lines are noted in `left`."""
        for line in lines:
            if isinstance(line, Line) and self.is_sum(line.cells):
                self.left.append(line.number)
            else:
                yield line

    def is_sum(self, cells: Sequence[Cell]) -> bool:
        """Whether this row is a sum of others.

        >>> SumLines({"1": "event.code", "2": "customer.name"}).is_sum(["合 计：", "共12台次", None, "9,860.00"])
        True
        >>> SumLines({"0": "customer.name", "1": "phone"}).is_sum(["合计", "13800002046"])
        False
        """
        at = _first_text(cells)
        if at is None or plain(text(cells[at])) not in _WORDS:
            return False
        others = [place for place, cell in enumerate(cells) if place != at and text(cell)]
        if at in self._identity and not all(_figure(cells[place]) for place in others):
            return False
        return not any(self._says_who(place, cells[place]) for place in others)

    def _says_who(self, column: int, cell: Cell) -> bool:
        target = self._identity.get(column)
        counted = _COUNT.fullmatch(_half(cell)) or (target in _NAMES and _figure(cell))
        return target is not None and not counted


def _first_text(cells: Sequence[Cell]) -> int | None:
    """Where the first text that is no figure stands, if it may be a word for a sum: looked at for every row of a file, so cheap first."""
    for place, cell in enumerate(cells):
        said = cell.strip(" '\t\u3000\u00a0") if isinstance(cell, str) else ""
        if said[:1] in _BEGINNINGS:
            return place
        if said[:1].isalpha() or (said and not said.isdigit() and not _figure(said)):
            return None
    return None


def _half(cell: Cell) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text(cell)))


def _figure(cell: Cell) -> bool:
    """Whether a cell is a number, an amount or a count."""
    said = _half(cell)
    return bool(_FIGURE.fullmatch(said) or _COUNT.fullmatch(said))
