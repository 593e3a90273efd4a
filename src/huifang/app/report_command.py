"""``huifang report repair-shop/daily-satisfaction --day 2026-11-20 --out 台账.pdf``: a register as a file, from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO

import django

from huifang.domain.errors import HuifangError


def report_command(argv: Sequence[str], out: IO[str] | None = None) -> int:
    """Run the command with `argv` (without the program's name); 0: written, 2: refused. Notes the export in the audit trail."""
    out = out or sys.stdout
    arguments = _parser().parse_args(argv)
    django.setup()
    from huifang.app.reports import register_files  # the models are there only now

    try:
        path, rows = register_files.write(arguments.register, arguments.day, arguments.branch, arguments.out, arguments.language)
    except HuifangError as error:
        out.write(error.say("zh") + "\n" + error.say("en") + "\n")
        return 2
    out.write(f"{path} ({rows})\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("huifang report", description="Write a register of a playbook in force to a file. 导出台账。")
    parser.add_argument("register", help="PLAYBOOK/REGISTER: repair-shop/daily-satisfaction")
    parser.add_argument("--day", type=date.fromisoformat, help="a day of the period, YYYY-MM-DD; default today / 日期")
    parser.add_argument("--branch", default="", help="code of one branch / 门店编号")
    parser.add_argument("--out", type=Path, required=True, help="file to write: .xlsx or .pdf / 输出文件")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser
