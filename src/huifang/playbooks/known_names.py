"""The names that conditions can use before any fact is declared, with their types."""

from __future__ import annotations

from collections.abc import Mapping

from huifang.domain.words import Words
from huifang.playbooks.expression_tree import ValueType
from huifang.playbooks.schema import Attribute, Playbook, Question

NUMBER, TEXT, BOOLEAN, DATE = ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN, ValueType.DATE
LEARNED: dict[str, tuple[ValueType, Words]] = {
    "p_active": (NUMBER, Words("仍在购买的概率", "Chance of being active")),
    "expected_purchases_12m": (NUMBER, Words("未来 12 个月预计购买次数", "Purchases expected in 12 months")),
    "customer_value": (NUMBER, Words("未来 12 个月预计消费", "Spending expected in 12 months")),
    "renewal_chance": (NUMBER, Words("续约概率", "Chance of renewal")),
    "recency_score": (NUMBER, Words("最近购买评分", "Recency score")),
    "frequency_score": (NUMBER, Words("购买频次评分", "Frequency score")),
    "money_score": (NUMBER, Words("消费金额评分", "Money score")),
}
"""Numbers learned from all customers (`analytics`); null for a customer of whom none has been learned. 1 is the lowest score."""
BUILTINS: dict[str, tuple[ValueType, Words]] = {
    "kind": (TEXT, Words("客户类型", "Kind of customer")),
    "status": (TEXT, Words("客户状态", "Status")),
    "branch": (TEXT, Words("门店", "Branch")),
    "language": (TEXT, Words("语言", "Language")),
    "age": (NUMBER, Words("年龄", "Age")),
    "first_seen": (DATE, Words("建档日期", "First seen")),
    "open_cases": (NUMBER, Words("未结工单数", "Open cases")),
    "has_phone": (BOOLEAN, Words("有电话", "Has a phone")),
    "has_sms": (BOOLEAN, Words("可收短信", "Can get text messages")),
    "has_email": (BOOLEAN, Words("有邮箱", "Has an e-mail address")),
    "has_wecom": (BOOLEAN, Words("有企业微信", "Is on WeCom")),
    "contacts_30d": (NUMBER, Words("近 30 天联络次数", "Contacts in 30 days")),
    "last_contact": (DATE, Words("最近联络日期", "Last contact")),
    **LEARNED,
}
"""Always there in conditions over customers. `contacts_30d` counts contacts with today - 30 < day <= today that count toward caps."""
RECORD_NAMES: dict[str, ValueType] = {
    "min_score": NUMBER, "mean_score": NUMBER, "satisfied": BOOLEAN, "feedback": TEXT, "attitude": TEXT, "outcome": TEXT,
}  # fmt: skip
"""What every record has beside its answers. `feedback` is the most serious: complaint, then suggestion, then praise."""
_ANSWER_TYPES = {
    "single": TEXT, "multiple": TEXT, "scale": NUMBER, "yes-no": BOOLEAN, "nps": NUMBER, "csat": NUMBER, "ces": NUMBER, "matrix": NUMBER,
    "number": NUMBER, "date": DATE, "text": TEXT, "signature": BOOLEAN, "file": BOOLEAN,
}  # fmt: skip


def attribute_types(attributes: Mapping[str, Attribute]) -> dict[str, ValueType]:
    """Names and types of declared attributes."""
    return {name: ValueType(attribute.type) for name, attribute in attributes.items()}


def event_types(playbook: Playbook, kind: str) -> dict[str, ValueType]:
    """Names on one row of an event: `amount`, `day` and the attributes of the kind."""
    declared = playbook.events.get(kind)
    return {"amount": NUMBER, "day": DATE} | (attribute_types(declared.attributes) if declared else {})


def agreement_types(playbook: Playbook, kind: str) -> dict[str, ValueType]:
    """Names on one row of an agreement: `starts`, `ends`, `amount` and the attributes of the kind."""
    declared = playbook.agreements.get(kind)
    return {"starts": DATE, "ends": DATE, "amount": NUMBER} | (attribute_types(declared.attributes) if declared else {})


def answer_type(question: Question) -> ValueType:
    """The type of an answer in conditions: a matrix gives the mean of its rows, a multiple choice its keys joined by commas."""
    return _ANSWER_TYPES[question.type]


def scores(question: Question) -> bool:
    """Whether an answer to this question has points."""
    return question.type in {"scale", "nps", "csat", "ces", "matrix"} or bool(question.scores)
