"""What may be given to a customer as compensation, and who must say yes. Amounts are money in the business's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from huifang.domain.errors import Problem
from huifang.domain.words import Words

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CompensationRule:
    """`free`: up to this, all of a case together, nobody need approve. `limits`: up to how much a role may approve for one case."""

    free: Decimal = ZERO
    limits: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def most(self) -> Decimal:
        """More than this nobody may give."""
        return max([self.free, *self.limits.values()])


def why_not_propose(amount: Decimal, given: Decimal, rule: CompensationRule) -> Problem | None:
    """What speaks against proposing `amount` in a case that has been given `given` (approved or waiting) already."""
    if amount <= ZERO:
        return Problem(
            "compensation.amount",
            Words("补偿金额要大于 0。", "A compensation must be more than 0."),
            Words("请填写金额，例如 200。", "Enter an amount, such as 200."),
        )
    if given + amount > rule.most:
        return Problem(
            "compensation.over-limit",
            Words(
                f"本工单补偿合计 ¥{given + amount:,.2f}，超过最高限额 ¥{rule.most:,.2f}。",
                f"That makes ¥{given + amount:,.2f} for this case; the most that may be given is ¥{rule.most:,.2f}.",
            ),
            Words("请减少金额，或在回访方案里调整限额。", "Propose less, or change the limits in the playbook."),
        )
    return None


def needs_approval(amount: Decimal, given: Decimal, rule: CompensationRule) -> bool:
    """Whether a second person must approve: the case's compensations together are more than what is free."""
    return given + amount > rule.free


def approvers(total: Decimal, rule: CompensationRule) -> tuple[str, ...]:
    """The roles that may approve when a case's compensations come to `total`, the lowest limit first."""
    return tuple(sorted((role for role, limit in rule.limits.items() if limit >= total), key=lambda role: rule.limits[role]))


def why_not_approve(role: str, total: Decimal, rule: CompensationRule, *, own: bool) -> Problem | None:
    """What speaks against this person's approval; `own`: they have proposed it themselves."""
    if own:
        return Problem(
            "compensation.own",
            Words("自己提出的补偿不能自己批准。", "Nobody approves what they have proposed themselves."),
            Words("请由另一位有权限的同事批准。", "Ask a second person who may approve it."),
        )
    if role not in approvers(total, rule):
        limit = rule.limits.get(role, ZERO)
        return Problem(
            "compensation.beyond-role",
            Words(
                f"本工单补偿合计 ¥{total:,.2f}，您最多可批准 ¥{limit:,.2f}。",
                f"The case comes to ¥{total:,.2f}; you may approve up to ¥{limit:,.2f}.",
            ),
            Words("请交给限额更高的同事批准。", "Leave it to somebody with a higher limit."),
        )
    return None
