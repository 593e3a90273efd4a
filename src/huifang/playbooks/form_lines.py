"""Entries that are lines of text in a form: options and rows of questions, the ends of a scale, points, a range.

One thing a line, its parts between bars: ``good | 好 | Good``, further languages behind them: ``| ja: 良い``. What is not understood
stays as it is: the checks say what is wrong.
"""

from __future__ import annotations

import re
from typing import Any

from huifang.domain.languages import TAG

FORMS_OF_LINES = frozenset({"titles", "ends", "points", "range"})
_BAR = " | "
_FURTHER = re.compile(rf"({TAG}): *(.+)")
_RANGE = re.compile(r"\s*(-?\d{1,9})\s*[-–~到]\s*(-?\d{1,9})\s*")


def lines_shown(kind: str, value: Any) -> str:
    """A value of the file as lines; what has another form as it is.

    >>> print(lines_shown("titles", {"good": {"zh": "好", "en": "Good"}, "bad": "差"}))
    good | 好 | Good
    bad | 差
    >>> lines_shown("range", [1, 7]), lines_shown("points", {"yes": 5})
    ('1-7', 'yes | 5')
    """
    if value is None:
        return ""
    if kind == "range" and isinstance(value, list) and len(value) == 2:
        return f"{value[0]}-{value[1]}"
    if kind == "ends" and isinstance(value, list):
        return "\n".join(_words_shown(each) for each in value)
    if kind in ("titles", "points") and isinstance(value, dict):
        return "\n".join(_BAR.join((str(name), _words_shown(each))) for name, each in value.items())
    return str(value)


def lines_read(kind: str, text: str) -> Any:
    r"""The value that lines say, as it stands in the file; None where they say nothing.

    >>> lines_read("titles", "good | 好 | Good\n差")
    {'good': {'zh': '好', 'en': 'Good'}, 'o02': '差'}
    >>> lines_read("range", "1-7"), lines_read("points", "yes | 5\nno | 1.5"), lines_read("ends", "差 | Poor\n好 | Good")
    ([1, 7], {'yes': 5, 'no': 1.5}, [{'zh': '差', 'en': 'Poor'}, {'zh': '好', 'en': 'Good'}])
    """
    lines = [[part.strip() for part in line.split("|")] for line in text.splitlines() if line.strip(" |")]
    if not lines:
        return None
    if kind == "range":
        found = _RANGE.fullmatch(text)
        return [int(found[1]), int(found[2])] if found else text
    if kind == "ends":
        return [_words(parts) for parts in lines]
    if kind == "points":
        return {parts[0]: _number(parts[-1]) for parts in lines}
    return {parts[0] if parts[1:] else f"o{place:02}": _words(parts[1:] or parts) for place, parts in enumerate(lines, 1)}


def _words_shown(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    both = [str(value[language]) for language in ("zh", "en") if language in value]
    return _BAR.join([*both, *(f"{tag}: {text}" for tag, text in value.items() if tag not in ("zh", "en"))])


def _words(parts: list[str]) -> Any:
    """Chinese and English; where only one of them stands there, or both are the same, that one for both."""
    found = [(place, part, _FURTHER.fullmatch(part)) for place, part in enumerate(parts) if part]
    said = [part for place, part, _tagged in found if place < 2]
    further = {tagged[1]: tagged[2] for place, _part, tagged in found if place > 1 and tagged}
    if further and said:
        return {"zh": said[0], "en": said[-1], **further}
    return {"zh": said[0], "en": said[1]} if len(said) > 1 and said[0] != said[1] else "".join(said[:1])


def _number(text: str) -> float | int | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
