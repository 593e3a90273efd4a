"""Each playbook of the library with its own conditions, over a small business written out by hand: who is contacted on which day, and why.

A table for each playbook. `meets` is somebody who meets every condition of the programmes named and is contacted on the day; `misses` is
the same sort of customer who misses the first programme named by exactly the one thing said, and gets what follows, mostly nothing. The day
is Wednesday, 16 September 2026, unless another is said. Nobody has been contacted before, everybody is reached by every way and has agreed
to marketing, unless it is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from huifang.domain.contact_facts import SENSITIVE
from huifang.engine.planner import plan
from huifang.playbooks import library
from huifang.playbooks.schema import Playbook
from huifang.stores.calendar_sources import calendar_rows
from tests.engine.business import context, given
from tests.engine.test_library_plans import attributes

TODAY = "2026-09-16"
WAYS = ("phone", "sms", "email", "visit", "letter", "wecom", "survey")
CALENDAR = calendar_rows("CN", 2025, 2027)
Row = tuple[str, dict[str, Any]]
"""A table and a row of it."""


@dataclass(frozen=True)
class Somebody:
    """A customer's story, the programmes that contact them on the day, and the one they miss."""

    story: str
    gets: tuple[str, ...]
    missed: str
    day: str
    rows: tuple[Row, ...]


def meets(gets: str, story: str, *rows: Row, day: str = TODAY) -> Somebody:
    return Somebody(story, tuple(gets.split()), "", day, rows)


def misses(programme: str, story: str, *rows: Row, gets: str = "", day: str = TODAY) -> Somebody:
    return Somebody(story, tuple(gets.split()), programme, day, rows)


def event(kind: str, day: str, amount: float | None = None, at: str = "", **more: Any) -> Row:
    """`at`: the hour and minute of that day, UTC; Beijing is eight hours ahead."""
    moment = datetime.fromisoformat(f"{day}T{at}") if at else None
    return "events", {"kind": kind, "day": date.fromisoformat(day), "amount": amount, "at": moment, **more}


def agreement(kind: str, ends: str, status: str = "active", **more: Any) -> Row:
    return "agreements", {"kind": kind, "ends": date.fromisoformat(ends), "status": status, **more}


def person(**fields: Any) -> Row:
    days = {"birthday", "first_seen", "next_service", "inspection_due"}
    return "customers", {name: date.fromisoformat(value) if name in days else value for name, value in fields.items()}


def asked(programme: str, day: str) -> Row:
    """Somebody has asked for a contact, or a case was closed."""
    return "requests", {"programme": programme, "day": date.fromisoformat(day)}


def answer(question: str, day: str, score: float) -> Row:
    return "answers", {"programme": "x", "question": question, "day": date.fromisoformat(day), "score": score}


def chose(question: str, day: str, option: str) -> Row:
    """An answer that has no points."""
    return "answers", {"programme": "x", "question": question, "day": date.fromisoformat(day), "value": option}


def reached(day: str) -> Row:
    """Was talked to, about something else."""
    return "contacts", {
        "channel": "phone",
        "purpose": "service",
        "programme": "x",
        "day": date.fromisoformat(day),
        "reached": True,
        "counted": True,
    }


OPEN_CASE: Row = ("cases", {"kind": "problem", "open": True, "opened": date(2026, 9, 10)})
NO_MARKETING: Row = ("consents", {"purpose": "marketing", "channel": "any", "allowed": False})
MARKETING_ALONE: Row = ("consents", {"purpose": "marketing", "channel": "any", "allowed": True})
NO_CONTACT: Row = ("consents", {"purpose": "any", "channel": "any", "allowed": False})


def only_by(*ways: str) -> Row:
    return "ways", {"ways": ways}


MEMBER = agreement("membership", "2027-01-01")
FORTY = person(birthday="1986-01-01", first_seen="2025-09-16")
TEN_YEARS = (chose("expense", "2026-01-10", "8000"), chose("loans", "2026-01-10", "140000"), chose("savings", "2026-01-10", "100000"))
"""A million to be protected: 8,000 a month for ten years and a loan, less what is saved."""


def contract(ends: str = "2027-05-05") -> Row:
    return agreement("contract", ends)


USED = event("product.used", "2026-09-01", hours=5.0)
NEW = event("deal.closed", "2026-08-20", 10)
"""A deal of late from which nothing else falls due on the day."""

P01 = [
    meets("after-purchase", "bought a week ago", event("purchase", "2026-09-09", 80)),
    misses("after-purchase", "can be reached by letter only", event("purchase", "2026-09-09", 80), only_by("letter")),
    meets("high-value-quarterly", "four purchases for 10,000, the first three months ago",
          *(event("purchase", day, 2_500) for day in ("2026-06-16", "2026-06-20", "2026-07-01", "2026-08-01"))),
    misses("high-value-quarterly", "four purchases for 9,999", event("purchase", "2026-06-16", 2_499),
           *(event("purchase", day, 2_500) for day in ("2026-06-20", "2026-07-01", "2026-08-01"))),
    misses("high-value-quarterly", "three purchases for 10,000", event("purchase", "2026-06-16", 5_000),
           *(event("purchase", day, 2_500) for day in ("2026-06-20", "2026-07-01"))),
    meets("potential", "asked two weeks ago and has bought nothing", event("inquiry", "2026-09-02")),
    misses("potential", "bought since", event("inquiry", "2026-09-02"), event("purchase", "2026-09-12", 9)),
    meets("lost", "bought six months ago, and not since", event("purchase", "2026-03-16", 80), only_by("phone")),
    misses("lost", "bought once more since", event("purchase", "2026-03-16", 80), event("purchase", "2026-08-01", 9), only_by("phone")),
    meets("ordinary-half-year", "an ordinary customer, first purchase six months ago",
          event("purchase", "2026-03-16", 80), event("purchase", "2026-08-01", 9)),
    misses("ordinary-half-year", "has bought for 10,000 in four purchases: high value, with calls every quarter",
           *(event("purchase", day, 2_500) for day in ("2026-03-16", "2026-04-16", "2026-05-16", "2026-08-01")),
           gets="high-value-quarterly"),
    meets("yearly-opinion", "a customer for a year, two purchases since; reached by mail alone",
          event("purchase", "2025-09-16", 80), event("purchase", "2026-04-01", 9), event("purchase", "2026-08-01", 9), only_by("email")),
    misses("yearly-opinion", "one purchase since",
           event("purchase", "2025-09-16", 80), event("purchase", "2026-08-01", 9), only_by("email")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P02 = [
    meets("welcome", "closed a deal this morning at ten", event("deal.closed", TODAY, 10, at="02:00")),
    misses("welcome", "closed it at nine in the evening", event("deal.closed", TODAY, 10, at="13:00")),
    meets("first-call", "closed a deal yesterday; reached by telephone alone", event("deal.closed", "2026-09-15", 10), only_by("phone")),
    misses("first-call", "has shut down", person(status="closed"), event("deal.closed", "2026-09-15", 10), only_by("phone")),
    meets("monthly-brief", "a contract, first deal a month ago", event("deal.closed", "2026-08-16", 10), contract(), USED),
    misses("monthly-brief", "no contract", event("deal.closed", "2026-08-16", 10), USED),
    misses("monthly-brief", "wants no advertising", event("deal.closed", "2026-08-16", 10), contract(), USED, NO_MARKETING),
    meets("quarterly-survey monthly-brief", "a contract, first deal three months ago",
          event("deal.closed", "2026-06-16", 10), contract(), USED),
    misses("quarterly-survey", "no contract", event("deal.closed", "2026-06-16", 10), USED),
    meets("quarterly-visit", "core: 100,000 and a contract; not reached by mail", event("deal.closed", "2026-06-16", 100_000), contract(),
          USED, only_by("phone", "visit")),
    misses("quarterly-visit", "one yuan less", event("deal.closed", "2026-06-16", 99_999), contract(), USED, only_by("phone", "visit")),
    meets("regular-call", "important, known for six months and never called",
          person(first_seen="2026-03-16"), event("deal.closed", "2026-08-20", 20_000), contract(), USED),
    misses("regular-call", "a case is open",
           person(first_seen="2026-03-16"), event("deal.closed", "2026-08-20", 20_000), contract(), USED, OPEN_CASE),
    misses("regular-call", "talked to four weeks ago",
           person(first_seen="2026-03-16"), event("deal.closed", "2026-08-20", 20_000), contract(), USED, reached("2026-08-19")),
    meets("value-report quarterly-survey monthly-brief", "important, first deal six months ago",
          event("deal.closed", "2026-03-16", 20_000), contract(), USED, reached("2026-09-01")),
    misses("value-report", "one yuan less is no important customer",
           event("deal.closed", "2026-03-16", 19_999), contract(), USED, reached("2026-09-01"), gets="quarterly-survey monthly-brief"),
    meets("renewal-guide", "the contract ends in 30 days", NEW, contract("2026-10-16"), USED),
    misses("renewal-guide", "no mail address", NEW, contract("2026-10-16"), USED, only_by("phone")),
    meets("renewal", "the contract ends in 21 days", NEW, contract("2026-10-07"), USED),
    misses("renewal", "the contract was cancelled", NEW, agreement("contract", "2026-10-07", "cancelled"), USED),
    meets("going-quiet", "a contract, and no use for three months", NEW, contract()),
    misses("going-quiet", "one hour of use", NEW, contract(), event("product.used", "2026-08-01", hours=1.0)),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P03 = [
    meets("after-service", "a key customer, served yesterday", event("order", "2026-02-02", 100_000), event("service.done", "2026-09-15")),
    misses("after-service", "one yuan less", event("order", "2026-02-02", 99_999), event("service.done", "2026-09-15")),
    meets("after-service", "known for three years, twelve orders", person(first_seen="2023-09-01"),
          *(event("order", f"2026-02-{day:02}", 1) for day in range(1, 13)), event("service.done", "2026-09-15")),
    misses("after-service", "eleven orders", person(first_seen="2023-09-01"),
           *(event("order", f"2026-02-{day:02}", 1) for day in range(1, 12)), event("service.done", "2026-09-15")),
    meets("after-service", "a small customer of strategic rank", person(strategic=True),
          event("order", "2026-02-02", 10), event("service.done", "2026-09-15")),
    meets("quarterly-talk", "a key customer, first order three months ago", event("order", "2026-06-16", 100_000)),
    misses("quarterly-talk", "one yuan less", event("order", "2026-06-16", 99_999)),
    meets("half-year quarterly-talk", "a key customer, first order half a year ago", event("order", "2026-03-16", 100_000)),
    misses("half-year", "one yuan less", event("order", "2026-03-16", 99_999)),
    misses("quarterly-talk", "a case is open", event("order", "2026-06-16", 100_000), OPEN_CASE),
    meets("birthday", "a key customer born on this day", person(birthday="1980-09-16"), event("order", "2026-02-02", 100_000)),
    misses("birthday", "one yuan less", person(birthday="1980-09-16"), event("order", "2026-02-02", 99_999)),
    meets("level-benefits", "a key customer with 1,000 points, first order two months ago", event("order", "2026-07-16", 100_000)),
    misses("level-benefits", "a key customer by rank, with 999 points", person(strategic=True), event("order", "2026-07-16", 99_900)),
    misses("level-benefits", "wants no advertising", event("order", "2026-07-16", 100_000), NO_MARKETING),
    meets("after-case", "a case was closed yesterday", asked("after-case", "2026-09-15")),
    misses("after-case", "closed today", asked("after-case", TODAY)),
]  # fmt: skip
P04 = [
    meets("first-experience", "came for the first time three days ago", event("order", "2026-09-13", 10)),
    misses("first-experience", "for the second time", event("order", "2026-07-30", 10), event("order", "2026-09-13", 10)),
    meets("steady", "important, known for three months and never called", person(first_seen="2026-06-16"),
          event("order", "2026-08-01", 5_000)),
    misses("steady", "one yuan less", person(first_seen="2026-06-16"), event("order", "2026-08-01", 4_999)),
    misses("steady", "talked to four weeks ago", person(first_seen="2026-06-16"), event("order", "2026-08-01", 5_000),
           reached("2026-08-19")),
    meets("light-touch", "first purchase three months ago, another since", event("order", "2026-06-16", 10),
          event("order", "2026-08-01", 10)),
    misses("light-touch", "was talked to three times in three months", event("order", "2026-06-16", 10), event("order", "2026-08-01", 10),
           reached("2026-06-20"), reached("2026-07-10"), reached("2026-08-10")),
    meets("cooling", "last purchase 60 days ago", event("order", "2026-07-18", 10)),
    misses("cooling", "59 days ago", event("order", "2026-07-19", 10)),
    meets("rebook", "would recommend us with 9 of 10, said a week ago", answer("recommend", "2026-09-09", 9)),
    misses("rebook", "with 8 of 10", answer("recommend", "2026-09-09", 8)),
    misses("rebook", "said six days ago", answer("recommend", "2026-09-10", 9)),
    meets("thanks", "bought for the third time in a year yesterday",
          *(event("order", day, 10) for day in ("2026-07-01", "2026-08-10", "2026-09-15"))),
    misses("thanks", "for the second time", *(event("order", day, 10) for day in ("2026-08-10", "2026-09-15"))),
    misses("thanks", "wants no advertising", NO_MARKETING,
           *(event("order", day, 10) for day in ("2026-07-01", "2026-08-10", "2026-09-15"))),
    meets("service-quality", "first purchase half a year ago, another since; reached by mail alone",
          event("order", "2026-03-16", 10), event("order", "2026-08-01", 10), only_by("email")),
    misses("service-quality", "has no mail address", event("order", "2026-03-16", 10), event("order", "2026-08-01", 10), only_by("sms"),
           gets="light-touch"),
    meets("renewal", "the contract ends in 30 days", agreement("contract", "2026-10-16")),
    misses("renewal", "it was cancelled", agreement("contract", "2026-10-16", "cancelled")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P05 = [
    meets("welcome", "bought for the first time ten days ago", event("purchase", "2026-09-06", 10)),
    misses("welcome", "for the second time", event("purchase", "2026-08-20", 10), event("purchase", "2026-09-06", 10)),
    meets("birthday", "born on this day", person(birthday="1990-09-16")),
    misses("birthday", "takes no short messages and is in no chat", person(birthday="1990-09-16"), only_by("phone")),
    meets("news", "two purchases, the first three months ago", event("purchase", "2026-06-16", 10), event("purchase", "2026-08-01", 10)),
    misses("news", "six purchases: a loyal customer", *(event("purchase", f"2026-{month}-16", 10) for month in ("06", "07", "08")),
           *(event("purchase", f"2026-08-{day:02}", 10) for day in (2, 4, 6)), gets="loyal-reward"),
    misses("news", "wants no advertising", event("purchase", "2026-06-16", 10), event("purchase", "2026-08-01", 10), NO_MARKETING),
    meets("loyal-call", "six purchases, the first half a year ago; reached by telephone alone", only_by("phone"),
          *(event("purchase", f"2026-{month:02}-16", 10) for month in range(3, 9))),
    misses("loyal-call", "five purchases", *(event("purchase", f"2026-{month:02}-16", 10) for month in range(3, 8)), gets="news"),
    meets("loyal-reward", "the sixth purchase in a year, three days ago",
          *(event("purchase", day, 10) for day in ("2026-05-20", "2026-06-20", "2026-07-20", "2026-08-20", "2026-09-05", "2026-09-13"))),
    misses("loyal-reward", "the fifth",
           *(event("purchase", day, 10) for day in ("2026-05-20", "2026-06-20", "2026-07-20", "2026-08-20", "2026-09-13"))),
    meets("sleeping", "bought four months ago, and not since", event("purchase", "2026-05-16", 10)),
    misses("sleeping", "a day later", event("purchase", "2026-05-17", 10)),
    meets("yearly-survey", "a customer for a year who has bought again; reached by chat alone",
          event("purchase", "2025-09-16", 10), event("purchase", "2026-08-01", 10), only_by("wecom")),
    misses("yearly-survey", "has not bought since", event("purchase", "2025-09-16", 10), only_by("wecom")),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P06 = [
    meets("after-inquiry", "asked three days ago", event("inquiry.received", "2026-09-13")),
    misses("after-inquiry", "wants no contact at all", event("inquiry.received", "2026-09-13"), NO_CONTACT),
    meets("after-inquiry", "has no telephone, only a chat tool", event("inquiry.received", "2026-09-13"), only_by("wecom", "email")),
    misses("after-inquiry", "can only be written to by letter", event("inquiry.received", "2026-09-13"), only_by("letter")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P07 = [
    meets("repair-ticket", "repaired at eleven in the morning", event("repair.solved", TODAY, at="03:00")),
    misses("repair-ticket", "repaired at eleven at night", event("repair.solved", TODAY, at="15:00")),
    meets("complaint-ticket", "the complaint was settled at eleven in the morning", event("complaint.solved", TODAY, at="03:00")),
    misses("complaint-ticket", "settled at eleven at night", event("complaint.solved", TODAY, at="15:00")),
    meets("key-visit", "a key customer for three months", person(key_customer=True, first_seen="2026-06-16")),
    misses("key-visit", "not a key customer", person(key_customer=False, first_seen="2026-06-16")),
    misses("key-visit", "a case is open", person(key_customer=True, first_seen="2026-06-16"), OPEN_CASE),
    meets("after-case", "a case was closed yesterday", asked("after-case", "2026-09-15")),
    misses("after-case", "closed today", asked("after-case", TODAY)),
]
P08 = [
    meets("after-visit", "saw the show flat the day before yesterday", event("visit.show_flat", "2026-09-14")),
    misses("after-visit", "has signed", event("visit.show_flat", "2026-09-14"), event("flat.signed", "2026-09-15")),
    meets(
        "every-two-days", "came twice, first two weeks ago", event("visit.show_flat", "2026-09-02"), event("visit.show_flat", "2026-09-04")
    ),
    misses("every-two-days", "came once", event("visit.show_flat", "2026-09-02")),
    misses(
        "every-two-days", "bought elsewhere", event("visit.show_flat", "2026-09-02"), event("visit.show_flat", "2026-09-04"),
        chose("intent", "2026-09-05", "gave_up"),
    ),
    meets("invite", "last here three weeks ago", event("visit.show_flat", "2026-08-26")),
    misses("invite", "bought elsewhere", event("visit.show_flat", "2026-08-26"), chose("intent", "2026-09-01", "gave_up")),
    misses("invite", "wants no advertising", event("visit.show_flat", "2026-08-26"), NO_MARKETING),
    meets("after-signing", "signed a week ago", event("flat.signed", "2026-09-09")),
    misses("after-signing", "a day later", event("flat.signed", "2026-09-10")),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P09 = [
    meets("answer", "gave an opinion three days ago", event("opinion.registered", "2026-09-13")),
    misses("answer", "is a firm, not an owner", person(kind="organisation"), event("opinion.registered", "2026-09-13")),
    meets("complaint", "complained yesterday", event("complaint.registered", "2026-09-15", passed_down=True)),
    misses("complaint", "complained today", event("complaint.registered", TODAY, passed_down=True)),
    meets("promised-answer", "was promised an answer for today", event("opinion.registered", "2026-08-20", answer_by=date(2026, 9, 16))),
    misses("promised-answer", "for tomorrow", event("opinion.registered", "2026-08-20", answer_by=date(2026, 9, 17))),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P10 = [
    meets("six-months", "in office for six months", event("officer.appointed", "2026-03-16")),
    misses("six-months", "a day less", event("officer.appointed", "2026-03-17")),
    meets("told-to-the-person", "was talked about five working days ago", asked("told-to-the-person", "2026-09-09")),
    misses("told-to-the-person", "four working days ago", asked("told-to-the-person", "2026-09-10")),
    meets("correction-due", "is to have corrected it by today", event("board.informed", "2026-06-01", correct_by=date(2026, 9, 16))),
    misses("correction-due", "by tomorrow", event("board.informed", "2026-06-01", correct_by=date(2026, 9, 17))),
    meets("twelve-months", "in office for a year", event("officer.appointed", "2025-09-16")),
    misses("twelve-months", "has left", person(status="closed"), event("officer.appointed", "2025-09-16")),
]
P11 = [
    meets("pairing", "a household without a helper"),
    misses("pairing", "was paired yesterday", event("pairing.made", "2026-09-15")),
    meets("quarterly", "paired a month ago", event("pairing.made", "2026-08-16")),
    meets("quarterly", "paired four months ago: every three months after the first", event("pairing.made", "2026-05-16")),
    misses("quarterly", "paired a day later", event("pairing.made", "2026-08-17")),
    meets("after-case", "a need was met five days ago", asked("after-case", "2026-09-11"), event("pairing.made", "2026-09-01")),
    misses("after-case", "four days ago", asked("after-case", "2026-09-12"), event("pairing.made", "2026-09-01")),
]
P12 = [
    meets("three-days", "car handed over three days ago", event("job.settled", "2026-09-13")),
    misses("three-days", "two days ago", event("job.settled", "2026-09-14")),
    meets("first-service", "new car 80 days ago", event("car.delivered", "2026-06-28")),
    misses("first-service", "was here for it", event("car.delivered", "2026-06-28"), event("job.settled", "2026-07-10")),
    meets("lost", "last here eight months ago", event("job.settled", "2026-01-16")),
    misses("lost", "here again since", event("job.settled", "2026-01-16"), event("job.settled", "2026-03-01")),
    meets("renewal", "the insurance ends in 45 days", agreement("insurance", "2026-10-31")),
    misses("renewal", "wants no advertising", agreement("insurance", "2026-10-31"), NO_MARKETING),
    misses("renewal", "has renewed already", agreement("insurance", "2026-10-31"), event("insurance.renewed", "2026-09-10")),
    meets("service-due", "the next service is in a week", person(next_service="2026-09-23")),
    misses("service-due", "was here two weeks ago", person(next_service="2026-09-23"), event("job.settled", "2026-09-02")),
    meets("loyal-call", "three jobs since the car was handed over half a year ago", event("car.delivered", "2026-03-16"),
          *(event("job.settled", day) for day in ("2026-04-01", "2026-05-01", "2026-06-01"))),
    misses("loyal-call", "two jobs", event("car.delivered", "2026-03-16"),
           *(event("job.settled", day) for day in ("2026-04-01", "2026-05-01"))),
    misses("loyal-call", "rated 3 of 5", event("car.delivered", "2026-03-16"), answer("overall", "2026-06-04", 3),
           *(event("job.settled", day) for day in ("2026-04-01", "2026-05-01", "2026-06-01"))),
    meets("package", "last here nine months ago", event("job.settled", "2025-12-16")),
    misses("package", "has sold the car", event("job.settled", "2025-12-16"), chose("reason", "2026-08-18", "sold")),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P13 = [
    meets("inpatient", "left the hospital a week ago", event("visit.discharged", "2026-09-09")),
    misses("inpatient", "has died", person(status="deceased"), event("visit.discharged", "2026-09-09")),
    meets("special-first", "first visit to a special clinic a week ago", event("visit.special_first", "2026-09-09")),
    misses("special-first", "six days ago", event("visit.special_first", "2026-09-10")),
    meets("basic-first", "first visit to a basic department ten days ago", event("visit.basic_first", "2026-09-06")),
    misses("basic-first", "has closed the record", person(status="closed"), event("visit.basic_first", "2026-09-06")),
    meets("once-more", "was to be called again in three days", asked("once-more", "2026-09-13")),
    misses("once-more", "asked two days ago", asked("once-more", "2026-09-14")),
    meets("after-case", "a complaint was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P14 = [
    meets("invite", "ten boxes last year; the festival is on 25 September",
          event("preorder.signed", "2025-09-01", boxes=10.0), day="2026-07-27"),
    misses("invite", "nine boxes", event("preorder.signed", "2025-09-01", boxes=9.0), day="2026-07-27"),
    misses("invite", "has signed this year already", event("preorder.signed", "2025-09-01", boxes=10.0),
           event("preorder.signed", "2026-07-20", boxes=1.0), day="2026-07-27"),
    meets("early-bird", "a box last year, 32 days before the festival",
          event("preorder.signed", "2025-09-01", boxes=1.0), day="2026-08-24"),
    misses("early-bird", "has signed this year", event("preorder.signed", "2025-09-01", boxes=1.0),
           event("preorder.signed", "2026-08-01", boxes=1.0), day="2026-08-24"),
    meets("confirm", "signed at ten this morning", event("preorder.signed", TODAY, 1_000, at="02:00", boxes=10.0, deposit=300.0)),
    misses("confirm", "takes no short messages", event("preorder.signed", TODAY, 1_000, at="02:00", boxes=10.0, deposit=300.0),
           only_by("phone", "visit")),
    meets("deposit", "signed yesterday and paid less than three tenths",
          event("preorder.signed", "2026-09-15", 1_000, boxes=10.0, deposit=299.0), only_by("phone")),
    misses("deposit", "paid three tenths", event("preorder.signed", "2026-09-15", 1_000, boxes=10.0, deposit=300.0), only_by("phone")),
    meets("pickup", "collects the day after tomorrow",
          event("preorder.signed", "2026-08-03", 1_000, boxes=10.0, deposit=300.0, pickup=date(2026, 9, 18))),
    misses("pickup", "a day later", event("preorder.signed", "2026-08-03", 1_000, boxes=10.0, deposit=300.0, pickup=date(2026, 9, 19))),
    meets("thanks", "a box this year, on the third day after the festival",
          event("preorder.signed", "2026-08-01", boxes=1.0), day="2026-09-28"),
    misses("thanks", "the last box more than three months ago", event("preorder.signed", "2026-06-20", boxes=1.0), day="2026-09-28"),
    meets("after-case", "a case was closed a working day ago", asked("after-case", "2026-09-15")),
    misses("after-case", "closed today", asked("after-case", TODAY)),
]  # fmt: skip
P15 = [
    meets("appointment", "the policy ends in 75 days", agreement("policy", "2026-11-30")),
    misses("appointment", "the policy was cancelled", agreement("policy", "2026-11-30", "cancelled")),
    meets("yearly-check", "the policy ends in 60 days", agreement("policy", "2026-11-15"), only_by("visit")),
    misses("yearly-check", "the policy was cancelled", agreement("policy", "2026-11-15", "cancelled"), only_by("visit")),
    meets("anniversary", "40 years old, one policy, a customer for a year", FORTY, agreement("policy", "2027-03-01")),
    misses("anniversary", "no separate consent to the use of health data", FORTY, agreement("policy", "2027-03-01"), MARKETING_ALONE),
    misses("anniversary", "two policies and nothing has changed", FORTY,
           agreement("policy", "2027-03-01"), agreement("policy", "2027-04-01")),
    meets("anniversary", "two policies, but the family has grown", FORTY, agreement("policy", "2027-03-01"),
          agreement("policy", "2027-04-01"), chose("changes", "2026-01-10", "income,family")),
    meets("anniversary", "two policies, and less cover than ten years of expenses", FORTY, *TEN_YEARS,
          agreement("policy", "2027-03-01", cover=500_000.0), agreement("policy", "2027-04-01", cover=499_999.0)),
    misses("anniversary", "one yuan more of cover", FORTY, *TEN_YEARS,
           agreement("policy", "2027-03-01", cover=500_000.0), agreement("policy", "2027-04-01", cover=500_000.0)),
    misses("anniversary", "56 years old", person(birthday="1970-01-01", first_seen="2025-09-16"), agreement("policy", "2027-03-01")),
    meets("cover-visit", "agreed to a visit yesterday", asked("cover-visit", "2026-09-15")),
    misses("cover-visit", "agreed today", asked("cover-visit", TODAY)),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
P16 = [
    meets("accept", "came at ten this morning", event("matter.received", TODAY, at="02:00", key_matter=False)),
    misses("accept", "has died", person(status="deceased"), event("matter.received", TODAY, at="02:00", key_matter=False)),
    meets("visit", "a key matter, three days ago", event("matter.received", "2026-09-13", key_matter=True)),
    misses("visit", "no key matter", event("matter.received", "2026-09-13", key_matter=False)),
    meets("return-visit", "answered two days ago", event("matter.answered", "2026-09-14")),
    misses("return-visit", "answered yesterday", event("matter.answered", "2026-09-15")),
    meets("case-answer", "a matter was settled yesterday", asked("case-answer", "2026-09-15")),
    misses("case-answer", "settled today", asked("case-answer", TODAY)),
]
P17 = [
    meets("yearly-visit", "delivered a year ago", event("contract.delivered", "2025-09-16")),
    misses("yearly-visit", "nobody can visit them", event("contract.delivered", "2025-09-16"), only_by("phone")),
    meets("appointment", "delivered fifty weeks ago", event("contract.delivered", "2025-10-01")),
    misses("appointment", "a day later", event("contract.delivered", "2025-10-02")),
    meets("material-back", "something was lent two weeks ago", asked("material-back", "2026-09-02")),
    misses("material-back", "a day later", asked("material-back", "2026-09-03")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P18 = [
    meets("birthday", "a member whose birthday is in three days", person(birthday="1990-09-19"), MEMBER),
    misses("birthday", "no member", person(birthday="1990-09-19")),
    meets("expiry", "the membership ends in 30 days", agreement("membership", "2026-10-16")),
    misses("expiry", "it has ended", agreement("membership", "2026-10-16", "ended")),
    meets("gold-call", "10,000 this year, first purchase three months ago", event("purchase", "2026-06-16", 10_000)),
    misses("gold-call", "one yuan less", event("purchase", "2026-06-16", 9_999)),
    meets("welcome", "joined yesterday", event("member.joined", "2026-09-15")),
    misses("welcome", "joined today", event("member.joined", TODAY)),
    meets("to-silver", "a member who reached 3,000 four days ago", MEMBER, event("purchase", "2026-09-12", 3_000)),
    misses("to-silver", "ten days ago", MEMBER, event("purchase", "2026-09-06", 3_000)),
    meets("to-gold", "a member who reached 10,000 four days ago", MEMBER, event("purchase", "2026-09-12", 10_000)),
    misses("to-gold", "one yuan less", MEMBER, event("purchase", "2026-09-12", 9_999), gets="to-silver"),
    meets(
        "season-gift",
        "silver, joined three months ago",
        MEMBER,
        event("member.joined", "2026-06-16"),
        event("purchase", "2026-08-01", 3_000),
    ),
    misses("season-gift", "one yuan less", MEMBER, event("member.joined", "2026-06-16"), event("purchase", "2026-08-01", 2_999)),
    meets("spring", "a member, three days before the Spring Festival", MEMBER, day="2026-02-14"),
    misses("spring", "no member any more", agreement("membership", "2026-02-01", "ended"), day="2026-02-14"),
    meets("mid-autumn", "a member, the day before Mid-Autumn", MEMBER, day="2026-09-24"),
    misses("mid-autumn", "wants no contact at all", MEMBER, NO_CONTACT, day="2026-09-24"),
    meets("survey", "joined half a year ago", MEMBER, event("member.joined", "2026-03-16")),
    misses("survey", "a case is open", MEMBER, event("member.joined", "2026-03-16"), OPEN_CASE),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P19 = [
    meets("asked-before", "a lead by telephone, yesterday", person(source="phone"), event("lead.added", "2026-09-15")),
    misses("asked-before", "by message", person(source="message"), event("lead.added", "2026-09-15")),
    meets("written-to", "a lead by message, two days ago", person(source="message"), event("lead.added", "2026-09-14")),
    misses("written-to", "a stranger", person(source="stranger"), event("lead.added", "2026-09-14")),
    meets("stranger", "a stranger, three days ago", person(source="stranger"), event("lead.added", "2026-09-13")),
    misses("stranger", "was met in person", person(source="met"), event("lead.added", "2026-09-13"), gets="met"),
    meets("met", "met three days ago", person(source="met"), event("lead.added", "2026-09-13")),
    misses("met", "nobody knows from where", event("lead.added", "2026-09-13")),
    misses("stranger", "has agreed to no marketing", person(source="stranger"), event("lead.added", "2026-09-13"), NO_MARKETING),
    meets("after-material", "information was sent three working days ago", asked("after-material", "2026-09-11")),
    misses("after-material", "a working day later", asked("after-material", "2026-09-14")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P20 = [
    meets("day-after", "paid yesterday", event("job.settled", "2026-09-15", 800)),
    misses("day-after", "a case is open", event("job.settled", "2026-09-15", 800), OPEN_CASE),
    meets("six-months", "last here six months ago", event("job.settled", "2026-03-16", 800)),
    misses("six-months", "came in two weeks ago", event("job.settled", "2026-03-16", 800), event("job.received", "2026-09-02")),
    misses("six-months", "paid a day later", event("job.settled", "2026-03-17", 800)),
    meets("service-due", "the next service is in a week", person(next_service="2026-09-23")),
    misses("service-due", "is here already", person(next_service="2026-09-23"), event("job.received", "2026-09-12")),
    meets("insurance-due", "the insurance ends in 30 days", agreement("insurance", "2026-10-16")),
    misses("insurance-due", "wants no advertising", agreement("insurance", "2026-10-16"), NO_MARKETING),
    meets("inspection-due", "the inspection is due in 30 days", person(inspection_due="2026-10-16")),
    misses("inspection-due", "in 31 days", person(inspection_due="2026-10-17")),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P21 = [
    meets("first-month", "accepted three weeks ago", event("project.accepted", "2026-08-26")),
    misses("first-month", "can only be written to", event("project.accepted", "2026-08-26"), only_by("email")),
    meets(
        "half-year", "accepted half a year ago, in warranty", event("project.accepted", "2026-03-16"), agreement("warranty", "2027-03-15")
    ),
    misses("half-year", "out of warranty", event("project.accepted", "2026-03-16"), agreement("warranty", "2026-09-01", "ended")),
    meets(
        "irregular",
        "out of warranty, and not talked to for a year",
        person(first_seen="2025-09-16"),
        event("project.accepted", "2025-09-01"),
    ),
    misses(
        "irregular",
        "talked to two months ago",
        person(first_seen="2025-09-16"),
        event("project.accepted", "2025-09-01"),
        reached("2026-07-16"),
    ),
    misses(
        "irregular",
        "in warranty",
        person(first_seen="2025-09-16"),
        event("project.accepted", "2025-09-16"),
        agreement("warranty", "2027-03-15"),
        gets="half-year",
    ),
    meets("after-repair", "repaired two weeks ago", event("repair.finished", "2026-09-02")),
    misses("after-repair", "a day later", event("repair.finished", "2026-09-03")),
    meets("after-complaint", "the complaint was dealt with yesterday", event("complaint.handled", "2026-09-15")),
    misses("after-complaint", "dealt with today", event("complaint.handled", TODAY)),
    meets("after-case", "a case was closed two working days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]
P22 = [
    meets("key-monthly", "half a million, first business a month ago", event("service.used", "2026-08-16", 500_000)),
    misses("key-monthly", "one yuan less", event("service.used", "2026-08-16", 499_999)),
    meets("others", "little business, first half a year ago", event("service.used", "2026-03-16", 100)),
    misses("others", "half a million: a key customer", event("service.used", "2026-03-16", 500_000), gets="key-monthly"),
    misses("others", "a case is open", event("service.used", "2026-03-16", 100), OPEN_CASE),
    meets("important-quarterly", "a hundred thousand, first business three months ago", event("service.used", "2026-06-16", 100_000)),
    misses("important-quarterly", "one yuan less", event("service.used", "2026-06-16", 99_999)),
    meets("news-visit", "a key customer, first business seven weeks ago", event("service.used", "2026-07-29", 500_000)),
    misses("news-visit", "nobody can visit them", event("service.used", "2026-07-29", 500_000), only_by("phone", "sms")),
    meets("news-message", "an ordinary customer, first business seven weeks ago", event("service.used", "2026-07-29", 100)),
    misses("news-message", "wants no advertising", event("service.used", "2026-07-29", 100), NO_MARKETING),
    meets("second-call", "a question was answered yesterday", asked("second-call", "2026-09-15")),
    misses("second-call", "answered today", asked("second-call", TODAY)),
]
RETAIL = [
    meets("first-order", "first order ten days ago", event("order", "2026-09-06", 100)),
    misses("first-order", "the second order", event("order", "2026-01-05", 100), event("order", "2026-09-06", 100)),
    misses("first-order", "a case is open", event("order", "2026-09-06", 100), OPEN_CASE),
    meets("ninety-days", "two orders, the last 90 days ago", event("order", "2026-01-05", 100), event("order", "2026-06-18", 100)),
    misses("ninety-days", "one order", event("order", "2026-06-18", 100)),
    meets("top-quarterly", "six orders for 5,000, the first three months ago", event("order", "2026-06-16", 2_500),
          *(event("order", f"2026-08-{day:02}", 500) for day in range(1, 6))),
    misses("top-quarterly", "one yuan was paid back", event("order", "2026-06-16", 2_500),
           *(event("order", f"2026-08-{day:02}", 500) for day in range(1, 6)), event("refund", "2026-08-20", 1)),
    meets("after-case", "a case was closed two days ago", asked("after-case", "2026-09-14")),
    misses("after-case", "closed yesterday", asked("after-case", "2026-09-15")),
]  # fmt: skip
BUSINESSES = {
    "general-care": P01, "relationship": P02, "key-accounts": P03, "satisfaction-growth": P04, "customer-care": P05, "inquiry": P06,
    "tickets": P07, "property-sales": P08, "home-owners": P09, "appointed-officers": P10, "household-aid": P11, "car-dealer": P12,
    "hospital": P13, "festival-orders": P14, "insurance-service": P15, "reception": P16, "visit-procedure": P17, "membership": P18,
    "scripts-by-source": P19, "repair-shop": P20, "company-policy": P21, "account-managers": P22, "retail": RETAIL,
}  # fmt: skip


def tables_of(people: Iterable[tuple[int, Somebody]], subject: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of these people, each under the customer's number."""
    found: dict[str, list[dict[str, Any]]] = {"customers": [], "contact_points": [], "consents": []}
    numbers = count(1)
    for customer, somebody in people:
        mine = {"customer_id": customer}
        own: dict[str, Any] = {**mine, "kind": subject, "status": "active"}
        ways: tuple[str, ...] = WAYS
        for table, row in somebody.rows:
            if table == "customers":
                own |= row
            elif table == "ways":
                ways = row["ways"]
            else:
                key = (
                    {f"{table.removesuffix('s')}_id": next(numbers)}
                    if table in ("events", "agreements", "requests", "contacts", "cases")
                    else {}
                )
                found.setdefault(table, []).append({**mine, **key, **row})
        found["customers"].append(own)
        found["contact_points"] += [{**mine, "channel": way, "usable": True} for way in ways]
        if not any(table == "consents" for table, _ in somebody.rows):
            found["consents"] += [{**mine, "purpose": purpose, "channel": "any", "allowed": True} for purpose in ("marketing", SENSITIVE)]
    return found


def without_hold_out(book: Playbook) -> Playbook:
    """The draw of those who are left alone for comparison is no condition that a story could tell."""
    free = {name: rule.model_copy(update={"hold_out": 0.0}) for name, rule in book.programmes.items()}
    return book.model_copy(update={"programmes": free})


def test_every_programme_of_the_library_has_somebody_who_meets_it_and_somebody_who_misses_it() -> None:
    for name in library.names():
        programmes = set(library.read(name).playbook.programmes)
        assert {programme for one in BUSINESSES[name] if not one.missed for programme in one.gets} == programmes, name
        assert {one.missed for one in BUSINESSES[name] if one.missed} == programmes, name
    assert set(BUSINESSES) == set(library.names())


@pytest.mark.parametrize("name", BUSINESSES)
def test_those_who_meet_a_programme_are_contacted_on_the_day_and_those_who_miss_it_by_one_condition_are_not(name: str) -> None:
    book = without_hold_out(library.read(name).playbook)
    everybody = list(enumerate(BUSINESSES[name], 1))
    for day in sorted({one.day for one in BUSINESSES[name]}):
        people = [(number, one) for number, one in everybody if one.day == day]
        then = date.fromisoformat(day)
        tables = {**tables_of(people, book.subjects[0]), "calendar_days": CALENDAR}
        made = plan(context(then, book, since=then - timedelta(days=1)), given(tables, attributes(book)))
        followups = {row["followup"]: row["day"] for row in made.followups.to_pyarrow().to_pylist()}
        decisions = made.decisions.to_pyarrow().to_pylist()
        assert sum(made.counts.values()) == len(decisions)
        found: dict[int, set[str]] = {number: set() for number, _ in people}
        for row in decisions:
            if row["followup"] is not None:
                assert (row["due"], followups[row["followup"]]) == (then, then), row
                found[row["customer_id"]].add(row["programme"])
        rules = {number: {row["programme"]: row["rule"] for row in decisions if row["customer_id"] == number} for number, _ in people}
        for number, somebody in people:
            assert found[number] == set(somebody.gets), (somebody.story, rules[number])
            assert somebody.missed not in found[number]
