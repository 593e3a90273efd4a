"""Which case a follow-up asks about again, after the case was closed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from huifang.app.records.models import Request

_SOURCE = "case:"


def case_asked_about(customer_id: int, occurrences: Iterable[tuple[str, str]]) -> int | None:
    """The case behind a customer's occurrences, each a programme and a cause; None where they are about something else.

    An event's number may be a request's too: the programme tells them apart. At most one query.
    """
    wanted = [Q(programme=programme, pk=int(cause)) for programme, cause in occurrences if cause.isdecimal()]
    if not wanted:
        return None
    asked = Request.objects.filter(Q(*wanted, _connector=Q.OR), customer_id=customer_id, source__startswith=_SOURCE)
    source = asked.order_by("-pk").values_list("source", flat=True).first()
    return int(source.split(":")[1]) if source is not None else None
