"""A questionnaire in the language of whoever answers: chosen, written the right way round, with its own few words and its errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from huifang.app import business_clock, translations
from huifang.app.records.models import Customer, SurveyResponse
from huifang.app.services import playbooks
from huifang.app.translations import FURTHER, LOCALES, entries, told
from huifang.playbooks.answering import LONGEST_TEXT, take
from huifang.playbooks.loader import loads
from huifang.playbooks.rewriting import rewrite, values
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, shop


def in_languages() -> str:
    data = values(PLAYBOOK)
    asks = data["questionnaires"]["after-job"]
    asks["title"] |= {"zh-Hant": "維修滿意度", "ja": "修理について", "ar": "عن الإصلاح"}
    asks["questions"][0]["ask"] |= {"zh-Hant": "修好了嗎？", "ja": "直りましたか？", "ar": "هل تم إصلاحها؟"}
    return rewrite(PLAYBOOK, {**data, "languages": ["zh-Hant", "ja", "ar"]})


@pytest.fixture
def place(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    monkeypatch.setattr(business_clock, "today", NOW.date)
    made = shop()
    made.version = playbooks.activate(None, playbooks.add_version(None, in_languages(), "link-shop.yaml", NOW), NOW)
    return made


def page(place: Shop, browser: str = "", **query: str) -> Any:
    place.url = reverse("survey", args=[place.link().token])  # type: ignore[attr-defined]
    return Client(headers={"Accept-Language": browser}).get(place.url, query)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("known", "browser", "asked", "read"),
    [
        ("", "", "", "zh-Hans"), ("", "en-GB,en;q=0.8", "", "en"), ("", "zh-TW,en;q=0.5", "", "zh-Hant"), ("", "fr,ja;q=0.4", "", "ja"),
        ("", "fr", "", "zh-Hans"), ("ja", "en", "", "ja"), ("ja", "en", "zh-Hant", "zh-Hant"), ("fr", "", "", "en"), ("fr", "ja", "", "ja"),
        ("zh-hans", "en", "", "zh-Hans"), ("zh-HK", "en", "", "zh-Hant"), ("en", "", "nonsense", "en"), ("", "", "ar", "ar"),
    ],
)  # fmt: skip
def test_the_language_is_what_was_asked_for_else_the_customers_else_the_browsers(
    place: Shop, known: str, browser: str, asked: str, read: str
):
    Customer.objects.update(language=known)
    shown = page(place, browser, **({"lang": asked} if asked else {}))
    assert f'<html lang="{read}" dir="{"rtl" if read == "ar" else "ltr"}"' in shown.content.decode()


@pytest.mark.parametrize(
    ("language", "title", "question", "button"),
    [
        ("zh-Hans", "维修满意度", "修好了吗？", "继续"), ("zh-Hant", "維修滿意度", "修好了嗎？", "繼續"),
        ("en", "About your repair", "Was it repaired?", "Continue"),
        ("ja", "修理について", "直りましたか？", "次へ"), ("ar", "عن الإصلاح", "هل تم إصلاحها؟", "Continue"),
    ],
)  # fmt: skip
def test_questions_and_the_pages_own_words_are_in_it(place: Shop, language: str, title: str, question: str, button: str):
    said = page(place, lang=language).content.decode()
    assert f"<h1>{title}</h1>" in said
    assert question in said
    assert f">{button}</button>" in said
    assert ('lang="en"' in said.partition("<footer")[2]) == (language in ("en", "ar")), "English in another language's page says so"


def test_every_other_language_is_a_button_in_its_own_name(place: Shop):
    shown = page(place, lang="ja")
    said = shown.content.decode()
    for tag, name in (("zh-Hans", "简体中文"), ("en", "English"), ("zh-Hant", "繁體中文"), ("ar", "العربية")):
        assert f'value="lang:{tag}" lang="{tag}"' in said
        assert name in said
    assert 'value="lang:ja"' not in said
    posted = {"p": shown.context["form_key"], "page": "0", "lang": "ja", "q.quality": "4", "go": "lang:ar"}
    client = Client()
    turned = client.post(place.url, posted, follow=True)  # type: ignore[attr-defined]
    assert 'dir="rtl"' in turned.content.decode()
    assert "checked" in turned.content.decode(), "what was given stays"
    assert 'lang="ja"' in client.post(place.url, posted | {"go": "lang:ko"}, follow=True).content.decode(), "not offered"  # type: ignore[attr-defined]


def test_errors_thanks_and_what_is_kept_follow_it(place: Shop):
    shown, client = page(place, lang="ja"), Client()
    posted = {"p": shown.context["form_key"], "page": "0", "lang": "ja", "go": "on"}
    wrong = client.post(place.url, posted)  # type: ignore[attr-defined]
    assert "この質問には必ずお答えください。" in wrong.content.decode()
    client.post(place.url, posted | {"q.quality": "5"})  # type: ignore[attr-defined]
    done = client.post(place.url, posted | {"page": "1"}, follow=True)  # type: ignore[attr-defined]
    while "step" in (done.context or {}):
        done = client.post(place.url, posted | {"page": str(done.context["step"].number)}, follow=True)  # type: ignore[attr-defined]
    assert "ありがとうございます。" in done.content.decode()
    assert SurveyResponse.objects.get().language == "ja"


def test_a_link_that_is_none_speaks_the_browsers_language(db: None):
    assert "There is no such link" in Client(headers={"Accept-Language": "en"}).get("/s/nothing/").content.decode()


def own_words() -> Iterator[str]:
    for name in ("page", "question", "state", "root"):
        source = get_template(f"web/survey/{name}.html").template.source
        yield from (singular for singular, _plural in translations._in_template(source))
    yield from ("Yes", "No")


@pytest.mark.parametrize("language", FURTHER)
def test_every_word_of_the_page_is_there_in_every_language_of_its_own(language: str):
    known = {entry.msgid for entry in entries(LOCALES / language.replace("-", "_") / "LC_MESSAGES") if entry.translated()}
    assert set(own_words()) <= known


def faults() -> list[Any]:
    asks = loads(PLAYBOOK.replace("en: Cost}, type: number", "en: Cost}, type: number, required: true")).playbook.questionnaires
    given = {"overall": 9, "grid": {"roof": 3}, "cost": "much", "day": "soon", "wish": "x" * (LONGEST_TEXT + 1)}
    told = [*take(asks["quarterly"], given, NOW.date()).problems, *take(asks["quarterly"], {}, NOW.date()).problems]
    return [*told, *take(asks["after-job"], {"quality": 3, "again": "maybe"}, NOW.date()).problems]


@pytest.mark.parametrize("language", ["zh-Hant", "ja-JP", "ko", "es-MX"])
def test_every_fault_of_an_answer_is_told_in_every_language_of_the_page(language: str):
    problems = faults()
    assert len({one.code for one in problems}) >= 5
    with translation.override(translations.own_words(language)):
        for problem in problems:
            said = told(problem, language)
            assert said not in (problem.what.en, problem.what.zh), problem


def test_in_a_language_without_words_of_its_own_faults_are_english():
    assert told(faults()[0], "ar") == faults()[0].what.en
    assert told(faults()[0], "zh") == faults()[0].what.zh


def test_a_file_that_cannot_be_taken_is_told_with_what_helps(place: Shop):
    photo = "      - {key: photo, ask: {zh: 照片, en: Photo}, type: file}\n"
    text = in_languages().replace("      - {key: recommend,", f"{photo}      - {{key: recommend,")
    place.version = playbooks.activate(None, playbooks.add_version(None, text, "link-shop.yaml", NOW), NOW)
    for language, said in (("ja", "この種類のファイルは受け取れません。"), ("en", "A file of this kind cannot be taken. Taken are")):
        shown = page(place, lang=language)
        posted = {"p": shown.context["form_key"], "page": "0", "lang": language, "go": "on", "q.quality": "5"}
        answer = Client().post(place.url, posted | {"q.photo": SimpleUploadedFile("a.txt", b"words " * 20)})  # type: ignore[attr-defined]
        assert said in answer.content.decode()
