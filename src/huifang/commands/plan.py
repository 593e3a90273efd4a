"""``huifang plan``: the follow-ups of a day from tables and playbooks, each with its reason."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ibis

from huifang.commands.at_store import add_store, leave, written_at
from huifang.commands.looking import Looking
from huifang.commands.options import Business, add_business, parser, read_business
from huifang.commands.printing import FORMATS, written
from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.errors import Invalid, Problem
from huifang.domain.everyone import CLOSED, FEWEST, busier, check, nearly_everybody, wants
from huifang.domain.words import Words
from huifang.engine.dealing import in_turn
from huifang.engine.keeping import fetch
from huifang.engine.planner import PlanResult, plan
from huifang.engine.presence import Presence
from huifang.engine.reasons import because
from huifang.engine.rules import RULES
from huifang.engine.stages import PlanContext
from huifang.engine.tables import DECISIONS, FOLLOWUPS
from huifang.engine.terms import BY_PERSON
from huifang.engine.work import Dealt, Work

LONGEST = 60.0
"""Seconds that finding the best dealing may take."""
COLUMNS = {
    "followup": Words("序号", "No."),
    "staff_id": Words("人员", "Who"),
    "position": Words("次序", "Place"),
    "customer_id": Words("客户", "Customer"),
    "channel": Words("渠道", "Channel"),
    "opens_at": Words("开始(UTC)", "From (UTC)"),
    "closes_at": Words("结束(UTC)", "To (UTC)"),
    "reason": Words("原因", "Why"),
}


def run(arguments: Sequence[str], language: str) -> int:
    """Makes the plan, prints it, and writes both tables where ``--out`` is given; the counts by rule go to the error stream."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("plan", Words("生成当天的回访计划。", "Make the plan of a day."), language)
    add_business(options, say)
    options.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=say(Words("把决定和任务写入该文件夹", "write decisions and follow-ups there")),
    )
    options.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help=say(
            Words(
                "在该文件夹保存事件与客户事实；次日输入表只需 event_changes（新增、更正、删除的事件）",
                "keep events and facts in that folder; the next day's tables then need only event_changes (new, corrected, deleted events)",
            )
        ),
    )
    options.add_argument("--format", choices=FORMATS, default="table", help=say(Words("输出格式", "form of the output")))
    options.add_argument("--limit", type=int, default=None, metavar="N", help=say(Words("只显示前 N 条", "show the first N only")))
    add_store(options, say)
    best = Words("最优分派（需安装 huifang[analytics]）", "deal contacts to people in the best way (needs huifang[analytics])")
    options.add_argument("--optimal", action="store_true", help=say(best))
    confirm = Words("确认要联络的客户数（几乎联络所有客户时必填）", "how many customers will be contacted, where that is nearly everybody")
    options.add_argument("--confirm", type=int, metavar="N", help=say(confirm))
    chosen = options.parse_args(arguments)
    dealer = _best() if chosen.optimal else None
    business = read_business(chosen)
    with Looking(business, apart=chosen.store is None and chosen.keep is None) as looking:
        return _made(chosen, business, dealer, looking, language)


def _made(chosen: Namespace, business: Business, dealer: _Best | None, looking: Looking, language: str) -> int:
    def say(words: Words) -> str:
        return words.say(language)

    made = plan(business.context, business.inputs, dealer or in_turn, looking.begin)
    _check_number(business, made, chosen.confirm)
    if chosen.store is not None:
        print(*written_at(chosen, business.context, made), sep="\n")
    if chosen.out is not None and chosen.store is None:
        _write(business, made, chosen.out, "csv" if chosen.format == "csv" else "parquet")
    elif chosen.out is None:
        rows = _followups(business, made, chosen.limit, language)
        headings = {name: say(words) for name, words in COLUMNS.items()}
        print(_by_person(rows, headings, made.counts, language) if chosen.format == "table" else written(rows, headings, chosen.format))
    found = looking.found()
    seen = (*found.left_out.words(), *_unmanned(business, made, found.at_work))
    leave(business.context)
    for words in (each for each in (business.said, dealer.said if dealer else None, *seen) if each is not None):
        print(say(words), file=sys.stderr)
    print(_counts(made.counts, language), file=sys.stderr)
    return 0


def _check_number(business: Business, made: PlanResult, confirmed: int | None) -> None:
    """Raises `EveryoneContacted`. Most days are told by the counts alone; only a day with much work asks the database."""
    customers = business.inputs.customers
    likely = sum(number for rule, number in made.counts.items() if wants(rule))
    if likely < FEWEST:
        return
    day, connection = business.context.day, business.context.connection
    active = customers.filter(customers.status.fill_null("active") == "active")
    ((people,),) = fetch(connection, active.aggregate(people=active.count()))
    numbers = _wanted(business.context, made)
    number, on = busier(numbers, day)
    if on is not None and nearly_everybody(number, people):  # the next day's own caps and rests
        later = replace(business.context, day=on)
        then = _wanted(later, plan(later, replace(business.inputs, event_facts=None))).get(on, 0)
        number, on = busier({day: numbers.get(day, 0), on: then}, day)
    check(number, people, confirmed, on)


def _wanted(context: PlanContext, made: PlanResult) -> dict[date, int]:
    """Day → customers wanted on it. One query."""
    wanted = made.decisions.filter(made.decisions.rule.isin([rule for rule in made.counts if wants(rule)]))
    wanted = wanted.select("customer_id", on=ibis.ifelse(wanted.rule == CLOSED, wanted.until, ibis.literal(context.day)))
    return dict(fetch(context.connection, wanted.group_by("on").aggregate(number=wanted.customer_id.nunique())))


def _unmanned(business: Business, made: PlanResult, at_work: Presence) -> Iterator[Words]:
    """What is to be said where nobody can be given a contact. One query where there is no staff."""
    waiting = sum(number for rule, number in made.counts.items() if rule.endswith(".no-capacity"))
    if waiting and not any(person.capacity for person in at_work.people.values()):
        yield Words(
            f"在岗人员都没有可分配的回访量（capacity），{waiting:,} 项应访事项在等待。请在 staff 表填写每人每天的回访量。",
            f"Nobody at work has a place (capacity): {waiting:,} occurrence{'s wait' if waiting > 1 else ' waits'}. "
            "Say in the table staff how many follow-ups a day each can make.",
        )
    if not at_work.staffed:
        mine = made.followups.filter(made.followups.channel.isin([channel.value for channel in sorted(BY_PERSON)]))
        ((number,),) = fetch(business.context.connection, mine.aggregate(number=mine.count()))
        if number:
            yield Words(
                f"没有员工（staff 表为空）：{number:,} 项电话或上门回访没有指定人员。",
                f"No staff is known: {number:,} call{'s or visits are' if number > 1 else ' or visit is'} given to nobody in particular.",
            )


def _best() -> _Best:
    if find_spec("ortools") is None:
        raise Invalid(
            Problem(
                "libraries.missing",
                Words("最优分派要用的库没有安装。", "The library that deals in the best way is not installed."),
                Words(
                    "请运行 pip install 'huifang[analytics]'，或去掉 --optimal。",
                    "Run pip install 'huifang[analytics]', or leave out --optimal.",
                ),
            )
        )
    return _Best()


class _Best:
    """A `dealing.Deal`: the proven best, or in turn where that takes longer than `LONGEST`. `said`: which, and how far from the best."""

    def __init__(self) -> None:
        self.said: Words | None = None

    def __call__(self, presence: Presence, works: Sequence[Work]) -> Sequence[Dealt]:
        """What becomes of each contact, given in order of rank."""
        from huifang.analytics.assignment import OutOfTime, best

        try:
            dealt = best(presence, works, LONGEST).dealt
        except OutOfTime:
            dealt = in_turn(presence, works)
            gap = sum(made and work.preferred not in (None, who) for work, (made, who) in zip(works, dealt, strict=True))
            self.said = Words(
                f"{LONGEST:g} 秒内没有求出最优分派，已依次分派：最多还有 {gap:,} 次联络可由熟悉的人来做。",
                f"The best dealing was not found in {LONGEST:g} seconds; contacts are dealt in turn: at most {gap:,} more could be with "
                "the person they know.",
            )
        else:
            self.said = Words("分派已证明为最优（差距 0）。", "Contacts are dealt in the best way, proven (gap 0).")
        return dealt


def _by_person(rows: list[dict[str, Any]], headings: dict[str, str], counts: Mapping[str, int], language: str) -> str:
    """The summary, then a table for each person's list and one for what goes out without a person."""
    parts = [_summary(counts, language)]
    columns = {name: heading for name, heading in headings.items() if name != "staff_id"}
    lists: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        lists["" if row["staff_id"] is None else str(row["staff_id"])].append(row)
    for person, own in sorted(lists.items(), key=lambda each: (each[0] == "", each[0])):
        nobody = Words("未指定人员", "Nobody in particular").say(language)
        parts.append(f"{person or nobody} ({len(own)})\n{written(own, columns, 'table')}")
    return "\n\n".join(parts)


def _summary(counts: Mapping[str, int], language: str) -> str:
    """The number of occurrences by decision, in words: ``应访事项 3 项：安排 2，推迟 1``."""
    by_kind: dict[DecisionKind, int] = defaultdict(int)
    for rule, number in counts.items():
        by_kind[RULES[rule].decision] += number
    zh = "，".join(f"{DECISION_WORDS[kind].zh} {by_kind[kind]:,}" for kind in DecisionKind if kind in by_kind)
    en = ", ".join(f"{DECISION_WORDS[kind].en.lower()} {by_kind[kind]:,}" for kind in DecisionKind if kind in by_kind)
    total = sum(counts.values())
    if not total:
        return Words("今天没有应访事项。", "Nothing is due today.").say(language)
    return Words(f"应访事项 {total:,} 项：{zh}。", f"{total:,} occurrence{'' if total == 1 else 's'}: {en}.").say(language)


def _followups(business: Business, made: PlanResult, limit: int | None, language: str) -> list[dict[str, Any]]:
    """The follow-ups in the order of work, with the line that says why."""
    fetched = fetch(business.context.connection, made.followups.order_by("followup").limit(limit))
    rows = [dict(zip(FOLLOWUPS.names, row, strict=True)) for row in fetched]
    decided = made.decisions.filter(made.decisions.followup.notnull() & (made.decisions.followup <= len(rows)))
    of: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for values in fetch(business.context.connection, decided.select(*DECISIONS.names)):
        decision = dict(zip(DECISIONS.names, values, strict=True))
        of[decision["followup"]].append(decision)
    books = {playbook.playbook: playbook for playbook in business.context.playbooks}
    for row in rows:
        row["reason"] = because(of[row["followup"]], books, business.context.day).say(language)
    return rows


def _write(business: Business, made: PlanResult, folder: Path, suffix: str) -> None:
    from huifang.stores.files import write_table

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("decisions", made.decisions), ("followups", made.followups.order_by("followup"))):
        print(write_table(business.context.connection, table, folder / f"{name}.{suffix}"))


def _counts(counts: Mapping[str, int], language: str) -> str:
    lines = [f"{number:>9,}  {RULES[rule].decision.value:<11}{rule}" for rule, number in sorted(counts.items())]
    total = Words("应访事项合计", "occurrences in all").say(language)
    return "\n".join([*lines, f"{sum(counts.values()):>9,}  {total}"])
