"""Many rows written without model objects are the same rows, under numbers that nobody else has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import override_settings

from huifang.app.crypto import blind_index, blind_indexes, keyring, seal_all, unseal
from huifang.app.indexes import tail_index, tail_indexes
from huifang.app.records import bulk
from huifang.app.records.models import ContactPoint, Customer, Event

pytestmark = pytest.mark.django_db


def test_rows_are_read_back_as_they_were_written_and_changed() -> None:
    names = ("id", "code", "name", "attributes", "birthday", "first_seen")
    numbers = list(bulk.numbers(Customer, 2))
    rows = [(numbers[0], "A", "王芳", {"plate": "粤A1"}, date(1990, 2, 3), None), (numbers[1], "B", "", {}, None, date(2025, 1, 1))]
    assert bulk.write(Customer, names, rows) == 2
    wang, other = Customer.objects.order_by("code")
    assert (wang.pk, wang.name, wang.attributes, wang.birthday, wang.status, wang.notes) == (
        numbers[0],
        "王芳",
        {"plate": "粤A1"},
        date(1990, 2, 3),
        "active",
        "",
    )
    assert (other.name, other.first_seen) == ("", date(2025, 1, 1))
    at = datetime(2025, 3, 1, 2, 30, tzinfo=UTC)
    bulk.write(
        Event,
        ("id", "customer_id", "kind", "code", "at", "day", "amount"),
        [(number, wang.pk, "order", str(number), at, date(2025, 3, 1), amount) for number, amount in ((1, Decimal("3.50")), (2, None))],
    )
    assert list(Event.objects.order_by("id").values_list("at", "amount")) == [(at, Decimal("3.50")), (at, None)]
    bulk.change(Customer, ("notes", "attributes"), [("上午联系", {"plate": "粤B2"}, wang.pk)])
    wang.refresh_from_db()
    assert (wang.notes, wang.attributes, wang.name) == ("上午联系", {"plate": "粤B2"}, "王芳")


def test_numbers_are_never_given_twice() -> None:
    first = Customer.objects.create(code="A").pk
    with transaction.atomic():
        numbers = list(bulk.numbers(Customer, 3))
        bulk.write(Customer, ("id", "code"), [(number, f"N{number}") for number in numbers])
    assert first not in numbers
    Customer.objects.filter(pk__in=numbers).delete()
    assert Customer.objects.create(code="B").pk > max(numbers)
    assert list(bulk.numbers(Customer, 0)) == []


def test_rows_put_into_an_empty_table_get_the_numbers_that_follow() -> None:
    first = bulk.insert(Customer, ("code", "birthday_lunar"), [("A", True), ("B", False)])
    assert len(first) == 2
    assert bulk.insert(Customer, ("code",), [("C",)]) == range(first.stop, first.stop + 1)
    assert list(Customer.objects.order_by("id").values_list("id", "code", "birthday_lunar")) == [
        (first[0], "A", True),
        (first[1], "B", False),
        (first.stop, "C", False),
    ]
    assert Customer.objects.create(code="D").pk == first.stop + 1


def test_the_number_of_a_row_that_is_gone_is_not_given_to_another() -> None:
    given = bulk.insert(Customer, ("code",), [("A",), ("B",)])
    Customer.objects.all().delete()
    assert list(bulk.insert(Customer, ("code",), [])) == []
    again = bulk.insert(Customer, ("code",), [("C",)])
    assert again.start >= given.stop
    Customer.objects.all().delete()
    assert Customer.objects.create(code="D").pk >= again.stop


def test_among_finds_what_in_finds() -> None:
    one, other = Customer.objects.create(code="A"), Customer.objects.create(code="B")
    point = ContactPoint.objects.create(customer=one, kind="phone", value="+8613800002046", value_index="x")
    codes = {"A", "C", *(f"'{number}" for number in range(40_000))}
    assert list(Customer.objects.filter(code__among=codes)) == [one]
    assert set(Customer.objects.filter(pk__among=[one.pk, other.pk])) == {one, other}
    assert list(ContactPoint.objects.filter(customer_id__among=[one.pk])) == [point]
    assert not Customer.objects.filter(code__among=[]).exists()


def test_many_are_sealed_and_indexed_as_one_is() -> None:
    texts = ["王芳", "", "李强", "王芳"]
    sealed = seal_all(texts, "customer.name")
    assert [unseal(one, "customer.name") if one else "" for one in sealed] == texts
    assert len({one[2:14] for one in sealed if one}) == 3
    assert blind_indexes(texts, "f") == [blind_index(text, "f") for text in texts]
    for length in (16, 64, 65):
        with override_settings(HUIFANG_KEYS=replace(keyring(), index=b"k" * length)):
            assert blind_indexes(texts, "f") == [blind_index(text, "f") for text in texts]
    phones = ["+8613800002046", "+862088887777;ext=12", "12"]
    assert tail_indexes(phones) == [tail_index(phone) for phone in phones]


def test_columns_are_written_as_they_are_where_they_are_ready() -> None:
    numbers = list(bulk.numbers(Customer, 3))
    sealed = seal_all(["王芳", "王芳", ""], "customer.name")
    columns = [numbers, ["A", "B", "C"], sealed, ['{"plate": "粤A1"}', "{}", "{}"]]
    bulk.write_columns(Customer, ("id", "code", "name", "attributes"), columns, {"name", "attributes"})
    written = Customer.objects.order_by("code").values_list("pk", "name", "attributes")
    assert list(written) == list(zip(numbers, ["王芳", "王芳", ""], [{"plate": "粤A1"}, {}, {}], strict=True))
