"""What names a person, as patterns: their numbers, addresses, codes, name and birthday, however they are written in words or kept rows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import phonenumbers

from huifang.app.records.models import Agreement, ContactPoint, Customer, Event

MASK = "＊＊＊"
_BETWEEN = r"[\s()（）.·\-–—]*"
_SHORTEST = 3
"""A code of fewer characters is found in too much that is not the person's."""


class PersonalValues:
    """The values of some customers, ready to be taken out of texts."""

    def __init__(self, values: Collection[str], phones: Collection[str] = (), names: Collection[str] = ()) -> None:
        bounded = [rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9A-Za-z])" for one in sorted(values, key=len, reverse=True)]
        digits = [rf"(?<!\d){_BETWEEN.join(one)}(?!\d)" for one in sorted(phones, key=len, reverse=True)]
        written = {json.dumps(one)[1:-1] for one in (*values, *names)} - {*values, *names}  # as JSON writes what is not ASCII
        escaped = [re.escape(one) for one in sorted(written, key=len, reverse=True)]
        spaced = [r"\s*".join(map(re.escape, one)) for one in sorted(names, key=len, reverse=True)]
        self._pattern = re.compile("|".join((*digits, *bounded, *escaped, *spaced)) or r"(?!)", re.IGNORECASE)

    @classmethod
    def of(cls, customers: Sequence[Customer]) -> PersonalValues:
        """What the register knows these customers by."""
        points = list(ContactPoint.objects.filter(customer__in=customers))
        phones = {form for one in points if one.kind == "phone" for form in _forms(one.value)}
        return cls(set(_values(customers, points)), phones, {one.name for one in customers if len(one.name) > 1})

    def out_of(self, text: str) -> str:
        """A text without them."""
        return self._pattern.sub(MASK, text)

    def out_of_any(self, value: Any) -> Any:
        """A text, or JSON, without them: in keys and values, at any depth. Numbers stay."""
        match value:
            case str():
                return self.out_of(value)
            case dict():
                return {self.out_of(str(key)): self.out_of_any(one) for key, one in value.items()}
            case list() | tuple():
                return [self.out_of_any(one) for one in value]
            case _:
                return value

    def out_of_entry(self, subject: str, detail: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The same for an entry of the audit trail."""
        return self.out_of(subject), self.out_of_any(detail)


def _values(customers: Sequence[Customer], points: Iterable[ContactPoint]) -> Iterator[str]:
    for customer in customers:
        yield from _codes([customer.code])
        yield from _told(customer.attributes)
        if customer.birthday:
            yield customer.birthday.isoformat()
    yield from (one.value for one in points if one.kind != "phone" and len(one.value) >= _SHORTEST)
    for model in (Event, Agreement):
        rows = model._default_manager.filter(customer__in=customers).values_list("code", "attributes")
        for code, attributes in rows:
            yield from _codes([code])
            yield from _told(attributes)


def _codes(codes: Iterable[str]) -> Iterator[str]:
    """Codes that are somebody's and nothing else: with a letter, or of many digits."""
    return (one for one in codes if len(one) >= _SHORTEST and (not one.isdecimal() or len(one) > 5))


def _told(attributes: Any) -> Iterator[str]:
    """Attributes that name a thing of theirs, such as a plate: words with a figure in them."""
    said = json.loads(attributes) if isinstance(attributes, str) else attributes
    texts = (one for one in said.values() if isinstance(one, str))
    return _codes(one for one in texts if any(letter.isdecimal() for letter in one) and any(letter.isalpha() for letter in one))


def _forms(value: str) -> Iterator[str]:
    """A phone's digits with and without its country, without punctuation."""
    digits = re.sub(r"\D", "", value.split(";", maxsplit=1)[0])
    yield digits
    try:
        yield phonenumbers.national_significant_number(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        return
