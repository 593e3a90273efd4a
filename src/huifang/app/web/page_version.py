"""A page that was opened before an upgrade is opened anew, at a moment when nothing that was typed goes with it.

What htmx asks for carries the version of the page it is asked for by. Where that is an older one, an answer that would take the place of
all that can be typed into anyway is no answer but the order to load the whole page: whatever was sent has been kept by then, and what was
typed meanwhile is a draft as before. Every other part is put into the old page, as nothing may be lost for a number in a corner.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huifang.app import static_files
from huifang.app.records.models import Staff

HEADER = "X-Version"
"""What the page says of itself; it stands in its body (web/root.html)."""
LEAD_ON = frozenset({"today", "found"})
"""Elements whose answer has an address of its own: the workbench with what is in hand, the customers that were found."""
LIVE = frozenset({"day-live", "import-live", "board"})
"""Elements that look after themselves under the address that is open; nothing is typed beside them."""


class PageVersionMiddleware:
    """Sends the browser to the whole page in place of a part, where the open page is of another version."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.respond(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _kwargs: object) -> HttpResponse | None:
        """Only what is read: a form that is sent does its work first, and where it is refused its words are in the answer."""
        page, part = request.headers.get(HEADER), request.headers.get("HX-Target")
        if request.method != "GET" or page is None or page == static_files.version() or not isinstance(request.user, Staff):
            return None
        if part in LEAD_ON:
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        return HttpResponse(headers={"HX-Refresh": "true"}) if part in LIVE else None
