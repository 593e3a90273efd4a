"""The editor's form: a questionnaire as fields, and the fields as a questionnaire. Options and rows are lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from huifang.playbooks.questionnaire_editing import EditedQuestion, EditedQuestionnaire

TYPES = ("single", "multiple", "scale", "yes-no", "nps", "csat", "ces", "matrix", "number", "date", "text", "signature", "file")
TYPE_TITLES = {
    "single": gettext_lazy("One of several"), "multiple": gettext_lazy("Several of many"), "scale": gettext_lazy("Scale"),
    "yes-no": gettext_lazy("Yes or no"), "nps": gettext_lazy("Recommendation (NPS)"), "csat": gettext_lazy("Satisfaction (CSAT)"),
    "ces": gettext_lazy("Effort (CES)"), "matrix": gettext_lazy("Matrix"), "number": gettext_lazy("Number"),
    "date": gettext_lazy("Date"), "text": gettext_lazy("Free words"), "signature": gettext_lazy("Signature"), "file": gettext_lazy("File"),
}  # fmt: skip
"""What people call each of the `TYPES`."""
MOST = 100
_BAR = "|"


@dataclass(frozen=True, slots=True)
class Row:
    """One question as fields of the form, all text."""

    was: str
    key: str
    zh: str
    en: str
    type: str
    required: bool
    random: bool
    condition: str
    hint_zh: str
    hint_en: str
    options: str
    """``key | 中文 | English | points``, one a line; for a matrix its rows."""
    scale: str
    """``1-5``."""
    low: str
    high: str
    """``中文 | English``."""
    dimension: str
    side: str


def rows_of(edited: EditedQuestionnaire) -> list[Row]:
    """The questions as they are shown in the form."""
    return [_row(one) for one in edited.questions]


def _row(one: EditedQuestion) -> Row:
    value = one.values
    said, hint, ends = value.get("ask") or {}, value.get("hint") or {}, value.get("ends") or [{}, {}]
    lines = value.get("rows") if value.get("type") == "matrix" else value.get("options")
    points = value.get("scores") or {}
    return Row(
        one.was, value.get("key") or "", said.get("zh", ""), said.get("en", ""), value.get("type") or "single", bool(value.get("required")),
        bool(value.get("random")), value.get("if") or "", hint.get("zh", ""), hint.get("en", ""),
        "\n".join(_line(name, title, points.get(name)) for name, title in (lines or {}).items()),
        "-".join(str(end) for end in value.get("scale") or []), _pair(ends[0]), _pair(ends[1]),
        value.get("dimension") or "", value.get("side") or "",
    )  # fmt: skip


def _line(name: str, title: dict[str, str], points: float | None) -> str:
    return f" {_BAR} ".join([name, title["zh"], title["en"], *([f"{points:g}"] if points is not None else [])])


def _pair(title: dict[str, str]) -> str:
    return f"{title['zh']} {_BAR} {title['en']}" if title else ""


def read(posted: QueryDict) -> EditedQuestionnaire:
    """The form as it was sent, and what its button asks for (a question added, moved, taken out) done."""
    per_page, wait, times = posted.get("per page", ""), posted.get("remind.wait", "").strip(), posted.get("remind.at most", "")
    values: dict[str, Any] = {
        "title": _said(posted, "title"), "intro": _said(posted, "intro"), "thanks": _said(posted, "thanks"),
        "satisfied": posted.get("satisfied", "").strip() or None, "anonymous": "anonymous" in posted, "random": "random" in posted,
        "per page": int(per_page) if per_page.isdecimal() and len(per_page) < 4 else 5,
        "open for": posted.get("open for", "").strip() or None,
        "remind": {"wait": wait, "at most": int(times) if times.isdecimal() and len(times) < 4 else 1} if wait else None,
    }  # fmt: skip
    count = posted.get("count", "0")
    questions = [_read_question(posted, str(place)) for place in range(min(int(count) if count.isdecimal() else 0, MOST))]
    return EditedQuestionnaire(values, tuple(_moved(questions, posted.get("do", ""))))


def _said(posted: QueryDict, name: str) -> dict[str, str] | None:
    zh, en = posted.get(f"{name}.zh", "").strip(), posted.get(f"{name}.en", "").strip()
    return {"zh": zh or en, "en": en or zh} if zh or en else None


def _read_question(posted: QueryDict, at: str) -> EditedQuestion:
    kind, lines = posted.get(f"{at}.type", "single"), _lines(posted.get(f"{at}.options", ""))
    titles = {name: {"zh": zh, "en": en} for name, zh, en, _points in lines}
    ends = [_two(posted.get(f"{at}.low", "")), _two(posted.get(f"{at}.high", ""))]
    values: dict[str, Any] = {
        "key": posted.get(f"{at}.key", "").strip() or f"q{int(at) + 1}",
        "ask": _said(posted, f"{at}.ask"), "type": kind if kind in TYPES else "single",
        "required": f"{at}.required" in posted, "random": f"{at}.random" in posted, "if": posted.get(f"{at}.if", "").strip() or None,
        "hint": _said(posted, f"{at}.hint"), "dimension": posted.get(f"{at}.dimension", "").strip() or None,
        "side": posted.get(f"{at}.side") or None,
        "options": {} if kind == "matrix" else titles, "rows": titles if kind == "matrix" else {},
        "scores": {} if kind == "matrix" else {name: points for name, _zh, _en, points in lines if points is not None},
        "scale": _scale(posted.get(f"{at}.scale", "")), "ends": ends if all(ends) else None,
    }  # fmt: skip
    return EditedQuestion(posted.get(f"{at}.was", ""), values)


def _lines(text: str) -> list[tuple[str, str, str, float | None]]:
    found = []
    for place, line in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in line.split(_BAR)]
        if len(parts) == 1:
            parts = [f"o{place}", parts[0]]
        if parts[1]:
            points = parts[3] if len(parts) > 3 else ""
            found.append((parts[0], parts[1], parts[2] if len(parts) > 2 and parts[2] else parts[1], _points(points)))
    return found


def _points(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _two(text: str) -> dict[str, str] | None:
    zh, _, en = (part.strip() for part in text.partition(_BAR))
    return {"zh": zh or en, "en": en or zh} if zh or en else None


def _scale(text: str) -> list[int] | None:
    low, _, high = text.replace("–", "-").partition("-")
    return [int(low), int(high)] if low.strip().isdecimal() and high.strip().isdecimal() else None


def _moved(questions: list[EditedQuestion], do: str) -> list[EditedQuestion]:
    what, _, at = do.partition(":")
    place = int(at) if at.isdecimal() else -1
    if what == "add" and len(questions) < MOST:
        keys = {one.values["key"] for one in questions}
        key = next(f"q{number}" for number in range(len(questions) + 1, MOST * 2) if f"q{number}" not in keys)
        return [*questions, EditedQuestion("", {"key": key, "ask": {"zh": "新问题", "en": "New question"}, "type": "csat"})]
    if 0 <= place < len(questions):
        to = {"up": place - 1, "down": place + 1}.get(what, place)
        one = questions.pop(place)
        if what != "remove":
            questions.insert(max(0, to), one)
    return questions
