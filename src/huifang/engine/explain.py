"""Why, and why not: for one customer, what every programme has to say on the day.

Only the customer's own rows are read, so it is quick however large the business is; who has room among the staff is then not known and
not considered, unless the plan's own result is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis

from huifang.domain.contact import DECISION_WORDS, DecisionKind
from huifang.domain.errors import CalendarError, Invalid, Problem
from huifang.domain.words import Words
from huifang.engine import occurrences as occurring
from huifang.engine.keeping import fetch
from huifang.engine.looked_at import looked_at, own_rows
from huifang.engine.needs import needs
from huifang.engine.planner import PlanResult, plan
from huifang.engine.reasons import because, ruling, said_day
from huifang.engine.stages import Inputs, PlanContext, fact_column
from huifang.engine.tables import DECISIONS, INPUTS
from huifang.playbooks.expressions import evaluate, names, parse
from huifang.playbooks.schema import Adaptive, Playbook, Programme

AHEAD = timedelta(days=180)
"""How far ahead the next due day is looked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One programme: is it due (and for which cause), what was decided by which rule and why, the figures used, the next possible day.

    `ground`: what the trigger looks at in the customer's rows, where it looks at them.
    """

    playbook: str
    programme: str
    title: Words
    due: bool
    rule: str
    why: Words
    cause: Words | None
    figures: Mapping[str, object]
    next_day: date | None
    ground: Words | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What every programme says about one customer on one day."""

    customer_id: int | str
    day: date
    lines: tuple[Line, ...]

    def say(self, language: str) -> str:
        """Readable text, a paragraph for each programme."""
        return "\n".join(_say(line, language) for line in self.lines)


def explain(
    context: PlanContext, inputs: Inputs, customer_id: int | str, result: PlanResult | None = None, ahead: timedelta = AHEAD
) -> Explanation:
    """Explains one customer; the next due day is looked for so far ahead. Raises `Invalid` where there is no such customer."""
    own = _own(inputs, customer_id)
    facts = occurring.facts(own, context, needs(context.playbooks))
    rows = [dict(zip(facts.columns, row, strict=True)) for row in fetch(context.connection, facts)]
    if not rows:
        raise Invalid(
            Problem(
                "customer.unknown",
                Words(f"没有编号为“{customer_id}”的客户。", f"There is no customer “{customer_id}”."),
                Words("请核对客户编号。", "Check the id."),
            )
        )
    made = result or plan(context, own)
    decisions = _rows(context, made.decisions.filter(made.decisions.customer_id == customer_id))
    coming, seen = _coming(context, own, ahead), own_rows(context, own)
    lines = [
        replace(line, ground=looked_at(programme.when, name, book, seen))
        for book in sorted(context.playbooks, key=lambda book: book.playbook)
        for name, programme in book.programmes.items()
        for line in _lines(context, book, name, programme, rows[0], decisions, coming)
    ]
    return Explanation(customer_id, context.day, tuple(lines))


def _own(inputs: Inputs, customer_id: int | str) -> Inputs:
    """The inputs with the rows of one customer only; tables that are nobody's stay whole, staff is left out.

    So is the worth of a contact: whom an adaptive programme chooses is known only by comparison with everybody.
    """
    own = {
        table.name: given.filter(given.customer_id == customer_id)
        for table in INPUTS
        if "customer_id" in (given := getattr(inputs, table.name)).columns
    }
    own["contact_policy"] = own["contact_policy"].mutate(index=ibis.null("float64"))
    return replace(inputs, **own, staff=inputs.staff.filter(ibis.literal(value=False)))


def _rows(context: PlanContext, table: ibis.Table) -> list[dict[str, object]]:
    ordered = table.select(*DECISIONS.names).order_by("playbook", "programme", "due", "cause")
    return [dict(zip(DECISIONS.names, row, strict=True)) for row in fetch(context.connection, ordered)]


def _coming(context: PlanContext, own: Inputs, ahead: timedelta) -> dict[tuple[str, str], date]:
    """The next due day of each programme, if nothing happens until then."""
    then = PlanContext(context.day + ahead, context.day, context.playbooks, context.connection)
    try:
        later, _ = occurring.occurrences(own, then)
    except CalendarError:
        return {}
    future = later.filter(later.due > context.day)
    first = future.group_by(["playbook", "programme"]).aggregate(due=future.due.min())
    return {(playbook, programme): due for playbook, programme, due in fetch(context.connection, first)}


def _lines(
    context: PlanContext, book: Playbook, name: str, programme: Programme, facts: Mapping[str, object],
    decisions: list[dict[str, object]], coming: Mapping[tuple[str, str], date],
) -> list[Line]:  # fmt: skip
    figures = _figures(book, programme, facts)
    own = [row for row in decisions if (row["playbook"], row["programme"]) == (book.playbook, name)]
    books = {book.playbook: book}
    next_due = coming.get((book.playbook, name))
    due = [
        Line(
            book.playbook, name, programme.title, due=True, rule=str(row["rule"]), why=_decided(row),
            cause=because([row], books, context.day), figures=figures,
            next_day=until if isinstance(until := row["until"], date) else next_due,
        )
        for row in own
    ]  # fmt: skip
    if due:
        return due
    rule, why = _not_due(context, book, programme, facts, figures)
    return [
        Line(
            book.playbook,
            name,
            programme.title,
            due=False,
            rule=rule,
            why=why,
            cause=None,
            figures=figures,
            next_day=next_due,
        )
    ]


def _decided(row: Mapping[str, object]) -> Words:
    decision, why = DECISION_WORDS[DecisionKind(str(row["decision"]))], ruling(row)
    return Words(f"{decision.zh}：{why.zh}", f"{decision.en}: {why.en}")


def _figures(book: Playbook, programme: Programme, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts that the programme's conditions name, with the customer's figures."""
    texts = [text for text in (programme.for_, programme.still, programme.value) if text is not None]
    return {name: _fact(book, facts, name) for text in texts for name in sorted(names(parse(text)))}


def _fact(book: Playbook, facts: Mapping[str, object], name: str) -> object:
    return facts.get(fact_column(book.playbook, name), facts.get(name))


def _not_due(
    context: PlanContext,
    book: Playbook,
    programme: Programme,
    facts: Mapping[str, object],
    figures: Mapping[str, object],
) -> tuple[str, Words]:
    if facts["kind"] not in book.subjects:
        return "not-due.subject", Words("不是本方案的对象", "Not a subject of this playbook")
    if programme.for_ is not None and evaluate(parse(programme.for_), figures, context.day) is not True:
        return "not-due.for", Words(f"不在适用范围：{programme.for_}", f"The programme is for others: {programme.for_}")
    if isinstance(programme.when, Adaptive):
        compared = Words(
            "由当日计划在全体客户中比较选出；就该客户单独看，当天没有到期的事项",
            "Chosen in the day's plan by comparison with all customers; by this customer's own rows nothing is due on the day",
        )
        return "not-due.compared", compared
    return "not-due.nothing", Words("当天没有到期的应访事项", "Nothing is due on the day")


def _say(line: Line, language: str) -> str:
    chinese = language.lower().startswith("zh")
    text = [
        f"{line.title.say(language)} ({line.playbook} › {line.programme})",
        f"  {line.why.say(language)} [{line.rule}]",
    ]
    if line.cause is not None:
        text.append(f"  {line.cause.say(language)}")
    if line.ground is not None:
        text.append(f"  {line.ground.say(language)}")
    if line.figures:
        text.append("  " + ("，" if chinese else ", ").join(f"{name} = {value}" for name, value in line.figures.items()))
    if line.next_day is not None:
        said = said_day(line.next_day)
        text.append(f"  下次可能：{line.next_day.year}年{said.zh}" if chinese else f"  Next possible: {said.en} {line.next_day.year}")
    return "\n".join(text)
