"""澜溪路安汽车服务: a repair shop with three branches, 20,000 customers and three years of jobs, on the morning of a
day.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from huifang.demo import shop_agreements, shop_jobs, shop_register, shop_team
from huifang.demo.business import Absence, Attributes, Business, Consent, Customer, Event
from huifang.demo.people import family_name
from huifang.demo.places import Numbers
from huifang.demo.shop_followups import Year
from huifang.demo.shop_jobs import Job
from huifang.demo.shop_register import Account
from huifang.demo.vehicles import inspection_due
from huifang.domain.spans import add_months

YEARS = 3


def repair_shop(as_of: date, seed: int = 1, customers: int = 20_000) -> Business:
    """The repair shop on the morning of `as_of`; the same for the same arguments, row by row."""
    rng = Random(f"repair-shop {seed}")  # noqa: S311 - a story, not a secret
    numbers = Numbers(rng)
    business = Business("repair-shop", shop_team.NAME, as_of, seed)
    business.branches = shop_team.branches(numbers)
    business.staff = shop_team.staff(rng, as_of)
    teams = shop_team.teams(business.staff)
    accounts = shop_register.accounts(rng, teams, numbers, customers, add_months(as_of, -12 * YEARS), as_of)
    jobs = shop_jobs.jobs(rng, accounts, as_of)
    last = {job.account.code: job for job in jobs}
    seen = {code: job.settled.date() for code, job in last.items()}
    accounts = [account for account in accounts if account.code in last]
    business.agreements = shop_agreements.insurances(rng, accounts, seen, as_of) + shop_agreements.warranties(jobs, as_of)
    agreed = frozenset(account.code for account in accounts if rng.random() < 0.55)
    supervisor = next(one.code for one in business.staff if one.role == "supervisor")
    Year(rng, business, supervisor, agreed).tell(jobs, business.agreements, {account.code: account for account in accounts})
    _gone(rng, accounts, seen, as_of)
    business.customers = [_customer(account, last[account.code], as_of) for account in accounts]
    twice = _duplicates(rng, business, jobs)
    business.events = [event for job in jobs for event in _events(job, twice.get(job.code, job.account.code))]
    business.consents += _consents(rng, business, agreed)
    business.consents += _rather_written(Random(f"repair-shop {seed} rather written"), business)  # noqa: S311
    business.absences = [Absence("HF02", as_of, as_of + timedelta(days=1), "HF03", "参加厂家培训")]
    return business


def _gone(rng: Random, accounts: list[Account], seen: dict[str, date], as_of: date) -> None:
    """Of those long not seen, a few have died, and a few companies and car owners are known to have given up their
    cars.
    """
    for account in accounts:
        if (as_of - seen[account.code]).days > 240:
            chance = rng.random()
            if account.kind == "person" and chance < 0.003:
                account.status = "deceased"
            elif chance < 0.012:
                account.status = "closed"


def _customer(account: Account, last: Job, as_of: date) -> Customer:
    car = last.car
    facts: dict[str, str | int | float | bool | date] = {
        "plate": car.plate, "vehicle": car.model, "next_service": last.next_service,
        "inspection_due": inspection_due(car.registered, as_of),
        "mileage": last.mileage, "cars": len(account.cars),
    }  # fmt: skip
    if account.contact_person:
        facts["contact_person"] = account.contact_person
    return Customer(
        account.code, account.name, account.kind, account.phones, account.team.branch, account.owner,
        account.first_seen, account.gender,
        account.email, account.address, account.birthday, account.lunar, account.status, "", facts,
    )  # fmt: skip


def _events(job: Job, customer: str) -> tuple[Event, Event]:
    car = job.car
    arrival: Attributes = {"plate": car.plate, "vehicle": car.model, "mileage": job.mileage, "order": job.code}
    done: Attributes = {
        "plate": car.plate, "vehicle": car.model, "mileage": job.mileage, "work_kind": job.kind.name,
        "work": "、".join(job.work),
        "technician": job.technician.name, "adviser": job.adviser.name, "next_service": job.next_service,
    }  # fmt: skip
    branch, adviser = job.account.team.branch, job.adviser.code
    return (
        Event("J" + job.code[1:], customer, "job.received", job.received, None, branch, adviser, arrival),
        Event(job.code, customer, "job.settled", job.settled, float(job.amount), branch, adviser, done),
    )


def _duplicates(rng: Random, business: Business, jobs: list[Job]) -> dict[str, str]:
    """Registers hold people twice: one in a hundred was entered once more under the same telephone, and an old job
    hangs there.

    Returns the customer code by job code for those jobs.
    """
    long_ago = business.as_of - timedelta(days=640)
    first = {job.account.code: job for job in reversed(jobs)}
    moved: dict[str, str] = {}
    count = len(business.customers)
    for known in business.customers[:count]:
        job = first[known.code]
        if known.kind != "person" or job.settled.date() > long_ago or rng.random() > 0.02:
            continue
        title = "先生" if known.gender == "男" else "女士"
        code = f"KH{900000 + len(moved) + 1}"
        name = rng.choice((known.name, known.name + title, family_name(known.name) + title))
        facts = {key: known.attributes[key] for key in ("plate", "vehicle")}
        business.customers.append(
            Customer(
                code, name, "person", known.phones[:1], known.branch, known.owner, job.received.date(), known.gender,
                duplicate_of=known.code, attributes=facts,
            )
        )  # fmt: skip
        moved[job.code] = code
    return moved


def _rather_written(rng: Random, business: Business) -> list[Consent]:
    """Of those who are still customers and have a mobile number, one in twenty has asked to be written to and not called, after the last
    call of the year that is told.
    """
    called = {contact.customer: contact.at.date() for contact in sorted(business.contacts, key=lambda contact: contact.at)}
    aside = {consent.customer for consent in business.consents if not consent.allowed} | {one.customer for one in business.promises}
    yesterday = business.as_of - timedelta(days=1)
    found: list[Consent] = []
    for customer in business.customers:
        asks, days = rng.random() < 1 / 20, int(rng.random() * 20)
        earliest = called.get(customer.code, customer.first_seen) + timedelta(days=1)
        reached = any(phone.usable for phone in customer.phones) and customer.status == "active" and customer.code not in aside
        if asks and reached and earliest <= yesterday:
            day = max(earliest, yesterday - timedelta(days=days))
            found.append(Consent(customer.code, "any", "phone", False, day, "到店时说：不要打电话，有事发短信"))
    return found


def _consents(rng: Random, business: Business, agreed: frozenset[str]) -> list[Consent]:
    """Consents signed at the counter, and messages answered with TD."""
    found: list[Consent] = []
    stopped = {consent.customer for consent in business.consents}
    for customer in business.customers:
        if customer.code in agreed and customer.code not in stopped:
            found.append(Consent(customer.code, "marketing", "phone", True, customer.first_seen, "到店登记时书面同意"))
        if rng.random() > 0.982:
            day = customer.first_seen + timedelta(days=int(rng.random() * max((business.as_of - customer.first_seen).days, 1)))
            found.append(Consent(customer.code, "marketing", "sms", False, day, "短信回复 TD"))
    return found
