"""The icons of all pages in one file, which a browser fetches once; `static_files` puts it among the others.

A page names an icon with ``<use href>``. An icon that is not in the sheet is drawn into the page; a test keeps `NAMES` and what the
templates ask for together.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

_NAMES = """
archive arrow-down arrow-left arrow-right arrow-right-left arrow-up audio-lines ban bell bell-ring book-open bot calendar calendar-check
calendar-clock calendar-cog calendar-days calendar-plus calendar-range calendar-search calendar-x chart-bar-decreasing chart-line
chart-no-axes-column check check-check chevron-down chevron-left chevron-right circle-alert circle-check circle-off circle-question-mark
circle-x clipboard-check clipboard-list clock coins combine copy-plus download external-link eye file-chart-column file-input file-plus
file-spreadsheet file-text file-type file-up flask-conical folder-open frown gauge git-compare git-merge graduation-cap hand hand-coins
handshake history hourglass inbox info key-round keyboard library-big lightbulb link list-checks loader lock log-out mail map-pin menu
message-circle message-circle-reply message-square message-square-quote message-square-warning mic monitor moon mouse-pointer-click
move-right octagon-x paperclip party-popper pause pencil phone phone-call phone-forwarded phone-incoming phone-off plane play plus
printer qr-code receipt-text refresh-cw rotate-ccw save scale scroll-text search search-check search-x send settings settings-2
shield-check signature siren sliders-horizontal smile sparkles split square store sun sunrise table-2 target telescope thumbs-up ticket
ticket-check ticket-percent trash-2 triangle-alert undo-2 upload user user-check user-plus user-search user-x users wand-sparkles wifi-off x
zap
"""
NAMES = frozenset(_NAMES.split())
"""The icons of the sheet, by their lucide names."""
NAME = "icons.svg"
"""What the sheet is called among the static files."""
_LINES = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def sheet() -> str:
    """The whole file: a symbol for each icon, in the colour of the words beside it."""
    with files("lucide").joinpath("lucide.zip").open("rb") as packed, ZipFile(packed) as drawings:
        symbols = "".join(_symbol(name, drawings.read(f"{name}.svg").decode()) for name in sorted(NAMES))
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def made_from() -> bytes:
    """What the sheet depends on: this file and the version of the drawings."""
    return Path(__file__).read_bytes() + version("lucide").encode()


def _symbol(name: str, drawing: str) -> str:
    found = _INSIDE.search(drawing)
    shapes = re.sub(r"\s+", " ", found[1]).replace(" />", "/>").replace("> <", "><").strip() if found else ""
    return f'<symbol id="{name}" viewBox="0 0 24 24" {_LINES}>{shapes}</symbol>'
