"""What falls due equals a slow calculation, row by row, on random small businesses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from business import calendar, context, due, given, playbook
from hypothesis import HealthCheck, Phase, given as each, settings, strategies as st
from oracle import World, expected

from huifang.domain.calendars import Day, WorkingCalendar

DAY = date(2026, 3, 2)
FIRST, LAST = date(2024, 1, 1), date(2027, 6, 30)
OFF = [date(2026, 2, 16) + timedelta(days=n) for n in range(8)]
FESTIVALS = {date(2026, 3, 3): "lantern", date(2026, 2, 17): "spring", date(2026, 2, 28): "sale,spring-end"}
CALENDAR = calendar(FIRST, LAST, OFF, festival=FESTIVALS)
DAYS = WorkingCalendar("CN", [Day(row["day"], row["working"], festival=row["festival"] or "") for row in CALENDAR])

near = st.one_of(
    st.integers(-12, 40).map(lambda n: DAY - timedelta(days=n)),
    st.integers(150, 200).map(lambda n: DAY - timedelta(days=n)),
    st.integers(0, 500).map(lambda n: DAY - timedelta(days=n)),
)
waits = st.sampled_from(["0 days", "1 day", "3 days", "2 weeks", "1 month", "1 working day", "3 working days"])
windows = st.sampled_from(["1 day", "5 days", "2 weeks", "1 month", "1 working day", "3 working days", "24 h", "50 h"])
whose = st.integers(1, 3)


@st.composite
def triggers(draw: Any) -> dict[str, Any]:
    wait = draw(waits)
    return draw(
        st.sampled_from(
            [
                {"after": "job", "wait": wait},
                {"after": "job", "wait": wait, "where": "amount >= 50 and nth <= 2"},
                {"after": "job", "wait": "5 h"},
                {"after": "job", "wait": "24 h", "where": "nth = 1"},
                {"lapse": "job", "exactly": draw(st.sampled_from(["6 months", "30 days", "10 working days"]))},
                {"before": "birthday", "by": wait},
                {"before": "agreement.policy.ends", "by": wait},
                {"before": "agreement.policy.starts", "by": wait},
                {"before": "attribute.next_service", "by": wait},
                {"before": "attribute.job.inspect", "by": wait},
                {"every": "3 months"},
                {"every": "2 weeks", "since": "job", "wait": "3 days", "times": 2},
                {"festival": "spring", "after": wait},
                {"festival": "lantern", "before": wait},
                {"on": "request", "wait": wait},
            ]
        )
    )


@st.composite
def programmes(draw: Any) -> dict[str, Any]:
    rule = {"when": draw(triggers()), "within": draw(windows), "again": draw(st.sampled_from(["each cause", "once"]))}
    if draw(st.booleans()):
        rule["expires"] = draw(windows)
    return rule


@st.composite
def businesses(draw: Any) -> dict[str, list[dict[str, Any]]]:
    def many(**columns: Any) -> list[dict[str, Any]]:
        return draw(st.lists(st.fixed_dictionaries(columns), max_size=6))

    customers = [
        {
            "customer_id": number, "kind": draw(st.sampled_from([None, "person", "staff"])), "birthday": draw(birthdays),
            "time_zone": draw(st.sampled_from([None, "Asia/Urumqi", "America/New_York"])), "first_seen": draw(st.none() | near),
            "next_service": draw(st.none() | near),
        }
        for number in (1, 2, 3)
    ]  # fmt: skip
    events = many(customer_id=whose, kind=st.sampled_from(["job", "job", "visit"]), day=near, amount=st.sampled_from([None, 20.0, 80.0]),
                  hour=st.none() | st.integers(0, 23), inspect=st.none() | near)  # fmt: skip
    for number, event in enumerate(events, 1):
        hour = event.pop("hour")
        event |= {"event_id": number, "at": None if hour is None else datetime.combine(event["day"], datetime.min.time()) + timedelta(hours=hour)}
    agreements = many(customer_id=whose, kind=st.just("policy"), starts=st.none() | near, ends=st.none() | near,
                      status=st.sampled_from([None, "active", "cancelled"]))  # fmt: skip
    contacts = many(customer_id=whose, programme=st.just("p1"), channel=st.just("phone"), purpose=st.just("service"), day=near,
                    reached=st.booleans(), counted=st.just(True))  # fmt: skip
    requests = many(customer_id=whose, programme=st.sampled_from(["p1", "p2"]), day=near)
    known = many(playbook=st.just("shop"), programme=st.just("p1"), customer_id=whose, due=near, expires=near, attempts=st.just(0),
                 cause=st.one_of(st.integers(1, 4).map(str), near.map(str), st.just("2026")), open=st.booleans())  # fmt: skip
    unique = {(row["customer_id"], row["cause"]): row for row in known}
    numbered = {"agreements": ("agreement_id", agreements), "contacts": ("contact_id", contacts), "requests": ("request_id", requests)}
    return {
        "customers": customers, "events": events, "known": list(unique.values()),
        **{name: [{**row, key: number} for number, row in enumerate(rows, 1)] for name, (key, rows) in numbered.items()},
    }  # fmt: skip


birthdays = st.none() | st.sampled_from([date(1980, 2, 29), date(1979, 3, 3), date(1990, 3, 31), date(2026, 3, 2), date(2025, 3, 4)])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@each(businesses(), st.lists(programmes(), min_size=2, max_size=2), st.sampled_from([None, 0, 1, 4]))
def test_what_falls_due_equals_the_slow_calculation(tables: Any, rules: Any, back: int | None) -> None:
    since = None if back is None else DAY - timedelta(days=back)
    plan = playbook(
        programmes={"p1": rules[0], "p2": rules[1]},
        attributes={"next_service": {"title": "t", "type": "date"}},
        events={"job": {"title": "t", "attributes": {"inspect": {"title": "t", "type": "date"}}}},
        agreements={"policy": {"title": "t"}},
    )
    rows = given({**tables, "calendar_days": CALENDAR}, {"next_service": "date", "inspect": "date"})
    found = due(rows, context(DAY, plan, since=since))
    keys = ("programme", "customer_id", "cause", "due", "deadline", "expires")
    listed = [tuple(row[key] for key in keys) for row in found]
    assert len(set(row[:3] for row in listed)) == len(listed)
    assert set(listed) == expected(World(tables, DAYS, DAY, since), plan)
