"""What a file may be at most, and how a refusal is said."""

from __future__ import annotations

from typing import Final

from huifang.domain.errors import ImportRefused, Place, Problem
from huifang.domain.words import Words

BYTES: Final = 100 * 1024 * 1024
ROWS: Final = 1_000_000
COLUMNS: Final = 500
CELL: Final = 32_000
"""Characters of one cell."""
INFLATE: Final = 100
"""How many times its size a file may unpack to."""
PARTS: Final = 1_000
"""Files inside a workbook."""
SECONDS: Final = 60
MEMORY: Final = 512 * 1024 * 1024


def refused(code: str, what: Words, remedy: Words, place: Place | None = None) -> ImportRefused:
    """The error for a file that cannot be taken."""
    return ImportRefused(Problem(f"import.{code}", what, remedy, place or Place()))


SAVE_AGAIN: Final = Words(
    "请用 Excel 或 WPS 打开，另存为 .xlsx 或 UTF-8 CSV 后再导入。",
    "Open it in Excel or WPS, save it as .xlsx or UTF-8 CSV, and import that.",
)
SPLIT: Final = Words("请拆成几个文件分别导入。", "Split it into several files and import each.")
