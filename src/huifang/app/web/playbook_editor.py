"""One page of the playbook editor: the text of a draft, the form of one part of it, what the checks found, and a form that was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from huifang.app.web import asking
from huifang.app.web.survey_page import Line
from huifang.domain.errors import PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks import excerpts, forms, new_entries, wording
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.condition_rows import OPERATORS
from huifang.playbooks.excerpts import Around
from huifang.playbooks.form_fields import DAYS, SECTIONS, UNITS, WEEKDAYS, WHOLE, Options
from huifang.playbooks.forms import Part, Section
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.loader import loads
from huifang.playbooks.review_wording import review
from huifang.playbooks.rewriting import rewrite, values
from huifang.playbooks.schema import Playbook
from huifang.playbooks.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say of a text: the playbook where it can be used, all problems, the line of every key."""

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    lines: dict[Any, int]

    @property
    def errors(self) -> int:
        """How many problems stop it from being used."""
        return sum(one.severity == "error" for one in self.problems)


@dataclass(frozen=True, slots=True)
class Look:
    """The editor's page for a text and a part."""

    text: str
    part: Part
    checked: Checked
    outline: list[Any] = field(default_factory=list)
    sections: tuple[Section, ...] = ()
    sentences: tuple[Words, ...] = ()
    readable: bool = True
    line: int | None = None
    heading: Words | None = None
    names: Options = ()
    units: Options = UNITS
    weekdays: Options = WEEKDAYS
    day_kinds: Options = DAYS
    operators: tuple[tuple[str, Words], ...] = tuple(OPERATORS.items())
    opened: str = ""
    """The entry that is open among those that fold."""
    preview: tuple[Line, ...] | None = None
    """The open question of a questionnaire as the phone shows it; nothing while it is not one yet."""
    around: Around = excerpts.WHOLE
    """What of the text stands around the part's own lines: a part is shown with these alone."""

    @property
    def path(self) -> str:
        """The part as it stands in an address."""
        return "/".join(self.part)

    @property
    def whole(self) -> list[tuple[str, Words]]:
        """Parts that are there once: their address and heading."""
        return [(key, heading) for key, (heading, _groups) in WHOLE.items()]

    @property
    def own_entry(self) -> bool:
        """Whether the part is an entry that can be taken out."""
        return len(self.part) == 2


@lru_cache(maxsize=32)
def checked(text: str) -> Checked:
    """Everything that is wrong or doubtful with a text."""
    try:
        loaded = loads(text)
    except PlaybookError as error:
        return Checked(None, tuple(sorted(error.problems, key=lambda one: one.place.line or 0)), {})
    return Checked(loaded.playbook, tuple(check_loaded(loaded)), dict(loaded.lines))


def look(text: str, part: Part, opened: str = "") -> Look:
    """The page; a text that cannot be read has no form, only its problems."""
    found = checked(text)
    try:
        data = values(text)
    except PlaybookError:
        return Look(text, part, found, readable=False)
    part = known_part(data, part)
    book = found.playbook
    return Look(
        text, part, found, new_entries.outline(data), forms.show(data, part, opened), _sentences(book, part), True, found.lines.get(part),
        _heading(data, part), _names(book), opened=opened, preview=_preview(book, part, opened), around=excerpts.around(text, part),
    )  # fmt: skip


def known_part(data: Any, part: Part) -> Part:
    """The part if the text has it, else the playbook in general."""
    if len(part) == 1 and part[0] in WHOLE:
        return part
    there = len(part) == 2 and part[0] in SECTIONS and isinstance(data, dict) and isinstance(data.get(part[0]), dict)
    return part if there and part[1] in data[part[0]] else ()


def part_of(address: str) -> Part:
    """``programmes/day-after`` as a part."""
    return tuple(address.split("/")) if address else ()


def around(base: str, revision: int, posted: QueryDict) -> Around:
    """What stands around the lines that were sent, of the text they belong to.

    Where another person has saved since `revision`, it is what stands around the part now; one that is gone keeps its place.
    """
    told = [posted.get(f"lines-{name}", "") for name in ("before", "behind")]
    before, behind = (int(one) if one.isdecimal() and len(one) < 10 else 0 for one in told)
    given = Around(before, behind)
    if given == excerpts.WHOLE or posted.get("revision") == str(revision):
        return given
    now = excerpts.around(base, part_of(posted.get("part", "")))
    return given if now == excerpts.WHOLE else now


def sent(base: str, text: str, posted: QueryDict) -> tuple[str, Part]:
    """The text after what was sent: typed into the text, changed in the form, asked for by a button. And the part to show.

    Both may have changed; what was touched in the form is written into the text as typed. A text that cannot be read stays as it was typed.
    """
    part = part_of(posted.get("part", ""))
    said = {name: posted.getlist(name) for name in posted}
    try:
        before = values(base)
        touched = forms.touched(before, known_part(before, part), said)
    except PlaybookError:
        touched = {}
    do = posted.get("do", "")
    try:
        data = values(text) if touched or ":" in do else None
        if not isinstance(data, dict):
            return text, part
        part = known_part(data, part)
        data = forms.change(data, part, touched)
        data, part = _done(data, part, do, posted)
        return rewrite(text, data), part
    except PlaybookError:
        return text, part


def _done(data: Any, part: Part, do: str, posted: QueryDict) -> tuple[Any, Part]:
    what, _, about = do.partition(":")
    if what == "new" and about in SECTIONS:
        data, key = new_entries.add(data, about, posted.get(f"new:{about}", ""))
        return data, (about, key)
    if what == "drop" and len(part) == 2:
        return new_entries.drop(data, part), ()
    return (forms.act(data, part, do) if about else data), part


def _sentences(book: Playbook | None, part: Part) -> tuple[Words, ...]:
    """What the part says, as a manager reads it aloud."""
    if book is None:
        return ()
    if not part:
        return (wording.calendar(book.calendar),)
    if part == ("limits",):
        return wording.caps(book.limits)
    if part == ("review",):
        return review(book.review)
    if part[0] != "programmes":
        return ()
    one = book.programmes[part[1]]
    said = [wording.when(book, one), wording.who(book, one), wording.how(one), wording.until(one)]
    return (*said, *(wording.reaction(book, rule) for rule in one.on_answer))


def _preview(book: Playbook | None, part: Part, opened: str) -> tuple[Line, ...] | None:
    if part[:1] != ("questionnaires",):
        return None
    if book is None:
        return ()
    questions = book.questionnaires[part[1]].questions
    place = forms.place_of(opened, len(questions))
    return (Line(asking.shown(place + 1, questions[place], None, "", get_language() or "zh-hans"), questions[place].type),)


def _heading(data: Any, part: Part) -> Words:
    if len(part) == 2:
        return forms.words_of(data[part[0]][part[1]], part[1])
    return WHOLE[part[0]][0] if part else Words("总则", "In general")


def _names(book: Playbook | None) -> Options:
    """Names that a condition can speak of, with their words."""
    if book is None:
        return tuple((name, words) for name, (_kind, words) in BUILTINS.items())
    known = vocabulary(book)
    return tuple((name, known.titles.get(name, Words(name, name))) for name in known.customer)
