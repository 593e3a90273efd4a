"""Statements that other systems send: kept at once, in the customer's words, and read by a job like everything customers say."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec

from django.db import transaction

from huifang.app.records.models import Customer, Feedback, Staff
from huifang.app.services import audit
from huifang.app.services.job_queue import enqueue
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words

SOURCE = "api"


def take(by: Staff, customer: Customer, words: str, at: datetime, reference: str, now: datetime) -> Feedback:
    """Keep a statement under its sender's own `reference`; the same one sent again is the row there is.

    Raises Invalid for words that are blank or from the future, Conflict where the reference was used for other words or customer.
    """
    if not words.strip() or at > now:
        raise Invalid(
            Problem(
                "feedback.words",
                Words("缺少客户原话，或时间在将来。", "The customer's words are missing, or their time is in the future."),
                Words("请填写原话和说出的时间。", "Send the words and when they were said."),
            )
        )
    source = f"{SOURCE}:{sha256(f'{by.pk}|{reference}'.encode()).hexdigest()[:32]}"
    about = {"kind": Feedback.Kind.SUGGESTION, "state": Feedback.State.UNSURE, "deed": "", "words": words, "at": at, "customer": customer}
    with transaction.atomic():
        row, created = Feedback.objects.get_or_create(source=source, defaults=about)
        if not created and (row.words, row.customer_id) != (words, customer.pk):
            raise Conflict(
                Problem(
                    "feedback.reference",
                    Words("这个编号已用于另一条反馈。", "This reference was used for another statement."),
                    Words("请为每条反馈使用自己的编号。", "Give every statement a reference of its own."),
                )
            )
        if created and find_spec("sklearn") is not None:
            enqueue("feedback", f"feedback:{source}", {"source": SOURCE, "id": row.pk}, now)
        if created:
            audit.write(by, "feedback.taken", f"feedback:{row.pk}", customer=customer.code)
    return row
