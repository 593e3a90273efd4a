"""``{% still %}…{% endstill %}``: a part of a template that reads the same for everybody on every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class _Nothing(template.Context):
    """What such a part knows of the page."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            raise template.TemplateSyntaxError(f"{key!r} belongs to one page: it cannot stand between still and endstill") from None

    def get(self, key: Any, otherwise: Any = None) -> Any:  # noqa: ARG002 - nothing takes its place
        return self[key]


class Still(template.Node):
    """Its nodes, and how they were drawn in each language."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._drawn: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """As it was drawn the first time; raises `TemplateSyntaxError` where it names anything of the page."""
        spoken = get_language()
        if spoken not in self._drawn:
            nothing = _Nothing()
            nothing.template = context.template
            self._drawn[spoken] = self.nodelist.render(nothing)
        return self._drawn[spoken]


@register.tag
def still(parser: Parser, _token: Token) -> Still:
    """Draw once for each language what stands before ``{% endstill %}``."""
    nodelist = parser.parse(("endstill",))
    parser.delete_first_token()
    return Still(nodelist)
