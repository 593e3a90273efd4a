"""The steps of ``huifang import``, told on a stream."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from huifang.app import business_clock
from huifang.app.records.models import Branch, ImportBatch
from huifang.app.services.imports import prepare, preview, rejected, run
from huifang.domain.errors import HuifangError, Invalid, Problem
from huifang.domain.words import Words


def bring(arguments: argparse.Namespace, out: IO[str]) -> int:
    """Do what the command line asks; see `huifang.app.commands.bring`."""
    branch = Branch.objects.filter(code=arguments.branch).first() if arguments.branch else None
    if arguments.branch and branch is None:
        raise _wrong(f"--branch {arguments.branch}")
    try:
        with arguments.file.open("rb") as file:
            batch = prepare.upload(None, file, arguments.file.name, business_clock.now(), branch, arguments.kind)
    except OSError as error:
        raise _wrong(str(arguments.file)) from error
    try:
        ready = _arranged(batch, arguments, out)
    except HuifangError:
        prepare.drop(batch)
        raise
    if arguments.dry_run:
        return _look_only(ready, out)
    done = run.run(ready.pk, business_clock.now())
    return _tell(done, arguments.rejected, out)


def _arranged(batch: ImportBatch, arguments: argparse.Namespace, out: IO[str]) -> ImportBatch:
    """The upload with what the command line says of it, confirmed unless it is only looked at."""
    options = {"event_kind": arguments.event, "area_code": arguments.area_code, "lines": "sum" if arguments.sum_lines else ""}
    batch = prepare.choose(
        None, batch, sheet=arguments.sheet, encoding=arguments.encoding, options={name: value for name, value in options.items() if value}
    )
    batch = prepare.choose(None, batch, mapping=_mapping(batch, arguments.map))
    _say_columns(batch, out)
    return batch if arguments.dry_run else prepare.confirm(None, batch, business_clock.now())


def _look_only(batch: ImportBatch, out: IO[str]) -> int:
    try:
        seen = preview.preview(batch, looked_at=1_000_000)
    finally:
        prepare.drop(batch)
    out.write(f"rows {seen.looked_at}  accepted {seen.accepted}  rejected {seen.looked_at - seen.accepted}\n")
    _tell_left_out(len(seen.left_out), seen.left_out, out)
    return 1 if seen.problems else 0


def _mapping(batch: ImportBatch, given: Sequence[str]) -> dict[str, str]:
    mapping = dict(batch.mapping)
    for one in given:
        header, _, target = one.rpartition("=")
        if header not in batch.options["names"]:
            raise _wrong(f"--map {one}")
        mapping[str(batch.options["names"].index(header))] = target
    return mapping


def _say_columns(batch: ImportBatch, out: IO[str]) -> None:
    out.write(f"{batch.file_name}  {batch.sheet}  {batch.encoding}  {batch.kind}\n")
    for number, name in enumerate(batch.options["names"]):
        out.write(f"  {name} → {batch.mapping.get(str(number), '–')}\n")


def _tell(done: ImportBatch, rejected_file: Path | None, out: IO[str]) -> int:
    out.write(f"{done.state}: rows {done.rows} = created {done.created} + updated {done.updated} + unchanged {done.unchanged} + ")
    out.write(f"rejected {done.rejected}\n")
    left = done.options.get("left_out", {"count": 0, "lines": ()})
    _tell_left_out(left["count"], left["lines"], out)
    if done.error:
        out.write(f"{done.error['zh']}\n{done.error['en']}\n")
        return 2
    for one in done.rejected_rows.order_by("line")[:20]:
        out.write(f"  {one.line} {one.column}: {one.reason['zh']} {one.reason['en']}\n")
    if rejected_file is not None and done.rejected:
        write = rejected.as_csv if rejected_file.suffix.lower() == ".csv" else rejected.as_xlsx
        rejected_file.write_bytes(write(done))
    return 1 if done.rejected else 0


def _tell_left_out(count: int, lines: Sequence[int], out: IO[str]) -> None:
    if count:
        out.write(f"left out as sum lines {count}: {', '.join(str(line) for line in lines)}\n")


def _wrong(said: str) -> Invalid:
    return Invalid(
        Problem(
            "command.argument",
            Words(f"“{said}”不存在或不能使用。", f"“{said}” does not exist or cannot be used."),
            Words("请核对后重试。", "Check it and try again."),
        )
    )
