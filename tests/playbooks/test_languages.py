"""Further languages in a playbook: what the loader refuses, what the checks find, what the forms show and write."""

from __future__ import annotations

import pytest

from huifang.domain.errors import PlaybookError
from huifang.playbooks import library
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.form_lines import lines_read, lines_shown
from huifang.playbooks.forms import change, show
from huifang.playbooks.loader import loads
from huifang.playbooks.rewriting import rewrite, values
from tests.playbooks.test_forms import lines, posted

REPAIR = library.text("repair-shop")
NAMED = REPAIR.replace("playbook: repair-shop\n", "playbook: repair-shop\nlanguages: [zh-hant, ja]\n", 1)
FIRST = "{zh: 您对接待人员的服务态度满意吗？, en: How satisfied are you with the attitude of the person who received you?}"
TEN = ("questionnaires", "repair-ten")


def asked_in(**said: str) -> str:
    """The playbook with its first question in further languages."""
    data = values(NAMED)
    data["questionnaires"]["repair-ten"]["questions"][0]["ask"] |= {name.replace("_", "-"): text for name, text in said.items()}
    return rewrite(NAMED, data)


def found(text: str) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for one in check_loaded(loads(text)):
        told.setdefault(one.code, []).append(f"{one.severity} {one.place.line}: {one.what.en} {one.remedy.en}")
    return told


def test_texts_have_further_languages():
    ask = loads(asked_in(zh_Hant="您滿意嗎？", ja="満足ですか？")).playbook.questionnaires["repair-ten"].questions[0].ask
    assert (ask.say("zh-TW"), ask.say("ja-JP"), ask.say("fr")) == ("您滿意嗎？", "満足ですか？", ask.en)
    assert loads(NAMED).playbook.languages == ("zh-Hant", "ja")


@pytest.mark.parametrize(
    ("tag", "what", "remedy"),
    [
        ("jp", "is not the tag of a language", "“ja”"),
        ("Japanese", "is not the tag", "Write a tag"),
        ("zh-Hans", "which every playbook has", "Take it out"),
    ],
)
def test_what_is_no_further_language_is_refused_at_its_line(tag: str, what: str, remedy: str):
    for text in (asked_in(**{tag: "満足ですか？"}), NAMED.replace("[zh-hant, ja]", f"[{tag}]")):
        with pytest.raises(PlaybookError) as error:
            loads(text)
        (problem,) = error.value.problems
        assert what in problem.what.en
        assert remedy in problem.say("en")
        assert problem.place.line


def test_chinese_and_english_are_needed_beside_them():
    data = values(NAMED)
    data["title"] = {"zh": "汽修", "ja": "回訪"}
    with pytest.raises(PlaybookError, match="Chinese and in English"):
        loads(rewrite(NAMED, data))


def test_a_language_that_the_playbook_does_not_name_is_an_error():
    text = asked_in(ko="만족하십니까?")
    (told,) = found(text)["check.language-unknown"]
    assert told.startswith("error")
    assert "languages: [zh-Hant, ja, ko]" in told
    (told,) = found(asked_in(zh_Hans_TW="x"))["check.language-unknown"]
    assert "meant" in told


def test_what_customers_miss_is_a_warning_for_each_part_and_language():
    told = found(NAMED)["check.language-missing"]
    assert all(one.startswith("warning") for one in told)
    assert any("have no ja (日本語). Add them; until then customers read English." in one for one in told)
    assert any("have no zh-Hant (繁體中文). Add them; until then customers read Chinese." in one for one in told)
    assert len(told) == 2 * (
        len(loads(NAMED).playbook.questionnaires) + len(loads(NAMED).playbook.content) + len(loads(NAMED).playbook.value_reports)
    )
    assert "check.language-missing" not in found(REPAIR)


def test_empty_words_and_wrong_places_are_told_in_their_language():
    assert any("empty in ja" in one for one in found(asked_in(ja=" "))["check.empty-words"])
    data = values(NAMED)
    data["content"]["service-sms"]["text"]["ja"] = "{customr}様"
    text = rewrite(NAMED, data)
    (told,) = found(text)["check.placeholder"]
    assert "customr" in told


def test_the_form_shows_and_writes_every_language_of_the_playbook():
    data = values(asked_in(ja="満足ですか？"))
    (questions,) = show(data, TEN)[1].repeated
    ask = next(entry for entry in questions.items[0].entries if entry.name.endswith("/ask"))
    assert list(ask.values) == ["zh", "en", "zh-hant", "ja"]
    title = next(entry for entry in show(data, ("programmes", "day-after"))[0].entries if entry.name == "title")
    assert list(title.values) == ["zh", "en"]
    new = rewrite(NAMED, change(data, TEN, posted(data, TEN) | {"questions/0/ask.zh-hant": ["您滿意嗎？"]}))
    ask = loads(new).playbook.questionnaires["repair-ten"].questions[0].ask
    assert dict(ask.further) == {"ja": "満足ですか？", "zh-Hant": "您滿意嗎？"}
    less = change(data, TEN, posted(data, TEN) | {"questions/0/ask.ja": [""]})
    assert "ja" not in less["questionnaires"]["repair-ten"]["questions"][0]["ask"]


def test_a_form_that_shows_fewer_languages_loses_none():
    data = values(asked_in(ja="満足ですか？"))
    said = {name: text for name, text in posted(data, TEN).items() if not name.endswith((".ja", ".zh-hant"))}
    new = change(data, TEN, said | {"questions/0/ask.en": ["Satisfied?"]})
    assert new["questionnaires"]["repair-ten"]["questions"][0]["ask"]["ja"] == "満足ですか？"


def test_a_text_that_was_the_same_in_both_gets_its_own_line_in_the_form():
    data = values(NAMED)
    data["questionnaires"]["booking"]["title"] = "OK"
    part = ("questionnaires", "booking")
    new = change(data, part, posted(data, part) | {"title.ja": ["はい"]})
    assert new["questionnaires"]["booking"]["title"] == {"zh": "OK", "en": "OK", "ja": "はい"}


def test_the_languages_themselves_are_set_in_a_form():
    data = values(REPAIR)
    gone, come = lines(REPAIR, rewrite(REPAIR, change(data, (), posted(data, ()) | {"languages": ["zh-Hant, ja"]})))
    assert (gone, come) == ([], ["languages: [zh-Hant, ja]"])


def test_options_keep_their_further_languages_as_lines():
    titles = {"good": {"zh": "好", "en": "Good", "ja": "良い", "zh-Hant": "好"}, "no": {"zh": "no: 不", "en": "no: never"}}
    assert lines_shown("titles", titles) == "good | 好 | Good | ja: 良い | zh-Hant: 好\nno | no: 不 | no: never"
    assert lines_read("titles", lines_shown("titles", titles)) == titles
    assert lines_read("titles", "good | 好 || ja: 良い") == {"good": {"zh": "好", "en": "好", "ja": "良い"}}
