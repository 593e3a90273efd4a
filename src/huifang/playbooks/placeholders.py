"""The ``{…}`` places in scripts and messages."""

from __future__ import annotations

import re

from huifang.playbooks.schema import Playbook

_PLACE = re.compile(r"\{([^{}]*)\}")
PLACES = frozenset(
    {
        "customer", "salutation", "agent", "organisation", "branch", "phone", "today", "event.day", "event.amount", "event.staff",
        "agreement.ends", "agreement.kind", "due", "survey", "opt_out", "case.result", "owner", "coupon", "coupon.until",
    }
)  # fmt: skip
"""Filled in by the product; besides ``{event.<attribute>}``, ``{customer.<attribute>}``, ``{agreement.<attribute>}``, ``{fact.<fact>}``,
``{link.<link>}``."""
ONLY_SENT = frozenset({"survey", "opt_out", "coupon", "coupon.until"})
"""Made when a message goes: a script or a report has no such place, and none for a link."""


def places_in(text: str) -> list[str]:
    """The names between braces, in order.

    >>> places_in("您好，{customer}，我是{agent}")
    ['customer', 'agent']
    """
    return _PLACE.findall(text)


def without_places(text: str) -> str:
    """The text with every ``{…}`` taken out."""
    return _PLACE.sub("", text)


def known_places(playbook: Playbook) -> frozenset[str]:
    """Every name that a text of this playbook may have between braces."""
    known = set(PLACES) | {f"customer.{name}" for name in playbook.attributes} | {f"fact.{name}" for name in playbook.facts}
    known |= {f"link.{key}" for key in playbook.links}
    known |= {f"event.{name}" for kind in playbook.events.values() for name in kind.attributes}
    return frozenset(known | {f"agreement.{name}" for kind in playbook.agreements.values() for name in kind.attributes})
