"""What pydantic finds wrong, told to the reader: one problem a place, in both languages, with the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huifang.domain.errors import Problem
from huifang.domain.words import Words
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.places import place_of
from huifang.playbooks.schema import TRIGGER_KEYS
from huifang.playbooks.shape import keys_at
from huifang.playbooks.yaml_tree import Path

_TYPES = {
    "string": Words("文字", "a text"), "int": Words("整数", "a whole number"), "float": Words("数字", "a number"),
    "bool": Words(" true 或 false", "true or false"), "dict": Words("一组“键: 值”", "keys with values"),
    "model": Words("一组“键: 值”", "keys with values"), "tuple": Words("一个列表", "a list"), "list": Words("一个列表", "a list"),
}  # fmt: skip
_PATTERNS = Words(
    "用小写字母、数字、连字符或下划线，以字母开头；时段写成 09:00-12:00；国家写成 CN。",
    "Use lower-case letters, digits, hyphens or underscores, beginning with a letter; hours as 09:00-12:00; a country as CN.",
)
_CHANGE = Words("请改正这个值。", "Put this value right.")


def told(errors: Sequence[Mapping[str, Any]], data: Any, lines: Mapping[Path, int], file: str) -> list[Problem]:
    """Pydantic's errors as problems, in the order of the file, one for each place."""
    problems: dict[Path, Problem] = {}
    for error in errors:
        path = _path(error["loc"], data)
        if path not in problems:
            code, what, remedy = _words(error)
            problems[path] = Problem(f"playbook.{code}", what, remedy, place_of(path, lines, file))
    return sorted(problems.values(), key=lambda problem: problem.place.line or 0)


def _path(location: tuple[str | int, ...], data: Any) -> Path:
    """The part of a location that is in the file, and a missing last key; names of union members are left out."""
    path: Path = ()
    for index, part in enumerate(location):
        inside = isinstance(data, dict) and part in data
        inside = inside or (isinstance(data, list) and isinstance(part, int) and part < len(data))
        if inside:
            data = data[part]
            path = (*path, part)
        elif index == len(location) - 1 and isinstance(data, dict) and part in keys_at(location[:index]):
            path = (*path, part)
    return path


def _words(error: Mapping[str, Any]) -> tuple[str, Words, Words]:
    kind, location, context = str(error["type"]), error["loc"], error.get("ctx", {})
    key = str(location[-1]) if location else ""
    if kind == "words":
        return "value", Words(context["what_zh"], context["what_en"]), Words(context["remedy_zh"], context["remedy_en"])
    if kind == "missing":
        return "missing", Words(f"缺少“{key}”。", f"“{key}” is missing."), Words("请补上这个键。", "Add this key.")
    if kind == "extra_forbidden":
        return "unknown-key", Words(f"不认识“{key}”。", f"“{key}” is not a key of this part."), suggestion(key, keys_at(location[:-1]))
    if kind.startswith("union_tag"):
        return "trigger", *_TRIGGER
    if kind in {"literal_error", "enum"}:
        return "choice", _given(error), _choices(str(context.get("expected", "")), error["input"])
    if kind == "string_pattern_mismatch":
        return (
            "form",
            Words(f"“{_short(error['input'])}”的写法不对。", f"“{_short(error['input'])}” is not written as it should be."),
            _PATTERNS,
        )
    return _measure(kind, error, context)


_TRIGGER = (
    Words("“when”没有说明何时到期。", "“when” does not say when it falls due."),
    Words(
        "请写以下之一：" + "、".join(TRIGGER_KEYS) + "，例如 {after: job.settled, wait: 1 day}。",
        "Write one of " + ", ".join(TRIGGER_KEYS) + ", as in {after: job.settled, wait: 1 day}.",
    ),
)


def _measure(kind: str, error: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, Words, Words]:
    base = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_attributes").split("_from_")[0]
    if base in _TYPES:
        wanted = _TYPES[base]
        return "type", _given(error), Words(f"这里要的是{wanted.zh}。", f"Here {wanted.en} is needed.")
    limit = next((context[name] for name in ("ge", "le", "gt", "lt", "max_length", "min_length") if name in context), "")
    if kind in {"too_short", "string_too_short"}:
        return "few", Words("这里不能是空的。", "This must not be empty."), Words("请至少写一项。", "Write at least one.")
    if kind in {"too_long", "string_too_long"}:
        return "long", Words("这里太长。", "This is too long."), Words(f"最多 {limit}。", f"At most {limit}.")
    if limit != "":
        least = kind.startswith("greater")
        return (
            "range",
            _given(error),
            Words(f"要{'不小于' if least else '不大于'} {limit}。", f"It must be at {'least' if least else 'most'} {limit}."),
        )
    return "value", _given(error), _CHANGE


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _given(error: Mapping[str, Any]) -> Words:
    given = _short(error["input"])
    return Words(f"“{given}”不能用在这里。", f"“{given}” cannot stand here.")


def _choices(expected: str, given: object) -> Words:
    options = expected.replace(" or ", ", ").replace("'", "").split(", ")
    return suggestion(str(given), options)
