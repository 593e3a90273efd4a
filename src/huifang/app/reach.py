"""Which kind of contact point each channel reaches a customer through."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from huifang.app.records.prepared import Row
from huifang.channels.registry import SENT_CHANNELS
from huifang.domain.contact import Channel

POINT_KINDS: dict[Channel, tuple[str, ...]] = {
    Channel.PHONE: ("phone",),
    Channel.SMS: ("phone",),
    Channel.SURVEY: ("phone", "email"),
    Channel.EMAIL: ("email",),
    Channel.WECOM: ("wecom",),
    Channel.DINGTALK: ("dingtalk",),
    Channel.FEISHU: ("feishu",),
    Channel.LETTER: ("address",),
    Channel.VISIT: ("address", "phone"),
    Channel.IN_APP: (),
}
"""A visit without an address is agreed on the phone; a text message needs a mobile number; in-app needs nothing."""

BY_ITSELF = Q(staff=None, channel__in=[channel.value for channel in SENT_CHANNELS])
"""Follow-ups that no person is to do: their channel sends them."""


def carries(kind: str, mobile: bool, channel: Channel) -> bool:
    """Whether a contact point of a kind, a mobile number or not, serves a channel (known to be wrong or not)."""
    return kind in POINT_KINDS[channel] and (mobile or channel is not Channel.SMS)


def channels_of(kind: str, mobile: bool) -> tuple[Channel, ...]:
    """Every channel that a contact point serves."""
    return tuple(channel for channel in Channel if carries(kind, mobile, channel))


def best_point(points: Iterable[Row], channel: Channel) -> Row | None:
    """The usable point to try first, else one that is known to be wrong, else None; `points` are in their own order, primary first."""
    fitting = [point for point in points if carries(point["kind"], point["mobile"], channel)]
    return next((point for point in fitting if point["usable"]), fitting[0] if fitting else None)
