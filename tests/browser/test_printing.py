"""Registers as a browser prints them: wide tables lie, every card is a page with its own title and its own lines to sign."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pypdf import PdfReader

SEED = "tests.browser.forms_seed"


def printed(page):
    """The printed pages: width and height in points, and what stands on each without white space."""
    pages = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    return [(float(one.mediabox.width), float(one.mediabox.height), squeezed(one.extract_text())) for one in pages]


def squeezed(text):
    """Without white space, and with the signs that a print has radicals for as they are typed."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(str.maketrans("戶⻔", "户门"))


def test_each_card_is_a_page_with_its_title_and_its_own_lines_to_sign(open_page):
    page = open_page("s01", "/registers/home-owners/record-card/")
    names = page.locator(".sheet-form dd:first-of-type").all_inner_texts()
    title = page.locator(".sheet > .no-print .sheet-title").inner_text()
    pages = printed(page)
    assert len(pages) == len(names) == 3
    for (width, height, text), name in zip(pages, names, strict=True):
        assert width < height
        assert text.count(squeezed(title)) == 1
        assert name in text
        assert text.count("管理处负责人") == 1
    assert ["无需签名" in text for _width, _height, text in pages] == [False, True, False]


@pytest.mark.parametrize("form", ["property-sales/schedule", "property-sales/customer-book"])
def test_a_wide_table_lies_and_is_signed_once_at_its_end(open_page, form):
    page = open_page("s01", f"/registers/{form}/")
    heads, signs = page.locator("thead th").all_inner_texts(), page.locator(".sheet-sign span").all_inner_texts()
    pages = printed(page)
    assert all(width > height for width, height, _text in pages)
    assert all(squeezed(head) in pages[0][2] for head in heads)
    assert all(squeezed(who) in pages[-1][2] for who in signs)
    assert "没有排期表" not in pages[0][2]
