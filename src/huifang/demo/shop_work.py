"""What a repair shop does and charges: kinds of job with their items, yuan, hours, season and warranty.

Prices are those of an independent shop in a middle-sized city, before the car's price level; the season is a weight
by month.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from itertools import accumulate
from random import Random

Item = tuple[str, int, int, float]
"""Name, lowest and highest price, share of jobs that have it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job. The first item is always done; `hours` is the shortest and longest time at work."""

    name: str
    items: tuple[Item, ...]
    hours: tuple[float, float]
    warranty_months: int = 0


SMALL = Kind("小保养", (
    ("更换机油机滤", 260, 460, 1), ("全车安全检查", 0, 0, 0.5), ("更换空调滤芯", 60, 120, 0.22), ("更换空气滤芯", 50,
    110, 0.25),
    ("添加玻璃水", 15, 25, 0.3), ("轮胎换位", 60, 100, 0.1),
), (0.6, 1.4))  # fmt: skip
LARGE = Kind("大保养", (
    ("更换机油及三滤", 520, 880, 1), ("更换火花塞", 240, 520, 0.55), ("清洗节气门", 120, 200, 0.5), ("更换刹车油",
    180, 260, 0.45),
    ("更换防冻液", 180, 300, 0.35), ("更换变速箱油", 680, 1280, 0.28), ("四轮定位", 120, 200, 0.2),
), (2.0, 4.5))  # fmt: skip
ELECTRIC = Kind("小保养", (
    ("三电系统检测", 120, 220, 1), ("更换空调滤芯", 80, 140, 0.6), ("更换刹车油", 180, 260, 0.3), ("轮胎换位", 60,
    100, 0.4),
), (0.6, 1.5))  # fmt: skip
BRAKES = Kind("刹车", (
    ("更换前刹车片", 320, 620, 1), ("更换后刹车片", 300, 560, 0.4), ("更换刹车盘", 560, 1100, 0.22), ("更换刹车油",
    180, 260, 0.3),
), (1.0, 2.5), 6)  # fmt: skip
TYRES = Kind("轮胎", (
    ("更换轮胎两条", 760, 1500, 1), ("四轮定位", 120, 200, 0.55), ("动平衡", 40, 80, 0.7), ("更换气门嘴", 20, 40, 0.2),
), (0.8, 2.0), 12)  # fmt: skip
PUNCTURE = Kind("轮胎", (("补胎", 30, 60, 1), ("动平衡", 20, 40, 0.4)), (0.3, 0.8))
COOLING = Kind("空调", (
    ("空调系统检测", 50, 80, 1), ("加注冷媒", 150, 260, 0.65), ("清洗蒸发箱", 160, 280, 0.55), ("更换空调滤芯", 60,
    120, 0.5),
    ("更换冷凝器", 480, 980, 0.06), ("更换空调压缩机", 1500, 2800, 0.07),
), (1.0, 3.5), 3)  # fmt: skip
BATTERY = Kind("电瓶", (("更换蓄电池", 380, 820, 1), ("发电机充电测试", 0, 0, 0.6)), (0.4, 0.9), 12)
PAINT = Kind("钣金喷漆", (
    ("喷漆一面", 350, 480, 1), ("加喷一面", 320, 450, 0.45), ("钣金整形", 200, 760, 0.6), ("抛光打蜡", 120, 200, 0.3),
), (26.0, 80.0), 12)  # fmt: skip
FAULT = Kind("故障排查", (
    ("电脑检测", 80, 150, 1), ("更换点火线圈", 260, 520, 0.25), ("更换氧传感器", 320, 620, 0.15), ("更换水泵", 480,
    900, 0.12),
    ("更换发电机", 700, 1400, 0.08), ("更换减震器", 680, 1400, 0.12), ("更换平衡杆胶套", 160, 320, 0.2),
    ("清洗喷油嘴", 160, 260, 0.2),
), (1.5, 9.0), 3)  # fmt: skip
ACCIDENT = Kind("事故维修", (
    ("保险事故维修", 1800, 9800, 1), ("更换前杠", 600, 1500, 0.4), ("更换大灯总成", 800, 2600, 0.25), ("喷漆三面",
    1050, 1400, 0.5),
), (70.0, 200.0), 12)  # fmt: skip

_INCIDENTS = (BRAKES, TYRES, PUNCTURE, COOLING, BATTERY, PAINT, FAULT, ACCIDENT)
_SEASON = {  # weights of the incidents above in each month
    1: (8, 8, 10, 1, 30, 14, 16, 6), 2: (8, 7, 9, 1, 20, 12, 14, 5), 3: (10, 10, 10, 4, 6, 15, 15, 5), 4: (10, 12,
    10, 10, 4, 15, 15, 5),
    5: (10, 12, 10, 26, 4, 14, 14, 5), 6: (10, 12, 11, 46, 4, 13, 15, 6), 7: (9, 14, 12, 60, 6, 12, 17, 6), 8: (9,
    13, 12, 52, 6, 12, 17, 6),
    9: (12, 13, 10, 16, 5, 15, 15, 5), 10: (11, 11, 10, 5, 6, 15, 14, 5), 11: (10, 10, 10, 1, 18, 15, 15, 6), 12: (9,
    9, 10, 1, 34, 14, 16, 6),
}  # fmt: skip
_CUMULATED = {month: tuple(accumulate(weights)) for month, weights in _SEASON.items()}
BUSY = {month: sum(weights) / 100 for month, weights in _SEASON.items()}
"""How many incidents a month brings, against an average month."""


def incident(rng: Random, month: int, *, electric: bool) -> Kind:
    """An unplanned job as the month brings it."""
    weights = _CUMULATED[month]
    kind = _INCIDENTS[bisect(weights, rng.random() * weights[-1])]
    return COOLING if electric and kind in {FAULT, BATTERY} else kind


def bill(rng: Random, kind: Kind, level: float) -> tuple[list[str], int]:
    """Items done and the sum in yuan, rounded to 5 as shops do."""
    names: list[str] = []
    total = 0.0
    for name, low, high, share in kind.items:
        if share >= 1 or rng.random() < share:
            names.append(name)
            total += low + (high - low) * rng.random()
    return names, max(round(total * level / 5) * 5, 20)
