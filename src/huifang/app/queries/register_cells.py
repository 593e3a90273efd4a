"""What stands in the columns of a register: from a column's name in the playbook to the value in a row.

A cell is text, a number, a day, a moment or nothing; pages, XLSX and PDF each write it in their own way. Telephone numbers are masked
as on the screen, so a register can be printed and passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from huifang.app.business_time import business_day, business_zone
from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.register_line import Line
from huifang.domain.attitudes import ATTITUDES
from huifang.domain.contact import CHANNEL_WORDS, DECISION_WORDS, Channel, DecisionKind
from huifang.domain.masking import mask_phone
from huifang.domain.outcomes import outcome_of
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Question, Register
from huifang.playbooks.tallying import RATED, Kept

Cell = str | int | float | date | datetime | None
_YES, _NO = Words("是", "Yes"), Words("否", "No")
_SATISFIED, _DISSATISFIED = Words("满意", "Satisfied"), Words("不满意", "Dissatisfied")
_NOT_YET = Words("尚未联络", "Not contacted yet")
_FEEDBACK = {"praise": Words("表扬", "Praise"), "suggestion": Words("建议", "Suggestion"), "complaint": Words("投诉", "Complaint")}
_CASE = {
    "open": Words("处理中", "Open"),
    "answered": Words("已答复", "Answered"),
    "solved": Words("已解决", "Solved"),
    "closed": Words("已关闭", "Closed"),
}


class Cells:
    """Reads cells of one playbook's registers in one language. `columns`: what the register shows."""

    def __init__(self, playbook: Playbook, language: str, columns: Collection[str] = ()) -> None:
        self.playbook = playbook
        self.language = language
        self.columns = columns

    def cell(self, value: str, line: Line, number: int) -> Cell:
        """The cell of column `value` in the `number`-th row (from 1)."""
        if value == "seq":
            return number
        head, _, rest = value.partition(".")
        match head:
            case "customer":
                return self._customer(rest, line)
            case "event":
                return self._event(rest, line)
            case "answer":
                return self._answer(rest, line)
            case "agreement":
                return self._agreement(rest, line)
            case "fact":
                return self._fact(line.facts.get(rest))
            case "class":
                return self._class(rest, line)
            case _:
                return self._plain(value, line)

    def row(self, register: Register, line: Line, number: int) -> tuple[Cell, ...]:
        """The cells of all columns of a register."""
        return tuple(self.cell(column.value, line, number) for column in register.columns)

    def _class(self, name: str, line: Line) -> Cell:
        """The title of the class, or of the ladder's step; nothing where the customer has none."""
        if name not in line.classes:
            return None
        ladder = self.playbook.ladders.get(name)
        rule = ladder.steps.get(line.classes[name]) if ladder else self.playbook.classes.get(name)
        return self._say(rule.title) if rule else None

    def _customer(self, name: str, line: Line) -> Cell:
        match name:
            case "name" | "code":
                return str(line.customer[name])
            case "phone":
                return mask_phone(line.phone) if line.phone else None
            case "address":
                return line.address or None
            case "branch":
                return _cell(line.customer["branch__name"])
            case "owner":
                return _cell(line.customer["owner__name"])
            case "birthday":
                return _cell(line.customer["birthday"])
            case _:
                return self._attribute(line.customer["attributes"].get(name))

    def _event(self, name: str, line: Line) -> Cell:
        match name:
            case "day" | "at" | "code":
                return _cell(line.event.get(name))
            case "amount":
                return _number(line.event.get("amount"))
            case "staff":
                return line.event_staff or None
            case "branch":
                return _cell(line.event.get("branch__name"))
            case "kind":
                kind = self.playbook.events.get(line.event.get("kind", ""))
                return self._say(kind.title) if kind else _cell(line.event.get("kind"))
            case _:
                attributes = line.event.get("attributes") or {}
                return self._attribute(attributes.get(name, line.customer["attributes"].get(name)))

    def _agreement(self, name: str, line: Line) -> Cell:
        match name:
            case "kind":
                kind = self.playbook.agreements.get(line.agreement.get("kind", ""))
                return self._say(kind.title) if kind else None
            case "starts" | "ends" | "code":
                return _cell(line.agreement.get(name))
            case "amount":
                return _number(line.agreement.get("amount"))
            case _:
                return self._attribute((line.agreement.get("attributes") or {}).get(name))

    def _fact(self, value: object) -> Cell:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value if isinstance(value, date) else self._attribute(value)

    def _attribute(self, value: Any) -> Cell:
        if isinstance(value, bool):
            return self._say(_YES if value else _NO)
        return value if isinstance(value, str | int | float) else None

    def _answer(self, key: str, line: Line) -> Cell:
        answer = line.answers.get(key)
        if answer is None:
            return None
        question = self._question(key, line)
        kept = Kept(answer["value"], answer["text"])
        if question is None:
            return kept.text or kept.value or None
        if question.type in RATED | {"number"}:
            points = float(kept.value)
            return int(points) if points.is_integer() else points
        return answer_words(question, kept, self.language) or None

    def _question(self, key: str, line: Line) -> Question | None:
        programme = self.playbook.programmes.get(line.programme)
        asked = self.playbook.questionnaires.get(programme.ask) if programme and programme.ask else None
        return next((question for question in asked.questions if question.key == key), None) if asked else None

    def _plain(self, value: str, line: Line) -> Cell:
        read = _PLAIN.get(value)
        return read(self, line) if read else None

    def _say(self, words: Words) -> str:
        return words.say(self.language)

    def programme(self, line: Line) -> Cell:
        """Title of the programme."""
        programme = self.playbook.programmes.get(line.programme)
        return self._say(programme.title) if programme else line.programme

    def channel(self, line: Line) -> Cell:
        """The channel that was used, else the one planned."""
        code = line.last_attempt.get("channel") or line.channel
        return self._say(CHANNEL_WORDS[Channel(code)]) if code else None

    def outcome(self, line: Line) -> Cell:
        """What came of the last attempt."""
        code = line.last_attempt.get("outcome")
        return self._say(outcome_of(code).words) if code else None

    def reached(self, line: Line) -> Cell:
        """Whether the customer was reached."""
        return self._say(_YES if any(attempt["reached"] for attempt in line.attempts) else _NO) if line.attempts else None

    def satisfied(self, line: Line) -> Cell:
        """Satisfied or not, where it was asked."""
        satisfied = line.record.get("satisfied")
        return None if satisfied is None else self._say(_SATISFIED if satisfied else _DISSATISFIED)

    def answers(self, line: Line) -> Cell:
        """All answers in one line: question, answer; where nothing was answered and no column says so, what came of the last attempt."""
        programme = self.playbook.programmes.get(line.programme)
        asked = self.playbook.questionnaires.get(programme.ask) if programme and programme.ask else None
        if asked is None or not line.answers:
            return None if "outcome" in self.columns else self.outcome(line)
        said = [(self._say(question.ask), self._answer(question.key, line)) for question in asked.questions if question.key in line.answers]
        return "；".join(f"{ask} {answer}" for ask, answer in said)

    def questions(self, line: Line) -> Cell:
        """What the programme asks, in its order."""
        programme = self.playbook.programmes.get(line.programme)
        asked = self.playbook.questionnaires.get(programme.ask) if programme and programme.ask else None
        return "；".join(self._say(question.ask) for question in asked.questions) if asked else None

    def attitude(self, line: Line) -> Cell:
        """How the customer took it."""
        found = ATTITUDES.get(line.record.get("attitude") or "")
        return self._say(found) if found else None

    def feedback(self, line: Line) -> Cell:
        """Kinds and words of feedback."""
        return "；".join(f"{self._say(_FEEDBACK[row['kind']])}：{row['words']}" for row in line.feedback) or None

    def case(self, line: Line) -> Cell:
        """Number, state and solution of the cases."""
        return "；".join(_case_text(row, self.language) for row in line.cases) or None

    def called(self, line: Line) -> Cell:
        """The number that was really called; nothing where it is not known."""
        number = line.last_attempt.get("contact_point__value")
        return mask_phone(number) if number and line.last_attempt.get("contact_point__kind") == "phone" else None

    def next(self, line: Line) -> Cell:
        """The next contact: the moment that was agreed, else the day."""
        return _cell(line.next or line.record.get("next_at") or line.record.get("next_on"))

    def reason_not_done(self, line: Line) -> Cell:
        """Why a due occurrence has no contact: the rule that decided; what was planned is simply not done yet."""
        if line.attempts or not line.decision:
            return None
        if line.decision in (DecisionKind.PLANNED, DecisionKind.BUNDLED):
            return self._say(_NOT_YET)
        decided = self._say(DECISION_WORDS[DecisionKind(line.decision)])
        return f"{decided}{'：' if self.language.startswith('zh') else ': '}{self._say(line.why)}" if line.why else decided

    def of_case(self, read: Callable[[Any], Cell], line: Line) -> Cell:
        """What is read of each case, one after the other; a single case keeps its type."""
        found = [read(row) for row in line.cases]
        if len(found) == 1:
            return found[0]
        return "；".join(str(cell) for cell in found if cell is not None) or None

    def case_kind(self, line: Line) -> Cell:
        """Title of the kind of case."""
        kinds = self.playbook.cases
        return self.of_case(lambda row: self._say(kinds[row["kind"]].title) if row["kind"] in kinds else row["kind"], line)


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str | int | float | date) else None


def _number(amount: Any) -> float | None:
    return float(amount) if isinstance(amount, Decimal) else amount


def _case_text(row: Any, language: str) -> str:
    text = f"{row['number']} {_CASE[row['state']].say(language)}"
    return f"{text}：{row['solution']}" if row["solution"] else text


def _score(_cells: Cells, line: Line) -> Cell:
    score = line.record.get("mean_score")
    return None if score is None else round(float(score), 2)


def _duration(_cells: Cells, line: Line) -> Cell:
    seconds = line.record.get("seconds")
    return None if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


SHOWN = frozenset(
    {
        "seq",
        "customer.name",
        "customer.phone",
        "customer.code",
        "customer.address",
        "customer.owner",
        "customer.branch",
        "customer.birthday",
        "event.kind",
        "event.day",
        "event.at",
        "event.code",
        "event.amount",
        "event.staff",
        "event.branch",
        "agreement.kind",
        "agreement.code",
        "agreement.starts",
        "agreement.ends",
        "agreement.amount",
    }
)
"""Columns read from customer, event and agreement; those of the contact and the case stand in `_PLAIN`."""
_PLAIN: dict[str, Callable[[Cells, Line], Cell]] = {
    "programme": Cells.programme,
    "channel": Cells.channel,
    "outcome": Cells.outcome,
    "reached": Cells.reached,
    "satisfied": Cells.satisfied,
    "answers": Cells.answers,
    "questions": Cells.questions,
    "material": lambda _cells, line: "；".join(line.material) or None,
    "feedback": Cells.feedback,
    "case": Cells.case,
    "called": Cells.called,
    "next": Cells.next,
    "planned": lambda _cells, line: business_day(line.planned) if isinstance(line.planned, datetime) else line.planned,
    "agreed": lambda _cells, line: f"{line.planned.astimezone(business_zone()):%H:%M}" if isinstance(line.planned, datetime) else None,
    "reason_not_done": Cells.reason_not_done,
    "score": _score,
    "duration": _duration,
    "due": lambda _cells, line: line.due,
    "deadline": lambda _cells, line: line.deadline,
    "case.kind": Cells.case_kind,
    "case.owner": lambda cells, line: cells.of_case(lambda row: _cell(row["owner__name"]), line),
    "case.result": lambda cells, line: cells.of_case(lambda row: row["solution"] or None, line),
    "case.opened": lambda cells, line: cells.of_case(lambda row: _cell(row["opened_at"]), line),
    "case.due": lambda cells, line: cells.of_case(lambda row: _cell(row["solve_due"]), line),
    "case.closed": lambda cells, line: cells.of_case(lambda row: _cell(row["closed_at"]), line),
    "agent": lambda _cells, line: line.last_attempt.get("staff__name") or line.staff or None,
    "attempted_at": lambda _cells, line: line.last_attempt.get("at"),
    "attempts": lambda _cells, line: len(line.attempts) or None,
    "words": lambda _cells, line: line.record.get("words") or None,
    "attitude": Cells.attitude,
    "asked": lambda _cells, line: line.record.get("asked") or None,
    "replied": lambda _cells, line: line.record.get("replied") or None,
    "remark": lambda _cells, line: line.record.get("remark") or None,
}


def shown() -> frozenset[str]:
    """Every named column that has a cell, besides attributes, facts and answers."""
    return SHOWN | frozenset(_PLAIN)
