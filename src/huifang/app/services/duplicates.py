"""Customers who may be one: found for a person to decide, merged with everything that hangs on them, and taken apart again.

Two customers are compared only within a block: the same number, or the same last four digits, or the same name. Their likeness is that of
their names, plus what else agrees. Nothing is ever merged by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db import models, transaction
from rapidfuzz import fuzz

from huifang.app.access import IMPORT, customers_for, require
from huifang.app.indexes import same_name
from huifang.app.records.models import (
    Agreement,
    Attempt,
    Case,
    Comment,
    Consent,
    ContactPoint,
    Coupon,
    Customer,
    DuplicateDecision,
    Event,
    Feedback,
    FollowUp,
    Incoming,
    Occurrence,
    Promise,
    Record,
    Request,
    Staff,
    SurveyInvitation,
)  # fmt: skip
from huifang.app.services import audit, refused
from huifang.domain.errors import Conflict, Problem
from huifang.domain.words import Words

_BLOCK = 20
"""A number or name that more customers share is a switchboard or a common name, and tells nothing."""
_MOVED: tuple[type[models.Model], ...] = (
    Event, Agreement, Consent, FollowUp, Attempt, Record, Case, Feedback, Promise, Incoming, Comment, Coupon, SurveyInvitation,
)  # fmt: skip
_ONCE: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (ContactPoint, ("kind", "value_index")), (Occurrence, ("playbook", "programme", "cause")), (Request, ("programme", "source")),
)  # fmt: skip
"""Tables where a customer may have a thing only once: what the kept one has already stays with the other."""
_DIED = Customer.Status.DECEASED


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers who may be one: ids, likeness 0–100, why."""

    first: int
    second: int
    likeness: int
    why: Words


def find(by: Staff, limit: int = 200) -> list[Pair]:
    """Pairs in the person's scope that nobody has decided on yet, likeliest first. Three queries."""
    require(by, IMPORT)
    customers = {one.pk: one for one in customers_for(by).only("id", "name", "name_index", "birthday", "attributes")}
    decided = {frozenset(pair) for pair in DuplicateDecision.objects.filter(undone_at=None).values_list("kept_id", "other_id")}
    points = list(
        ContactPoint.objects.filter(kind="phone", customer__in=customers.keys()).values_list("customer_id", "value_index", "tail_index")
    )
    best: dict[frozenset[int], Pair] = {}
    for pair in _pairs(customers, points):
        key = frozenset((pair.first, pair.second))
        if key not in decided and (key not in best or best[key].likeness < pair.likeness):
            best[key] = pair
    return sorted(best.values(), key=lambda pair: (-pair.likeness, pair.first, pair.second))[:limit]


def _pairs(customers: dict[int, Customer], points: list[tuple[int, str, str]]) -> Iterator[Pair]:
    for first, second in _blocks((index, pk) for pk, index, _ in points):
        names = _names_alike(customers[first], customers[second])
        yield Pair(first, second, round(50 + names / 2), Words("电话相同", "Same phone"))
    for first, second in _blocks((tail, pk) for pk, _, tail in points if tail):
        names = _names_alike(customers[first], customers[second])
        if names >= 80:
            yield Pair(first, second, round(names * 0.7), Words("姓名相近，电话尾号相同", "Names alike, same last digits"))
    for first, second in _blocks((one.name_index, one.pk) for one in customers.values() if one.name_index):
        one, other = customers[first], customers[second]
        plate = one.attributes.get("plate")
        if (one.birthday and one.birthday == other.birthday) or (plate and plate == other.attributes.get("plate")):
            yield Pair(first, second, 90, Words("姓名相同，生日或车牌相同", "Same name, same birthday or plate"))


def _blocks(keys: Iterable[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    blocks: dict[str, set[int]] = {}
    for key, pk in keys:
        blocks.setdefault(key, set()).add(pk)
    for block in blocks.values():
        if 1 < len(block) <= _BLOCK:
            yield from combinations(sorted(block), 2)


def _names_alike(one: Customer, other: Customer) -> float:
    return fuzz.ratio(same_name(one.name), same_name(other.name))


def different(by: Staff, first: Customer, second: Customer, now: datetime) -> DuplicateDecision:
    """They are two: the pair is not shown again."""
    _check(by, first, second)
    with transaction.atomic():
        said = DuplicateDecision.objects.create(kept=first, other=second, verdict=DuplicateDecision.Verdict.DIFFERENT, at=now, by=by)
        audit.write(by, "customer.different", f"customer:{first.pk}", other=second.pk)
    return said


def merge(by: Staff, kept: Customer, other: Customer, now: datetime) -> DuplicateDecision:
    """They are one: everything of `other` goes to `kept`, refusals and those merged into `other` included; the data of `kept` stand, but
    where one of them has died, the customer has. Raises `Conflict`.
    """
    _check(by, kept, other)
    with transaction.atomic():
        theirs = Customer.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, other.pk], merged_into=None)
        status = dict(theirs.order_by("pk").values_list("pk", "status"))
        if len(status) != 2:
            raise _gone()
        moved: dict[str, object] = {str(model._meta.model_name): _move(model, other.pk, kept.pk, ()) for model in _MOVED}
        moved |= {str(model._meta.model_name): _move(model, other.pk, kept.pk, once) for model, once in _ONCE}
        before = list(Customer.objects.filter(merged_into=other.pk).values_list("pk", flat=True))
        moved["merged"] = before
        Customer.objects.filter(pk__in=[other.pk, *before]).update(merged_into=kept, updated_at=now)
        if status[other.pk] == _DIED and status[kept.pk] != _DIED:
            moved["status"] = status[kept.pk]
            Customer.objects.filter(pk=kept.pk).update(status=_DIED, updated_at=now)
        refused.end([kept.pk])
        said = DuplicateDecision.objects.create(
            kept=kept, other=other, verdict=DuplicateDecision.Verdict.MERGED, moved=moved, at=now, by=by
        )
        audit.write(by, "customer.merged", f"customer:{kept.pk}", other=other.pk)
    return said


def take_apart(by: Staff, decision: DuplicateDecision, now: datetime) -> None:
    """Undo a decision: what was moved and is still there goes back, the last merge first. Raises `Conflict` where it was undone before."""
    require(by, IMPORT)
    with transaction.atomic():
        theirs = DuplicateDecision.objects.filter(pk=decision.pk, undone_at=None, kept__in=customers_for(by))
        held = theirs.select_for_update(no_key=True).first()
        if held is None:
            raise _gone()
        for model in (*_MOVED, *(model for model, _ in _ONCE)):
            ids = held.moved.get(str(model._meta.model_name), [])
            model._default_manager.filter(pk__in=ids, customer=held.kept_id).update(customer=held.other_id)
        Customer.objects.filter(pk__in=held.moved.get("merged", []), merged_into=held.kept_id).update(merged_into=held.other_id)
        Customer.objects.filter(pk=held.other_id, merged_into=held.kept_id).update(merged_into=None, updated_at=now)
        if "status" in held.moved:
            Customer.objects.filter(pk=held.kept_id, status=_DIED).update(status=held.moved["status"], updated_at=now)
        held.undone_at = now
        held.save(update_fields=["undone_at"])
        audit.write(by, "customer.taken-apart", f"customer:{held.kept_id}", other=held.other_id)


def _move(model: type[models.Model], source: int, target: int, once: tuple[str, ...]) -> list[int]:
    rows = model._default_manager.filter(customer=source)
    if once:
        there = set(model._default_manager.filter(customer=target).values_list(*once))
        ids = [pk for pk, *key in rows.values_list("pk", *once) if tuple(key) not in there]
    else:
        ids = list(rows.values_list("pk", flat=True))
    model._default_manager.filter(pk__in=ids).update(customer=target)
    return ids


def _check(by: Staff, first: Customer, second: Customer) -> None:
    require(by, IMPORT)
    if first.pk == second.pk or customers_for(by).filter(pk__in=[first.pk, second.pk]).count() != 2:
        raise _gone()


def _gone() -> Conflict:
    return Conflict(
        Problem(
            "customer.merged",
            Words("客户已被合并、拆开，或不在您的范围内。", "A customer was merged or taken apart already, or is not in your scope."),
            Words("请刷新页面。", "Reload the page."),
        )
    )
