"""An answer as people read it, whatever the type of its question: titles of options, lines of a matrix, a signature that was drawn."""

from __future__ import annotations

import re

from huifang.domain.words import Words
from huifang.playbooks.schema import Question
from huifang.playbooks.tallying import Kept, codes_of, matrix_of

_YES, _NO, _SIGNED = Words("是", "Yes"), Words("否", "No"), Words("已手写签名", "Signed by hand")
_DRAWN = re.compile(r"M\d+,\d+(?:[ML]\d+,\d+)*")
"""What the survey page keeps of a finger: moves and lines on a pad of 600 by 240."""


def answer_words(question: Question, answer: Kept, language: str) -> str:
    """What was answered, in words of `language`; empty where nothing was."""
    said = answer.text or answer.value
    match question.type:
        case "yes-no":
            return (_YES if said in ("yes", "true", "True", "1") else _NO).say(language) if said else ""
        case "single" | "multiple":
            titles = [question.options[code].say(language) if code in question.options else code for code in codes_of(question, answer)]
            return ("、" if language.startswith("zh") else ", ").join(titles)
        case "matrix":
            points = matrix_of(answer) if said else {}
            lines = [f"{title.say(language)} {points[row]:g}" for row, title in question.rows.items() if row in points]
            return ("，" if language.startswith("zh") else ", ").join(lines)
        case "signature" if _DRAWN.fullmatch(said):
            return _SIGNED.say(language)
        case _:
            return said
