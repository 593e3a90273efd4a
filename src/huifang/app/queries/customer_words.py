"""What a customer has said about being contacted: each statement with its purpose, channel, day, road, proof and who entered it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from huifang.app.access import customers_for
from huifang.app.records.models import Consent, Staff
from huifang.domain.contact import CHANNEL_WORDS, PURPOSE_WORDS, Channel, Purpose
from huifang.domain.words import Words

EVERYTHING, EVERYWHERE = Words("一切联络", "Everything"), Words("所有渠道", "every channel")
SENSITIVE = Words("敏感信息", "Sensitive data")
ROAD_WORDS = {
    "agent": Words("员工登记", "entered by staff"), "import": Words("导入", "import"), "reply": Words("客户回复", "the customer's reply"),
    "link": Words("退订链接", "link in a message"), "api": Words("接口", "interface"),
}  # fmt: skip
PURPOSE_TITLES: Mapping[str, Words] = {"any": EVERYTHING, **{each.value: PURPOSE_WORDS[each] for each in Purpose}, "sensitive": SENSITIVE}
CHANNEL_TITLES: Mapping[str, Words] = {"any": EVERYWHERE, **{each.value: CHANNEL_WORDS[each] for each in Channel}}
_MOST = 100


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, in words; `proof` is where and how it was said, empty where nobody noted it."""

    at: datetime
    purpose: str
    channel: str
    allowed: bool
    road: str
    proof: str
    by: str


def said_by(staff: Staff, customer_id: int, language: str) -> list[Said]:
    """The newest statements of a customer in one's scope, newest first. One query."""
    mine = customers_for(staff).filter(pk=customer_id).values("pk")
    rows = Consent.objects.filter(customer__in=mine).select_related("by").order_by("-at", "-pk")[:_MOST]
    return [
        Said(
            row.at, _words(PURPOSE_TITLES, row.purpose, language), _words(CHANNEL_TITLES, row.channel, language), row.allowed,
            _words(ROAD_WORDS, row.road, language), row.proof, row.by.name if row.by else "",
        )
        for row in rows
    ]  # fmt: skip


def _words(titles: Mapping[str, Words], key: str, language: str) -> str:
    return titles[key].say(language) if key in titles else key
