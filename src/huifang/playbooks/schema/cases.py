"""Cases: clocks, owners, escalation, compensation, causes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from huifang.playbooks.schema.terms import Condition, HoursText, Key, Name, Part, Role, SpanText, Title, Weekday


class Escalation(Part):
    """Who is called when a case is still unanswered or unsolved so much working time after its round began: one level."""

    after: SpanText
    to: Role
    still: Literal["unanswered", "unsolved"] = "unsolved"
    again: SpanText | None = None
    """Called again every so often in working time; without it, once."""
    hand_over: bool = False
    """The case goes to the person who is called."""


class Reopened(Part):
    """A case that is reopened so many times goes at once to somebody higher."""

    times: Annotated[int, Field(ge=1, le=9)]
    to: Role


class CaseState(Part):
    """A state of work between opening and solution; `pauses`: the solution's clock stands still in it."""

    title: Title
    pauses: bool = False


class FastLane(Part):
    """Shorter clocks for some customers; their cases stand first in the list and are counted apart."""

    for_: Condition
    first_answer: SpanText
    solve: SpanText


class Compensation(Part):
    """What may be given. A second person approves: `limits` says up to how much each role may, for all of a case together."""

    kinds: dict[Name, Title] = Field(min_length=1)
    free: Annotated[float, Field(ge=0)] = 0
    """Up to this nobody need approve."""
    limits: dict[Role, Annotated[float, Field(gt=0)]] = Field(min_length=1)


class Cause(Part):
    """A cause of complaints, with the causes under it."""

    title: Title
    causes: dict[Name, Title] = {}


class CaseKind(Part):
    """A kind of case: its clocks in working time, who gets it, who is told, what it needs, who asks again afterwards."""

    title: Title
    first_answer: SpanText
    solve: SpanText
    hours: tuple[HoursText, ...] | None = None
    days: Literal["working", "every"] | tuple[Weekday, ...] | None = None
    """When the clocks run; without `hours` and `days`, as the playbook's calendar says."""
    owner: Literal["supervisor", "customer owner", "event staff", "branch manager"] = "supervisor"
    fast_lane: FastLane | None = None
    states: dict[Name, CaseState] = {}
    escalate: tuple[Escalation, ...] = ()
    reopened: Reopened | None = None
    compensation: Compensation | None = None
    to_close: tuple[Literal["cause", "measure"], ...] = ("cause", "measure")
    """Needed beside the answer to the customer and the solution."""
    revisit: Key | None = None
