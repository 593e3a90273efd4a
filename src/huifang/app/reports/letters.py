"""Letters as one PDF, set by typst. Names and words reach the page as JSON values, never as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from huifang.app.services.letters import Letter

_PAGES = Path(__file__).parent / "typst"


def letters_pdf(letters: Sequence[Letter]) -> bytes:
    """The document's bytes, each letter on a sheet of its own; at least one letter."""
    pdf = typst.compile(
        _PAGES / "letter.typ",
        root=_PAGES,
        sys_inputs={"data": json.dumps({"letters": [asdict(letter) for letter in letters]}, ensure_ascii=False)},
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,
    )
    return bytes(pdf)
