"""The door of the register for many rows at once: `take` writes a batch of rows and tells what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from huifang.app.records import bulk
from huifang.app.records.models import Consent, ImportBatch, OptOut
from huifang.app.services import refused
from huifang.app.services.register import changes, erased_identities, look_ups, organisation
from huifang.app.services.register.asked import asked
from huifang.app.services.register.content import WRITTEN
from huifang.app.services.register.deciding import Deciding
from huifang.app.services.register.draft import READY, Draft
from huifang.app.services.register.known import Known, known
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Outcome, Rejection, Row


@transaction.atomic
def take(
    rows: Sequence[Row], scope: Scope, now: datetime, batch: ImportBatch | None = None, follows: Known | None = None
) -> list[Outcome | Rejection]:
    """Bring rows of one kind into the register; outcomes in their order.

    A row is `created` or `updated` by its event or agreement where it has one of its own, else by its customer; a row whose main thing
    is as it was but whose customer, contact points or other agreements change counts as updated. All or nothing for the batch; what
    changes is remembered for `batch`. `follows`: what follows from the rows, where that is known already.
    """
    if not rows:
        return []
    if rows[0].staff is not None:
        return organisation.write_staff(rows, scope, batch)
    if rows[0].branch is not None:
        return organisation.write_branches(rows, batch)
    follows = follows or known(rows)
    found = look_ups.found(asked(rows, follows), scope)
    found.erased = erased_identities.places(rows, follows)
    decided = Deciding(rows, follows, scope, now, found)
    for table, changed in decided.changed.items():
        changes.write(table, changed, batch)
    _refuse_again((point.value_index, point.customer_id) for point in decided.changed["contactpoint"].created)
    return decided.outcomes


@transaction.atomic
def take_draft(draft: Draft, batch: ImportBatch) -> Sequence[Outcome | Rejection] | None:
    """Bring in a batch of rows as it was drafted; None, and nothing is written, where the register knows any of them.

    What is written, remembered and told is what `take` would write, remember and tell.
    """
    if not look_ups.nothing(draft.asked) or erased_identities.any_of(draft.asked):
        return None
    customers: Sequence[int] = ()
    for table, drafted in draft.written.items():
        numbers = bulk.numbers(changes.MODELS[table], len(drafted[0]))
        said: Sequence[str] = draft.hashes[table]
        if table == "customer":
            customers, written = numbers, drafted
        else:
            owners = [customers[place] for place in drafted[0]]
            written, said = [owners, *drafted[1:]], [f"{owner}:{one}" for owner, one in zip(owners, said, strict=True)]
        changes.write_new(table, numbers, written, READY)
        changes.remember(table, changes.created(numbers, said), batch)
        if table == "contactpoint":
            _refuse_again(zip(written[WRITTEN[table].index("value_index")], owners, strict=True))
    return draft.outcomes


def _refuse_again(points: Iterable[tuple[str, int]]) -> None:
    """Refusals that cling to a number, by its index, hold for whoever it is brought in for."""
    points = list(points)
    refused_once = OptOut.objects.filter(value_index__among=[index for index, _ in points])
    told = list(refused_once.values_list("value_index", "purpose", "channel", "at"))
    of: dict[str, set[int]] = {index: set() for index, *_ in told}
    for index, customer in points if told else ():
        if index in of:
            of[index].add(customer)
    said = [
        Consent(customer_id=pk, purpose=purpose, channel=channel, allowed=False, at=at, road="import")
        for index, purpose, channel, at in told
        for pk in of[index]
    ]
    if said:
        Consent.objects.bulk_create(said)
        refused.end({one.customer_id for one in said})
