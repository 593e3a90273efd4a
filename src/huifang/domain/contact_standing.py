"""Where a customer stands with regard to contacts, in sentences with their figures, as the customer's page says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huifang.domain.contact_guard import LIMIT, Guard
from huifang.domain.emotional_account import WORDS, Account, purposes
from huifang.domain.words import Words

_SHOWN = 4
BY_RULE = {
    "thin": Words("可供学习的联络还太少，暂按规则", "Too few contacts to learn from, so for now by the rule"),
    "failed": Words("模型未能拟合，暂按规则", "No model could be fitted, so for now by the rule"),
}
"""Why the rule stands in, by the state of the model."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one customer for the contact policy.

    `expected_effect`: how much likelier the customer is to be engaged one period after a contact than without it; `index`: what a contact
    now is worth in money; `at_once`: the part of it within one period; `plans_ahead`, `reliability` (0 to 1): whether differences in how
    long an effect lasts are known well enough; `observations`: own periods seen; `calls`: the days of the last contacts, latest first;
    `by_rule`: why a rule stands in for the model (`BY_RULE`), where one does: then no effect is known.
    """

    class_title: Words
    engaged: bool
    expected_effect: float | None
    index: float
    at_once: float
    plans_ahead: bool
    reliability: float
    observations: int
    calls: tuple[date, ...]
    account: Account
    guard: Guard
    by_rule: Words | None = None


def sentences(standing: Standing, day: date) -> tuple[Words, ...]:
    """The standing in words: state and expected effect, worth, how it was reckoned, last contacts, account, pace."""
    return (_effect(standing), _worth(standing), _reckoned(standing), _calls(standing, day), *_account(standing), *_pace(standing))


def _effect(standing: Standing) -> Words:
    state = Words("往来活跃", "engaged") if standing.engaged else Words("渐行渐远", "drifting")
    if standing.expected_effect is None:
        return Words(
            f"客户目前{state.zh}。联络能带来多少变化，还不知道。", f"The customer is {state.en}. What a contact changes is not known yet."
        )
    points = f"{100 * standing.expected_effect:+.0f}"
    return Words(
        f"客户目前{state.zh}。此刻联络的预期效果：下期活跃的可能性 {points} 个百分点。",
        f"The customer is {state.en}. Expected effect of a contact now: {points} percentage points of being engaged next period.",
    )


def _worth(standing: Standing) -> Words:
    worth, soon = money(standing.index), money(standing.at_once)
    if standing.index <= 0 and standing.by_rule is not None:
        return Words("按规则，此刻不值得主动联络。", "By the rule a contact now is not worth making.")
    if standing.index <= 0:
        return Words(
            f"扣除打扰的代价后，此刻联络的价值为 {worth}：不值得主动联络。",
            f"Less the cost of disturbing, a contact now is worth {worth}: not worth making.",
        )
    if standing.by_rule is not None:
        return Words(f"按规则，此刻联络的价值为 {worth}。", f"By the rule a contact now is worth {worth}.")
    return Words(f"此刻联络的价值为 {worth}，其中下一期内 {soon}。", f"A contact now is worth {worth}, of which {soon} within one period.")


def money(amount: float) -> str:
    """An amount as it is shown.

    >>> money(-1280.5)
    '-¥1,280.50'
    """
    return f"{'-' if round(amount, 2) < 0 else ''}¥{abs(amount):,.2f}"


def _reckoned(standing: Standing) -> Words:
    if standing.by_rule is not None:
        return Words(
            f"{standing.by_rule.zh}：渐行渐远的客户按每期金额排先后，往来活跃的不主动联络。",
            f"{standing.by_rule.en}: customers who drift come in the order of their money a period; who is engaged is left alone.",
        )
    own, share = standing.observations, f"{standing.reliability:.0%}"
    zh = f"依据本人 {own} 期的往来和“{standing.class_title.zh}”客户的经验"
    en = f"From {own} period{'' if own == 1 else 's'} of the customer's own and those of the class “{standing.class_title.en}”"
    if standing.plans_ahead:
        return Words(f"{zh}；数据足够（可靠度 {share}），已考虑长远。", f"{en}; data suffice to look ahead (reliability {share}).")
    return Words(f"{zh}；数据尚少（可靠度 {share}），只看眼前。", f"{en}; data are thin (reliability {share}), so the near effect decides.")


def _calls(standing: Standing, day: date) -> Words:
    if not standing.calls:
        return Words("近期没有联络过。", "No contacts lately.")
    shown = standing.calls[:_SHOWN]
    ago = (day - shown[0]).days
    zh, en = "、".join(f"{one:%Y-%m-%d}" for one in shown), ", ".join(f"{one:%Y-%m-%d}" for one in shown)
    return Words(f"最近的联络：{zh}（距今 {ago} 天）。", f"Last contacts: {en} ({ago} day{'' if ago == 1 else 's'} ago).")


def _account(standing: Standing) -> tuple[Words, ...]:
    account = standing.account
    latest = [line for line in account.lines if line.points][:_SHOWN]
    zh = "，".join(f"{WORDS[line.movement].zh} {line.points:+d}" for line in latest)
    en = ", ".join(f"{WORDS[line.movement].en} {line.points:+d}" for line in latest)
    said = Words(f"情感账户余额 {account.balance:+d}", f"Emotional account {account.balance:+d}")
    balance = Words(f"{said.zh}（最近：{zh}）。", f"{said.en} (latest: {en}).") if latest else Words(f"{said.zh}。", f"{said.en}.")
    if len(purposes(account.balance)) > 1:
        return (balance,)
    return (balance, Words("余额为负：只做服务联络。", "The balance is below zero: service contacts only."))


def _pace(standing: Standing) -> tuple[Words, ...]:
    guard, name = standing.guard, standing.class_title
    zh = f"“{name.zh}”客户 {guard.contacts:,} 次联络中有 {guard.complaints:,} 次抱怨打扰（估计 {guard.share:.1%}，上限 {guard.upper:.1%}）"
    en = (
        f"of {guard.contacts:,} contacts with the class “{name.en}” {guard.complaints:,} were complained about "
        f"(estimate {guard.share:.1%}, upper end {guard.upper:.1%})"
    )
    limit = f"{LIMIT:.0%}"
    if guard.paused:
        return (Words(f"暂停：{zh}，已达 {limit}。", f"Paused: {en}, which has reached {limit}."),)
    if guard.slowed > 1:
        return (
            Words(
                f"放慢：{zh}，为不到 {limit}，联络间隔延长为 {guard.slowed:.1f} 倍。",
                f"Why slower: {en}; to stay below {limit} the gap is {guard.slowed:.1f} times as long.",
            ),
        )
    return ()
