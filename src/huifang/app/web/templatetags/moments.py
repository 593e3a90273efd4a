"""The entries of a timeline. Written here and not in a template: a customer has dozens, on the pages that are opened all day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huifang.app.queries.corrections import Earlier
from huifang.app.queries.timeline import Moment
from huifang.app.web.templatetags.folding import folded
from huifang.app.web.templatetags.huifang import badge, icon, near

register = template.Library()
_MOMENT = (
    '<li class="moment"><span class="moment-mark{}">{}</span><div><div class="moment-head"><b>{}</b>'
    '<time datetime="{}">{}</time></div><div class="moment-body">{}</div></div></li>'
)


@register.simple_tag
def moments(timeline: list[Moment], small: bool = False) -> SafeString:
    """The entries of a timeline; `small`: answers are folded, as there is little room."""
    return _together(_moment(each, small) for each in timeline)


def _together(parts: Iterable[SafeString]) -> SafeString:
    """Parts that are escaped already, as one."""
    return SafeString("".join(parts))  # nosec B703 # nothing but safe parts


def _moment(one: Moment, small: bool) -> SafeString:
    title = format_html('<a href="{}">{}</a>', reverse("case", args=[one.case]), one.title) if one.case else one.title
    tone = f" moment-mark-{one.tone}" if one.tone else ""
    body = _together(_body(one, small))
    return format_html(_MOMENT, tone, icon(one.icon, 14), title, timezone.localtime(one.at).isoformat(), near(one.at), body)


def _body(one: Moment, small: bool) -> Iterator[SafeString]:
    if one.facts:
        yield folded(one.facts, "moment-facts")
    if one.quote:
        yield folded(one.quote, "quote")
    for title, words in one.notes:
        yield folded(words, "said", title)
    if one.feedback:
        yield format_html('<p class="row">{}</p>', _together(badge(words, tone) for tone, words in one.feedback))
    if one.answers:
        number = len(one.answers)
        said = ngettext("%(n)s answer", "%(n)s answers", number) % {"n": number}
        pairs = format_html_join("", "<dt>{}</dt><dd>{}</dd>", one.answers)
        shown = "" if small else " open"
        yield format_html('<details{}><summary class="small">{}</summary><dl class="answers">{}</dl></details>', shown, said, pairs)
    if one.remark:
        yield folded(one.remark, "said", _("Remark"))
    if one.earlier:
        yield earlier_said(one.earlier)
    if one.correct:
        address = reverse("record-correct", args=[one.correct])
        yield format_html('<p><a class="small" href="{}">{}</a></p>', address, _("Correct"))


@register.simple_tag
def earlier_said(earlier: tuple[Earlier, ...]) -> SafeString:
    """What a record said before each of its corrections; who, when and why stand before it."""
    return _together(_earlier(each) for each in earlier)


def _earlier(one: Earlier) -> SafeString:
    head = _("Corrected by %(name)s, %(when)s: %(why)s") % {"name": one.by, "when": near(one.at), "why": one.why}
    pairs = format_html_join("", "<dt>{}</dt><dd>{}</dd>", one.said)
    return format_html(
        '<details class="earlier"><summary class="small">{}</summary><p class="small quiet">{}</p><dl class="answers">{}</dl></details>',
        head, _("Before the correction:"), pairs,
    )  # fmt: skip
