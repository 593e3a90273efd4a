"""The business's own tree of topics."""

from __future__ import annotations

import pytest

from huifang.analytics.feedback.topics import MOST, read_topics, trades, tree_of, tree_text
from huifang.demo.shop_words import QUESTIONS
from huifang.domain.errors import PlaybookError

TREE = """title: {zh: 小店, en: Shop}
topics:
  price: {title: {zh: 价格, en: Price}, words: 贵 便宜 價錢}
  goods:
    title: {zh: 商品, en: Goods}
    words: [质量, 'out of stock']
    topics:
      fresh: {title: {zh: 新鲜, en: Freshness}, words: 不新鲜}
      other: {title: {zh: 其他, en: Other}}
"""


def test_every_trade_has_a_tree_whose_topics_have_words():
    assert len(trades()) >= 8
    for trade in trades():
        assert all(topic.words for topic in tree_of(trade).topics.values()), trade
    assert set(QUESTIONS) <= set(tree_of("repair-shop").topics)
    with pytest.raises(KeyError):
        tree_text("../secrets")


def test_words_of_a_text_tell_its_topic_and_longer_words_tell_more():
    tree = read_topics(TREE)
    scores = dict(zip(tree.keys, tree.scores("东西不新鲜,价钱贵"), strict=True))
    assert scores["price"] > scores["fresh"] > scores["goods"] == scores["other"] == 0
    assert max(tree.scores("贵" * 500)) == 6


def test_titles_are_told_with_those_above_them_and_found_by_what_people_write():
    tree = read_topics(TREE)
    assert tree.title_of("fresh", "zh-hans") == "商品 › 新鲜"
    assert tree.title_of("fresh", "en") == "Goods › Freshness"
    assert tree.title_of("gone", "en") == "gone"
    assert [tree.key_of(said) for said in ("fresh", " 新鲜 ", "Price", "", "什么")] == ["fresh", "fresh", "price", "", ""]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("title: {zh: 店, en: Shop}\n", "topics.empty", 1),
        ("- a\n", "topics.title", 1),
        ("title: {zh: 店}\ntopics:\n  a: {title: {zh: 甲, en: A}}\n", "topics.title", 1),
        ("title: {zh: 店, en: S}\ntopics:\n  Ä: {title: {zh: 甲, en: A}}\n", "topics.key", 3),
        ("title: {zh: 店, en: S}\ntopics:\n  a: 甲\n", "topics.title", 3),
        ("title: {zh: 店, en: S}\ntopics:\n  a: {title: {zh: 甲, en: A}, colour: red}\n", "topics.unknown", 3),
        (
            "title: {zh: 店, en: S}\ntopics:\n  a:\n    title: {zh: 甲, en: A}\n    topics:\n      a: {title: {zh: 乙, en: B}}\n",
            "topics.twice",
            6,
        ),
    ],
)
def test_a_fault_is_told_with_its_line(text, code, line):
    with pytest.raises(PlaybookError) as refused:
        read_topics(text, "topics.yaml")
    assert [(one.code, one.place.line) for one in refused.value.problems] == [(code, line)]


def test_a_tree_is_a_list_that_people_can_choose_from():
    many = "title: {zh: 店, en: S}\ntopics:\n" + "".join(f"  t{n}: {{title: {{zh: 甲, en: A}}}}\n" for n in range(MOST + 1))
    with pytest.raises(PlaybookError, match="more than"):
        read_topics(many)
