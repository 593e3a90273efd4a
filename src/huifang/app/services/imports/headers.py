"""Where the header of a sheet is: below merged titles, in one row or two, or nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from huifang.app.services.imports.columns import known_words, plain
from huifang.app.services.imports.reading import Cell, Line, Sheet
from huifang.app.services.imports.values import text

DEEP = 25
"""Lines looked at."""


@dataclass(frozen=True, slots=True)
class Header:
    """Last line of the header (0: the sheet has none), a name for every column, how surely it is one (known words)."""

    line: int
    names: tuple[str, ...]
    known: int


def letters(column: int) -> str:
    """``A`` … ``Z``, ``AA`` … for a column from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def find(head: Sequence[Line], kind: str = "") -> Header:
    """The header among the first lines of a sheet."""
    words = known_words(kind)
    width = max((len(line.cells) for line in head), default=0)
    scored = [(_score(line.cells, words), -at) for at, line in enumerate(head[:DEEP])]
    best, negative = max(scored, default=((0, 0.0), 0))
    if not head or best[1] <= 0:
        return Header(0, tuple(letters(column) for column in range(width)), 0)
    return _with_second(head, -negative, width, words, best[0])


def at(head: Sequence[Line], line: int) -> Header:
    """The header at a line that a person chose; 0: there is none."""
    width = max((len(one.cells) for one in head), default=0)
    chosen = next((one for one in head if one.number == line), None)
    names = tuple(letters(column) for column in range(width)) if chosen is None else _names([chosen.cells], width)
    return Header(line if chosen else 0, names, 0)


def best_sheet(sheets: Sequence[Sheet], kind: str = "") -> tuple[Sheet, Header]:
    """The sheet that most looks like a table of this kind: known words first, then filled cells. Needs at least one sheet."""
    found = [(sheet, find(sheet.head, kind)) for sheet in sheets]
    return max(found, key=lambda pair: (pair[1].known, _filled(pair[0])))


def _filled(sheet: Sheet) -> int:
    share = sum(bool(text(cell)) for line in sheet.head for cell in line.cells) / max(1, sum(len(line.cells) for line in sheet.head))
    return round(share * sheet.rows * sheet.columns)


def _score(cells: Sequence[Cell], words: dict[str, str]) -> tuple[int, float]:
    """Known words; then how much the row looks like names: several short, distinct texts without figures."""
    said = [text(cell) for cell in cells]
    filled = [one for one in said if one]
    known = sum(plain(one) in words for one in set(filled))
    if not filled or (len(filled) == 1 and not known):
        return 0, 0.0
    figures = sum(not isinstance(cell, str) or sum(map(str.isdigit, cell)) * 2 > len(cell) for cell in cells if text(cell))
    if figures * 3 > len(filled) and known < 2:
        return 0, 0.0
    return known, len(set(filled)) - figures - sum(len(one) > 25 for one in filled)


def _with_second(head: Sequence[Line], row: int, width: int, words: dict[str, str], known: int) -> Header:
    """Joined with the row below where that one goes on with the header: 联系方式 over 手机 and 电话."""
    lines = [head[row].cells]
    last = head[row].number
    if row + 1 < len(head) and _goes_on(head[row].cells, head[row + 1].cells, words):
        lines.append(head[row + 1].cells)
        last = head[row + 1].number
    elif row and _goes_on(head[row - 1].cells, head[row].cells, words):
        lines.insert(0, head[row - 1].cells)
    return Header(last, _names(lines, width), known)


def _goes_on(upper: Sequence[Cell], lower: Sequence[Cell], words: dict[str, str]) -> bool:
    """The lower row names columns that the upper one leaves blank, with known words, and repeats or leaves blank the others."""
    pairs = [(text(one), text(lower[at]) if at < len(lower) else "") for at, one in enumerate(upper)]
    below = [down for up, down in pairs if down and down != up]
    new = [down for up, down in pairs if down and not up]
    return len([up for up, _ in pairs if up]) > 1 and bool(new) and all(plain(one) in words for one in below)


def _names(lines: Sequence[Sequence[Cell]], width: int) -> tuple[str, ...]:
    """The lowest name of each column; a blank one gets its letter, one that stands twice its number."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for column in range(width):
        said = [text(cells[column]).replace("\n", " ")[:120] for cells in lines if column < len(cells)]
        name = next((one for one in reversed(said) if one), "") or letters(column)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
