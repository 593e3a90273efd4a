"""What each active programme says about contacting, its playbook's defaults filled in: one flat row per programme.

The stages join these rows to the occurrences by (playbook, programme), so that no query grows with the number of programmes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import ibis.expr.types as ir

from huifang.domain.contact import Channel, Purpose
from huifang.engine.keeping import Connection
from huifang.engine.lookups import lookup
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
    sensitive: bool
    """Its playbook has health data or the like."""
    ways: tuple[Channel, ...]
    """Its channels, the one to look at first first."""


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
        used = {channel for line in self.lines for channel in line.ways}
        return tuple(channel for channel in Channel if channel in used)

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """Purposes that any programme has, strongest first."""
        used = {line.rule.purpose for line in self.lines}
        return tuple(purpose for purpose in Purpose if purpose in used)

    @property
    def sensitive(self) -> bool:
        """Whether any programme's playbook has health data or the like."""
        return any(line.sensitive for line in self.lines)


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
            sensitive=book.sensitive, ways=book.ways(rule),
        )
        for book in sorted(playbooks, key=lambda book: book.playbook)
        for name, rule in sorted(book.programmes.items())
    ]  # fmt: skip
    numbered = tuple(replace(line, line=number) for number, line in enumerate(lines))
    return Terms(numbered, tuple(hours), tuple(days), tuple(skills))


def terms_table(connection: Connection, all_terms: Terms) -> ir.Table:
    """The lines as a table: one row per programme; `through_<channel>` is the channel's place in its order, null where it is not one."""
    columns: dict[str, tuple[str, Callable[[Line], object]]] = {
        "line": ("int64", lambda line: line.line),
        "playbook": ("string", lambda line: line.playbook),
        "programme": ("string", lambda line: line.programme),
        "purpose": ("string", lambda line: line.rule.purpose.value),
        "weight": ("int64", lambda line: STRENGTH[line.rule.purpose]),
        "hold_out": ("string", lambda line: draw_limit(line.rule.hold_out)),
        "share": ("float64", lambda line: line.rule.hold_out),
        "bundle": ("boolean", lambda line: line.rule.bundle),
        "tries": ("int64", lambda line: line.rule.attempts.at_most),
        "owner": ("string", lambda line: line.rule.owner),
        "hours": ("int64", lambda line: line.hours),
        "days": ("int64", lambda line: line.days),
        "needs": ("int64", lambda line: line.needs),
        "sensitive": ("boolean", lambda line: line.sensitive),
        "country": ("string", lambda line: line.country),
        "zone_default": ("string", lambda line: line.zone),
    }
    for channel in all_terms.channels:
        columns[f"through_{column_of(channel)}"] = ("int64", partial(_place, channel))
    types = {name: kind for name, (kind, _value) in columns.items()}
    return lookup(connection, "terms", types, [[value(line) for _kind, value in columns.values()] for line in all_terms.lines])


def column_of(channel: Channel) -> str:
    """A channel's name as part of a column's name.

    >>> column_of(Channel.IN_APP)
    'in_app'
    """
    return channel.value.replace("-", "_")


def _place(channel: Channel, line: Line) -> int | None:
    return line.ways.index(channel) if channel in line.ways else None


def draw_limit(share: float) -> str:
    """Hex digits such that a share of all md5 digests sorts before them; the draw holds a customer out when its digest does.

    >>> draw_limit(0.5), draw_limit(0), draw_limit(1)
    ('80000000', '', 'g')
    """
    number = round(share * _DRAWS)
    return "" if number == 0 else "g" if number == _DRAWS else f"{number:08x}"
