"""Score cards: what one reviewed record is worth, and what a person's month comes to.

A record is scored item by item; the items are the flow of a good call (plans P06, P13 and P19: greeting, the right person, every question,
listening without dispute, nothing promised that cannot be kept, the customer's own words, what follows, a courteous end).

A month begins with 100 points. Plan P13: per full 5 points of coverage below the standard, 1 point off. Plan P20: what was reported late or
not at all counts too; here by the same measure, 1 point per full 5 points of contacts that were not recorded the same day. The quality of
the records stands beside that and is not mixed in: it is the mean over records drawn at random, with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huifang.domain.errors import Invalid, Place, Problem
from huifang.domain.words import Words

FULL = 100
STEP = 5
"""Points of coverage, in percent, that cost one point."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the card, what is looked for, and its most points."""

    code: str
    words: Words
    looks_for: Words
    most: int


ITEMS = (
    Item(
        "opening", Words("开场", "Opening"),
        Words("问候、自报单位和姓名、问是否方便", "Greets, says who calls, asks whether it is a good time"), 10,
    ),
    Item(
        "person", Words("核对本人", "The right person"),
        Words("确认是本人，不向他人透露", "Makes sure who it is; tells others nothing"), 10,
    ),
    Item(
        "questions", Words("提问", "Questions"),
        Words("每题都按原意问到", "Every question asked as it is meant"), 20,
    ),
    Item(
        "listening", Words("倾听", "Listening"),
        Words("不打断、不争辩", "Does not interrupt, never argues"), 15,
    ),
    Item(
        "information", Words("告知", "Information"),
        Words("说得准确，不许诺做不到的事", "Right, and nothing promised that cannot be kept"), 10,
    ),
    Item(
        "record", Words("记录", "Record"),
        Words("记下客户原话，完整、当日", "The customer's own words, complete, the same day"), 15,
    ),
    Item(
        "next", Words("后续", "What follows"),
        Words("该建工单的建了，再联络的日期合适", "A case where it needs one, a fitting next date"), 10,
    ),
    Item(
        "ending", Words("结束", "Ending"),
        Words("致谢，礼貌收尾", "Thanks the customer, ends courteously"), 10,
    ),
)  # fmt: skip
"""The items where a playbook names none of its own; together 100 points."""


def score(points: Mapping[str, int], items: Sequence[Item] = ITEMS) -> float:
    """Points given over the most that could be had from the items that apply, out of 100; raises `Invalid`.

    >>> score({"opening": 10, "listening": 5})
    60.0
    """
    most = {item.code: item.most for item in items}
    wrong = [code for code, given in points.items() if code not in most or not 0 <= given <= most[code]]
    if wrong or not points:
        raise Invalid(*(_outside(code, most.get(code, 0)) for code in wrong or [items[0].code]))
    return round(FULL * sum(points.values()) / sum(most[code] for code in points), 1)


def _outside(code: str, most: int) -> Problem:
    return Problem(
        "review.points",
        Words(f"这一项要给 0 到 {most} 分。", f"This item takes 0 to {most} points."),
        Words("至少评一项；不适用的留空。", "Score one item at least; leave empty what does not apply."),
        Place(key=code),
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """One programme's part of a person's month: what fell due, what was contacted, the coverage asked for in percent."""

    due: int
    covered: int
    standard: float = 100


@dataclass(frozen=True, slots=True)
class Month:
    """A person's month as it is assessed."""

    programmes: tuple[Coverage, ...] = ()
    contacts: int = 0
    late: int = 0
    """Contacts that were recorded on another day, or not at all."""
    random_scores: tuple[float, ...] = ()
    """Of records drawn at random."""

    @property
    def due(self) -> int:
        """What fell due."""
        return sum(one.due for one in self.programmes)

    @property
    def covered(self) -> int:
        """What was contacted of it."""
        return sum(one.covered for one in self.programmes)

    @property
    def standard(self) -> float | None:
        """The coverage asked for, in percent, weighted by what fell due; None where nothing did."""
        return sum(one.standard * one.due for one in self.programmes) / self.due if self.due else None

    @property
    def coverage(self) -> float | None:
        """The coverage reached, in percent."""
        return FULL * self.covered / self.due if self.due else None

    @property
    def off_for_coverage(self) -> int:
        """Points off for coverage."""
        return coverage_points(self.programmes)

    @property
    def off_for_late(self) -> int:
        """Points off for late and missing records."""
        return FULL * self.late // (STEP * self.contacts) if self.contacts else 0

    @property
    def points(self) -> int:
        """What the month comes to; never below 0."""
        return max(0, FULL - self.off_for_coverage - self.off_for_late)

    @property
    def quality(self) -> float | None:
        """Mean score of the records that were drawn at random; None where none was reviewed."""
        return mean(self.random_scores)


def coverage_points(programmes: Iterable[Coverage]) -> int:
    """Points off: 1 per full 5 points by which coverage lies below its standard.

    >>> [coverage_points([Coverage(100, covered)]) for covered in (100, 96, 95, 91, 90)]
    [0, 0, 1, 1, 2]
    >>> coverage_points([Coverage(50, 40, 90), Coverage(50, 50, 90)])
    0
    """
    rows = list(programmes)
    due = sum(one.due for one in rows)
    missing = sum(one.standard * one.due for one in rows) - FULL * sum(one.covered for one in rows)
    return max(0, int((missing + 1e-9 * due) // (STEP * due))) if due else 0


def mean(values: Sequence[float]) -> float | None:
    """The plain mean; None of nothing."""
    return sum(values) / len(values) if values else None
