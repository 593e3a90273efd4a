"""Columns of cells that are mostly as they should be: these are taken many at once, and the others left for a closer look. Pure.

Each function gives for a plain cell exactly what the reading of a single cell would give, and None for every other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from huifang.app.services.imports.phones import MOBILE
from huifang.app.services.imports.reading import Cell
from huifang.app.services.register.rows import Point

Plain = Callable[[Sequence[Cell]], list[Any]]
"""Cells into values, None for what has to be looked at closer."""
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z0-9]{4,9}")


def texts(most: int) -> Plain:
    """Texts of letters and digits alone, at most `most` of them."""

    def plain(cells: Sequence[Cell]) -> list[Any]:
        return [cell if type(cell) is str and cell.isalnum() and len(cell) <= most else None for cell in cells]

    return plain


def plates(cells: Sequence[Cell]) -> list[Any]:
    """Number plates as they are written on the car."""
    fits = _PLATE.fullmatch
    return [cell if type(cell) is str and fits(cell) else None for cell in cells]


def mobiles(cells: Sequence[Cell]) -> list[Any]:
    """Chinese mobile numbers of eleven digits and nothing else."""
    fits = MOBILE.fullmatch
    return [(Point("phone", f"+86{cell}", "", True),) if type(cell) is str and fits(cell) else None for cell in cells]
