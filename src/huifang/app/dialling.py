"""What a number's link opens: the computer's own telephone, a softphone, or a telephone system's page."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

SCHEMES = ("tel", "sip", "sips", "callto", "ciscotel", "weixin", "dingtalk", "http", "https")
_HOME = "+86"


def checked(template: str) -> str:
    """The template itself; raises `Invalid` where it could not be a link to dial with."""
    try:
        scheme = urlsplit(template).scheme
    except ValueError:
        scheme = ""
    if scheme not in SCHEMES or not ("{number}" in template or "{local}" in template):
        raise Invalid(
            Problem(
                "dial.template",
                Words(f"HUIFANG_DIAL 不能用来拨号：{template}", f"HUIFANG_DIAL cannot dial: {template}"),
                Words(
                    f"以 {'、'.join(SCHEMES)} 之一开头，并含 {{number}} 或 {{local}}。",
                    f"Begin with one of {', '.join(SCHEMES)} and use {{number}} or {{local}}.",
                ),
            )
        )
    return template


def link(template: str, number: str) -> str:
    """Where pressing a number in E.164 form leads.

    >>> link("sip:{local}@pbx.example", "+8613800138000")
    'sip:13800138000@pbx.example'
    """
    local = number.removeprefix(_HOME)
    page = urlsplit(template).scheme in ("http", "https")
    return template.replace("{number}", quote(number, safe="" if page else "+")).replace("{local}", quote(local, safe="" if page else "+"))
