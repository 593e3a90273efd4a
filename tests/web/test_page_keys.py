"""The lists of keys: what their pages' scripts obey."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from huifang.app.web.page_keys import KEYS, Key
from huifang.app.web.templatetags.huifang import key_list

SCRIPTS = {"today": "today-keys"}


@pytest.mark.parametrize("page", KEYS)
def test_a_key_means_one_thing_on_its_page_and_its_script_knows_everything_listed(page):
    pressed = [press for key in KEYS[page] for press in key.press]
    assert len(pressed) == len(set(pressed))
    assert "?" in pressed
    script = Path(str(finders.find(f"web/js/{SCRIPTS.get(page, page)}.js"))).read_text()
    actions = script[script.index("obey({") :]
    for key in KEYS[page]:
        assert key.does in ("help", "leave") or re.search(rf"\b{key.does}(:|\()", actions), key.does


def test_keys_are_shown_as_they_are_printed():
    assert Key("a", ("Control+Enter", "Alt+ArrowLeft"), "").shown == [["Ctrl", "Enter"], ["Alt", "←"]]
    assert Key("b", tuple("0123"), "").shown == [["0"], ["3"]]
    assert Key("c", ("j", "ArrowDown"), "").shown == [["J"], ["↓"]]


@pytest.mark.parametrize("page", KEYS)
def test_every_list_is_told_in_chinese(page):
    with translation.override("zh-hans"):
        listed = key_list(page)
    for words in re.findall("<dd>(.*?)</dd>", listed):
        assert re.search("[\u4e00-\u9fff]", words), words
