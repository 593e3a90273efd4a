"""Insurances that the shop knows of, and the warranties it gave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from huifang.demo.business import Agreement
from huifang.demo.shop_jobs import Job
from huifang.demo.shop_register import Account
from huifang.demo.vehicles import Car
from huifang.domain.spans import add_months

_INSURERS = ("人保财险", "平安产险", "太平洋产险", "国寿财险", "中华联合", "阳光产险")
_WEIGHTS = (34, 28, 17, 10, 6, 5)


def insurances(rng: Random, accounts: list[Account], last_seen: dict[str, date], as_of: date) -> list[Agreement]:
    """Car insurances of about half of the customers: the period the shop saw last and the one before."""
    found: list[Agreement] = []
    for account in accounts:
        seen = last_seen.get(account.code)
        if seen is None or rng.random() > (0.3 if account.kind == "organisation" else 0.5):
            continue
        known = as_of if (as_of - seen).days < 420 else seen
        for car in account.cars:
            for starts, ends in _periods(rng, car, account.joined, known):
                number = f"BX{len(found) + 1:06d}"
                premium = round((2100 + 2600 * rng.random()) * car.level, 2)
                status = "ended" if ends < as_of else ("cancelled" if rng.random() < 0.01 else "active")
                insurer = rng.choices(_INSURERS, _WEIGHTS)[0]
                facts = {"insurer": insurer, "plate": car.plate, "vehicle": car.model}
                found.append(Agreement(number, account.code, "insurance", starts, ends, status, premium, facts))
    return found


def _periods(rng: Random, car: Car, joined: date, known: date) -> Iterator[tuple[date, date]]:
    starts = car.registered + timedelta(days=rng.randint(-6, 3))
    while (following := add_months(starts, 12)) <= known:
        if following > joined and (known - following).days <= 365:
            yield starts, following - timedelta(days=1)
        starts = following
    yield starts, following - timedelta(days=1)


def warranties(jobs: list[Job], as_of: date) -> list[Agreement]:
    """The shop's warranty on parts and paint, from the day of settlement."""
    found: list[Agreement] = []
    for job in jobs:
        if months := job.kind.warranty_months:
            starts = job.settled.date()
            ends = add_months(starts, months) - timedelta(days=1)
            facts = {"plate": job.car.plate, "work": job.kind.name, "order": job.code}
            number = f"ZB{len(found) + 1:06d}"
            status = "ended" if ends < as_of else "active"
            found.append(Agreement(number, job.account.code, "warranty", starts, ends, status, 0.0, facts))
    return found
