"""Errors of the interface: problem details (RFC 9457) with the words in both languages."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from huifang.app.api.value_words import words_of
from huifang.domain.errors import Conflict, HuifangError, NotAllowed, Place, Problem
from huifang.domain.words import Words

MEDIA = "application/problem+json"


class Said(Schema):
    """The same words in Chinese and English."""

    zh: str
    en: str


class ProblemPart(Schema):
    """One thing that is wrong."""

    code: str = Field(description="Stable; for programs.", examples=["customer.missing"])
    what: Said = Field(description="What is wrong.")
    remedy: Said = Field(description="What to do about it.")
    where: str = Field(default="", description="Field of the request, as a path.", examples=["body.contact_points[0].value"])
    row: int | None = Field(default=None, description="Number of the row in a batch, from 1.")


class ProblemAnswer(Schema):
    """What was wrong with a request (RFC 9457, `application/problem+json`)."""

    type: str = Field(examples=["urn:huifang:problem:customer.missing"])
    title: str = Field(description="The HTTP status in words.")
    status: int
    code: str = Field(description="Code of the first problem.")
    detail: str = Field(description="Everything in one text, in the language asked for by Accept-Language.")
    problems: list[ProblemPart]


class Refused(HuifangError):
    """A request that is refused with a status of its own."""

    def __init__(self, status: int, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem)
        self.status, self.headers = status, headers or {}


def install(api: NinjaAPI) -> None:
    """Every error of the interface becomes problem details."""
    api.add_exception_handler(HuifangError, _told)
    api.add_exception_handler(ValidationError, _not_valid)
    api.add_exception_handler(Http404, lambda request, _error: answer(request, 404, (nothing_here(),)))
    api.add_exception_handler(
        AuthenticationError, lambda request, _error: answer(request, 401, (no_key(),), {"WWW-Authenticate": "Bearer"})
    )
    api.add_exception_handler(HttpError, _unreadable)


def answer(request: HttpRequest, status: int, problems: tuple[Problem, ...], headers: dict[str, str] | None = None) -> HttpResponse:
    """Problem details in the language the caller asks for."""
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
    body = {
        "type": f"urn:huifang:problem:{problems[0].code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": problems[0].code,
        "detail": "\n".join(problem.say(language) for problem in problems),
        "problems": [_part(problem) for problem in problems],
    }
    return JsonResponse(body, status=status, content_type=MEDIA, headers=headers or {}, json_dumps_params={"ensure_ascii": False})


def nothing_here() -> Problem:
    """404."""
    return Problem(
        "api.nothing-here",
        Words("没有这个地址。", "There is nothing at this address."),
        Words("请对照接口说明核对路径。", "Compare the path with the description of the interface."),
    )


def not_so(methods: str) -> Problem:
    """405; `methods` are those that there are."""
    return Problem(
        "api.method",
        Words("这个地址不接受这种请求方法。", "This address does not take that method."),
        Words(f"可用的方法：{methods}。", f"It takes {methods}."),
    )


def broken() -> Problem:
    """500."""
    return Problem(
        "api.broken",
        Words("系统出错，已记入日志。", "Something went wrong on our side; the log has it."),
        Words(
            "请稍后带同一个 Idempotency-Key 重发；若仍出错，请把时间告诉管理员。",
            "Send it again later with the same Idempotency-Key; if it stays, tell the administrator the time.",
        ),
    )


def unreadable() -> Problem:
    """400."""
    return Problem(
        "api.unreadable",
        Words("请求无法读取。", "The request could not be read."),
        Words("请对照接口说明核对地址和内容。", "Compare address and body with the description of the interface."),
    )


def no_key() -> Problem:
    """401."""
    return Problem(
        "api.key",
        Words("没有有效的接口密钥。", "There is no valid key."),
        Words(
            "请在请求头写明 Authorization: Bearer 加密钥；密钥由管理员在设置里生成。",
            "Send “Authorization: Bearer” and the key; an administrator makes one in the settings.",
        ),
    )


def _told(request: HttpRequest, error: HuifangError | type[HuifangError]) -> HttpResponse:
    assert isinstance(error, HuifangError)  # noqa: S101 - ninja's signature allows the class itself
    if isinstance(error, Refused):
        return answer(request, error.status, error.problems, error.headers)
    if isinstance(error, NotAllowed):
        return answer(request, 404 if error.problems[0].code.endswith(".missing") else 403, error.problems)
    return answer(request, 409 if isinstance(error, Conflict) else 422, error.problems)


def _not_valid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)  # noqa: S101 - as above
    return answer(request, 422, tuple(_field(each) for each in error.errors))


def _unreadable(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)  # noqa: S101 - as above
    problem = Problem(
        "api.unreadable",
        Words("请求内容不是有效的 JSON。", "The body of the request is not valid JSON."),
        Words("请用 UTF-8 发送 JSON。", "Send JSON in UTF-8."),
    )
    return answer(request, error.status_code, (problem,))


def _field(error: dict[str, Any]) -> Problem:
    where = _path(error["loc"])
    if error["type"] == "extra_forbidden":
        what = Words("没有这个字段。", "There is no such field.")
        return Problem("api.unknown-field", what, Words("请删去或改正字段名。", "Leave it out or mend its name."), Place(key=where))
    return Problem(
        f"api.{str(error['type']).replace('_', '-')}",
        words_of(error),
        Words("请对照接口说明改正。", "See the description of the interface."),
        Place(key=where),
    )


def _path(parts: tuple[Any, ...]) -> str:
    """``('body', 'data', 'points', 0, 'value')`` → ``body.points[0].value``."""
    kept = [part for number, part in enumerate(parts) if not (number == 1 and parts[0] == "body" and part in ("data", "filters"))]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in kept).lstrip(".")


def _part(problem: Problem) -> dict[str, Any]:
    words = {"what": problem.what, "remedy": problem.remedy}
    said = {name: {"zh": each.zh, "en": each.en} for name, each in words.items()}
    return {"code": problem.code, **said, "where": problem.place.key, "row": problem.place.line}
