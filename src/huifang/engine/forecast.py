"""Load against capacity on the coming days: what `simulation` plans, counted by day, programme and branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import ibis

from huifang.domain.contact import DecisionKind
from huifang.engine.keeping import fetch
from huifang.engine.presence import EVERYWHERE
from huifang.engine.rules import WITHOUT_PLACE
from huifang.engine.simulation import Assumptions, Simulated, simulate
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.terms import BY_PERSON

_KEY = ["playbook", "programme", "customer_id", "cause"]


@dataclass(frozen=True, slots=True)
class Count:
    """What a planned day does with one programme's occurrences in one branch (empty: none).

    `due` are those it sees for the first time; the others count every occurrence that it decides, by kind of decision.
    """

    day: date
    playbook: str
    programme: str
    branch: str
    due: int
    planned: int
    bundled: int
    deferred: int
    held_out: int
    suppressed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Load:
    """A branch's day: `work` are contacts that need a person and are made, `capacity` the places.

    `waiting` are those that nobody had room for, on the day or at the only time of day that would do.
    """

    day: date
    branch: str
    work: int
    waiting: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Day:
    """One planned day of a forecast."""

    day: date
    counts: tuple[Count, ...]
    loads: tuple[Load, ...]

    @property
    def work(self) -> int:
        """Contacts by people in all branches."""
        return sum(load.work for load in self.loads)

    @property
    def waiting(self) -> int:
        """Occurrences that nobody had room for."""
        return sum(load.waiting for load in self.loads)

    @property
    def capacity(self) -> int:
        """Places in all branches."""
        return sum(load.capacity for load in self.loads)


def forecast(context: PlanContext, inputs: Inputs, days: int, assumed: Assumptions) -> Iterator[Day]:
    """The planned days among the `days` from `context.day` on, one after another (see `simulation.simulate`)."""
    for simulated in simulate(context, inputs, days, assumed):
        yield counted(simulated)


def counted(simulated: Simulated) -> Day:
    """A simulated day in figures. Two queries of a few hundred rows."""
    day = simulated.context.day
    return Day(day, tuple(_counts(simulated)), tuple(_loads(simulated)))


def _counts(simulated: Simulated) -> Iterator[Count]:
    decisions, customers = simulated.result.decisions, simulated.inputs.customers
    homes = customers.select(home="customer_id", branch="branch_id")
    seen = simulated.inputs.known.select(*(simulated.inputs.known[name].name(f"{name}_0") for name in _KEY), seen=ibis.literal(value=True))
    joined = decisions.left_join(homes, [("customer_id", "home")]).left_join(seen, [(name, f"{name}_0") for name in _KEY])
    branch = joined.branch.cast("string").fill_null(EVERYWHERE)
    rows = joined.filter(ibis.literal(value=True)).mutate(at=branch)
    kinds = {kind: rows.count(where=rows.decision == kind.value) for kind in DecisionKind}
    counts = rows.group_by(["playbook", "programme", "at"]).aggregate(
        due=rows.count(where=rows.seen.isnull()), **{kind.name.lower(): number for kind, number in kinds.items()}
    )
    columns = ("playbook", "programme", "at", "due", "planned", "bundled", "deferred", "held_out", "suppressed", "expired")
    for row in sorted(fetch(simulated.context.connection, counts.select(*columns))):
        yield Count(simulated.context.day, *row)


def _loads(simulated: Simulated) -> Iterator[Load]:
    made, decisions = simulated.result.followups, simulated.result.decisions
    personal = made.filter(made.channel.isin([channel.value for channel in sorted(BY_PERSON)]))
    work = personal.group_by(at=personal.branch_id.cast("string").fill_null(EVERYWHERE)).aggregate(work=personal.count(), waiting=0)
    homes = simulated.inputs.customers.select(home="customer_id", branch="branch_id")
    refused = decisions.filter(decisions.rule.isin(WITHOUT_PLACE))
    crowded = refused.left_join(homes, [("customer_id", "home")])
    crowded = crowded.group_by(at=crowded.branch.cast("string").fill_null(EVERYWHERE)).aggregate(work=0, waiting=crowded.count())
    both = work.cast({"waiting": "int64"}).union(crowded.cast({"work": "int64"}).select(*work.columns), distinct=False)
    found: dict[str, list[int]] = {}
    for at, made_there, waiting in fetch(simulated.context.connection, both):
        load = found.setdefault(at, [0, 0])
        load[0] += made_there
        load[1] += waiting
    places = {person.desk: 0 for person in simulated.at_work.people.values()}
    for person in simulated.at_work.people.values():
        places[person.desk] += person.capacity
    for branch in sorted({*found, *places}):
        made_there, waiting = found.get(branch, [0, 0])
        yield Load(simulated.context.day, branch, made_there, waiting, places.get(branch, 0))
