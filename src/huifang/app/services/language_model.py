"""Asking a language model about a statement: only where an administrator has said so, without personal data, within seconds.

It speaks to public addresses alone, connected to as resolved, and follows no redirect (`webhook_targets`). Whatever goes wrong, the
local reader's word stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import httpx
from django.conf import settings
from django.db import transaction

from huifang.analytics.feedback.endpoint import Spoken, answer, question
from huifang.analytics.feedback.hiding import hide
from huifang.analytics.feedback.topics import TopicTree
from huifang.app.access import MANAGE_CHANNELS, require
from huifang.app.records.models import LanguageModel, Staff
from huifang.app.services import audit, webhook_targets
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

PATIENCE = 8.0
"""Seconds for the whole of a question."""
MOST_BYTES = 64 * 1024
_END = "/chat/completions"


def setting() -> LanguageModel | None:
    """What is set; None where nothing ever was."""
    return LanguageModel.objects.order_by("pk").first()


def save(by: Staff, address: str, model: str, key: str, now: datetime, *, on: bool) -> LanguageModel:
    """Set it; a key that is left empty stays as it was, but not for another address. Raises `Invalid` for what cannot be used."""
    require(by, MANAGE_CHANNELS)
    address, model = address.strip().rstrip("/"), model.strip()
    address = address if address.endswith(_END) else address + _END
    webhook_targets.check(address, settings.HUIFANG.webhook_hosts)
    if not model or len(model) > 100 or len(address) > 500 or len(key) > 1000 or not key.isascii() or not key.isprintable():
        raise Invalid(
            Problem(
                "language-model.values",
                Words("缺少模型名，或内容过长。", "The model's name is missing, or something is too long."),
                Words("请按服务商给出的地址、模型名和密钥填写。", "Enter the address, the model and the key as its provider gives them."),
            )
        )
    with transaction.atomic():
        before = LanguageModel.objects.select_for_update(no_key=True).order_by("pk").first()
        kept = before.key if before and before.address == address else ""
        row = before or LanguageModel()
        row.on, row.address, row.model, row.key, row.trouble = on, address, model, key.strip() or kept, ""
        row.changed_at, row.changed_by = now, by
        row.save()
        audit.write(by, "language-model.set", f"language-model:{row.pk}", on=on, model=model)
    return row


def ask(words: str, names: Iterable[str], tree: TopicTree, now: datetime) -> Spoken | None:
    """What the language model says of a statement whose customer and staff have these `names`; None where it could not be asked.

    Not for use within a transaction: it takes up to `PATIENCE`. What went wrong is kept with the setting.
    """
    row = setting()
    if row is None or not row.on:
        return None
    said, trouble = None, ""
    try:
        said = _said(row, hide(words, names), tree)
    except (Invalid, httpx.HTTPError, ValueError) as error:
        trouble = error.say("en") if isinstance(error, Invalid) else f"{type(error).__name__}: {error}"
    LanguageModel.objects.filter(pk=row.pk).update(asked_at=now, trouble=trouble[:200])
    return said


def _said(row: LanguageModel, hidden: str, tree: TopicTree) -> Spoken:
    target = webhook_targets.check(row.address, settings.HUIFANG.webhook_hosts)
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if row.key:
        headers["Authorization"] = f"Bearer {row.key}"
    body = json.dumps(question(row.model, hidden, tree), ensure_ascii=False).encode()
    status, content = webhook_targets.exchange(target, body, headers, PATIENCE, MOST_BYTES)
    if status != 200:
        raise ValueError(f"answered {status}")
    return answer(content, tree)
