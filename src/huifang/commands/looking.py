"""Looks at the tables of a business while its plan is still being computed: what cannot be right in them, and who is at work.

Once a plan has read what is large, its statements leave all cores but one idle; there the tables are looked at, by a second thread and
another way into the database.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

from huifang.commands.options import Business
from huifang.engine.keeping import beside
from huifang.engine.left_out import LeftOut, left_out
from huifang.engine.presence import Presence, presence
from huifang.engine.stages import PlanContext


@dataclass(frozen=True, slots=True)
class Found:
    """What cannot be right in the tables, and who is at work."""

    left_out: LeftOut
    at_work: Presence


class Looking:
    """`begin` is called while the plan is computed, `found` after it.

    Where the tables cannot be seen by another way in (not `apart`: those of a server, and what a morning keeps), `found` looks at them.
    """

    def __init__(self, business: Business, *, apart: bool) -> None:
        self.business, self.apart = business, apart
        self.thread = ThreadPoolExecutor(1, "huifang-looking")
        self.asked: Future[Found] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self.thread.shutdown()

    def begin(self) -> None:
        """Returns at once."""
        if self.apart:
            self.asked = self.thread.submit(self._apart)

    def found(self) -> Found:
        """Waits for it; raises what was raised there."""
        return self._look(self.business.context) if self.asked is None else self.asked.result()

    def _apart(self) -> Found:
        with beside(self.business.context.connection) as connection:
            return self._look(replace(self.business.context, connection=connection))

    def _look(self, context: PlanContext) -> Found:
        return Found(left_out(context, self.business.inputs), presence(context, self.business.inputs))
