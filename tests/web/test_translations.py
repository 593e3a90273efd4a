import os
import re

import polib

from huifang.app import translations
from huifang.app.api.description import describe
from huifang.app.api.routes import PREFIX, api


def used() -> set[tuple[str, str]]:
    """Every message of the product, with the sentences in which the interface describes itself."""
    told: list[str] = []
    describe(api, PREFIX, lambda sentence: told.append(sentence) or sentence)
    return translations.used() | {(sentence, "") for sentence in told}


def test_every_word_of_the_product_has_its_chinese():
    missing = used() - translations.translated()
    assert not missing, f"add these to the .po file of their area: {sorted(missing)}"


def test_nothing_is_translated_that_is_no_longer_said():
    assert not translations.translated() - used()


def test_every_message_stands_in_one_file_only():
    said = [entry.msgid for entry in translations.entries()]
    assert sorted(set(said)) == sorted(said)


def test_places_are_the_same_in_both_languages():
    for entry in translations.entries():
        places = set(re.findall(r"%\(\w+\)s", entry.msgid))
        for said in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            assert set(re.findall(r"%\(\w+\)s", said)) == places, entry.msgid


def test_words_are_compiled_once_and_again_when_their_source_is_newer(tmp_path):
    assert translations.compile_into(tmp_path)
    assert not translations.compile_into(tmp_path)
    compiled = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    os.utime(compiled, (1, 1))
    assert translations.compile_into(tmp_path)
    assert polib.mofile(str(compiled)).find("Today").msgstr == "今日回访"
