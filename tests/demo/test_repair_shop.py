"""The repair shop is one that people of the trade believe, and the same each time."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import correlation, mean

from huifang.demo.business import Business, Event
from huifang.demo.repair_shop import repair_shop
from huifang.demo.shop_words import QUESTIONS
from huifang.demo.workdays import shop_closed
from huifang.domain.spans import add_months


def _jobs(business: Business) -> list[Event]:
    return [event for event in business.events if event.kind == "job.settled"]


def test_the_same_seed_gives_the_same_business(small_shop: Business) -> None:
    assert repair_shop(small_shop.as_of, seed=3, customers=1500) == small_shop
    assert repair_shop(small_shop.as_of, seed=4, customers=1500) != small_shop


def test_its_size_is_the_promised_one(shop: Business) -> None:
    assert len(shop.branches) == 3
    assert Counter(one.role for one in shop.staff) == {"agent": 6, "supervisor": 1, "manager": 4, "administrator": 1, "": 27}
    assert 20_000 <= len(shop.customers) <= 20_500
    assert 70_000 < len(_jobs(shop)) < 90_000
    assert min(event.at.date() for event in shop.events) >= add_months(shop.as_of, -36)


def test_every_job_was_received_before_it_was_settled(small_shop: Business) -> None:
    received = {event.code[1:]: event for event in small_shop.events if event.kind == "job.received"}
    for job in _jobs(small_shop):
        assert received[job.code[1:]].at < job.at
        assert not shop_closed(job.at.date())


def test_the_mileage_of_a_car_only_grows_and_its_next_service_lies_ahead(small_shop: Business) -> None:
    last: dict[str, int] = {}
    arrivals = sorted((e for e in small_shop.events if e.kind == "job.received"), key=lambda event: event.at)
    for event in arrivals:
        plate, mileage = str(event.attributes["plate"]), event.attributes["mileage"]
        assert isinstance(mileage, int)
        assert mileage > last.get(plate, 0)
        last[plate] = mileage
    for job in _jobs(small_shop):
        due = job.attributes["next_service"]
        assert isinstance(due, date)
        assert timedelta(30) < due - job.at.date() < timedelta(370)


def test_job_numbers_count_the_day(small_shop: Business) -> None:
    days = defaultdict(list)
    for job in _jobs(small_shop):
        days[job.code[1:9]].append(job)
    for day, jobs in days.items():
        assert [job.code for job in jobs] == [f"W{day}-{number:03d}" for number in range(1, len(jobs) + 1)]
        assert {f"{job.at:%Y%m%d}" for job in jobs} == {day}


def test_air_conditioning_is_for_summer_and_batteries_for_winter(shop: Business) -> None:
    months = Counter((job.attributes["work_kind"], job.at.month) for job in _jobs(shop))
    assert sum(months["空调", month] for month in (6, 7, 8)) > 6 * sum(months["空调", month] for month in (12, 1, 2))
    assert sum(months["电瓶", month] for month in (12, 1)) > 3 * sum(months["电瓶", month] for month in (6, 7))


def test_more_come_before_a_long_holiday_than_after(shop: Business) -> None:
    days = Counter(job.at.date() for job in _jobs(shop))
    for year in (2024, 2025, 2026):
        holiday = date(year, 10, 1)
        before = sum(days[holiday - timedelta(days=n)] for n in range(1, 15))
        assert before > 1.3 * sum(days[holiday + timedelta(days=n)] for n in range(5, 19))


def test_prices_are_plausible(shop: Business) -> None:
    prices = defaultdict(list)
    for job in _jobs(shop):
        prices[job.attributes["work_kind"]].append(job.amount or 0)
    assert 300 < mean(prices["小保养"]) < 600
    assert 900 < mean(prices["大保养"]) < 2000
    assert mean(prices["事故维修"]) > mean(prices["钣金喷漆"]) > mean(prices["小保养"])
    assert len(prices["小保养"]) > len(prices["大保养"]) > len(prices["事故维修"])


def test_a_morning_has_work_of_every_programme(shop: Business) -> None:
    last: dict[str, date] = {}
    for job in _jobs(shop):
        last[job.customer] = job.at.date()
    for back in range(5):
        day = shop.as_of - timedelta(days=back)
        assert 10 <= sum(add_months(seen, 6) == day for seen in last.values()) <= 70
    weekend = [job for job in _jobs(shop) if job.at.date() >= shop.as_of - timedelta(days=3)]
    assert 120 <= len(weekend) <= 330
    ending = [one for one in shop.agreements if one.kind == "insurance" and one.ends == shop.as_of + timedelta(days=30)]
    assert ending
    assert all(one.starts < one.ends for one in shop.agreements)


def test_scores_are_mostly_four_and_five_and_lower_after_waiting(shop: Business) -> None:
    ten = [answer for answer in shop.answers if answer.programme == "day-after"]
    scores = Counter(int(answer.score or 0) for answer in ten)
    assert {answer.question for answer in ten} == set(QUESTIONS)
    assert set(scores) == {1, 2, 3, 4, 5}
    assert (scores[4] + scores[5]) / scores.total() > 0.88
    received = {event.code[1:]: event.at for event in shop.events if event.kind == "job.received"}
    hours = {
        job.code: (job.at - received[job.code[1:]]).total_seconds()
        for job in _jobs(shop) if job.attributes["work_kind"] == "小保养"
    }  # fmt: skip
    event_of = {record.code: record.event for record in shop.records}
    pairs = [
        (hours[event_of[answer.record]], answer.score or 0)
        for answer in shop.answers if answer.question == "total_time" and event_of[answer.record] in hours
    ]  # fmt: skip
    assert correlation(*map(list, zip(*pairs, strict=True))) < -0.05


def test_complaints_become_cases_and_some_are_still_open(shop: Business) -> None:
    complaints = {record.code for record in shop.records if record.feedback == "complaint"}
    assert complaints <= {case.record for case in shop.cases}
    open_cases = [case for case in shop.cases if case.closed is None]
    assert 3 <= len(open_cases) <= 80
    assert all((case.final_score is None) == (case.closed is None) for case in shop.cases)


def test_the_register_has_the_flaws_of_real_ones(shop: Business) -> None:
    statuses = Counter(customer.status for customer in shop.customers)
    assert statuses["deceased"] >= 5
    assert statuses["closed"] >= 20
    assert sum(not customer.phones[0].usable for customer in shop.customers) > 100
    twice = [customer for customer in shop.customers if customer.duplicate_of]
    known = {customer.code: customer for customer in shop.customers}
    assert len(twice) > 50
    assert all(known[one.duplicate_of].phones[0].number == one.phones[0].number for one in twice)
    assert {customer.kind for customer in shop.customers} == {"person", "organisation"}


def test_programmes_are_those_of_the_playbook(shop: Business) -> None:
    assert {contact.programme for contact in shop.contacts} == {
        "day-after", "six-months", "service-due", "insurance-due", "inspection-due", "after-case",
    }  # fmt: skip


def test_callbacks_are_promised_for_today_and_somebody_stands_in(shop: Business) -> None:
    today = [one for one in shop.promises if one.opens.date() == shop.as_of]
    assert 3 <= len(today) <= 30
    open_ones = {(one.programme, one.customer, one.cause) for one in shop.occurrences if one.open}
    assert {(one.programme, one.customer, one.cause) for one in shop.promises} <= open_ones
    away = shop.absences[0]
    assert away.first_day <= shop.as_of <= away.last_day
    assert {away.staff, away.substitute} <= {one.code for one in shop.staff if one.role == "agent"}


def test_closed_complaints_ask_for_one_more_call(shop: Business) -> None:
    closed = {f"case:{case.code}" for case in shop.cases if case.closed}
    assert {one.source for one in shop.requests} == closed


def test_nothing_is_offered_to_those_who_have_not_agreed(shop: Business) -> None:
    agreed = {one.customer for one in shop.consents if one.purpose == "marketing" and one.allowed}
    agreed |= {one.customer for one in shop.consents if one.purpose == "any" and one.channel == "any"}
    assert {contact.customer for contact in shop.contacts if contact.purpose == "marketing"} <= agreed
