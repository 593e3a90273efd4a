"""The shop's customers with their cars: private people, and companies with a few vans or a small fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from huifang.demo import vehicles
from huifang.demo.business import Phone
from huifang.demo.people import born, keeps_lunar, person, surname
from huifang.demo.places import Numbers, address, email
from huifang.demo.shop_team import SHARES, Team

_COMPANY_WORDS = (
    "鑫达", "宏远", "永盛", "恒泰", "金源", "华诚", "顺达", "东升", "瑞丰", "明辉", "天成", "润泽", "国泰", "兴隆",
    "广源", "嘉禾", "新源", "荣昌", "安顺", "博远",
)  # fmt: skip
_TRADES = (
    "物流有限公司", "建材有限公司", "食品有限公司", "商贸有限公司", "装饰工程有限公司", "电子科技有限公司", "机械厂",
    "服饰有限公司", "建设工程有限公司",
    "农业开发有限公司", "汽车租赁有限公司", "环保科技有限公司", "印务有限公司", "家政服务部", "驾驶培训有限公司",
)  # fmt: skip


@dataclass(slots=True)
class Account:
    """One customer while the story is told."""

    code: str
    name: str
    kind: str
    gender: str
    phones: tuple[Phone, ...]
    team: Team
    owner: str
    joined: date
    first_seen: date
    cars: list[vehicles.Car]
    birthday: date | None
    lunar: bool
    email: str
    address: str
    contact_person: str
    stays: float
    """How faithful: the chance of leaving after a visit is divided by it."""
    status: str = "active"


def accounts(rng: Random, teams: tuple[Team, ...], numbers: Numbers, count: int, start: date, as_of: date) -> list[Account]:
    """`count` customers; four in ten were customers before `start`, the others came since, evenly."""
    days = (as_of - start).days
    found = []
    for number in range(1, count + 1):
        if number <= count * 0.4:
            joined = start + timedelta(days=int(rng.random() * 240))
            first_seen = start - timedelta(days=int(rng.random() ** 1.5 * 1800))
        else:
            joined = first_seen = start + timedelta(days=int((number / count - 0.4) / 0.6 * (days - 1)))
        code, team = f"KH{number:06d}", rng.choices(teams, SHARES)[0]
        if rng.random() < 0.035:
            found.append(_company(rng, code, team, numbers, joined, first_seen))
        else:
            found.append(_private(rng, code, team, numbers, joined, first_seen, as_of))
    return found


def _private(rng: Random, code: str, team: Team, numbers: Numbers, joined: date, first_seen: date, as_of: date) -> Account:
    gender = "男" if rng.random() < 0.71 else "女"
    birthday = born(rng, as_of, 41, 11, 21, 78)
    who = person(rng, gender, birthday)
    cars = [_car(rng, vehicles.private_model(rng), numbers, joined, rng.lognormvariate(9.3, 0.42))]
    if rng.random() < 0.07:
        cars.append(_car(rng, vehicles.private_model(rng), numbers, joined, rng.lognormvariate(9.1, 0.4)))
    phones = [Phone(numbers.phone(), usable=rng.random() > 0.012)]
    if rng.random() < 0.09:
        phones.append(Phone(numbers.phone(), rng.choice(("妻子" if gender == "男" else "丈夫", "儿子", "女儿", "送修人"))))
    known = rng.random() < 0.62
    return Account(
        code, who.name, "person", gender, tuple(phones), team, rng.choice(team.agents), joined, first_seen, cars,
        birthday if known else None, known and keeps_lunar(rng, birthday), email(rng,
        code) if rng.random() < 0.08 else "",
        address(rng) if rng.random() < 0.7 else "", "", 0.6 + rng.random() * 1.2,
    )  # fmt: skip


def _company(rng: Random, code: str, team: Team, numbers: Numbers, joined: date, first_seen: date) -> Account:
    name = f"澜溪市{rng.choice(_COMPANY_WORDS)}{rng.choice(_TRADES)}"
    fleet = min(1 + int(rng.expovariate(0.45)), 14)
    cars = [_car(rng, vehicles.company_model(rng), numbers, joined, rng.lognormvariate(10.0, 0.35)) for _ in range(fleet)]
    keeper = surname(rng) + rng.choice(("师傅", "经理", "主任", "先生", "女士"))
    phones = (Phone(numbers.phone(), "车辆管理员"), *((Phone(numbers.phone(), "财务"),) if rng.random() < 0.3 else ()))
    return Account(
        code, name, "organisation", "", phones, team, rng.choice(team.agents), joined, first_seen, cars,
        None, False, email(rng, code) if rng.random() < 0.4 else "", address(rng).partition("号")[0] + "号", keeper,
        1.2 + rng.random(),
    )  # fmt: skip


def _car(rng: Random, model: vehicles.Model, numbers: Numbers, joined: date, km_a_year: float) -> vehicles.Car:
    if joined.year < model.since:  # not on sale yet: they drove something else
        model = vehicles.Model("大众朗逸", 0.95, 7500, electric=False, since=2009)
    return vehicles.car(rng, model, numbers.plate(electric=model.electric), joined, km_a_year)
