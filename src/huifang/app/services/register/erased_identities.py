"""Whether rows speak of somebody whose data were erased on request: by the business's number, or by a phone with the name.

Where nobody was ever erased it costs one query and no hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huifang.app.crypto import blind_index, blind_indexes
from huifang.app.records.models import ContactPoint, Customer, ErasedIdentity
from huifang.app.services.register.asked import Asked
from huifang.app.services.register.known import Known
from huifang.app.services.register.rows import Row

_FIELD = "erased.identity"


def remember(customer: Customer) -> None:
    """Keep by what an import would know the customer again, before it goes."""
    phones = ContactPoint.objects.filter(customer=customer, kind="phone").values_list("value_index", flat=True)
    said = [_code(customer.code), *(_phone(index, customer.name_index) for index in phones)]
    kept = [ErasedIdentity(index=blind_index(one, _FIELD), customer=customer) for one in said]
    ErasedIdentity.objects.bulk_create(kept, ignore_conflicts=True)


def places(rows: Sequence[Row], known: Known) -> frozenset[int]:
    """The places of rows that speak of such a person."""
    if not ErasedIdentity.objects.exists():
        return frozenset()
    signs = {
        place: [_code(code), *(_phone(known.values[one.value], known.names[row.customer.name]) for one in row.customer.points)]
        for place, (row, code) in enumerate(zip(rows, known.codes, strict=True))
        if row.customer is not None
    }
    erased = _erased(sign for some in signs.values() for sign in some)
    return frozenset(place for place, some in signs.items() if not erased.isdisjoint(some))


def any_of(asked: Asked) -> bool:
    """Whether anybody among those a draft speaks of was erased."""
    if not ErasedIdentity.objects.exists():
        return False
    phones = (_phone(index, name) for index, names in asked.phones.items() for name in names)
    return bool(_erased([*map(_code, asked.codes), *phones]))


def _erased(signs: Iterable[str]) -> set[str]:
    distinct = list(dict.fromkeys(signs))
    indexes = dict(zip(blind_indexes(distinct, _FIELD), distinct, strict=True))
    found = ErasedIdentity.objects.filter(index__among=set(indexes)).values_list("index", flat=True)
    return {indexes[index] for index in found}


def _code(code: str) -> str:
    return f"code|{code}"


def _phone(index: str, name_index: str) -> str:
    return f"phone|{index}|{name_index}"
