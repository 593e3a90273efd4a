"""The supervisor's pages in a real browser: no barriers, no page wider than the screen."""

from __future__ import annotations

import pytest

from tests.browser.conftest import barriers

SEED = "tests.browser.supervisor_seed"
PAGES = ("/day/", "/closing/", "/reviews/", "/reviews/?state=returned", "/reviews/1/", "/reviews/3/", "/scores/")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_no_page_has_barriers_or_is_wider_than_the_screen(open_page, width, scheme):
    page = open_page("s01", "/day/", width, color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if said := barriers(page) or (over > 0 and "too wide"):
            found[path] = said
    assert not found
