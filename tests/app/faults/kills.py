"""Kills a sender at random moments, again and again, in a database of its own; prints what came of it as JSON.

    python -m tests.app.faults.kills dedupes|queryable|blind KILLS SEED FOLDER

Each round forks a sender and kills it (SIGKILL) within the time that such a sender takes; then its lease runs out. How long that is, the
first ones tell and every tenth after them, which run undisturbed: a machine gets busier and quieter. At the end one runs undisturbed.
`caught` is how many kills left something in hand.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.app.faults import installation


def main(kind: str, kills: int, seed: int, folder: Path) -> None:
    """As said above."""
    installation.set_up(folder)
    from huifang.app.queries.accounting import account
    from huifang.app.records.models import Attempt, FollowUp
    from huifang.app.services import delivery
    from huifang.channels.driver import Delivery
    from huifang.channels.outbox import Outbox
    from huifang.domain.contact import Channel
    from tests.app.messages import DAY, NOW, LineProvider, business

    firm = business()
    firm.follow_up()
    driver = Outbox(folder / "outbox") if kind == "dedupes" else LineProvider(folder / "lines", delivery=Delivery(kind))
    drivers = {Channel.SMS: driver}
    delivery.deliver_due(NOW, drivers=drivers)  # everything is loaded once before the forks

    def sender() -> int:
        for _ in range(3):
            firm.follow_up()
        installation.let_go()
        child = os.fork()
        if child == 0:
            delivery.deliver_due(NOW, drivers=drivers)
            os._exit(0)
        return child

    took = [_ended(sender()) for _ in range(3)]
    dice, unbalanced, caught = random.Random(seed), 0, 0
    for number in range(kills):
        if number % 10 == 9:
            took = [*took[1:], _ended(sender())]
        child = sender()
        time.sleep(dice.uniform(0.0, sorted(took)[1]))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        unbalanced += not account(FollowUp.objects.all(), DAY).balanced
        caught += FollowUp.objects.filter(state="claimed").exists()
        installation.leases_run_out()
    planned = firm.customers
    installation.send_what_is_left(drivers, 10 * planned)
    if isinstance(driver, Outbox):  # it keeps numbers masked
        whose = {each.key: each.contact_point.value for each in Attempt.objects.select_related("contact_point") if each.contact_point}
        got = Counter(whose[json.loads(path.read_text(encoding="utf-8"))["key"]] for path in driver.folder.rglob("*.json"))
    else:
        got = driver.deliveries()
    installation.told(planned, got, unbalanced=unbalanced, caught=caught)


def _ended(child: int) -> float:
    began = time.monotonic()
    os.waitpid(child, 0)
    return time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
