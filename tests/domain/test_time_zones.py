"""Time zones as people write them: read to one name each, said back in words, and never guessed at."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.errors import Invalid
from huifang.domain.time_zones import read, title, usual_zones

NAMES = sorted(name for name in available_timezones() if "/" in name)


@given(st.sampled_from(NAMES))
def test_every_name_of_the_zone_data_is_read_as_itself_however_it_is_written(name: str) -> None:
    for written in (name, name.lower(), f"  {name.upper()} ", name.replace("_", " ")):
        assert read(written) == name


@pytest.mark.parametrize("name", usual_zones())
def test_a_usual_name_is_read_back_in_both_languages(name: str) -> None:
    words = usual_zones()[name]
    assert [read(said) for said in (words.zh, words.en, words.en.lower())] == [name] * 3
    assert ZoneInfo(name).key == name


@given(st.integers(-12, 14))
def test_a_whole_hour_from_utc_is_a_zone_with_just_that_offset_in_summer_and_winter(hours: int) -> None:
    for written in (f"UTC{hours:+d}", f"gmt {hours:+03d}:00", f"{hours:+03d}00", f"ＵＴＣ{hours:+d}"):
        zone = ZoneInfo(read(written))
        for month in (1, 7):
            assert datetime(2026, month, 1, tzinfo=zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("北京", "Asia/Shanghai"), ("东八区", "Asia/Shanghai"), ("UTC+08:00", "Asia/Shanghai"), ("西五区", "Etc/GMT+5"),
        ("东十二区", "Etc/GMT-12"),
        ("UTC", "UTC"), ("GMT", "UTC"), ("UTC±0", "UTC"), ("+5:30", "Asia/Kolkata"), ("UTC−8", "Etc/GMT+8"),
        ("Eastern Time", "America/New_York"),
        ("EST", "America/New_York"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_common_spellings(written: str, name: str) -> None:
    assert read(written) == name


@pytest.mark.parametrize(
    "written", ["CST", "火星时间", "UTC+15", "UTC-13", "+5:17", "UTC+8:75", "八区", "东十三区", "../etc/passwd", "x" * 500]
)
def test_what_is_no_zone_or_may_be_two_is_refused_with_a_remedy(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(written)
    problem = caught.value.problems[0]
    assert (problem.code, len(problem.what.zh) < 60) == ("zone.unknown", True)
    assert problem.remedy.zh
    assert problem.remedy.en


def test_a_zone_is_said_with_its_name() -> None:
    assert title("America/New_York").zh == "美国东部时间（America/New_York）"
    assert title("Asia/Tokyo").say("en") == "Tokyo (Asia/Tokyo)"
    assert [title(name).say("en") for name in ("Asia/Baku", "UTC")] == ["Asia/Baku", "UTC"]
