"""What contacts cost: the settings' prices before the playbook's, and what programmes have spent this month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count, QuerySet, Sum

from huifang.app.business_time import business_day, business_zone
from huifang.app.records.models import Attempt, ChannelSetting
from huifang.domain.budget import Budget, Price, month_ends, month_of
from huifang.domain.contact import Channel
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook

Prices = Mapping[Channel, Price]
_USUAL_OVER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Spending:
    """A programme that has a budget, and what it has spent of it this month."""

    title: Words
    budget: float
    spent: float

    @property
    def left(self) -> float:
        """What is left; 0 where more was spent."""
        return max(0.0, self.budget - self.spent)


def prices(playbook: Playbook) -> dict[Channel, Price]:
    """What a contact costs by channel. One query."""
    return {channel: Price(cost) for channel, cost in playbook.costs.items()} | set_prices()


def set_prices() -> dict[Channel, Price]:
    """What the settings say; a channel whose price is not entered is left out. One query."""
    rows = ChannelSetting.objects.exclude(contact_cost=None, minute_cost=None).values_list("channel", "contact_cost", "minute_cost")
    return {Channel(channel): Price(float(contact or 0), float(minute or 0)) for channel, contact, minute in rows}


def cost_of(attempts: QuerySet[Attempt], known: Prices) -> tuple[int, float]:
    """How many attempts there are, and what they cost. One query."""
    rows = attempts.order_by().values_list("channel").annotate(number=Count("pk"), seconds=Sum("record__seconds"))
    found = [(Channel(channel), number, seconds or 0) for channel, number, seconds in rows]
    return sum(number for _, number, _ in found), sum(known.get(way, Price()).of(number, seconds) for way, number, seconds in found)


def made(playbook: str, programme: str, first: date, following: date) -> QuerySet[Attempt]:
    """The attempts of a playbook's programme from `first` to before `following`."""
    mine = Attempt.objects.filter(programme=programme, day__gte=first, day__lt=following)
    return mine.filter(followup__playbook_version__playbook=playbook)


def budget_of(playbook: Playbook, programme: str, channel: Channel, now: datetime) -> Budget | None:
    """The programme's budget as it stands at `now` before a contact on `channel`; None without one. Three queries at most, else none.

    A contact that is charged by the minute is taken to last as long as those of the last 90 days did.
    """
    limit = playbook.programmes[programme].budget
    if limit is None:
        return None
    day, known = business_day(now), prices(playbook)
    _, spent = cost_of(made(playbook.playbook, programme, *month_of(day)), known)
    price = known.get(channel, Price())
    return Budget(limit, spent, price.of(1, _usual_seconds(channel, day) if price.minute else 0), month_ends(day, business_zone()))


def usual_costs(playbook: Playbook, day: date) -> dict[Channel, float]:
    """What one contact is expected to cost by channel, its usual minutes included; for plans."""
    return {channel: price.of(1, _usual_seconds(channel, day) if price.minute else 0) for channel, price in prices(playbook).items()}


def priced(playbooks: Iterable[Playbook], day: date) -> tuple[Playbook, ...]:
    """The playbooks with what contacts cost in this installation, where any of them asks for it."""
    return tuple(one.model_copy(update={"costs": usual_costs(one, day)}) if _asks(one) else one for one in playbooks)


def spending(playbooks: Iterable[Playbook], day: date) -> list[Spending]:
    """Every programme with a budget, by playbook. Two queries each."""
    return [
        Spending(rule.title, rule.budget, cost_of(made(one.playbook, key, *month_of(day)), prices(one))[1])
        for one in playbooks
        for key, rule in one.programmes.items()
        if rule.budget is not None
    ]


def _asks(playbook: Playbook) -> bool:
    return any(rule.budget is not None or rule.choose == "cheapest" for rule in playbook.programmes.values())


def _usual_seconds(channel: Channel, day: date) -> float:
    lasted = Attempt.objects.filter(channel=channel.value, day__gt=day - _USUAL_OVER).aggregate(usual=Avg("record__seconds"))["usual"]
    return float(lasted or 0)
