"""Every page: usable by everybody, at every width, light and dark."""

from __future__ import annotations

import pytest

from tests.browser.conftest import barriers

PAGES = (
    "/today/",
    "/today/1/",
    "/customers/",
    "/customers/?q=nobody",
    "/customers/1/",
    "/cases/",
    "/cases/G20260820-003/",
    "/password/",
    "/nowhere/",
)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_no_page_has_barriers(open_page, width, scheme):
    page = open_page("s01", "/today/", width, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        if said := barriers(page):
            found[path] = said
    assert not found


@pytest.mark.parametrize("width", [768, 390, 320])
def test_no_page_is_wider_than_the_screen(open_page, width):
    page = open_page("s01", "/today/", width)
    wide = {}
    for path in (*PAGES, "/sign-in/"):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[path] = over
    assert not wide


def test_signing_in_has_no_barriers(open_page):
    page = open_page("", "/sign-in/", 390)
    assert not barriers(page)


def test_all_parts_have_no_barriers(open_page):
    for scheme in ("light", "dark"):
        page = open_page("x01", "/design/", color_scheme=scheme)
        assert not barriers(page)
