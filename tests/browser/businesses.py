"""The two businesses whose whole day is walked: who works there, what happens that day, and which registers have to say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from huifang.demo.business import Business
from huifang.demo.hospital import hospital
from huifang.demo.repair_shop import repair_shop
from huifang.playbooks import library
from huifang.playbooks.schema import Playbook

DAY = date(2026, 11, 20)
"""A working Friday."""


def at(hour: int, minute: int) -> datetime:
    """A moment of DAY in UTC, given by the businesses' clock."""
    return datetime.combine(DAY, time(hour, minute), ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@dataclass(frozen=True)
class Scene:
    """A business on DAY. `morning` and `afternoon`: when its people sit down; both lie within its calling hours.

    `unhappy`, `happy`, `away`, `later`: programmes whose first customers answer badly (with these digits) and well, do not answer
    at first, and want to be called in the afternoon. `case`: what the bad answer leads to.
    """

    key: str
    make: Callable[[], Business]
    agent: str
    supervisor: str
    manager: str
    administrator: str
    morning: datetime
    afternoon: datetime
    unhappy: tuple[str, Mapping[str, int]]
    happy: str
    away: str
    later: str
    well: Mapping[str, int]
    """Question → the digit of a good answer; ``*`` for the others."""
    case: str
    registers: tuple[str, ...]
    words_in: str
    """The register that quotes the customers' words."""
    again_today: bool = False
    """Whether somebody who did not answer in the morning is tried again in the afternoon."""
    imports: bool = False
    """Whether the day begins with a file from the source system."""

    @property
    def playbook(self) -> Playbook:
        """The playbook in force."""
        return library.read(self.key).playbook


SHOP = Scene(
    "repair-shop", lambda: repair_shop(DAY, customers=2500), "hf01", "kf01", "dz01", "gl01", at(9, 35), at(14, 35),
    ("day-after", {"*": 2}), "six-months", "insurance-due", "inspection-due", {"*": 5},
    "dissatisfied",
    ("daily-satisfaction", "daily-lost", "daily-due"), "daily-satisfaction", imports=True,
)  # fmt: skip
HOSPITAL = Scene(
    "hospital", lambda: hospital(DAY, patients=3000), "sf01", "zr01", "yz01", "gl01", at(10, 5), at(15, 5),
    ("inpatient", {"*": 3}), "basic-first", "inpatient", "special-first", {"*": 5, "recovery": 1, "distress": 2},
    "medical", ("visit-card", "monthly-table"), "visit-card", again_today=True,
)  # fmt: skip
SCENES = {scene.key: scene for scene in (SHOP, HOSPITAL)}
