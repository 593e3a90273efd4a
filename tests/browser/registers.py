"""Registers read back from their workbooks: what was done on a day, by what a column stands for."""

from __future__ import annotations

from datetime import date, datetime

from huifang.playbooks.schema import Register


def done_rows(sheet: list[list[object]], form: Register, language: str, day: date) -> list[dict[str, object]]:
    """The rows that say that something was done on `day`: value of the column → cell. The title has to be the form's.

    What is still to do, among them, has neither time nor outcome.
    """
    assert sheet[0][0] == form.title.say(language)
    values, titles = [column.value for column in form.columns], [column.title.say(language) for column in form.columns]
    start = next(number for number, row in enumerate(sheet) if [str(cell) for cell in row[: len(titles)]] == titles)
    rows: list[dict[str, object]] = []
    for cells in sheet[start + 1 :]:
        if cells[0] == "":
            break
        rows.append(dict(zip(values, cells, strict=False)))
    done = [row for row in rows if isinstance(row["attempted_at"], datetime)]
    assert not any(row.get("outcome") or row.get("words") for row in rows if row not in done)
    return [row for row in done if isinstance(at := row["attempted_at"], datetime) and at.date() == day]
