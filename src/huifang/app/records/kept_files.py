"""Sealed files beside the records: where each lies, and that it goes when its row does, with the customer or alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete

from huifang.app.records.models import AnswerFile, Recording

Kept = Recording | AnswerFile
_FOLDERS = {Recording: "recordings", AnswerFile: "answers"}


def path_of(row: Kept) -> Path:
    """Where a row's sealed file lies, below the uploads folder."""
    return Path(settings.MEDIA_ROOT) / _FOLDERS[type(row)] / row.key.hex[:2] / row.key.hex


def connect() -> None:
    """Have the file of a row that is deleted go with it, as soon as the deletion is final."""
    for model in _FOLDERS:
        post_delete.connect(_gone, sender=model, dispatch_uid=f"kept-files-{model.__name__}")


def _gone(instance: Kept, **_about: object) -> None:
    transaction.on_commit(partial(path_of(instance).unlink, missing_ok=True))
