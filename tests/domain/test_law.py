from datetime import date

import pytest

from huifang.domain.law import BULK_MAIL, CN, PRESETS, STOP_WORDS, UK_EU, US_CALLS, US_DEBT, Law, in_force
from huifang.domain.optout import is_opt_out
from huifang.domain.windows import WHOLE_DAY, Hours


@pytest.mark.parametrize("law", PRESETS.values(), ids=lambda law: law.key)
def test_a_preset_names_its_source_its_date_and_that_it_is_no_advice(law: Law):
    assert PRESETS[law.key] is law
    assert law.source.zh
    assert law.source.en
    assert law.entered >= date(2026, 1, 1)
    assert law.notice.en == "Not legal advice."
    assert law.duties


def test_the_preset_of_china_is_eight_to_nine_and_five_calls_a_day():
    assert str(CN.hours_on(6, None)) == "08:00-21:00"
    assert [cap.at_most for cap in CN.caps] == [5]


def test_a_law_without_hours_allows_the_whole_day():
    assert PRESETS["bulk-mail"].hours_on(0, None) == WHOLE_DAY


def test_states_differ_by_their_table_and_sundays():
    assert US_CALLS.hours_on(6, "TX") == Hours.parse("12:00-21:00")
    assert US_CALLS.hours_on(6, None) == Hours.parse("12:00-20:00")
    assert {each for each in US_CALLS.regions if US_CALLS.hours_on(0, each).end == 20 * 60} == {
        "FL",
        "OK",
        "MD",
        "WA",
        "WY",
    }


def test_the_words_that_revoke_consent_are_recognised():
    assert all(is_opt_out(word) for word in STOP_WORDS)


def test_a_country_has_its_laws_and_those_asked_for_besides_each_once():
    assert in_force("CN") == (CN, BULK_MAIL)
    assert in_force("US", ["us-debt", "us-calls", "us-debt"]) == (US_CALLS, BULK_MAIL, US_DEBT)
    assert in_force("XX") == (UK_EU, BULK_MAIL)
