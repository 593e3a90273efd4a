"""Customers who may be one are shown to a person, merged with all they have, and taken apart again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from huifang.app.indexes import name_index, tail_index, value_index
from huifang.app.records.models import AuditEntry, Branch, Comment, ContactPoint, Customer, Event, Incoming, Role, Staff
from huifang.app.services import duplicates
from huifang.domain.errors import Conflict

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)


@pytest.fixture
def supervisor() -> Staff:
    return Staff.objects.create(code="s", name="s", role=Role.SUPERVISOR, branch=Branch.objects.create(code="b", name="b"))


def customer(code: str, name: str, phone: str, branch: Branch | None) -> Customer:
    one = Customer.objects.create(code=code, name=name, name_index=name_index(name), branch=branch)
    ContactPoint.objects.create(customer=one, kind="phone", value=phone, value_index=value_index(phone), tail_index=tail_index(phone))
    Event.objects.create(customer=one, kind="order", code=code, at=NOW, day=date(2025, 7, 1))
    return one


def test_the_same_phone_and_like_names_are_shown(supervisor: Staff) -> None:
    one, other = (customer(code, name, "+8613800002046", supervisor.branch) for code, name in (("1", "王芳"), ("2", "王 芳女士")))
    near = customer("3", "王芳", "+8613900002046", supervisor.branch)
    customer("4", "王芳", "+8613800002046", None)
    customer("5", "赵六", "+8613700002046", supervisor.branch)
    found = [(pair.first, pair.second) for pair in duplicates.find(supervisor)]
    assert found[0] == (one.pk, other.pk)
    assert (one.pk, near.pk) in found
    assert len(found) == 2
    duplicates.different(supervisor, one, other, NOW)
    assert (one.pk, other.pk) not in [(pair.first, pair.second) for pair in duplicates.find(supervisor)]


def test_merging_moves_everything_and_taking_apart_brings_it_back(supervisor: Staff) -> None:
    one, other = (customer(code, "王芳", phone, supervisor.branch) for code, phone in (("1", "+8613800002046"), ("2", "+8613800002046")))
    extra = ContactPoint.objects.create(customer=other, kind="email", value="a@b.cn", value_index=value_index("a@b.cn"))
    decision = duplicates.merge(supervisor, one, other, NOW)
    extra.refresh_from_db()
    other.refresh_from_db()
    assert (extra.customer, other.merged_into, one.events.count(), one.contact_points.count()) == (one, one, 2, 2)
    with pytest.raises(Conflict):
        duplicates.merge(supervisor, one, other, NOW)
    duplicates.take_apart(supervisor, decision, NOW)
    other.refresh_from_db()
    assert (other.merged_into, one.events.count(), other.events.count(), other.contact_points.count()) == (None, 1, 1, 2)
    with pytest.raises(Conflict):
        duplicates.take_apart(supervisor, decision, NOW)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["customer.merged", "customer.taken-apart"]


COMPUTED_OR_OF_ITS_DAY = {
    "ContactPolicy", "LearnedNumber", "ClassSpell", "OutlookChange", "ScheduledContact", "HandedItem", "ErasedIdentity",
    "DuplicateDecision", "Customer",
}  # fmt: skip
"""Made anew from what is there, about a plan that was made for whoever it was, or about the merging itself."""


def test_whatever_hangs_on_a_customer_goes_along() -> None:
    hanging = {
        each.related_model.__name__ for each in Customer._meta.get_fields(include_hidden=True) if each.auto_created and not each.concrete
    }
    moved = {model.__name__ for model in (*duplicates._MOVED, *(model for model, _ in duplicates._ONCE))}
    assert hanging - moved == COMPUTED_OR_OF_ITS_DAY


def test_what_was_written_back_and_said_among_colleagues_stands_with_whoever_they_became(supervisor: Staff) -> None:
    one, other = (customer(code, "王芳", phone, supervisor.branch) for code, phone in (("1", "+8613800002046"), ("2", "+8613800002047")))
    reply = Incoming.objects.create(key="k", channel="sms", customer=other, sender="+8613800002047", text="周五来", at=NOW)
    remark = Comment.objects.create(customer=other, by=supervisor, words="请早上打", at=NOW)
    decision = duplicates.merge(supervisor, one, other, NOW)
    assert {Incoming.objects.get().customer, Comment.objects.get().customer} == {one}
    duplicates.take_apart(supervisor, decision, NOW)
    for row in (reply, remark):
        row.refresh_from_db()
        assert row.customer == other


@pytest.mark.parametrize("kept", ["active", "closed"])
def test_whoever_has_died_has_died_under_the_other_name_too(supervisor: Staff, kept: str) -> None:
    one, other = (customer(code, "王芳", phone, supervisor.branch) for code, phone in (("1", "+8613800002046"), ("2", "+8613800002047")))
    Customer.objects.filter(pk=one.pk).update(status=kept)
    Customer.objects.filter(pk=other.pk).update(status="deceased")
    decision = duplicates.merge(supervisor, one, other, NOW)
    one.refresh_from_db()
    assert one.status == "deceased"
    duplicates.take_apart(supervisor, decision, NOW)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == (kept, "deceased")


def test_a_file_that_was_closed_closes_no_other(supervisor: Staff) -> None:
    one, other = (customer(code, "王芳", phone, supervisor.branch) for code, phone in (("1", "+8613800002046"), ("2", "+8613800002047")))
    Customer.objects.filter(pk=other.pk).update(status="closed")
    duplicates.merge(supervisor, one, other, NOW)
    one.refresh_from_db()
    assert one.status == "active"


def test_merged_twice_they_are_all_the_last_one_and_are_taken_apart_the_last_first(supervisor: Staff) -> None:
    first, second, third = (customer(str(code), "王芳", f"+861380000204{code}", supervisor.branch) for code in range(3))
    one = duplicates.merge(supervisor, second, first, NOW)
    two = duplicates.merge(supervisor, third, second, NOW)
    assert set(Customer.objects.filter(merged_into=third)) == {first, second}
    with pytest.raises(Conflict):
        duplicates.take_apart(supervisor, one, NOW)
    duplicates.take_apart(supervisor, two, NOW)
    assert list(Customer.objects.exclude(merged_into=None).values_list("pk", "merged_into")) == [(first.pk, second.pk)]
    duplicates.take_apart(supervisor, one, NOW)
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert {each.events.count() for each in (first, second, third)} == {1}


def test_nobody_merges_customers_of_another_branch(supervisor: Staff) -> None:
    one, other = customer("1", "王芳", "+8613800002046", supervisor.branch), customer("2", "王芳", "+8613800002046", None)
    with pytest.raises(Conflict):
        duplicates.merge(supervisor, one, other, NOW)
