"""Reads a year's log, and nothing else, and says which contacts were outside the rules. Shares no code with what made the log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = {"1 day": 1, "1 week": 7, "30 days": 30, "3 days": 3}
"""Spans that are counted in days of the customer's own calendar."""
HOURS = {"36 h": 36, "12 h": 12}
"""Spans that are counted by the clock."""
STATES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
          "Pacific/Honolulu")  # fmt: skip
"""Where somebody in the United States may live whose zone nobody knows."""
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Person:
    """What the log has said of somebody so far."""

    about: dict[str, Any]
    said: dict[tuple[str, str], bool] = field(default_factory=dict)
    proven: set[tuple[str, str]] = field(default_factory=set)
    complaint: bool = False
    dead: bool = False
    points: list[tuple[date, int]] = field(default_factory=list)
    rested: date | None = None
    contacts: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)


@dataclass
class Found:
    """How many contacts, refusals and customers the log has, and each contact that was outside a rule, with the rule."""

    contacts: int = 0
    refused: int = 0
    customers: int = 0
    outside: list[tuple[str, str]] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)


def check(lines: Iterable[str]) -> Found:
    """Go through the log once."""
    found, off, worked, person = Found(), set[str](), set[str](), Person({})
    for text in lines:
        row = json.loads(text)
        match row["kind"]:
            case "calendar":
                off, worked = set(row["off"]), set(row["worked"])
            case "customer":
                person = Person(row)
                found.customers += 1
            case "said":
                person.said[row["purpose"], row["channel"]] = row["allowed"]
                (person.proven.add if row["proven"] else person.proven.discard)((row["purpose"], row["channel"]))
            case "complaint" | "died" | "moved" | "rests":
                _befalls(person, row)
            case "refused":
                found.refused += 1
                found.rules.add(row["rule"])
                if not row["known"]:
                    found.outside.append(("refusal without a known rule", text))
            case "contact":
                found.contacts += 1
                at = datetime.fromisoformat(row["at"])
                found.outside += [(rule, text) for rule in _broken(person, row, at, off, worked)]
                person.contacts.append((at, row))
            case _:
                found.outside.append(("refused at the time that was named", text))
    return found


def _befalls(person: Person, row: dict[str, Any]) -> None:
    """What happens to somebody between contacts."""
    match row["kind"]:
        case "complaint":
            person.complaint = row["open"]
        case "died":
            person.dead = True
        case "moved":
            person.points.append((date.fromisoformat(row["day"]), row["points"]))
        case _:
            person.rested = date.fromisoformat(row["day"])


def _broken(person: Person, row: dict[str, Any], at: datetime, off: set[str], worked: set[str]) -> Iterator[str]:
    about = person.about
    if person.dead:
        yield "dead"
    if row["usable"] is not True:
        yield "no usable number"
    yield from _words(person, row)
    if about["zone"] is None:
        yield "zone"
        return
    local = at.astimezone(ZoneInfo(about["zone"]))
    clocks = [at.astimezone(ZoneInfo(zone)) for zone in STATES] if about.get("assumed") and about["law"] == "us" else [local]
    if not all(_lawful(about["law"], row["channel"], at, clock) for clock in clocks):
        yield "lawful hours"
    yield from _law_counts(person, row, at)
    promised = row["promise"]
    if promised and at < datetime.fromisoformat(promised[0]):
        yield "before the promised time"
    if not (promised and at < datetime.fromisoformat(promised[1])) and not _firm_open(about, local, off, worked):
        yield "the firm's hours"
    if not promised:
        yield from _firm(person, row, at)
        if row["purpose"] != "service":
            yield from _left_in_peace(person, at, local.date())


def _words(person: Person, row: dict[str, Any]) -> Iterator[str]:
    why, how = row["purpose"], row["channel"]
    words = [person.said[key] for key in ((why, how), (why, "any"), ("any", how), ("any", "any")) if key in person.said]
    if False in words:
        yield "refused by the customer"
    if why == "marketing" and not person.proven & {(why, how), (why, "any")}:
        yield "marketing without consent"
    separate = [key for key in (("sensitive", how), ("sensitive", "any")) if key in person.said]
    if person.about["sensitive"] and not all(person.said[key] for key in separate):
        yield "sensitive, and refused"
    if person.about["sensitive"] and why != "service" and not person.proven.intersection(separate):
        yield "sensitive without consent"


def _lawful(law: str, channel: str, at: datetime, local: datetime) -> bool:
    if law == "eu" or channel not in (("phone",) if law == "debt" else ("phone", "sms")):
        return True
    if law == "cn":
        return 8 <= at.astimezone(ZoneInfo("Asia/Shanghai")).hour < 21
    if law == "us":  # the state is not known: the strictest of all
        return (12 if local.weekday() == 6 else 10) <= local.hour < 20
    return 8 <= local.hour < 21


def _law_counts(person: Person, row: dict[str, Any], at: datetime) -> Iterator[str]:
    if row["channel"] != "phone":
        return
    calls = [(when, each) for when, each in person.contacts if each["channel"] == "phone"]
    if person.about["law"] == "cn" and sum(each["counted"] and at < when + timedelta(hours=24) for when, each in calls) >= 5:
        yield "five calls in 24 hours"
    if person.about["law"] == "debt":
        zone = ZoneInfo(person.about["zone"])
        week = [each for when, each in calls if _still_counts("1 week", when, at, zone)]
        if len(week) >= 7:
            yield "seven calls in seven days"
        if any(each["talked"] for each in week):
            yield "seven days after a conversation"


def _still_counts(span: str, when: datetime, at: datetime, zone: ZoneInfo) -> bool:
    if span in HOURS:
        return at < when + timedelta(hours=HOURS[span])
    return (at.astimezone(zone).date() - when.astimezone(zone).date()).days < DAYS[span]


def _firm_open(about: dict[str, Any], local: datetime, off: set[str], worked: set[str]) -> bool:
    day: date = local.date()
    if about["days"] == "working":
        allowed = str(day) in worked or (day.weekday() < 5 and str(day) not in off)
    else:
        allowed = about["days"] == "every" or NAMES[day.weekday()] in about["days"]
    clock = f"{local:%H:%M}"
    return allowed and any(begin <= clock < end for begin, end in (each.split("-") for each in about["hours"]))


def _left_in_peace(person: Person, at: datetime, today: date) -> Iterator[str]:
    """Below 0, in a class that rests, or too soon for one that is slowed down to half the pace."""
    if sum(points for day, points in person.points if day + timedelta(days=365) > today) < 0:
        yield "the account is overdrawn"
    if person.rested == today:
        yield "the class rests"
    if person.about.get("slowed") and person.about["gap"]:
        zone = ZoneInfo(person.about["zone"])
        counted = [when for when, each in person.contacts if each["counted"] and each["purpose"] != "service"]
        days = {"3 days": 6, "12 h": 2}[person.about["gap"]]
        if any((today - when.astimezone(zone).date()).days < days for when in counted):
            yield "the class is slowed down"


def _firm(person: Person, row: dict[str, Any], at: datetime) -> Iterator[str]:
    about, why, how, zone = person.about, row["purpose"], row["channel"], ZoneInfo(person.about["zone"])
    if person.complaint and why == "marketing":
        yield "an open complaint"
    all_count = about["law"] == "eu" or (about["law"] == "debt" and how == "phone")
    for at_most, per, purposes, channels in about["caps"]:
        if why in purposes and how in channels:
            counted = [
                when
                for when, each in person.contacts
                if (each["counted"] or all_count) and each["purpose"] in purposes and each["channel"] in channels
            ]
            if sum(_still_counts(per, when, at, zone) for when in counted) >= at_most:
                yield f"cap {at_most} in {per}"
    spaced = ("relationship", "marketing")
    if about["gap"] and why in spaced:
        before = [when for when, each in person.contacts if each["counted"] and each["purpose"] in spaced]
        if any(_still_counts(about["gap"], when, at, zone) for when in before):
            yield "gap"
    if about["budget"]:
        month = at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")
        spent = sum(when.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m") == month for when, _ in person.contacts)
        if (spent + 1) * about["budget"][1] > about["budget"][0]:
            yield "budget"
