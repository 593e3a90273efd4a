"""Options that several verbs have, and what they stand for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from huifang.analytics.customer_record import everybody
from huifang.domain.errors import Invalid, PlaybookError, Problem
from huifang.domain.windows import find_zone
from huifang.domain.words import Words
from huifang.engine.keeping import keep_rows
from huifang.engine.stages import Inputs, PlanContext, inputs
from huifang.engine.tables import CALENDAR_DAYS, EVENT_CHANGES, EVENTS
from huifang.playbooks import library, loader
from huifang.playbooks.loader import LoadedPlaybook
from huifang.playbooks.schema import Playbook


@dataclass(frozen=True, slots=True)
class Business:
    """A business read from files, ready to be planned for."""

    context: PlanContext
    inputs: Inputs
    said: Words | None = None
    """What there is to say about the tables before the plan."""


def parser(verb: str, about: Words, language: str) -> argparse.ArgumentParser:
    """A parser whose help is in one language."""
    return argparse.ArgumentParser(prog=f"huifang {verb}", description=about.say(language), allow_abbrev=False)


def add_business(options: argparse.ArgumentParser, say: Callable[[Words], str]) -> None:
    """The options that name tables, playbooks and days."""
    add_tables(options, say)
    options.add_argument(
        "--playbook",
        action="append",
        required=True,
        metavar="NAME|FILE",
        help=say(Words("内置方案名或文件，可重复", "name in the library, or a file; repeatable")),
    )


def add_tables(options: argparse.ArgumentParser, say: Callable[[Words], str]) -> None:
    """The options that name tables and days."""
    source = options.add_mutually_exclusive_group()
    source.add_argument(
        "--tables",
        type=Path,
        metavar="DIR",
        help=say(Words("输入表所在文件夹（Parquet 或 CSV）", "folder of the tables (Parquet or CSV)")),
    )
    source.add_argument(
        "--invoices",
        type=Path,
        metavar="FILE",
        help=say(Words("发票明细文件（代替输入表）", "file of invoice lines, in place of tables")),
    )
    options.add_argument(
        "--day",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=say(Words("计划日，默认今天", "day of the plan; default today")),
    )
    options.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help=say(Words("上次计划日", "day of the last plan")))


def read_playbook(name: str) -> LoadedPlaybook:
    """A playbook of the library by name, or of a file; raises `PlaybookError`."""
    if name in library.names():
        return library.read(name)
    path = Path(name)
    if not path.exists() and not path.suffix:
        raise PlaybookError(
            Problem(
                "playbook.unknown",
                Words(
                    f"没有名为“{name}”的内置方案或文件。",
                    f"There is no playbook “{name}” in the library, nor such a file.",
                ),
                Words(f"内置方案：{'、'.join(library.names())}。", f"The library has {', '.join(library.names())}."),
            )
        )
    return loader.load(path)


def read_business(chosen: argparse.Namespace, *, ahead: int = 0) -> Business:
    """The tables and playbooks that the options name. Calendars that the tables lack are made from the published holidays.

    `ahead`: so many days from the day on will be planned, which the calendars must reach.
    """
    from huifang.stores.embedded import connect

    playbooks = tuple(read_playbook(name).playbook for name in chosen.playbook)
    day = chosen.day or datetime.now(find_zone(playbooks[0].time_zone)).date()
    said: Words | None = None
    if getattr(chosen, "store", None) is not None:
        from huifang.commands.at_store import tables_at

        connection, tables = tables_at(chosen)
    else:
        connection = connect()
        tables, said = _invoices(connection, chosen.invoices) if chosen.invoices else _tables(connection, chosen.tables)
    if CALENDAR_DAYS.name not in tables:
        tables[CALENDAR_DAYS.name] = _calendars(connection, playbooks, day, day + timedelta(days=ahead))
    context = PlanContext(day, chosen.since, playbooks, connection, everybody)
    if getattr(chosen, "keep", None) is not None:
        return Business(context, _kept(context, tables, chosen), said)
    return Business(context, inputs(tables), said)


def _kept(context: PlanContext, tables: dict[str, Any], chosen: argparse.Namespace) -> Inputs:
    """The inputs with what earlier mornings kept. All events are taken the first time, and where nothing says what has changed."""
    from huifang.stores.files import found, read_tables
    from huifang.stores.kept_state import KeptState

    state = KeptState(context.connection, chosen.keep)
    changes = found(chosen.tables, EVENT_CHANGES) if chosen.tables else None
    if EVENTS.name in tables and not (state.file and changes):
        state.take(inputs(tables).events)
    if state.file:
        tables[EVENTS.name] = state.open()
        if changes is not None:
            state.change(read_tables(context.connection, {EVENT_CHANGES.name: changes})[EVENT_CHANGES.name])
    return state.ready(inputs(tables), context)


def _tables(connection: Any, folder: Path | None) -> tuple[dict[str, Any], Words | None]:
    from huifang.stores.files import read_tables

    if folder is None or not folder.is_dir():
        raise Invalid(
            Problem(
                "tables.missing",
                Words(f"没有文件夹“{folder or ''}”。", f"There is no folder “{folder or ''}”."),
                Words("请用 --tables 指定输入表所在文件夹。", "Name the folder of the tables with --tables."),
            )
        )
    return read_tables(connection, folder), None


def _invoices(connection: Any, path: Path) -> tuple[dict[str, Any], Words]:
    from huifang.stores.invoice_lines import figures, read_invoices

    if not path.is_file():
        raise Invalid(
            Problem(
                "file.missing",
                Words(f"没有文件“{path}”。", f"There is no file “{path}”."),
                Words("请用 --invoices 指定发票明细文件。", "Name the file of invoice lines with --invoices."),
            )
        )
    return read_invoices(connection, path), figures(connection).words()


def _calendars(connection: Any, playbooks: Sequence[Playbook], first: date, last: date) -> Any:
    """The days of the playbooks' countries from the year before the first day to the year after the last."""
    from huifang.stores.calendar_sources import calendar_rows

    countries = sorted({playbook.calendar.country for playbook in playbooks})
    rows = [row for country in countries for row in calendar_rows(country, first.year - 1, last.year + 1)]
    types = {column.name: "string" if column.type == "key" else column.type for column in CALENDAR_DAYS.columns}
    return keep_rows(connection, "calendar_days", types, [[row[name] for name in types] for row in rows])
