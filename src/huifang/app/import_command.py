"""``huifang import FILE --kind customers``: bring a file in from the command line, with all rights of the machine's owner."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import django

from huifang.domain.errors import HuifangError


def import_command(argv: Sequence[str], out: IO[str] | None = None) -> int:
    """Run the command; 0: every row was taken, 1: some were rejected, 2: refused."""
    out = out or sys.stdout
    arguments = _parser().parse_args(argv)
    django.setup()
    from huifang.app.services.imports import command_line  # the models are there only now

    try:
        return command_line.bring(arguments, out)
    except HuifangError as error:
        out.write(error.say("zh") + "\n" + error.say("en") + "\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("huifang import", description="Bring a file in. 导入文件。")
    parser.add_argument("file", type=Path, help="XLSX, XLS, ODS or CSV")
    parser.add_argument(
        "--kind", default="", choices=["", "customers", "events", "agreements", "staff", "branches"], help="guessed if left out"
    )
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADER=TARGET", help="a column's target; an empty target leaves it out"
    )
    parser.add_argument("--event", default="", metavar="KIND", help="kind of event or agreement where no column tells it: job.settled")
    parser.add_argument("--sheet", help="name of the sheet")
    parser.add_argument("--encoding", help="utf-8-sig, gb18030, big5, utf-16")
    parser.add_argument("--branch", default="", help="code of the branch the rows belong to")
    parser.add_argument("--area-code", default="", help="goes before local phone numbers: 0759")
    parser.add_argument("--sum-lines", action="store_true", help="rows with the same number are lines of one event; add their amounts up")
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, bring nothing in")
    parser.add_argument("--rejected", type=Path, metavar="FILE", help="write the rejected rows to this XLSX or CSV file")
    return parser
