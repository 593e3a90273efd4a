"""A year of contacts that the gate itself decides over a database, looked over by a checker that reads only the log."""

from __future__ import annotations

from random import Random

from huifang.app.records.models import Attempt, AuditEntry
from tests.app.cast import Cast
from tests.year import at_the_gate
from tests.year.checker import check


def test_of_two_thousand_contacts_asked_for_none_was_made_outside_the_rules(cast: Cast) -> None:
    """Three firms with laws, hours and zones of their own, all their caps at once; people ask one by one, channels for many together."""
    versions, branches = at_the_gate.enter_firms(), at_the_gate.enter_branches()
    cast.chen.all_branches = True
    cast.chen.save()
    called = [at_the_gate.born(number, versions, branches, cast.chen, seed=1) for number in range(60)]
    written = [at_the_gate.born(number, versions, branches, None, seed=2) for number in range(60)]
    for life in called:
        at_the_gate.one_by_one(life, cast.chen, asks=20)
    at_the_gate.together(written, asks=16, draw=Random(3))

    found = check(at_the_gate.log([*called, *written]))

    assert found.outside == []
    assert found.customers == 120
    assert found.contacts + found.refused >= 2_000
    assert found.contacts == Attempt.objects.count() > 300
    assert found.refused <= AuditEntry.objects.filter(action="contact.refused").count()
    assert found.rules >= {
        "status.deceased", "opted-out", "point.missing", "point.unusable", "law.consent", "law.sensitive", "law.hours", "promise.not-yet",
        "complaint.open",
        "hours.closed", "cap.full", "gap",
    }  # fmt: skip
