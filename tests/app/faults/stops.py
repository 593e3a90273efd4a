"""Customers say stop just before, while and just after their message leaves; prints what came of it as JSON.

    python -m tests.app.faults.stops STOPS SENDERS SEED FOLDER

Senders work through a list; again and again one of the customers whose message is next says stop. Both write into one file, which keeps
the order: a line before the provider takes a message, a line once the stop has been acknowledged.

`late` counts messages that began to leave after the stop was acknowledged; `before` stops that came after the message, `kept` those
that kept it back; `caught` stops of which the message was already in hand; `slowest` is how many milliseconds a stop took at most.
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

from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.domain.contact import Channel
from tests.app.faults import installation

NEXT = 26
"""So far ahead of the last message is the one that is stopped, at most."""


def main(stops: int, senders: int, seed: int, folder: Path) -> None:
    """As said above."""
    installation.set_up(folder)
    from django.db import transaction

    from huifang.app.records.models import Customer, FollowUp
    from huifang.app.services import consents
    from tests.app.messages import NOW, business

    log = Log(folder / "log")
    firm = business()
    children: list[int] = []
    dice, caught, said, slowest = random.Random(seed), 0, set[int](), 0.0
    given_up = time.monotonic() + 60 + stops
    while len(said) < stops and time.monotonic() < given_up:
        last = log.last()
        if firm.customers - last < 10 * NEXT:
            with transaction.atomic():
                for _ in range(20 * NEXT):
                    firm.follow_up()
            children = children or list(begin(senders, log))
        number = last + dice.randint(1, NEXT)
        if number in said:
            continue
        customer = Customer.objects.get(code=f"K{number:05d}")
        caught += FollowUp.objects.filter(customer=customer, state="claimed").exists()
        asked = time.monotonic()
        consents.opt_out(None, customer, "any", "any", "reply", NOW)
        slowest = max(slowest, time.monotonic() - asked)
        log.write(f"stopped {number}")
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
    stopped: set[int] = set()
    left: set[int] = set()
    late = 0
    for line in log.lines():
        word, number = line.split()
        (stopped if word == "stopped" else left).add(int(number))
        late += word == "leaves" and int(number) in stopped
    installation.told(customers, log.got(), stops=len(stopped), late=late, before=len(stopped & left), kept=len(stopped - left), **more)


@dataclass(frozen=True)
class Log:
    """A provider that notes each message before it is taken; the stops are in between."""

    file: Path
    name: str = "log"
    delivery: Delivery = Delivery.BLIND
    channels: frozenset[Channel] = frozenset({Channel.SMS})

    def send(self, ticket: Ticket, message: Message) -> Receipt:
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
