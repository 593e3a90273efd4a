"""A condition as people say it: ``months_since(last_job) >= 6 and open_cases = 0`` is “距最近结算日期满 6 个月，且未结工单数 = 0”.

Names are said by their titles, answers by the words of their options, spans of time as such. What has no title stays as it was written,
so that nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huifang.domain.words import Words
from huifang.playbooks.expressions import Binary, Call, Constant, NameRef, Node, OneOf, Unary, parse
from huifang.playbooks.known_names import BUILTINS
from huifang.playbooks.schema import Playbook

_ALWAYS = {
    "amount": Words("金额", "amount"),
    "min_score": Words("最低分", "lowest score"),
    "mean_score": Words("平均分", "mean score"),
    "satisfied": Words("满意", "satisfied"),
    "feedback": Words("反馈", "feedback"),
    "attitude": Words("态度", "attitude"),
    "outcome": Words("联络结果", "outcome"),
}
_VALUES = {
    ("feedback", "praise"): Words("表扬", "praise"),
    ("feedback", "suggestion"): Words("建议", "suggestion"),
    ("feedback", "complaint"): Words("投诉", "complaint"),
    ("status", "active"): Words("正常", "active"),
}
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "<>": "≠"}
_SPANS = {
    "days_since": (Words("天", "days"), Words("距{what}", "since {what}")),
    "months_since": (Words("个月", "months"), Words("距{what}", "since {what}")),
    "days_until": (Words("天", "days"), Words("离{what}", "until {what}")),
}
_REACHED = {
    "<": Words("{where}不到 {n} {unit}", "less than {n} {unit} {where}"),
    "<=": Words("{where}不超过 {n} {unit}", "at most {n} {unit} {where}"),
    ">": Words("{where}超过 {n} {unit}", "more than {n} {unit} {where}"),
    ">=": Words("{where}满 {n} {unit}", "at least {n} {unit} {where}"),
    "=": Words("{where}正好 {n} {unit}", "exactly {n} {unit} {where}"),
    "<>": Words("{where}不是 {n} {unit}", "not {n} {unit} {where}"),
}

_DENIALS = {
    "not": Words("并非（{x}）", "not ({x})"),
    "is null": Words("没有{x}", "no {x}"),
    "is not null": Words("有{x}", "{x} is there"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """Titles of names, words of their values, and which names are groups of customers."""

    names: Mapping[str, Words]
    values: Mapping[tuple[str, str], Words]
    groups: frozenset[str]


def known(playbook: Playbook) -> Known:
    """What a playbook gives words for. A question that two questionnaires ask differently keeps its key."""
    names = {name: _inside(words) for name, (_type, words) in BUILTINS.items()} | _ALWAYS
    values = dict(_VALUES)
    rows = [one.attributes for one in playbook.events.values()] + [one.attributes for one in playbook.agreements.values()]
    for attributes in (playbook.attributes, *rows):
        names |= {name: _inside(attribute.title) for name, attribute in attributes.items()}
    names |= {name: _inside(rule.title) for name, rule in playbook.facts.items() if rule.title is not None}
    asked: dict[str, set[Words]] = {}
    for questionnaire in playbook.questionnaires.values():
        for question in questionnaire.questions:
            zh, en = question.ask.zh.partition("？")[0], question.ask.en.partition("?")[0]
            asked.setdefault(question.key, set()).add(Words(f"“{zh}”", f"“{en}”"))
            values |= {(question.key, option): title for option, title in question.options.items()}
    names |= {key: next(iter(titles)) for key, titles in asked.items() if len(titles) == 1}
    names |= {name: _inside(ladder.title) for name, ladder in playbook.ladders.items()}
    values |= {(name, step): rule.title for name, ladder in playbook.ladders.items() for step, rule in ladder.steps.items()}
    classes = {name: rule.title for name, rule in playbook.classes.items()}
    return Known(names | classes, values, frozenset(classes))


def _inside(title: Words) -> Words:
    """A title within a sentence: English goes on with a small letter, but for what is written in capitals."""
    small = title.en[:1].lower() + title.en[1:] if title.en[1:2].islower() else title.en
    return Words(title.zh, small)


def spoken(text: str, by: Known) -> Words:
    """The condition in words. Raises what `parse` raises for a text that is no condition."""
    return _holds(parse(text), by)


def _holds(node: Node, by: Known) -> Words:
    """A node that is true or false."""
    match node:
        case Binary("and" | "or" as op, left, right):
            return _joined(op, _within(op, left, by), _within(op, right, by))
        case Unary("not" | "is null" | "is not null" as op, inner):
            return _denied(op, inner, by)
        case NameRef(name):
            return _is(name, by, holds=True)
        case Binary(op, left, right) if op in _SIGNS:
            return _compared(op, left, right, by)
        case OneOf(inner, options):
            said = [_constant(one, inner, by) for one in options]
            listed = Words("、".join(one.zh for one in said), ", ".join(one.en for one in said))
            return Words("{x}是 {any} 之一", "{x} is one of {any}").fill({"x": _value(inner, by), "any": listed})
        case Call("contains", (inner, part)):
            return Words("{x}含{part}", "{x} contains {part}").fill({"x": _value(inner, by), "part": _value(part, by)})
        case _:
            return _value(node, by)


def _denied(op: str, inner: Node, by: Known) -> Words:
    """What does not hold, and what is there or not."""
    if op == "not":
        return _is(inner.name, by, holds=False) if isinstance(inner, NameRef) else _DENIALS[op].fill({"x": _holds(inner, by)})
    return _DENIALS[op].fill({"x": _value(inner, by)})


def _joined(op: str, left: Words, right: Words) -> Words:
    pattern = Words("{a}，且{b}", "{a} and {b}") if op == "and" else Words("{a}，或{b}", "{a} or {b}")
    return pattern.fill({"a": left, "b": right})


def _within(op: str, node: Node, by: Known) -> Words:
    """One side; in brackets where the other of and/or stands below."""
    said = _holds(node, by)
    mixed = isinstance(node, Binary) and node.op in {"and", "or"} and node.op != op
    return Words(f"（{said.zh}）", f"({said.en})") if mixed else said


def _is(name: str, by: Known, *, holds: bool) -> Words:
    title = by.names.get(name, Words(name, name))
    if name in by.groups:
        return Words(f"{'' if holds else '不'}属于“{title.zh}”", f"{'in' if holds else 'not in'} “{title.en}”")
    return Words(f"{title.zh}为{'是' if holds else '否'}", f"{title.en}: {'yes' if holds else 'no'}")


def _compared(op: str, left: Node, right: Node, by: Known) -> Words:
    match left:
        case Call("coalesce", (inner, Constant() as instead)):
            said = _compared(op, inner, right, by)
            return Words("{x}（没有时按 {n}）", "{x} ({n} where there is none)").fill({"x": said, "n": _value(instead, by)})
        case Call(function, (inner,)) if function in _SPANS:
            unit, where = _SPANS[function]
            return _REACHED[op].fill({"where": where.fill({"what": _value(inner, by)}), "n": _value(right, by), "unit": unit})
    worth = _constant(right, left, by) if isinstance(right, Constant) else _value(right, by)
    if isinstance(right, Constant) and isinstance(right.value, str) and op in {"=", "<>"}:
        pattern = Words("{x}为{y}", "{x} is {y}") if op == "=" else Words("{x}不为{y}", "{x} is not {y}")
    else:
        pattern = Words(f"{{x}} {_SIGNS[op]} {{y}}", f"{{x}} {_SIGNS[op]} {{y}}")
    return pattern.fill({"x": _value(left, by), "y": worth})


def _constant(node: Constant, whose: Node, by: Known) -> Words:
    """A constant beside what it is compared with: an answer is said by the words of its option."""
    if isinstance(whose, NameRef) and isinstance(node.value, str):
        said = by.values.get((whose.name, node.value), Words(node.value, node.value))
        return Words(f"“{said.zh}”", f"“{said.en}”")
    return _value(node, by)


def _plain(given: float | str | bool | None) -> Words:
    if isinstance(given, bool):
        return Words("是", "yes") if given else Words("否", "no")
    text = f"“{given}”" if isinstance(given, str) else f"{given}"
    return Words(text, text)


def _value(node: Node, by: Known) -> Words:
    """A node that is a number, a text or a date."""
    match node:
        case Constant(given):
            return _plain(given)
        case NameRef(name):
            return by.names.get(name, Words(name, name))
        case Unary("-", inner):
            return Words("−{x}", "−{x}").fill({"x": _value(inner, by)})
        case Binary("+" | "-" | "*" | "/" as op, left, right):
            sign = {"*": "×", "/": "÷", "-": "−"}.get(op, op)
            return Words(f"({{a}} {sign} {{b}})", f"({{a}} {sign} {{b}})").fill({"a": _value(left, by), "b": _value(right, by)})
        case Call(function, (inner,)) if function in _SPANS:
            unit, where = _SPANS[function]
            return Words("{where}的{unit}数", "{unit} {where}").fill(
                {"where": where.fill({"what": _value(inner, by)}), "unit": Words(unit.zh.removeprefix("个"), unit.en)}
            )
        case Call(function, arguments):
            said = [_value(each, by) for each in arguments]
            return Words(f"{function}({'，'.join(one.zh for one in said)})", f"{function}({', '.join(one.en for one in said)})")
        case _:
            return _holds(node, by)
