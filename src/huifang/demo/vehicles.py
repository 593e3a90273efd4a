"""Cars as they stand in a town's repair shop: models by share, age, yearly mileage, service interval."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from huifang.domain.spans import add_months

_MODELS = (  # name, share, price level, service interval in km, electric, on sale since
    ("大众朗逸", 8, 0.95, 7500, False, 2009), ("大众帕萨特", 4, 1.1, 10000, False, 2010), ("大众途观L", 4, 1.15,
    10000, False, 2017),
    ("别克英朗", 6, 0.95, 5000, False, 2010), ("别克GL8", 2, 1.2, 7500, False, 2011), ("雪佛兰科鲁兹", 3, 0.9, 5000,
    False, 2010),
    ("丰田卡罗拉", 6, 0.95, 5000, False, 2010), ("丰田凯美瑞", 4, 1.05, 10000, False, 2012), ("丰田RAV4荣放", 3,
    1.05, 10000, False, 2014),
    ("本田CR-V", 5, 1.05, 5000, False, 2012), ("本田雅阁", 3, 1.05, 5000, False, 2012), ("本田思域", 3, 0.95, 5000,
    False, 2016),
    ("日产轩逸", 8, 0.9, 5000, False, 2010), ("日产天籁", 2, 1.0, 5000, False, 2012), ("日产奇骏", 3, 1.0, 5000,
    False, 2013),
    ("现代朗动", 3, 0.85, 5000, False, 2012), ("起亚K3", 2, 0.85, 5000, False, 2013), ("福特福克斯", 3, 0.95, 5000,
    False, 2012),
    ("吉利帝豪", 5, 0.8, 5000, False, 2012), ("吉利博越", 3, 0.85, 7500, False, 2016), ("长安CS75", 4, 0.8, 5000,
    False, 2014),
    ("哈弗H6", 5, 0.8, 5000, False, 2012), ("传祺GS4", 3, 0.85, 7500, False, 2015), ("五菱宏光", 4, 0.7, 5000, False,
    2011),
    ("奥迪A4L", 2, 1.7, 10000, False, 2012), ("奥迪A6L", 2, 1.9, 10000, False, 2012), ("宝马3系", 2, 1.8, 10000,
    False, 2013),
    ("奔驰C级", 1, 1.9, 10000, False, 2014), ("比亚迪秦PLUS", 3, 0.8, 7500, False, 2021), ("比亚迪宋PLUS", 2, 0.85,
    7500, False, 2020),
    ("比亚迪元EV", 2, 0.75, 10000, True, 2018), ("特斯拉Model 3", 1, 1.5, 20000, True, 2019), ("埃安S", 1, 0.8,
    10000, True, 2019),
)  # fmt: skip
_SHARES = tuple(accumulate(model[1] for model in _MODELS))
_VANS = ("五菱荣光", "福特全顺", "江淮瑞风", "上汽大通V80", "江铃宝典皮卡", "依维柯得意")


@dataclass(slots=True)
class Car:
    """One car: `level` multiplies prices, `km_a_day` is how much it is driven, `interval_km` and `interval_months`
    its service rhythm.
    """

    plate: str
    model: str
    level: float
    electric: bool
    registered: date
    km_a_day: float
    interval_km: int
    interval_months: int
    mileage: int
    """At the start of the story."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a buyer chose."""

    name: str
    level: float
    interval_km: int
    electric: bool
    since: int


def private_model(rng: Random) -> Model:
    """A private car by its share of the town."""
    name, _, level, interval_km, electric, since = _MODELS[bisect(_SHARES, rng.random() * _SHARES[-1])]
    return Model(name, level, interval_km, electric, since)


def company_model(rng: Random) -> Model:
    """A van of a company, or one of its saloons."""
    if rng.random() < 0.55:
        return Model(rng.choice(_VANS), 0.95, 5000, electric=False, since=2012)
    return private_model(rng)


def car(rng: Random, model: Model, plate: str, first_visit: date, km_a_year: float) -> Car:
    """A car of `model` that has run up to its first visit to the shop."""
    newest = first_visit - timedelta(days=45)
    oldest = max(date(model.since, 3, 1), first_visit - timedelta(days=365 * 11))
    age_days = rng.random() ** 1.4 * max((newest - oldest).days, 30)
    registered = newest - timedelta(days=int(age_days))
    km_a_day = max(km_a_year, 3000) / 365
    mileage = int((first_visit - registered).days * km_a_day * (0.8 + 0.4 * rng.random())) + 200
    months = 12 if model.interval_km >= 10000 else (6 if rng.random() < 0.6 else 8)
    return Car(plate, model.name, model.level, model.electric, registered, km_a_day, model.interval_km, months, mileage)


def inspection_due(registered: date, as_of: date) -> date:
    """The next yearly-inspection day (年检): every second year until the tenth, every year after that; the month's
    last day counts.
    """
    years = 2
    while (due := add_months(registered, 12 * years)) < as_of:
        years += 2 if years < 10 else 1
    return due
