"""No driver acts without the gate's ticket for its own channel."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huifang.channels.driver import Delivery, Driver, Message, Ticket
from huifang.channels.inbound import Receiver
from huifang.channels.registry import BUILDERS, KINDS, SENT_CHANNELS, SET_CHANNELS, Settings, drivers, kinds_for
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from tests.channels.protocols import CASES

MESSAGE = Message("+8613800002046", "主题", "您好", "zh")
ADDRESSES = {"smtp": "smtp://127.0.0.1:9?from=care@example.com&tls=off"}
GIVEN = {name: {"address": "https://127.0.0.1:9"} | dict(case.settings) for name, case in CASES.items()} | {
    "email": {"address": ADDRESSES["smtp"]}, "dialler-file": {}, "dialler-http": {"address": "https://127.0.0.1:9", "secret": "s"},
}  # fmt: skip
MOMENT = datetime(2026, 11, 24, 2, tzinfo=UTC)


def every_driver(folder: Path) -> list[Driver]:
    made = drivers(Settings(folder)).values()
    chosen = [KINDS[name].make(given, lambda: MOMENT) for name, given in GIVEN.items()]
    return [*{id(each): each for each in made}.values(), *(BUILDERS[name](address) for name, address in ADDRESSES.items()), *chosen]


def test_every_builder_is_tried_here() -> None:
    assert set(ADDRESSES) == set(BUILDERS)
    assert set(GIVEN) == set(KINDS)


def test_a_kind_is_what_it_says(tmp_path: Path) -> None:
    for name, kind in KINDS.items():
        driver = kind.make(GIVEN[name], lambda: MOMENT)
        assert (driver.name, driver.channels) == (name, kind.channels)
        assert isinstance(driver, Receiver) is kind.calls_back
        assert len({field.name for field in kind.fields}) == len(kind.fields)
    assert {kind.name for kind in kinds_for(Channel.SMS)} == {"sms-aliyun", "sms-tencent", "sms-http"}


@pytest.mark.parametrize("ticket", [None, "ticket", True, object()])
def test_a_driver_does_nothing_without_a_ticket(tmp_path: Path, ticket: Any) -> None:
    for driver in every_driver(tmp_path):
        with pytest.raises(NotAllowed):
            driver.send(ticket, MESSAGE)
    assert not list(tmp_path.rglob("*"))


def test_a_driver_does_nothing_with_a_ticket_of_another_channel_or_a_made_up_one(tmp_path: Path) -> None:
    for driver in every_driver(tmp_path):
        for channel in set(Channel) - driver.channels:
            with pytest.raises(NotAllowed):
                driver.send(Ticket(uuid.uuid4(), "a" * 64, channel, MOMENT), MESSAGE)
        own = min(driver.channels)
        for key, issued in (("../../etc", MOMENT), ("", MOMENT), ("a" * 64, MOMENT.replace(tzinfo=None))):
            with pytest.raises(NotAllowed):
                driver.send(Ticket(uuid.uuid4(), key, own, issued), MESSAGE)
    assert not list(tmp_path.rglob("*"))


def test_every_driver_says_what_a_crash_leaves(tmp_path: Path) -> None:
    for driver in every_driver(tmp_path):
        assert isinstance(driver, Driver)
        assert driver.delivery in Delivery
        assert driver.name
        assert driver.channels <= SET_CHANNELS


def test_a_provider_takes_its_channels_and_the_outbox_the_rest(tmp_path: Path) -> None:
    found = drivers(Settings(tmp_path, {"smtp": ADDRESSES["smtp"]}))
    assert {channel: driver.name for channel, driver in found.items()} == {
        channel: "email" if channel is Channel.EMAIL else "outbox" for channel in SENT_CHANNELS
    }
    assert {driver.name for driver in drivers(Settings(tmp_path, {"smtp": ""})).values()} == {"outbox"}


@pytest.mark.parametrize(
    "address", ["smtp://host:587", "http://host?from=a@b.c", "smtp://?from=a@b.c", "smtp://host:x?from=a@b.c", "smtp://h?from=@"]
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        BUILDERS["smtp"](address.replace("//", "//user:geheim@", 1))
    assert "HUIFANG_SMTP" in refused.value.say("zh")
    assert "geheim" not in refused.value.say("en")
