"""The living pages show every part: each class of the shared style sheets and each partial template has its place on them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

import huifang.app.web

WEB = Path(huifang.app.web.__file__).parent
PARTS = WEB / "templates" / "web" / "parts"
SCRIPTED = {"htmx-request"}
"""Classes that only a script puts on, while a request is under way."""
FRAME = {"base.html", "root.html"}
"""What every page stands in: its parts are shown around the living pages."""


def shown(signed_in, scene, language):
    client = signed_in(scene.administrator, language)
    pages = [client.get(reverse(name)) for name in ("design", "design-patterns")]
    assert [page.status_code for page in pages] == [200, 200]
    return pages


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("sheet", ["components", "pages-admin"])
def test_every_class_of_the_shared_style_sheets_stands_on_a_living_page(scene, signed_in, sheet, language):
    html = " ".join(page.content.decode() for page in shown(signed_in, scene, language))
    there = {name for classes in re.findall(r'class="([^"]*)"', html) for name in classes.split()}
    css = re.sub(r"/\*.*?\*/", "", (WEB / "static" / "web" / "css" / f"{sheet}.css").read_text("utf-8"), flags=re.DOTALL)
    named = {name for selector in re.findall(r"([^{}]*)\{", css) for name in re.findall(r"\.([a-z][\w-]*)", selector)}
    assert len(named) > 60
    assert not named - there - SCRIPTED, f"give these a place in templates/web/design*.html: {sorted(named - there - SCRIPTED)}"


def _drawn_by_tags():
    """Partial template → names of the tags that may draw it: the function before its name, and the one behind a decorator that names it."""
    found: dict[str, set[str]] = {}
    for path in (WEB / "templatetags").glob("*.py"):
        before, waiting = "", []
        for line in path.read_text("utf-8").splitlines():
            if made := re.match(r"def _?(\w+)\(", line):
                before = made[1]
                for part in waiting:
                    found[part].add(before)
                waiting = []
            for part in re.findall(r"web/parts/(\w+)\.html", line):
                found.setdefault(part, {before})
                waiting.append(part)
    return found


def test_every_partial_template_has_its_place():
    places, frame = (
        [WEB / "templates" / "web" / "design.html", WEB / "templates" / "web" / "design_patterns.html"],
        WEB / "templates" / "web",
    )
    text = "".join(path.read_text("utf-8") for path in (*places, *(frame / name for name in FRAME)))
    drawn = _drawn_by_tags()
    parts = {path.stem for path in PARTS.glob("*.html")}
    found: set[str] = set()
    while True:
        names = set(re.findall(r"web/parts/(\w+)\.html", text)) | {
            part for part, near in drawn.items() if any(f"{{% {tag} " in text for tag in near)
        }
        if names <= found:
            break
        found |= names
        text += "".join((PARTS / f"{name}.html").read_text("utf-8") for name in names)
    assert not parts - found, f"give these a place in templates/web/design*.html: {sorted(parts - found)}"


def test_the_living_pages_stay_light(scene, signed_in):
    for page in shown(signed_in, scene, "zh-hans"):
        assert len(page.content) < 60_000


def test_every_file_field_speaks_the_page_s_language():
    """Surveys, which customers open in a browser of their own, leave it to the browser."""
    named = 0
    for path in (WEB / "templates" / "web").rglob("*.html"):
        if path.parent.name == "survey":
            continue
        text = path.read_text("utf-8")
        fields = re.findall(r'(<span class="file" [^\n]*?)?<input [^<>]*type="file"', text)
        assert all(fields), f'{path}: put it into a <span class="file"> with parts/file_words.html'
        named += len(fields)
    assert named > 5
