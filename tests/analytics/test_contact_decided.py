"""By the model, or by the rule where the model does not hold; and what decided, as codes."""

from __future__ import annotations

from math import isnan, nan

import pytest

from huifang.analytics.contact_decided import ENOUGH, ModelState, decided
from huifang.analytics.contact_pooling import NotConverged, likeness
from huifang.analytics.contact_table import Numbers
from huifang.engine.tables import CONTACT_POLICY
from tests.analytics.test_contact_table import DAY, rows_of


def test_enough_contacts_are_learned_from():
    found = decided(rows_of(4), DAY)
    assert (found.state, found.contacts) == (ModelState.LEARNED, 80)
    assert found.rows.column_names == [*CONTACT_POLICY.names, "reasons"]
    assert found.rows["reasons"].to_pylist()[0].split(",")[:2] == ["engaged", "worth"]


def test_too_few_contacts_leave_it_to_the_rule():
    """One customer short: whoever drifts is worth the money of a period, whoever is engaged nothing."""
    few = {f"begun_1{state}": [ENOUGH // 2 - 1, 0] for state in (0, 1)}
    found = decided(rows_of(2, engaged=[0, 1], **few), DAY)
    assert (found.state, found.contacts) == (ModelState.THIN, 28)
    drifting, engaged = found.rows.to_pylist()
    assert drifting["index"] == drifting["at_once"] == pytest.approx((50 + 3 * 10) / (5 + 3))
    assert (engaged["index"], engaged["expected_effect"], engaged["plans_ahead"]) == (0, None, False)
    assert [row["reasons"] for row in (drifting, engaged)] == ["drifting,worth,rule-thin", "engaged,not-worth,rule-thin"]
    assert isnan(found.made.lines[0].effect)


def test_a_search_that_does_not_end_leaves_it_to_the_rule():
    found = decided(rows_of(40, engaged_00=[nan] * 40), DAY)
    assert found.state is ModelState.FAILED
    assert "rule-failed" in found.rows["reasons"].to_pylist()[0]


def test_a_search_without_an_end_is_said():
    column = [nan, 2.0]
    counts: list[Numbers] = [pytest.importorskip("numpy").array(each) for each in (column, [3.0, 3.0], [0.5, 0.5])]
    with pytest.raises(NotConverged):
        likeness(*counts)


def test_pace_and_account_are_among_the_reasons():
    found = decided(rows_of(40, balance=[-1] * 40, complaints=[2] * 40), DAY)
    assert found.rows["reasons"].to_pylist()[0].endswith(",paused,service-only")
    calm = decided(rows_of(400, contacts=[100] * 400), DAY)
    assert calm.rows["reasons"].to_pylist()[0].count(",") == 2


def test_nobody_is_by_the_rule():
    assert decided(rows_of(0), DAY).rows.num_rows == 0
