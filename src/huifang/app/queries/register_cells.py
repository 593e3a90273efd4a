"""What stands in the columns of a register: from a column's name in the playbook to the value in a row.

A cell is text, a number, a day, a moment or nothing; pages, XLSX and PDF each write it in their own way. Telephone numbers are masked
as on the screen, so a register can be printed and passed on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from huifang.app.queries.register_rows import Line
from huifang.domain.contact import CHANNEL_WORDS, DECISION_WORDS, Channel, DecisionKind
from huifang.domain.masking import mask_phone
from huifang.domain.outcomes import outcome_of
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook, Question

Cell = str | int | float | date | datetime | None
_YES, _NO = Words("是", "Yes"), Words("否", "No")
_SATISFIED, _DISSATISFIED = Words("满意", "Satisfied"), Words("不满意", "Dissatisfied")
_FEEDBACK = {"praise": Words("表扬", "Praise"), "suggestion": Words("建议", "Suggestion"), "complaint": Words("投诉", "Complaint")}
_CASE = {
    "open": Words("处理中", "Open"),
    "answered": Words("已答复", "Answered"),
    "solved": Words("已解决", "Solved"),
    "closed": Words("已关闭", "Closed"),
}


class Cells:
    """Reads cells of one playbook's registers in one language."""

    def __init__(self, playbook: Playbook, language: str) -> None:
        self.playbook = playbook
        self.language = language

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
            case _:
                return self._plain(value, line)

    def _customer(self, name: str, line: Line) -> Cell:
        match name:
            case "name" | "code":
                return str(line.customer[name])
            case "phone":
                return mask_phone(line.phone) if line.phone else None
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
                amount = line.event.get("amount")
                return float(amount) if isinstance(amount, Decimal) else amount
            case "staff":
                return line.event_staff or None
            case _:
                attributes = line.event.get("attributes") or {}
                return self._attribute(attributes.get(name, line.customer["attributes"].get(name)))

    def _attribute(self, value: Any) -> Cell:
        if isinstance(value, bool):
            return self._say(_YES if value else _NO)
        return value if isinstance(value, str | int | float) else None

    def _answer(self, key: str, line: Line) -> Cell:
        answer = line.answers.get(key)
        if answer is None:
            return None
        question = self._question(key, line)
        if answer["text"]:
            return str(answer["text"])
        if question is not None and answer["value"] in question.options:
            return self._say(question.options[answer["value"]])
        if question is not None and question.type == "yes-no":
            return self._say(_YES if answer["value"] in ("yes", "true") else _NO)
        if answer["score"] is not None and question is not None and question.type in ("scale", "nps", "csat", "ces", "number"):
            score = float(answer["score"])
            return int(score) if score.is_integer() else score
        return str(answer["value"]) or None

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
        """All answers in one line: question, answer."""
        programme = self.playbook.programmes.get(line.programme)
        asked = self.playbook.questionnaires.get(programme.ask) if programme and programme.ask else None
        if asked is None or not line.answers:
            return None
        said = [(self._say(question.ask), self._answer(question.key, line)) for question in asked.questions if question.key in line.answers]
        return "；".join(f"{ask} {answer}" for ask, answer in said)

    def feedback(self, line: Line) -> Cell:
        """Kinds and words of feedback."""
        return "；".join(f"{self._say(_FEEDBACK[row['kind']])}：{row['words']}" for row in line.feedback) or None

    def case(self, line: Line) -> Cell:
        """Number, state and solution of the cases."""
        return "；".join(_case_text(row, self.language) for row in line.cases) or None

    def next(self, line: Line) -> Cell:
        """The next date that was fixed."""
        return _cell(line.record.get("next_on"))

    def reason_not_done(self, line: Line) -> Cell:
        """Why a due occurrence has no contact: what the plan decided."""
        if line.attempts or not line.decision:
            return None
        return self._say(DECISION_WORDS[DecisionKind(line.decision)])


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str | int | float | date) else None


def _case_text(row: Any, language: str) -> str:
    text = f"{row['number']} {_CASE[row['state']].say(language)}"
    return f"{text}：{row['solution']}" if row["solution"] else text


def _score(_cells: Cells, line: Line) -> Cell:
    score = line.record.get("mean_score")
    return None if score is None else round(float(score), 2)


def _duration(_cells: Cells, line: Line) -> Cell:
    seconds = line.record.get("seconds")
    return None if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


_PLAIN: dict[str, Callable[[Cells, Line], Cell]] = {
    "programme": Cells.programme,
    "channel": Cells.channel,
    "outcome": Cells.outcome,
    "reached": Cells.reached,
    "satisfied": Cells.satisfied,
    "answers": Cells.answers,
    "feedback": Cells.feedback,
    "case": Cells.case,
    "next": Cells.next,
    "reason_not_done": Cells.reason_not_done,
    "score": _score,
    "duration": _duration,
    "due": lambda _cells, line: line.due,
    "agent": lambda _cells, line: line.last_attempt.get("staff__name") or line.staff or None,
    "attempted_at": lambda _cells, line: line.last_attempt.get("at"),
    "attempts": lambda _cells, line: len(line.attempts) or None,
    "words": lambda _cells, line: line.record.get("words") or None,
    "remark": lambda _cells, line: line.record.get("remark") or None,
}
