"""``huifang explain``: why a customer is contacted on a day, or why not, programme by programme."""

from __future__ import annotations

from collections.abc import Sequence

from huifang.commands.options import add_business, parser, read_business
from huifang.domain.words import Words
from huifang.engine.explain import explain
from huifang.engine.planner import plan


def run(arguments: Sequence[str], language: str) -> int:
    """Plans the whole day, so that the answer is what the plan does, and prints what every programme says about the customer."""

    def say(words: Words) -> str:
        return words.say(language)

    options = parser("explain", Words("说明某个客户为何被安排或不被安排。", "Say why a customer is contacted, or why not."), language)
    options.add_argument("customer", help=say(Words("客户编号", "id of the customer")))
    add_business(options, say)
    chosen = options.parse_args(arguments)
    business = read_business(chosen)
    whole = business.inputs.customers.customer_id.type().is_integer()
    customer = int(chosen.customer) if whole and chosen.customer.isdigit() else chosen.customer
    if whole and isinstance(customer, str):
        customer = -1
    made = plan(business.context, business.inputs)
    print(explain(business.context, business.inputs, customer, made).say(language))
    return 0
