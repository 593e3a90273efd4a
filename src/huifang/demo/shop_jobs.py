"""Three years in the workshop: each car's visits one after the other, with season, holidays and customers who stay
away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from huifang.demo import shop_work
from huifang.demo.business import ZONE, Staff
from huifang.demo.shop_register import Account
from huifang.demo.vehicles import Car
from huifang.demo.workdays import SPRING_FESTIVALS, shop_closed
from huifang.domain.spans import add_months

_LEAVING = 0.2
_COMING_BACK = 0.16


@dataclass(slots=True)
class Job:
    """One job. `late` is how many hours it took beyond what was said, `again` whether the same fault brought the car
    back.
    """

    account: Account
    car: Car
    kind: shop_work.Kind
    received: datetime
    settled: datetime
    work: list[str]
    amount: int
    mileage: int
    adviser: Staff
    technician: Staff
    next_service: date
    late: float
    again: bool
    code: str = ""


def jobs(rng: Random, accounts: list[Account], as_of: date) -> list[Job]:
    """All jobs settled before `as_of`, in the order of settlement, with their numbers (工单号 ``W20251103-014``)."""
    found = [job for account in accounts for car in account.cars for job in _life(rng, account, car, as_of)]
    found.sort(key=lambda job: (job.settled, job.car.plate))
    day, number = "", 0
    for job in found:
        today = job.settled.strftime("%Y%m%d")
        day, number = today, number + 1 if today == day else 1
        job.code = f"W{today}-{number:03d}"
    return found


def _life(rng: Random, account: Account, car: Car, as_of: date) -> Iterator[Job]:
    """The jobs of one car."""
    day, mileage, visits = _open_day(account.joined), car.mileage, 0
    kind = _service(rng, car, visits) if rng.random() < 0.75 else shop_work.incident(rng, day.month, electric=car.electric)
    while day < as_of:
        job = _job(rng, account, car, kind, day, mileage)
        if job.settled.date() < as_of:
            yield job
        visits += 1
        following = _following(rng, account, car, job, visits)
        if following is None:
            return
        kind, after = following
        gap = max((after - day).days, 1)
        mileage += max(int(gap * car.km_a_day * (0.8 + 0.4 * rng.random())), 3)
        day = after


def _following(rng: Random, account: Account, car: Car, job: Job, visits: int) -> tuple[shop_work.Kind, date] | None:
    """The next visit's kind and day; nothing when the customer leaves."""
    day = job.settled.date()
    if rng.random() < 0.012:  # the same fault again
        return job.kind, _open_day(day + timedelta(days=rng.randint(2, 9)))
    leaving = (_LEAVING + (0.12 if visits == 1 else 0) + (0.15 if job.late > 1.5 or job.again else 0)) / account.stays
    if rng.random() < leaving:
        if rng.random() > _COMING_BACK:
            return None
        return _service(rng, car, visits), _open_day(day + timedelta(days=rng.randint(200, 420)))
    due = (job.next_service - day).days
    gap = max(int(due * rng.lognormvariate(0.06, 0.24)), 20)
    if rng.random() < 0.62:
        between = day + timedelta(days=int(gap * (0.15 + 0.7 * rng.random())))
        if rng.random() * 1.7 < shop_work.BUSY[between.month]:
            return shop_work.incident(rng, between.month, electric=car.electric), _open_day(between)
    return _service(rng, car, visits), _open_day(_before_holiday(rng, day + timedelta(days=gap)))


def _service(rng: Random, car: Car, visits: int) -> shop_work.Kind:
    if car.electric:
        return shop_work.ELECTRIC
    return shop_work.LARGE if rng.random() < (0.42 if visits % 4 == 3 else 0.14) else shop_work.SMALL


def _before_holiday(rng: Random, day: date) -> date:
    """Many have the car serviced before they drive home or away: visits due around a long holiday move to the
    fortnight before it.
    """
    for holiday in (SPRING_FESTIVALS[day.year], date(day.year, 5, 1), date(day.year, 10, 1)):
        if -4 <= (day - holiday).days <= 20 and rng.random() < 0.45:
            return holiday - timedelta(days=rng.randint(2, 14))
    return day


def _open_day(day: date) -> date:
    while shop_closed(day):
        day += timedelta(days=1)
    return day


def _job(rng: Random, account: Account, car: Car, kind: shop_work.Kind, day: date, mileage: int) -> Job:
    team = account.team
    minutes = int(rng.triangular(15, 500, 90)) if kind.hours[1] < 10 else int(rng.triangular(15, 540, 240))
    received = datetime.combine(day, time(8, 15), ZONE) + timedelta(minutes=minutes)
    low, high = kind.hours
    late = rng.expovariate(1 / 0.35) if rng.random() < 0.22 else 0.0
    settled = _finished(rng, received, low + (high - low) * rng.random() + late + 0.3)
    work, amount = shop_work.bill(rng, kind, car.level)
    months = car.interval_months
    next_service = min(day + timedelta(days=max(int(car.interval_km / car.km_a_day), 45)), add_months(day, months))
    again = rng.random() < 0.018
    advisers, technicians = team.advisers, team.technicians
    return Job(
        account, car, kind, received, settled, work, amount, mileage, advisers[int(rng.random() * len(advisers))],
        technicians[int(rng.random() * len(technicians))], next_service, late, again,
    )  # fmt: skip


def _finished(rng: Random, received: datetime, hours: float) -> datetime:
    """When the job is settled: the same day before closing, else on a following day that is open."""
    done = received + timedelta(minutes=int(hours * 60))
    if hours < 10 and done.hour < 18:
        return done
    day = received.date() + timedelta(days=max(int(hours // 24), 1))
    return datetime.combine(_open_day(day), time(9, 0), ZONE) + timedelta(minutes=int(rng.random() * 510))
