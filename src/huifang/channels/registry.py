"""Every driver there is, by name, and which of them serves a channel in an installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huifang.channels.driver import Driver
from huifang.channels.email import SmtpDriver, SmtpServer
from huifang.channels.outbox import Outbox
from huifang.domain.contact import Channel


@dataclass(frozen=True, slots=True)
class Settings:
    """What drivers are made from: the folder of the outbox, and one address for each provider that is set (`smtp`)."""

    outbox: Path
    providers: Mapping[str, str] = field(default_factory=dict)


SENT_CHANNELS = Outbox.channels
"""Channels that send by themselves: with a provider where one is set, else to the outbox."""
BUILDERS: dict[str, Callable[[str], Driver]] = {"smtp": lambda address: SmtpDriver(SmtpServer.parse(address))}
"""Name of a provider's setting → the driver made from its address."""


def drivers(settings: Settings) -> dict[Channel, Driver]:
    """The driver of each channel: the provider that is set, else the outbox. Raises `Invalid` for an address that cannot be read."""
    found: dict[Channel, Driver] = dict.fromkeys(SENT_CHANNELS, Outbox(settings.outbox))
    for name, address in settings.providers.items():
        if address:
            driver = BUILDERS[name](address)
            found |= dict.fromkeys(driver.channels, driver)
    return found
