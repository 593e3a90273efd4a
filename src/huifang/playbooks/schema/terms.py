"""What every part of a playbook is made of: names, spans, shares, titles, and `Part` itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from huifang.domain.errors import Invalid
from huifang.domain.languages import CHINESE, COUNTRIES, TAG, tag_of
from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words

_KEY = r"^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$"
_NAME = r"^[a-z][a-z0-9_]*$"
_KIND = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"

Key = Annotated[str, Field(pattern=_KEY, max_length=60)]
"""A programme, questionnaire, register...: lower case, words joined by hyphens."""
Name = Annotated[str, Field(pattern=_NAME, max_length=60)]
"""Something conditions can name: lower case with underscores."""
Kind = Annotated[str, Field(pattern=_KIND, max_length=60)]
"""An event or agreement kind: names joined by dots, ``job.settled``."""
Condition = Annotated[str, Field(min_length=1, max_length=2000)]
"""Text in the expression language (`expressions`)."""


def refused(what: Words, remedy: Words) -> PydanticCustomError:
    """A validation error that carries its words in both languages."""
    context = {"what_zh": what.zh, "what_en": what.en, "remedy_zh": remedy.zh, "remedy_en": remedy.en}
    return PydanticCustomError("words", "{what_en} {remedy_en}", context)


def _span(value: object) -> Span:
    if isinstance(value, Span):
        return value
    try:
        return Span.parse(str(value))
    except Invalid as error:
        raise refused(error.problems[0].what, error.problems[0].remedy) from error


def _share(value: object) -> float:
    text = str(value).strip()
    try:
        share = float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise refused(
            Words(f"“{text}”不是 0 % 到 100 % 之间的比例。", f"“{text}” is not a share between 0 % and 100 %."),
            Words("请写成 95 %。", "Write it as 95 %."),
        )
    return share


def _words(value: object) -> object:
    if isinstance(value, str):
        return Words(value, value)
    if isinstance(value, dict) and {"zh", "en"} <= set(value) and all(isinstance(said, str) for said in value.values()):
        return Words(value["zh"], value["en"], tuple((_further(tag), said) for tag, said in value.items() if tag not in ("zh", "en")))
    if isinstance(value, Words):
        return value
    raise refused(
        Words("这里要有中英文两种文字。", "The words are needed in Chinese and in English."),
        Words("请写成 {zh: 中文, en: English}。", "Write {zh: 中文, en: English}."),
    )


def _further(value: object) -> str:
    """The tag of a language beside Chinese and English."""
    tag = tag_of(str(value))
    if tag is None:
        known = COUNTRIES.get(str(value).lower())
        say = Words("请写 ja、zh-Hant 这样的标签。", "Write a tag as ja or zh-Hant.")
        remedy = Words(f"要写“{known}”吗？", f"Is “{known}” meant?") if known else say
        raise refused(Words(f"“{value}”不是语言标签。", f"“{value}” is not the tag of a language."), remedy)
    if tag in ("zh", "en", CHINESE):
        what = Words(f"“{value}”就是 {tag[:2]}，每份方案都有。", f"“{value}” is {tag[:2]}, which every playbook has.")
        raise refused(what, Words("请删去，或写另一种语言。", "Take it out, or write another language."))
    return tag


_SPAN_SHOWN = {"type": "string", "description": "1 day, 3 working days, 2 h, 6 months"}
SpanText = Annotated[Span, BeforeValidator(_span), WithJsonSchema(_SPAN_SHOWN)]
WHOLE_DAYS = frozenset({Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR})
"""Units of spans that have no parts of a day and no working days in them."""
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema({"type": ["string", "number"], "description": "95 %"})]
"""A share from 0 to 1, written ``95 %``."""
CutText = Annotated[str, Field(pattern=r"^(top (100|[1-9]?\d(\.\d+)?) ?%|\d+(\.\d+)?)$", max_length=20)]
"""A cut: ``top 20 %`` of the customers, or a number that must be reached."""
_SAID: dict[str, Any] = {"type": "string"}
Title = Annotated[
    Words,
    BeforeValidator(_words),
    WithJsonSchema(
        {
            "anyOf": [
                _SAID,
                {
                    "type": "object",
                    "properties": {"zh": _SAID, "en": _SAID},
                    "required": ["zh", "en"],
                    "patternProperties": {f"^{TAG}$": _SAID},
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
LanguageTag = Annotated[str, BeforeValidator(_further), WithJsonSchema({"type": "string", "pattern": f"^{TAG}$"})]
"""A language of customers beside Chinese and English: ``ja``, ``zh-Hant``."""
HoursText = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""A stretch of the day, ``09:00-12:00``; the end is not included."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVENT_STAFF = "event staff"
Role = Literal["agent", "supervisor", "reviewer", "manager", "administrator"]


class Part(BaseModel):
    """A part of a playbook: unknown keys are errors, keys are written with spaces."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True, coerce_numbers_to_str=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", " "),
    )  # fmt: skip
