"""What holds for the whole plan: when and how often people may be contacted, and what is known of customers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from huifang.domain.contact import Channel, Purpose
from huifang.domain.spans import Span
from huifang.domain.words import Words
from huifang.playbooks.schema.terms import Condition, CutText, HoursText, Kind, Name, Part, SpanText, Title, Weekday, refused


class CalendarRule(Part):
    """When this plan may contact people: country of the day table, hours and days in the customer's local time."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    hours: tuple[HoursText, ...] = ("09:00-12:00", "14:00-18:00")
    days: Literal["working", "every"] | tuple[Weekday, ...] = "working"
    laws: tuple[Literal["cn", "us-calls", "us-debt", "uk-eu"], ...] = ()
    """Presets of the law that hold besides those of the country: ``us-debt`` for calls about a debt."""


class Limit(Part):
    """A cap on contacts with one customer over all programmes and channels (or the named ones): at most so many in so long."""

    at_most: Annotated[int, Field(ge=0)]
    per: SpanText
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    channels: tuple[Channel, ...] = tuple(Channel)


class Limits(Part):
    """All caps of a playbook; with several active playbooks every cap of each holds (the strictest wins)."""

    caps: tuple[Limit, ...] = ()
    gap: SpanText | None = None
    """Days that must lie between two contacts of relationship or marketing purpose."""
    gap_purposes: tuple[Purpose, ...] = (Purpose.RELATIONSHIP, Purpose.MARKETING)


class Attribute(Part):
    """A typed fact that comes with a customer, an event or an agreement."""

    title: Title
    type: Literal["text", "number", "date", "boolean"] = "text"
    sensitive: bool = False


class EventKind(Part):
    """A kind of event the playbook speaks of, and what its rows carry beyond date, amount, branch and person."""

    title: Title
    attributes: dict[Name, Attribute] = {}


class AgreementKind(Part):
    """A kind of agreement: contract, policy, warranty, membership."""

    title: Title
    attributes: dict[Name, Attribute] = {}


class FactRule(Part):
    """One fact: an aggregate (``count(job.settled, 12 months)``) or an expression over other facts."""

    value: str
    title: Title | None = None
    where: Condition | None = None
    """A condition on the rows that are aggregated: `amount`, the event's attributes."""


class ClassRule(Part):
    """A named group of customers: those for whom the condition holds."""

    when: Condition
    title: Title


class Step(Part):
    """One step of a ladder."""

    when: Condition
    """A condition, or the word ``else``."""
    title: Title


class Ladder(Part):
    """Tiers that exclude each other: the first step whose condition holds; ``else`` takes the rest. The ladder's name is a text fact."""

    title: Title
    steps: dict[Name, Step]


class ValueRule(Part):
    """What customer value is learned from, and the cut rules of recency, frequency and money; each list of cuts has the best first."""

    purchases: tuple[Kind, ...] = ()
    """Events that are purchases; several on one day are one."""
    contracts: tuple[Kind, ...] = ()
    """Agreements that are renewed or not."""
    model: Literal["bg-nbd", "pareto-nbd", "rule"] = "bg-nbd"
    active_for: SpanText = Span.parse("180 days")
    """The rule in place of a model: a customer is active for so long after the last purchase."""
    window: SpanText = Span.parse("12 months")
    """Frequency and money count the purchases of this time."""
    recency: tuple[SpanText, ...] = ()
    frequency: tuple[CutText, ...] = ()
    money: tuple[CutText, ...] = ()

    @model_validator(mode="after")
    def _from_something(self) -> ValueRule:
        if not self.purchases and not self.contracts:
            raise refused(
                Words("没有写明从什么学习。", "It does not say what to learn from."),
                Words("请写 purchases（业务事件）或 contracts（合约）。", "Name purchases (events) or contracts (agreements)."),
            )
        return self
