"""The history of classes: since when a customer has had each, until when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a customer had a class (`step` is empty) or a step of a ladder; `until` is the first day without it.

    `reason` is that of the first day. `by`: what it stood on: facts, model, rule.
    """

    playbook: str
    name: str
    step: str
    since: date
    until: date | None
    reason: Words
    by: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What is the same class."""
        return self.playbook, self.name, self.step


def continued(spells: Sequence[Spell], today: Iterable[Spell], day: date) -> tuple[Spell, ...]:
    """A customer's spells with those of `today`: one that goes on keeps its beginning and reason, one that does not ends on `day`.

    A spell goes on when class, step and what it stands on are the same: from a model to the rule is a change that is told.
    """
    now: Mapping[tuple[str, str, str], Spell] = {one.key: one for one in today}
    kept: list[Spell] = []
    going: set[tuple[str, str, str]] = set()
    for spell in spells:
        new = now.get(spell.key)
        if spell.until is not None:
            kept.append(spell)
        elif new is not None and new.by == spell.by:
            kept.append(spell)
            going.add(spell.key)
        elif spell.since < day:
            kept.append(replace(spell, until=day))
    return (*kept, *(replace(spell, since=day, until=None) for key, spell in now.items() if key not in going))
