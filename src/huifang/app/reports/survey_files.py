"""Answers in open formats: CSV, XLSX, JSON and, where pyreadstat and pandas are installed, SPSS. One line each, one column a value.

Several choices become one column of 0 and 1 for each option, a matrix one column for each row. Of a secret questionnaire the month stands
in place of the day, free words only where the page shows them, and lines come in no order that means anything.
"""

from __future__ import annotations

import csv
import importlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO, StringIO
from pathlib import Path

import xlsxwriter

from huifang.app.queries.survey_results import Given, Results
from huifang.playbooks.schema import Question, Questionnaire
from huifang.playbooks.tallying import RATED, Kept, codes_of, matrix_of

Value = str | float | None
TELLING = frozenset({"text", "signature", "file"})
"""Questions whose answers can tell who answered."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its title, whether it holds numbers, and the words of its numbers."""

    name: str
    title: str
    number: bool = False
    labels: dict[float, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it, ready to be written."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def sheet(questionnaire: Questionnaire, results: Results, given: Iterable[Given], language: str) -> Sheet:
    """What the page shows, line by line."""
    words = {one.question.key for one in results.tallies if one.words}
    secret = results.protected
    first = [("number", "No."), ("version", "Version"), ("time", "Month" if secret else "Day"), ("way", "Way"), ("marks", "Marks")]
    columns = [Column(name, title, number=name in ("number", "version")) for name, title in first]
    if not secret:
        columns.append(Column("customer", "Customer"))
    asked = [one for one in questionnaire.questions if not secret or one.type not in TELLING or one.key in words]
    columns += [column for question in asked for column in _columns(question, language)]
    rows = tuple(
        (
            float(place), float(row.version), row.month if secret else row.day.isoformat(), row.way, " ".join(row.marks),
            *(() if secret else (row.person,)), *(value for question in asked for value in _values(question, row)),
        )
        for place, row in enumerate(given, 1)
    )  # fmt: skip
    return Sheet(questionnaire.title.say(language), tuple(columns), rows)


def _columns(question: Question, language: str) -> Iterator[Column]:
    title = question.ask.say(language)
    if question.type == "multiple":
        for key, option in question.options.items():
            yield Column(f"{question.key}_{key}", f"{title} – {option.say(language)}", number=True)
    elif question.type == "matrix":
        for key, row in question.rows.items():
            yield Column(f"{question.key}_{key}", f"{title} – {row.say(language)}", number=True)
    else:
        yield Column(question.key, title, number=question.type in RATED | {"number"})


def _values(question: Question, row: Given) -> Iterator[Value]:
    answer = row.answers.get(question.key)
    if question.type == "multiple":
        chosen = codes_of(question, answer) if answer else []
        yield from (None if answer is None else float(key in chosen) for key in question.options)
    elif question.type == "matrix":
        points = matrix_of(answer) if answer else {}
        yield from (points.get(key) for key in question.rows)
    else:
        yield _one(question, answer)


def _one(question: Question, answer: Kept | None) -> Value:
    if answer is None:
        return None
    return float(answer.value) if question.type in RATED | {"number"} else answer.text or answer.value


def csv_file(one: Sheet) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read it; a text that they would take for a formula gets a quote before it."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(_guarded(column.title) for column in one.columns)
    for row in one.rows:
        writer.writerow("" if value is None else f"{value:g}" if isinstance(value, float) else _guarded(value) for value in row)
    return ("\ufeff" + out.getvalue()).encode()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def xlsx_file(one: Sheet) -> bytes:
    """A workbook of one sheet; text is text, never a formula or a link."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page, head = book.add_worksheet(), book.add_format({"bold": True, "text_wrap": True})
        for place, column in enumerate(one.columns):
            page.write_string(0, place, column.title, head)
        for line, row in enumerate(one.rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, float):
                    page.write_number(line, place, value)
                elif value:
                    page.write_string(line, place, value[:32_767])
        page.freeze_panes(1, 0)
        page.set_column(0, len(one.columns) - 1, 16)
    return buffer.getvalue()


def json_file(one: Sheet) -> bytes:
    """The columns with their titles, and the lines by column name; what was not answered is left out."""
    rows = [{column.name: value for column, value in zip(one.columns, row, strict=True) if value is not None} for row in one.rows]
    told = {"title": one.title, "columns": {column.name: column.title for column in one.columns}, "rows": rows}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def sav_file(one: Sheet) -> bytes:
    """SPSS, with the questions as labels."""
    pandas, pyreadstat = importlib.import_module("pandas"), importlib.import_module("pyreadstat")
    columns = {
        re.sub(r"\W", "_", column.name)[:60]: [
            (float("nan") if column.number else "") if row[place] is None else row[place] for row in one.rows
        ]
        for place, column in enumerate(one.columns)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            pandas.DataFrame(columns), str(path), file_label=one.title[:60], column_labels=[column.title[:250] for column in one.columns]
        )
        return path.read_bytes()


WRITERS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_file),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
    "json": ("application/json", json_file),
}
"""Content type and writer of each ending."""
if find_spec("pyreadstat") and find_spec("pandas"):
    WRITERS["sav"] = ("application/x-spss-sav", sav_file)
