"""What the plan promises, by the names of rules: special days, zones, branches, promises, continuity, bundling."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from huifang.engine.rules import RULES
from tests.engine.planning import MONDAY, calendar, fact, occurrence, phone, playbook, run

DAY = timedelta(days=1)
SATURDAY = MONDAY + 5 * DAY


def test_every_rule_speaks_both_languages():
    assert all(rule.words.zh and rule.words.en and rule.code.startswith(rule.decision.value) for rule in RULES.values())


def test_a_call_due_on_saturday_is_done_on_monday():
    book = playbook({"call": {"within": "1 d"}})
    due = [occurrence("call", 1, due=SATURDAY, deadline=SATURDAY, expires=SATURDAY)]
    on_saturday, _none, _result = run([book], due, [fact(1)], SATURDAY, contact_points=phone(1))
    assert (on_saturday[0]["rule"], on_saturday[0]["until"]) == ("deferred.not-working-day", SATURDAY + 2 * DAY)
    on_monday, followups, _result = run([book], due, [fact(1)], SATURDAY + 2 * DAY, contact_points=phone(1))
    assert on_monday[0]["rule"] == "planned.first"
    assert followups[0]["deadline"] == SATURDAY + 2 * DAY


def test_what_is_not_known_is_not_contacted_and_says_why():
    book = playbook({"call": {}, "abroad": {}}, time_zone="Asia/Shanghai")
    other = playbook({"call": {}}, name="other", calendar={"country": "US"})
    facts = [fact(1, time_zone="Mars/Base"), fact(2, branch_id="gone"), fact(3), fact(4, branch_id="own"), fact(5)]
    due = [occurrence("call", 1), occurrence("call", 2), occurrence("call", 3, playbook="other"), occurrence("call", 4)]
    due.append(occurrence("call", 5, due=MONDAY + 2 * DAY, deadline=MONDAY + 3 * DAY))
    branches = [{"branch_id": "own", "calendar": "works"}]
    days = [*calendar(), {"calendar": "works", "day": MONDAY, "working": True, "final": False}]
    decisions, followups, _result = run(
        [book, other], due, facts, contact_points=phone(1, 2, 3, 4, 5), branches=branches, calendar_days=days
    )
    assert {row["customer_id"]: row["rule"] for row in decisions} == {
        1: "deferred.zone-unknown", 2: "deferred.branch-unknown", 3: "deferred.calendar-unknown", 4: "planned.first",
        5: "deferred.due-later",
    }  # fmt: skip
    assert [row["customer_id"] for row in followups] == [4]
    assert next(row["detail"] for row in decisions if row["customer_id"] == 4) == '{"provisional": true}'


def test_hours_that_the_clocks_skip_are_no_hours():
    spring = date(2026, 3, 8)
    book = playbook({"call": {"days": "every", "hours": ["02:00-03:00"]}}, time_zone="America/New_York")
    due = [occurrence("call", 1, due=spring, deadline=spring, expires=spring + 9 * DAY)]
    decisions, _none, _result = run([book], due, [fact(1)], spring, contact_points=phone(1))
    assert (decisions[0]["rule"], decisions[0]["until"]) == ("deferred.no-window", spring + DAY)


def test_a_promise_goes_to_whoever_made_it_and_passes_cap_calendar_and_capacity():
    book = playbook({"call": {}}, limits={"caps": [{"at most": 1, "per": "30 d"}]})
    promised = occurrence(
        "call", 1, due=SATURDAY, deadline=SATURDAY, promised=True, promise_day=SATURDAY, promise_staff_id="li",
        promise_opens_at=datetime(2026, 3, 7, 7), promise_closes_at=datetime(2026, 3, 7, 8),
    )  # fmt: skip
    contacts = [
        {"contact_id": "c", "customer_id": 1, "channel": "phone", "purpose": "service", "day": MONDAY, "reached": True, "counted": True}
    ]
    staff = [{"staff_id": "li", "capacity": 0, "active": True}, {"staff_id": "wang", "capacity": 5, "active": True}]
    decisions, followups, _result = run([book], [promised], [fact(1)], SATURDAY, contact_points=phone(1), contacts=contacts, staff=staff)
    assert decisions[0]["rule"] == "planned.promise"
    assert (followups[0]["promised"], followups[0]["opens_at"].hour, followups[0]["score"]) == (True, 7, 3498.0)
    assert followups[0]["staff_id"] == "wang"


def test_the_same_person_as_before_then_the_owner_then_a_colleague():
    book = playbook(
        {"call": {"owner": "customer owner", "bundle": False}, "seen": {"owner": "event staff"}, "claim": {"skills": ["claims"]}}
    )
    facts = [fact(1, owner_id="li", branch_id="b"), fact(2, owner_id="li", branch_id="b"), fact(3, branch_id="b"), fact(4, branch_id="b")]
    due = [
        occurrence("call", 1, last_staff_id="wang"),
        occurrence("call", 2),
        occurrence("seen", 3, handler_id="zhao"),
        occurrence("claim", 4),
    ]
    staff = [{"staff_id": name, "branch_id": "b", "capacity": 9, "active": True} for name in ("li", "wang", "zhao")]
    staff.append({"staff_id": "qian", "branch_id": "b", "capacity": 9, "active": True, "skills": "claims"})
    absences = [{"staff_id": "zhao", "first_day": MONDAY, "last_day": MONDAY, "substitute_id": "wang"}]
    _decisions, followups, _result = run([book], due, facts, contact_points=phone(1, 2, 3, 4), staff=staff, absences=absences)
    assert {row["customer_id"]: row["staff_id"] for row in followups} == {1: "wang", 2: "li", 3: "wang", 4: "qian"}


def test_an_approved_schedule_says_who_and_not_before_which_day():
    book = playbook({"call": {"owner": "customer owner", "bundle": False, "within": "9 d"}})
    facts = [fact(number, owner_id="li", branch_id="b") for number in (1, 2, 3, 4)]
    due = [
        occurrence("call", 1, last_staff_id="li"),
        occurrence("call", 2),
        occurrence("call", 3, expires=MONDAY + DAY),
        occurrence("call", 4, promised=True, promise_day=MONDAY),
    ]
    staff = [{"staff_id": name, "branch_id": "b", "capacity": 9, "active": True} for name in ("li", "wang")]
    days = ((1, MONDAY - DAY), (1, MONDAY), (2, MONDAY + 2 * DAY), (3, MONDAY + 2 * DAY), (4, MONDAY + 2 * DAY))
    schedule = [
        {"playbook": book.playbook, "programme": "call", "customer_id": number, "cause": due[0]["cause"], "day": day, "staff_id": "wang"}
        for number, day in days
    ]
    schedule[0]["staff_id"] = "li"
    decisions, followups, _result = run([book], due, facts, contact_points=phone(1, 2, 3, 4), staff=staff, schedule=schedule)
    rules = {row["customer_id"]: (row["rule"], row["until"]) for row in decisions}
    assert rules[2] == ("deferred.scheduled-later", MONDAY + 2 * DAY)
    assert (rules[3][0], rules[4][0]) == ("planned.first", "planned.promise")
    assert {row["customer_id"]: row["staff_id"] for row in followups} == {1: "wang", 3: "wang", 4: "wang"}


def test_several_reasons_make_one_contact_led_by_the_strongest_and_marketing_joins_with_consent_only():
    book = playbook({"ask": {}, "offer": {"purpose": "marketing"}, "greet": {"purpose": "relationship", "through": ["sms", "phone"]}})
    consents = [{"customer_id": 1, "purpose": "marketing", "channel": "any", "allowed": True}]
    points = [*phone(1, 2), {"customer_id": 1, "channel": "sms", "usable": True}]
    due = [occurrence(name, customer) for name in ("ask", "offer", "greet") for customer in (1, 2)]
    decisions, followups, _result = run([book], due, [fact(1), fact(2)], contact_points=points, consents=consents)
    assert [(row["programme"], row["occurrences"], row["channel"]) for row in sorted(followups, key=lambda row: row["customer_id"])] == [
        ("ask", 3, "phone"), ("ask", 2, "phone"),
    ]  # fmt: skip
    rules = {(row["customer_id"], row["programme"]): row["rule"] for row in decisions}
    assert rules[1, "offer"] == "bundled.same-person"
    assert rules[2, "offer"] == "suppressed.no-consent"


def test_an_empty_day_and_a_plan_without_caps():
    decisions, followups, result = run([playbook({"call": {}})], [], [fact(1)])
    assert (decisions, followups, dict(result.counts)) == ([], [], {})


def test_without_the_table_nobody_has_an_account_and_with_it_only_what_is_not_owed_waits():
    """Service goes on below 0 and in a class that rests; what the customer asked for, too; a table that is empty changes nothing."""
    book = playbook(
        {
            "owed": {"when": {"becomes": "has_phone"}, "bundle": False},
            "greet": {"when": {"becomes": "has_phone"}, "purpose": "relationship", "bundle": False},
            "asked": {"purpose": "relationship", "bundle": False},
        }
    )  # fmt: skip
    due = [occurrence(name, customer) for name in ("owed", "greet", "asked") for customer in (1, 2)]
    policy = [{"customer_id": 1, "index": 1.0, "balance": -1}, {"customer_id": 2, "index": 1.0, "paused": True}]
    for rows, greeted in (([], ["planned.first"] * 2), (policy, ["deferred.account-overdrawn", "deferred.class-rests"])):
        decisions, _followups, _result = run([book], due, [fact(1), fact(2)], contact_points=phone(1, 2), contact_policy=rows)
        found = {name: [row["rule"] for row in decisions if row["programme"] == name] for name in ("owed", "asked", "greet")}
        assert found == {"owed": ["planned.first"] * 2, "asked": ["planned.first"] * 2, "greet": greeted}
