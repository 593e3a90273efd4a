"""Words for what happens in cases and for their causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from huifang.playbooks.schema import Cause, Playbook

_STEPS = {
    "opened": _("Opened"),
    "comment": _("Note"),
    "assigned": _("Handed over"),
    "moved": _("State changed"),
    "answered": _("Customer answered"),
    "paused": _("Clock put on hold"),
    "resumed": _("Clock goes on"),
    "solved": _("Solved"),
    "closed": _("Closed"),
    "reopened": _("Reopened"),
    "escalated": _("Escalated"),
    "proposed": _("Compensation proposed"),
    "approved": _("Compensation approved"),
    "refused": _("Compensation refused"),
    "promised": _("Promised to the customer"),
    "kept": _("Promise kept"),
    "withdrawn": _("Promise taken back"),
    "measure": _("Measure attached"),
    "merged": _("Merged"),
    "split": _("Split"),
    "content": _("The customer is content"),
    "corrected": _("The record was corrected"),
}
STEP_ICONS = {
    "answered": "phone", "solved": "check", "closed": "check", "assigned": "user", "escalated": "siren", "paused": "pause",
    "resumed": "play",
    "proposed": "hand-coins", "approved": "hand-coins", "refused": "hand-coins", "promised": "calendar-clock", "kept": "calendar-clock",
    "withdrawn": "calendar-clock", "measure": "target", "merged": "git-merge", "split": "split", "content": "smile",
    "reopened": "rotate-ccw", "corrected": "pencil",
}  # fmt: skip
STEP_TONES = {
    "opened": "warn", "answered": "accent", "solved": "good", "closed": "good", "reopened": "bad", "escalated": "bad", "approved": "good",
    "kept": "good", "content": "good", "refused": "warn", "corrected": "warn",
}  # fmt: skip


def step_words(what: str) -> str:
    """A step's title in the page's language."""
    return str(_STEPS.get(what, what))


def cause_title(causes: Mapping[str, Cause], code: str, language: str) -> str:
    """``维修质量 › 配件质量`` for ``quality.parts``; a code no playbook speaks of stands for itself."""
    first, _dot, second = code.partition(".")
    found = causes.get(first)
    if found is None:
        return code
    title = found.title.say(language)
    return f"{title} › {found.causes[second].say(language)}" if second in found.causes else title


def cause_options(causes: Mapping[str, Cause], language: str) -> tuple[tuple[str, str], ...]:
    """Every cause one can choose: those with causes under them only by these."""
    found: list[tuple[str, str]] = []
    for key, cause in causes.items():
        codes = [f"{key}.{second}" for second in cause.causes] or [key]
        found += [(code, cause_title(causes, code, language)) for code in codes]
    return tuple(found)


def causes_in(playbooks: Iterable[Playbook]) -> dict[str, Cause]:
    """The causes of several playbooks together; where two have the same key, the first one's."""
    found: dict[str, Cause] = {}
    for playbook in playbooks:
        for key, cause in playbook.causes.items():
            found.setdefault(key, cause)
    return found
