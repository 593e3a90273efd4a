"""The indicators: what each one counts, how the figures make its value, and where the definition comes from.

Every indicator is a quotient of sums of *counters*. A counter is so many rows of one day; sums of days, branches, programmes and people are
therefore sums of counters, and a share of a month is never a mean of shares of days.

| indicator | formula | source |
|---|---|---|
| coverage | occurrences contacted ÷ occurrences that had to be contacted (not held out or suppressed), by due day | the plans: 回访率 |
| reach | ended attempts that reached the customer ÷ ended attempts | contact rate of AAPOR, Standard Definitions, on attempts |
| satisfaction | records said to be satisfied ÷ records with a rating | the plans: 满意率 |
| csat | answers 4 and 5 of 5 ÷ answers to CSAT questions | top-2-box |
| nps | 100 × (promoters 9–10 − detractors 0–6) ÷ answers, −100 to 100 | Reichheld, Harvard Business Review, December 2003 |
| csi | mean rating placed between the lowest (0) and highest (100) point of the scale | Fornell et al., Journal of Marketing 60, 1996 |
| first_answer | hours from a case's opening to its first answer, mean | the plans: 首次答复时长 |
| resolution | cases solved ÷ cases opened | the plans: 解决率 |
| rework | cases reopened ÷ cases opened | the plans: 返修率 |
| returned | contacted customers who bought within 60 days after the due day ÷ contacted ones whose 60 days are over | the plans: 返厂率 |
| repurchase | customers buying on a day who had bought within the year before ÷ customers buying on the day | the plans: 复购率 |
| churn | customers who bought 180 days ago and not since ÷ customers who bought 180 days ago | the plans: 流失率 |
| done, opinions | occurrences contacted; praise, suggestions and complaints told | the plans |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from huifang.domain.words import Words

RETURN_DAYS = 60
"""Days after the due day within which a customer counts as returned."""
AGAIN_DAYS = 365
"""A purchase is a repurchase when another one lies within so many days before it."""
LAPSE_DAYS = 180
"""Days without a purchase after which a customer counts as lost."""

Unit = Literal["share", "points", "hours", "number"]
Counts = Mapping[str, float]
_NOTHING = Words("", "")

COUNTERS: dict[str, Words] = {
    "due": Words("应访", "Due"),
    "covered": Words("已联络", "Contacted"),
    "tried": Words("联络次数", "Attempts"),
    "reached": Words("接通", "Reached"),
    "rated": Words("有评价", "Rated"),
    "satisfied": Words("满意", "Satisfied"),
    "scored": Words("有评分", "Scored"),
    "points": Words("评分合计", "Sum of scores"),
    "nps_answers": Words("推荐度作答", "Answered"),
    "promoters": Words("推荐者", "Promoters"),
    "detractors": Words("贬损者", "Detractors"),
    "csat_answers": Words("满意度作答", "Answered"),
    "content": Words("答 4 分或 5 分", "Gave 4 or 5"),
    "praises": Words("表扬", "Praise"),
    "suggestions": Words("建议", "Suggestions"),
    "complaints": Words("投诉", "Complaints"),
    "cases": Words("工单", "Cases"),
    "answered": Words("已首次答复", "Answered"),
    "answer_hours": Words("答复小时合计", "Hours to the first answer"),
    "solved": Words("已解决", "Solved"),
    "reopened": Words("重新打开", "Reopened"),
    "watched": Words("联络后已满 60 天", "60 days are over"),
    "returned": Words("60 天内再次消费", "Bought within 60 days"),
    "buyers": Words("消费客户", "Customers buying"),
    "again": Words("一年内再次消费", "Had bought within the year"),
    "aged": Words("满 180 天", "180 days are over"),
    "left": Words("180 天未再消费", "Have not bought since"),
}
"""What is counted, by name; `points` and `answer_hours` are sums, the others numbers of rows."""


class Standing(StrEnum):
    """A value against its target."""

    NONE = "none"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: ``factor × (Σ plus − Σ minus) ÷ Σ total``; without `total` a plain number.

    `whole` and `parts` are the counters whose rows stand behind the value: all, and those that make it.
    """

    key: str
    title: Words
    unit: Unit
    plus: tuple[str, ...]
    total: str = ""
    minus: tuple[str, ...] = ()
    factor: float = 1.0
    more_is_better: bool = True
    whole: str = ""
    parts: tuple[str, ...] = ()
    about: Words = _NOTHING


def _share(key: str, title: Words, part: str, whole: str, about: Words, *, more_is_better: bool = True) -> Indicator:
    return Indicator(key, title, "share", (part,), whole, more_is_better=more_is_better, whole=whole, parts=(part,), about=about)


_ALL = (
    _share(
        "coverage", Words("回访覆盖率", "Coverage"), "covered", "due",
        Words("到期应访（不含对照组与不得联络的）中已联络的比例，按应访日计。",
              "Of what fell due and had to be contacted (held-out and suppressed left out), the share that was, by due day."),
    ),
    _share(
        "reach", Words("接通率", "Reach"), "reached", "tried",
        Words("全部联络中接通客户的比例。", "Of all attempts, the share that reached the customer."),
    ),
    _share(
        "satisfaction", Words("满意率", "Satisfied"), "satisfied", "rated",
        Words("有评价的回访记录中表示满意的比例。", "Of the records with a rating, the share that was satisfied."),
    ),
    _share(
        "csat", Words("满意度 CSAT", "CSAT"), "content", "csat_answers",
        Words("满意度题中答 4 分或 5 分的比例。", "Of the answers to CSAT questions, the share of 4 and 5."),
    ),
    Indicator(
        "nps", Words("净推荐值 NPS", "NPS"), "points", ("promoters",), "nps_answers", ("detractors",), 100.0,
        whole="nps_answers", parts=("promoters", "detractors"),
        about=Words("推荐者（9–10 分）比例减贬损者（0–6 分）比例，−100 到 100。",
                    "Promoters (9–10) less detractors (0–6) in percent, −100 to 100."),
    ),
    Indicator(
        "csi", Words("满意度指数 CSI", "CSI"), "points", ("points",), "scored", ("scored",), 25.0, whole="scored",
        about=Words("平均分在最低分（0）与最高分（100）之间的位置。",
                    "Where the mean rating lies between the lowest (0) and the highest point (100)."),
    ),
    Indicator(
        "first_answer", Words("首次答复时长", "First answer"), "hours", ("answer_hours",), "answered", more_is_better=False,
        whole="answered", about=Words("工单从开单到首次答复客户的平均小时数。", "Mean hours from a case's opening to its first answer."),
    ),
    _share(
        "resolution", Words("工单解决率", "Resolution"), "solved", "cases",
        Words("期内开单的工单中已解决的比例。", "Of the cases opened in the period, the share that has been solved."),
    ),
    _share(
        "rework", Words("返工率", "Rework"), "reopened", "cases",
        Words("期内开单的工单中被重新打开的比例。", "Of the cases opened in the period, the share that was reopened."),
        more_is_better=False,
    ),
    _share(
        "returned", Words("回流率", "Returned"), "returned", "watched",
        Words("已联络且满 60 天的客户中，应访日后 60 天内再次消费的比例。无对照组时只说明相关。",
              "Of contacted customers whose 60 days are over, the share that bought within them. Without a hold-out: association only."),
    ),
    _share(
        "repurchase", Words("复购率", "Repurchase"), "again", "buyers",
        Words("期内每日消费客户中，此前一年内消费过的比例。",
              "Of the customers who bought on each day, the share that had bought within the year before."),
    ),
    _share(
        "churn", Words("流失率", "Churn"), "left", "aged",
        Words("消费后在期内满 180 天的客户中，其间未再消费的比例。",
              "Of the customers whose purchase became 180 days old in the period, the share that has not bought since."),
        more_is_better=False,
    ),
    Indicator(
        "done", Words("完成回访", "Contacted"), "number", ("covered",), whole="covered",
        about=Words("到期应访中已联络的件数。", "How many of what fell due were contacted."),
    ),
    Indicator(
        "opinions", Words("客户意见", "Opinions"), "number", ("praises", "suggestions", "complaints"), whole="",
        parts=("praises", "suggestions", "complaints"),
        about=Words("回访中听到的表扬、建议与投诉的条数。", "Praise, suggestions and complaints told in contacts."),
    ),
)  # fmt: skip
INDICATORS: dict[str, Indicator] = {indicator.key: indicator for indicator in _ALL}
"""Every indicator, in the order in which it is shown."""


def value(indicator: Indicator, counts: Counts) -> float | None:
    """The indicator's value from sums of counters; None where nothing was counted that it divides by.

    >>> value(INDICATORS["coverage"], {"covered": 49, "due": 50}), value(INDICATORS["nps"], {}) is None
    (0.98, True)
    """
    top = sum(counts.get(name, 0) for name in indicator.plus) - sum(counts.get(name, 0) for name in indicator.minus)
    if not indicator.total:
        return indicator.factor * top
    total = counts.get(indicator.total, 0)
    return indicator.factor * top / total if total else None


def add(into: dict[str, float], counts: Counts) -> None:
    """Add counters to a sum of counters."""
    for name, number in counts.items():
        into[name] = into.get(name, 0) + number


def standing(found: float | None, at_least: float | None, at_most: float | None) -> Standing:
    """Whether a value meets its target; both bounds are included.

    >>> standing(0.98, 0.98, None).value, standing(3.0, None, 2.0).value, standing(None, 0.9, None).value
    ('met', 'missed', 'none')
    """
    if found is None or (at_least is None and at_most is None):
        return Standing.NONE
    low, high = at_least is None or found >= at_least, at_most is None or found <= at_most
    return Standing.MET if low and high else Standing.MISSED
