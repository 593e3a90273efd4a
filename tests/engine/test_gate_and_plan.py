"""The gate and the plan count one cap alike: whom today's plan calls, the gate lets be called all through the window, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.domain.calendars import Day, WorkingCalendar
from huifang.domain.caps import Cap, PastContact, gap
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import Consent, ContactFacts
from huifang.domain.contact_rest import overdrawn, resting, slowed_down
from huifang.domain.contact_rules import Allowed, Refused, decide
from huifang.domain.emotional_account import Movement, account
from huifang.domain.spans import Span
from huifang.domain.windows import Hours, window_for
from tests.engine.planning import MONDAY, calendar, fact, occurrence, phone, playbook, run

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Auckland", "Europe/London")
HOURS = Hours.parse("09:00-18:00")
PERS = ("1 day", "3 days", "1 week", "1 month", "2 working days", "1 h", "12 h", "24 h", "30 h", "90 min")
CAPS = st.tuples(st.integers(1, 3), st.sampled_from(PERS))
PURPOSES = (Purpose.RELATIONSHIP, Purpose.SERVICE)
AGO = st.tuples(st.integers(0, 40 * 24 * 60), st.sampled_from(PURPOSES), st.booleans())
PEOPLE = st.lists(st.tuples(st.sampled_from(ZONES), st.lists(AGO, max_size=4)), min_size=8, max_size=30)
WORKING = WorkingCalendar("CN", [Day(row["day"], row["working"]) for row in calendar()])


@settings(max_examples=10, deadline=None)
@given(st.lists(CAPS, max_size=2, unique=True), st.sampled_from((None, *PERS)), PEOPLE)
def test_whom_the_plan_calls_the_gate_lets_be_called_and_nobody_else(
    capped: list[tuple[int, str]], spaced: str | None, people: list[tuple[str, list[tuple[int, Purpose, bool]]]]
) -> None:
    histories = {number: (zone, _past(zone, ago)) for number, (zone, ago) in enumerate(people, 1)}
    limits = {"caps": [{"at most": most, "per": per} for most, per in capped]} | ({"gap": spaced} if spaced else {})
    called = _planned(limits, histories)
    for customer, (zone, past) in histories.items():
        facts = _facts(zone, past, capped, spaced)
        window = window_for(MONDAY, [HOURS], ZoneInfo(zone))
        moments = [window.opens + (window.closes - window.opens) * share / 20 for share in range(20)]
        allowed = [isinstance(decide(moment, facts), Allowed) for moment in moments]
        if customer not in called:
            assert not any(allowed)
            continue
        opens = called[customer].replace(tzinfo=UTC)
        assert allowed == [moment >= opens for moment in moments]
        assert isinstance(decide(opens, facts), Allowed)


def _past(zone: str, ago: list[tuple[int, Purpose, bool]]) -> list[PastContact]:
    """Contacts so many minutes before the customer's own Monday begins."""
    begins = datetime.combine(MONDAY, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    made = [(begins - timedelta(minutes=minutes), purpose, counted) for minutes, purpose, counted in ago]
    return [
        PastContact(at, Channel.PHONE, purpose, counted=counted, day=at.astimezone(ZoneInfo(zone)).date()) for at, purpose, counted in made
    ]


def _planned(limits: dict[str, Any], histories: dict[int, tuple[str, list[PastContact]]]) -> dict[int, datetime]:
    """Whom the plan of Monday calls, from when on."""
    book = playbook(
        {"touch": {"purpose": "relationship", "within": "20 d"}}, limits=limits, calendar={"country": "CN", "hours": ["09:00-18:00"]}
    )
    rows = [
        {
            "contact_id": f"{customer}-{number}", "customer_id": customer, "channel": "phone", "purpose": each.purpose.value,
            "reached": True, "counted": each.counted,
            "day": each.at.date(), "local_day": each.day, "at": each.at.replace(tzinfo=None),
        }
        for customer, (_, past) in histories.items() for number, each in enumerate(past)
    ]  # fmt: skip
    due = [occurrence("touch", customer, expires=MONDAY + timedelta(days=60)) for customer in histories]
    facts = [fact(customer, time_zone=zone) for customer, (zone, _) in histories.items()]
    _, followups, _ = run([book], due, facts, contacts=rows, contact_points=phone(*histories))
    return {row["customer_id"]: row["opens_at"] for row in followups}


def _facts(zone: str, past: list[PastContact], capped: list[tuple[int, str]], spaced: str | None) -> ContactFacts:
    return ContactFacts(
        Purpose.RELATIONSHIP, Channel.PHONE, usable=True, zone=zone, hours=(HOURS,), calendar=WORKING, past=tuple(past),
        caps=tuple(Cap(most, Span.parse(per)) for most, per in capped), gaps=(gap(Span.parse(spaced)),) if spaced else (),
    )  # fmt: skip


LEARNED = st.tuples(
    st.sampled_from((-3, 0, 2)),
    st.booleans(),
    st.sampled_from((1.0, 1.5, 2.4, 4.0)),
    st.lists(st.integers(0, 40), max_size=3),
    st.booleans(),
)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(("1 day", "3 days", "1 week", "2 working days", "36 h")), st.lists(LEARNED, min_size=5, max_size=12))
def test_whoever_the_plan_leaves_in_peace_the_gate_does_too(per: str, learned: list[tuple[int, bool, float, list[int], bool]]) -> None:
    people = dict(enumerate(learned, 1))
    book = playbook(
        {name: {"purpose": "relationship", "when": when, "bundle": False} for name, when in _WHEN.items()}, limits={"gap": per},
        calendar={"country": "CN", "hours": ["09:00-18:00"]},
    )  # fmt: skip
    policy = [
        {"customer_id": who, "index": 1.0, "balance": balance, "slowed": slowed, "paused": paused}
        for who, (balance, paused, slowed, _, known) in people.items() if known
    ]  # fmt: skip
    contacts = [
        {
            "contact_id": f"{who}-{place}", "customer_id": who, "channel": "phone", "reached": True, "counted": True,
            "purpose": "relationship", "day": MONDAY - timedelta(days=ago),
            "at": datetime.combine(MONDAY - timedelta(days=ago), datetime.min.time()),
        }
        for who, (*_, days, _) in people.items() for place, ago in enumerate(days)
    ]  # fmt: skip
    for name, when in _WHEN.items():
        due = [occurrence(name, who, expires=MONDAY + timedelta(days=400)) for who in people]
        decisions, _, _ = run(
            [book], due, [fact(who) for who in people], contacts=contacts, contact_points=phone(*people), contact_policy=policy
        )
        for row in decisions:
            balance, paused, slowed, days, known = people[row["customer_id"]]
            last = max((MONDAY - timedelta(days=ago) for ago in days), default=None)
            held = account([(MONDAY, Movement.ADVERTISED)], MONDAY) if balance < 0 else account([], MONDAY)
            found = [
                overdrawn(held, MONDAY),
                resting(paused=paused, day=MONDAY),
                slowed_down(slowed, Span.parse(per), last, MONDAY, WORKING),
            ]
            rests = tuple(each for each in found if each) if known and "on" not in when else ()
            past = [
                PastContact(datetime.combine(MONDAY - timedelta(days=ago), datetime.min.time(), UTC), Channel.PHONE, Purpose.RELATIONSHIP)
                for ago in days
            ]
            noon = datetime(2026, 3, 2, 4, tzinfo=UTC)
            answer = decide(noon, replace(_facts("Asia/Shanghai", past, [], per), rests=rests))
            assert isinstance(answer, Allowed) == (row["rule"] == "planned.first")
            if rests:
                assert isinstance(answer, Refused)
                assert row["rule"] == f"deferred.{answer.rule.replace('.', '-')}"


_WHEN = {"touch": {"becomes": "has_phone"}, "asked": {"on": "request", "wait": "0 d"}}


@pytest.mark.parametrize(("per", "called", "opens"), [("1 day", True, 9), ("24 h", True, 15), ("27 h", False, 0)])
def test_called_yesterday_afternoon(per: str, called: bool, opens: int) -> None:
    at = datetime(2026, 3, 1, 15, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    found = _planned({"gap": per}, {1: ("Asia/Shanghai", [PastContact(at, Channel.PHONE, PURPOSES[0], day=date(2026, 3, 1))])})
    wanted = datetime(2026, 3, 2, opens, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC).replace(tzinfo=None)
    assert found == ({1: wanted} if called else {})


def test_two_contacts_of_one_day_share_what_a_cap_in_hours_leaves() -> None:
    """Yesterday's call frees at 15:00; then the first of today's two is made, and the other waits for tomorrow."""
    at = datetime(2026, 3, 1, 7)
    book = playbook(
        {"one": {"bundle": False}, "two": {"bundle": False}}, limits={"caps": [{"at most": 1, "per": "24 h"}]}, calendar={"country": "CN"}
    )
    row = {"contact_id": "1", "customer_id": 1, "channel": "phone", "purpose": "service", "reached": True, "counted": True}
    decisions, followups, _ = run(
        [book], [occurrence("one", 1), occurrence("two", 1)], [fact(1)], contact_points=phone(1),
        contacts=[{**row, "day": date(2026, 3, 1), "at": at}],
    )  # fmt: skip
    assert [row["opens_at"] for row in followups] == [datetime(2026, 3, 2, 7)]
    assert sorted((row["rule"], row["until"]) for row in decisions) == [
        ("deferred.cap", MONDAY + timedelta(days=1)), ("planned.first", None),
    ]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(AGO, min_size=1, max_size=4), st.sampled_from(PERS), st.sampled_from(ZONES))
def test_what_is_refused_is_allowed_from_the_moment_that_was_named(ago: list[tuple[int, Purpose, bool]], per: str, zone: str) -> None:
    facts = _facts(zone, _past(zone, ago), [(1, per)], None)
    window = window_for(MONDAY, [HOURS], ZoneInfo(zone))
    answer = decide(window.opens, facts)
    moments = [window.opens, window.closes - timedelta(minutes=1)]
    if isinstance(answer, Refused) and answer.next_allowed is not None:
        assert isinstance(decide(answer.next_allowed, facts), Allowed)
        moments += [answer.next_allowed]
    held = [isinstance(decide(moment, facts), Allowed) for moment in sorted(moments) if moment < window.closes]
    assert all(later or not before for before, later in pairwise(held))


PURPOSE, WAY = st.sampled_from(("any", "marketing", "service", "sensitive", "sensitive")), st.sampled_from(("any", "phone", "sms"))
WORD = st.tuples(PURPOSE, WAY, st.booleans(), st.sampled_from((True, True, False)))
"""Purpose, channel, whether it is proven, whether it allows."""


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(WORD, max_size=4, unique_by=lambda word: word[:2]), min_size=10, max_size=30), st.booleans())
def test_what_counts_as_consent_for_the_plan_counts_for_the_gate_and_nothing_else(
    people: list[list[tuple[str, str, bool, bool]]], sensitive: bool
) -> None:
    """“Any” purpose, or a word without its proof, is no consent to marketing; a refusal of anything that fits forbids. Health data and the
    like need consent of their own, but for the service itself.
    """
    said = dict(enumerate(people, 1))
    rows = [
        {"customer_id": customer, "purpose": why, "channel": how, "allowed": allowed, "proven": proven}
        for customer, words in said.items() for why, how, proven, allowed in words
    ]  # fmt: skip
    offers = {"offer": {"purpose": "marketing"}, "care": {"purpose": "service"}, "greet": {"purpose": "relationship"}}
    book = playbook(
        {key: {**rule, "bundle": False} for key, rule in offers.items()}, sensitive=sensitive,
        calendar={"country": "CN", "hours": ["09:00-18:00"]},
    )  # fmt: skip
    due = [occurrence(key, customer) for customer in said for key in offers]
    decisions, _, _ = run([book], due, [fact(each) for each in said], contact_points=phone(*said), consents=rows)
    rules = {
        "opted-out": "suppressed.opted-out", "law.consent": "suppressed.no-consent", "law.sensitive": "suppressed.no-separate-consent",
    }  # fmt: skip
    for row in decisions:
        words = tuple(Consent(why, how, allowed, proven) for why, how, proven, allowed in said[row["customer_id"]])
        purpose = Purpose(offers[row["programme"]]["purpose"])
        asked = replace(_facts("Asia/Shanghai", [], [], None), purpose=purpose, consents=words, sensitive=sensitive)
        answer = decide(datetime(2026, 3, 2, 2, tzinfo=UTC), asked)
        wanted = rules[answer.rule] if isinstance(answer, Refused) else "planned.first"
        assert row["rule"] == wanted
