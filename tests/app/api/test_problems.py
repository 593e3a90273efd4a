"""Whatever goes wrong, a program gets problem details that it can read, with words in both languages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from huifang.app.api import value_words
from huifang.app.api.value_words import words_of
from huifang.app.records.models import Event
from tests.app.api.caller import Caller, key
from tests.app.cast import Cast

EVENT = {"customer": "KH1", "kind": "job.settled", "code": "W-9", "at": "2026-11-19T16:40:00+08:00"}


@pytest.fixture
def system(cast: Cast) -> Caller:
    return key(cast.an)


def told(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The first problem of an answer that is problem details of this status and code."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()  # type: ignore[attr-defined]  # the test client's
    assert (body["status"], body["code"]) == (status, code)
    return dict(body["problems"][0])


def test_a_fault_of_ours_is_told_as_any_other_and_the_same_key_then_goes_through(
    cast: Cast, system: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.client.raise_request_exception = False

    def fails(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("huifang.app.services.intake.take", fails)
        said = told(system("POST", "events", EVENT, token="t-1"), 500, "api.broken")
    assert "Idempotency-Key" in said["remedy"]["zh"]
    assert "disk" not in str(said)
    assert system("POST", "events", EVENT, token="t-1").status_code == 201
    assert Event.objects.count() == 1


def test_a_host_that_is_not_ours_is_told_as_any_other_fault(cast: Cast, system: Caller) -> None:
    answer = system.client.get("/api/v1/customers", headers={"Authorization": f"Bearer {system.text}", "Host": "elsewhere.example"})
    told(answer, 400, "api.unreadable")


@pytest.mark.parametrize(
    ("change", "code", "zh"),
    [
        ({"at": "2026-11-19T16:40:00"}, "value-error", "请写明时区"),
        ({"at": "2286-11-19T16:40:00+08:00"}, "value-error", "年份不在 1900–2100 之内"),
        ({"at": "gestern"}, "datetime-from-date-parsing", "应为带时区的时间"),
        ({"kind": "Settled"}, "string-pattern-mismatch", "文字的写法不对"),
        ({"kind": "x" * 61}, "string-too-long", "最多 60 个字"),
        ({"customer": 7}, "string-type", "应为文字"),
        ({"amount": "1.234"}, "decimal-max-places", "最多 2 位"),
        ({"amount": "viel"}, "decimal-parsing", "应为数字"),
        ({"attributes": []}, "dict-type", "应为对象"),
        ({"kind": None}, "string-type", "应为文字"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_in_both_languages(
    cast: Cast, system: Caller, change: dict[str, object], code: str, zh: str
) -> None:
    said = told(system("POST", "events", {**EVENT, **change}), 422, f"api.{code}")
    assert zh in said["what"]["zh"]
    assert said["what"]["en"].isascii() or "–" in said["what"]["en"]
    assert said["where"] == f"body.{next(iter(change))}"


def test_what_lacks_and_what_is_none_of_several_is_said_in_both_languages(cast: Cast, system: Caller) -> None:
    assert told(system("POST", "events", {"customer": "KH1"}), 422, "api.missing")["what"]["zh"] == "缺少这个字段。"
    said = told(system("PUT", "customers/KH1/status", {"status": "gone"}), 422, "api.literal-error")
    assert "、" in said["what"]["zh"]
    assert " or " not in said["what"]["zh"]
    language = told(system("PUT", "customers/KH1", {"name": "周新", "language": "jp"}), 422, "api.value-error")
    assert language["what"]["zh"] != language["what"]["en"]


class Model(BaseModel):
    value: int


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


WRONG: list[tuple[Any, Any]] = [
    (Model, {}), (Model, 3), (Read, 3), (str, 1), (Annotated[str, Field(min_length=2)], "a"), (Annotated[str, Field(max_length=2)], "abc"),
    (Annotated[str, Field(pattern="^a$")], "b"), (int, []), (int, "x"), (int, 1.5), (float, []), (float, "x"),
    (Decimal, []), (Decimal, "x"),
    (Annotated[Decimal, Field(max_digits=2)], "123"), (Annotated[Decimal, Field(decimal_places=1)], "1.23"),
    (Annotated[Decimal, Field(max_digits=3, decimal_places=2)], "12"), (Annotated[float, Field(allow_inf_nan=False)], "nan"),
    (bool, []), (bool, "x"), (Annotated[int, Field(gt=1)], 1), (Annotated[int, Field(ge=1)], 0), (Annotated[int, Field(lt=1)], 1),
    (Annotated[int, Field(le=1)], 2), (Literal["a", "b", "c"], "d"), (Colour, "green"), (date, []),
    (date, "x"), (date, "2026-11-22T09:30:00"), (datetime, []), (datetime, "x"), (list[int], 1),
    (dict[str, int], 1), (Annotated[list[int], Field(min_length=1)], []), (Annotated[list[int], Field(max_length=1)], [1, 2]),
]  # fmt: skip


def test_every_word_fits_the_error_it_is_for() -> None:
    said = {}
    for kind, value in WRONG:
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(kind).validate_python(value)
        [error] = caught.value.errors()
        said[error["type"]] = words_of(dict(error)).zh
    assert set(value_words._CHINESE) - set(said) == set()
    assert all("{" not in words and not words.startswith("这个值") for words in said.values())
    assert said["literal_error"] == "应为 'a'、'b'、'c' 之一。"


def test_an_error_without_words_is_said_generally() -> None:
    assert words_of({"type": "url_scheme", "msg": "URL scheme should be 'http'"}).zh == "这个值不符合要求。"
