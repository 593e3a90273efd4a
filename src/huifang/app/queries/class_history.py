"""Since when a customer has had each class, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huifang.app.formats import money
from huifang.app.records.models import ClassSpell, LearnedNumber
from huifang.domain.words import Words
from huifang.playbooks.class_reasons import RULE
from huifang.playbooks.known_names import LEARNED
from huifang.playbooks.schema import Playbook

MOST = 40
_SHARES = {"p_active", "renewal_chance"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A class the customer has, or had until a day; `by_rule`: no model could be fitted, a rule stands in."""

    title: str
    reason: str
    since: date
    until: date | None
    by_rule: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A learned number as it is shown, with what it comes from."""

    title: str
    value: str
    by_rule: bool


def learned_numbers(customer_id: int, language: str) -> tuple[Number, ...]:
    """The numbers of the last learning, in the order of the vocabulary. One query."""
    rows = LearnedNumber.objects.filter(customer=customer_id).order_by("as_of").values_list("name", "value", "model")
    latest = {name: (value, model) for name, value, model in rows}
    return tuple(
        Number(words.say(language), _shown(name, value), model == RULE)
        for name, (_, words) in LEARNED.items()
        if name in latest
        for value, model in (latest[name],)
    )


def _shown(name: str, value: float) -> str:
    if name in _SHARES:
        return f"{value:.0%}"
    return money(value) if name == "customer_value" else f"{value:,.1f}".removesuffix(".0")


def class_history(customer_id: int, playbooks: Iterable[Playbook], language: str) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """What holds, and what has ended, the newest first. One query."""
    titles = {(playbook.playbook, *named): title for playbook in playbooks for named, title in _titles(playbook)}
    rows = ClassSpell.objects.filter(customer=customer_id).order_by("-since", "-pk")[:MOST]
    found = [
        Standing(
            titles.get((row.playbook, row.name, row.step), Words(row.step or row.name, row.step or row.name)).say(language),
            Words(row.reason_zh, row.reason_en).say(language), row.since, row.until, row.by == RULE,
        )
        for row in rows
    ]  # fmt: skip
    return tuple(one for one in found if one.until is None), tuple(one for one in found if one.until is not None)


def _titles(playbook: Playbook) -> Iterable[tuple[tuple[str, str], Words]]:
    for name, rule in playbook.classes.items():
        yield (name, ""), rule.title
    for name, ladder in playbook.ladders.items():
        for step, rung in ladder.steps.items():
            yield (name, step), Words(f"{ladder.title.zh}：{rung.title.zh}", f"{ladder.title.en}: {rung.title.en}")
