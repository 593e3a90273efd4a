"""The form of a follow-up: what was posted, as the record's plain values, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from huifang.app.services.contact_records import RecordForm
from huifang.app.web import asking
from huifang.playbooks.schema import Questionnaire

KINDS = (("praise", _("Praise"), "thumbs-up"), ("suggestion", _("Suggestion"), "lightbulb"), ("complaint", _("Complaint"), "frown"))


def read(posted: QueryDict, questionnaire: Questionnaire | None) -> RecordForm:
    """What a person has entered; whatever cannot be read as a date or number counts as not entered."""
    words = posted.get("words", "").strip()
    return RecordForm(
        outcome=posted.get("outcome", ""), answers=asking.read(questionnaire, posted), words=words, remark=posted.get("remark", "").strip(),
        feedback=_feedback(posted, words), attitude=posted.get("attitude", ""), asked=posted.get("asked", "").strip(),
        replied=posted.get("replied", "").strip(), callback_at=_callback(posted),
        next_on=_day(posted.get("next_on", "")),
        seconds=_seconds(posted.get("seconds", "")), token=posted.get("token", "")[:40],
    )  # fmt: skip


def draft(form: RecordForm) -> dict[str, object]:
    """A form as it is kept while it is not saved: plain JSON values under the names of `RecordForm`."""
    kept: dict[str, object] = json.loads(json.dumps(asdict(form), default=str))
    return kept


def fence_of(posted: QueryDict) -> int:
    """The fencing number the form was shown with; -1, which nothing matches, where it is missing."""
    text = posted.get("fence", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _feedback(posted: QueryDict, words: str) -> list[dict[str, str]]:
    found = []
    for kind, _title, _icon in KINDS:
        if posted.get(f"feedback.{kind}"):
            own = posted.get(f"feedback.{kind}.words", "").strip()
            found.append({"kind": kind, "topic": posted.get(f"feedback.{kind}.topic", "").strip()[:60], "words": own or words})
    return found


def _callback(posted: QueryDict) -> datetime | None:
    choice = posted.get("callback", "")
    text = posted.get("callback_at", "") if choice in ("", "other") else choice
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _seconds(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


def shown(kept: Any) -> dict[str, Any]:
    """A kept form as the template wants it: what was not typed is empty, the callback a local moment without seconds."""
    values = {"outcome": "", "attitude": "", "words": "", "asked": "", "replied": "", "remark": "", **kept}
    moment = kept.get("callback_at")
    if isinstance(moment, str) and moment:
        moment = parse_datetime(moment)
    values["callback_at"] = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if isinstance(moment, datetime) else ""
    values["next_on"] = str(kept.get("next_on") or "")
    return values


def marks(kept: Any) -> list[tuple[str, str, str, dict[str, str]]]:
    """Each kind of feedback with title, icon and what was marked; its words only where they are not all that was said."""
    said = {each["kind"]: each for each in kept.get("feedback") or ()}
    none = {"kind": "", "topic": "", "words": ""}
    found = [(kind, str(title), sign, said.get(kind, none)) for kind, title, sign in KINDS]
    whole = kept.get("words")
    return [(kind, title, sign, {**each, "words": ""} if each["words"] == whole else each) for kind, title, sign, each in found]
