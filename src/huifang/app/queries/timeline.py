"""Everything that happened with one customer, newest first: events, attempts, records, cases, feedback outside records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huifang.app.formats import money
from huifang.app.records.models import Answer, Attempt, Case, Event, Feedback, Incoming
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.outcomes import OUTCOMES
from huifang.playbooks.schema import Playbook, Question

_ATTEMPT = (
    "at", "channel", "outcome", "state", "reached", "programme", "staff__name", "record__id", "record__questionnaire", "record__words",
    "record__remark", "record__satisfied",
)  # fmt: skip
_FEEDBACK_TONE = {"praise": "good", "suggestion": "accent", "complaint": "bad"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry. `tone` colours its mark; `lines` are facts, `answers` pairs of question and answer, `quote` the original words."""

    at: datetime
    icon: str
    title: str
    tone: str = ""
    by: str = ""
    lines: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    quote: str = ""
    remark: str = ""
    feedback: tuple[tuple[str, str], ...] = ()
    """Pairs of tone and words."""
    case: str = ""
    """Number of the case it is about."""


class Names:
    """Titles from the playbooks in force, by kind and key; a key no playbook speaks of stands for itself."""

    def __init__(self, playbooks: tuple[Playbook, ...], language: str) -> None:
        self._language = language
        self._events: dict[str, str] = {}
        self._attributes: dict[tuple[str, str], str] = {}
        self._programmes: dict[str, str] = {}
        self._cases: dict[str, str] = {}
        self._agreements: dict[str, str] = {}
        self._questions: dict[tuple[str, str], Question] = {}
        for playbook in playbooks:
            self._take(playbook)

    def _take(self, playbook: Playbook) -> None:
        for kind, event in playbook.events.items():
            self._events[kind] = event.title.say(self._language)
            for name, attribute in event.attributes.items():
                self._attributes[kind, name] = attribute.title.say(self._language)
        for kind, agreement in playbook.agreements.items():
            self._agreements[kind] = agreement.title.say(self._language)
        for key, programme in playbook.programmes.items():
            self._programmes[key] = programme.title.say(self._language)
        for key, case in playbook.cases.items():
            self._cases[key] = case.title.say(self._language)
        for key, questionnaire in playbook.questionnaires.items():
            for question in questionnaire.questions:
                self._questions[key, question.key] = question
                self._questions.setdefault(("", question.key), question)

    def event(self, kind: str) -> str:
        """Title of an event kind."""
        return self._events.get(kind, kind)

    def agreement(self, kind: str) -> str:
        """Title of an agreement kind."""
        return self._agreements.get(kind, kind)

    def programme(self, key: str) -> str:
        """Title of a programme."""
        return self._programmes.get(key, key)

    def case(self, kind: str) -> str:
        """Title of a case kind."""
        return self._cases.get(kind, kind)

    def attributes(self, kind: str, values: dict[str, Any]) -> tuple[str, ...]:
        """``Plate: 粤B·12345`` for each attribute of an event that a playbook names."""
        found = ((self._attributes.get((kind, name)), value) for name, value in values.items())
        return tuple(f"{title}: {value}" for title, value in found if title and value not in (None, ""))

    def answer(self, questionnaire: str, key: str, value: str) -> tuple[str, str]:
        """Question and answer in words."""
        question = self._questions.get((questionnaire, key)) or self._questions.get(("", key))
        if question is None:
            return key, value
        return question.ask.say(self._language), said(question, value, self._language)


def said(question: Question, value: str, language: str) -> str:
    """A kept answer as it is shown."""
    if question.type == "yes-no":
        return _("Yes") if value in ("yes", "true", "True", "1") else _("No")
    titles = [question.options[key].say(language) if key in question.options else key for key in value.split(",")]
    return "、".join(titles) if language.startswith("zh") else ", ".join(titles)


def timeline(customer_id: int, names: Names, language: str, limit: int = 40) -> list[Moment]:
    """The last `limit` moments, newest first. Six queries."""
    events = Event.objects.filter(customer=customer_id).order_by("-at").values("kind", "at", "amount", "attributes", "staff__name")[:limit]
    attempts = list(Attempt.objects.filter(customer=customer_id).order_by("-at").values(*_ATTEMPT)[:limit])
    records, loose = _records(customer_id, [row for row in attempts if row["record__id"]], names, limit)
    moments = [_event(row, names) for row in events]
    moments += [_attempt(row, records.get(row["record__id"]), names, language) for row in attempts]
    for case in (
        Case.objects.filter(customer=customer_id)
        .order_by("-opened_at")
        .values("number", "kind", "opened_at", "state", "owner__name")[:limit]
    ):
        moments.append(_case(case, names))
    moments += [
        Moment(row["at"], "message-square-quote", _kind(row["kind"]), _FEEDBACK_TONE[row["kind"]], quote=row["words"]) for row in loose
    ]
    moments += incoming_moments(customer_id, language, limit)
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:limit]


def incoming_moments(customer_id: int, language: str, limit: int) -> list[Moment]:
    """What the customer has written back, by any channel. One query."""
    rows = Incoming.objects.filter(customer=customer_id).order_by("-at")[:limit]
    return [
        Moment(
            row.at, "message-circle-reply", f"{CHANNEL_WORDS[Channel(row.channel)].say(language)} · {Incoming.Kind(row.kind).label}",
            "accent" if row.kind == Incoming.Kind.REPLY else "bad", quote=row.text,
        )
        for row in rows
    ]  # fmt: skip


def _records(
    customer_id: int, rows: list[dict[str, Any]], names: Names, limit: int
) -> tuple[dict[int, dict[str, Any]], list[dict[str, Any]]]:
    """What the attempts' records say, by record; and the feedback that belongs to none of them."""
    records: dict[int, dict[str, Any]] = {row["record__id"]: {"answers": [], "feedback": []} for row in rows}
    asked = {row["record__id"]: row["record__questionnaire"] for row in rows}
    answers = Answer.objects.filter(record__in=list(records)).order_by("id") if records else Answer.objects.none()
    for answer in answers.values("record_id", "question", "value", "text"):
        number = answer["record_id"]
        records[number]["answers"].append(names.answer(asked[number], answer["question"], answer["value"] or answer["text"]))
    loose: list[dict[str, Any]] = []
    given = Feedback.objects.filter(customer=customer_id).order_by("-at", "id")
    for said_one in _plain(given.values("record_id", "kind", "topic", "words", "at")[: limit * 3]):
        if said_one["record_id"] is None:
            loose.append(said_one)
        elif said_one["record_id"] in records:
            topic = f" · {said_one['topic']}" if said_one["topic"] else ""
            records[said_one["record_id"]]["feedback"].append((_FEEDBACK_TONE[said_one["kind"]], f"{_kind(said_one['kind'])}{topic}"))
    return records, loose[:limit]


def _plain(rows: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return (dict(row) for row in rows)


def _kind(kind: str) -> str:
    return str(Feedback.Kind(kind).label)


def _event(row: Mapping[str, Any], names: Names) -> Moment:
    lines = ((money(row["amount"]),) if row["amount"] is not None else ()) + names.attributes(row["kind"], row["attributes"])
    return Moment(row["at"], "receipt-text", names.event(row["kind"]), by=row["staff__name"] or "", lines=lines)


def _attempt(row: Mapping[str, Any], record: Mapping[str, Any] | None, names: Names, language: str) -> Moment:
    channel = CHANNEL_WORDS[Channel(row["channel"])].say(language)
    outcome = OUTCOMES.get(row["outcome"])
    result = outcome.words.say(language) if outcome else str(Attempt.State(row["state"]).label)
    tone = "good" if row["reached"] else ""
    if row["record__satisfied"] is False:
        tone = "bad"
    icon = "phone" if row["channel"] == Channel.PHONE else "send"
    kept = record or {"answers": (), "feedback": ()}
    return Moment(
        row["at"], icon, f"{channel} · {result}", tone, row["staff__name"] or "", (names.programme(row["programme"]),),
        tuple(kept["answers"]), row["record__words"] or "", row["record__remark"] or "", tuple(kept["feedback"]),
    )  # fmt: skip


def _case(row: Mapping[str, Any], names: Names) -> Moment:
    tone = "warn" if row["state"] in (Case.State.OPEN, Case.State.ANSWERED) else "good"
    lines = (str(Case.State(row["state"]).label),)
    title = _("Case %(number)s: %(kind)s") % {"number": row["number"], "kind": names.case(row["kind"])}
    return Moment(row["opened_at"], "message-square-warning", title, tone, row["owner__name"] or "", lines, case=row["number"])
