"""``huifang import FILE --kind customers``: bring a file in from the command line, with all rights of the machine's owner."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from huifang.app.commands.processes import start
from huifang.domain.words import Words

KINDS = ("", "customers", "events", "agreements", "staff", "branches")


def run(arguments: Sequence[str], language: str) -> int:
    """Bring it in; 0: every row was taken, 1: some were rejected. Raises `HuifangError` where it is refused."""
    chosen = _parser(language).parse_args(arguments)
    start()
    from huifang.app.services.imports import command_line  # the models are there only now

    return command_line.bring(chosen, sys.stdout)


def _parser(language: str) -> argparse.ArgumentParser:
    def help_(zh: str, en: str) -> str:
        return Words(zh, en).say(language)

    about = Words("导入文件。", "Bring a file in.").say(language)
    options = argparse.ArgumentParser(prog="huifang import", description=about, allow_abbrev=False)
    options.add_argument("file", type=Path, help=help_("XLSX、XLS、ODS 或 CSV 文件", "XLSX, XLS, ODS or CSV"))
    options.add_argument("--kind", default="", choices=KINDS, help=help_("内容种类，不写则自动判断", "what it holds; guessed if left out"))
    options.add_argument(
        "--map", action="append", default=[], metavar="HEADER=TARGET",
        help=help_("指定一列的去处，等号后留空则不导入该列", "a column's target; an empty target leaves it out"),
    )  # fmt: skip
    options.add_argument(
        "--event", default="", metavar="KIND",
        help=help_("没有类型列时的事件或合约类型，如 job.settled", "kind of event or agreement where no column tells it: job.settled"),
    )  # fmt: skip
    options.add_argument("--sheet", help=help_("工作表名", "name of the sheet"))
    options.add_argument("--encoding", help=help_("编码，如 utf-8-sig、gb18030", "encoding: utf-8-sig, gb18030, big5, utf-16"))
    options.add_argument("--branch", default="", help=help_("各行所属门店的编号", "code of the branch the rows belong to"))
    options.add_argument("--area-code", default="", help=help_("本地座机区号，如 0759", "goes before local phone numbers: 0759"))
    options.add_argument(
        "--sum-lines", action="store_true",
        help=help_("同号各行为一单的明细，金额合计", "rows with the same number are lines of one event; add their amounts up"),
    )  # fmt: skip
    options.add_argument("--dry-run", action="store_true", help=help_("只预览，不导入", "tell what would happen, bring nothing in"))
    options.add_argument(
        "--rejected", type=Path, metavar="FILE",
        help=help_("把未通过的行写入此 XLSX 或 CSV 文件", "write the rejected rows to this XLSX or CSV file"),
    )  # fmt: skip
    return options
