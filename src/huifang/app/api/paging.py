"""Pages by key: a page begins behind the last row of the one before, so that rows that come in between are neither missed nor doubled."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Schema
from pydantic import ConfigDict, Field

from huifang.app.api.problems import Refused
from huifang.domain.errors import Place, Problem
from huifang.domain.words import Words

MOST = 200
T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Taken(Schema):
    """What a request may hold; a field that is not listed is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Pages(Taken):
    """Which page."""

    limit: int = Field(50, ge=1, le=MOST, description="Rows of a page.")
    cursor: str = Field("", max_length=200, description="`next` of the page before; empty for the first.")


def page(
    request: HttpRequest, rows: QuerySet[M], pages: Pages, shape: Callable[[list[M]], list[T]], by: str = "pk", kind: type = int
) -> dict[str, Any]:
    """The page in the order of the unique column `by`: `items` as `shape` makes them, and `next`, empty on the last page.

    Raises `Refused` for a cursor that no page gave and for a parameter that there is not.
    """
    _known(request, pages)
    if pages.cursor:
        rows = rows.filter(**{f"{by}__gt": _read(pages.cursor, kind)})
    found = list(rows.order_by(by)[: pages.limit + 1])
    shown = found[: pages.limit]
    return {"items": shape(shown), "next": _write(getattr(shown[-1], by)) if len(found) > pages.limit else ""}


def _known(request: HttpRequest, pages: Pages) -> None:
    unknown = sorted(set(request.GET) - set(type(pages).model_fields))
    if unknown:
        what = Words("没有这个查询参数。", "There is no such query parameter.")
        remedy = Words("请删去或改正参数名。", "Leave it out or mend its name.")
        raise Refused(422, Problem("api.unknown-field", what, remedy, Place(key=f"query.{unknown[0][:60]}")))


def _write(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _read(cursor: str, kind: type) -> Any:
    try:
        value: Any = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        value = None
    fits = 0 <= value < 2**63 if isinstance(value, int) else isinstance(value, str) and "\0" not in value
    if type(value) is not kind or not fits:
        raise Refused(
            422,
            Problem(
                "api.cursor",
                Words("cursor 不是上一页给出的值。", "The cursor is not one that a page gave."),
                Words("请原样使用上一页的 next。", "Use `next` of the page before as it is."),
                Place(key="query.cursor"),
            ),
        )
    return value
