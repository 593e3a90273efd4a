"""Who is told of a case: people who can be reached today, and somebody higher where nobody can."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from huifang.app.records.models import Absence, Case, Customer, Record, Role, Staff
from huifang.app.services.notices import people_of
from huifang.playbooks.schema import CaseKind

_LADDER = (Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR)


def reachable(people: Iterable[Staff], day: date) -> list[Staff]:
    """Those of `people` who work and can sign in; in place of somebody who is away, their substitute."""
    named = list(people)
    away = {
        each.staff_id: each.substitute
        for each in Absence.objects.filter(staff__in=named, first_day__lte=day, last_day__gte=day).select_related("substitute")
    }
    there = [away.get(person.pk, person) for person in named]
    return [each for each in dict.fromkeys(there) if each is not None and _signs_in(each)]


def called_to(case: Case, role: str, day: date) -> list[Staff]:
    """The people a level calls: its role in the case's branch (for agents the owner), else the next higher role that somebody has.

    Where all of them are away and nobody stands in, those who are away: better told late than never.
    """
    if role == Role.AGENT and (found := reachable([case.owner] if case.owner else [], day)):
        return found
    first = _LADDER.index(Role(role)) if role in _LADDER else 0
    ladder = [people_of(case.branch, (higher,)) for higher in _LADDER[first:]]
    there = (reachable(people, day) for people in ladder)
    away = ([each for each in people if _signs_in(each)] for people in ladder)
    return next((found for found in (*there, *away) if found), [])


def owner_of(kind: CaseKind, customer: Customer, record: Record | None) -> Staff | None:
    """Whose a new case of a kind is: as the playbook says, else a supervisor's or manager's of the branch."""
    match kind.owner:
        case "customer owner":
            first_choice = customer.owner
        case "event staff":
            first_choice = record.handler if record else None
        case "branch manager":
            first_choice = next(iter(people_of(customer.branch, (Role.MANAGER,))), None)
        case _:
            first_choice = None
    if first_choice is not None and first_choice.is_active:
        return first_choice
    return next(iter(people_of(customer.branch, (Role.SUPERVISOR,)) or people_of(customer.branch, (Role.MANAGER,))), None)


def told_at_once(case: Case, day: date) -> list[Staff]:
    """Who hears of a new case: its owner, and supervisors as well where the owner is away or cannot sign in."""
    owner = [case.owner] if case.owner else []
    found = reachable(owner, day)
    if found == owner and owner:
        return owner
    return [*owner, *[each for each in found if each not in owner], *called_to(case, Role.SUPERVISOR, day)]


def _signs_in(person: Staff) -> bool:
    return person.is_active and person.role != Role.NONE and bool(person.sign_in_name)
