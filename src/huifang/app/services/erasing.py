"""A person's data are destroyed on request: words, numbers, recordings, files; what was counted stays, as shells without a name.

`records.erasable` says what becomes of each table. A refusal stays as its keyed hash; what an import would know the person by stays as
keyed hashes too, so that the same file does not bring them back. Backups are the business's own: after one is restored, erase again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Model

from huifang.app.access import ERASE, customers_for, require
from huifang.app.personal_values import PersonalValues
from huifang.app.records.erasable import HANGING, LOOKED_THROUGH, searched
from huifang.app.records.models import (
    Agreement,
    Attempt,
    Case,
    ContactPoint,
    Customer,
    DiallingResults,
    DiallingRow,
    ErasedIdentity,
    Event,
    Feedback,
    FeedbackModel,
    ImportBatch,
    ImportChange,
    Incoming,
    RejectedRow,
    Staff,
)  # fmt: skip
from huifang.app.services import audit, refused
from huifang.app.services.job_queue import enqueue
from huifang.app.services.register import erased_identities
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

log = logging.getLogger(__name__)
_BATCH = 500
_HANGS = {Customer: "customer", Event: "event", Agreement: "agreement", ContactPoint: "contactpoint"}


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure has come to: rows emptied or gone, and files gone."""

    rows: int
    files: int


def erase(by: Staff | None, customer: Customer, code: str, reason: str, now: datetime) -> Erased:
    """Destroy everything personal of a customer, and of those merged into them. It cannot be undone.

    `code`: the customer's number, typed once more; `reason`: why, without the person's own data. Raises NotAllowed, Invalid where either
    does not fit, Conflict while a contact, a case or an import is open, or where it was done before.
    """
    if by is not None:
        require(by, ERASE)
    with transaction.atomic():
        held = _held(by, customer)
        people = [held, *Customer.objects.select_for_update(no_key=True).filter(merged_into=held)]
        values = PersonalValues.of(people)
        _check(held, code, reason, values)
        numbers = [one.pk for one in people]
        files = _files_of(numbers)
        for one in people:
            erased_identities.remember(one)
        _forget_learned(numbers, now)
        _forget_imports(numbers)
        rows = _empty_shells(people, now)
        refused.end(numbers)
        rows += _take_out_of(values, numbers)
        changed = audit.take_out(values.out_of_entry)
        audit.write(by, "customer.erased", f"customer:{held.pk}", reason=reason, rows=rows, files=len(files), entries=changed)
        transaction.on_commit(partial(_destroy, files))
    return Erased(rows, len(files))


def let_return(by: Staff, customer: Customer, now: datetime) -> None:  # noqa: ARG001
    """The person wishes to be a customer again: imports and other systems may enter them, as somebody new."""
    require(by, ERASE)
    with transaction.atomic():
        held = _visible(by, customer)
        ErasedIdentity.objects.filter(customer=held).delete()
        audit.write(by, "customer.let-return", f"customer:{held.pk}")


def _held(by: Staff | None, customer: Customer) -> Customer:
    held = _visible(by, customer)
    if held.erased_at is not None or held.merged_into_id is not None:
        raise Conflict(
            Problem(
                "erasing.gone",
                Words("这位客户的信息已删除，或已合并到另一位客户。", "This customer was erased already, or merged into another one."),
                Words("如已合并，请在保留的客户页面上操作。", "Where they were merged, do it on the page of whom they became."),
            )
        )
    return held


def _visible(by: Staff | None, customer: Customer) -> Customer:
    rows = Customer.objects.all() if by is None else customers_for(by)
    held = Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk, pk__in=rows.values("pk")).first()
    if held is None:
        raise NotAllowed(
            Problem("customer.missing", Words("找不到这位客户。", "There is no such customer."), Words("请刷新页面。", "Reload the page."))
        )
    return held


def _check(held: Customer, code: str, reason: str, values: PersonalValues) -> None:
    if code.strip() != held.code:
        raise Invalid(
            Problem(
                "erasing.code",
                Words("客户编号不一致。", "That is not the customer's number."),
                Words("请照页面上的编号再输入一次，以确认删除。", "Type the number on the page once more, to confirm."),
            )
        )
    if not reason.strip() or values.out_of(reason) != reason:
        raise Invalid(
            Problem(
                "erasing.reason",
                Words("没有写明理由，或理由里有客户的个人信息。", "There is no reason, or it holds the customer's own data."),
                Words(
                    "请写明何时、以什么方式提出的要求，不要写姓名和号码。", "Say when and how it was asked for, without names and numbers."
                ),
            )
        )
    people = [held.pk, *held.merged.values_list("pk", flat=True)]
    blocks = {
        "contact": Attempt.objects.filter(customer__in=people, state=Attempt.State.ATTEMPTING),
        "case": Case.objects.filter(customer__in=people).exclude(state=Case.State.CLOSED),
        "import": ImportBatch.objects.filter(state=ImportBatch.State.RUNNING),
    }
    found = next((name for name, rows in blocks.items() if rows.exists()), None)
    if found is not None:
        raise Conflict(Problem(f"erasing.open-{found}", *_OPEN[found]))


_OPEN = {
    "contact": (
        Words("与客户的一次联络还在进行，或结果还没有登记。", "A contact with the customer is under way, or its end is not recorded."),
        Words("请先登记结果。", "Record its outcome first."),
    ),
    "case": (
        Words("客户还有未办结的工单。", "The customer has an open case."),
        Words("请先办结工单。", "Close it first."),
    ),
    "import": (
        Words("有文件正在导入。", "A file is being brought in."),
        Words("请等导入结束，或先停止导入。", "Wait until it has ended, or stop it."),
    ),
}


def _empty_shells(people: list[Customer], now: datetime) -> int:
    """Every table that hangs on the customer: rows gone or emptied; how many."""
    numbers, count = [one.pk for one in people], 0
    for each in HANGING:
        rows = each.model._default_manager.filter(each.theirs(numbers))
        if each.gone:
            count += rows.delete()[0]
        elif each.emptied:
            count += each.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**each.emptied)
    for one in people:
        shell = f"erased-{one.pk}"
        Customer.objects.filter(pk=one.pk).update(
            code=shell, name=shell, name_index="", notes="", attributes={}, birthday=None, birthday_lunar=False, language="", time_zone="",
            owner=None, status=Customer.Status.CLOSED, erased_at=now, updated_at=now,
        )  # fmt: skip
    return count + len(people)


def _take_out_of(values: PersonalValues, numbers: list[int]) -> int:
    """Where the person is quoted in words, codes or kept messages of tables that do not hang on them; how many rows."""
    count = 0
    for hanging in HANGING:
        if hanging.model in LOOKED_THROUGH:
            theirs = hanging.model._default_manager.filter(hanging.theirs(numbers))
            count += _masked(theirs, LOOKED_THROUGH[hanging.model], values)
    for letter in Incoming.objects.filter(customer=None).iterator(_BATCH):
        if values.out_of(letter.sender) != letter.sender:
            Incoming.objects.filter(pk=letter.pk).update(sender="", text="", key=f"erased-{letter.pk}")
            count += 1
    for row in RejectedRow.objects.iterator(_BATCH):
        if values.out_of(row.cells) != row.cells:
            row.cells = "[]"
            row.save(update_fields=["cells"])
    for model, names in searched():
        count += _masked(model._default_manager.all(), names, values)
    return count


def _masked(rows: Any, names: Sequence[str], values: PersonalValues) -> int:
    changed = 0
    for row in rows.only("pk", *names).iterator(_BATCH):
        new = {name: values.out_of_any(getattr(row, name)) for name in names}
        if any(getattr(row, name) != said for name, said in new.items()):
            for name, said in new.items():
                setattr(row, name, said)
            row.save(update_fields=names)
            changed += 1
    return changed


def _forget_imports(numbers: list[int]) -> None:
    """Earlier values that an undo would bring back, results of diallers, and the uploaded files themselves.

    Nobody can say whom a file names without reading each, so all go; one that was not through must be uploaded again.
    """
    theirs = {name: {*_rows_of(model, numbers)} for model, name in _HANGS.items()}
    for change in ImportChange.objects.filter(model__in=theirs).iterator(_BATCH):
        entries = json.loads(change.changes)
        left = [entry for entry in entries if entry[0] not in theirs[change.model]]
        if len(left) < len(entries):
            change.changes = json.dumps(left, ensure_ascii=False)
            change.save(update_fields=["changes"])
    keys = [str(key) for key in DiallingRow.objects.filter(followup__customer__in=numbers).values_list("key", flat=True)]
    for results in DiallingResults.objects.iterator(_BATCH):
        rows = json.loads(results.rows or "[]")
        kept = [row for row in rows if not any(key in json.dumps(row) for key in keys)]
        if len(kept) < len(rows):
            results.rows = json.dumps(kept, ensure_ascii=False)
            results.save(update_fields=["rows"])
    never_begun = (ImportBatch.State.UPLOADED, ImportBatch.State.READY)
    ImportBatch.objects.filter(state__in=never_begun).update(state=ImportBatch.State.UNDONE)


def _rows_of(model: type[Model], numbers: list[int]) -> list[int]:
    way = "pk" if model is Customer else "customer"
    return list(model._default_manager.filter(**{f"{way}__in": numbers}).values_list("pk", flat=True))


def _forget_learned(numbers: list[int], now: datetime) -> None:
    """What was learned from the person's words holds parts of them: it goes, and is learned anew from everybody else's."""
    if Feedback.objects.filter(customer__in=numbers).exists() and FeedbackModel.objects.exists():
        FeedbackModel.objects.all().delete()
        enqueue("feedback-learn", f"feedback-learn:erased:{now:%Y-%m-%dT%H:%M:%S.%f}", {}, now)


def _files_of(numbers: list[int]) -> list[Path]:
    """Uploaded files, and messages that the outbox has written for these customers; recordings and answers go with their rows."""
    uploads = (Path(settings.MEDIA_ROOT) / name for name in ImportBatch.objects.values_list("stored_as", flat=True))
    keys = set(Attempt.objects.filter(customer__in=numbers).values_list("key", flat=True))
    written = (path for path in (settings.HUIFANG.data / "outbox").glob("*/*/*") if path.stem in keys)
    return [path for path in dict.fromkeys((*uploads, *written)) if path.is_file()]


def _destroy(files: list[Path]) -> None:
    for path in files:
        path.unlink(missing_ok=True)
    _overwrite()


def _overwrite() -> None:
    """The embedded database is written anew, so that no page that has become free holds what was erased; PostgreSQL clears by itself."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            for statement in _ANEW:
                cursor.execute(statement)
    except OperationalError:
        log.warning("The database is busy and could not be written anew; erased data may stand in free pages until it is.")


_ANEW = ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
