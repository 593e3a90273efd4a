"""What a trigger looks at is told with the customer's own figures, whether something is due or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.engine.explain import explain
from huifang.engine.looked_at import OwnRows, looked_at
from huifang.engine.stages import PlanContext, inputs
from huifang.engine.tables import INPUTS
from huifang.stores.embedded import connect
from tests.engine.planning import MONDAY, arrow, calendar, kind_of, phone, playbook

PROGRAMMES = {
    "after": {"when": {"after": "job.settled", "wait": "1 d"}},
    "same-day": {"when": {"after": "job.settled", "wait": "0 d"}},
    "lapse": {"when": {"lapse": "job.settled", "exactly": "6 months"}},
    "birthday": {"when": {"before": "birthday", "by": "3 d"}},
    "renewal": {"when": {"before": "agreement.insurance.ends", "by": "30 d"}},
    "on-the-day": {"when": {"before": "agreement.insurance.ends", "by": "0 d"}},
    "mot": {"when": {"before": "attribute.mot", "by": "30 d"}},
    "service": {"when": {"before": "attribute.job.settled.next_service", "by": "7 d"}},
    "quarterly": {"when": {"every": "3 months"}},
    "since": {"when": {"every": "3 months", "since": "job.settled"}},
    "becomes": {"when": {"becomes": "jobs >= 3"}},
    "asked": {"when": {"on": "request", "wait": "2 d"}},
    "festival": {"when": {"festival": "spring", "after": "1 d"}},
}
BOOK = playbook(
    {key: {"within": "5 d", **rule} for key, rule in PROGRAMMES.items()},
    facts={"jobs": "count(job.settled)"},
    events={
        "job.settled": {"title": {"zh": "结算", "en": "settlement"}, "attributes": {"next_service": {"type": "date", "title": "下次保养"}}}
    },
    attributes={"mot": {"type": "date", "title": {"zh": "年检到期日", "en": "MOT"}}},
    agreements={"insurance": {"title": {"zh": "保险", "en": "insurance"}}},
)
NOBODY = OwnRows({}, (), (), (), ())
FULL = OwnRows(
    {"birthday": date(1980, 3, 12), "mot": date(2027, 1, 5), "first_seen": date(2024, 5, 1)},
    (
        {"kind": "job.settled", "day": date(2026, 1, 5), "next_service": date(2026, 7, 5)},
        {"kind": "other", "day": date(2026, 2, 20), "next_service": None},
        {"kind": "job.settled", "day": date(2026, 2, 27), "next_service": None},
    ),
    ({"kind": "insurance", "ends": date(2026, 4, 1)}, {"kind": "lease", "ends": date(2026, 9, 1)}),
    ({"programme": "quarterly", "day": date(2026, 1, 9)},),
    ({"programme": "asked", "day": date(2026, 2, 28)},),
)


@pytest.mark.parametrize(
    ("key", "full", "empty"),
    [
        ("after", "last settlement on 27 Feb 2026, 2 in all; due 1 day after it", "no settlement yet; due 1 day after it"),
        ("same-day", "last settlement on 27 Feb 2026, 2 in all; due on the same day", "no settlement yet; due on the same day"),
        (
            "lapse",
            "last settlement on 27 Feb 2026, 2 in all; due when 6 months have passed",
            "no settlement yet; due when 6 months have passed",
        ),
        ("birthday", "the birthday: 12 Mar 1980; due 3 days before it", "the birthday: not entered; due 3 days before it"),
        ("renewal", "insurance ends: 1 Apr 2026; due 30 days before it", "insurance ends: not entered; due 30 days before it"),
        ("on-the-day", "insurance ends: 1 Apr 2026; due on the same day", "insurance ends: not entered; due on the same day"),
        ("mot", "MOT: 5 Jan 2027; due 30 days before it", "MOT: not entered; due 30 days before it"),
        ("service", "下次保养: 5 Jul 2026; due 7 days before it", "下次保养: not entered; due 7 days before it"),
        ("quarterly", "last reached on 9 Jan 2026, 1 in all; every 3 months", "no first day is known; every 3 months"),
        ("since", "first settlement on 5 Jan 2026; every 3 months", "no settlement yet; every 3 months"),
        ("becomes", "due when the condition begins to hold: jobs >= 3", "due when the condition begins to hold: jobs >= 3"),
        ("asked", "last asked for on 28 Feb 2026", "not asked for yet"),
    ],
)
def test_every_trigger_tells_what_it_looks_at(key: str, full: str, empty: str):
    for rows, said in ((FULL, full), (NOBODY, empty)):
        found = looked_at(BOOK.programmes[key].when, key, BOOK, rows)
        assert found is not None
        assert found.en == said
        assert found.zh


def test_what_is_the_same_for_all_customers_tells_nothing():
    assert looked_at(BOOK.programmes["festival"].when, "festival", BOOK, FULL) is None


def test_a_series_without_contact_is_counted_from_the_first_day_in_the_register():
    rows = OwnRows({"first_seen": None}, FULL.events, (), (), ())
    said = looked_at(BOOK.programmes["quarterly"].when, "quarterly", BOOK, rows)
    assert said is not None
    assert said.zh == "建档于 2026年1月5日；每3个月一次"


def test_an_explanation_tells_it_from_the_tables_and_nothing_that_lies_ahead():
    connection = connect(threads=1)
    days = (MONDAY - timedelta(days=40), MONDAY - timedelta(days=3), MONDAY + timedelta(days=2))
    rows = {
        "customers": [{"customer_id": 1, "birthday": date(1980, 3, 12), "first_seen": date(2024, 5, 1)}, {"customer_id": 2}],
        "events": [{"event_id": n, "customer_id": 1, "kind": "job.settled", "day": day} for n, day in enumerate(days)],
        "contact_points": phone(1, 2), "calendar_days": calendar(days=range(-400, 430)),
    }  # fmt: skip
    tables = {}
    for table in INPUTS:
        kinds = {column.name: kind_of(column.name, column.type) for column in table.columns}
        tables[table.name] = connection.create_table(table.name, arrow(kinds, rows.get(table.name, [])), temp=True)
    context = PlanContext(MONDAY, MONDAY - timedelta(days=1), (BOOK,), connection)
    try:
        own, other = (explain(context, inputs(tables), number) for number in (1, 2))
    finally:
        connection.disconnect()
    said = {line.programme: line.ground for line in own.lines}
    assert said["after"] is not None
    assert said["after"].en == "last settlement on 27 Feb 2026, 2 in all; due 1 day after it"
    assert said["birthday"] is not None
    assert "12 Mar 1980" in said["birthday"].en
    assert "no settlement yet" in other.say("en")
    assert "还没有结算" in other.say("zh")
