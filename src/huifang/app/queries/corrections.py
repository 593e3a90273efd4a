"""What records said before they were put right, in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from huifang.app.records.models import Correction
from huifang.playbooks.tallying import Kept


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a record said until `at`, when `by` put it right; pairs of what it is and how it stood."""

    at: datetime
    by: str
    why: str
    said: tuple[tuple[str, str], ...]


def corrections_of(records: Collection[int]) -> dict[int, list[Correction]]:
    """The corrections of each of the records, the newest first. No query without records, else one."""
    found: dict[int, list[Correction]] = defaultdict(list)
    if records:
        for row in Correction.objects.filter(record__in=records).select_related("by").order_by("-pk"):
            found[row.record_id].append(row)
    return found


def in_words(row: Correction, answer: Callable[[str, Kept], tuple[str, str]]) -> Earlier:
    """A correction in words; `answer` puts an answer of its record into words, by question."""
    before = json.loads(row.before)
    titles = {
        "words": _("Original words"),
        "remark": _("Remark"),
        "asked": _("What the customer asked"),
        "replied": _("How it was answered"),
    }
    said = [(title, before[name] or _("nothing")) for name, title in titles.items() if name in before]
    for key, kept in before.get("answers", {}).items():
        question, words = answer(key, Kept(*(kept or ("",))))
        said.append((question, words if kept else _("nothing")))
    return Earlier(row.at, row.by.name if row.by else "", row.why, tuple(said))
