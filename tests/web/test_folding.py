"""Long words in a timeline are folded; short ones are not, and nothing is left out."""

from django.template import Context, Template
from django.urls import reverse

from huifang.app.records.models import Record
from huifang.app.web.templatetags.folding import LONG, folded, is_long

WORDS = "等了三个多小时。" * 40


def test_words_are_folded_once_they_are_longer_than_the_lines_shown():
    assert not is_long("x" * LONG)
    assert is_long("x" * (LONG + 1))
    assert is_long("长" * (LONG // 2 + 1))
    assert is_long("a\n" * 7)
    assert not is_long("")


def test_folded_words_are_all_there_with_a_way_to_see_them():
    part = folded("<b>" + WORDS, "quote")
    assert part.startswith('<div class="fold"><blockquote class="quote fold-words">&lt;b&gt;等了')
    assert WORDS in part
    assert '<label class="fold-more"><input type="checkbox"><span>Show all</span>' in part


def test_short_words_stand_as_they_are():
    assert folded("好", "quote") == '<blockquote class="quote">好</blockquote>'
    assert Template('{% load folding %}{% folded "好" "said" "Remark" %}').render(Context()) == '<p class="said">Remark: 好</p>'


def test_a_customers_long_words_are_folded_on_their_page(scene, signed_in):
    record = Record.objects.exclude(words="").first()
    Record.objects.filter(pk=record.pk).update(words=WORDS)
    page = signed_in(scene.supervisor).get(reverse("customer", args=[record.customer_id])).content.decode()
    assert f'<blockquote class="quote fold-words">{WORDS}</blockquote>' in page
