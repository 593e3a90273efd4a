import string

from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.text_search import LONGEST, excerpt, folded, terms, wanted

TEXT = st.text("保养二手车多久一次，。 ab1𠮷" + string.punctuation, max_size=30)


def test_chinese_is_cut_into_pairs_and_single_characters_and_the_rest_into_words():
    assert set(terms("二手车 ＢＭＷ-x5")) == {"二", "手", "车", "二手", "手车", "bmw", "x5"}


def test_a_rare_character_beyond_the_first_plane_is_a_character_like_others():
    assert wanted("𠮷野家") == ("𠮷野", "野家")
    assert terms("𠮷")["𠮷"] == 1


def test_a_search_for_one_character_looks_for_it_and_a_longer_one_for_pairs():
    assert wanted("车") == ("车",)
    assert wanted("保养多久 保养") == ("保养", "养多", "多久")
    assert wanted("！？😀") == ()


def test_long_words_are_cut():
    assert wanted("x" * 80) == ("x" * LONGEST,)


@given(TEXT, TEXT, TEXT)
def test_whatever_stands_in_a_text_is_found_by_looking_for_it(before, middle, after):
    """Chinese in one piece, words as they stand: every term looked for is a term of the text."""
    text = f"{before} {middle} {after}"
    assert set(wanted(middle)) <= set(terms(text))


@given(TEXT)
def test_width_and_case_make_no_difference(text):
    assert terms(text) == terms(text.upper()) == terms(folded(text))


def test_an_excerpt_is_about_what_was_looked_for():
    text = "开场。" * 60 + "保养每半年一次。" + "结尾。" * 60
    assert "保养每半年" in excerpt(text, ("保养",))
    assert excerpt(text, ("保养",)).startswith("…")
    assert excerpt("短文\n两行", ("没有",)) == "短文 两行"
