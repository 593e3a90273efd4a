"""One entry of a form: what the fields of its kind show for a value, and the value that fields say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from huifang.domain.errors import Invalid
from huifang.domain.spans import Span
from huifang.playbooks.condition_rows import Row, Rows, rows_of, text_of
from huifang.playbooks.form_fields import Field
from huifang.playbooks.form_lines import FORMS_OF_LINES, lines_read, lines_shown

Shown = dict[str, list[str]]
"""What stands in the fields of one entry: the field's own name (``""``, ``zh``, ``unit``...) to what it holds."""
CONDITIONS = frozenset({"condition", "event condition", "record condition"})
_LISTS = frozenset({"choices", "refs", "order"})
_APART = re.compile(r"[,，、;；\s]+")


def shown(field: Field, value: Any, further: Iterable[str] = ()) -> Shown:  # noqa: PLR0911 - one line for each kind of entry
    """A value of the file as its fields show it; a value that is not there shows empty fields.

    `further`: languages beside Chinese and English in which words that customers read are written.
    """
    match field.kind:
        case "title" | "words":
            said = value if isinstance(value, dict) else {"zh": value, "en": value}
            asked = further if field.to_customers else ()
            return {str(language): [_text(said.get(language))] for language in dict.fromkeys(("zh", "en", *asked, *said))}
        case "span":
            return _span_shown(value)
        case "days":
            own = [str(day) for day in value] if isinstance(value, list) else []
            return {"": ["own" if isinstance(value, list) else _text(value)], "own": own}
        case "flag":
            return {"": ["on"] if (field.normally if value is None else bool(value)) else []}
        case "share":
            return {"": [_share_shown(value)]}
        case "hours" | "names":
            return {"": [", ".join(map(str, value)) if isinstance(value, list) else _text(value)]}
        case kind if kind in FORMS_OF_LINES:
            return {"": [lines_shown(kind, value)]}
        case kind if kind in _LISTS:
            return {"": [str(each) for each in value] if isinstance(value, list) else []}
        case kind if kind in CONDITIONS:
            return {"": [_text(value)], **_rows_shown(_text(value))}
        case _:
            return {"": [_text(value)]}


def read(field: Field, said: Mapping[str, list[str]], before: Any) -> Any:  # noqa: C901 PLR0911 PLR0912 - one case for each kind
    """The value that the fields say, as it stands in the file; None where they say nothing. What was not touched is `before` itself."""
    shows = shown(field, before, () if field.kind in FORMS_OF_LINES else (name for name in said if name))
    if all(_clean(field, said.get(name, [])) == _clean(field, shows[name]) for name in shows):
        return before
    first = (said.get("") or [""])[0].replace("\r\n", "\n").strip()
    match field.kind:
        case "title" | "words":
            return _title(said, before)
        case "span":
            return _span(said)
        case "days":
            return (list(said.get("own", [])) or ["mon"]) if first == "own" else first or None
        case "flag":
            on = bool(said.get(""))
            return None if on == field.normally else on
        case "share":
            return f"{first} %" if re.fullmatch(r"\d+(\.\d+)?", first) else first or None
        case "number" | "whole":
            return _number(first)
        case kind if kind in FORMS_OF_LINES:
            return lines_read(kind, first)
        case "hours" | "names":
            return [each for each in _APART.split(first) if each] or None
        case kind if kind in _LISTS:
            return list(dict.fromkeys(each for each in said.get("", []) if each)) or None
        case kind if kind in CONDITIONS:
            return _condition(said, shows, first)
        case _:
            return first or None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _clean(field: Field, values: list[str]) -> list[str]:
    lines = [value.replace("\r\n", "\n").strip() for value in values]
    return lines if field.kind in CONDITIONS else [line for line in lines if line]


def _title(said: Mapping[str, list[str]], before: Any) -> Any:
    texts = {language: (values or [""])[0].replace("\r\n", "\n").strip() for language, values in said.items() if language}
    kept = before if isinstance(before, dict) else {}
    zh, en = texts.pop("zh", ""), texts.pop("en", "")
    further = {str(tag): text for tag, text in ({tag: kept[tag] for tag in kept if tag not in ("zh", "en")} | texts).items() if text}
    if not (zh or en):
        return None
    if further:
        return {"zh": zh or en, "en": en or zh, **further}
    if not (zh and en) or (zh == en and isinstance(before, str)):
        return zh or en
    return {"zh": zh, "en": en}


def _span_shown(value: Any) -> Shown:
    try:
        span = Span.parse(_text(value)) if value is not None else None
    except Invalid:
        return {"": [_text(value)], "unit": ["day"]}
    return {"": [str(span.amount)], "unit": [span.unit.value]} if span else {"": [""], "unit": ["day"]}


def _span(said: Mapping[str, list[str]]) -> str | None:
    amount, unit = (said.get("") or [""])[0].strip(), (said.get("unit") or ["day"])[0]
    if not amount:
        return None
    try:
        return str(Span.parse(f"{amount} {unit}"))
    except Invalid:
        return amount


def _share_shown(value: Any) -> str:
    text = _text(value).strip()
    if text.endswith("%"):
        return text.rstrip("% ")
    return f"{100 * value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else text


def _number(text: str) -> float | int | str | None:
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text) else text or None


def _rows_shown(text: str) -> Shown:
    """The rows of a condition and an empty one to go on with; none where rows cannot say it."""
    rows = rows_of(text)
    if rows is None:
        return {}
    every = [*rows.rows, Row("", "=")]
    return {
        "join": [rows.join], "name": [row.name for row in every], "op": [row.operator for row in every],
        "value": [row.value for row in every],
    }  # fmt: skip


def _condition(said: Mapping[str, list[str]], shows: Shown, text: str) -> str | None:
    """Rows that were touched say it; else the text does."""
    parts = [list(said.get(name, [])) for name in ("name", "op", "value")]
    touched = "join" in shows and "join" in said and any(said.get(name) != shows[name] for name in ("join", "name", "op", "value"))
    if touched and len({len(part) for part in parts}) == 1 and text == shows[""][0].strip():
        join = "or" if said["join"][0] == "or" else "and"
        return text_of(Rows(join, tuple(Row(*row) for row in zip(*parts, strict=True)))) or None
    return text or None
