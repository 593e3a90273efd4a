from datetime import datetime, time

import pytest

from huifang.domain.notice_ways import KINDS, Kind, kind_of, not_before


def test_every_kind_speaks_and_a_subject_without_one_is_the_systems():
    assert set(KINDS) == set(Kind)
    assert [kind_of(each) for each in ("case:1", "incoming:2", "absence:3", "plan", "")] == [
        "cases",
        "customers",
        "team",
        "system",
        "system",
    ]


@pytest.mark.parametrize(
    ("now", "begins", "ends", "then"),
    [
        ("2026-11-22T21:59", time(22), time(7), "2026-11-22T21:59"),
        ("2026-11-22T22:00", time(22), time(7), "2026-11-23T07:00"),
        ("2026-11-23T06:59", time(22), time(7), "2026-11-23T07:00"),
        ("2026-11-23T07:00", time(22), time(7), "2026-11-23T07:00"),
        ("2026-11-23T12:30", time(12), time(14), "2026-11-23T14:00"),
        ("2026-11-23T11:59", time(12), time(14), "2026-11-23T11:59"),
        ("2026-11-23T12:30", time(12), None, "2026-11-23T12:30"),
        ("2026-11-23T12:30", None, time(12), "2026-11-23T12:30"),
        ("2026-11-23T12:30", time(12), time(12), "2026-11-23T12:30"),
    ],
)
def test_nobody_is_disturbed_in_their_quiet_hours(now, begins, ends, then):
    assert not_before(datetime.fromisoformat(now), begins, ends) == datetime.fromisoformat(then)
