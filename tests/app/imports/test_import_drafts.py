"""A batch of rows that was drafted ahead comes to what it would have come to row by row, or is not taken as it was drafted."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.app.indexes import value_index
from huifang.app.records.models import (
    Agreement,
    Branch,
    Consent,
    ContactPoint,
    Customer,
    Event,
    ImportBatch,
    ImportChange,
    OptOut,
    Role,
    Staff,
)  # fmt: skip
from huifang.app.services.imports import apply, second_process, spool, undo
from huifang.app.services.imports.run import run
from huifang.app.services.register import scope
from huifang.app.services.register.draft import Draft, draft
from huifang.app.services.register.known import known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import AgreementRow, CustomerRow, EventRow, Outcome, Point, Rejection, Row
from huifang.app.services.register.take import take, take_draft
from tests.app.imports.import_files import csv
from tests.app.imports.test_import_run import NOW, bring, counts, everything
from tests.app.imports.test_second_process import made

pytestmark = pytest.mark.django_db
PHONES = [Point("phone", f"+861380000204{number}", mobile=True) for number in range(3)]
POINTS = [*PHONES, Point("email", "a@b.cn"), Point("phone", "+862088887777", "总机")]
CUSTOMERS = st.builds(
    CustomerRow,
    code=st.sampled_from(["", "", "K1", "K2"]),
    name=st.sampled_from(["王芳", "王 芳", "李强", ""]),
    branch=st.sampled_from(["", "", "东店", "没有的店"]),
    owner=st.sampled_from(["", "L1", "外人"]),
    birthday=st.sampled_from([None, date(1980, 5, 1)]),
    birthday_lunar=st.sampled_from([None, True]),
    time_zone=st.sampled_from(["", "Asia/Tokyo", "America/New_York"]),
    language=st.sampled_from(["", "ja", "zh-Hant"]),
    notes=st.sampled_from(["", "常客", "怕吵"]),
    attributes=st.sampled_from([{}, {"plate": "粤A1"}, {"plate": "粤B2", "level": 2}]),
    points=st.lists(st.sampled_from(POINTS), max_size=2),
    leads=st.booleans(),
)
EVENTS = st.builds(
    EventRow,
    kind=st.sampled_from(["order", "job.settled"]),
    at=st.sampled_from([NOW, datetime(2025, 7, 1, 4, tzinfo=UTC)]),
    day=st.just(date(2025, 7, 1)),
    code=st.sampled_from(["", "J1", "J2", "J3"]),
    amount=st.sampled_from([None, Decimal("12.50"), Decimal("3.00")]),
    staff=st.sampled_from(["", "L1", "外人"]),
    attributes=st.sampled_from([{}, {"quantity": 2}]),
)
AGREEMENTS = st.builds(
    AgreementRow,
    kind=st.sampled_from(["insurance", "card"]),
    code=st.sampled_from(["A1", "A2"]),
    ends=st.sampled_from([None, date(2026, 1, 1)]),
    attributes=st.sampled_from([{}, {"insurer": "平安"}]),
)
ROWS = st.lists(
    st.builds(Row, st.integers(2, 9), CUSTOMERS, st.one_of(st.none(), EVENTS), st.lists(AGREEMENTS, max_size=1)), min_size=1, max_size=6
)


def written() -> list[Any]:
    """What stands in the register, customers by their number instead of the row's, and what is remembered of it."""
    known_by = ("id", "created_at", "updated_at")
    customers = [{name: value for name, value in one.items() if name not in known_by} for one in Customer.objects.order_by("code").values()]
    tables: list[Any] = [customers]
    tables += [
        list(model._default_manager.order_by(*order).values_list("customer__code", *names))  # type: ignore[attr-defined]
        for model, order, names in (
            (
                ContactPoint,
                ("customer__code", "kind", "value_index"),
                ("kind", "value", "value_index", "tail_index", "label", "primary", "mobile"),
            ),
            (Event, ("kind", "code"), ("kind", "code", "at", "day", "amount", "branch", "staff", "attributes")),
            (Agreement, ("kind", "code"), ("kind", "code", "starts", "ends", "status", "amount", "attributes")),
            (Consent, ("customer__code", "purpose"), ("purpose", "channel", "allowed", "at", "road")),
        )
    ]
    return [*tables, list(ImportChange.objects.order_by("id").values_list("model", "count"))]


def drafted(rows: list[Row], reach: Scope) -> Draft:
    return draft(rows, known(rows), reach)


def tried(rows: list[Row], reach: Scope, by_draft: Draft | None) -> tuple[list[Outcome | Rejection] | None, list[Any], str]:
    """Outcomes, what is written then, and what is left after an undo; nothing stays."""
    point = transaction.savepoint()
    batch = ImportBatch.objects.create(file_name="a.csv", state=ImportBatch.State.DONE)
    outcomes = take(rows, reach, NOW, batch) if by_draft is None else take_draft(by_draft, batch)
    found = written()
    undone = undo.undo(None, batch, NOW)
    assert undone.kept == ()
    left = everything()
    transaction.savepoint_rollback(point)
    return outcomes and list(outcomes), found, left


def reached() -> Scope:
    """Everything, in a register that has a branch, somebody who works there, and a refusal."""
    east = Branch.objects.create(code="E", name="东店")
    Staff.objects.create(code="L1", name="李师傅", role=Role.AGENT, branch=east)
    OptOut.objects.create(value_index=value_index(PHONES[0].value), at=NOW)
    return scope.of(None, None)


@pytest.fixture
def reach() -> Scope:
    return reached()


@settings(max_examples=40)
@given(rows=ROWS, before=st.one_of(st.just([]), ROWS))
def test_a_draft_comes_to_what_its_rows_come_to(rows: list[Row], before: list[Row]) -> None:
    with transaction.atomic():
        reach = reached()
        take(deepcopy(before), reach, NOW)
        outcomes, found, left = tried(deepcopy(rows), reach, None)
        by_draft = tried([], reach, drafted(deepcopy(rows), reach))
        assert by_draft == (outcomes, found, left) or (by_draft[0] is None and before)
        transaction.set_rollback(True)


def row(line: int = 2, name: str = "王芳", phone: int = 0, **said: Any) -> Row:
    return Row(line, CustomerRow(name=name, points=[PHONES[phone]], **said))


@pytest.mark.parametrize(
    ("before", "taken"),
    [
        (row(name="李强", phone=1), True),
        (row(name="李强", phone=0), True),  # a shared phone is no sign
        (row(name="王芳", phone=1), True),
        (row(name="王 芳", phone=0), False),
        (Row(2, CustomerRow(code="K1")), False),
        (Row(2, CustomerRow(code="K9"), EventRow("order", NOW, NOW.date(), "J1")), False),
        (Row(2, CustomerRow(code="K9"), EventRow("job.settled", NOW, NOW.date(), "J1")), True),
        (Row(2, CustomerRow(code="K9"), agreements=[AgreementRow("card", "A1")]), False),
        (Row(2, CustomerRow(code="K9"), agreements=[AgreementRow("insurance", "A1")]), True),
    ],
)
def test_a_draft_is_taken_where_the_register_knows_none_of_its_rows(reach: Scope, before: Row, taken: bool) -> None:
    take([before], reach, NOW)
    rows = [row(), Row(3, CustomerRow(code="K1"), EventRow("order", NOW, NOW.date(), "J1"), [AgreementRow("card", "A1")])]
    kept = Customer.objects.count()
    batch = ImportBatch.objects.create(file_name="a.csv")
    assert (take_draft(drafted(rows, reach), batch) is not None) == taken
    assert Customer.objects.count() == kept + 2 * taken


def test_somebody_who_was_merged_is_found_by_the_phone_that_was_theirs(reach: Scope) -> None:
    take([row(name="李强"), row(name="赵六", phone=1)], reach, NOW)
    Customer.objects.filter(code__in=known([row(name="李强")]).codes).update(
        merged_into=Customer.objects.exclude(code__in=known([row(name="李强")]).codes).get()
    )
    assert take_draft(drafted([row()], reach), ImportBatch.objects.create(file_name="a.csv")) is None


def test_what_is_told_of_somebody_who_was_merged_goes_to_whoever_is_left(reach: Scope) -> None:
    take([row(name="李强"), Row(3, CustomerRow(code="K9", name="李总"))], reach, NOW)
    left = Customer.objects.get(code="K9")
    Customer.objects.exclude(pk=left.pk).update(merged_into=left)
    take([row(name="李强", notes="常客")], reach, NOW)
    left.refresh_from_db()
    assert (left.name, left.notes, Customer.objects.count()) == ("李强", "常客", 2)


def test_a_phone_of_another_branch_is_no_sign(reach: Scope) -> None:
    west = Branch.objects.create(code="W", name="西店")
    take([row(branch="东店")], reach, NOW)
    assert take([Row(2, CustomerRow(code="K1", name="王芳", points=[PHONES[0]]))], scope.of(None, west), NOW) == ["created"]
    assert set(Customer.objects.values_list("branch__code", flat=True)) == {"E", "W"}


@pytest.fixture
def several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "ROWS", 40)
    monkeypatch.setattr(spool, "IN_ORDER", 0)
    monkeypatch.setattr(spool, "CUSTOMERS", 5)


HEADER = ["单号", "日期", "客户姓名", "手机", "金额"]


@pytest.mark.usefixtures("several_batches")
def test_every_batch_of_a_first_file_is_taken_as_drafted_and_the_file_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[f"D{n}", f"2025-07-{n % 28 + 1:02}", f"客户{n % 100}", f"13{n % 100:09}", f"{n}.5"] for n in range(300)]
    asked: list[int] = []

    def noted(rows: list[Row], *said: Any) -> list[Outcome | Rejection]:
        asked.append(len(rows))
        return take(rows, *said)

    monkeypatch.setattr(apply, "take", noted)
    first = bring(csv([HEADER, *rows]), "a.csv")
    assert (counts(first), asked) == ((300, 0, 0, 0), [])
    assert counts(bring(csv([HEADER, *rows]), "a.csv")) == (0, 0, 300, 0)
    assert sum(asked) == 300
    assert undo.undo(None, first, NOW).kept == ()
    assert not Customer.objects.exists()


@pytest.mark.usefixtures("several_batches")
def test_a_number_that_stood_before_is_remembered_when_an_import_goes_on() -> None:
    rows = [[f"D{n % 290}", f"2025-07-{n % 28 + 1:02}", f"客户{n % 290}", f"13{n % 290:09}", f"{n}.5"] for n in range(300)]
    rows += [["", "", "", "", ""], ["D300", "约明天", "客户", "13900001111", "1"]]
    batch = made(csv([HEADER, *rows]))
    asked = iter(range(10**6))
    stopped = run(batch.pk, NOW, lambda: next(asked) == 7)
    assert (stopped.state, 200 < stopped.done_rows < 301) == (ImportBatch.State.STOPPED, True)
    done = run(batch.pk, NOW)
    assert (done.created, done.rejected) == (290, 11)
    assert set(done.rejected_rows.values_list("code", flat=True)) == {"number.twice", "date.unreadable"}


def test_a_line_that_stands_twice_changes_nothing_the_second_time() -> None:
    line = ["D1", "2025-07-01", "王芳", "13800002046", "10"]
    assert counts(bring(csv([HEADER, line, line]), "a.csv")) == (1, 0, 1, 0)


def test_a_product_of_quantity_and_price_that_is_no_amount_is_refused() -> None:
    data = csv(
        [["单号", "日期", "客户姓名", "数量", "单价"], ["D1", "2025-07-01", "王芳", "1e12", "5"], ["D2", "2025-07-01", "王芳", "2", "5"]]
    )
    batch = bring(data, "a.csv")
    assert (batch.created, list(batch.rejected_rows.values_list("code", flat=True))) == (1, ["amount.unreadable"])
    assert Event.objects.get().amount == 10


def test_lines_of_one_order_that_is_known_already_are_added_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "WORTH_IT", 0)
    data = csv([HEADER, ["D1", "2025-07-01", "王芳", "13800002046", "10"], ["D1", "2025-07-01", "王芳", "13800002046", "2.5"]])
    for expected in ((1, 0, 1, 0), (0, 0, 2, 0)):
        assert counts(bring(data, "a.csv", options={"lines": "sum"})) == expected
        assert Event.objects.get().amount == Decimal("12.50")
