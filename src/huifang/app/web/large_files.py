"""Files of many rows on the page they belong to: each form, and how one's own request for it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huifang.app import business_clock
from huifang.app.access import EXPORT, may
from huifang.app.queries.exports import FORMS
from huifang.app.records.models import ExportRequest, Staff
from huifang.app.services import export_requests, exports
from huifang.app.services.export_requests import Wanted


@dataclass(frozen=True, slots=True)
class Asking:
    """A file that a second person must allow, where it is asked for, and one's own open request for it."""

    title: str
    address: str
    open: ExportRequest | None


def asking(staff: Staff, rows: int, wanted: Iterable[tuple[Wanted, str]]) -> list[Asking]:
    """Each wanted file with the address it is asked for at; nothing where one person may take so many rows alone."""
    if rows <= exports.ALONE or not may(staff, EXPORT):
        return []
    now = business_clock.now()
    return [Asking(FORMS[one.form], address, export_requests.open_of(staff, one, now)) for one, address in wanted]
