"""What a contact with one customer now is expected to bring, and why now or not: the policy in words, with the emotional account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Count, Q

from huifang.app.access import occurrences_for
from huifang.app.business_time import business_day
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import ContactPolicy, PolicyLearning, Staff
from huifang.domain.contact import Purpose
from huifang.domain.contact_classes import class_title
from huifang.domain.contact_guard import Guard, guard
from huifang.domain.contact_standing import BY_RULE, Standing, sentences
from huifang.domain.contact_turn import Bounds, Known, Turn, turn
from huifang.domain.emotional_account import OF_CONTACT, WORDS, Account, Movement, account
from huifang.domain.spans import shift
from huifang.domain.words import Words
from huifang.playbooks.schema import Adaptive, Playbook

COMPLAINT, ABOUT_CONTACT = "contact-complaint", ("calls", "被打扰")
"""The kind of case, and the topics of a complaint, that are about being contacted."""
SHOWN = 8
"""Movements of the account that are listed."""
SIGNS = {
    "worth": (Words("值得联络", "Worth a contact"), "good"), "not-worth": (Words("暂不值得联络", "Not worth one now"), "warn"),
    "slowed": (Words("该类放慢", "Class slowed down"), "warn"), "paused": (Words("该类暂停", "Class rests"), "bad"),
    "service-only": (Words("只做服务联络", "Service only"), "bad"), "rule-thin": (Words("按规则", "By the rule"), "warn"),
    "rule-failed": (Words("按规则", "By the rule"), "warn"),
}  # fmt: skip
"""Codes of what decided that are shown as signs: words and tone."""


Key = tuple[str, str]
"""Playbook and programme."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of the account as it is listed."""

    day: date
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where chance has decided: the programme, the first day, whether kept out (hold-out) or chosen (exploration)."""

    programme: str
    day: date
    held_out: bool


@dataclass(frozen=True, slots=True)
class ContactNow:
    """The part of the customer's page. Without a learned row `lines` and `signs` are empty; `turns` are the programmes that choose."""

    as_of: date | None
    signs: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    balance: int
    moved: tuple[Moved, ...]
    turns: tuple[tuple[str, Turn], ...]
    drawn: tuple[Drawn, ...]


def contact_now(staff: Staff, rows: CustomerRows, playbooks: tuple[Playbook, ...], day: date, language: str) -> ContactNow:
    """Eight queries at the most, whatever the customer's history."""
    row = ContactPolicy.objects.filter(customer=rows.customer.pk).first()
    held = account_of(rows, playbooks, day)
    titles = {(book.playbook, key): rule.title.say(language) for book in playbooks for key, rule in book.programmes.items()}
    moved = tuple(Moved(line.day, WORDS[line.movement].say(language), line.points) for line in held.lines if line.points)[:SHOWN]
    found = _standing(row, rows, held) if row else None
    return ContactNow(
        row.as_of if row else None,
        tuple((SIGNS[code][0].say(language), SIGNS[code][1]) for code in (row.reasons.split(",") if row else ()) if code in SIGNS),
        tuple(words.say(language) for words in sentences(found, day)) if found else (),
        held.balance, moved, tuple((titles[key], each) for key, each in turns(row, rows, playbooks, held, day).items()),
        tuple(_drawn(staff, rows.customer.pk, titles)),
    )  # fmt: skip


def account_of(rows: CustomerRows, playbooks: tuple[Playbook, ...], day: date) -> Account:
    """The emotional account, from a customer's own rows."""
    return account(_movements(rows, playbooks), day)


def _standing(row: ContactPolicy, rows: CustomerRows, held: Account) -> Standing:
    learning = PolicyLearning.objects.filter(day=row.as_of).first()
    classes = {each["name"]: each for each in learning.classes} if learning else {}
    return Standing(
        class_title(row.cluster), row.engaged, row.expected_effect, row.index, row.at_once, row.plans_ahead, row.reliability,
        row.observations, tuple(dict.fromkeys(each["day"] for each in rows.attempts if each["reached"])), held,
        _guard(classes.get(row.cluster)), BY_RULE.get(learning.state) if learning else None,
    )  # fmt: skip


def _guard(line: Mapping[str, Any] | None) -> Guard:
    return Guard(**{field.name: line[field.name] for field in fields(Guard)}) if line else guard(0, 0)


def _movements(rows: CustomerRows, playbooks: tuple[Playbook, ...]) -> Iterator[tuple[date, Movement]]:
    """What moves the account, as `analytics.contact_history` counts it for everybody, and praise."""
    kinds = {kind for playbook in playbooks for kind in playbook.events}
    yield from ((each["day"], Movement.BOUGHT) for each in rows.events if each["kind"] in kinds and (each["amount"] or 0) > 0)
    yield from ((day, Movement.ANSWERED) for day in dict.fromkeys(each["record__day"] for each in rows.answers))
    yield from ((each["day"], OF_CONTACT[Purpose(each["purpose"])]) for each in rows.attempts if each["reached"])
    for case in rows.cases:
        about = case["kind"] == COMPLAINT
        yield business_day(case["opened_at"]), Movement.ANNOYED if about else Movement.COMPLAINED
        if case["closed_at"] is not None and not about:
            yield business_day(case["closed_at"]), Movement.SOLVED
    for said in rows.feedback:
        if said["kind"] == "praise":
            yield business_day(said["at"]), Movement.PRAISED
        elif said["kind"] == "complaint" and said["topic"] in ABOUT_CONTACT:
            yield business_day(said["at"]), Movement.ANNOYED


def turns(row: ContactPolicy | None, rows: CustomerRows, playbooks: tuple[Playbook, ...], held: Account, day: date) -> dict[Key, Turn]:
    """For each programme that chooses by worth, whose turn it is. One query where there is any."""
    choosing = [
        ((playbook.playbook, key), programme.purpose, programme.when)
        for playbook in playbooks
        for key, programme in playbook.programmes.items()
        if isinstance(programme.when, Adaptive)
    ]
    if not choosing:
        return {}
    last = max((each["day"] for each in rows.attempts if each["counted"]), default=None)
    since, known, found = last or rows.customer.first_seen, _known(row, last, held.balance), {}
    for key, purpose, when in choosing:
        shortest = (day - shift(day, when.no_sooner_than, -1)).days
        latest = shift(since, when.no_later_than) if when.no_later_than and since else None
        found[key] = turn(Bounds(purpose, shortest, latest), known, day)
    return found


def _known(row: ContactPolicy | None, last: date | None, balance: int) -> Known:
    if row is None:
        return Known(last, None, balance, 1.0, False, 0, 0)
    counted = ContactPolicy.objects.aggregate(of=Count("pk"), before=Count("pk", filter=Q(index__gt=row.index)))
    return Known(last, row.index, row.balance, row.slowed, row.paused, counted["before"] + 1, counted["of"])


def _drawn(staff: Staff, customer: int, titles: Mapping[Key, str]) -> Iterator[Drawn]:
    """The programmes for which the customer is in the hold-out, or was last chosen by chance. One query."""
    chance = Q(decision="held-out") | Q(cause__endswith=":drawn")
    rows = occurrences_for(staff).filter(chance, customer=customer).order_by("-due", "-pk")
    seen: set[Key] = set()
    for book, programme, decision, due in rows.values_list("playbook", "programme", "decision", "due"):
        if (book, programme) in titles and (book, programme) not in seen:
            seen.add((book, programme))
            yield Drawn(titles[book, programme], due, decision == "held-out")
