"""The rows behind a register: one for each follow-up worked, occurrence due, or case opened in a period.

Constant number of database queries, whatever the number of rows: the rows themselves, then customers, contact points, events, records,
answers, feedback and cases of all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from huifang.app.access import articles_for, cases_for, customers_for, occurrences_for
from huifang.app.business_time import business_moment
from huifang.app.queries.decision_words import rule_words
from huifang.app.queries.register_facts import facts_of_many
from huifang.app.queries.register_line import CASE, EVENT, Line, Period, Row, Worked, by_id, customers_of, points_of
from huifang.app.queries.register_planned import planned_lines
from huifang.app.records.models import Agreement, Event, FollowUp, Staff
from huifang.playbooks.schema import BeforeDate, Playbook, Register


def lines(staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None = None) -> list[Line]:
    """The rows of a register in a person's scope, in the order they happened (what was not done stands last)."""
    match register.rows:
        case "cases":
            found = _case_lines(staff, playbook, period, branch)
        case "planned":
            found = planned_lines(staff, playbook, register, period, branch)
        case _:
            found = _occurrence_lines(*_occurrences(staff, playbook, register, period, branch), playbook, period)
    with_facts(playbook, register, found, period.last)
    if any(column.value == "material" for column in register.columns):
        _with_material(staff, playbook, found)
    return found


def _with_material(staff: Staff, playbook: Playbook, found: list[Line]) -> None:
    """Each line's articles: those that carry its programme's key or title as a tag, as the page of the contact shows them. One query."""
    articles = list(articles_for(staff).filter(retired_at=None).order_by("title").values_list("title", "tags"))
    named = {key: {key, rule.title.zh, rule.title.en} for key, rule in playbook.programmes.items()}
    titles = {key: tuple(title for title, tags in articles if names & set(tags)) for key, names in named.items()}
    for line in found:
        line.material = titles.get(line.programme, ())


def with_facts(playbook: Playbook, register: Register, found: list[Line], day: date) -> None:
    """Each line's facts of `day`, where a column of the register shows one."""
    if any(column.value.startswith("fact.") for column in register.columns):
        facts = facts_of_many(playbook, {line.customer["id"]: line.customer for line in found}, day)
        for line in found:
            line.facts = facts[line.customer["id"]]


def _occurrences(
    staff: Staff, playbook: Playbook, register: Register, period: Period, branch: int | None
) -> tuple[list[Row], dict[int, set[int]]]:
    """The occurrences of a register, and for each the follow-ups that were worked for it in the period.

    An occurrence that is planned again on another day leaves the follow-up it had before; what was tried there is found by customer and
    programme.
    """
    programmes = register.programmes or tuple(playbook.programmes)
    days = (period.first, period.last)
    scope = occurrences_for(staff).filter(playbook=playbook.playbook, programme__in=programmes)
    tried = FollowUp.objects.filter(customer__in=customers_for(staff).values("pk")).filter(
        attempts__day__range=days, playbook_version__playbook=playbook.playbook, programme__in=programmes
    )
    if branch is not None:
        scope, tried = scope.filter(customer__branch=branch), tried.filter(customer__branch=branch)
    worked = list(tried.distinct().order_by("id").values("id", "customer_id", "programme", "day"))
    wanted = Q(followup__attempts__day__range=days)
    if register.rows == "due":
        wanted |= Q(due__range=days) | Q(followup__day__range=days)
    rows = {row["id"]: row for row in scope.filter(wanted).distinct().values(*_OCCURRENCE)}
    known = {row["followup_id"] for row in rows.values()}
    lost = [row for row in worked if row["id"] not in known]
    again = scope.filter(customer__in={row["customer_id"] for row in lost}, due__lte=period.last).order_by("-due", "-id")
    latest: dict[tuple[int, str], Row] = {}
    for row in again.values(*_OCCURRENCE):
        latest.setdefault((row["customer_id"], row["programme"]), row)
    followups = {number: {row["followup_id"]} - {None} for number, row in rows.items()}
    for row in lost:
        occurrence = latest.get((row["customer_id"], row["programme"]))
        if occurrence is not None:
            rows.setdefault(occurrence["id"], occurrence)
            followups.setdefault(occurrence["id"], {occurrence["followup_id"]} - {None}).add(row["id"])
    return [rows[number] for number in sorted(rows)], followups


_OCCURRENCE = (
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


def _occurrence_lines(occurrences: list[Row], followups: Mapping[int, set[int]], playbook: Playbook, period: Period) -> list[Line]:
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
    return sorted(found, key=_when)


def _agreements(customers: Mapping[int, Row], playbook: Playbook, occurrences: list[Row]) -> dict[int, Row]:
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


def _when(line: Line) -> tuple[bool, datetime | date | None, int]:
    done = bool(line.attempts)
    return (not done, line.last_attempt.get("at") if done else line.due, line.customer["id"])


def _case_lines(staff: Staff, playbook: Playbook, period: Period, branch: int | None) -> list[Line]:
    cases = cases_for(staff).filter(
        kind__in=playbook.cases,
        opened_at__gte=business_moment(period.first, time()),
        opened_at__lt=business_moment(period.last + timedelta(days=1), time()),
    )
    if branch is not None:
        cases = cases.filter(branch=branch)
    rows = list(cases.order_by("id").values("customer_id", "record__programme", "record__followup__channel", *CASE))
    customers = customers_of({row["customer_id"] for row in rows})
    points = points_of(customers)
    return [
        Line(
            customer=customers[row["customer_id"]],
            phone=points.get((row["customer_id"], "phone"), ""),
            address=points.get((row["customer_id"], "address"), ""),
            programme=row["record__programme"] or "",
            channel=row["record__followup__channel"] or "",
            staff=row["owner__name"] or "",
            cases=[row],
        )
        for row in rows
    ]
