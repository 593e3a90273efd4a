"""Every rule that can decide an occurrence: its code, the decision it makes, and what people read.

Codes are stored with decisions and never change meaning. ``{places}`` in the words are filled from the decision's row and from its
`detail`. A rule that defers has a twin under ``expired.``: the same reason, but the next possible day lies behind the last day the
occurrence is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from huifang.domain.contact import DecisionKind
from huifang.domain.windows import DAY_PART_WORDS
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Rule:
    """One deciding rule."""

    code: str
    decision: DecisionKind
    words: Words


_DEFERRING = {
    "promised-later": Words("已约定{until}联络", "A contact is promised for {until}"),
    "due-later": Words("应访日{due}未到", "Not due before {due}"),
    "scheduled-later": Words("排期表安排在{until}", "The approved schedule has it on {until}"),
    "retry-later": Words("上次未联络成功，{until}再试", "To be tried again on {until}"),
    "zone-unknown": Words("时区“{zone}”无法识别，不能确定当地时间", "The time zone “{zone}” is unknown, so the local time is too"),
    "branch-unknown": Words("客户所属网点不在网点表中", "The customer's branch is not in the table of branches"),
    "calendar-unknown": Words("日历“{calendar}”没有当天的数据", "The calendar “{calendar}” does not have this day"),
    "not-working-day": Words("当天不可联络（{calendar} 日历）", "No contacts on this day (calendar {calendar})"),
    "no-window": Words("当天没有可联络的时段", "There are no hours for contacts on this day"),
    "cap": Words(
        "联络已达上限：{per}内最多 {at_most} 次，已有 {used} 次",
        "Contact cap reached: at most {at_most} in {per}, there are {used}",
    ),
    "gap": Words("距上次联络不足{per}", "Less than {per} since the last contact"),
    "account-overdrawn": Words(
        "客户的好感已透支（情感账户 {balance}），现在只做服务联络",
        "The customer's goodwill is used up (emotional account {balance}): only service contacts for now",
    ),
    "class-rests": Words(
        "这类客户抱怨被打扰的太多（已达 5%），暂不主动联络",
        "Too many customers of this class have complained of being contacted (5 %): none is contacted unasked",
    ),
    "class-slowed": Words(
        "这类客户已放慢联络：间隔由{per}放宽到{days}天",
        "This class is contacted less often: {days} days between contacts in place of {per}",
    ),
    "budget": Words(
        "本月预算 {budget} 已用 {spent}，{until}再联络", "This month's budget of {budget} is used up ({spent} spent): from {until} on"
    ),
    "no-capacity": Words("当天人手已满", "Nobody has room on this day"),
    **{
        f"full-{part.value}": Words(
            f"当天{words.zh}人手已满，其他时段不便联络", f"Nobody has room in the {part.value}, and no other time will do"
        )
        for part, words in DAY_PART_WORDS.items()
    },
}

_FINAL = {
    "planned.promise": Words("履行已约定的联络", "Keeps a promised contact"),
    "planned.first": Words("按优先次序安排", "Planned in order of rank"),
    **{
        f"planned.moved-{part.value}": Words(
            f"负责人{words.zh}已排满，由同事联络", f"The person in charge has no room in the {part.value}: a colleague makes it"
        )
        for part, words in DAY_PART_WORDS.items()
    },
    "bundled.same-person": Words("同一客户合并为一次联络", "Joined with another reason into one contact with the same customer"),
    "held-out.draw": Words("抽入对照组（{share}）", "Drawn into the hold-out group ({share})"),
    "suppressed.deceased": Words("客户已故", "The customer has died"),
    "suppressed.closed": Words("客户已销户或停用", "The customer's record is closed"),
    "suppressed.opted-out": Words("客户已拒绝联络", "The customer has opted out"),
    "suppressed.no-channel": Words("没有可用的联系方式", "No usable way to reach the customer"),
    "suppressed.no-consent": Words("没有营销同意", "No consent to marketing"),
    "suppressed.no-separate-consent": Words("涉及敏感信息，没有单独同意", "Sensitive data: no separate consent"),
    "suppressed.no-longer-relevant": Words("联络理由已不成立", "The reason no longer holds"),
    "suppressed.open-complaint": Words("有未结工单，暂停营销", "A case is open: no marketing"),
    "suppressed.replied": Words("客户已回复，后续步骤不再进行", "The customer has replied; the steps that were to come have stopped"),
    "suppressed.never": Words("联络上限为 0，不联络", "The cap allows no such contact"),
    "expired.window": Words("已过最后日期{expires}", "Its last day was {expires}"),
    "expired.attempts": Words("已尝试 {attempts} 次，用尽次数", "All {attempts} attempts have been made"),
}  # fmt: skip


def _rules() -> dict[str, Rule]:
    rules = [Rule(code, DecisionKind(code.split(".")[0]), words) for code, words in _FINAL.items()]
    for name, words in _DEFERRING.items():
        rules.append(Rule(f"deferred.{name}", DecisionKind.DEFERRED, words))
        late = Words(
            f"{words.zh}；下一可行日{{next}}已过最后日期{{expires}}",
            f"{words.en}; the next possible day, {{next}}, is after its last day {{expires}}",
        )
        rules.append(Rule(f"expired.{name}", DecisionKind.EXPIRED, late))
    return {rule.code: rule for rule in rules}


RULES = _rules()
"""All rules by code."""
WITHOUT_PLACE = tuple(code for code in RULES if code.endswith(".no-capacity") or ".full-" in code)
"""Nobody had room, on the whole day or at the only time of day that would do."""
