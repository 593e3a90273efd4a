"""Whatever names something names something that is there; nothing lies in the future."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.demo.business import Business
from huifang.domain.contact import Channel, Purpose
from huifang.domain.outcomes import OUTCOMES

LISTS = ("branches", "staff", "customers", "events", "agreements", "contacts", "records", "cases")


@pytest.fixture(params=["shop", "clinic"])
def business(request: pytest.FixtureRequest) -> Business:
    made: Business = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize("name", LISTS)
def test_codes_are_unique(business: Business, name: str) -> None:
    codes = [row.code for row in getattr(business, name)]
    assert len(codes) == len(set(codes))


def test_every_reference_exists(business: Business) -> None:
    codes = {name: {row.code for row in getattr(business, name)} for name in LISTS}
    for name in ("events", "agreements", "consents", "contacts", "answers", "records", "cases", "occurrences"):
        assert {row.customer for row in getattr(business, name)} <= codes["customers"], name
    for name in ("customers", "staff", "events"):
        assert {row.branch for row in getattr(business, name)} <= codes["branches"], name
    assert {row.owner for row in business.customers + business.cases} <= codes["staff"]
    assert {row.staff for row in business.events + business.contacts + business.records + business.occurrences} <= codes["staff"]
    assert {row.event for row in business.contacts + business.records + business.cases} - {""} <= codes["events"]
    assert {row.contact for row in business.records} <= codes["contacts"]
    assert {row.record for row in business.answers + business.cases} <= codes["records"]


def test_nothing_has_happened_after_the_morning(business: Business) -> None:
    as_of = business.as_of
    assert max(event.at.date() for event in business.events) < as_of
    assert max(contact.at.date() for contact in business.contacts) < as_of
    assert max(consent.day for consent in business.consents) < as_of
    assert max(customer.first_seen for customer in business.customers) < as_of
    for case in business.cases:
        assert case.opened.date() < as_of
        assert case.closed is None or (case.answered is not None and case.opened < case.answered < case.closed)


def test_moments_are_local_and_aware(business: Business) -> None:
    assert {str(row.at.tzinfo) for row in business.events + business.contacts + business.records} == {"Asia/Shanghai"}


def test_codes_of_the_domain_are_used(business: Business) -> None:
    assert {contact.outcome for contact in business.contacts} <= set(OUTCOMES)
    assert {contact.channel for contact in business.contacts} <= set(Channel)
    assert {contact.purpose for contact in business.contacts} <= set(Purpose)
    for contact in business.contacts:
        outcome = OUTCOMES[contact.outcome]
        assert (contact.reached, contact.counted) == (outcome.reached, outcome.counted)


def test_an_occurrence_is_known_once_and_open_ones_have_a_next_day(business: Business) -> None:
    keys = [(one.programme, one.customer, one.cause) for one in business.occurrences]
    assert len(keys) == len(set(keys))
    assert any(one.open for one in business.occurrences)
    for one in business.occurrences:
        assert one.open == (one.next_on is not None)
        assert not one.open or (1 <= one.attempts <= 2 and one.expires >= business.as_of)


def test_nobody_calls_two_customers_at_once_or_out_of_hours(business: Business) -> None:
    last: dict[str, object] = {}
    for contact in business.contacts:
        assert last.get(contact.staff) != contact.at
        last[contact.staff] = contact.at
        assert 9 <= contact.at.hour < 18
        assert contact.at.hour not in {12, 13}


def test_nobody_is_called_after_asking_never_to_be_called(business: Business) -> None:
    stopped: dict[str, object] = {}
    for contact in business.contacts:
        assert contact.customer not in stopped
        if contact.outcome == "never_again":
            stopped[contact.customer] = contact.at
    refused = [consent for consent in business.consents if consent.purpose == "any" and not consent.allowed]
    assert {consent.customer for consent in refused if consent.channel == "any"} == set(stopped)
    last = {contact.customer: contact.at.date() for contact in business.contacts}
    written = {consent.customer: consent.day for consent in refused if consent.channel == "phone"}
    assert all(last.get(customer, date.min) < day for customer, day in written.items())
    assert not set(written) & {one.customer for one in business.promises}
    assert bool(written) == (business.key == "repair-shop")


def test_words_seldom_repeat_and_are_filled_in(business: Business) -> None:
    said = [record.words for record in business.records if record.feedback]
    assert len(said) > 1500
    assert len(set(said)) / len(said) > 0.6
    assert not [words for words in said if "{" in words or "，，" in words or not words.strip()]


def test_agents_can_sign_in_and_others_are_only_named(business: Business) -> None:
    roles = {one.role for one in business.staff if one.sign_in_name}
    assert roles == {"agent", "supervisor", "manager", "administrator"}
    assert all(bool(one.sign_in_name) == bool(one.role) for one in business.staff)
    assert all(bool(one.capacity) == (one.role == "agent") for one in business.staff)
