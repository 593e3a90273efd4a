"""Long words in a timeline: their beginning, and all of them at a press. Works without a script; paper has all of them."""

from __future__ import annotations

from unicodedata import east_asian_width

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

LONG = 360
"""In widths of a Latin letter: more than the lines that css/components.css shows of a folded text, at any width."""
_LINE = 60
"""What a line counts at least, however short it is."""


@register.simple_tag
def folded(words: str, css: str = "said", about: object = "") -> SafeString:
    """A paragraph of somebody's words; with `css` "quote", as their own. `about` stands before them."""
    tag = "blockquote" if css == "quote" else "p"
    words = f"{about}: {words}" if about else words
    if not is_long(words):
        return format_html('<{0} class="{1}">{2}</{0}>', tag, css, words)
    return format_html(
        '<div class="fold"><{0} class="{1} fold-words">{2}</{0}>'
        '<label class="fold-more"><input type="checkbox"><span>{3}</span><span>{4}</span></label></div>',
        tag, css, words, _("Show all"), _("Show less"),
    )  # fmt: skip


def is_long(words: str) -> bool:
    r"""Whether a text is folded.

    >>> is_long("short"), is_long("长" * 181), is_long("a\n" * 7)
    (False, True, True)
    """
    if 2 * len(words) + _LINE * len(words.splitlines()) <= LONG:  # however wide its letters are
        return False
    return sum(max(_LINE, sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line)) for line in words.splitlines()) > LONG
