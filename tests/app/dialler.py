"""A dialler for the tests: its setting, and what it says of a call."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from huifang.app.records.models import ChannelSetting, DiallingRow
from huifang.channels.registry import KINDS
from huifang.domain.dialler import Told
from tests.app.cast import NOW

CODES = "SALE = completed\nNA = no_answer\nB = busy\nDC = invalid_number\nCB = callback\nDNC = never_again"


def by_file(**given: str) -> ChannelSetting:
    """A dialler that is fed by file."""
    return _set("dialler-file", given)


def by_http(address: str, **given: str) -> ChannelSetting:
    """A dialler with an address."""
    return _set("dialler-http", {"address": address, "secret": "s3cret"} | given)


def _set(driver: str, given: dict[str, str]) -> ChannelSetting:
    values = {field.name: field.default for field in KINDS[driver].fields} | {"codes": CODES} | given
    return ChannelSetting.objects.update_or_create(channel="phone", defaults={"driver": driver, "values": json.dumps(values)})[0]


def told(row: DiallingRow, code: str = "SALE", after: timedelta = timedelta(minutes=10), seconds: int = 90, **more: object) -> Told:
    """What the dialler says of a row's call, begun so long after ten."""
    return Told(str(row.key), code, began(after), seconds, **more)  # type: ignore[arg-type]  # by name


def began(after: timedelta) -> datetime:
    """A moment after ten."""
    return NOW + after
