"""Kills an import at every kind of moment, in a database of its own; prints what came of it as JSON.

    python -m tests.app.faults.import_kills KILLS SEED ROWS FOLDER

An undisturbed import is counted first: each statement, commit, piece of the kept file and message of the second process is a point, and
belongs to the phase the import is in then. Each kill (SIGKILL, of the importing process or of its second one) is at a point drawn from one
phase after the other, the first of each at its last point. Then the import either goes on to its end, is the same as the undisturbed one
and is taken back, or is stopped and taken back where it was. `wrong` counts what was not as it must be, `struck` the points that came.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.app.faults import installation

PHASES = ("upload", "preview", "confirm", "drafting", "writing", "ending", "undo")
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)


class Points:
    """Counts the points of each phase; at the one that is given, `strike` is called."""

    def __init__(self) -> None:
        self.phase, self.passed = "", Counter[str]()
        self.fatal: tuple[str, int] | None = None
        self.strike: Callable[[], None] = lambda: os.kill(os.getpid(), signal.SIGKILL)

    def tick(self) -> None:
        if self.fatal == (self.phase, self.passed[self.phase]):
            self.strike()
        self.passed[self.phase] += 1

    def around(self, owner: Any, name: str, phase: str = "") -> None:
        """A point before and after each call; the call begins a phase, if one is given."""
        whole = getattr(owner, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            self.phase = phase or self.phase
            self.tick()
            result = whole(*arguments, **options)
            self.tick()
            return result

        setattr(owner, name, counted)


def table(rows: int) -> bytes:
    """Jobs of half as many customers, some of them not to be read."""
    lines = ["工单号,结算日期,客户姓名,手机,金额"]
    lines += [f"J{n},2025-07-{n % 28 + 1:02},客户{n % (rows // 2)},13{n % (rows // 2):09},{n}.50" for n in range(rows)]
    for bad in range(5, rows, 97):
        lines[bad] = f"J{bad - 1},约明天,客户{bad},1,1"
    return "\n".join(lines).encode()


def main(kills: int, seed: int, rows: int, folder: Path) -> None:
    """As said above."""
    installation.set_up(folder)
    points = Points()
    firm = Firm(points, table(rows), rows)
    expected, empty, counted = firm.undisturbed()
    again = firm.undisturbed()  # the first import meets an empty trail and an unknown header, all others do not
    assert (expected, empty) == again[:2]
    counted = again[2]
    assert expected["batch"][0] == "done" and expected["batch"][2] > 0 and expected["rejected"]
    assert (empty["batch"][0], empty["Customer"], empty["Event"]) == ("undone", [], [])
    dice, wrong, struck = random.Random(seed), [], Counter[str]()
    for number in range(kills):
        phase = PHASES[number % len(PHASES)]
        at = counted[phase] - 1 if number < len(PHASES) else dice.randrange(counted[phase])
        story = {"number": number, "phase": phase, "at": at, "helper": phase in ("drafting", "writing") and bool(number // len(PHASES) % 2)}
        struck[phase] += firm.killed(phase, at, helper=bool(story["helper"]))
        wrong += [f"{story}: {what}" for what in firm.after(dice.random() < 0.5, expected, empty, phase)]
    points_of = {f"points_{phase}": counted[phase] for phase in PHASES}
    print(json.dumps({"kills": kills, "struck": struck.total(), "wrong": len(wrong), "first": wrong[:5], **points_of}))


class Firm:
    """An empty register into which one file is brought, step by step, each from where it is."""

    def __init__(self, points: Points, data: bytes, rows: int) -> None:
        from django.db import connection
        from django.db.backends.base.base import BaseDatabaseWrapper

        from huifang.app.services.imports import apply, files, messages, run, second_process

        self.points, self.data = points, data
        apply.ROWS, second_process.WORTH_IT, files._PIECE = rows // 8, 0, len(data) // 4 + 1
        points.around(files, "seal_bytes")
        points.around(Path, "replace")
        points.around(BaseDatabaseWrapper, "_commit")
        points.around(messages, "read")
        points.around(apply, "_write", "writing")
        points.around(run, "_end", "ending")
        self._connection = connection

    def _statement(self, execute: Any, *arguments: Any) -> Any:
        self.points.tick()
        return execute(*arguments)

    def whole(self) -> None:
        """From the file to the end, from the state it is in."""
        from huifang.app.records.models import ImportBatch
        from huifang.app.services.imports import prepare, preview, run

        state, points = ImportBatch.State, self.points
        with self._connection.execute_wrapper(self._statement):
            points.phase = "upload"
            batch = ImportBatch.objects.order_by("-pk").first() or prepare.upload(None, io.BytesIO(self.data), "a.csv", NOW)
            if batch.state == state.UPLOADED:
                points.phase = "preview"
                points.tick()
                preview.preview(batch)
                points.tick()
                points.phase = "confirm"
                prepare.confirm(None, batch, NOW)
            points.phase = "drafting"
            run.run(batch.pk, NOW)
        points.phase = ""

    def undo(self) -> None:
        """Take it back, as somebody does who stops it first."""
        from huifang.app.records.models import ImportBatch
        from huifang.app.services.imports import run, undo

        batch = ImportBatch.objects.first()
        if batch is None or batch.state in ("uploaded", "ready", "undone"):
            return
        if batch.state == "running":
            batch = run.run(batch.pk, NOW, stop=lambda: True)
        with self._connection.execute_wrapper(self._statement):
            self.points.phase = "undo"
            undo.undo(None, batch, NOW)
        self.points.phase = ""

    def undisturbed(self) -> tuple[dict[str, Any], dict[str, Any], Counter[str]]:
        """What an import comes to, what is left after it was taken back, and the points of both."""
        self.points.passed.clear()
        self.whole()
        whole = self.register()
        self.undo()
        empty = self.register()
        self.forget()
        return whole, empty, Counter(self.points.passed)

    def forget(self) -> None:
        """As if no file had ever come."""
        from django.conf import settings

        from huifang.app.records.models import ImportBatch, Job

        ImportBatch.objects.all().delete()
        Job.objects.all().delete()
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)

    def killed(self, phase: str, at: int, *, helper: bool) -> bool:
        """Bring the file in, or take it back, and be killed at that point of the phase; whether it came so far."""
        if phase == "undo":
            self.whole()
        installation.let_go()
        child = os.fork()
        if child == 0:
            self.points.passed.clear()
            self.points.fatal = phase, at
            if helper:
                self.points.strike = _kill_helpers
            with suppress(BaseException):
                (self.undo if phase == "undo" else self.whole)()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        return helper or os.WIFSIGNALED(status)

    def after(self, goes_on: bool, expected: dict[str, Any], empty: dict[str, Any], phase: str) -> Iterator[str]:
        """What is wrong with what was left, after going on and after taking it back; at the end everything is as before it."""
        from huifang.app.records.models import ImportBatch
        from huifang.app.services import audit

        for batch in ImportBatch.objects.all():
            if batch.done_rows != batch.created + batch.updated + batch.unchanged + batch.rejected:
                yield "half a batch of rows is counted"
        if goes_on and phase != "undo":
            self.whole()
            if self.register() != expected:
                yield "it ended otherwise than undisturbed"
        self.undo()
        left = self.register()
        if {**left, "batch": None} != {**empty, "batch": None}:
            yield "not all was taken back"
        if ImportBatch.objects.count() > 1 or audit.faults():
            yield "imports or the audit trail are not as they were"
        self.forget()

    def register(self) -> dict[str, Any]:
        """All that an import writes, without the numbers of rows."""
        from huifang.app.records.models import ContactPoint, Customer, Event, ImportBatch, RejectedRow

        batch = ImportBatch.objects.values_list("state", "created", "rejected", "updated", "unchanged", "rows", "done_rows").first()
        columns = {
            Customer: ("code", "name", "name_index", "notes", "attributes", "kind"),
            ContactPoint: ("customer__code", "value", "value_index", "tail_index", "primary"),
            Event: ("code", "customer__code", "at", "day", "amount", "attributes"),
        }
        found: dict[str, Any] = {
            model.__name__: sorted(map(repr, model._default_manager.values_list(*names))) for model, names in columns.items()
        }
        undone = batch is not None and batch[0] == "undone"
        rejected = [] if undone else RejectedRow.objects.order_by("line").values_list("line", "column", "code", "cells")
        return {**found, "batch": batch, "rejected": list(rejected)}


def _kill_helpers() -> None:
    import psutil

    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            child.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
