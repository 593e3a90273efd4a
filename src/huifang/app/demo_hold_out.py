"""The hold-out of a generated business: whom the plan's own draw keeps aside was never contacted for that programme."""

from __future__ import annotations

from dataclasses import replace
from hashlib import md5

from huifang.app.demo_keys import Keys
from huifang.demo import business as made
from huifang.engine.terms import draw_limit
from huifang.playbooks.schema import Playbook


def keep_aside(business: made.Business, keys: Keys, playbook: Playbook) -> made.Business:
    """The business as it would be had the draw been there all along: held-out occurrences, and no contact, record or case from them."""
    limits = {key: draw_limit(rule.hold_out) for key, rule in playbook.programmes.items() if rule.hold_out}

    def held(one: made.Occurrence | made.Contact) -> bool:
        name = f"{playbook.playbook}|{one.programme}|{keys.customers[one.customer]}"
        return one.programme in limits and md5(name.encode(), usedforsecurity=False).hexdigest() < limits[one.programme]

    contacts = [one for one in business.contacts if not held(one)]
    known = {one.code for one in contacts}
    records = [one for one in business.records if one.contact in known]
    kept = {one.code for one in records}
    occurrences = [
        replace(one, rule="held-out.draw", attempts=0, open=False) if held(one) and not one.rule.startswith("suppressed") else one
        for one in business.occurrences
    ]
    open_ones = {(one.programme, one.customer, one.cause) for one in occurrences if not one.rule.startswith("held-out")}
    return replace(
        business,
        contacts=contacts,
        records=records,
        answers=[one for one in business.answers if one.record in kept],
        cases=[one for one in business.cases if not one.record or one.record in kept],
        occurrences=occurrences,
        promises=[one for one in business.promises if (one.programme, one.customer, one.cause) in open_ones],
    )
