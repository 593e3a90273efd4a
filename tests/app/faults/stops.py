"""Customers say stop just before, while and just after their message leaves; prints what came of it as JSON.

    python -m tests.app.faults.stops STOPS SENDERS SEED FOLDER

Senders work through a list; again and again one of the customers whose message is next says stop, until there were STOPS of them and
a twentieth of so many was said when the message was already in hand. In the stop's own transaction it is seen
whether the message had begun to leave, which is committed before its provider is called: begun before, or never.

`late` counts messages that a provider got though they had not begun when the stop was written; `before` those that had begun, `crossing`
the ones among them that reached the provider in the moment after the stop; `kept` stops that kept the message back; `caught` stops of which
the message was already in hand; `slowest` is how many milliseconds a stop took at most.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from huifang.channels.driver import Delivery, Receipt, ReceiptState, Ticket, require_ticket
from huifang.channels.driver import Message as Said
from huifang.domain.contact import Channel
from tests.app.faults import installation

NEXT = 26
"""So far ahead of the last message is the one that is stopped, at most."""


def main(stops: int, senders: int, seed: int, folder: Path) -> None:
    """As said above."""
    installation.set_up(folder)
    from django.db import transaction

    from huifang.app.records.models import Customer, FollowUp, Message
    from huifang.app.services import consents
    from tests.app.messages import NOW, business

    log = Log(folder / "log")
    firm = business()
    children: list[int] = []
    dice, caught, said, slowest = random.Random(seed), 0, set[int](), 0.0
    given_up = time.monotonic() + 60 + stops
    while (len(said) < stops or caught < stops // 20) and time.monotonic() < given_up:
        last = log.last()
        if firm.customers - last < 10 * NEXT:
            with transaction.atomic():
                for _ in range(20 * NEXT):
                    firm.follow_up()
            children = children or list(begin(senders, log))
        in_hand = (
            FollowUp.objects.filter(state="claimed").values_list("customer__code", flat=True)[: 2 * NEXT] if dice.random() < 0.5 else ()
        )
        number = int(dice.choice(in_hand)[1:]) if in_hand else last + dice.randint(1, NEXT)
        if number in said:
            continue
        customer = Customer.objects.get(code=f"K{number:05d}")
        caught += FollowUp.objects.filter(customer=customer, state="claimed").exists()
        asked = time.monotonic()
        with transaction.atomic():
            consents.opt_out(None, customer, "any", "any", "reply", NOW)
            begun = Message.objects.filter(followup__customer=customer, left_at__isnull=False).exists()
        slowest = max(slowest, time.monotonic() - asked)
        log.write(f"{'begun' if begun else 'stopped'} {number}")
        said.add(number)
    (folder / "log.end").touch()
    assert not any(os.waitpid(child, 0)[1] for child in children)
    judge(log, firm.customers, caught=caught, slowest=round(1000 * slowest))


def begin(senders: int, log: Log) -> Iterator[int]:
    """Fork so many senders."""
    from huifang.app.services import delivery
    from tests.app.messages import NOW

    installation.let_go()
    for _ in range(senders):
        child = os.fork()
        if child == 0:
            while not log.file.with_suffix(".end").exists():
                if not delivery.deliver_due(NOW, 50, {Channel.SMS: log}):
                    time.sleep(0.05)
            installation.let_go()
            os._exit(0)
        yield child


def judge(log: Log, customers: int, **more: int) -> None:
    """What the file says."""
    said: dict[str, set[int]] = {"stopped": set(), "begun": set(), "leaves": set()}
    crossing = 0
    for line in log.lines():
        word, number = line.split()
        said[word].add(int(number))
        crossing += word == "leaves" and int(number) in said["begun"]
    late, kept = len(said["stopped"] & said["leaves"]), len(said["stopped"])
    before = len(said["begun"])
    installation.told(customers, log.got(), stops=kept + before, late=late, before=before, crossing=crossing, kept=kept, **more)


@dataclass(frozen=True)
class Log:
    """A provider that notes each message before it is taken; the stops are in between."""

    file: Path
    name: str = "log"
    delivery: Delivery = Delivery.BLIND
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def send(self, ticket: Ticket, message: Said) -> Receipt:
        require_ticket(ticket, self.channels)
        self.write(f"leaves {int(message.to[-8:])}")
        return Receipt(ReceiptState.SENT)

    def write(self, line: str) -> None:
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)

    def lines(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []

    def last(self) -> int:
        """The number of the last customer whose message left."""
        if not self.file.exists():
            return 0
        with self.file.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2000))
            words = [line.split() for line in file.read().decode().splitlines()[1:]]
        return max((int(each[1]) for each in words if each[0] == "leaves"), default=0)

    def got(self) -> Counter[str]:
        """How often each number got something."""
        return Counter(f"+86138{int(line.split()[1]):08d}" for line in self.lines() if line.startswith("leaves"))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
