"""The board of measures: each in its stage, with what its indicator did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from huifang.app.access import measures_for
from huifang.app.queries.case_words import cause_title
from huifang.app.queries.indicators import Moved, moved_by
from huifang.app.records.models import Measure, Staff
from huifang.domain.improvement import STAGE_WORDS, Stage
from huifang.domain.words import Words
from huifang.playbooks.schema import Cause

FINISHED_SHOWN = timedelta(days=90)
"""How long a finished measure stays on the board."""
_MOST = 60


@dataclass(frozen=True, slots=True)
class Card:
    """One measure on the board."""

    measure: Measure
    cause: str
    late: bool
    cases: int
    moved: Moved


@dataclass(frozen=True, slots=True)
class Column:
    """One stage with its measures, the earliest date first."""

    stage: Stage
    title: Words
    cards: tuple[Card, ...]


def board(staff: Staff, today: date, titles: Mapping[str, Cause], language: str) -> tuple[Column, ...]:
    """Measures in the person's scope by stage, at most 60 that are under way or were finished lately.

    One query for the measures and at most four for each indicator shown.
    """
    rows = measures_for(staff).filter(~Q(stage=Measure.Stage.DONE) | Q(finished_on__gte=today - FINISHED_SHOWN))
    found = list(rows.select_related("owner", "branch").annotate(number=Count("cases")).order_by("due", "pk")[:_MOST])
    cards: dict[str, list[Card]] = {stage.value: [] for stage in Stage}
    for row in found:
        cards[row.stage].append(card(row, row.number, today, titles, language))
    return tuple(Column(stage, STAGE_WORDS[stage], tuple(cards[stage.value])) for stage in Stage)


def card(measure: Measure, cases: int, today: date, titles: Mapping[str, Cause], language: str) -> Card:
    """One measure with what its indicator did."""
    late = measure.stage != Measure.Stage.DONE and measure.due < today
    return Card(measure, cause_title(titles, measure.cause, language), late, cases, moved_by(measure, today))
