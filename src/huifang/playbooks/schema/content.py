"""What is sent: message templates, coupons, tracked links, value reports."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from huifang.domain.contact import Channel
from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.schema.terms import WHOLE_DAYS, Condition, Key, Kind, Name, Part, SpanText, Title, refused

_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{2,5})?/[^\s{}\\<>\"]*")
"""https, a host in plain letters (no account before it, no look-alikes), and a path."""


class Content(Part):
    """A message template for a channel, by language, optionally by class."""

    title: Title
    channel: Channel
    subject: Title | None = None
    text: Title
    for_: Condition | None = None
    coupon: Key | None = None
    """Whose code stands at ``{coupon}``."""
    attach: Key | None = None
    """The value report that goes with the mail."""


class CouponRule(Part):
    """A coupon: how long a code holds after it was given, and whether its codes are made here or brought in by a manager."""

    title: Title
    valid: SpanText
    codes: Literal["made", "brought in"] = "made"

    @model_validator(mode="after")
    def _whole_days(self) -> CouponRule:
        if self.valid.unit not in WHOLE_DAYS:
            raise refused(
                Words("券的有效期要用天、周、月或年。", "A coupon is valid for days, weeks, months or years."),
                Words("请写成 2 weeks。", "Write 2 weeks."),
            )
        return self


class LinkRule(Part):
    """A page that messages lead to; a click is known to be the customer's. `to` is the only address the link ever leads to."""

    title: Title
    to: Annotated[str, Field(max_length=500)]
    open_for: SpanText = Span(3, Unit.MONTH)
    uses: Annotated[int, Field(ge=1, le=100)] | None = None
    """How often it leads on: 1 is a single-use link; without it, as often as the customer likes."""

    @model_validator(mode="after")
    def _safe(self) -> LinkRule:
        if not _ADDRESS.fullmatch(self.to):
            raise refused(
                Words(
                    "链接的去处要是完整的 https 地址，不带占位和账号。",
                    "A link leads to a whole https address without places or an account.",
                ),
                Words("请写成 https://www.example.com/guide。", "Write https://www.example.com/guide."),
            )
        if self.open_for.unit not in WHOLE_DAYS:
            raise refused(
                Words("链接的有效期要用天、周、月或年。", "A link is open for days, weeks, months or years."),
                Words("请写成 3 months。", "Write 3 months."),
            )
        return self

    @property
    def host(self) -> str:
        """Whose page it is: the name between ``https://`` and the path, with its port."""
        return self.to.split("/")[2]


class ReportChart(Part):
    """A bar for each month: how many events there were or, with `sum`, what they add up to (``amount`` or one of their numbers)."""

    title: Title
    event: Kind
    sum: Name | None = None


class ValueReport(Part):
    """A customer's own figures over the last full months, as a PDF that is made when a message is sent and goes with it."""

    title: Title
    months: Annotated[int, Field(ge=1, le=24)] = 6
    opening: Title
    figures: Annotated[tuple[Name, ...], Field(max_length=12)] = ()
    """Facts, each with its title."""
    charts: Annotated[tuple[ReportChart, ...], Field(max_length=8)] = ()
    closing: Title | None = None
