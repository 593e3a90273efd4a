"""Which driver serves each channel in this installation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from huifang.app.configuration import Configuration
from huifang.channels.driver import Driver
from huifang.channels.registry import Settings, drivers
from huifang.domain.contact import Channel

Senders = Mapping[Channel, Driver]


def senders() -> Senders:
    """The driver of each channel that sends by itself. A demo installation writes everything to its outbox folder."""
    configuration: Configuration = settings.HUIFANG
    return _made(configuration)


@lru_cache(maxsize=8)
def _made(configuration: Configuration) -> Senders:
    providers = {} if configuration.demo else {"smtp": configuration.smtp}
    return drivers(Settings(configuration.data / "outbox", providers))
