"""Programmes, classes, scripts... begun and taken out: a new entry says the least that is right, to be changed in its form."""

from __future__ import annotations

import re
from typing import Any

from huifang.domain.words import Words
from huifang.playbooks.form_fields import SECTIONS
from huifang.playbooks.forms import Part, words_of

_WORDS = {"zh": "请在这里写", "en": "Write it here"}


def add(data: dict[str, Any], section: str, title: str) -> tuple[dict[str, Any], str]:
    """The values with a new entry at the end of a section, and its key; raises KeyError for a section without forms."""
    label = SECTIONS[section][0]
    inside = data.get(section)
    entries = dict(inside) if isinstance(inside, dict) else {}
    title = title.strip()
    key = _key(title, section, entries)
    said = {"zh": title or label.zh, "en": title or label.en}
    return {**data, section: {**entries, key: _first(section, said, data)}}, key


def drop(data: dict[str, Any], part: Part) -> dict[str, Any]:
    """The values without one entry; what still names it is told by the checks."""
    section, key = part
    left = {name: each for name, each in data.get(section, {}).items() if name != key}
    if left:
        return {**data, section: left}
    return {name: each for name, each in data.items() if name != section}


def outline(data: Any) -> list[tuple[str, Words, list[tuple[str, Words]]]]:
    """Every section that has forms, with its entries: keys and titles."""
    found = []
    for section, (label, _groups) in SECTIONS.items():
        inside = data.get(section) if isinstance(data, dict) else None
        entries = [(key, words_of(each, key)) for key, each in inside.items()] if isinstance(inside, dict) else []
        found.append((section, label, entries))
    return found


def _key(title: str, section: str, taken: dict[str, Any]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40]
    stem = (
        stem
        if re.match("[a-z]", stem)
        else {"classes": "class", "content": "message"}.get(section, section.removesuffix("s").replace(" ", "_"))
    )
    return next(key for key in (stem, *(f"{stem}_{number}" for number in range(2, 10_000))) if key not in taken)


def _first(section: str, title: dict[str, str], data: dict[str, Any]) -> dict[str, Any]:
    events = data.get("events")
    event = next(iter(events), "") if isinstance(events, dict) else ""
    when = {"after": event, "wait": "1 day"} if event else {"every": "1 month"}
    first: dict[str, dict[str, Any]] = {
        "programmes": {"purpose": "service", "when": when, "within": "1 working day", "through": ["phone"]},
        "classes": {"when": "has_phone"}, "ladders": {"steps": {"others": {"when": "else", "title": dict(title)}}},
        "facts": {"value": f"count({event})" if event else "age"},
        "questionnaires": {"questions": [
            {"key": "overall", "ask": {"zh": "您总体满意吗？", "en": "How satisfied are you on the whole?"}, "type": "csat"},
        ]},
        "scripts": {"steps": [{"title": {"zh": "问候", "en": "Greeting"}, "say": dict(_WORDS)}]},
        "coupons": {"valid": "2 weeks"}, "links": {"to": "https://www.example.com/"}, "value reports": {"opening": dict(_WORDS)},
        "content": {"channel": "sms", "text": dict(_WORDS)}, "cases": {"first answer": "2 hours", "solve": "3 working days"},
        "registers": {"columns": [
            {"value": "seq", "title": {"zh": "序号", "en": "No."}},
            {"value": "customer.name", "title": {"zh": "客户姓名", "en": "Customer"}},
        ]},
        "reports": {"period": "month"}, "targets": {"indicator": "coverage", "at least": 0.95}, "events": {}, "agreements": {},
    }  # fmt: skip
    return {"title": title, **first[section]}
