"""What each active programme says about contacting, its playbook's defaults filled in: one flat row per programme.

The stages join these rows to the occurrences by (playbook, programme), so that no query grows with the number of programmes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from huifang.domain.contact import Channel, Purpose
from huifang.engine.lookups import lookup
from huifang.engine.stages import Connection
from huifang.playbooks.schema import Playbook, Programme

STRENGTH = {Purpose.SERVICE: 1, Purpose.RELATIONSHIP: 2, Purpose.MARKETING: 3}
"""Order of strength, strongest first; 0 is an open promise."""
BY_PERSON = frozenset({Channel.PHONE, Channel.VISIT})
"""Channels that need somebody to do them."""
_DRAWS = 16**8


@dataclass(frozen=True, slots=True)
class Line:
    """A programme's terms. `line` numbers it, `hours` numbers its set of hours, `days` its rule of days, `needs` its set of skills."""

    line: int
    playbook: str
    programme: str
    rule: Programme
    hours: int
    days: int
    country: str
    zone: str
    needs: int


@dataclass(frozen=True, slots=True)
class Terms:
    """All lines, with what their numbers stand for: sets of hours (``09:00-12:00``), rules of days, sets of skills."""

    lines: tuple[Line, ...]
    hours: tuple[tuple[str, ...], ...]
    days: tuple[str | tuple[str, ...], ...]
    skills: tuple[frozenset[str], ...]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Channels that any programme goes through, in a fixed order."""
        used = {channel for line in self.lines for channel in line.rule.through}
        return tuple(channel for channel in Channel if channel in used)

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """Purposes that any programme has, strongest first."""
        used = {line.rule.purpose for line in self.lines}
        return tuple(purpose for purpose in Purpose if purpose in used)


def terms(playbooks: Iterable[Playbook]) -> Terms:
    """The terms of all programmes, ordered by playbook and programme, whatever the order of `playbooks`."""
    hours: dict[tuple[str, ...], int] = {}
    days: dict[str | tuple[str, ...], int] = {}
    skills: dict[frozenset[str], int] = {}
    lines = [
        Line(
            line=0, playbook=book.playbook, programme=name, rule=rule,
            hours=hours.setdefault(tuple(sorted(book.calendar.hours if rule.hours is None else rule.hours)), len(hours)),
            days=days.setdefault(book.calendar.days if rule.days is None else rule.days, len(days)),
            country=book.calendar.country, zone=book.time_zone, needs=skills.setdefault(frozenset(rule.skills), len(skills)),
        )
        for book in sorted(playbooks, key=lambda book: book.playbook)
        for name, rule in sorted(book.programmes.items())
    ]  # fmt: skip
    numbered = tuple(_numbered(line, number) for number, line in enumerate(lines))
    return Terms(numbered, tuple(hours), tuple(days), tuple(skills))


def _numbered(line: Line, number: int) -> Line:
    return Line(number, line.playbook, line.programme, line.rule, line.hours, line.days, line.country, line.zone, line.needs)


def terms_table(connection: Connection, all_terms: Terms) -> ir.Table:
    """The lines as a table: one row per programme; `through_<channel>` is the channel's place in its order, null where it is not one."""
    columns: dict[str, tuple[str, list[object]]] = {
        "line": ("int64", [line.line for line in all_terms.lines]),
        "playbook": ("string", [line.playbook for line in all_terms.lines]),
        "programme": ("string", [line.programme for line in all_terms.lines]),
        "purpose": ("string", [line.rule.purpose.value for line in all_terms.lines]),
        "weight": ("int64", [STRENGTH[line.rule.purpose] for line in all_terms.lines]),
        "hold_out": ("string", [draw_limit(line.rule.hold_out) for line in all_terms.lines]),
        "share": ("float64", [line.rule.hold_out for line in all_terms.lines]),
        "bundle": ("boolean", [line.rule.bundle for line in all_terms.lines]),
        "tries": ("int64", [line.rule.attempts.at_most for line in all_terms.lines]),
        "owner": ("string", [line.rule.owner for line in all_terms.lines]),
        "hours": ("int64", [line.hours for line in all_terms.lines]),
        "days": ("int64", [line.days for line in all_terms.lines]),
        "needs": ("int64", [line.needs for line in all_terms.lines]),
        "country": ("string", [line.country for line in all_terms.lines]),
        "zone_default": ("string", [line.zone for line in all_terms.lines]),
    }
    for channel in all_terms.channels:
        columns[f"through_{column_of(channel)}"] = ("int64", [place_of(channel, line.rule) for line in all_terms.lines])
    return lookup(connection, "terms", columns)


def column_of(channel: Channel) -> str:
    """A channel's name as part of a column's name.

    >>> column_of(Channel.IN_APP)
    'in_app'
    """
    return channel.value.replace("-", "_")


def place_of(channel: Channel, rule: Programme) -> int | None:
    """The place of a channel in the order of a programme, or None."""
    return rule.through.index(channel) if channel in rule.through else None


def draw_limit(share: float) -> str:
    """Hex digits such that a share of all md5 digests sorts before them; the draw holds a customer out when its digest does.

    >>> draw_limit(0.5), draw_limit(0), draw_limit(1)
    ('80000000', '', 'g')
    """
    number = round(share * _DRAWS)
    return "" if number == 0 else "g" if number == _DRAWS else f"{number:08x}"


def by_key(all_terms: Terms) -> Mapping[tuple[str, str], Line]:
    """The lines by playbook and programme."""
    return {(line.playbook, line.programme): line for line in all_terms.lines}
