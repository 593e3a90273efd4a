"""``huifang difference OLD NEW``: which contacts another version of a playbook adds, drops and moves, with both reasons."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from huifang.commands.forecast import add_assumptions, assumptions, days_ahead
from huifang.commands.options import add_tables, parser, read_business, read_playbook
from huifang.commands.printing import FORMATS, written
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words
from huifang.engine.difference import Change, Difference, Kind, Side, difference

COLUMNS = {
    "change": Words("变化", "Change"),
    "customer_id": Words("客户", "Customer"),
    "programme": Words("项目", "Programme"),
    "before": Words("原版本", "Before"),
    "after": Words("新版本", "After"),
}
KINDS: dict[Kind, Words] = {"added": Words("新增", "added"), "dropped": Words("取消", "dropped"), "moved": Words("改期", "moved")}


def run(arguments: Sequence[str], language: str) -> int:
    """Prints a line for each changed occurrence, then how many there are; 0 also where nothing changes."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("difference", Words("比较方案的两个版本。", "Compare two versions of a playbook."), language)
    options.add_argument("old", metavar="OLD", help=say(Words("原版本：内置方案名或文件", "the version before: name or file")))
    options.add_argument("new", metavar="NEW", help=say(Words("新版本：内置方案名或文件", "the version after: name or file")))
    add_tables(options, say)
    beside = Words("两边都在用的其他方案，可重复", "another playbook that is in force with both; repeatable")
    options.add_argument("--beside", action="append", default=[], metavar="NAME|FILE", help=say(beside))
    options.add_argument("--days", type=days_ahead, default=7, metavar="N", help=say(Words("天数，默认 7", "days, default 7")))
    add_assumptions(options, say)
    options.add_argument("--format", choices=FORMATS, default="table", help=say(Words("输出格式", "form of the output")))
    options.add_argument("--limit", type=int, default=None, metavar="N", help=say(Words("只显示前 N 条", "show the first N only")))
    chosen = options.parse_args(arguments)
    chosen.playbook = [chosen.old, *chosen.beside]
    business = read_business(chosen, ahead=chosen.days)
    assumed = assumptions(business, chosen.reach, events=chosen.events)
    others = business.context.playbooks[1:]
    found = difference(business.context, business.inputs, (read_playbook(chosen.new).playbook, *others), chosen.days, assumed)
    _print(found, chosen, language)
    if chosen.format == "table":
        print(assumed.words().say(language))
    return 0


def _print(found: Difference, chosen: argparse.Namespace, language: str) -> None:
    rows = [_row(change, language) for change in found.changes[: chosen.limit]]
    if rows or chosen.format != "table":
        print(written(rows, {name: words.say(language) for name, words in COLUMNS.items()}, chosen.format))
    if chosen.format == "table":
        print(summary(found).say(language))


def summary(found: Difference) -> Words:
    """The numbers in a sentence."""
    numbers = {kind: found.number(kind) for kind in KINDS}
    zh = "，".join(f"{KINDS[kind].zh} {number:,}" for kind, number in numbers.items())
    en = ", ".join(f"{number:,} {KINDS[kind].en}" for kind, number in numbers.items())
    return Words(f"{zh}，不变 {found.same:,}。", f"{en}, {found.same:,} unchanged.")


def _row(change: Change, language: str) -> dict[str, object]:
    return {
        "change": KINDS[change.kind].say(language), "customer_id": change.customer_id, "programme": change.programme,
        "before": _side(change.before, language), "after": _side(change.after, language),
    }  # fmt: skip


def _side(side: Side, language: str) -> str:
    way = CHANNEL_WORDS[Channel(side.channel)].say(language) if side.channel else ""
    return " ".join(part for part in (str(side.day or ""), way, side.why.say(language)) if part)
