"""What a programme hopes for, read off its trigger: which fact about the customer says that it worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huifang.playbooks.schema import AfterEvent, BeforeDate, Cadence, Lapse, Playbook, Programme


@dataclass(frozen=True, slots=True)
class ProgrammeGoal:
    """``event``: another event of `kind`; ``agreement``: a new agreement of `kind`; ``purchase``: any event with an amount."""

    what: Literal["event", "agreement", "purchase"]
    kind: str = ""


def goal_of(programme: Programme, playbook: Playbook) -> ProgrammeGoal:
    """The goal of a programme.

    After or since an event, or on its lapse: the same kind again. Before an agreement ends: a new one of its kind. Before a date that an
    event carries: that kind of event. Otherwise any purchase.
    """
    when = programme.when
    match when:
        case AfterEvent():
            return ProgrammeGoal("event", when.after)
        case Lapse():
            return ProgrammeGoal("event", when.lapse)
        case Cadence(since=str(kind)):
            return ProgrammeGoal("event", kind)
        case BeforeDate():
            return _before(when.before, playbook)
        case _:
            return ProgrammeGoal("purchase")


def _before(before: str, playbook: Playbook) -> ProgrammeGoal:
    source, _, rest = before.partition(".")
    kind = rest.rpartition(".")[0]
    if source == "agreement":
        return ProgrammeGoal("agreement", kind)
    return ProgrammeGoal("event", kind) if source == "attribute" and kind in playbook.events else ProgrammeGoal("purchase")
