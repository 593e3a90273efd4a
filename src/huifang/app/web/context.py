"""What every page knows: who is signed in, the sidebar, language and theme, the version."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from huifang.app import business_clock, static_files
from huifang.app.records.models import Staff
from huifang.app.web.navigation import links_for


def page(request: HttpRequest) -> dict[str, Any]:
    """For the template engine; reads nothing from the database beyond the signed-in person, but for `links` where a page shows them."""
    user = getattr(request, "user", None)
    staff = user if isinstance(user, Staff) else None
    return {
        "staff": staff,
        "links": SimpleLazyObject(lambda: links_for(staff, request.path)) if staff else [],
        "theme": staff.theme if staff else request.COOKIES.get("theme", "system"),
        "demo": settings.HUIFANG.demo,
        "page_version": static_files.version(),
        "server_clock": int(business_clock.now().timestamp() * 1000),
        "server_zone": settings.TIME_ZONE,
    }
