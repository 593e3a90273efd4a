"""What a reply ends: what still waits of programmes that stop with it, and the steps of their sequences that were to come.

A step that was to come is written down as an occurrence that is closed already, so that no later plan makes it, and the customer's page
says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from huifang.app.business_time import business_day
from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.records.models import Customer, FollowUp, Occurrence, Promise
from huifang.app.services.withdrawing import withdraw_waiting
from huifang.domain.contact import Channel
from huifang.playbooks.schema import Playbook, Programme

CLOSED_AS = "replied"
RULE = "suppressed.replied"
FRESH = timedelta(days=90)
"""A reply speaks of what the customer was told in so long before it."""


def stop(people: Iterable[Customer], now: datetime) -> list[str]:
    """Stop what a reply of these customers stops; the keys of the programmes. The caller holds their rows."""
    stopped: list[str] = []
    active = {each.version.playbook: each.playbook for each in in_force()}
    for person in people:
        stopped += _waiting_to_go_out(person)
        stopped += _with_the_dialler(person)
        stopped += _waiting_for_a_plan(person, active)
        stopped += _to_come(person, active, now)
    return list(dict.fromkeys(stopped))


def _close(closing: QuerySet[Occurrence]) -> None:
    """They are at an end, and whatever was promised with them is no longer due."""
    Promise.objects.filter(occurrence__in=closing, open=True).update(open=False)
    closing.update(open=False, closed_as=CLOSED_AS, next_on=None)


def _waiting_to_go_out(person: Customer) -> Iterator[str]:
    """Follow-ups that nobody has in hand."""
    for followup in FollowUp.objects.filter(customer=person, state=FollowUp.State.OPEN).select_related("playbook_version"):
        if _stops(playbook_of(followup.playbook_version), followup.programme) is not None:
            _close(Occurrence.objects.filter(followup=followup, open=True))
            withdraw_waiting(followup.pk)
            yield followup.programme


def _with_the_dialler(person: Customer) -> Iterator[str]:
    """Calls in a dialler's hand: they stay there until it tells or a person takes them back, but may not be made any more."""
    held = FollowUp.objects.filter(customer=person, state=FollowUp.State.CLAIMED, claimed_by=None, channel=Channel.PHONE.value)
    for followup in held.select_related("playbook_version"):
        if _stops(playbook_of(followup.playbook_version), followup.programme) is not None:
            _close(Occurrence.objects.filter(followup=followup, open=True))
            yield followup.programme


def _waiting_for_a_plan(person: Customer, active: dict[str, Playbook]) -> Iterator[str]:
    """Occurrences that were put off to a later day."""
    in_work = Q(followup__state__in=(FollowUp.State.OPEN, FollowUp.State.CLAIMED))
    for row in Occurrence.objects.filter(customer=person, open=True).exclude(in_work):
        if row.playbook in active and _stops(active[row.playbook], row.programme) is not None:
            _close(Occurrence.objects.filter(pk=row.pk))
            yield row.programme


def _to_come(person: Customer, active: dict[str, Playbook], now: datetime) -> Iterator[str]:
    """The other steps of each sequence that was begun, about the same cause."""
    day = business_day(now)
    begun = Q(attempts__gt=0) | Q(closed_as=CLOSED_AS) | Q(open=True, followup__state=FollowUp.State.CLAIMED)
    for row in Occurrence.objects.filter(begun, customer=person, decided_on__gte=day - FRESH):
        playbook = active.get(row.playbook)
        step = playbook and _stops(playbook, row.programme)
        for key, other in _others(playbook, step, row.programme) if playbook and step else ():
            _, made = Occurrence.objects.get_or_create(
                playbook=row.playbook, programme=key, customer=person, cause=row.cause,
                defaults={
                    "event_id": row.event_id, "cause_day": row.cause_day, "purpose": other.purpose, "due": day, "deadline": day,
                    "expires": day, "open": False, "decision": "suppressed", "rule": RULE, "decided_on": day, "closed_as": CLOSED_AS,
                },
            )  # fmt: skip
            if made:
                yield key


def _stops(playbook: Playbook, key: str) -> Programme | None:
    """The programme, where a reply stops it."""
    programme = playbook.programmes.get(key)
    return programme if programme is not None and programme.on_reply == "stop" else None


def _others(playbook: Playbook, step: Programme, own: str) -> Iterator[tuple[str, Programme]]:
    if step.sequence is not None:
        for key, other in playbook.programmes.items():
            if key != own and other.sequence == step.sequence and other.on_reply == "stop":
                yield key, other
