"""The one error tree. Every error is written for its reader: what is wrong, where, what to do, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong: a file, a 1-based line and column, and the key or column name in it."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    key: str = ""

    def say(self, language: str) -> str:
        """``repair.yaml, line 12, programmes › day-after`` or its Chinese form."""
        chinese = language.lower().startswith("zh")
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(f"第 {self.line} 行" if chinese else f"line {self.line}")
        if self.key:
            parts.append(self.key)
        return ("，" if chinese else ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, what, where, and what to do about it."""

    code: str
    what: Words
    remedy: Words
    place: Place = Place()
    severity: Literal["error", "warning"] = "error"
    """A warning does not stop anything: what is written works, and is probably not what was meant."""

    def say(self, language: str) -> str:
        """One readable line: place, what, remedy."""
        where = self.place.say(language)
        lead = f"{where}: " if where and not language.lower().startswith("zh") else (f"{where}：" if where else "")
        return f"{lead}{self.what.say(language)} {self.remedy.say(language)}".strip()


class HuifangError(Exception):
    """Something the reader can put right; carries one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(problem.say("en") for problem in problems))
        self.problems = problems

    def say(self, language: str) -> str:
        """All problems, one a line."""
        return "\n".join(problem.say(language) for problem in self.problems)


class PlaybookError(HuifangError):
    """A playbook cannot be used as it is written."""


class TableError(HuifangError):
    """A table handed to the engine breaks its column contract."""


class CalendarError(HuifangError):
    """A calendar is missing or does not reach the day that is asked for."""


class ImportRefused(HuifangError):
    """A file cannot be imported."""


class NotAllowed(HuifangError):
    """The person may not do this."""


class Conflict(HuifangError):
    """Somebody else was there first, or the thing has changed since it was read."""


class Invalid(HuifangError):
    """What was entered cannot be taken as it is."""
