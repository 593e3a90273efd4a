"""Which names the conditions of a day's playbooks need: nothing else is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from huifang.playbooks.expressions import names, parse
from huifang.playbooks.facts import Fact
from huifang.playbooks.facts import facts as read_facts
from huifang.playbooks.schema import Becomes, Playbook

Needs = Mapping[str, frozenset[str]]
"""By playbook: facts, classes, ladders, attributes and built-in names."""


def needs(playbooks: Iterable[Playbook]) -> Needs:
    """What the programmes' conditions name (`for`, `still`, `value`, `becomes`), with everything that stands behind those names."""
    return {
        playbook.playbook: _closed(playbook, {name for text in _conditions(playbook) for name in names(parse(text))})
        for playbook in playbooks
    }


def class_needs(playbooks: Iterable[Playbook]) -> Needs:
    """All classes and ladders, with everything that stands behind them."""
    return {playbook.playbook: _closed(playbook, {*playbook.classes, *playbook.ladders}) for playbook in playbooks}


def _closed(playbook: Playbook, waiting: set[str]) -> frozenset[str]:
    behind = dict(_behind(playbook, read_facts(playbook)))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= behind.get(name, frozenset()) - found
    return frozenset(found)


def _conditions(playbook: Playbook) -> Iterator[str]:
    for programme in playbook.programmes.values():
        becomes = programme.when.becomes if isinstance(programme.when, Becomes) else None
        yield from (text for text in (programme.for_, programme.still, programme.value, becomes) if text is not None)


def _behind(playbook: Playbook, found: Iterable[Fact]) -> Iterator[tuple[str, frozenset[str]]]:
    """Each name that is worked out from others, with those."""
    for fact in found:
        if fact.expression is not None:
            yield fact.name, names(fact.expression)
    for name, rule in playbook.classes.items():
        yield name, names(parse(rule.when))
    for name, ladder in playbook.ladders.items():
        yield name, frozenset().union(*(names(parse(step.when)) for step in ladder.steps.values() if step.when != "else"))
