"""Programmes: for whom, when, through what, how, until when, and what answers lead to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from huifang.domain.contact import Channel, Purpose
from huifang.domain.fallback import FallbackRule
from huifang.playbooks.schema.terms import Condition, HoursText, Key, Name, Part, Role, Share, SpanText, Title, Weekday
from huifang.playbooks.schema.triggers import OnAnswer, Trigger


class Attempts(Part):
    """How often a follow-up is tried. `retry` overrides, by outcome, how long to wait (default: `domain.outcomes`)."""

    at_most: Annotated[int, Field(ge=1, le=20)] = 3
    retry: dict[Name, SpanText] = {}
    day_parts: Annotated[int, Field(ge=1, le=4)] = 1


class Fallback(Part):
    """What goes out when a person has tried in vain: so often, over at least so many parts of the day, then the first of these channels
    that reaches the customer.
    """

    not_reached: Annotated[int, Field(ge=1, le=20)]
    day_parts: Annotated[int, Field(ge=1, le=4)] = 1
    then: tuple[Channel, ...] = Field(min_length=1)

    @property
    def rule(self) -> FallbackRule:
        """The rule itself."""
        return FallbackRule(self.not_reached, self.day_parts, self.then)


class Reaction(Part):
    """What an answer leads to: the first key says when, the others what."""

    if_: Condition
    """Over the record: answers by key, `min_score`, `mean_score`, `satisfied`, `feedback` (praise | suggestion | complaint), `attitude`,
    `outcome`; behind them the attributes of the event that made it due and the customer's facts."""
    open_case: Key | None = None
    follow_up: Key | None = None
    """Ask another programme (its trigger is ``on: request``)."""
    call_back: SpanText | None = None
    tell: tuple[Role | Literal["event staff"], ...] = ()
    """Told at once: everybody of a role in the branch, or who handled the event that is asked about."""


class Programme(Part):
    """One rule of the plan: for whom, when, through what, how, until when."""

    title: Title
    about: Title | None = None
    purpose: Purpose
    when: Trigger
    for_: Condition | None = None
    still: Condition | None = None
    """Still relevant? Over facts; checked on the morning and again at the moment of contact."""
    within: SpanText
    """To be done in so long from the due day (the due day counts as the first)."""
    expires: SpanText | None = None
    """Given up so long after the due day; without it, with `within`."""
    coverage: Share | None = None
    through: tuple[Channel, ...] = Field(min_length=1)
    hours: tuple[HoursText, ...] | None = None
    days: Literal["working", "every"] | tuple[Weekday, ...] | None = None
    choose: Literal["in order", "cheapest"] = "in order"
    """`cheapest`: of the channels that reach the customer the one that costs least (`costs`), not the first."""
    attempts: Attempts = Attempts()
    fallback: Fallback | None = None
    script: Key | None = None
    ask: Key | None = None
    send: tuple[Key, ...] = ()
    hold_out: Share = 0.0
    owner: Literal["customer owner", "event staff", "anyone"] = "anyone"
    """Who does it first of all; where that person is away or full, a colleague of the branch."""
    skills: tuple[Name, ...] = ()
    bundle: bool = True
    again: Literal["each cause", "once"] = "each cause"
    value: Condition | None = None
    """A number over facts that ranks equal deadlines; without it, the amount of the cause."""
    on_answer: tuple[Reaction, ...] = ()
    on_reply: Literal["go on", "stop"] = "go on"
    """What becomes of this programme's messages that still wait when the customer writes back."""
    sequence: Key | None = None
    """Programmes that name the same sequence are its steps about one cause; a reply to one of them stops those that `on reply` stops."""
    registers: tuple[Key, ...] = ()
    budget: Annotated[float, Field(gt=0)] | None = None
    """Money for this programme's contacts in a calendar month; once it is used up, contacts wait for the first of the next."""

    @property
    def unasked(self) -> bool:
        """A contact that is neither owed to the customer nor asked for: the emotional account and the guard hold for it."""
        return self.purpose is not Purpose.SERVICE and not isinstance(self.when, OnAnswer)
