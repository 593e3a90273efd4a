"""The aggregate calls of facts: ``count(job.settled, 12 months)``, ``next(agreement.warranty.ends)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, PlaybookError, Problem
from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.expression_tree import ValueType
from huifang.playbooks.known_names import agreement_types, answer_type, event_types, scores
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.schema import Playbook

Aggregate = Literal["count", "first", "last", "sum", "mean", "max", "min", "next"]
Source = Literal["event", "contact", "answer", "agreement", "derived"]
_CALL = re.compile(r"\s*(count|first|last|sum|mean|max|min|next)\s*\(\s*([a-z0-9_.-]+)\s*(?:,\s*([^(),]+?)\s*)?\)\s*")
_DAYS = {Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR}
NUMBER, DATE = ValueType.NUMBER, ValueType.DATE


@dataclass(frozen=True, slots=True)
class FactCall:
    """One aggregate call, with the columns of its rows that a `where` may name, and the type it gives."""

    aggregate: Aggregate
    source: Source
    kind: str | None
    field: str | None
    window: Span | None
    columns: dict[str, ValueType]
    type: ValueType

    @property
    def said(self) -> ValueType:
        """The type of an answer's "value"; text where there is none."""
        return self.columns.get("value", ValueType.TEXT) if self.source == "answer" else ValueType.TEXT


def read_call(text: str, playbook: Playbook) -> FactCall | None:
    """The aggregate call that `text` is; None when it is no such call; raises `PlaybookError` when it is a wrong one."""
    found = _CALL.fullmatch(text)
    if not found:
        return None
    aggregate = cast("Aggregate", found[1])
    source, kind, field, columns = _what(found[2], playbook)
    window = _window(found[3], source) if found[3] else None
    kept = columns.get(field) if field else None
    if source == "contact":
        kept = None
    return FactCall(aggregate, source, kind, field, window, columns, _type(aggregate, source, kept, found[2]))


def _refuse(code: str, what: Words, remedy: Words) -> PlaybookError:
    return PlaybookError(Problem(code, what, remedy))


def _what(path: str, playbook: Playbook) -> tuple[Source, str | None, str | None, dict[str, ValueType]]:
    head, _, rest = path.partition(".")
    if head == "contact":
        return _contact(path, rest)
    if head == "answer":
        return _answer(rest, playbook)
    if head == "agreement":
        kind, field = _split(rest, playbook.agreements, "agreement")
        columns = agreement_types(playbook, kind)
        _known_field(field, columns, path)
        return "agreement", kind, field, columns
    kind, field = _split(path, playbook.events, "event")
    columns = event_types(playbook, kind)
    _known_field(field, columns, path)
    return "event", kind, field, columns


def _contact(path: str, rest: str) -> tuple[Source, str | None, str | None, dict[str, ValueType]]:
    parts = rest.split(".") if rest else []
    channel = parts.pop(0) if parts and parts[0] in set(Channel) else None
    if parts not in ([], ["reached"]):
        raise _refuse(
            "fact.contact",
            Words(f"联络记录没有“{path}”。", f"Contacts have no “{path}”."),
            suggestion(parts[0], ["reached", *Channel]),
        )
    return "contact", channel, "reached" if parts else None, {}


def _answer(key: str, playbook: Playbook) -> tuple[Source, str | None, str | None, dict[str, ValueType]]:
    questions = {question.key: question for one in playbook.questionnaires.values() for question in one.questions}
    if key not in questions:
        raise _refuse("fact.question", Words(f"没有问题“{key}”。", f"There is no question “{key}”."), suggestion(key, questions))
    scored = scores(questions[key])
    columns = {"score": NUMBER} if scored else {"value": answer_type(questions[key])}
    return "answer", key, "score" if scored else "value", columns


def _split(path: str, kinds: Iterable[str], what: str) -> tuple[str, str | None]:
    """The longest declared kind that begins the path, and what is left."""
    known = sorted(kinds, key=len, reverse=True)
    for kind in known:
        if path == kind or path.startswith(kind + "."):
            return kind, path[len(kind) + 1 :] or None
    chinese = "合约" if what == "agreement" else "业务事件"
    raise _refuse(
        f"fact.{what}",
        Words(f"没有声明{chinese}“{path}”。", f"No {what} “{path}” is declared."),
        suggestion(path, known),
    )


def _known_field(field: str | None, columns: dict[str, ValueType], path: str) -> None:
    if field is not None and field not in columns:
        raise _refuse("fact.field", Words(f"“{path}”里没有“{field}”。", f"“{path}” has no “{field}”."), suggestion(field, columns))


def _window(text: str, source: Source) -> Span:
    try:
        window = Span.parse(text)
    except Invalid as error:
        raise PlaybookError(*error.problems) from None
    if window.unit not in _DAYS or source == "agreement":
        raise _refuse(
            "fact.window",
            Words(f"这里不能用时段“{text}”。", f"The window “{text}” cannot be used here."),
            Words(
                "时段用天、周、月、年；合约按今天是否有效计，不带时段。",
                "Windows are days, weeks, months or years; agreements count as of today, without a window.",
            ),
        )
    return window


def _type(aggregate: Aggregate, source: Source, field: ValueType | None, path: str) -> ValueType:
    dates = field is None and source in {"event", "contact"}
    gives = {
        "count": NUMBER,
        "sum": NUMBER if field is NUMBER else None,
        "mean": NUMBER if field is NUMBER else None,
        "max": field if field in {NUMBER, DATE} else None,
        "min": field if field in {NUMBER, DATE} else None,
        "first": DATE if dates else field,
        "last": DATE if dates else field,
        "next": DATE if source == "agreement" and field is DATE else None,
    }[aggregate]
    if gives is None:
        raise _refuse(
            "fact.aggregate",
            Words(f"“{path}”不能用 {aggregate} 汇总。", f"“{path}” cannot be aggregated by {aggregate}."),
            Words(
                "sum、mean 用于数字，max、min 用于数字或日期，next 用于合约的日期，例如 sum(job.settled.amount, 12 months)。",
                "sum and mean take numbers, max and min numbers or dates, next a date of an agreement, "
                "as in sum(job.settled.amount, 12 months).",
            ),
        )
    return gives
