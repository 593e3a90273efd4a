"""One readable line that says why somebody is on the list: ``11月20日工单结算后第1天 · 维修保养满意度回访 · 最迟今天``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.engine.rules import RULES
from huifang.playbooks.festivals import FESTIVALS
from huifang.playbooks.schema import Adaptive, AfterEvent, Becomes, BeforeDate, Cadence, Festival, Lapse, Playbook, Trigger

Row = Mapping[str, object]


def because(decisions: Sequence[Row], playbooks: Mapping[str, Playbook], day: date) -> Words:
    """Why a follow-up is made: cause, programme and last day of each of its occurrences, the leading one first.

    `decisions` are the rows of `tables.DECISIONS` of one follow-up; `playbooks` are by name.
    """
    ordered = sorted(decisions, key=lambda row: (not str(row["rule"]).startswith("planned."), str(row["due"]), str(row["programme"])))
    lines = [_occurrence(row, playbooks[str(row["playbook"])], day) for row in ordered]
    return Words("；另有 ".join(line.zh for line in lines), "; also ".join(line.en for line in lines))


def ruling(row: Row) -> Words:
    """What the deciding rule says about a row of decisions, its figures filled in."""
    figures = json.loads(str(row["detail"])) if row["detail"] else {}
    return rule_words(str(row["rule"]), {**row, **figures})


def rule_words(rule: str, figures: Row) -> Words:
    """The words of a rule with its `figures` said: spans, shares and days (also as ISO text) in each language. Raises KeyError."""
    return RULES[rule].words.fill({name: _figure(name, value) for name, value in figures.items() if value is not None})


def _figure(name: str, value: object) -> object:
    if name == "share":
        return f"{float(str(value)):.0%}"
    if name == "per":
        return said_span(Span.parse(str(value)))
    if name in _DAYS:
        return said_day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    return said_day(value) if isinstance(value, date) else value


_DAYS = frozenset({"next", "until", "due", "expires"})


def cause(row: Row, playbook: Playbook) -> Words:
    """Why an occurrence is due: ``11月20日工单结算后第1天``. `row` is a row of `tables.DECISIONS`."""
    when = playbook.programmes[str(row["programme"])].when
    if isinstance(when, Adaptive):
        return _worth(row)
    return _cause(when, _day(row["cause_day"]), _day(row["due"]), playbook)


def _occurrence(row: Row, playbook: Playbook, day: date) -> Words:
    parts = (cause(row, playbook), playbook.programmes[str(row["programme"])].title, _last(_day(row["deadline"]), day))
    return Words(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value


def _last(deadline: date, day: date) -> Words:
    late = (day - deadline).days
    if late > 0:
        return Words(f"已逾期{late}天", f"{late} day{'' if late == 1 else 's'} overdue")
    if late == 0:
        return Words("最迟今天", "today at the latest")
    said = said_day(deadline)
    return Words(f"最迟{said.zh}", f"by {said.en}")


def said_day(day: date) -> Words:
    """A day as people say it.

    >>> said_day(date(2026, 11, 20)).zh
    '11月20日'
    """
    return Words(f"{day.month}月{day.day}日", f"{day.day} {day:%b}")


def said_span(span: Span) -> Words:
    """A span within a sentence.

    >>> said_span(Span.parse("6 months")).zh
    '6个月'
    """
    words = span.in_words()
    return Words(words.zh.replace(" ", ""), words.en)


def _cause(trigger: Trigger, cause_day: date, due: date, playbook: Playbook) -> Words:
    when = said_day(cause_day)
    days = (due - cause_day).days
    match trigger:
        case AfterEvent(after=kind):
            return _beside(when, event_words(playbook, kind), days, nth="第")
        case BeforeDate(before=before):
            return _beside(when, dated_words(playbook, before), days)
        case Lapse(lapse=kind, exactly=span):
            what = event_words(playbook, kind)
            return Words(f"上次{what.zh}{when.zh}，已满{said_span(span).zh}", f"{span} since the last {what.en} on {when.en}")
        case Cadence(every=span):
            return Words(f"每{said_span(span).zh}一次", f"every {span}")
        case Festival(festival=name):
            return _beside(when, FESTIVALS.get(name, Words(name, name)), days)
        case Becomes():
            return Words(f"{when.zh}起符合条件", f"condition holds since {when.en}")
        case _:
            return Words(f"{when.zh}要求再访", f"asked for on {when.en}")


def _worth(row: Row) -> Words:
    """Why the contact policy chose somebody, with the figures it left in `detail`."""
    figures = json.loads(str(row["detail"])) if row.get("detail") else {}
    way = str(row["cause"]).partition(":")[2]
    why = _WAYS.get(way, _WAYS[""])
    if "index" not in figures:
        return why
    worth = Words(f"此刻联络价值 {figures['index']:.2f}", f"a contact now is worth {figures['index']:.2f}")
    if "expected_effect" not in figures:
        return Words(f"{why.zh}（{worth.zh}）", f"{why.en} ({worth.en})")
    points = f"{100 * figures['expected_effect']:+.0f}"
    return Words(
        f"{why.zh}（{worth.zh}，预期活跃可能性 {points} 个百分点）",
        f"{why.en} ({worth.en}, expected effect {points} points of being engaged)",
    )


_WAYS = {
    "worth": Words("此刻联络最有价值", "a contact is worth most now"),
    "drawn": Words("随机试探，以便继续学习", "drawn at random, to go on learning"),
    "waited": Words("已到最长间隔", "waited as long as may be"),
    "": Words("按联络价值", "by the worth of a contact"),
}


def _beside(when: Words, what: Words, days: int, nth: str = "") -> Words:
    """So many days after (below 0: before) something on a day, or on that day itself."""
    number = abs(days)
    plural = "" if number == 1 else "s"
    if days > 0:
        return Words(f"{when.zh}{what.zh}后{nth}{number}天", f"{number} day{plural} after {what.en} on {when.en}")
    if days < 0:
        return Words(f"{when.zh}{what.zh}前{number}天", f"{number} day{plural} before {what.en} on {when.en}")
    return Words(f"{when.zh}{what.zh}当天", f"on the day of {what.en}, {when.en}")


def event_words(playbook: Playbook, kind: str) -> Words:
    """A kind of event as the playbook names it; its key where it does not."""
    found = playbook.events.get(kind)
    return found.title if found else Words(kind, kind)


def dated_words(playbook: Playbook, before: str) -> Words:
    """The date of a `BeforeDate` trigger as people say it: ``续保到期``."""
    if before == "birthday":
        return Words("生日", "the birthday")
    first, _, rest = before.partition(".")
    if first == "agreement":
        kind, _, end = rest.rpartition(".")
        found = playbook.agreements.get(kind)
        title = found.title if found else Words(kind, kind)
        return Words(f"{title.zh}{'到期' if end == 'ends' else '开始'}", f"{title.en} {'ends' if end == 'ends' else 'starts'}")
    kind, _, name = rest.rpartition(".")
    attributes = playbook.events[kind].attributes if kind in playbook.events else playbook.attributes
    title = attributes[name].title if name in attributes else Words(rest, rest)
    return Words(_DAY_OF.sub("", title.zh), title.en)


_DAY_OF = re.compile(r"(?<=到期)日$|(?<=截止)日$|日期$")
"""What a title adds to say that it is a day: 年检到期日 is said 年检到期 in front of 前30天."""
