"""The audit trail shows any edit, removal, insertion or cut."""

from __future__ import annotations

import pytest

from huifang.app.records.models import AuditEntry, AuditHead
from huifang.app.services import audit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _five() -> None:
    for number in range(5):
        audit.write(None, "test.done", f"thing:{number}", number=number, word="好")


def test_a_trail_as_written_is_whole() -> None:
    assert audit.faults() == []
    assert list(AuditEntry.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("change", [{"action": "test.undone"}, {"subject": "thing:9"}, {"detail": {"number": 7}}, {"chain": "0" * 64}])
def test_an_edit_is_found(change: dict[str, object]) -> None:
    AuditEntry.objects.filter(number=3).update(**change)
    assert 3 in audit.faults()


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_removal_is_found(number: int) -> None:
    AuditEntry.objects.filter(number=number).delete()
    assert audit.faults()


def test_a_cut_off_end_is_found_even_with_the_head_set_back() -> None:
    AuditEntry.objects.filter(number__gt=3).delete()
    AuditHead.objects.update(number=3, chain=AuditEntry.objects.get(number=3).chain)
    assert audit.faults() == [3]


def test_an_emptied_trail_is_found() -> None:
    AuditEntry.objects.all().delete()
    assert audit.faults() == [5]
