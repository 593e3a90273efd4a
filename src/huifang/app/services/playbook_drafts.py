"""The text of a playbook that is being worked on: opened, saved again and again, kept as a version, thrown away."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from huifang.app.access import EDIT_PLAYBOOKS, require
from huifang.app.records.models import PlaybookDraft, PlaybookVersion, Staff
from huifang.app.services import audit
from huifang.app.services.playbooks import add_version
from huifang.domain.errors import Conflict, Invalid, Problem
from huifang.domain.words import Words
from huifang.playbooks.questionnaire_versions import raised

LONGEST = 1_000_000
"""Characters of a draft."""


def open_draft(by: Staff, version: PlaybookVersion, now: datetime) -> PlaybookDraft:
    """The draft of a version's playbook: the one that is there, whoever began it, else a new one with the version's text."""
    require(by, EDIT_PLAYBOOKS)
    return begin(by, version.playbook, version.text, version, now)


def begin(by: Staff, playbook: str, text: str, based_on: PlaybookVersion | None, now: datetime) -> PlaybookDraft:
    """The draft of a playbook; where there is none, one with this text."""
    require(by, EDIT_PLAYBOOKS)
    about = {"text": text, "based_on": based_on, "saved_by": by, "saved_at": now}
    try:
        with transaction.atomic():
            draft, new = PlaybookDraft.objects.get_or_create(playbook=playbook, defaults=about)
            if new:
                audit.write(by, "playbook.draft.begun", f"playbook-draft:{draft.pk}", playbook=playbook)
    except IntegrityError:
        return PlaybookDraft.objects.get(playbook=playbook)
    return draft


def save(by: Staff, draft_id: int, text: str, revision: int, now: datetime) -> PlaybookDraft:
    """Keep the text, broken or not; the same text again is no save.

    Raises `Conflict` where somebody has saved since `revision`, or the draft is gone; nothing is overwritten unseen.
    """
    require(by, EDIT_PLAYBOOKS)
    if len(text) > LONGEST:
        raise Invalid(
            Problem("playbook.too-large", Words("文字超过 1 MB。", "The text is larger than 1 MB."), Words("请删减。", "Make it shorter."))
        )
    with transaction.atomic():
        draft = _locked(draft_id)
        if draft.text == text:
            return draft
        if draft.revision != revision:
            who = draft.saved_by.name if draft.saved_by else ""
            what = Words(
                f"{who}刚刚保存了这份草稿，您的改动还没有保存。", f"{who} has saved this draft meanwhile; your changes are not saved yet."
            )
            raise Conflict(Problem("playbook.draft-changed", what, Words("请选择保留哪一份。", "Choose which of the two to keep.")))
        draft.text, draft.revision, draft.saved_by, draft.saved_at = text, revision + 1, by, now
        draft.save(update_fields=["text", "revision", "saved_by", "saved_at"])
    return draft


def keep(by: Staff, draft_id: int, revision: int, now: datetime) -> PlaybookVersion:
    """Make a version of the draft, questionnaires that changed with a version of their own; the draft is gone.

    Raises `Conflict` as `save` does, `PlaybookError` for a text that cannot be used.
    """
    require(by, EDIT_PLAYBOOKS)
    with transaction.atomic():
        draft = _locked(draft_id)
        if draft.revision != revision:
            raise _gone()
        last = PlaybookVersion.objects.filter(playbook=draft.playbook).order_by("-number").first()
        version = add_version(by, raised(draft.text, last.text) if last else draft.text, f"{draft.playbook}.yaml", now)
        draft.delete()
    return version


def throw_away(by: Staff, draft_id: int, now: datetime) -> None:  # noqa: ARG001
    """Delete the draft; one that is gone already is no error."""
    require(by, EDIT_PLAYBOOKS)
    with transaction.atomic():
        found = PlaybookDraft.objects.filter(pk=draft_id).first()
        if found is not None:
            audit.write(by, "playbook.draft.thrown-away", f"playbook-draft:{found.pk}", playbook=found.playbook)
            found.delete()


def _locked(draft_id: int) -> PlaybookDraft:
    draft = PlaybookDraft.objects.select_for_update(of=("self",), no_key=True).select_related("saved_by").filter(pk=draft_id).first()
    if draft is None:
        raise _gone()
    return draft


def _gone() -> Conflict:
    return Conflict(
        Problem(
            "playbook.draft-gone",
            Words("这份草稿已被改动，或已存成版本。", "This draft has been changed, or kept as a version."),
            Words("请重新打开。", "Open it again."),
        )
    )
