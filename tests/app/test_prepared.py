"""Prepared reads give the rows that the queryset gives, on every store, and see what is written after they were made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import BigAutoField, DateTimeField
from django.test.utils import CaptureQueriesContext

from huifang.app.access import Scoped, followups_for
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import Attempt, ContactPoint, Customer, FollowUp, OptOut
from huifang.app.records.prepared import Prepared, PreparedObjects, instance
from tests.app.cast import NOW, Cast, in_hand

COLUMNS = ("id", "value", "mobile", "customer__attributes", "customer__first_seen", "customer__branch__name")


def _points(customer: Any) -> Any:
    return ContactPoint.objects.filter(customer=customer).order_by("id").values(*COLUMNS)


def test_a_prepared_read_gives_what_the_queryset_gives(cast: Cast) -> None:
    read = Prepared(_points, customer=BigAutoField())
    for customer in cast.customers:
        assert read(customer=customer.pk) == list(_points(customer.pk))
    assert [read(customer=number) for number in (0, 2**63 - 1, 2**63, -(10**20))] == [[], [], [], []]


def test_no_row_is_kept(cast: Cast) -> None:
    read, customer = Prepared(_points, customer=BigAutoField()), cast.customers[0]
    before = read(customer=customer.pk)
    ContactPoint.objects.filter(customer=customer).update(mobile=not before[0]["mobile"])
    assert read(customer=customer.pk)[0]["mobile"] is not before[0]["mobile"]


def test_moments_are_compared_as_moments(cast: Cast) -> None:
    followup, _ = in_hand(cast)
    opens = Prepared(lambda now: FollowUp.objects.filter(opens_at__lte=now).values("opens_at"), now=DateTimeField())
    assert opens(now=followup.opens_at) == [{"opens_at": followup.opens_at}]
    assert opens(now=followup.opens_at - timedelta(seconds=1)) == []


def test_a_scoped_read_shows_what_the_person_may_see(cast: Cast) -> None:
    in_hand(cast)
    read = Scoped(lambda staff: followups_for(staff).order_by("id").values("id"))
    for staff in (cast.chen, cast.lin, cast.tao, cast.wang, cast.stranger):
        assert read(staff) == list(followups_for(staff).order_by("id").values("id")), staff.name
    assert read(cast.stranger) == []
    cast.tao.scope.add(cast.other_branch)
    assert read(cast.tao) == list(followups_for(cast.tao).order_by("id").values("id"))


def test_an_object_of_some_columns_reads_the_others_when_asked(cast: Cast) -> None:
    customer = cast.customers[0]
    found = instance(Customer, {"of__id": customer.pk, "of__code": "as read"}, "of__")
    assert (found.code, found.name) == ("as read", customer.name)


def test_prepared_objects_are_those_of_the_queryset_with_what_is_selected_beside_them(cast: Cast) -> None:
    followup, _ = in_hand(cast)

    def build(followup: Any) -> Any:
        rows = FollowUp.objects.select_for_update(of=("self",)).select_related("customer__branch", "playbook_version", "claimed_by")
        return rows.defer("playbook_version__text").filter(pk=followup)

    read = PreparedObjects(build, followup=BigAutoField())
    for _again in range(2):
        (found,), expected = read(followup=followup.pk), build(followup.pk).get()
        with CaptureQueriesContext(connection) as queries:
            assert found == expected
            assert found.opens_at == expected.opens_at
            assert found.customer.name == expected.customer.name
            assert found.customer.branch == expected.customer.branch
            assert found.claimed_by == expected.claimed_by
        assert not len(queries), "all of it was read at once"
        assert found.playbook_version.text == expected.playbook_version.text, "what was left out is read when it is asked for"
        FollowUp.objects.filter(pk=followup.pk).update(claimed_by=None)
    assert read(followup=0) == []


def test_prepared_objects_are_locked(cast: Cast) -> None:
    followup, _ = in_hand(cast)
    read = PreparedObjects(lambda pk: FollowUp.objects.select_for_update().filter(pk=pk), pk=BigAutoField())
    with CaptureQueriesContext(connection) as queries:
        read(pk=followup.pk)
    assert ("FOR UPDATE" in queries[0]["sql"]) is connection.features.has_select_for_update


def test_a_refusal_that_clings_to_a_number_is_the_last_word(cast: Cast) -> None:
    customer = cast.customers[0]
    point = customer.contact_points.get(kind="phone")
    OptOut.objects.create(value_index=point.value_index, purpose="any", channel="phone", at=NOW)
    assert CustomerRows(customer).said["any", "phone"] is False


def test_only_ones_own_attempt_is_under_way(cast: Cast) -> None:
    followup, _ = in_hand(cast)
    made = Attempt.objects.create(
        ticket="00000000-0000-0000-0000-000000000001", key="k", followup=followup, customer=followup.customer, channel="phone",
        purpose="service", programme=followup.programme, staff=cast.chen, at=NOW, day=NOW.date(),
    )  # fmt: skip
    rows = CustomerRows(followup.customer)
    begun = rows.under_way(followup.pk, cast.chen.pk)
    assert begun is not None
    assert begun["id"] == made.pk
    assert rows.under_way(followup.pk, cast.lin.pk) is None
