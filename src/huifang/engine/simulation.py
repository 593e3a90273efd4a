"""What the coming days would bring: the plan of one day after another, contacts taken to be made and to reach at stated rates.

    a day's plan → each follow-up is tried once → what that leaves becomes the next day's `known`, `contacts`, `promises` → ...

What is assumed, and nothing else: a try reaches the customer at the channel's rate, by a keyed draw; who was not reached is tried again
from the next day on, as often as the programme allows; promises are kept; nobody answers, complains, opts out or asks for anything;
agreements end as they stand; accounts and classes of the contact policy stay as they are. Events come only where `Assumptions.events` lets
the past year's come again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce

import ibis
import ibis.expr.types as ir

from huifang.domain.calendars import WorkingCalendar
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.windows import WEEKDAYS
from huifang.domain.words import Words
from huifang.engine.keeping import drop, fetch, keep, passing
from huifang.engine.lookups import md5
from huifang.engine.planner import PlanResult, plan
from huifang.engine.presence import Presence, presence
from huifang.engine.stages import Inputs, PlanContext
from huifang.engine.terms import Terms, draw_limit, terms
from huifang.engine.triggers.ground import read_calendars, read_days
from huifang.engine.without_rows import rowless

YEAR = timedelta(days=364)
"""After so long the past year's events come again: 52 weeks, so that Mondays stay Mondays."""
ONE_DAY = timedelta(days=1)
LONGEST = 400
ENOUGH = 30
"""Contacts of a channel that make its share of reached ones a rate."""
_KEY = ["playbook", "programme", "customer_id", "cause"]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """`reach`: by channel the share of tries that reach the customer, 0 to 1, missing ones 1; `events`: the past year's come again."""

    reach: Mapping[Channel, float] = field(default_factory=dict)
    events: bool = False

    def words(self) -> Words:
        """What the coming days rest on, in a sentence."""
        rates = sorted(self.reach.items())
        zh = "，".join(f"{CHANNEL_WORDS[channel].zh}接通率 {share:.0%}" for channel, share in rates) or "每次联络都能接通"
        en = ", ".join(f"{CHANNEL_WORDS[channel].en} reaches {share:.0%}" for channel, share in rates) or "every contact reaches"
        coming = Words("没有新的业务事件", "no new events come")
        if self.events:
            coming = Words("过去一年的业务事件再次发生", "the past year's events come again")
        return Words(f"假定：{zh}；{coming.zh}；其余渠道都能送达。", f"Assumed: {en}; {coming.en}; other channels always reach.")


@dataclass(frozen=True, slots=True)
class Simulated:
    """One planned day. `inputs` are what it was planned from; the tables live only until the next day is asked for."""

    context: PlanContext
    inputs: Inputs
    result: PlanResult
    at_work: Presence


def measured_reach(context: PlanContext, inputs: Inputs) -> dict[Channel, float]:
    """The share of counted tries of the past year that reached, of channels with at least `ENOUGH`. One query."""
    contacts = inputs.contacts
    past = contacts.filter(contacts.counted, contacts.day > context.day - timedelta(days=365), contacts.day < context.day)
    shares = past.group_by("channel").aggregate(tries=past.count(), share=past.reached.cast("float64").mean())
    known = {channel.value: channel for channel in Channel}
    found = {known[name]: float(share) for name, tries, share in fetch(context.connection, shares) if name in known and tries >= ENOUGH}
    return {channel: found[channel] for channel in Channel if channel in found}


def simulate(context: PlanContext, inputs: Inputs, days: int, assumed: Assumptions) -> Iterator[Simulated]:
    """The plans of `days` days from `context.day` on, in order; a day on which nobody may be contacted is planned with the next one.

    Raises `ValueError` for fewer days than 1 or more than `LONGEST`, `CalendarError` where a calendar ends too early.
    """
    if not 1 <= days <= LONGEST:
        raise ValueError(f"{days} is not between 1 and {LONGEST}")
    connection, since = context.connection, context.since
    if assumed.events:
        inputs = replace(inputs, events=keep(connection, "coming", coming_again(inputs.events, context.day, days)))
    open_on = _Openings(context, inputs)
    previous: list[str] = []
    for number in range(days):
        day = context.day + number * ONE_DAY
        if number and not open_on(day):
            continue
        with passing(connection) as stays:
            today = PlanContext(day, since, context.playbooks, connection)
            seen = replace(inputs, events=inputs.events.filter(inputs.events.day <= day), event_facts=None)
            result = plan(today, seen)
            yield Simulated(today, inputs, result, presence(today, seen))
            known, contacts, promises = (stays(table) for table in _evening(today, inputs, result, assumed))
        drop(connection, previous)
        previous = [table.get_name() for table in (known, contacts, promises) if not rowless(table)]
        inputs, since = replace(inputs, known=known, contacts=contacts, promises=promises), day


def coming_again(events: ir.Table, day: date, days: int) -> ir.Table:
    """The events before `day`, and those of the `YEAR` before it once more in each year that the days reach into.

    Ids are new, every date and moment of a row moves along with it. Events of the day and later are left as they are.
    """
    last = day + days * ONE_DAY
    past = events.filter(events.day >= day - YEAR, events.day < day)
    again = []
    for times in range(1, -(-days // YEAR.days) + 1):
        moved = past.mutate(**{name: _later(past[name], times) for name, kind in past.schema().items() if kind.is_temporal()})
        made = _new_id(events, past.event_id, times)
        again.append(moved.mutate(event_id=made).filter(ibis._.day < last).select(*events.columns))
    return reduce(lambda one, other: one.union(other, distinct=False), again, events)


def _later(value: ir.Value, times: int) -> ir.Value:
    moved = value.cast("timestamp") + ibis.interval(days=times * YEAR.days)  # a date and an interval make a moment in DuckDB
    return moved.cast(value.type())


def _new_id(events: ir.Table, event_id: ir.Value, times: int) -> ir.Value:
    if event_id.type().is_string():
        return event_id + f"+{times}"
    most = events.aggregate(most=ibis.greatest(events.event_id.max(), 0)).as_scalar()
    return (event_id + times * (most + 1)).cast(event_id.type())


class _Openings:
    """Whether a programme may contact anybody on a day, by the calendars of branches and playbooks, or a promise is for it."""

    def __init__(self, context: PlanContext, inputs: Inputs) -> None:
        named = {name for (name,) in fetch(context.connection, inputs.branches.select("calendar").distinct()) if name is not None}
        calendars: Mapping[str, WorkingCalendar] = read_calendars(read_days(context, inputs))
        shared: Terms = terms(context.playbooks)
        self.rules = shared.days
        self.calendars = [calendars[name] for name in sorted(named | {line.country for line in shared.lines}) if name in calendars]
        promises = inputs.promises.select("day").distinct()
        self.promised = {day for (day,) in fetch(context.connection, promises)}

    def __call__(self, day: date) -> bool:
        working = any(calendar.is_working(day) for calendar in self.calendars)
        allowed = any(rule == "every" or (working if rule == "working" else WEEKDAYS[day.weekday()] in rule) for rule in self.rules)
        return allowed or day in self.promised


def _evening(context: PlanContext, inputs: Inputs, result: PlanResult, assumed: Assumptions) -> tuple[ir.Table, ir.Table, ir.Table]:
    """`known`, `contacts` and `promises` as the day leaves them, kept. Four queries."""
    connection = context.connection
    tried = keep(connection, "tried", _tried(context, result, assumed))
    known = keep(connection, "known", _known(context, inputs.known, result.decisions, tried))
    contacts = inputs.contacts.union(_contacts(context, inputs.contacts, tried), distinct=False)
    done = result.decisions.filter(result.decisions.followup.notnull())
    promises = inputs.promises.anti_join(done, ["programme", "customer_id", "cause"])
    return known, keep(connection, "contacts", contacts), keep(connection, "promises", promises)


def _tried(context: PlanContext, result: PlanResult, assumed: Assumptions) -> ir.Table:
    """The follow-ups with `reached`: md5 of ``day|customer|channel`` before the limit of the channel's rate."""
    made = result.followups
    text = ibis.literal(f"{context.day.isoformat()}|") + made.customer_id.cast("string") + "|" + made.channel
    cases = [(made.channel == channel.value, _drawn(text, share)) for channel, share in sorted(assumed.reach.items()) if share < 1]
    reached = ibis.cases(*cases, else_=ibis.literal(value=True)) if cases else ibis.literal(value=True)
    return made.select("followup", "customer_id", "channel", "purpose", "programme", "staff_id", reached=reached)


def _drawn(text: ir.StringValue, share: float) -> ir.BooleanValue:
    limit = draw_limit(share)
    return md5(text) < limit if limit else ibis.literal(value=False)


def _known(context: PlanContext, known: ir.Table, decisions: ir.Table, tried: ir.Table) -> ir.Table:
    """What was known, with each decided occurrence as the day leaves it: closed, open for another day, or to be tried again."""
    before = known.select(*(known[name].name(f"{name}_0") for name in (*_KEY, "attempts", "next_on", "staff_id")))
    joined = decisions.left_join(before, [(name, f"{name}_0") for name in _KEY])
    of = tried.select(number="followup", who="staff_id", reached="reached")
    joined = joined.left_join(of, [("followup", "number")])
    missed = joined.number.notnull() & ~joined.reached
    later = joined.number.isnull() & (joined.decision == "deferred")
    now = {
        **{name: joined[name] for name in (*_KEY, "event_id", "cause_day", "due", "deadline", "expires")},
        "open": (missed | later).fill_null(False),
        "attempts": (joined.attempts_0.fill_null(0) + missed.fill_null(False).cast("int64")).cast("int64"),
        "next_on": ibis.ifelse(missed.fill_null(False), ibis.literal(context.day + ONE_DAY), joined.next_on_0),
        "staff_id": ibis.coalesce(joined.who, joined.staff_id_0),
    }
    fresh = joined.select(**{name: now[name].cast(known[name].type()) for name in known.columns})
    return known.anti_join(decisions, _KEY).union(fresh, distinct=False)


def _contacts(context: PlanContext, contacts: ir.Table, tried: ir.Table) -> ir.Table:
    """The day's tries as rows of `contacts`, without an id of their own."""
    given = {
        "contact_id": ibis.null(contacts.contact_id.type()), "day": ibis.literal(context.day), "counted": ibis.literal(value=True),
        "local_day": ibis.literal(context.day), "at": ibis.null("timestamp"),
        **{name: tried[name] for name in ("customer_id", "channel", "purpose", "programme", "reached", "staff_id")},
    }  # fmt: skip
    return tried.select(**{name: given[name].cast(contacts[name].type()) for name in contacts.columns})
