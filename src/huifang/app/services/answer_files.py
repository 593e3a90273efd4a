"""Files that answer a question: taken by what they are, sealed at rest, waiting with their form until it is sent off."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from huifang.app import sealed_files
from huifang.app.access import SEE_CUSTOMERS, WORK, answer_files_for, require
from huifang.app.business_time import business_day
from huifang.app.records.kept_files import path_of
from huifang.app.records.models import AnswerFile, FollowUp, Record, Staff, SurveyPart, SurveyResponse
from huifang.app.services import audit
from huifang.app.services.followups import check_reach, why_lost
from huifang.domain.answer_files import ENDINGS, HEAD, MOST_BYTES, file_name, file_type
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Place, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Questionnaire

WAITING = timedelta(days=30)
"""Files of forms that nobody sent off are kept so long."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: the name and size its sender says, and its bytes."""

    name: str
    size: int
    chunks: Iterable[bytes]


def file_questions(questionnaire: Questionnaire) -> frozenset[str]:
    """The keys of the questions that are answered by a file."""
    return frozenset(one.key for one in questionnaire.questions if one.type == "file")


def attach(by: Staff, followup_id: int, questionnaire: Questionnaire, question: str, upload: Upload | None, now: datetime) -> None:
    """Keep a file with the follow-up in one's hand, in place of the one there was; None takes it back.

    Raises Conflict where the follow-up is not in one's hand, Invalid where the file or the question cannot be taken.
    """
    require(by, WORK)
    check_reach(by, followup_id)
    with transaction.atomic():
        mine = FollowUp.objects.filter(pk=followup_id, state=FollowUp.State.CLAIMED, claimed_by=by)
        held = mine.select_for_update(of=("self",), no_key=True)
        if held.first() is None:
            raise Conflict(why_lost(followup_id))
        put(_waiting(by, followup_id), AnswerFile(followup_id=followup_id, staff=by), questionnaire, question, upload, business_day(now))


def put(
    there: Iterable[AnswerFile], row: AnswerFile, questionnaire: Questionnaire, question: str, upload: Upload | None, day: date
) -> AnswerFile | None:
    """Write `row` and its sealed file in place of what is `there` for the question, within the caller's transaction."""
    if question not in file_questions(questionnaire):
        raise Invalid(_no_question(question))
    kept = _sealed(row, question, upload, day) if upload else None
    for one in there:
        if one.question == question:
            one.delete()
    if kept:
        kept.save()
    return kept


def with_waiting(questionnaire: Questionnaire, answers: Mapping[str, object], by: Staff, followup_id: int) -> dict[str, object]:
    """Answers in which a file's name is that of the file that waits; what a form says of files counts for nothing."""
    files = file_questions(questionnaire)
    if not files:
        return dict(answers)
    waiting: dict[str, object] = {one.question: one.name for one in _waiting(by, followup_id)}
    return {key: value for key, value in answers.items() if key not in files} | waiting


def settle_record(record: Record, by: Staff, followup_id: int, answered: Collection[str]) -> None:
    """The files that wait belong to the record from now on; those whose question was not asked after all go."""
    _settle(_waiting(by, followup_id), answered, record=record)


def wait_again(record: Record, by: Staff, followup_id: int) -> None:
    """The files of a record that is taken back wait with the form of its follow-up again."""
    AnswerFile.objects.filter(record=record).update(record=None, followup=followup_id, staff=by)


def settle_part(part: SurveyPart, response: SurveyResponse, answered: Collection[str]) -> None:
    """The same for a form behind a link: they belong to its record or, where nobody is named, to the response."""
    owner: dict[str, Record | SurveyResponse | None] = {"record": response.record} if response.record_id else {"response": response}
    _settle(part.files.all(), answered, **owner)


def take(by: Staff, key: uuid.UUID) -> AnswerFile:
    """A file that one may have; the audit trail says who has taken it."""
    require(by, SEE_CUSTOMERS)
    row = answer_files_for(by).filter(key=key).first()
    if row is None:
        raise NotAllowed(
            Problem(
                "answer-file.missing",
                Words("找不到这个文件。", "There is no such file."),
                Words("它可能属于别的分支机构，或已删除。", "It may belong to another branch, or has been deleted."),
            )
        )
    audit.write(by, "answer-file.taken", f"answer-file:{row.pk}")
    return row


def content(row: AnswerFile) -> Iterator[bytes]:
    """The open bytes."""
    return sealed_files.read(path_of(row), _sealing(row), row.size)


def anything_left(now: datetime) -> bool:
    """Whether there are files whose form nobody has sent off in `WAITING`."""
    return _left(now).exists()


def sweep(now: datetime) -> None:
    """Delete them."""
    with transaction.atomic():
        _left(now).delete()


def _left(now: datetime) -> QuerySet[AnswerFile]:
    return AnswerFile.objects.filter(record=None, response=None, day__lt=business_day(now - WAITING))


def _waiting(by: Staff, followup_id: int) -> list[AnswerFile]:
    return list(AnswerFile.objects.filter(followup=followup_id, staff=by, record=None))


def _settle(rows: Iterable[AnswerFile], answered: Collection[str], **owner: Record | SurveyResponse | None) -> None:
    for one in rows:
        if one.question not in answered:
            one.delete()
            continue
        one.part = one.followup = None
        for name, value in owner.items():
            setattr(one, name, value)
        one.save(update_fields=["part", "followup", *owner])


def _sealed(row: AnswerFile, question: str, upload: Upload, day: date) -> AnswerFile:
    """Write the file, then fill in its row. Where the transaction does not hold, the file is left to nobody and goes at once."""
    if upload.size > MOST_BYTES:
        raise Invalid(_large(question))
    stream = iter(upload.chunks)
    first = b""
    while len(first) < HEAD and (chunk := next(stream, b"")):
        first += chunk
    media_type = file_type(first[:HEAD])
    if not media_type:
        raise Invalid(_unknown(question) if first else _empty(question))
    row.key, row.question, row.day, row.media_type = uuid.uuid4(), question, day, media_type
    row.name = file_name(upload.name, media_type)
    path = path_of(row)
    try:
        row.size = sealed_files.write(path, _sealing(row), _limited(first, stream, question))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


def _limited(first: bytes, rest: Iterator[bytes], question: str) -> Iterator[bytes]:
    sent = len(first)
    yield first
    for chunk in rest:
        sent += len(chunk)
        if sent > MOST_BYTES:
            raise Invalid(_large(question))
        yield chunk


def _sealing(row: AnswerFile) -> str:
    return f"answer.{row.key.hex}"


def _problem(code: str, question: str, what: Words, remedy: Words) -> Problem:
    return Problem(f"answer-file.{code}", what, remedy, Place(key=question))


def _no_question(question: str) -> Problem:
    what = Words("这一题不是用文件回答的。", "This question is not answered by a file.")
    return _problem("question", question, what, Words("请刷新页面。", "Load the page again."))


def _large(question: str) -> Problem:
    most = MOST_BYTES // 1024**2
    what = Words(f"文件超过 {most} MB。", f"The file has more than {most} MB.")
    return _problem("large", question, what, Words("请压缩或拍小一些再上传。", "Make it smaller, or take a smaller picture."))


def _empty(question: str) -> Problem:
    what = Words("文件是空的。", "The file is empty.")
    return _problem("empty", question, what, Words("请重新选择文件。", "Choose the file again."))


def _unknown(question: str) -> Problem:
    kinds = "、".join(ending.upper() for ending in ENDINGS.values())
    what = Words("不能收这种文件。", "A file of this kind cannot be taken.")
    return _problem("type", question, what, Words(f"可用：{kinds}。", f"Taken are {kinds.replace('、', ', ')}."))
