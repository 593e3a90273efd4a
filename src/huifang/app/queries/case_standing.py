"""Where a case stands by its history: clocks, calls of this round, what was given, what closing still asks for."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from huifang.app.queries.case_rules import rules_of
from huifang.app.records.models import Case, CaseCall, CaseCompensation, Staff
from huifang.domain.case_history import Happening, Standing, Terms, What, standing
from huifang.domain.closing import Settled
from huifang.domain.compensation import ZERO, why_not_approve
from huifang.domain.escalation import Called

_CLOCK_STEPS = tuple(What)
_GIVEN = (CaseCompensation.State.WAITING, CaseCompensation.State.APPROVED)


def stand_of(case: Case, terms: Terms | None = None) -> Standing:
    """Where a case stands by its history; one without a written opening begins when it was opened."""
    rows = case.steps.filter(what__in=_CLOCK_STEPS).order_by("at", "pk").values_list("what", "at")
    history = [Happening(What(what), at) for what, at in rows]
    if not history or history[0].what is not What.OPENED:
        history.insert(0, Happening(What.OPENED, case.opened_at))
    return standing(history, terms)


def called(case: Case) -> dict[int, Called]:
    """What each level has done in this round."""
    rows = CaseCall.objects.filter(case=case, round=case.round).order_by("times").values_list("level", "times", "at")
    return {level: Called(times, at) for level, times, at in rows}


def given(case: Case) -> Decimal:
    """What the case has been given so far, or may still be: approved and waiting together."""
    total: Decimal | None = case.compensations.filter(state__in=_GIVEN).aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def may_decide(by: Staff, case: Case, one: CaseCompensation, total: Decimal) -> bool:
    """Whether this person may decide about a compensation that waits."""
    rules = rules_of(case)
    rule = rules.compensation if rules else None
    waits = one.state == CaseCompensation.State.WAITING
    return waits and rule is not None and why_not_approve(by.role, total, rule, own=one.proposed_by_id == by.pk) is None


def settled(case: Case, needs: tuple[str, ...]) -> Settled:
    """What a case has of what closing asks for."""
    return Settled(
        needs, case.answered_at is not None, case.solved_at is not None, bool(case.cause), case.measure_id is not None,
        undecided=case.compensations.filter(state=CaseCompensation.State.WAITING).exists(),
        unkept=case.promises.filter(kept_at=None, withdrawn_at=None).exists(),
    )  # fmt: skip
