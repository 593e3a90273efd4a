"""Who may not be contacted: status, consent, no way to reach them, expiry, relevance, open cases, and the hold-out draw.

Order of strength: death or closure, opt-out and the law stop everything; a promise passes what comes after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_facts import SENSITIVE
from huifang.engine.findings import Finding, figures
from huifang.engine.lookups import md5
from huifang.engine.stages import PlanContext
from huifang.engine.terms import Terms, column_of


def ways(contact_points: ir.Table, channels: Sequence[Channel]) -> ir.Table:
    """Which channels reach a customer: one row per customer with `reach_<channel>`. One aggregation of contact points."""
    reach = {
        f"reach_{column_of(channel)}": contact_points.usable.any(where=contact_points.channel == channel.value) for channel in channels
    }
    return contact_points.group_by("customer_id").aggregate(**reach)


def consent(consents: ir.Table, all_terms: Terms) -> ir.Table:
    """What a customer's consent says: one row per customer with `says_<purpose>_<channel>`, the strictest of the rows that fit.

    0: opted out, 1: allowed, null: never asked. Marketing is allowed only by a row that names it and is proven, as at the gate
    (`domain.contact_facts`); so is the use of health data and the like, `says_sensitive_<channel>`, which is asked where a playbook has
    them. One aggregation of consents.
    """
    allowed, proven = consents.allowed.cast("int64"), consents.proven.fill_null(True)
    agreed = (consents.purpose == Purpose.MARKETING.value) & proven
    by_name = ibis.ifelse(consents.allowed & ~agreed, ibis.null("int64"), allowed)
    says = {
        f"says_{purpose.value}_{column_of(channel)}": (by_name if purpose is Purpose.MARKETING else allowed).min(
            where=consents.purpose.isin([purpose.value, "any"]) & consents.channel.isin([channel.value, "any"])
        )
        for purpose in all_terms.purposes
        for channel in all_terms.channels
    }
    if all_terms.sensitive:
        separate = ibis.ifelse(consents.allowed & ~proven, ibis.null("int64"), allowed)
        says |= {
            f"says_{SENSITIVE}_{column_of(channel)}": separate.min(
                where=(consents.purpose == SENSITIVE) & consents.channel.isin([channel.value, "any"])
            )
            for channel in all_terms.channels
        }
    return consents.group_by("customer_id").aggregate(**says)


def reached(table: ir.Table, all_terms: Terms) -> dict[str, ir.Value]:
    """By channel, whether the row goes through it and it reaches, and what consent says: `said_<channel>`, and `separate_<channel>` whether
    health data and the like may be used. Of a table with `ways`.
    """
    names = [column_of(channel) for channel in all_terms.channels]
    return {
        **{f"reach_{name}": table[f"through_{name}"].notnull() & table[f"reach_{name}"].fill_null(False) for name in names},
        **{f"said_{column_of(channel)}": _said(table, channel, all_terms.purposes) for channel in all_terms.channels},
        **{f"separate_{name}": _separate(table, name, all_terms) for name in names},
    }


def reachable(table: ir.Table, all_terms: Terms) -> ir.Table:
    """Adds `can_<channel>` (goes through it, it reaches, consent allows it), `channel` (the first such) and why there is none.

    `opted_out`: every way is refused; `unreached`: no way reaches; not `agreed`: consent to marketing is missing; else separate consent.
    `table` has what `reached` gives.
    """
    names = [column_of(channel) for channel in all_terms.channels]
    enough = ibis.ifelse(table.purpose == Purpose.MARKETING.value, 1, -1)
    no = {name: table[f"said_{name}"] == 0 for name in names}
    refused = reduce(and_, [table[f"through_{name}"].isnull() | no[name] for name in names])
    refused_reach = reduce(and_, [~table[f"reach_{name}"] | no[name] for name in names])
    unreached = ~reduce(or_, [table[f"reach_{name}"] for name in names])
    agreed = {name: table[f"reach_{name}"] & ~no[name] & (table[f"said_{name}"] >= enough) for name in names}
    table = table.mutate(
        **{f"can_{name}": agreed[name] & table[f"separate_{name}"] for name in names},
        agreed=reduce(or_, agreed.values()),
        unreached=unreached,
        opted_out=refused | (refused_reach & ~unreached),
    )
    places = [ibis.ifelse(table[f"can_{name}"], table[f"through_{name}"], len(Channel)) for name in names]
    first = ibis.least(*places, len(Channel))
    channels = zip(places, names, all_terms.channels, strict=True)
    ways = [(table[f"can_{name}"] & (place == first), channel.value) for place, name, channel in channels]
    return table.mutate(channel=ibis.cases(*ways, else_=ibis.null("string")))


def _said(table: ir.Table, channel: Channel, purposes: Sequence[Purpose]) -> ir.IntegerValue:
    """Consent of the row's own purpose: 0, 1, or -1 where it was never asked."""
    cases = ((table.purpose == purpose.value, table[f"says_{purpose.value}_{column_of(channel)}"]) for purpose in purposes)
    return ibis.cases(*cases, else_=ibis.null("int64")).fill_null(-1)


def _separate(table: ir.Table, name: str, all_terms: Terms) -> ir.BooleanValue:
    """Whether the row's use of data agrees with what was said of health data and the like: where a playbook has them, a refusal forbids
    them, and all but the service itself needs consent.
    """
    if not all_terms.sensitive:
        return ibis.literal(value=True)
    said = table[f"says_{SENSITIVE}_{name}"].fill_null(-1)
    return ~table.sensitive | (said == 1) | ((said == -1) & (table.purpose == Purpose.SERVICE.value))


def held_out(table: ir.Table) -> ir.BooleanValue:
    """The stable draw: md5 of ``playbook|programme|customer_id`` before the programme's limit, the same on every day."""
    name = table.playbook + "|" + table.programme + "|" + table.customer_id.cast("string")
    return (table.hold_out != "") & (md5(name) < table.hold_out)


def findings(table: ir.Table, context: PlanContext) -> list[Finding]:
    """The rules of this stage, strongest first; `table` has `promised`, `still`, the columns of `reachable`, `status`, `open_cases`."""
    free = ~table.promised
    late = table.expires < context.day
    return [
        Finding("suppressed.deceased", table.status == "deceased"),
        Finding("suppressed.closed", table.status != "active"),
        Finding("suppressed.opted-out", table.opted_out),
        Finding("suppressed.no-channel", table.unreached),
        Finding("suppressed.no-consent", ~table.agreed),
        Finding("suppressed.no-separate-consent", table.channel.isnull()),
        Finding("expired.window", free & late),
        Finding("expired.attempts", free & (table.attempts >= table.tries), detail=figures(attempts=table.attempts)),
        Finding("suppressed.no-longer-relevant", free & ~table.still),
        Finding("suppressed.open-complaint", free & (table.purpose == Purpose.MARKETING.value) & (table.open_cases > 0)),
        Finding("held-out.draw", free & held_out(table), detail=figures(share=table.share)),
    ]
