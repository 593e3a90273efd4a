"""How each channel stands: who sends, whether anything may leave, what waits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count

from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import ChannelSetting, FollowUp
from huifang.app.senders import EVERY
from huifang.channels.fields import Field
from huifang.channels.registry import KINDS, SET_CHANNELS, Kind, kinds_for
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words

_BY_SMTP = Words("邮件服务器（环境变量）", "Mail server (environment)")
_OUTBOX = Words("写入发件箱文件夹", "Written to the outbox folder")
_BY_HAND = Words("由人拨打", "Called by people")
_STATES = ChannelSetting.State


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel; `waiting` counts today's messages that have not left; `state` is on, paused or stopped."""

    name: str
    title: Words
    driver: Words
    real: bool
    state: str
    waiting: int
    changed_at: datetime | None
    changed_by: str
    choices: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a driver's form: what stands in it, and whether a secret is kept."""

    field: Field
    value: str
    kept: bool


def channel_lines(day: date) -> tuple[list[ChannelLine], str]:
    """The phone and every channel that sends by itself, in their own order, and the state that holds for all of them. Two queries."""
    rows = {row.channel: row for row in ChannelSetting.objects.select_related("changed_by")}
    live = FollowUp.objects.filter(BY_ITSELF, day=day, state__in=(FollowUp.State.OPEN, FollowUp.State.CLAIMED))
    waiting = dict(live.values_list("channel").annotate(Count("pk")))
    lines = [_line(channel, rows.get(channel.value), waiting.get(channel.value, 0)) for channel in Channel if channel in SET_CHANNELS]
    everywhere = rows.get(EVERY)
    return lines, everywhere.state if everywhere else _STATES.ON.value


def _line(channel: Channel, row: ChannelSetting | None, waiting: int) -> ChannelLine:
    kind = KINDS.get(row.driver) if row else None
    title = kind.title if kind else _BY_SMTP if channel is Channel.EMAIL and settings.HUIFANG.smtp else _OUTBOX
    real = title is not _OUTBOX and not settings.HUIFANG.demo
    shown = title if real else _OUTBOX
    if channel is Channel.PHONE:
        shown, real = kind.title if kind else _BY_HAND, not settings.HUIFANG.demo
    return ChannelLine(
        channel.value, CHANNEL_WORDS[channel], shown, real, row.state if row else _STATES.ON.value, waiting,
        row.changed_at if row else None, row.changed_by.name if row and row.changed_by else "", bool(kinds_for(channel)),
    )  # fmt: skip


def asked_of(kind: Kind, row: ChannelSetting | None) -> list[Asked]:
    """A driver's fields with what is kept; secrets are never shown."""
    kept = json.loads(row.values) if row and row.values and row.driver == kind.name else {}
    return [
        Asked(field, "" if field.secret else kept.get(field.name) or field.default, bool(field.secret and kept.get(field.name)))
        for field in kind.fields
    ]


def hook_address(row: ChannelSetting | None) -> str:
    """The secret address that the provider is told to call; empty before the channel is set up."""
    if row is None or not row.hook or row.driver not in KINDS or not KINDS[row.driver].calls_back:
        return ""
    return f"{settings.HUIFANG.public_url or 'https://…'}/hooks/{row.hook}/"
