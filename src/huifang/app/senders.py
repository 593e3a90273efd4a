"""Which driver serves each channel in this installation: what the settings page says, else the environment, else the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from huifang.app.configuration import Configuration
from huifang.app.records.models import ChannelSetting
from huifang.app.records.prepared import Prepared
from huifang.channels.driver import Driver
from huifang.channels.registry import KINDS, SENT_CHANNELS, Settings, drivers
from huifang.domain.contact import Channel

Senders = Mapping[Channel, Driver]
_CLOSED = Prepared(lambda: ChannelSetting.objects.exclude(state=ChannelSetting.State.ON).values("channel", "state"))
EVERY = "any"
"""The row of the settings whose state holds for all channels."""


def senders() -> Senders:
    """The driver of each channel that sends by itself. A demo installation writes everything to its outbox folder. One query."""
    configuration: Configuration = settings.HUIFANG
    found = dict(_made(configuration))
    if not configuration.demo:
        for row in ChannelSetting.objects.exclude(driver=""):
            found[Channel(row.channel)] = chosen(row.driver, row.values)
    return found


def closed() -> dict[Channel, str]:
    """Channels through which nothing may leave at this moment, with ``paused`` or ``stopped``; ``stopped`` is stronger. One query."""
    states = {row["channel"]: row["state"] for row in _CLOSED()}
    everywhere = states.pop(EVERY, "")
    found = {Channel(name): state for name, state in states.items()}
    if everywhere:
        strong = ChannelSetting.State.STOPPED.value
        found = {channel: strong if found.get(channel) == strong else everywhere for channel in SENT_CHANNELS}
    return found


@lru_cache(maxsize=32)
def chosen(name: str, values: str) -> Driver:
    """The driver of a setting, kept while the setting stays as it is. Signatures need the real time, whatever a demo's clock says."""
    return KINDS[name].make(json.loads(values or "{}"), timezone.now)


@lru_cache(maxsize=8)
def _made(configuration: Configuration) -> Senders:
    providers = {} if configuration.demo else {"smtp": configuration.smtp}
    return drivers(Settings(configuration.data / "outbox", providers))
