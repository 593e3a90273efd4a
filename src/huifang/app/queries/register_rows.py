"""The lines of occurrences. Constant number of database queries, whatever their number: customers, contact points,
events, agreements, records, answers, feedback and cases of all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from huifang.app.queries.decision_words import rule_words
from huifang.app.queries.register_line import EVENT, Line, Period, Row, Worked, by_id, customers_of, points_of
from huifang.app.records.models import Agreement, Event
from huifang.playbooks.schema import BeforeDate, Playbook

OCCURRENCE = (
    "id",
    "programme",
    "customer_id",
    "event_id",
    "cause_day",
    "due",
    "deadline",
    "expires",
    "until",
    "decision",
    "rule",
    "detail",
    "followup_id",
    "followup__channel",
    "followup__staff__name",
)


def occurrence_lines(occurrences: Sequence[Row], followups: Mapping[int, set[int]], playbook: Playbook, period: Period) -> list[Line]:
    """A line for each occurrence, in their order, with what was done in the period for the follow-ups named beside it."""
    customers = customers_of({row["customer_id"] for row in occurrences})
    points = points_of(customers)
    events = by_id(Event.objects.filter(pk__in={row["event_id"] for row in occurrences if row["event_id"]}), *EVENT)
    agreements = _agreements(customers, playbook, occurrences)
    worked = Worked(set().union(*followups.values()), period)
    found = []
    for row in occurrences:
        event = events.get(row["event_id"], {})
        line = Line(
            customer=customers[row["customer_id"]],
            key=row["id"],
            phone=points.get((row["customer_id"], "phone"), ""),
            address=points.get((row["customer_id"], "address"), ""),
            programme=row["programme"],
            channel=row["followup__channel"] or "",
            due=row["due"],
            deadline=row["deadline"],
            decision=row["decision"],
            why=rule_words(row),
            staff=row["followup__staff__name"] or "",
            event=event,
            event_staff=event.get("staff__name") or "",
            agreement=agreements.get(row["id"], {}),
        )
        worked.fill(line, followups[row["id"]])
        found.append(line)
    return found


def _agreements(customers: Mapping[int, Row], playbook: Playbook, occurrences: Sequence[Row]) -> dict[int, Row]:
    """The agreement behind each occurrence whose programme looks ahead to an agreement's date, by occurrence."""
    kinds: dict[str, tuple[str, str]] = {}
    for key, programme in playbook.programmes.items():
        if isinstance(programme.when, BeforeDate) and programme.when.before.startswith("agreement."):
            kind, _, end = programme.when.before.removeprefix("agreement.").rpartition(".")
            kinds[key] = (kind, end)
    kept = Agreement.objects.filter(customer__in=customers, kind__in={kind for kind, _end in kinds.values()}).order_by("id")
    found: dict[tuple[int, str, str, date], Row] = {}
    rows: Iterable[Row] = kept.values("customer_id", "kind", "code", "starts", "ends", "amount", "attributes")
    for row in rows:
        for end in ("starts", "ends"):
            if row[end]:
                found[row["customer_id"], row["kind"], end, row[end]] = row
    wanted = [row for row in occurrences if row["programme"] in kinds]
    return {row["id"]: found.get((row["customer_id"], *kinds[row["programme"]], row["cause_day"]), {}) for row in wanted}
