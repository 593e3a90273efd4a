"""Plain values of one row on its way into the register, and the answer why it was not taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from huifang.domain.words import Words

Outcome = Literal["created", "updated", "unchanged"]


@dataclass(slots=True)
class Point:
    """A number or address: kind as in `ContactPoint`, normalised value."""

    kind: str
    value: str
    label: str = ""
    mobile: bool = False


@dataclass(slots=True)
class CustomerRow:
    """What a row says of a customer; empty means nothing is said, and nothing is erased.

    `code` is the business's own number. `branch` and `owner` are codes or names.
    """

    code: str = ""
    name: str = ""
    kind: str = ""
    branch: str = ""
    owner: str = ""
    birthday: date | None = None
    birthday_lunar: bool | None = None
    first_seen: date | None = None
    notes: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    time_zone: str = ""
    """IANA name."""
    language: str = ""
    """Their BCP 47 tag."""
    leads: bool = True
    """False: another row of the same file speaks for this customer; this one fills only what is blank."""
    key: str = ""
    """What identifies the customer, once `identity.content` has been asked."""


@dataclass(slots=True)
class EventRow:
    """A dated fact. `at` is UTC; `day` the business's own. An empty code is made from the content."""

    kind: str
    at: datetime
    day: date
    code: str = ""
    amount: Decimal | None = None
    staff: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class AgreementRow:
    """Something with an end. Without a code there is one of its kind for the customer."""

    kind: str
    code: str = ""
    starts: date | None = None
    ends: date | None = None
    status: str = ""
    amount: Decimal | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class StaffRow:
    """A member of staff; nobody gets a sign-in by an import."""

    code: str
    name: str
    branch: str = ""
    department: str = ""
    capacity: int | None = None
    hours: str = ""
    skills: tuple[str, ...] = ()


@dataclass(slots=True)
class BranchRow:
    """A branch."""

    code: str
    name: str
    time_zone: str = ""


@dataclass(slots=True)
class Row:
    """One row of a file: its line, and what it says."""

    line: int
    customer: CustomerRow | None = None
    event: EventRow | None = None
    agreements: list[AgreementRow] = field(default_factory=list)
    staff: StaffRow | None = None
    branch: BranchRow | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row was not taken: its line, the column's header, a stable code, what is wrong and what to do."""

    line: int
    column: str
    code: str
    words: Words


class Unreadable(Exception):
    """A value cannot be taken: code, and what is wrong with what to do about it."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
