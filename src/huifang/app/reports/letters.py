"""Letters as one PDF, set by typst. Names and words reach the page as JSON values, never as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from huifang.app.reports.envelopes import ENVELOPES, Envelope, Letter

_PAGES = Path(__file__).parent / "typst"
_SENDER = 12.7
"""Millimetres of the window that the sender's line takes where it stands in it."""


def letters_pdf(letters: Sequence[Letter], envelope: str = "din-5008-b") -> bytes:
    """The document's bytes, each letter on a sheet of its own with the address in the window of `envelope`; at least one letter."""
    data = {"letters": [asdict(letter) for letter in letters], "sheet": _sheet(ENVELOPES[envelope])}
    pdf = typst.compile(
        _PAGES / "letter.typ",
        root=_PAGES,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,
    )
    return bytes(pdf)


def _sheet(envelope: Envelope) -> dict[str, object]:
    """Millimetres from the sheet's left and upper edge."""
    left, top, width, height = envelope.seen
    inside = _SENDER if envelope.sender else 0.0
    return {
        "paper": envelope.paper, "left": left, "width": width, "top": top + inside, "height": height - inside,
        "sender_top": top if envelope.sender else 20.0, "sender_height": inside or 5.0, "folds": [envelope.panel, 2 * envelope.panel],
        "body": top + height + 14.0,
    }  # fmt: skip
