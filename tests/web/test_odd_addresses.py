"""Addresses typed by hand: a number that no row can have, a day at the edge of the calendar. Nothing is there, and nothing breaks."""

from __future__ import annotations

import pytest
from django.urls import URLPattern
from django.urls.converters import IntConverter

from huifang.app.web.urls import urlpatterns
from tests.web.conftest import SignIn
from tests.web.scene import Scene

_HUGE = 10**20
_DAYS = ("0001-01-01", "0001-12-31", "1899-12-31", "1900-01-01", "2199-12-31", "9999-12-31", "9999-99-99", "2026-W01-1", "")
_PAGES = ("day", "closing", "scores", "schedule", "overview", "plan", "registers", "registers/repair-shop/daily-due", "cases", "outbox")


def _numbered() -> list[str]:
    """The routes that have nothing but numbers in them."""
    found = []
    for each in urlpatterns:
        converters = each.pattern.converters if isinstance(each, URLPattern) else {}
        if converters and all(isinstance(kind, IntConverter) for kind in converters.values()):
            route = str(each.pattern)
            for name in converters:
                route = route.replace(f"<int:{name}>", str(_HUGE))
            found.append(f"/{route}")
    return found


@pytest.mark.parametrize("role", ["agent", "supervisor", "manager", "administrator"])
def test_a_number_that_no_row_can_have_is_not_found(scene: Scene, signed_in: SignIn, role: str) -> None:
    client, routes = signed_in(getattr(scene, role)), _numbered()
    client.raise_request_exception = False
    assert len(routes) > 40
    broken = [(route, way) for route in routes for way in ("get", "post") if getattr(client, way)(route).status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("page", _PAGES)
def test_a_day_at_the_edge_of_the_calendar_is_a_page_as_any(scene: Scene, signed_in: SignIn, page: str) -> None:
    client = signed_in(scene.manager)
    asked = [{name: day} for name in ("day", "week", "from", "to") for day in _DAYS] + [{"month": day[:7]} for day in _DAYS]
    asked += [{"period": period, "day": day} for period in ("week", "month", "quarter", "year") for day in _DAYS]
    assert {client.get(f"/{page}/", each).status_code for each in asked} <= {200}
