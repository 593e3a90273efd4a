"""Long lists page by place: nothing twice, nothing missed, and the last page costs what the second does."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from huifang.app.queries import outbox, pages, replies, reviewing
from huifang.app.queries.pages import Page, Section, page_behind, page_of_merged, page_of_sections
from huifang.app.queries.timeline import Names
from huifang.app.records import bulk
from huifang.app.records.models import Attempt, Customer, FollowUp, Incoming, Record, Review
from tests.app.cast import DAY, NOW, Cast
from tests.app.database_steps import steps

pytestmark = pytest.mark.django_db
ORDERS = [("code",), ("-code",), ("kind", "-code"), ("-kind", "first_seen", "id"), ("created_at", "-birthday_lunar", "-id")]


@pytest.fixture
def twelve() -> None:
    for number in range(12):
        Customer.objects.create(
            code=f"甲{number:02}", kind=("person", "household", "staff")[number % 3], birthday_lunar=number % 2 == 0,
            first_seen=DAY - timedelta(days=number // 4),
        )  # fmt: skip
    Customer.objects.filter(code__lt="甲06").update(created_at=NOW)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 5, 12, 50])
@pytest.mark.parametrize("values", [True, False])
def test_pages_put_together_are_the_list(twelve: None, order: tuple[str, ...], size: int, values: bool) -> None:
    rows = Customer.objects.values("id", *(name.lstrip("-") for name in order)) if values else Customer.objects.all()
    found, after = [], ""
    for _page in range(13):
        page: Page[object] = page_behind(rows, order, after, size)
        assert len(page.rows) <= size
        found += page.rows
        if not (after := page.after):
            break
    assert found == list(rows.order_by(*order))


def test_a_row_that_comes_or_goes_in_between_moves_no_other(twelve: None) -> None:
    rows = Customer.objects.all()
    first = page_behind(rows, ("code",), "", 5)
    first.rows[0].delete()
    first.rows[4].delete()
    Customer.objects.create(code="甲000")
    assert [row.code for row in page_behind(rows, ("code",), first.after, 5).rows] == [f"甲{number:02}" for number in range(5, 10)]


def told(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    ["x", "甲", "====", "a" * 400, told(), told("2026-11-20"), told("heute", 1), told(NOW.isoformat(), "x"), told(None, 1), told("\0", 1),
     told(NOW.isoformat(), 2**70), told(float("nan"), 1), told([1], 1), told({}, 1), base64.urlsafe_b64encode(b"[" * 300).decode()],
)  # fmt: skip
def test_a_place_that_no_page_gave_is_the_beginning(twelve: None, after: str) -> None:
    rows = Customer.objects.all()
    assert page_behind(rows, ("-created_at", "id"), after, 5).rows == page_behind(rows, ("-created_at", "id"), "", 5).rows


@pytest.mark.parametrize("size", [1, 3, 4, 50])
def test_lists_that_stand_one_after_the_other_are_paged_as_one(twelve: None, size: int) -> None:
    days = sorted(set(Customer.objects.values_list("first_seen", flat=True)))
    rows, order = Customer.objects.values("first_seen", "code"), ("first_seen", "code")
    sections = [
        Section(rows.filter(kind=kind), order, begin) for kind, begin in (("staff", days[1]), ("none", days[0]), ("person", days[0]))
    ]
    found, after = [], ""
    while True:
        page = page_of_sections(sections, after, size)
        assert len(page.rows) == size or not page.after
        found += page.rows
        if not (after := page.after):
            break
    staff = rows.filter(kind="staff", first_seen__gte=days[1]).order_by(*order)
    assert found == [(0, row) for row in staff] + [(2, row) for row in rows.filter(kind="person").order_by(*order)]
    before = f"0.{told(days[0].isoformat(), '')}"
    assert page_of_sections(sections, before, 2) == page_of_sections(sections, "", 2), "a place before the beginning is the beginning"


@pytest.mark.parametrize("size", [1, 3, 4, 50])
def test_lists_that_stand_in_each_other_are_paged_as_one(twelve: None, size: int) -> None:
    rows, order = Customer.objects.values("first_seen", "code"), ("first_seen", "code")
    lists = [rows.filter(kind="staff"), rows.filter(kind="none"), rows.exclude(kind="staff")]
    found, after = [], ""
    while True:
        page = page_of_merged(lists, order, after, size)
        found += page.rows
        if not (after := page.after):
            break
    assert found == list(rows.order_by(*order))


def test_a_number_above_a_list_is_exact_up_to_a_limit(twelve: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COUNTED", 12)
    assert pages.counted(Customer.objects.all()) == 12
    monkeypatch.setattr(pages, "COUNTED", 11)
    assert pages.counted(Customer.objects.all()) == "11+"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the machine's steps are counted on SQLite")
def test_of_100_000_rows_the_last_page_costs_no_more_than_the_second(cast: Cast) -> None:
    number = 100_000
    who, day, at = cast.customers[0].pk, NOW.date(), NOW
    moments = [at + timedelta(seconds=each) for each in range(number)]
    followups = bulk.insert(
        FollowUp,
        (
            "customer_id", "branch_id", "channel", "purpose", "day", "opens_at", "closes_at", "deadline", "playbook_version_id",
            "programme", "position",
        ),
        ((who, cast.branch.pk, "sms", "service", day, at, at, day, cast.version.pk, "day-after", each) for each in range(number)),
    )  # fmt: skip
    attempts = bulk.insert(
        Attempt,
        ("ticket", "key", "customer_id", "channel", "purpose", "programme", "at", "day"),
        ((uuid.uuid4(), f"k{each}", who, "phone", "service", "day-after", at, day) for each in range(number)),
    )
    records = bulk.insert(
        Record, ("attempt_id", "token", "customer_id", "programme", "saved_at", "day"),
        ((each, f"t{each}", who, "day-after", at, day) for each in attempts),
    )  # fmt: skip
    reviews = bulk.insert(
        Review, ("record_id", "branch_id", "day", "road", "drawn_at", "state", "settled_at"),
        ((each, cast.branch.pk, day, "random", at, "settled", moment) for each, moment in zip(records, moments, strict=True)),
    )  # fmt: skip
    incoming = bulk.insert(
        Incoming, ("customer_id", "channel", "key", "at", "read_at"),
        ((who, "sms", f"i{each}", moment, at) for each, moment in enumerate(moments)),
    )  # fmt: skip
    names = Names((), "zh")
    lists: dict[str, tuple[Callable[[str], str], Callable[[int], str]]] = {
        "outbox": (
            lambda after: outbox.outbox_page(cast.an, names, day, "zh", after=after).after,
            lambda place: told(place, followups[place]),
        ),
        "replies": (
            lambda after: replies.replies_page(cast.an, "zh", "all", after).after,
            lambda place: told(moments[-place - 1].isoformat(), incoming[-place - 1]),
        ),
        "reviews": (
            lambda after: reviewing.queue(cast.an, "settled", None, day, "zh", after).after,
            lambda place: told(moments[-place - 1].isoformat(), reviews[-place - 1]),
        ),
    }
    for name, (ask, place) in lists.items():
        second = ask("")
        assert second == place(outbox.PAGE - 1)
        assert ask(place(number - outbox.PAGE - 1)) == "", "the last page is full"
        costs = [steps(lambda after=after, ask=ask: ask(after)) for after in (second, place(number - outbox.PAGE - 1))]  # type: ignore[misc]
        assert costs[1] <= costs[0] * 1.05, (name, costs)
    alone = steps(lambda: reviewing.queue(cast.an, "settled", None, day, "zh", ""))
    Review.objects.filter(pk__lte=reviews[0] + number - 200).delete()
    assert alone <= steps(lambda: reviewing.queue(cast.an, "settled", None, day, "zh", "")) * 1.05, "a page costs the same of a longer list"
