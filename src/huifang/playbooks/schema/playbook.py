"""A whole playbook file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from huifang.domain.contact import Channel
from huifang.domain.fallback import cheapest_first
from huifang.playbooks.schema.business import (
    AgreementKind,
    Attribute,
    CalendarRule,
    ClassRule,
    EventKind,
    FactRule,
    Ladder,
    Limits,
    ValueRule,
)
from huifang.playbooks.schema.cases import CaseKind, Cause
from huifang.playbooks.schema.content import Content, CouponRule, LinkRule, ValueReport
from huifang.playbooks.schema.programmes import Programme
from huifang.playbooks.schema.questionnaires import Questionnaire, Script
from huifang.playbooks.schema.reports import Register, Report, Review, Target
from huifang.playbooks.schema.terms import Key, Kind, LanguageTag, Name, Part, Title

FORMAT = "huifang/1"
LINK = "{survey}"
"""The place at which a message carries the customer's own link to a questionnaire."""


class Playbook(Part):
    """A whole follow-up plan."""

    format: Literal["huifang/1"]
    playbook: Key
    version: Annotated[str, Field(max_length=20)] = "1"
    status: Literal["ready", "draft"] = "ready"
    plan: str | None = None
    trade: Key = "general"
    title: Title
    about: Title
    subjects: tuple[Literal["person", "organisation", "household", "staff"], ...] = ("person", "organisation")
    languages: tuple[LanguageTag, ...] = ()
    """Languages of customers beside Chinese and English, by their BCP 47 tags: what is asked and sent is written in them too."""
    time_zone: str = "Asia/Shanghai"
    calendar: CalendarRule = CalendarRule()
    limits: Limits = Limits()
    sensitive: bool = False
    """Health or similar data: separate consent, larger minimum groups."""
    attributes: dict[Name, Attribute] = {}
    events: dict[Kind, EventKind] = {}
    agreements: dict[Kind, AgreementKind] = {}
    facts: dict[Name, FactRule] = {}
    classes: dict[Name, ClassRule] = {}
    ladders: dict[Name, Ladder] = {}
    value: ValueRule | None = None
    questionnaires: dict[Key, Questionnaire] = {}
    scripts: dict[Key, Script] = {}
    content: dict[Key, Content] = {}
    coupons: dict[Key, CouponRule] = {}
    links: dict[Key, LinkRule] = {}
    value_reports: dict[Key, ValueReport] = {}
    programmes: dict[Key, Programme] = Field(min_length=1)
    cases: dict[Key, CaseKind] = {}
    causes: dict[Name, Cause] = {}
    """The causes a case can have; without any, they are written freely."""
    registers: dict[Key, Register] = {}
    reports: dict[Key, Report] = {}
    targets: dict[Key, Target] = {}
    costs: dict[Channel, Annotated[float, Field(ge=0)]] = {}
    """What one contact on a channel costs, in the money of the amounts; needed to tell cost and return."""
    review: Review = Review()

    def ways(self, programme: Programme) -> tuple[Channel, ...]:
        """A programme's channels in the order in which they are looked at. A survey link goes by whichever of its messages carries it."""
        named = (self.link_carriers(programme) if channel is Channel.SURVEY else (channel,) for channel in programme.through)
        ways = tuple(dict.fromkeys(channel for some in named for channel in some))
        return cheapest_first(ways, self.costs) if programme.choose == "cheapest" else ways

    def link_carriers(self, programme: Programme) -> tuple[Channel, ...]:
        """The channels of a programme's messages that say ``{survey}``, in their order."""
        contents = (self.content[key] for key in programme.send if key in self.content)
        said = (each.channel for each in contents if LINK in each.text.zh or LINK in each.text.en)
        return tuple(dict.fromkeys(channel for channel in said if channel is not Channel.SURVEY))

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        """``name: expression`` stands for ``name: {value: expression}`` in facts."""
        if isinstance(data, dict) and isinstance(data.get("facts"), dict):
            facts = {name: {"value": rule} if isinstance(rule, str) else rule for name, rule in data["facts"].items()}
            return {**data, "facts": facts}
        return data
