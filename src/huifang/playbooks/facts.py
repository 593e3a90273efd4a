"""Facts, the one vocabulary of conditions: aggregates (``count(job.settled, 12 months)``) and expressions over them.

Windows slide: with today = *t*, a window of *n* months holds the rows with ``add_months(t, -n) < day <= t`` (days and
weeks: ``t - n`` days; years: twelve months each). Without a window all rows up to and including today count. Rows dated
after today never count, but for agreements: there, what is active today counts (``starts <= t <= ends``, an open side
being no bound, status active).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.playbooks.expressions import Node, ValueType, infer, names, parse
from huifang.playbooks.fact_calls import Aggregate, Source, read_call
from huifang.playbooks.known_names import BUILTINS, attribute_types
from huifang.playbooks.schema import FactRule, Playbook

__all__ = ["Aggregate", "Fact", "Source", "facts", "read_facts"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact, ready to be computed.

    `source` says which rows: events of `kind`; contacts (`kind`: a channel, or None for all; `field` "reached" keeps those
    that were reached); answers to the question `kind` (`field`: "score" or "value"); active agreements of `kind`; or none
    (`derived`, with an `expression` over other names). `field` is the column that is aggregated: "amount", "day", an
    attribute, for agreements also "starts" and "ends"; None means the row itself, that is its day for first and last.
    first and last take the value of the earliest and latest row that has one; `next` the earliest date not before today.
    `where` filters the rows first; in it, null is false. count, of nothing, is 0; every other aggregate of nothing is null.
    `said` is the type of an answer's "value", which tables hold as text.
    """

    name: str
    source: Source
    kind: str | None
    field: str | None
    aggregate: Aggregate | None
    window: Span | None
    where: Node | None
    expression: Node | None
    type: ValueType
    said: ValueType = ValueType.TEXT


def facts(playbook: Playbook) -> tuple[Fact, ...]:
    """Every fact of a playbook, each after those it is made of.

    Raises `PlaybookError` with all problems, each at ``facts › name``.
    """
    found, problems = read_facts(playbook)
    if problems:
        raise PlaybookError(*problems)
    return found


def read_facts(playbook: Playbook) -> tuple[tuple[Fact, ...], tuple[Problem, ...]]:
    """The facts that can be read, in order, and what is wrong with the others."""
    problems: list[Problem] = []
    found: dict[str, Fact] = {}
    for name, rule in playbook.facts.items():
        try:
            found[name] = _read(name, rule, playbook)
        except PlaybookError as error:
            problems.extend(_placed(name, error.problems))
    types = {name: kind for name, (kind, _) in BUILTINS.items()} | attribute_types(playbook.attributes)
    broken = set(playbook.facts) - set(found)
    ordered: list[Fact] = []
    for fact in _in_order(found, problems):
        if fact.expression is None:
            ordered.append(fact)
        elif not names(fact.expression) & broken:
            try:
                ordered.append(replace(fact, type=infer(fact.expression, types)))
            except PlaybookError as error:
                problems.extend(_placed(fact.name, error.problems))
        if ordered and ordered[-1].name == fact.name:
            types[fact.name] = ordered[-1].type
        else:
            broken.add(fact.name)
    return tuple(ordered), tuple(problems)


def _placed(name: str, problems: tuple[Problem, ...]) -> list[Problem]:
    return [replace(problem, place=replace(problem.place, key=f"facts › {name}")) for problem in problems]


def _read(name: str, rule: FactRule, playbook: Playbook) -> Fact:
    call = read_call(rule.value, playbook)
    where = parse(rule.where) if rule.where is not None else None
    if call is None or (where is not None and not call.columns):
        if where is not None:
            raise PlaybookError(
                Problem(
                    "fact.where",
                    Words(
                        "where 只用于汇总业务事件、合约或答案的事实。",
                        "where belongs to facts that aggregate events, agreements or answers.",
                    ),
                    Words("请删去 where，或写进表达式。", "Take where out, or write it into the expression."),
                )
            )
        return Fact(name, "derived", None, None, None, None, None, parse(rule.value), ValueType.NUMBER)
    if where is not None and infer(where, call.columns) is not ValueType.BOOLEAN:
        raise PlaybookError(
            Problem(
                "condition.type",
                Words("where 要能回答是或否。", "where must say yes or no."),
                Words("例如 amount >= 100。", "As in amount >= 100."),
            )
        )
    return Fact(name, call.source, call.kind, call.field, call.aggregate, call.window, where, None, call.type, call.said)


def _in_order(found: dict[str, Fact], problems: list[Problem]) -> list[Fact]:
    """Each fact after those that it names; facts that go round in a circle are told and left out."""
    ordered: list[Fact] = []
    waiting = {name: names(fact.expression) & set(found) if fact.expression else frozenset() for name, fact in found.items()}
    while waiting:
        ready = [name for name, needs in waiting.items() if not needs & set(waiting)]
        if not ready:
            circle = " → ".join(waiting)
            what = Words(f"这些事实互相引用：{circle}。", f"These facts are made of each other: {circle}.")
            remedy = Words("请断开循环。", "Break the circle.")
            problems.extend(Problem("fact.circle", what, remedy, Place(key=f"facts › {name}")) for name in waiting)
            return ordered
        ordered.extend(found[name] for name in ready)
        for name in ready:
            del waiting[name]
    return ordered
