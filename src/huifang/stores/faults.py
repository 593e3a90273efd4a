"""What the embedded database could not do, in words: a file damaged in its middle, too little memory, a full disk."""

from __future__ import annotations

import duckdb

from huifang.domain.errors import Problem
from huifang.domain.words import Words

_REPORT = Words("数据库的报告：", "The database says: ")


def problem_of(error: duckdb.Error) -> Problem | None:
    """The problem for the reader; None where the query itself is wrong, which is a fault of the program."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, duckdb.OutOfMemoryException):
        short = Words(f"内存不够，没有算完。{_REPORT.zh}{said}", f"Memory was too short to finish. {_REPORT.en}{said}")
        return Problem(
            "memory.short",
            short,
            Words("请关闭其他程序，或换一台内存更大的机器。", "Close other programs, or take a machine with more memory."),
        )
    if isinstance(error, duckdb.IOException):
        failed = Words(f"读写文件失败。{_REPORT.zh}{said}", f"A file could not be read or written. {_REPORT.en}{said}")
        remedy = Words("请检查磁盘是否已满、文件是否可读。", "See whether the disk is full and the files can be read.")
        return Problem("file.failed", failed, remedy)
    if isinstance(error, duckdb.InvalidInputException | duckdb.OutOfRangeException) or type(error) is duckdb.Error:
        broken = Words(
            f"输入文件的内容读不下去，文件可能已损坏。{_REPORT.zh}{said}",
            f"An input file cannot be read on; it may be damaged. {_REPORT.en}{said}",
        )
        return Problem("file.damaged", broken, Words("请重新导出或重新复制输入文件。", "Export or copy the input files once more."))
    return None
