"""Two versions of a playbook side by side: what changed in words a manager reads, and which lines differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from huifang.domain.words import Words
from huifang.playbooks import wording
from huifang.playbooks.review_wording import review
from huifang.playbooks.schema import Playbook, Programme

AROUND = 3
"""Lines that stay the same shown before and after those that do not."""
_NOTHING = Words("没有", "none")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of both texts; the numbers are 1-based, None where that side has no such line. A `gap` stands for lines left out."""

    kind: Literal["same", "changed", "added", "removed", "gap"]
    old_number: int | None = None
    old: str = ""
    new_number: int | None = None
    new: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that reads differently: of which programme (or the whole), which rule, before, now."""

    of: Words
    rule: Words
    old: Words
    new: Words


def lines(old: str, new: str) -> list[Line]:
    """The texts side by side; long stretches that are the same are left out."""
    before, after = old.splitlines(), new.splitlines()
    found: list[Line] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if group[0][1] or group[0][3]:
            found.append(Line("gap"))
        for tag, i1, i2, j1, j2 in group:
            found += _pairs(tag, list(enumerate(before, 1))[i1:i2], list(enumerate(after, 1))[j1:j2])
    return found


def _pairs(tag: str, old: list[tuple[int, str]], new: list[tuple[int, str]]) -> Iterator[Line]:
    for place in range(max(len(old), len(new))):
        left = old[place] if place < len(old) else (None, "")
        right = new[place] if place < len(new) else (None, "")
        if tag == "equal":
            yield Line("same", *left, *right)
        else:
            yield Line("changed" if left[0] and right[0] else "removed" if left[0] else "added", *left, *right)


def changes(old: Playbook, new: Playbook) -> list[Change]:
    """What changed in words: hours, caps and reviews first, then programme by programme."""
    whole = Words("整个方案", "The whole playbook")
    found = [
        *_differs(whole, Words("名称", "Name"), old.title, new.title),
        *_differs(whole, Words("联络时间", "Hours"), wording.calendar(old.calendar), wording.calendar(new.calendar)),
        *_differs(whole, Words("上限", "Caps"), _list(wording.caps(old.limits)), _list(wording.caps(new.limits))),
        *_differs(whole, Words("质检", "Review"), _list(review(old.review)), _list(review(new.review))),
        *_differs(whole, Words("分类", "Classes"), _classes(old), _classes(new)),
    ]
    for key in dict.fromkeys([*old.programmes, *new.programmes]):
        found += _programme(old, new, key)
    return found


def _programme(old: Playbook, new: Playbook, key: str) -> Iterator[Change]:
    before, now = old.programmes.get(key), new.programmes.get(key)
    title = (now or before or next(iter(new.programmes.values()))).title
    if before is None or now is None:
        there = Words("有这个项目", "There")
        yield Change(title, Words("项目", "Programme"), there if before else _NOTHING, there if now else _NOTHING)
        return
    found = [
        change
        for (rule, was), (_rule, says) in zip(_rules(old, before), _rules(new, now), strict=True)
        for change in _differs(title, rule, was, says)
    ]
    yield from found or _differs(title, Words("条件的写法", "How conditions are written"), _written(before), _written(now))


def _written(one: Programme) -> Words:
    """The conditions themselves: two that read the same may still be two."""
    trigger = [getattr(one.when, part, None) for part in ("becomes", "where")]
    said = [one.for_, one.still, *trigger, *(rule.if_ for rule in one.on_answer)]
    text = "; ".join(each for each in said if each)
    return Words(text, text)


def _rules(book: Playbook, one: Programme) -> Iterator[tuple[Words, Words]]:
    yield Words("名称", "Name"), one.title
    yield Words("目的", "Purpose"), wording.purpose(one)
    yield Words("何时", "When"), wording.when(book, one)
    yield Words("对谁", "Who"), wording.who(book, one)
    yield Words("怎么联络", "How"), wording.how(one)
    yield Words("多久之内", "Until"), wording.until(one)
    yield Words("对照组", "Hold-out"), Words(f"{one.hold_out:.0%}", f"{one.hold_out:.0%}")
    yield Words("回答之后", "After an answer"), _list(tuple(wording.reaction(book, rule) for rule in one.on_answer))


def _classes(book: Playbook) -> Words:
    return _list(tuple(Words(f"{one.title.zh}：{one.when}", f"{one.title.en}: {one.when}") for one in book.classes.values()))


def _list(said: tuple[Words, ...]) -> Words:
    return Words("；".join(one.zh for one in said), "; ".join(one.en for one in said)) if said else _NOTHING


def _differs(of: Words, rule: Words, old: Words, new: Words) -> Iterator[Change]:
    if old != new:
        yield Change(of, rule, old, new)
