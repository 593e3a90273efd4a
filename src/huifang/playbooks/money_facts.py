"""Which facts are amounts of money, so that they are shown as ``¥530.00``."""

from __future__ import annotations

from huifang.playbooks.expression_tree import Binary, Call, NameRef, Node, Unary
from huifang.playbooks.facts import Fact

_OF_EVERY_ARGUMENT = frozenset({"coalesce", "least", "greatest"})
_OF_THE_FIRST = frozenset({"abs", "round"})


def money_facts(facts: tuple[Fact, ...]) -> frozenset[str]:
    """Names of the facts that are money. `facts` as `playbooks.facts.facts` gives them: each after those it is made of.

    An aggregate of amounts is money, but for a count. What is computed is money as in a sum with units: money plus, minus, times or
    divided by a plain number is money; money divided by money, and every comparison, is not.
    """
    found: set[str] = set()
    for fact in facts:
        if _is_money(fact.expression, found) if fact.expression else fact.field == "amount" and fact.aggregate != "count":
            found.add(fact.name)
    return frozenset(found)


def _is_money(node: Node, money: set[str]) -> bool:
    match node:
        case NameRef(name):
            return name in money
        case Unary("-", operand):
            return _is_money(operand, money)
        case Binary("+" | "-", left, right):
            return _is_money(left, money) or _is_money(right, money)
        case Binary("*", left, right):
            return _is_money(left, money) != _is_money(right, money)
        case Binary("/", left, right):
            return _is_money(left, money) and not _is_money(right, money)
        case Call(function, arguments) if function in _OF_EVERY_ARGUMENT:
            return any(_is_money(each, money) for each in arguments)
        case Call(function, arguments):
            return function in _OF_THE_FIRST and _is_money(arguments[0], money)
        case _:
            return False
