"""Each programme of the library falls due on its right day and no other; `test_library_businesses` has their conditions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.spans import Span
from huifang.engine.planner import plan
from huifang.engine.schedule import moved
from huifang.playbooks import library
from huifang.playbooks.schema import Adaptive, AfterEvent, Becomes, BeforeDate, Cadence, Festival, Lapse, OnAnswer, Playbook, Programme
from tests.engine.business import calendar, context, due, given

DAY = date(2026, 9, 16)
ONE = timedelta(days=1)
NAMES = library.names()
WORKING = calendar(date(2024, 1, 1), date(2028, 12, 31))
CN = WorkingCalendar("CN", [Day(row["day"], row["working"], row["final"], "", None, None, False, "") for row in WORKING])
KINDS = {"text": "string", "number": "float64", "date": "date", "boolean": "boolean"}


def base(span: Span, due_on: date, sign: int = 1) -> date:
    """The day from which a span leads to `due_on`."""
    found = due_on
    while moved(found, span, sign, CN) != due_on:
        found -= sign * ONE
    return found


def attributes(book: Playbook) -> dict[str, str]:
    declared = [book.attributes, *(kind.attributes for kind in (*book.events.values(), *book.agreements.values()))]
    return {name: KINDS[each.type] for part in declared for name, each in part.items()}


def rows_for(programme: str, rule: Programme, customer: int, on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """What makes the programme fall due for the customer on that day, as rows by table; nothing for triggers that look at everybody."""
    mine = {"customer_id": customer}
    match rule.when:
        case AfterEvent(after=kind, wait=wait) | Lapse(lapse=kind, exactly=wait):
            yield "events", {**mine, "event_id": customer, "kind": kind, "day": base(wait, on)}
        case Cadence(every=every, since=since, wait=wait):
            begins = base(wait or every, on)
            if since is not None:
                yield "events", {**mine, "event_id": customer, "kind": since, "day": begins}
            yield "customers", {**mine, "first_seen": begins}
        case Adaptive(no_later_than=Span() as latest):
            yield "customers", {**mine, "first_seen": base(latest, on)}
        case OnAnswer(wait=wait):
            yield "requests", {**mine, "request_id": customer, "programme": programme, "day": base(wait, on)}
        case BeforeDate(before=what, by=by):
            then = moved(on, by, 1, CN)
            first, _, rest = what.partition(".")
            kind, _, name = rest.rpartition(".")
            if first == "birthday":
                yield "customers", {**mine, "birthday": then.replace(year=1990)}
            elif first == "agreement":
                yield "agreements", {**mine, "agreement_id": customer, "kind": kind, "status": "active", name: then}
            elif kind:
                yield "events", {**mine, "event_id": customer, "kind": kind, "day": on - 90 * ONE, name: then}
            else:
                yield "customers", {**mine, name: then}


def business(book: Playbook) -> tuple[dict[str, list[dict[str, Any]]], dict[int, str]]:
    """Two customers for each programme, one due on `DAY`, the other the day after; and whose programme is due for whom."""
    tables: dict[str, list[dict[str, Any]]] = {"customers": [], "events": [], "agreements": [], "requests": []}
    expected: dict[int, str] = {}
    for number, (name, rule) in enumerate(book.programmes.items()):
        for customer, on in ((2 * number + 1, DAY), (2 * number + 2, DAY + ONE)):
            made = list(rows_for(name, rule, customer, on))
            person = {"customer_id": customer, "kind": book.subjects[0]}
            for table, row in made:
                if table == "customers":
                    person |= row
                else:
                    tables[table].append(row)
            tables["customers"].append(person)
            if made and on == DAY:
                expected[customer] = name
    festivals = {moved(DAY, span, -sign, CN): rule.when.festival for rule in book.programmes.values() if isinstance(rule.when, Festival)
                 for span, sign in ((rule.when.after, 1), (rule.when.before, -1)) if span}  # fmt: skip
    days = [{**row, "festival": festivals.get(row["day"])} for row in WORKING]
    points = [
        {"customer_id": person["customer_id"], "channel": way, "usable": True}
        for person in tables["customers"]
        for way in ("phone", "sms", "email")
    ]
    return {**tables, "calendar_days": days, "contact_points": points}, expected


def triggers_only(book: Playbook) -> Playbook:
    """The same triggers for everybody: whom a programme is for is left out, so that only its day decides."""
    free = {}
    for name, rule in book.programmes.items():
        when = rule.when.model_copy(update={"where": None}) if isinstance(rule.when, AfterEvent) else rule.when
        free[name] = rule.model_copy(update={"for_": None, "when": when})
    return book.model_copy(update={"programmes": free})


@pytest.mark.parametrize("name", NAMES)
def test_each_trigger_fires_on_its_day(name: str) -> None:
    book = triggers_only(library.read(name).playbook)
    tables, expected = business(book)
    found = due(given(tables, attributes(book)), context(DAY, book, since=DAY - ONE))
    by_customer = {(row["customer_id"], row["programme"]): row["due"] for row in found}
    for customer, programme in expected.items():
        assert by_customer.get((customer, programme)) == DAY, programme
        assert (customer + 1, programme) not in by_customer, programme
    for programme, rule in book.programmes.items():
        if isinstance(rule.when, Festival):
            assert {row["customer_id"] for row in found if row["programme"] == programme} == {
                person["customer_id"] for person in tables["customers"]
            }
    tested = {*expected.values(), *(key for key, rule in book.programmes.items() if isinstance(rule.when, Festival | Becomes))}
    assert tested == set(book.programmes)


def test_relationship_calls_the_important_customers_to_whom_a_call_is_worth_most() -> None:
    """Of fifty important customers with a contract one a day (2 %): never a core one, never one called lately or worth nothing."""
    book = library.read("relationship").playbook
    worth = {number: float(number) for number in range(1, 51)} | {51: 900.0, 52: 800.0, 53: 700.0}
    spent = dict.fromkeys(worth, 30_000.0) | {51: 200_000.0, 53: 100.0}
    tables = {
        "customers": [{"customer_id": number, "kind": "person", "first_seen": DAY - 60 * ONE} for number in worth],
        "events": [
            {"event_id": number, "customer_id": number, "kind": "deal.closed", "day": DAY - 50 * ONE, "amount": spent[number]}
            for number in worth
        ],
        "agreements": [
            {"agreement_id": number, "customer_id": number, "kind": "contract", "starts": DAY - 50 * ONE, "ends": DAY + 300 * ONE}
            for number in worth
        ],
        "contacts": [
            {
                "contact_id": 1, "customer_id": 52, "channel": "phone", "purpose": "service", "day": DAY - 29 * ONE, "reached": True,
                "counted": True,
            }
        ],
        "contact_policy": [{"customer_id": number, "index": index} for number, index in worth.items()],
        "contact_points": [{"customer_id": number, "channel": "phone", "usable": True} for number in worth],
        "calendar_days": WORKING,
    }  # fmt: skip
    made = plan(context(DAY, book), given(tables, attributes(book)))
    rows = made.decisions.filter(made.decisions.programme == "regular-call").to_pyarrow().to_pylist()
    (chosen,) = [row for row in rows if row["cause"].endswith(":worth")]
    assert chosen["customer_id"] == 50
    assert chosen["decision"] in ("planned", "bundled", "held-out")
    assert {row["customer_id"] for row in rows} <= set(range(1, 51))


def dues(name: str, programme: str, tables: dict[str, Any], months: range, start: date) -> list[date]:
    """The due days that a plan of each month's like day sees, nothing being done in between but what is due."""
    book = triggers_only(library.read(name).playbook)
    found: list[date] = []
    since = start
    contacts: list[dict[str, Any]] = []
    for month in months:
        day = moved(start, Span.parse(f"{month} months"), 1, CN)
        rows = due(given({**tables, "calendar_days": WORKING, "contacts": contacts}, attributes(book)), context(day, book, since=since))
        for row in rows:
            if row["programme"] == programme:
                found.append(row["due"])
                contacts.append(
                    {"contact_id": month, "customer_id": 1, "channel": "visit", "purpose": "service", "programme": programme,
                     "day": row["due"], "reached": True, "counted": True}
                )  # fmt: skip
        since = day
    return found


def test_a_household_in_need_is_visited_at_least_four_times_a_year() -> None:
    paired = {"customers": [{"customer_id": 1, "kind": "household"}]}
    paired["events"] = [{"event_id": 1, "customer_id": 1, "kind": "pairing.made", "day": date(2026, 1, 15)}]
    found = dues("household-aid", "quarterly", paired, range(1, 13), date(2026, 1, 15))
    assert found == [date(2026, 2, 15), date(2026, 5, 15), date(2026, 8, 15), date(2026, 11, 15)]


def test_an_officer_is_talked_with_after_six_and_after_twelve_months() -> None:
    post = {"customers": [{"customer_id": 1, "kind": "staff"}]}
    post["events"] = [{"event_id": 1, "customer_id": 1, "kind": "officer.appointed", "day": date(2025, 8, 31)}]
    tables = {**post, "calendar_days": WORKING}
    book = library.read("appointed-officers").playbook
    days = {}
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 8, 30), date(2026, 8, 31)):
        rows = due(given(tables, attributes(book)), context(day, book, since=day - ONE))
        days[day.isoformat()] = [row["programme"] for row in rows if row["due"] == day]
    assert days == {"2026-02-27": [], "2026-02-28": ["six-months"], "2026-08-30": [], "2026-08-31": ["twelve-months"]}
