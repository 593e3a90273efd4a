"""The icons of all pages stand in one sheet, which a browser keeps for ever."""

import re
from pathlib import Path

from django.templatetags.static import static
from django.test import Client

from huifang.app import icon_sheet
from huifang.app.web.templatetags.huifang import badge, icon

APP = Path(icon_sheet.__file__).parent
_TAG = re.compile(r'\{% icon "([a-z0-9-]+)"|\{% empty "([a-z0-9-]+)"|\{% badge (?:[^%]*?) "[a-z]*" "([a-z0-9-]+)"')


def _asked_for() -> set[str]:
    texts = (path.read_text("utf-8") for path in APP.rglob("*.html"))
    return {name for text in texts for names in _TAG.findall(text) for name in names if name}


def test_every_icon_that_a_template_names_is_in_the_sheet():
    assert len(_asked_for()) > 90
    assert _asked_for() - icon_sheet.NAMES == set(), "add these to icon_sheet.NAMES"


def test_nothing_is_in_the_sheet_that_nobody_asks_for():
    others = [path for path in APP.rglob("*") if path.suffix in (".html", ".py") and path.name != "icon_sheet.py"]
    words = {word for path in others for word in re.findall(r'"([a-z0-9-]+)"', path.read_text("utf-8"))}
    assert icon_sheet.NAMES - words == set()


def test_a_page_names_its_icons_and_the_sheet_draws_them_for_ever():
    address = static(icon_sheet.NAME)
    assert icon("phone", 20) == f'<svg width="20" height="20" aria-hidden="true"><use href="{address}#phone"/></svg>'
    answer = Client().get(address)
    drawn = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    for name in icon_sheet.NAMES:
        assert re.search(rf'<symbol id="{name}" viewBox="0 0 24 24" [^>]*stroke="currentColor"[^>]*><', drawn), name


def test_the_sheet_is_a_fraction_of_that_on_the_wire():
    answer = Client().get(static(icon_sheet.NAME), headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(b"".join(answer.streaming_content)) <= 10_000


def test_an_icon_outside_the_sheet_is_drawn_into_the_page():
    assert "axe" not in icon_sheet.NAMES
    assert "<path" in icon("axe")
    assert "<use" not in icon("axe")


def test_a_badge_has_its_icon_and_its_words():
    drawn = r'<span class="badge badge-good"><svg [^>]*><use href="[^"]*#check"/></svg>1,280</span>'
    assert re.fullmatch(drawn, badge(1280, "good", "check"))
