"""The rows of a generated business, as plain values.

Codes are readable (客户编号 ``KH000123``, 工单号 ``W20251103-014``) and refer to each other. Moments are aware local
datetimes
(Asia/Shanghai), days are the business's own days, money is yuan. Attribute values are text, numbers, dates or truth
values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

Attributes = Mapping[str, str | int | float | bool | date]


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch or campus."""

    code: str
    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff. `role` is agent, supervisor, manager or administrator; empty for those who do not sign
    in.
    """

    code: str
    name: str
    job_title: str
    branch: str
    role: str = ""
    sign_in_name: str = ""
    capacity: int = 0
    """Follow-ups a day; 0 for those who make none."""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """One number of a customer. `whose` is empty for the customer's own, else the relation (女儿, 办公室...)."""

    number: str
    whose: str = ""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """One row of the register. `status` is active, deceased or closed; `duplicate_of` names the same person's older
    row.
    """

    code: str
    name: str
    kind: str
    phones: tuple[Phone, ...]
    branch: str
    owner: str
    first_seen: date
    gender: str = ""
    email: str = ""
    address: str = ""
    birthday: date | None = None
    birthday_lunar: bool = False
    status: str = "active"
    duplicate_of: str = ""
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One dated fact."""

    code: str
    customer: str
    kind: str
    at: datetime
    amount: float | None
    branch: str
    staff: str
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Agreement:
    """Something with an end. `status` is active, ended or cancelled."""

    code: str
    customer: str
    kind: str
    starts: date
    ends: date
    status: str
    amount: float
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Consent:
    """The last word of a customer on a purpose and a channel (``any`` for all)."""

    customer: str
    purpose: str
    channel: str
    allowed: bool
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Contact:
    """One past attempt. `cause` is the engine's cause key (event, day of the last event, agreement with its end...),
    `event` the event
    behind it or empty, `outcome` a code of `domain.outcomes`.
    """

    code: str
    customer: str
    programme: str
    cause: str
    event: str
    channel: str
    purpose: str
    at: datetime
    outcome: str
    reached: bool
    counted: bool
    staff: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a record; `score` where the answer has points, `value` as it was given."""

    record: str
    customer: str
    programme: str
    question: str
    day: date
    score: float | None
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """What one contact taught: the customer's own words, what kind of feedback they are, and the next step."""

    code: str
    contact: str
    customer: str
    programme: str
    cause: str
    event: str
    at: datetime
    staff: str
    satisfied: bool | None
    words: str
    feedback: str
    """praise, suggestion, complaint or empty."""
    topic: str
    next_step: str
    next_day: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Something that had to be solved."""

    code: str
    customer: str
    kind: str
    record: str
    event: str
    opened: datetime
    answered: datetime | None
    closed: datetime | None
    owner: str
    what: str
    solution: str
    final_score: int | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What became of one past falling due: open ones wait for their next attempt."""

    programme: str
    customer: str
    cause: str
    due: date
    expires: date
    open: bool
    attempts: int
    next_on: date | None
    staff: str
    rule: str = ""
    """Why nobody called for it alone: ``suppressed.no-consent``, ``bundled.same-person``..."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A callback promised to a customer at a moment still to come."""

    code: str
    customer: str
    programme: str
    cause: str
    made: datetime
    opens: datetime
    staff: str


@dataclass(frozen=True, slots=True)
class Request:
    """A further call that an answer or a closed case asked for; its code is the cause."""

    code: str
    customer: str
    programme: str
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Days somebody is away, both included, and who stands in."""

    staff: str
    first_day: date
    last_day: date
    substitute: str
    reason: str


@dataclass(slots=True)
class Business:
    """Everything known on the morning of `as_of`: the last rows are of the evening before."""

    key: str
    """``repair-shop`` or ``hospital``; also the key of its playbook."""
    name: str
    as_of: date
    seed: int
    branches: list[Branch] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
