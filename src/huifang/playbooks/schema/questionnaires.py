"""Questionnaires, and the scripts they are asked in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from huifang.domain.spans import Span, Unit
from huifang.playbooks.schema.terms import Condition, Name, Part, SpanText, Title


class Question(Part):
    """One question. `key` names its answer in conditions, registers and facts."""

    key: Name
    ask: Title
    type: Literal[
        "single", "multiple", "scale", "yes-no", "nps", "csat", "ces", "matrix", "number", "date", "text", "signature", "file"
    ] = "single"
    options: dict[Name, Title] = {}
    scores: dict[Name, float] = {}
    """Points of an option, or of ``yes`` and ``no``; those of several options are added up. A scale scores itself."""
    scale: tuple[int, int] = (1, 5)
    ends: tuple[Title, Title] | None = None
    """What the lowest and the highest point mean."""
    rows: dict[Name, Title] = {}
    """Lines of a matrix."""
    required: bool = False
    if_: Condition | None = None
    """Asked only when this holds over the answers given so far."""
    dimension: Name | None = None
    side: Literal["expectation", "perception"] | None = None
    """For SERVQUAL: what the customer expects of the dimension, or what they found."""
    random: bool = False
    """Its options are shown in an order drawn for each person."""
    hint: Title | None = None


class Reminder(Part):
    """Those who have not answered a link are asked again so long after it went out, at most so often, within the caps."""

    wait: SpanText
    at_most: Annotated[int, Field(ge=1, le=3)] = 1


class Questionnaire(Part):
    """A versioned set of questions."""

    title: Title
    version: int = 1
    intro: Title | None = None
    thanks: Title | None = None
    """Shown when a link has been answered."""
    anonymous: bool = False
    random: bool = False
    """Questions come in an order drawn for each person; one that depends on another still follows it."""
    per_page: Annotated[int, Field(ge=1, le=50)] = 5
    """Questions on one page of a link."""
    open_for: SpanText = Span(30, Unit.DAY)
    """How long a link can be answered."""
    remind: Reminder | None = None
    questions: tuple[Question, ...] = Field(min_length=1)
    satisfied: Condition | None = None
    """When an answered questionnaire counts as satisfied; without it: every score is at least 3 of 5."""


class Branch(Part):
    """What to say when the customer answers or behaves so."""

    title: Title
    say: Title
    tip: Title | None = None
    if_: Condition | None = None


class ScriptStep(Part):
    """One step of a call: what to say (with ``{customer}``, ``{agent}``, ``{organisation}``, ``{event.day}``... filled in), branches."""

    title: Title
    say: Title | None = None
    tip: Title | None = None
    if_: Condition | None = None
    ask: bool = False
    """The questionnaire is asked here."""
    branches: tuple[Branch, ...] = ()


class Script(Part):
    """A call script, step by step."""

    title: Title
    steps: tuple[ScriptStep, ...] = Field(min_length=1)
    never: tuple[Title, ...] = ()
    """What must never be said or promised."""
