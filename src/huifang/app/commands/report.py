"""``huifang report repair-shop/daily-satisfaction --day 2026-11-20 --out 登记表.pdf``: a register as a file, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from huifang.app.commands.processes import say, start
from huifang.domain.words import Words


def run(arguments: Sequence[str], language: str) -> int:
    """Write the file; Raises `HuifangError` where it is refused. Notes the export in the audit trail."""
    chosen = _parser(language).parse_args(arguments)
    start()
    from huifang.app.services import register_files  # the models are there only now

    path, rows = register_files.write(chosen.register, chosen.day, chosen.branch, chosen.out, language)
    say(f"{path} ({rows})")
    return 0


def _parser(language: str) -> argparse.ArgumentParser:
    def help_(zh: str, en: str) -> str:
        return Words(zh, en).say(language)

    about = Words("按生效方案导出登记表。", "Write a register of a playbook in force to a file.").say(language)
    options = argparse.ArgumentParser(prog="huifang report", description=about, allow_abbrev=False)
    options.add_argument(
        "register", help=help_("方案/登记表，如 repair-shop/daily-satisfaction", "PLAYBOOK/REGISTER: repair-shop/daily-satisfaction")
    )
    options.add_argument(
        "--day", type=date.fromisoformat, help=help_("日期，不写则为今天", "a day of the period, YYYY-MM-DD; default today")
    )
    options.add_argument("--branch", default="", help=help_("只要一家门店，写编号", "code of one branch"))
    options.add_argument("--out", type=Path, required=True, help=help_("输出文件：.xlsx 或 .pdf", "file to write: .xlsx or .pdf"))
    return options
