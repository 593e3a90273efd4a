"""Files that customers give through a link: they wait with the form until it is sent off."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from huifang.app.business_time import business_day
from huifang.app.records.models import AnswerFile
from huifang.app.services import answer_files
from huifang.app.services.answer_files import Upload
from huifang.app.services.survey_answers import Form, answers_in, locked, must_be_open
from huifang.app.services.survey_links import Standing
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words


def keep_file(link: Standing, form: Form, question: str, upload: Upload | None, now: datetime) -> dict[str, object]:
    """Keep a file as the answer to a question, in place of the one there was; None takes it back. All answers there are.

    Raises `Invalid` where the file or the question cannot be taken, `Conflict` where the link is not open or the form was sent off.
    Without a name, nothing is taken that could tell one: an anonymous questionnaire takes no files.
    """
    must_be_open(link)
    if link.survey.anonymous:
        raise Invalid(
            Problem(
                "answer-file.anonymous",
                Words("匿名问卷不收文件。", "An anonymous questionnaire takes no files."),
                Words("请用文字说明。", "Please say it in words."),
            )
        )
    with transaction.atomic():
        part = locked(link, form, now)
        kept = answer_files.put(part.files.all(), AnswerFile(part=part), link.questionnaire, question, upload, business_day(now))
        said = {key: value for key, value in answers_in(part).items() if key != question} | ({question: kept.name} if kept else {})
        part.content = json.dumps(said, ensure_ascii=False)
        part.save(update_fields=["content"])
    return said
