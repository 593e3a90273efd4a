"""When nobody is reached: after so many tries over so many parts of the day, a message goes out instead of another try."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from huifang.domain.contact import Channel


@dataclass(frozen=True, slots=True)
class FallbackRule:
    """Not reached in so many tries, made in at least so many different parts of the day: the first channel of `then` that can be used."""

    not_reached: int
    day_parts: int
    then: tuple[Channel, ...]

    def due(self, tries: int, parts: int) -> bool:
        """Whether so many tries in vain, in so many parts of the day, are enough.

        >>> rule = FallbackRule(3, 2, (Channel.SMS,))
        >>> rule.due(3, 2), rule.due(3, 1), rule.due(2, 2)
        (True, False, False)
        """
        return tries >= self.not_reached and parts >= self.day_parts

    def way(self, ways: Collection[Channel], after: Channel | None = None) -> Channel | None:
        """The channel to use, of those that can be; `after` is one of `then` that has failed: those behind it are left.

        >>> rule = FallbackRule(3, 2, (Channel.WECOM, Channel.SMS, Channel.EMAIL))
        >>> rule.way({Channel.SMS, Channel.EMAIL}), rule.way({Channel.SMS, Channel.EMAIL}, after=Channel.SMS), rule.way(())
        (<Channel.SMS: 'sms'>, <Channel.EMAIL: 'email'>, None)
        """
        left = self.then[self.then.index(after) + 1 :] if after in self.then else self.then
        return next((channel for channel in left if channel in ways), None)


def cheapest_first(channels: Sequence[Channel], costs: Mapping[Channel, float]) -> tuple[Channel, ...]:
    """Channels by what a contact costs, the cheapest first; equal ones, and at the end those without a cost, in their own order.

    >>> cheapest_first((Channel.PHONE, Channel.EMAIL, Channel.SMS), {Channel.PHONE: 3.5, Channel.SMS: 0.05})
    (<Channel.SMS: 'sms'>, <Channel.PHONE: 'phone'>, <Channel.EMAIL: 'email'>)
    """
    return tuple(sorted(channels, key=lambda channel: costs.get(channel, float("inf"))))
