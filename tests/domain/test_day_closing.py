"""A day is signed when nothing of it is left without a record or a word."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.day_closing import CHECKS, check_signing, open_checks
from huifang.domain.errors import Conflict, Invalid

DAY = date(2026, 11, 20)
CODES = [check.code for check in CHECKS]


def test_a_clear_day_is_signed_without_a_word():
    check_signing(DAY, DAY, dict.fromkeys(CODES, 0), {})


def test_a_contact_without_an_outcome_stops_the_signature_whatever_is_said():
    with pytest.raises(Conflict) as caught:
        check_signing(DAY, DAY, {"calls": 1, "drafts": 2}, {"calls": "忙", "drafts": "忙"})
    assert [problem.code for problem in caught.value.problems] == ["closing.calls", "closing.drafts"]


def test_a_day_to_come_is_not_signed():
    with pytest.raises(Conflict, match="has not come"):
        check_signing(DAY + timedelta(days=1), DAY, {}, {})


def test_every_open_line_without_a_reason_is_named_at_its_field():
    with pytest.raises(Invalid) as caught:
        check_signing(DAY, DAY, {"untouched": 3, "promises": 1, "answers": 1}, {"promises": "客户改期", "answers": "  "})
    assert [problem.place.key for problem in caught.value.problems] == ["untouched", "answers"]


@given(st.dictionaries(st.sampled_from(CODES), st.integers(0, 5)), st.dictionaries(st.sampled_from(CODES), st.sampled_from(["", "说明"])))
def test_a_day_is_signed_exactly_when_nothing_must_be_cleared_and_every_open_line_is_explained(counts, reasons):
    found = open_checks(counts)
    fine = not any(check.must for check in found) and all(reasons.get(check.code) for check in found)
    try:
        check_signing(DAY, DAY, counts, reasons)
    except (Conflict, Invalid):
        assert not fine
    else:
        assert fine
