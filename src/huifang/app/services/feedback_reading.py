"""New words are read: kind, topic, urgency, and whether somebody should be asked. A job does it, right after the words were saved.

What the reader finds stands beside the words and is never taken for a person's decision. What a person entered keeps its kind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.db import transaction

from huifang.analytics.feedback.extra import UP_TO, installed
from huifang.app.records.models import Answer, Customer, Feedback, FeedbackModel, Incoming, Record, Staff
from huifang.app.services import audit, feedback_cases, language_model
from huifang.app.services.feedback_taking import SOURCE
from huifang.app.services.feedback_topics import tree_in_force
from huifang.app.services.job_queue import enqueue
from huifang.app.services.notices import SUPERVISORS, people_of, tell
from huifang.domain.words import Words

if TYPE_CHECKING:
    from huifang.analytics.feedback.reader import Reading
NEWS = 20
"""So many decisions more than were learned from, and it is worth learning again."""
LONGEST = 20_000
"""Characters of one statement that are kept beside its record or reply, which keep all."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words and where they came from; no customer where nobody knows whose they are."""

    customer: Customer | None
    words: str
    at: datetime
    record: Record | None


def read_later(source: str, number: int, words: str, now: datetime, again: str = "") -> bool:
    """Queue the words of a record or reply to be read, within the caller's transaction; False where there is nothing to read.

    They are read once, and once more for each mark of something that has changed them, `again`.
    """
    if not words.strip() or find_spec("sklearn") is None:
        return False
    return enqueue("feedback", f"feedback:{source}:{number}{again}", {"source": source, "id": number}, now)


def read_corrected(record: Record, before: str, answers: Mapping[int, str], again: str, now: datetime) -> None:
    """Queue what a corrected record says now, within the caller's transaction: its words, `before` of which it said others, and the
    `answers` in words by their number, empty where there is none any more.

    What was read or decided of the old words no longer holds, and teaches nothing; a person's mark on all that was said goes on to the new
    words. What belongs to a case stays with it.
    """
    Feedback.objects.filter(record=record, source=None, pk__in=_with_words(record, before)).update(words=record.words, group=None)
    changed = {f"answer:{number}": words for number, words in answers.items()}
    if record.words != before:
        changed[f"record:{record.pk}"] = record.words
    rows = {row.source: row for row in Feedback.objects.filter(source__in=changed)}
    for place, words in changed.items():
        row, (source, _, number) = rows.get(place), place.partition(":")
        if row is None:
            read_later(source, int(number), words, now, again)
        elif words.strip():
            _unread(row, words)
            read_later(SOURCE, row.pk, words, now, again)
        elif row.case_id is None:
            row.delete()


def _with_words(record: Record, words: str) -> list[int]:
    """Statements a person has entered whose words are all that was said; sealed, so they are compared here."""
    if record.words == words or not record.words.strip():
        return []
    return [row.pk for row in Feedback.objects.filter(record=record, source=None) if row.words == words]


def _unread(row: Feedback, words: str) -> None:
    """A statement with other words, which nobody has read."""
    row.words, row.state, row.deed, row.read_kind, row.read_topic = words[:LONGEST], Feedback.State.UNSURE, "", "", ""
    row.decided_by = row.decided_at = row.group = None
    row.save(update_fields=["words", "state", "deed", "read_kind", "read_topic", "decided_by", "decided_at", "group"])


def read_record_later(record: Record, texts: Collection[str], now: datetime) -> None:
    """Queue what was said in a record: its words, and the answer to each of the questions `texts` as a statement of its own."""
    read_later("record", record.pk, record.words, now)
    answers = Answer.objects.filter(record=record, question__in=texts).order_by("pk") if texts else ()
    for answer in answers:
        read_later("answer", answer.pk, answer.text, now)


def worth_learning() -> bool:
    """Whether people have decided enough since the last learning, or the embedding model has come and has learned nothing yet."""
    if find_spec("sklearn") is None:
        return False
    last, deeper = FeedbackModel.objects.order_by("-pk").values_list("decided", "deeper").first() or (0, True)
    if not deeper and last <= UP_TO and installed():
        return True
    return Feedback.objects.filter(state=Feedback.State.DECIDED).count() >= last + NEWS


def read(source: str, number: int, now: datetime) -> Feedback | None:
    """Read what was said in a record, answer or reply, once; None where nothing was said, or a person has entered what it was."""
    from huifang.analytics.feedback.cleaning import says_something
    from huifang.app.services.feedback_reader import current

    if source == SOURCE:
        return _read_taken(number, now)
    said = _said(source, number)
    if said is None or not says_something(said.words):
        return None
    entered = list(Feedback.objects.filter(record=said.record, source=None)) if said.record else []
    if entered and source == "answer":
        return None
    if entered:
        readings = current().read([one.words for one in entered])
        with transaction.atomic():
            for one, reading in zip(entered, readings, strict=True):
                _beside(one, reading)
                _join(one, now)
        return None
    if source == "record" and said.record and _is_in_answers(said.record):
        return None
    place = f"{source}:{number}"
    before = Feedback.objects.filter(source=place).first()
    if before is not None:
        return before
    (reading,) = current().read([said.words])
    read_as = _read_as(said, reading, now)
    with transaction.atomic():  # another worker's row raises IntegrityError: this job is then tried again and finds it
        row = Feedback.objects.create(
            source=place, customer=said.customer, record=said.record, words=said.words[:LONGEST], at=said.at, deed="",
            sentiment=reading.sentiment, confidence=reading.confidence, topic_confidence=reading.topic_confidence, **read_as,
        )  # fmt: skip
        _join(row, now)
        _tell_if_urgent(row, reading.kind, now)
        audit.write(None, "feedback.read", f"feedback:{row.pk}", source=row.source, state=row.state, reader=row.reader)
    return row


def _join(row: Feedback, now: datetime) -> None:
    """With the statements that say the same, and with the case in which the customer's matter is being dealt with."""
    from huifang.app.services.feedback_joining import join_alike

    join_alike(row)
    feedback_cases.said_again(row, now)


def _read_taken(number: int, now: datetime) -> Feedback | None:
    """A statement that is kept already and nobody has decided."""
    from huifang.analytics.feedback.cleaning import says_something
    from huifang.app.services.feedback_reader import current

    row = Feedback.objects.select_related("customer__branch", "branch").filter(pk=number, state=Feedback.State.UNSURE, read_kind="").first()
    if row is None or not says_something(row.words):
        return row
    (reading,) = current().read([row.words])
    found = _read_as(Said(row.customer, row.words, row.at, None), reading, now)
    found |= {"sentiment": reading.sentiment, "confidence": reading.confidence, "topic_confidence": reading.topic_confidence}
    with transaction.atomic():
        if Feedback.objects.filter(pk=number, state=Feedback.State.UNSURE, read_kind="").update(**found):
            row.refresh_from_db()
            _join(row, now)
            _tell_if_urgent(row, reading.kind, now)
            audit.write(None, "feedback.read", f"feedback:{row.pk}", source=row.source, state=row.state, reader=row.reader)
    return row


def _read_as(said: Said, reading: Reading, now: datetime) -> dict[str, Any]:
    """Kind, topic and who read them. A language model is asked only where the local reader is unsure; only where both say the same is it
    sure: otherwise a person is asked, with the language model's word as the proposal. Nameless words do not leave the house.
    """
    kind, topic, state = reading.kind, reading.topic, Feedback.State.READ if reading.sure else Feedback.State.UNSURE
    reader, model = Feedback.Reader.LOCAL, ""
    asked = None if reading.sure or said.customer is None else language_model.setting()
    if said.customer is not None and asked is not None and asked.on:
        names = [said.customer.name, *Staff.objects.filter(branch=said.customer.branch_id).values_list("name", flat=True)]
        found = language_model.ask(said.words, names, tree_in_force(), now)
        model, reader = asked.model, Feedback.Reader.ASKED if found else Feedback.Reader.FALLBACK
        if found:
            state = Feedback.State.READ if (found.kind, found.topic) == (kind, topic) else Feedback.State.UNSURE
            kind, topic = found.kind, found.topic
    return {
        "kind": kind, "topic": topic, "read_kind": kind, "read_topic": topic, "state": state, "urgency": reading.urgency,
        "reader": reader, "reader_model": model,
    }  # fmt: skip


def _said(source: str, number: int) -> Said | None:
    if source == "record":
        record = Record.objects.select_related("customer__branch").filter(pk=number).first()
        return Said(record.customer, record.words, record.saved_at, record) if record else None
    if source == "answer":
        answer = Answer.objects.select_related("record__customer__branch").filter(pk=number).first()
        return Said(answer.record.customer, answer.text, answer.record.saved_at, answer.record) if answer else None
    reply = Incoming.objects.select_related("customer__branch").filter(pk=number, kind=Incoming.Kind.REPLY).first()
    return Said(reply.customer, reply.text, reply.at, None) if reply and reply.customer else None


def _is_in_answers(record: Record) -> bool:
    """Whether its words only repeat what was answered in words, which is read answer by answer."""
    lines = {line.strip() for answer in record.answers.all() for line in answer.text.split("\n")}
    return {line.strip() for line in record.words.split("\n")} <= lines


def _beside(row: Feedback, reading: Reading) -> None:
    """What the reader sees in what a person has entered: all but the kind; a topic only where none was entered."""
    row.read_kind, row.read_topic, row.sentiment = reading.kind, reading.topic, reading.sentiment
    row.confidence, row.topic_confidence = reading.confidence, reading.topic_confidence
    row.urgency = 0 if row.kind == Feedback.Kind.PRAISE else reading.urgency
    row.topic = row.topic or reading.topic
    row.save(update_fields=["read_kind", "read_topic", "sentiment", "confidence", "topic_confidence", "urgency", "topic"])


def _tell_if_urgent(row: Feedback, local: str, now: datetime) -> None:
    """What the local reader took for an urgent complaint is told, whatever a language model said of it."""
    if row.urgency == Feedback.Urgency.NOW and Feedback.Kind.COMPLAINT in (row.kind, local):
        words = Words("有客户反馈需要马上处理，请查看。", "A customer has said something that cannot wait: please look.")
        tell(people_of(row.customer.branch if row.customer else row.branch, SUPERVISORS), words, f"feedback:{row.pk}", now)
