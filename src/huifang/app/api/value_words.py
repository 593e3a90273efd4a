"""What is wrong with a value of a request, in both languages."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from huifang.domain.words import Words

_CHINESE = {
    "missing": "缺少这个字段。",
    "string_type": "应为文字。",
    "string_too_short": "文字太短，至少 {min_length} 个字。",
    "string_too_long": "文字太长，最多 {max_length} 个字。",
    "string_pattern_mismatch": "文字的写法不对，应符合 {pattern}。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_from_float": "应为整数，不带小数。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "decimal_type": "应为数字。",
    "decimal_parsing": "应为数字。",
    "decimal_max_digits": "数字太长，最多 {max_digits} 位。",
    "decimal_max_places": "小数太长，最多 {decimal_places} 位。",
    "decimal_whole_digits": "整数部分太长，最多 {whole_digits} 位。",
    "finite_number": "数字太大，或不是数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "不能大于 {le}。",
    "literal_error": "应为 {expected} 之一。",
    "enum": "应为 {expected} 之一。",
    "date_type": "应为日期，例如 2026-11-22。",
    "date_from_datetime_parsing": "应为日期，例如 2026-11-22。",
    "date_from_datetime_inexact": "应为日期，不带时间，例如 2026-11-22。",
    "datetime_type": "应为带时区的时间，例如 2026-11-22T09:30:00+08:00。",
    "datetime_from_date_parsing": "应为带时区的时间，例如 2026-11-22T09:30:00+08:00。",
    "list_type": "应为列表。",
    "dict_type": "应为对象，由字段和值组成。",
    "model_type": "应为对象，由字段和值组成。",
    "model_attributes_type": "应为对象，由字段和值组成。",
    "too_short": "项数太少，至少 {min_length} 项。",
    "too_long": "项数太多，最多 {max_length} 项。",
}
"""By pydantic's type of error; the numbers are those of its context. English is pydantic's own."""


def wrong(words: Words) -> PydanticCustomError:
    """What a validator of our own raises."""
    return PydanticCustomError("value_error", "{en}", {"zh": words.zh, "en": words.en})


def words_of(error: dict[str, Any]) -> Words:
    """The words for one of pydantic's errors, as its `errors()` has them."""
    context, english = error.get("ctx", {}), f"{str(error['msg']).rstrip('.')}."
    if "zh" in context:
        return Words(context["zh"], context["en"])
    said = _CHINESE.get(error["type"], "这个值不符合要求。")
    return Words(said.format(**{name: _chinese(value) for name, value in context.items()}), english)


def _chinese(value: object) -> str:
    return str(value).replace(" or ", "、").replace(", ", "、")
