"""路安汽车服务: its three branches and the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from huifang.demo.business import Branch, Staff
from huifang.demo.people import born, person
from huifang.demo.places import CITY, Numbers

NAME = "澜溪路安汽车服务有限公司"
_BRANCHES = (
    ("CN", "城南总店", "城中区解放街318号"),
    ("HD", "湖东店", "湖东区湖滨大道66号"),
    ("GX", "高新店", "高新区创业大道1288号"),
)
SHARES = (49, 33, 18)
"""How the customers spread over the branches."""


@dataclass(frozen=True, slots=True)
class Team:
    """The people of one branch, by what they do."""

    branch: str
    agents: tuple[str, ...]
    advisers: tuple[Staff, ...]
    technicians: tuple[Staff, ...]
    head: str


def branches(numbers: Numbers) -> list[Branch]:
    """The three branches."""
    return [Branch(code, name, CITY + street, numbers.phone()) for code, name, street in _BRANCHES]


def staff(rng: Random, as_of: date) -> list[Staff]:
    """Six agents, a supervisor, three branch managers, a general manager, an administrator, nine advisers, eighteen
    technicians.
    """
    people: list[Staff] = []

    def join(
        count: int, prefix: str, title: str, branch: str, department: str, *, role: str = "", capacity: int = 0, women: float = 0.5
    ) -> None:
        for _ in range(count):
            number = sum(one.code.startswith(prefix) for one in people) + 1
            gender = "女" if rng.random() < women else "男"
            name = person(rng, gender, born(rng, as_of, 34, 8, 21, 55)).name
            code = f"{prefix}{number:02d}"
            people.append(Staff(code, name, title, branch, role, code.lower() if role else "", capacity, department))

    for (code, _, _), count in zip(_BRANCHES, (3, 2, 1), strict=True):
        join(count, "HF", "回访员", code, "客服部", role="agent", capacity=45, women=0.9)
    join(1, "KF", "客服主管", "CN", "客服部", role="supervisor", women=1)
    for code, _, _ in _BRANCHES:
        join(1, "DZ", "店长", code, "管理部", role="manager", women=0.1)
    join(1, "ZJ", "总经理", "CN", "管理部", role="manager", women=0)
    join(1, "GL", "系统管理员", "CN", "管理部", role="administrator", women=0.3)
    for code, _, _ in _BRANCHES:
        join(3, "GW", "服务顾问", code, "前台", women=0.35)
    for (code, _, _), count in zip(_BRANCHES, (8, 6, 4), strict=True):
        join(count, "JS", "维修技师", code, "车间", women=0.02)
    return people


def teams(people: list[Staff]) -> tuple[Team, ...]:
    """The people sorted by branch."""
    return tuple(
        Team(
            code,
            tuple(one.code for one in people if one.branch == code and one.role == "agent"),
            tuple(one for one in people if one.branch == code and one.job_title == "服务顾问"),
            tuple(one for one in people if one.branch == code and one.job_title == "维修技师"),
            next(one.code for one in people if one.branch == code and one.job_title == "店长"),
        )
        for code, _, _ in _BRANCHES
    )
