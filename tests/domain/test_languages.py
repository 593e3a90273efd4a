"""Languages of customers: tags as they are written, which of those offered fits, which way it is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.languages import COUNTRIES, NAMES, TAG, accepted, direction, fitting, name_of, tag_of, ways
from huifang.domain.words import Words

TAGS = st.from_regex(TAG, fullmatch=True)


@given(TAGS)
def test_a_tag_has_one_way_of_being_written(text: str):
    tag = tag_of(text)
    if tag is None:
        assert text.lower() in COUNTRIES
    else:
        assert tag_of(tag) == tag_of(text.upper()) == tag_of(text.replace("-", "_")) == tag
        assert tag.lower() == text.lower()


@pytest.mark.parametrize("text", ["", "Japanese", "j", "zh-", "-zh", "zh-Hans-CN-x", "日语", "ja ko", "zh-Han", "jp", "cn", "KR"])
def test_what_is_no_tag(text: str):
    assert tag_of(text) is None


def test_no_country_is_the_tag_of_a_language_with_a_name():
    assert not COUNTRIES.keys() & NAMES.keys()
    assert all(tag_of(meant) == meant for meant in COUNTRIES.values())


@given(TAGS, st.lists(st.sampled_from(sorted(NAMES)), unique=True))
def test_what_fits_is_offered_and_of_the_same_language(wanted: str, offered: list[str]):
    found = fitting(wanted, offered)
    assert found is None or (found in offered and found.lower().split("-")[0] == wanted.lower().split("-")[0])
    if wanted in offered:
        assert found == wanted


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("zh-TW", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("zh-mo", "zh-Hant"), ("zh-CN", "zh-Hans"), ("zh", "zh-Hans"),
        ("ZH_hans", "zh-Hans"),
        ("ja-JP", "ja"), ("en-GB", "en"), ("pt", None), ("zh-Hans-TW", "zh-Hans"), ("", None),
    ],
)  # fmt: skip
def test_a_wanted_language_finds_the_nearest(wanted: str, found: str | None):
    assert fitting(wanted, ["zh-Hans", "en", "zh-Hant", "ja"]) == found


def test_the_ways_end_with_the_language_itself():
    assert list(ways("zh-Hant-HK")) == ["zh-hant-hk", "zh-hant", "zh"]


@given(st.text())
def test_any_header_is_read(header: str):
    assert all(re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag) for tag in accepted(header))


def test_a_browsers_languages_come_in_the_order_it_says():
    assert accepted("fr;q=0.2,ko,zh-Hant-TW;q=0.9,de;q=0,*") == ["ko", "zh-Hant-TW", "fr"]
    assert accepted("") == []


@pytest.mark.parametrize(
    ("tag", "way"), [("ar", "rtl"), ("he-IL", "rtl"), ("ug", "rtl"), ("uz-Arab", "rtl"), ("ks-Deva", "ltr"), ("zh-Hant", "ltr")]
)
def test_which_way_a_language_is_written(tag: str, way: str):
    assert direction(tag) == way


def test_a_language_is_called_as_its_speakers_do():
    assert (name_of("zh-TW"), name_of("en-GB"), name_of("xx")) == ("繁體中文", "English", "xx")


FURTHER = Words("你好{name}", "Hello {name}", (("zh-Hant", "您好{name}"), ("pt-BR", "Oi {name}"), ("ar", "مرحبا {name}")))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "你好"), ("zh-hans", "你好"), ("zh-CN", "你好"), ("zh-HK", "您好"), ("zh-hant", "您好"), ("pt-br", "Oi "), ("pt", "Hello "),
        ("ar-EG", "مرحبا "), ("en-US", "Hello "), ("fr", "Hello "), ("", "Hello "),
    ],
)  # fmt: skip
def test_words_are_said_in_the_nearest_language_there_is(language: str, said: str):
    assert FURTHER.say(language) == said + "{name}"
    assert FURTHER.fill({"name": Words("王", "Wang", (("ar", "وانغ"),))}).say(language).startswith(said)


def test_a_place_is_filled_in_the_language_of_its_words():
    assert FURTHER.fill({"name": Words("王", "Wang", (("ar", "وانغ"),))}).say("ar") == "مرحبا وانغ"
    assert FURTHER.each()[2] == ("zh-Hant", "您好{name}")
