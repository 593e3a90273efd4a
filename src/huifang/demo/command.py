"""``huifang demo-data``: write a generated business as files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from huifang.demo import exports, morning_file
from huifang.demo.business import ZONE, Business
from huifang.demo.hospital import hospital
from huifang.demo.repair_shop import repair_shop

BUSINESSES: dict[str, Callable[[date, int], Business]] = {"repair-shop": repair_shop, "hospital": hospital}
"""Makers by key; the key is also that of the business's playbook."""


def export_business(
    key: str,
    directory: Path,
    day: date,
    seed: int = 1,
    table_format: exports.TableFormat = "parquet",
    business: Business | None = None,
) -> list[Path]:
    """Write the engine's tables into ``directory/tables`` and, for the repair shop, the morning's files into
    ``directory/morning``.

    `day` is the morning that the business stands on; `business` saves making it again. Returns what was written;
    KeyError for an unknown key.
    """
    made = business or BUSINESSES[key](day, seed)
    paths = exports.write_tables(made, directory / "tables", table_format)
    if key == "repair-shop":
        morning = directory / "morning"
        morning.mkdir(parents=True, exist_ok=True)
        workbook, older = morning / f"回访数据{day:%Y%m%d}.xlsx", morning / f"结算明细{day:%Y%m%d}_GBK.csv"
        morning_file.write_xlsx(made, workbook)
        morning_file.write_csv(made, older)
        paths += [workbook, older]
    return paths


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (without the program's name); returns the exit status."""
    parser = argparse.ArgumentParser(prog="huifang demo-data", description="Write a generated business as files. 生成演示数据。")
    parser.add_argument("--business", choices=sorted(BUSINESSES), default="repair-shop", help="which business / 哪一家")
    parser.add_argument("--out", type=Path, required=True, help="directory to write into / 输出目录")
    parser.add_argument("--day", type=date.fromisoformat, default=None, help="the morning, YYYY-MM-DD; default today / 哪一天早晨")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same business / 随机种子")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet", help="of the tables / 表格格式")
    chosen = parser.parse_args(argv)
    day = chosen.day or datetime.now(ZONE).date()
    for path in export_business(chosen.business, chosen.out, day, chosen.seed, chosen.format):
        sys.stdout.write(f"{path}\n")
    return 0
