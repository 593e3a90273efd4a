"""Answers in open formats: CSV, XLSX, JSON and, where pyreadstat and pandas are installed, SPSS. One line each, one column a value.

CSV and JSON are written line by line as the lines are read; XLSX and SPSS are put together in memory.
Several choices become one column of 0 and 1 for each option, a matrix one column for each row. Of a secret questionnaire the month stands
in place of the day, free words only where the page shows them and beside no line of their own, and lines come in no order that means
anything.
"""

from __future__ import annotations

import csv
import importlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from huifang.app.queries.survey_results import Given, Results
from huifang.domain.words import Words
from huifang.playbooks.answering import bounds
from huifang.playbooks.schema import Question, Questionnaire
from huifang.playbooks.tallying import RATED, Kept, codes_of, matrix_of

Value = str | float | None
TELLING = frozenset({"text", "signature", "file"})
"""Questions whose answers can tell who answered."""
SHEET_LINES = 1_048_576
"""Lines of a sheet, its heading among them."""
_YES, _NO = Words("是", "Yes"), Words("否", "No")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its title, whether it holds numbers, and what its codes or points mean."""

    name: str
    title: str
    number: bool = False
    labels: dict[float | str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of it, to be written once: the rows are read as they are asked for."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Value, ...]]


def sheet(questionnaire: Questionnaire, results: Results, given: Iterable[Given], language: str) -> Sheet:
    """What the page shows, line by line.

    A line of a secret questionnaire has no way and no version, by which few may stand out, and its free words are those of any line.
    """
    if results.protected:
        return _secret(questionnaire, results, given, language)
    first = [("number", "No."), ("version", "Version"), ("time", "Day"), ("way", "Way"), ("marks", "Marks"), ("customer", "Customer")]
    columns = [Column(name, title, number=name in ("number", "version")) for name, title in first]
    columns += [column for question in questionnaire.questions for column in _columns(question, language)]
    rows = (
        (
            float(place), float(row.version), row.day.isoformat(), row.way, " ".join(row.marks), row.person,
            *(value for question in questionnaire.questions for value in _values(question, row)),
        )
        for place, row in enumerate(given, 1)
    )  # fmt: skip
    return Sheet(questionnaire.title.say(language), tuple(columns), rows)


def _secret(questionnaire: Questionnaire, results: Results, given: Iterable[Given], language: str) -> Sheet:
    """Lines that nobody can be found by: whoever takes a branch's lines away from all lines is left with no words of the others."""
    words = {one.question.key: iter(one.words) for one in results.tallies if one.words}
    asked = [one for one in questionnaire.questions if one.type not in TELLING or one.key in words]
    columns = [Column("number", "No.", number=True), Column("time", "Month"), Column("marks", "Marks")]
    columns += [column for question in asked for column in _columns(question, language)]
    rows = (
        (
            float(place), row.month, " ".join(row.marks),
            *(
                value for question in asked
                for value in ((next(words[question.key], ""),) if question.key in words else _values(question, row))
            ),
        )
        for place, row in enumerate(given, 1)
    )  # fmt: skip
    return Sheet(questionnaire.title.say(language), tuple(columns), rows)


def _columns(question: Question, language: str) -> Iterator[Column]:
    title, labels = question.ask.say(language), _labels(question, language)
    if question.type == "multiple":
        for key, option in question.options.items():
            yield Column(f"{question.key}_{key}", f"{title} – {option.say(language)}", True, labels)
    elif question.type == "matrix":
        for key, row in question.rows.items():
            yield Column(f"{question.key}_{key}", f"{title} – {row.say(language)}", True, labels)
    else:
        yield Column(question.key, title, question.type in RATED | {"number"}, labels)


def _labels(question: Question, language: str) -> dict[float | str, str] | None:
    """What the codes of a choice mean, and the two ends of a scale where the questionnaire names them."""
    match question.type:
        case "single":
            return {code: option.say(language) for code, option in question.options.items()}
        case "yes-no":
            return {"yes": _YES.say(language), "no": _NO.say(language)}
        case "multiple":
            return {0.0: _NO.say(language), 1.0: _YES.say(language)}
        case _ if question.ends:
            return {float(point): end.say(language) for point, end in zip(bounds(question), question.ends, strict=True)}
        case _:
            return None


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


def csv_file(one: Sheet, out: BinaryIO) -> None:
    """UTF-8 with its mark, so that spreadsheets read it; a text that they would take for a formula gets a quote before it."""
    text = TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(_guarded(column.title) for column in one.columns)
    for row in one.rows:
        writer.writerow("" if value is None else f"{value:.15g}" if isinstance(value, float) else _guarded(value) for value in row)
    text.detach()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def xlsx_file(one: Sheet, out: BinaryIO) -> None:
    """A workbook, of one sheet unless there are more lines than a sheet can have; text is text, never a formula or a link."""
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head, rows = book.add_format({"bold": True, "text_wrap": True}), iter(one.rows)
        row = next(rows, None)
        while row is not None or not book.worksheets():
            page = book.add_worksheet()
            for place, column in enumerate(one.columns):
                page.write_string(0, place, column.title, head)
            page.freeze_panes(1, 0)
            page.set_column(0, len(one.columns) - 1, 16)
            line = 0
            while row is not None and (line := line + 1) < SHEET_LINES:
                _write_row(page, line, row)
                row = next(rows, None)


def _write_row(page: Worksheet, line: int, row: tuple[Value, ...]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, float):
            page.write_number(line, place, value)
        elif value:
            page.write_string(line, place, value[:32_767])


def json_file(one: Sheet, out: BinaryIO) -> None:
    """The columns with their titles, and the lines by column name, each in a line; what was not answered is left out."""
    text = TextIOWrapper(out, "utf-8", newline="")
    said = {"title": one.title, "columns": {column.name: column.title for column in one.columns}}
    text.write(json.dumps(said, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "rows": [')
    for place, row in enumerate(one.rows):
        kept = {column.name: value for column, value in zip(one.columns, row, strict=True) if value is not None}
        text.write((",\n  " if place else "\n  ") + json.dumps(kept, ensure_ascii=False))
    text.write("\n ]\n}\n")
    text.detach()


def sav_file(one: Sheet, out: BinaryIO) -> None:
    """SPSS, with the questions as labels of the columns and what was to be chosen as labels of the values."""
    pandas, pyreadstat = importlib.import_module("pandas"), importlib.import_module("pyreadstat")
    rows = list(one.rows)
    names = [re.sub(r"\W", "_", column.name)[:60] for column in one.columns]
    columns = {
        name: [(float("nan") if column.number else "") if row[place] is None else row[place] for row in rows]
        for place, (name, column) in enumerate(zip(names, one.columns, strict=True))
    }
    labels = {name: column.labels for name, column in zip(names, one.columns, strict=True) if column.labels}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            pandas.DataFrame(columns),
            str(path),
            file_label=one.title[:60],
            variable_value_labels=labels,
            column_labels=[column.title[:250] for column in one.columns],
        )
        with path.open("rb") as written:
            shutil.copyfileobj(written, out)


WRITERS: dict[str, tuple[str, Callable[[Sheet, BinaryIO], None]]] = {
    "csv": ("text/csv; charset=utf-8", csv_file),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
    "json": ("application/json", json_file),
}
"""Content type and writer of each ending."""
if find_spec("pyreadstat") and find_spec("pandas"):
    WRITERS["sav"] = ("application/x-spss-sav", sav_file)
