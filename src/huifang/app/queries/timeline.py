"""Everything that happened with one customer, newest first: events, attempts, records, cases, feedback outside records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from huifang.app.access import REVIEW, may
from huifang.app.formats import money
from huifang.app.queries.answer_words import answer_words
from huifang.app.queries.corrections import Earlier, corrections_of, in_words
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Attempt, Case, Feedback, Incoming, Message, Staff
from huifang.app.records.prepared import Row
from huifang.domain.attitudes import ATTITUDES
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.outcomes import OUTCOMES
from huifang.playbooks.schema import Playbook, Question
from huifang.playbooks.tallying import Kept

ByRecord = dict[int | None, list[Row]]
Letters = Mapping[int, tuple[tuple[str, ...], str]]
"""Attempt → lines about the message that was sent, and its words."""
_NO_LETTERS: Letters = {}
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
    notes: tuple[tuple[str, str], ...] = ()
    """What the customer asked and how it was answered, each with its title."""
    feedback: tuple[tuple[str, str], ...] = ()
    """Pairs of tone and words."""
    case: str = ""
    """Number of the case it is about."""
    earlier: tuple[Earlier, ...] = ()
    """What its record said before it was corrected, the newest first."""
    correct: int = 0
    """The record that its reader may ask to correct."""

    @property
    def facts(self) -> str:
        """Its lines and who did it, as one."""
        return " · ".join(each for each in (*self.lines, self.by) if each)


class Names:
    """Titles from the playbooks in force, by kind and key; a key no playbook speaks of stands for itself."""

    def __init__(self, playbooks: tuple[Playbook, ...], language: str) -> None:
        self.language = language
        self._events: dict[str, str] = {}
        self._attributes: dict[str, dict[str, str]] = {}
        self._programmes: dict[str, str] = {}
        self._cases: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._agreements: dict[str, str] = {}
        self._questions: dict[tuple[str, str], Question] = {}
        for playbook in playbooks:
            self._take(playbook)

    def _take(self, playbook: Playbook) -> None:
        for kind, event in playbook.events.items():
            self._events[kind] = event.title.say(self.language)
            for name, attribute in event.attributes.items():
                self._attributes.setdefault(kind, {})[name] = attribute.title.say(self.language)
        for kind, agreement in playbook.agreements.items():
            self._agreements[kind] = agreement.title.say(self.language)
        for key, programme in playbook.programmes.items():
            self._programmes[key] = programme.title.say(self.language)
        for key, case in playbook.cases.items():
            self._cases[key] = case.title.say(self.language)
        self._links |= {key: rule.title.say(self.language) for key, rule in playbook.links.items()}
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

    def link(self, key: str) -> str:
        """Title of a link in messages."""
        return self._links.get(key, key)

    def attributes(self, kind: str, values: dict[str, Any]) -> tuple[str, ...]:
        """``Plate: 粤B·12345`` for each attribute of an event that a playbook names, in the playbook's order."""
        found = ((title, values.get(name)) for name, title in self._attributes.get(kind, {}).items())
        return tuple(f"{title}: {_plain(value)}" for title, value in found if value not in (None, ""))

    def answer(self, questionnaire: str, key: str, kept: Kept) -> tuple[str, str]:
        """Question and answer in words."""
        question = self._questions.get((questionnaire, key)) or self._questions.get(("", key))
        if question is None:
            return key, kept.text or kept.value
        return question.ask.say(self.language), answer_words(question, kept, self.language)


def _plain(value: Any) -> Any:
    """Yes and no in words; everything else as it is."""
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else value


def timeline(
    rows: CustomerRows,
    names: Names,
    language: str,
    topic: Callable[[str], str],
    limit: int = 40,
    beside: Iterable[Moment] = (),
    letters: Letters = _NO_LETTERS,
    reader: Staff | None = None,
) -> list[Moment]:
    """The last `limit` moments, newest first; only those are put into words. `topic` gives a topic's title.

    `beside` are moments that are in words already, `letters` what `letters_of` found, `reader` who may correct what stands there. One query
    where something was corrected.
    """
    records = {row["attempt_id"]: row for row in rows.records}
    corrected = corrections_of([row["id"] for row in rows.records if row["corrected"]])
    anybodys = reader is not None and may(reader, REVIEW)
    answers, feedback = _by_record(rows.answers), _by_record(rows.feedback)

    def attempt(row: Row) -> Moment:
        record, moment = records.get(row["id"]), _attempt(row, names, language)
        if row["id"] in letters:
            why, text = letters[row["id"]]
            moment = replace(moment, lines=(*moment.lines, *why), quote=text)
        if record is None:
            return moment
        if reader is not None and record["staff_id"] is not None and (anybodys or record["staff_id"] == reader.pk):
            moment = replace(moment, correct=record["id"])
        in_question = partial(names.answer, record["questionnaire"])
        moment = replace(moment, earlier=tuple(in_words(each, in_question) for each in corrected.get(record["id"], ())))
        return _learned(moment, record, answers, feedback, names, topic)

    found: list[tuple[datetime, Callable[[Row], Moment], Row]] = [(row["at"], lambda row: _event(row, names), row) for row in rows.events]
    found += [(row["at"], attempt, row) for row in rows.attempts]
    found += [(row["opened_at"], lambda row: _case(row, names), row) for row in rows.cases]
    found += [(row["at"], _loose, row) for row in feedback.get(None, [])]
    found.sort(key=itemgetter(0), reverse=True)
    said = [put(row) for _at, put, row in found[:limit]]
    return sorted([*said, *beside], key=lambda moment: moment.at, reverse=True)[:limit]


def letters_of(rows: CustomerRows, language: str, limit: int) -> dict[int, tuple[tuple[str, ...], str]]:
    """Attempt → why it was made and the subject, and the words that went out. One query where anything has been sent."""
    sent = [row["id"] for row in rows.attempts if row["staff_id"] is None][:limit]
    if not sent:
        return {}
    found = Message.objects.filter(attempt__in=sent).values("attempt_id", "subject", "text", "followup__because")
    return {row["attempt_id"]: (_why(row["followup__because"], row["subject"], language), row["text"]) for row in found}


def _why(because: Mapping[str, str], subject: str, language: str) -> tuple[str, ...]:
    said = because.get("zh" if language.startswith("zh") else "en", "")
    return tuple(each for each in (said, subject) if each)


def incoming_moments(customer_id: int, names: Names, language: str, limit: int) -> list[Moment]:
    """What the customer has written back, by any channel, and what it stopped. One query."""
    rows = Incoming.objects.filter(customer=customer_id).order_by("-at")[:limit]
    return [
        Moment(
            row.at, "message-circle-reply", f"{CHANNEL_WORDS[Channel(row.channel)].say(language)} · {Incoming.Kind(row.kind).label}",
            "accent" if row.kind == Incoming.Kind.REPLY else "bad", quote=row.text, lines=_stopped(row, names),
        )
        for row in rows
    ]  # fmt: skip


def _stopped(row: Incoming, names: Names) -> tuple[str, ...]:
    titles = [names.programme(key) for key in row.stopped]
    return (_("Does not go on: %(programmes)s") % {"programmes": ", ".join(titles)},) if titles else ()


def _by_record(rows: Iterable[Row]) -> ByRecord:
    found: ByRecord = {}
    for row in rows:
        found.setdefault(row["record_id"], []).append(row)
    return found


def _kind(kind: str) -> str:
    return str(Feedback.Kind(kind).label)


def _event(row: Row, names: Names) -> Moment:
    lines = ((money(row["amount"]),) if row["amount"] is not None else ()) + names.attributes(row["kind"], row["attributes"])
    return Moment(row["at"], "receipt-text", names.event(row["kind"]), by=row["staff__name"] or "", lines=lines)


def _loose(row: Row) -> Moment:
    return Moment(row["at"], "message-square-quote", _kind(row["kind"]), _FEEDBACK_TONE[row["kind"]], quote=row["words"])


def _attempt(row: Row, names: Names, language: str) -> Moment:
    channel = CHANNEL_WORDS[Channel(row["channel"])].say(language)
    outcome = OUTCOMES.get(row["outcome"])
    result = outcome.words.say(language) if outcome else str(Attempt.State(row["state"]).label)
    icon, tone = "phone" if row["channel"] == Channel.PHONE else "send", "good" if row["reached"] else ""
    return Moment(row["at"], icon, f"{channel} · {result}", tone, row["staff__name"] or "", (names.programme(row["programme"]),))


def _learned(moment: Moment, record: Row, answers: ByRecord, feedback: ByRecord, names: Names, topic: Callable[[str], str]) -> Moment:
    """An attempt with what was learned in it."""
    number = record["id"]
    said = ((_("Asked"), record["asked"]), (_("Reply"), record["replied"]))
    attitude = ATTITUDES.get(record["attitude"])
    return replace(
        moment, tone="bad" if record["satisfied"] is False else moment.tone, quote=record["words"] or moment.quote, remark=record["remark"],
        lines=(*moment.lines, attitude.say(names.language)) if attitude else moment.lines, notes=tuple(each for each in said if each[1]),
        answers=tuple(
            names.answer(record["questionnaire"], each["question"], Kept(each["value"], each["text"])) for each in answers.get(number, ())
        ),
        feedback=tuple((_FEEDBACK_TONE[each["kind"]], _about(each, topic)) for each in feedback.get(number, ())),
    )  # fmt: skip


def _about(row: Row, topic: Callable[[str], str]) -> str:
    return f"{_kind(row['kind'])} · {topic(row['topic'])}" if row["topic"] else _kind(row["kind"])


def _case(row: Row, names: Names) -> Moment:
    tone = "warn" if row["state"] in (Case.State.OPEN, Case.State.ANSWERED) else "good"
    lines = (str(Case.State(row["state"]).label),)
    title = _("Case %(number)s: %(kind)s") % {"number": row["number"], "kind": names.case(row["kind"])}
    return Moment(row["opened_at"], "message-square-warning", title, tone, row["owner__name"] or "", lines, case=row["number"])
