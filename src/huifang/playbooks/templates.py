"""The words of a message: places ``{customer}`` and conditions ``{if jobs_12m >= 4}…{else if …}…{else}…{end}``.

A template is read once, into pieces; writing a message puts texts between pieces and reads nothing again, so what a value says is never
taken for a place, a condition, a format or a command. Conditions are those of `expressions`, over the customer's facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.expressions import Node, evaluate, parse

DEEPEST = 5
"""Conditions within conditions."""
_TAG = re.compile(r"\{([^{}]*)\}")
_ALONE = re.compile(r"^[ \t]*(\{(?:if [^{}]*|else if [^{}]*|else|end)\})[ \t]*\n", re.MULTILINE)
_MARKS = ("else", "end")
_WAY = Words("请写成 {if 条件}…{else}…{end}。", "Write {if condition}…{else}…{end}.")


@dataclass(frozen=True, slots=True)
class Plain:
    """Words without conditions: `pattern` has ``%s`` where each of `names`, in order, is put in."""

    pattern: str
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """The words; every one of `names` must have a value.

        >>> template("您好，{customer}").plain({}, date.max).fill({"customer": "{agent} {0.__class__} %s {{7*7}}"})
        '您好，{agent} {0.__class__} %s {{7*7}}'
        """
        return self.pattern % tuple([values[name] for name in self.names])


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands under one condition (`text` is how it was written); None for ``{else}``."""

    text: str
    condition: Node | None
    parts: Parts


@dataclass(frozen=True, slots=True)
class Choice:
    """``{if}`` to ``{end}``: the first branch whose condition holds is read, and nothing where none does."""

    branches: tuple[Branch, ...]


Parts = tuple[Plain | Choice, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text as it was read."""

    parts: Parts

    def plain(self, facts: Mapping[str, object], today: date) -> Plain:
        """What is read by a customer of whom `facts` are known on the day `today`; unknown is no."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Plain):
            return self.parts[0]
        chosen = list(_chosen(self.parts, facts, today))
        return Plain("".join(each.pattern for each in chosen), tuple(name for each in chosen for name in each.names))

    def names(self) -> list[str]:
        """The places of all branches, in order, each once."""
        return list(dict.fromkeys(name for part in _walk(self.parts) if isinstance(part, Plain) for name in part.names))

    def conditions(self) -> list[Branch]:
        """Every branch that has a condition, in order."""
        return [part for part in _walk(self.parts) if isinstance(part, Branch) and part.condition is not None]


@lru_cache(maxsize=1024)
def template(text: str) -> Template:
    """Read a text; the same text again is the same template.

    Raises `PlaybookError` for a condition that the language lacks and for ``{if}``, ``{else}``, ``{end}`` that do not fit each other.
    A line with nothing but one of these leaves no empty line.
    """
    parts, kind, tag = _Reader(text).parts(0)
    if kind != "stop":
        raise _fault("template.no-if", kind + tag, Words("前面没有 {if …}", "no {if …} stands before it"))
    return Template(parts)


def _chosen(parts: Parts, facts: Mapping[str, object], today: date) -> Iterator[Plain]:
    for part in parts:
        if isinstance(part, Plain):
            yield part
            continue
        for branch in part.branches:
            if branch.condition is None or evaluate(branch.condition, facts, today) is True:
                yield from _chosen(branch.parts, facts, today)
                break


def _walk(parts: Parts) -> Iterator[Plain | Branch]:
    for part in parts:
        if isinstance(part, Plain):
            yield part
            continue
        for branch in part.branches:
            yield branch
            yield from _walk(branch.parts)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each piece: ``words``, ``place``, ``if``, ``else if``, ``else``, ``end``; ``stop`` at the end of the text."""
    at = 0
    text = _ALONE.sub(r"\1", text)
    for tag in _TAG.finditer(text):
        yield "words", text[at : tag.start()]
        at = tag.end()
        inside = tag[1].strip()
        kind = next((word for word in ("if", "else if") if inside.startswith(f"{word} ")), inside if inside in _MARKS else "place")
        yield kind, tag[1] if kind == "place" else inside[len(kind) :]
    yield "words", text[at:]
    yield "stop", ""


class _Reader:
    """Reads the pieces of one text, branch by branch."""

    def __init__(self, text: str) -> None:
        self._pieces = _pieces(text)

    def parts(self, depth: int) -> tuple[Parts, str, str]:
        """Parts up to the next ``else if``, ``else``, ``end`` or ``stop``, with its kind and text."""
        found: list[Plain | Choice] = []
        pattern, names = "", list[str]()
        while True:
            kind, text = next(self._pieces)
            if kind == "words":
                pattern += text.replace("%", "%%")
            elif kind == "place":
                pattern, names = pattern + "%s", [*names, text]
            else:
                found.append(Plain(pattern, tuple(names)))
                if kind != "if":
                    return tuple(found), kind, text
                found.append(self._choice(text, depth + 1))
                pattern, names = "", []

    def _choice(self, condition: str, depth: int) -> Choice:
        if depth > DEEPEST:
            raise _fault("template.deep", f"if{condition}", Words(f"条件套了 {DEEPEST} 层以上", f"conditions nest deeper than {DEEPEST}"))
        branches: list[Branch] = []
        kind, text = "if", condition
        while kind != "end":
            if kind == "stop":
                raise _fault("template.no-end", f"if{condition}", Words("后面缺少 {end}", "its {end} is missing"))
            if branches and branches[-1].condition is None:
                raise _fault("template.after-else", kind + text, Words("它写在了 {else} 之后", "it stands behind {else}"))
            node = None if kind == "else" else _condition(kind, text)
            parts, following, more = self.parts(depth)
            branches.append(Branch(text.strip() if node else "", node, parts))
            kind, text = following, more
        return Choice(tuple(branches))


def _condition(kind: str, text: str) -> Node:
    try:
        return parse(text.strip())
    except PlaybookError as error:
        said = f"{{{kind}{text}}}"
        raise PlaybookError(*(about(said, problem) for problem in error.problems)) from error


def about(said: str, problem: Problem) -> Problem:
    """A problem of a condition with the place between braces in which it stands."""
    return Problem(problem.code, Words(f"“{said}”：{problem.what.zh}", f"“{said}”: {problem.what.en}"), problem.remedy)


def _fault(code: str, tag: str, what: Words) -> PlaybookError:
    return PlaybookError(Problem(code, Words(f"“{{{tag}}}”：{what.zh}。", f"“{{{tag}}}”: {what.en}."), _WAY))
