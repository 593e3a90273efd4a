"""What an import would bring, before it does: the first rows as they are understood, and the problems of each column. Writes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from huifang.app.records.models import ImportBatch
from huifang.app.services.imports.overview import Overview
from huifang.app.services.imports.reading import BadLine
from huifang.app.services.imports.run import lines_of, reader_of
from huifang.app.services.imports.sum_lines import SumLines
from huifang.app.services.imports.values import text
from huifang.app.services.register.rows import Rejection, Row
from huifang.domain.words import Words

SHOWN = 20
LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: line, cells as they stand, values by target as they are understood, why it would be rejected."""

    line: int
    cells: tuple[str, ...]
    values: dict[str, str]
    rejection: Rejection | None


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """One column: its name, target (empty: not imported), some values, filled cells and problems among the rows looked at."""

    name: str
    target: str
    examples: tuple[str, ...]
    filled: int
    problems: int
    reason: Words | None
    """The first problem."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The first `looked_at` rows of a file; `problems` counts rows by code of rejection. `whole`: the file has no more rows."""

    rows: tuple[PreviewRow, ...]
    columns: tuple[PreviewColumn, ...]
    looked_at: int
    whole: bool
    accepted: int
    problems: dict[str, int]
    left_out: tuple[int, ...]
    """Lines that are no customers' but sums of others; they are not among the rows."""


def preview(batch: ImportBatch, looked_at: int = LOOKED_AT) -> Preview:
    """Look at the first rows of an import as it is set up. Raises `ImportRefused`."""
    sums = SumLines(batch.mapping)
    lines = list(islice(lines_of(batch, looked_at + 200, sums), looked_at + 1))
    whole, lines = len(lines) <= looked_at, lines[:looked_at]
    found: list[Row | Rejection] = []
    overview = Overview(sum_lines=batch.options.get("lines") == "sum")
    overview.read(lines, reader_of(batch), lambda _lines, rows, _keys: found.extend(rows))
    read = overview.settle(found).on(found)
    cells = [(line.raw,) if isinstance(line, BadLine) else tuple(text(cell) for cell in line.cells) for line in lines]
    rejections = [row for row in read if isinstance(row, Rejection)]
    shown = tuple(
        PreviewRow(line.number, said, _values(row), row if isinstance(row, Rejection) else None)
        for line, said, row in islice(zip(lines, cells, read, strict=True), SHOWN)
    )
    columns = tuple(_column(batch, number, name, cells, rejections) for number, name in enumerate(batch.options["names"]))
    problems = dict(Counter(one.code for one in rejections))
    return Preview(shown, columns, len(lines), whole, len(read) - len(rejections), problems, tuple(sums.left))


def _column(batch: ImportBatch, number: int, name: str, cells: list[tuple[str, ...]], rejections: list[Rejection]) -> PreviewColumn:
    filled = [row[number] for row in cells if number < len(row) and row[number]]
    wrong = [one for one in rejections if one.column == name]
    examples = tuple(dict.fromkeys(one[:60] for one in filled[:50]))[:3]
    return PreviewColumn(name, batch.mapping.get(str(number), ""), examples, len(filled), len(wrong), wrong[0].words if wrong else None)


def _values(row: Row | Rejection) -> dict[str, str]:
    """Understood values as text, by the name of their field."""
    if isinstance(row, Rejection):
        return {}
    found: dict[str, str] = {}
    for part in (row.customer, row.event, row.staff, row.branch, *row.agreements):
        if part is not None:
            _flatten(type(part).__name__.removesuffix("Row").lower(), asdict(part), found)
    return found


def _flatten(prefix: str, fields: dict[str, Any], found: dict[str, str]) -> None:
    for name, value in fields.items():
        if name == "attributes":
            _flatten(f"{prefix}.attribute", value, found)
        elif name == "points":
            for point in value:
                key = f"{prefix}.{point['kind']}"
                found[key] = f"{found[key]}、{point['value']}" if key in found else point["value"]
        elif name not in ("leads", "key") and value not in (None, "", ()):
            found[f"{prefix}.{name}"] = str(value)
