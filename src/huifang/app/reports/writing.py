"""How a cell is written for people, and how a register's file is named."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from huifang.app.queries.register_cells import Cell
from huifang.app.queries.registers import Sheet


def cell_text(cell: Cell, zone: tzinfo) -> str:
    """Days as 2026-11-20, moments as 11-20 09:42 in the business's time, amounts with commas, decimals only where there are any."""
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell.astimezone(zone):%m-%d %H:%M}"
        case date():
            return cell.isoformat()
        case bool():
            return str(cell)
        case int():
            return str(cell)
        case float():
            return f"{cell:,.0f}" if cell.is_integer() else f"{cell:,.2f}"
        case _:
            return cell


def period_text(sheet: Sheet) -> str:
    """One day, or first and last."""
    first, last = sheet.period.first, sheet.period.last
    return first.isoformat() if first == last else f"{first.isoformat()} – {last.isoformat()}"


def file_name(sheet: Sheet, ending: str) -> str:
    """The register's own title, branch and period, without what file systems refuse."""
    parts = [sheet.title.strip("《》"), sheet.branch, period_text(sheet).replace(" – ", "_")]
    return re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "_", "-".join(part for part in parts if part)) + f".{ending}"
