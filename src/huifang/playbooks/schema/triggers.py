"""What makes a follow-up due: one class for each kind of trigger."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from huifang.domain.spans import shift
from huifang.domain.words import Words
from huifang.playbooks.schema.terms import WHOLE_DAYS, Condition, Key, Kind, Part, Share, SpanText, refused


class AfterEvent(Part):
    """Due so long after each event of a kind."""

    after: Kind
    wait: SpanText
    where: Condition | None = None
    """A condition on the event: `amount`, its attributes, `nth` (1 for the customer's first of this kind)."""


class BeforeDate(Part):
    """Due so long before a date that recurs or ends.

    ``agreement.warranty.ends``, ``birthday``, ``attribute.next_service``, ``attribute.job.settled.next_service``.
    """

    before: Annotated[str, Field(pattern=r"^(birthday|agreement\.[a-z0-9_.]+\.(starts|ends)|attribute\.[a-z0-9_.]+)$")]
    by: SpanText


class Lapse(Part):
    """Due when exactly so long has passed since the last event of a kind, once per lapse."""

    lapse: Kind
    exactly: SpanText


class Cadence(Part):
    """Due every so often, counted from the customer's first event of `since` (or first seen) and from the last contact of the programme."""

    every: SpanText
    since: Kind | None = None
    wait: SpanText | None = None
    """The first one comes so long after `since`; without it, after one period."""
    times: Annotated[int, Field(ge=1)] | None = None
    """Only so many."""


class Festival(Part):
    """Due at a festival by name (``mid-autumn``, ``spring``, ``dragon-boat``, ``national``...), so long before or after it."""

    festival: Key
    after: SpanText | None = None
    before: SpanText | None = None


class Becomes(Part):
    """Due when a condition over the customer's facts begins to hold (class change, score), once per beginning."""

    becomes: Condition
    wait: SpanText | None = None


class OnAnswer(Part):
    """Due only when an answer or a closed case asks for it (`then` of another programme, `revisit` of a case)."""

    on: Literal["request"]
    wait: SpanText


class Adaptive(Part):
    """Due when a contact is worth most, by the learned index of the table `contact_policy`, within bounds.

    On one day at most the share `adaptive` of the programme's customers is chosen, those with the largest index above 0; the share
    `explore` of these places goes to others by a keyed draw, so that learning goes on. Whoever waited `no_later_than` is due whatever the
    index.
    """

    adaptive: Share
    no_sooner_than: SpanText
    no_later_than: SpanText | None = None
    explore: Share = 0.02

    @model_validator(mode="after")
    def _whole_days(self) -> Adaptive:
        """Bounds are days, weeks, months or years, and in their order."""
        latest = self.no_later_than or self.no_sooner_than
        if not {self.no_sooner_than.unit, latest.unit} <= WHOLE_DAYS:
            raise refused(
                Words("adaptive 的间隔要用天、周、月或年。", "The bounds of adaptive are days, weeks, months or years."),
                Words("请写成 30 days。", "Write 30 days."),
            )
        if shift(_SOME_DAY, latest) < shift(_SOME_DAY, self.no_sooner_than):
            raise refused(
                Words("no later than 比 no sooner than 还短。", "no later than is shorter than no sooner than."),
                Words("请把 no later than 改长。", "Make no later than longer."),
            )
        return self


_SOME_DAY = date(2026, 1, 1)

_TRIGGERS: dict[str, type[Part]] = {
    "lapse": Lapse, "every": Cadence, "festival": Festival, "becomes": Becomes, "adaptive": Adaptive, "on": OnAnswer,
    "after": AfterEvent, "before": BeforeDate,
}  # fmt: skip
"""Which key tells which trigger; a festival may have `after` and `before` too, so these two come last."""


TRIGGER_KEYS = tuple(_TRIGGERS)


def _trigger_of(value: object) -> str | None:
    if isinstance(value, Part):
        return type(value).__name__
    return next((kind.__name__ for key, kind in _TRIGGERS.items() if isinstance(value, dict) and key in value), None)


Trigger = Annotated[
    Annotated[AfterEvent, Tag("AfterEvent")]
    | Annotated[BeforeDate, Tag("BeforeDate")]
    | Annotated[Lapse, Tag("Lapse")]
    | Annotated[Cadence, Tag("Cadence")]
    | Annotated[Festival, Tag("Festival")]
    | Annotated[Becomes, Tag("Becomes")]
    | Annotated[Adaptive, Tag("Adaptive")]
    | Annotated[OnAnswer, Tag("OnAnswer")],
    Discriminator(_trigger_of),
]
