"""The hospital's staff and patients: age and sex by department, telephones of family members, visits one after the
other.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from huifang.demo.business import ZONE, Customer, Event, Phone, Staff
from huifang.demo.hospital_departments import BASIC, DEPARTMENTS, INPATIENT, TITLES, Department
from huifang.demo.people import born, keeps_lunar, person
from huifang.demo.places import Numbers, address
from huifang.demo.workdays import is_working

_SHARES = tuple(accumulate(department.share for department in DEPARTMENTS))
_LETTERS = {"visit.discharged": "Z", "visit.special_first": "T", "visit.basic_first": "M"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit with what the follow-up needs of it."""

    event: Event
    department: Department
    doctor: str


def staff(rng: Random, as_of: date) -> tuple[list[Staff], dict[str, list[Staff]]]:
    """The follow-up centre (two callers, a head, the vice-president, an administrator) and the doctors by
    department.
    """
    centre = (
        ("SF01", "随访护士", "agent", 40, "女", "随访中心"), ("SF02", "随访护士", "agent", 40, "女", "随访中心"),
        ("ZR01", "随访中心主任", "supervisor", 0, "女", "随访中心"), ("YZ01", "分管副院长", "manager", 0, "男", "院办"),
        ("GL01", "信息科管理员", "administrator", 0, "男", "信息科"),
    )  # fmt: skip
    people = [
        Staff(code, person(rng, gender, born(rng, as_of, 38, 8, 24, 58)).name, title, "RH", role, code.lower(), capacity, place)
        for code, title, role, capacity, gender, place in centre
    ]
    doctors: dict[str, list[Staff]] = {}
    for department in DEPARTMENTS:
        for place in range(department.doctors):
            code = f"YS{sum(map(len, doctors.values())) + 1:03d}"
            gender = "女" if rng.random() < (0.9 if department.name == "妇产科" else 0.42) else "男"
            name = person(rng, gender, born(rng, as_of, 52 - 4 * place, 4, 27, 62)).name
            doctor = Staff(code, name, f"{department.name}{TITLES[place]}", "RH", department=department.name)
            doctors.setdefault(department.name, []).append(doctor)
    return people + [doctor for group in doctors.values() for doctor in group], doctors


def patient(rng: Random, number: int, numbers: Numbers, agents: tuple[str, ...], day: date) -> tuple[Customer, Department]:
    """One patient and the department that saw him or her first, on `day`."""
    department = DEPARTMENTS[bisect(_SHARES, rng.random() * _SHARES[-1])]
    gender = "女" if rng.random() < department.women else "男"
    birthday = born(rng, day, *department.age, *department.limits)
    age = (day - birthday).days / 365.25
    phones = _phones(rng, numbers, age)
    record_number = f"{day:%y}{number:06d}"
    customer = Customer(
        f"HZ{number:06d}", person(rng, gender, birthday).name, "person", phones, "RH", agents[number % len(agents)],
        day, gender,
        address=address(rng) if rng.random() < 0.9 else "", birthday=birthday, birthday_lunar=keeps_lunar(rng,
        birthday),
        attributes={"gender": gender, "record_number": record_number},
    )  # fmt: skip
    return customer, department


def _phones(rng: Random, numbers: Numbers, age: float) -> tuple[Phone, ...]:
    usable = rng.random() > 0.015
    if age < 14:
        parents = [Phone(numbers.phone(), "母亲", usable)]
        return (*parents, Phone(numbers.phone(), "父亲")) if rng.random() < 0.5 else tuple(parents)
    child = rng.choice(("儿子", "女儿", "女儿", "儿媳"))
    if age > 72 and rng.random() < 0.6:
        return (Phone(numbers.phone(), child, usable),)
    own = Phone(numbers.phone(), "", usable)
    if rng.random() < (0.6 if age > 60 else 0.2):
        return own, Phone(numbers.phone(), child if age > 50 else rng.choice(("配偶", "母亲", "姐姐")))
    return (own,)


def visit(rng: Random, customer: Customer, department: Department, doctor: Staff, day: date, number: int) -> Visit:
    """One visit of `customer`; discharges happen every day, outpatients come mostly on working days."""
    if department.kind == BASIC and not is_working(day) and rng.random() < 0.6:
        day -= timedelta(days=2)
    low, high = (9 * 60, 16 * 60) if department.kind == INPATIENT else (8 * 60, 17 * 60)
    at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(minutes=int(low + (high - low) * rng.random()))
    age = (day - (customer.birthday or day)).days / 365.25
    fitting = [one for one in department.diagnoses if one.befalls(customer.gender, age)]
    diagnosis = fitting[int(rng.random() * len(fitting))]
    surgery = diagnosis.surgery
    facts: dict[str, str | int | float | bool | date] = {
        "department": department.name, "doctor": doctor.name, "diagnosis": diagnosis.name, "surgery": bool(surgery),
        "operation": surgery,
    }  # fmt: skip
    if department.stay[1]:
        stay = rng.randint(*department.stay)
        facts |= {"admitted": day - timedelta(days=stay), "stay": stay}
    cheap, dear = department.cost
    amount = round(cheap + (dear - cheap) * rng.random() ** (1.6 if not surgery else 0.8), 2)
    code = f"{_LETTERS[department.kind]}{day:%Y%m%d}-{number:06d}"
    return Visit(Event(code, customer.code, department.kind, at, amount, "RH", doctor.code, facts), department, doctor.name)
