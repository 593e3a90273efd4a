"""``huifang forecast``: load against capacity on the coming days, as a chart in text and as files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path

from huifang.commands.options import Business, add_business, parser, read_business
from huifang.commands.printing import written
from huifang.domain.contact import Channel
from huifang.domain.words import Words
from huifang.engine.forecast import Count, Day, Load, forecast
from huifang.engine.keeping import keep_rows
from huifang.engine.simulation import LONGEST, Assumptions, measured_reach

COLUMNS = {
    "when": Words("日期", "Day"),
    "chart": Words("工作量", "Load"),
    "due": Words("新到期", "Newly due"),
    "work": Words("人工联络", "By people"),
    "capacity": Words("可联络数", "Places"),
    "waiting": Words("人手不足", "No room"),
    "expired": Words("过期", "Expired"),
}
_DAILY = 45
"""Days that are shown one by one; more are shown by week."""
_WIDTH = 30


def run(arguments: Sequence[str], language: str) -> int:
    """Prints a line for each planned day (week, where there are many), then what was assumed; ``--out`` writes both tables."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("forecast", Words("预测未来的工作量与人手。", "Forecast load against capacity."), language)
    add_business(options, say)
    options.add_argument("--days", type=days_ahead, default=30, metavar="N", help=say(Words(f"天数，1–{LONGEST}", f"days, 1–{LONGEST}")))
    add_assumptions(options, say)
    options.add_argument("--out", type=Path, metavar="DIR", help=say(Words("把两张表写入该文件夹", "write both tables there")))
    options.add_argument("--format", choices=("parquet", "csv"), default="parquet", help=say(Words("文件格式", "form of the files")))
    chosen = options.parse_args(arguments)
    business = read_business(chosen, ahead=chosen.days)
    assumed = assumptions(business, chosen.reach, events=chosen.events)
    days = list(_told(forecast(business.context, business.inputs, chosen.days, assumed)))
    print(chart(days, language))
    print(assumed.words().say(language))
    if chosen.out is not None:
        _write(business, days, chosen.out, chosen.format)
    return 0


def add_assumptions(options: ArgumentParser, say: Callable[[Words], str]) -> None:
    """The options of what is assumed of the coming days."""
    reach = Words(
        "某渠道的接通率，如 phone=0.7，可重复；默认按过去一年",
        "share reached by a channel, phone=0.7; repeatable; default: the past year's",
    )
    options.add_argument("--reach", type=_rate, action="append", default=[], metavar="CHANNEL=SHARE", help=say(reach))
    events = Words("假定过去一年的业务事件再次发生", "take the past year's events to come again")
    options.add_argument("--events", action="store_true", help=say(events))


def assumptions(business: Business, reach: Iterable[tuple[Channel, float]], *, events: bool) -> Assumptions:
    """Rates as the past year had them, overruled by those that were given."""
    return Assumptions(measured_reach(business.context, business.inputs) | dict(reach), events)


def chart(days: Sequence[Day], language: str) -> str:
    """A line for each day or week: a bar of the contacts by people (#) and of what nobody has room for (+), `|` at the capacity."""
    groups: dict[date, list[Day]] = {}
    weekly = len(days) > _DAILY
    for day in days:
        first = date.fromordinal(day.day.toordinal() - day.day.weekday()) if weekly else day.day
        groups.setdefault(first, []).append(day)
    rows = [_row(first, group) for first, group in groups.items()]
    most = max([1, *(max(int(str(row["work"])) + int(str(row["waiting"])), int(str(row["capacity"]))) for row in rows)])
    for row in rows:
        row["chart"] = bar(int(str(row["work"])), int(str(row["waiting"])), int(str(row["capacity"])), most)
    headings = {name: words.say(language) for name, words in COLUMNS.items()}
    if weekly:
        headings["when"] = Words("周一", "Week of").say(language)
    return written(rows, headings, "table")


def bar(work: int, waiting: int, capacity: int, most: int) -> str:
    """The bar of one line.

    >>> bar(5, 3, 5, 10)
    '###############|+++++++++'
    """
    full, crowded = round(_WIDTH * work / most), round(_WIDTH * (work + waiting) / most)
    drawn = ("#" * full + "+" * (crowded - full)).ljust(_WIDTH)
    at = round(_WIDTH * capacity / most)
    return (drawn[:at] + "|" + drawn[at:]).rstrip()


def _row(first: date, group: Sequence[Day]) -> dict[str, object]:
    counts = [count for day in group for count in day.counts]
    return {
        "when": first, "due": sum(count.due for count in counts), "expired": sum(count.expired for count in counts),
        "work": sum(day.work for day in group), "capacity": sum(day.capacity for day in group), "waiting": group[-1].waiting,
    }  # fmt: skip


def _told(days: Iterable[Day]) -> Iterable[Day]:
    """The days as they come; on a screen the error stream says which one is done."""
    screen = sys.stderr.isatty()
    for day in days:
        if screen:
            print(f"\r{day.day}", end="", file=sys.stderr, flush=True)
        yield day
    if screen:
        print("\r", end="", file=sys.stderr)


def _write(business: Business, days: Sequence[Day], folder: Path, suffix: str) -> None:
    from huifang.stores.files import write_table

    folder.mkdir(parents=True, exist_ok=True)
    rows: Mapping[str, tuple[type[Count | Load], list[Count | Load]]] = {
        "forecast": (Count, [count for day in days for count in day.counts]),
        "load": (Load, [load for day in days for load in day.loads]),
    }
    types = {"date": "date", "str": "string", "int": "int64"}
    for name, (kind, values) in rows.items():
        columns = {each.name: types[str(each.type)] for each in fields(kind)}
        table = keep_rows(business.context.connection, name, columns, [tuple(asdict(value).values()) for value in values])
        print(write_table(business.context.connection, table, folder / f"{name}.{suffix}"))


def days_ahead(text: str) -> int:
    """A number of days that can be looked ahead."""
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST:
        raise ArgumentTypeError(f"1–{LONGEST}")
    return int(text)


def _rate(text: str) -> tuple[Channel, float]:
    name, _, share = text.partition("=")
    try:
        channel, rate = Channel(name), float(share)
    except ValueError:
        raise ArgumentTypeError("phone=0.7") from None
    if not 0 <= rate <= 1:
        raise ArgumentTypeError("0–1")
    return channel, rate
