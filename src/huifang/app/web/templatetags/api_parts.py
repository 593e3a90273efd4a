"""Parts of the page that describes the interface."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()
_CODE = re.compile(r"`([^`]+)`")


@register.filter
def coded(text: str) -> SafeString:
    """What stands between backticks is code, all else as it is.

    >>> coded("`next` of a <page>")
    '<code>next</code> of a &lt;page&gt;'
    """
    return SafeString(_CODE.sub(r"<code>\1</code>", escape(text)))  # nosec B703 # escaped before anything is added
