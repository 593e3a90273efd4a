"""A year of random contacts: not one outside the rules, by a checker that reads only the log; and the checker does find what is outside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.year.checker import check
from tests.year.made_year import year

REFUSING = {
    "status.deceased", "opted-out", "point.missing", "point.unusable", "zone.unknown", "law.consent", "law.sensitive", "law.hours",
    "law.hours-somewhere",
    "law.cap", "law.conversation", "promise.not-yet", "complaint.open", "hours.closed", "cap.full", "cap.never", "gap", "budget",
    "account.overdrawn", "class.rests", "class.slowed",
}  # fmt: skip


@pytest.fixture(scope="module")
def log() -> list[str]:
    return list(year(customers=500, asks=30))


def test_of_fifteen_thousand_contacts_asked_for_none_was_made_outside_the_rules(log: list[str]) -> None:
    found = check(log)
    assert found.outside == []
    assert found.customers == 500
    assert found.contacts + found.refused >= 15_000
    assert found.contacts > 2_000
    assert found.rules >= REFUSING - {"law.cap"}


def test_asked_all_day_the_law_s_own_cap_is_met() -> None:
    busy = list(year(customers=2, asks=800, seed=70))
    found = check(busy)
    assert (found.outside, "law.cap" in found.rules) == ([], True)


@pytest.mark.full
def test_of_a_million_contacts_asked_for_none_was_made_outside_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "year.log"
    with file.open("w") as into:
        into.writelines(f"{line}\n" for line in year(customers=33_334, asks=30))
    with file.open() as lines:
        found = check(lines)
    assert found.outside == []
    assert found.contacts + found.refused >= 1_000_000


def _again(row: dict[str, Any]) -> dict[str, Any]:
    """The same contact a minute later."""
    return {**row, "at": (datetime.fromisoformat(row["at"]) + timedelta(minutes=1)).isoformat()}


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("no usable number", lambda row: {**row, "usable": False}),
        ("lawful hours|the firm's hours", lambda row: {**row, "at": re.sub(r"T\d\d", "T17", row["at"]), "channel": "phone"}),
        ("refused by the customer|marketing without consent", lambda row: {**row, "purpose": "marketing", "channel": "wecom"}),
        ("sensitive without consent", lambda row: {**row, "purpose": "relationship"}),
        ("cap|gap|budget|in 24 hours|seven days", _again),
        ("the account is overdrawn", lambda row: {**row, "purpose": "relationship"}),
        ("the class is slowed down", _again),
    ],
)
def test_the_checker_finds_contacts_that_were_put_into_the_log(
    log: list[str], rule: str, wrong: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    put_in = []
    for line in log:
        put_in.append(line)
        row = json.loads(line)
        if row["kind"] == "contact" and not row["promise"]:
            put_in.append(json.dumps(wrong(row)))
    found = check(put_in)
    assert sum(bool(re.search(rule, said)) for said, _ in found.outside) > 100


def test_a_dead_customer_s_contact_a_rule_nobody_knows_and_a_broken_promise_of_time_are_found() -> None:
    about = {"kind": "customer", "id": 1, "law": "eu", "zone": "UTC", "hours": ["00:00-24:00"], "days": "every", "caps": [], "gap": None}
    contact = {"kind": "contact", "id": 1, "at": "2026-05-01T10:00:00+00:00", "channel": "wecom", "purpose": "service", "counted": True}
    rows = [
        {**about, "budget": None, "sensitive": False}, {"kind": "died", "id": 1},
        {**contact, "talked": False, "usable": True, "promise": None}, {"kind": "refused", "id": 1, "rule": "mood", "known": False},
        {"kind": "broken", "id": 1, "at": contact["at"], "rule": "gap"},
    ]  # fmt: skip
    said = [rule for rule, _ in check(json.dumps(row) for row in rows).outside]
    assert said == ["dead", "refusal without a known rule", "refused at the time that was named"]
