"""What the database ends for another's sake is done once more."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

import huifang
from huifang.app import access
from huifang.app.deadlocks import TRIES, again
from huifang.app.records.models import Branch, Consent, Staff
from huifang.app.services import audit, followups
from huifang.app.web.guard import needs
from tests.app.messages import NOW, business


class Ended(Exception):
    sqlstate = "40P01"


class Refused(Exception):
    sqlstate = "53100"


def ending(times: int, why: type[Exception] = Ended) -> Any:
    """Ended so many times, then done; says how often it was asked."""
    asked: list[int] = []

    def work() -> int:
        asked.append(1)
        if len(asked) <= times:
            raise OperationalError from why()
        return len(asked)

    return work, asked


@pytest.mark.parametrize("times", range(TRIES))
def test_it_is_done_once_more(transactional_db: None, times: int) -> None:
    work, _asked = ending(times)
    rewound: list[int] = []
    assert again(work, lambda: rewound.append(1)) == times + 1
    assert len(rewound) == times


def test_not_for_ever_not_for_other_reasons_and_not_inside_a_transaction(transactional_db: None) -> None:
    work, asked = ending(TRIES)
    with pytest.raises(OperationalError):
        again(work)
    assert len(asked) == TRIES
    work, asked = ending(1, Refused)
    with pytest.raises(OperationalError):
        again(work)
    assert len(asked) == 1
    work, asked = ending(1)
    with pytest.raises(OperationalError), transaction.atomic():
        again(work)
    assert len(asked) == 1


def test_a_page_is_answered_with_the_files_that_came(transactional_db: None) -> None:
    staff = Staff.objects.create(code="A1", name="林", sign_in_name="a1", role="agent")
    read: list[bytes] = []

    @needs(access.WORK)
    def view(request: HttpRequest) -> HttpResponse:
        read.append(request.FILES["sheet"].read())
        if len(read) == 1:
            raise OperationalError from Ended()
        return HttpResponse("done")

    sent = RequestFactory().post("/", {"sheet": SimpleUploadedFile("a.txt", b"rows")})
    sent.user = staff
    assert view(sent).content == b"done"
    assert read == [b"rows", b"rows"]

    @needs(access.WORK)
    def plain(request: HttpRequest) -> HttpResponse:
        read.append(BytesIO(request.body).read())
        if len(read) == 3:
            raise OperationalError from Ended()
        return HttpResponse("done")

    request = RequestFactory().post("/", b"{}", content_type="application/json")
    request.user = staff
    assert plain(request).content == b"done"


def test_two_that_wait_for_each_other_both_end(transactional_db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write after the other")
    branches = [Branch.objects.create(code=code, name=code) for code in "AB"]
    both = Barrier(2, timeout=2)

    def change(order: list[Branch]) -> None:
        def work() -> None:
            with transaction.atomic():
                Branch.objects.filter(pk=order[0].pk).update(name="x")
                with suppress(BrokenBarrierError):  # the second time it is alone
                    both.wait()
                Branch.objects.filter(pk=order[1].pk).update(name="y")

        try:
            again(work)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(change, branches), threads.submit(change, branches[::-1])]:
            each.result(60)
    assert set(Branch.objects.values_list("name", flat=True)) == {"x", "y"}


def test_no_row_is_locked_with_its_key() -> None:
    """But by a deletion, which the database locks by itself."""
    calls = [
        f"{path.name}:{node.lineno}"
        for path in Path(huifang.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update"
        if "no_key" not in {each.arg for each in node.keywords}
    ]
    assert calls == []


def test_whoever_holds_a_customer_is_not_waited_for_by_who_writes_about_them(transactional_db: None) -> None:
    """References are looked at when a transaction ends, with the audit trail held: were the customer's key locked, both would wait."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write after the other")
    followup = business().follow_up()
    held, written = Event(), Event()

    def write() -> None:
        try:
            held.wait(10)
            with transaction.atomic():
                Consent.objects.create(customer=followup.customer, purpose="service", channel="any", allowed=True, at=NOW, road="agent")
                audit.write(None, "policy.learned")
                written.set()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(write)
        with transaction.atomic():
            followups.lock_customer(followup.pk)
            held.set()
            assert written.wait(10)
            audit.write(None, "policy.learned")
        other.result(10)
    assert not audit.faults()
