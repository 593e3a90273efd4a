"""The plan knows the business's days: a case that was opened before eight in Shanghai belongs to that day and not to the one before."""

from datetime import UTC, date, datetime

from huifang.app import snapshot
from huifang.app.records.models import Case


def test_a_case_of_the_night_stands_on_its_own_day(scene):
    night = {"opened_at": datetime(2026, 11, 19, 17, tzinfo=UTC), "closed_at": datetime(2026, 11, 20, 23, tzinfo=UTC)}
    case = Case.objects.order_by("pk").first()
    Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED, **night)
    found = {row[0]: row[4:] for row in snapshot._cases(None)}
    assert found[case.pk] == (date(2026, 11, 20), date(2026, 11, 21))
