"""Registers, reports, targets, and how records are reviewed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from huifang.domain.score_cards import ITEMS, Item
from huifang.playbooks.schema.terms import Key, Name, Part, Role, Share, SpanText, Title


class RegisterColumn(Part):
    """One column of a register: a known value (`registers` documents them) such as ``customer.name``, ``event.plate``, ``answer.speed``."""

    value: str
    title: Title
    width: float = 1.0


class Register(Part):
    """A named form: exactly this title, these columns, in this order, with these signature lines."""

    title: Title
    period: Literal["day", "week", "month", "quarter"] = "day"
    rows: Literal["done", "due", "planned", "customers", "cases"] = "done"
    """`done`: follow-ups with an attempt in the period; `due`: everything that was due in it, done or not; `planned`: what is to be done in
    it, by the week schedules, promises and the plan; `customers`: every customer, with the last contact up to its end; `cases`: cases
    opened in it."""
    programmes: tuple[Key, ...] = ()
    columns: tuple[RegisterColumn, ...] = Field(min_length=1)
    layout: Literal["table", "card"] = "table"
    """`card`: one form a follow-up, as for 《客户回访记录表》."""
    signatures: tuple[Title, ...] = ()
    visit_signatures: tuple[Title, ...] = ()
    """Lines that only a contact face to face needs: the form of another contact says in their place how it was made and by whom."""
    note: Title | None = None


class Report(Part):
    """A recurring report over indicators."""

    title: Title
    period: Literal["day", "week", "month", "quarter", "half-year", "year"]
    programmes: tuple[Key, ...] = ()
    indicators: tuple[Name, ...] = ()
    to: tuple[Role, ...] = ()
    signatures: tuple[Title, ...] = ()


class Target(Part):
    """An indicator with the value it should reach."""

    title: Title
    indicator: Name
    programme: Key | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: Literal["share", "points", "number", "hours"] = "share"
    period: Literal["day", "week", "month", "quarter", "year"] = "month"


class ReviewItem(Part):
    """One item of the score card: what is looked for, and its most points."""

    title: Title
    looks_for: Title
    most: Annotated[int, Field(ge=1, le=100)] = 10


class Review(Part):
    """How records are looked at by a second person."""

    sample: Share = 0.05
    risk: bool = True
    by: Literal["supervisor", "reviewer", "manager"] = "supervisor"
    """Who assesses; a manager always may, a quality reviewer also where it says supervisor."""
    due: SpanText | None = None
    items: dict[Name, ReviewItem] = {}
    """The items of the score card; without any, those of `domain.score_cards.ITEMS`."""

    @property
    def card(self) -> tuple[Item, ...]:
        """The items a record is scored by."""
        return tuple(Item(code, one.title, one.looks_for, one.most) for code, one in self.items.items()) or ITEMS
