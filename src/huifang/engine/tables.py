"""The column contracts: what the engine reads and what it writes.

An adapter (a file, a database, a lake) hands over these tables and takes the results back; nothing else passes between them. Types are
ibis type names. A ``key`` is a 64-bit integer or a string, the same throughout one run. A `timestamp` is UTC without a zone; a `date` is
the business's own day (the adapter converts with the branch's or the installation's time zone). Extra columns of `customers`, `events`
and `agreements` are attributes that playbooks may declare and name in conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["key", "string", "boolean", "int64", "float64", "date", "timestamp"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, type, whether a row must have it, what it means."""

    name: str
    type: ColumnType
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; a table that is not `required` may be left out and is then empty."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def _c(name: str, kind: ColumnType, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, kind, not optional, meaning)


CUSTOMERS = Table(
    "customers", "Who can be followed up, one row each.",
    (
        _c("customer_id", "key", "identifies the customer in every table"),
        _c("kind", "string", "person | organisation | household | staff; default person", optional=True),
        _c("status", "string", "active | deceased | closed; default active", optional=True),
        _c("branch_id", "key", "the branch that looks after the customer", optional=True),
        _c("owner_id", "key", "the member of staff responsible (continuity)", optional=True),
        _c("time_zone", "string", "IANA name of the customer's own zone; default the branch's, then the playbook's", optional=True),
        _c("language", "string", "BCP 47 tag: zh, en, ja", optional=True),
        _c("birthday", "date", "date of birth", optional=True),
        _c("birthday_lunar", "boolean", "the birthday is kept by the lunar calendar", optional=True),
        _c("first_seen", "date", "first day in the register; default the first event's", optional=True),
    ),
    required=True,
)  # fmt: skip
EVENTS = Table(
    "events", "Dated facts.",
    (
        _c("event_id", "key", "unique"),
        _c("customer_id", "key", "whose"),
        _c("kind", "string", "job.settled, visit.discharged..."),
        _c("at", "timestamp", "the moment, UTC", optional=True),
        _c("day", "date", "the business's day of it"),
        _c("amount", "float64", "money, in the installation's currency", optional=True),
        _c("branch_id", "key", "where", optional=True),
        _c("staff_id", "key", "who handled it", optional=True),
    ),
    required=True,
)  # fmt: skip
EVENT_CHANGES = Table(
    "event_changes", "Events that are new, corrected or deleted since the last morning: not an input of a plan, but of what is kept.",
    (*EVENTS.columns, _c("deleted", "boolean", "the event is no longer there", optional=True)),
)  # fmt: skip
AGREEMENTS = Table(
    "agreements", "Things with an end.",
    (
        _c("agreement_id", "key", "unique"),
        _c("customer_id", "key", "whose"),
        _c("kind", "string", "contract, policy, warranty, membership..."),
        _c("starts", "date", "first day", optional=True),
        _c("ends", "date", "last day", optional=True),
        _c("status", "string", "active | ended | cancelled; default active", optional=True),
        _c("amount", "float64", "money", optional=True),
    ),
)  # fmt: skip
CONTACT_POINTS = Table(
    "contact_points", "Which channels reach a customer; an absent row means the channel does not.",
    (_c("customer_id", "key", "whose"), _c("channel", "string", "a `Channel`"), _c("usable", "boolean", "not known to be wrong")),
)  # fmt: skip
CONSENTS = Table(
    "consents", "Current consent, the last word for each purpose and channel.",
    (
        _c("customer_id", "key", "whose"),
        _c("purpose", "string", "a `Purpose`, any, or sensitive: separate consent to the use of health data and the like"),
        _c("channel", "string", "a `Channel`, or any"),
        _c("allowed", "boolean", "false: opted out"),
        _c("proven", "boolean", "proof is on record; marketing and separate consent need it; default true", optional=True),
    ),
)  # fmt: skip
CONTACTS = Table(
    "contacts", "Past attempts, from the ledger.",
    (
        _c("contact_id", "key", "unique"),
        _c("customer_id", "key", "whose"),
        _c("channel", "string", "a `Channel`"),
        _c("purpose", "string", "strongest purpose of the contact"),
        _c("programme", "string", "leading programme", optional=True),
        _c("day", "date", "the business's day"),
        _c("local_day", "date", "the day the customer's own clock showed; caps count it; default `day`", optional=True),
        _c("at", "timestamp", "the moment, UTC; needed only where a cap counts hours", optional=True),
        _c("reached", "boolean", "the person was reached or the message delivered"),
        _c("counted", "boolean", "counts toward caps (a phone that never rang does not)"),
        _c("staff_id", "key", "who tried", optional=True),
    ),
)  # fmt: skip
ANSWERS = Table(
    "answers", "Answers with a score.",
    (
        _c("customer_id", "key", "whose"),
        _c("programme", "string", "which"),
        _c("question", "string", "key of the question"),
        _c("day", "date", "when"),
        _c("score", "float64", "points", optional=True),
        _c("value", "string", "what was answered", optional=True),
    ),
)  # fmt: skip
CASES = Table(
    "cases", "Things that must be solved.",
    (
        _c("case_id", "key", "unique"),
        _c("customer_id", "key", "whose"),
        _c("kind", "string", "case kind"),
        _c("open", "boolean", "not closed yet"),
        _c("opened", "date", "when"),
        _c("closed", "date", "when", optional=True),
    ),
)  # fmt: skip
PROMISES = Table(
    "promises", "Callbacks and appointments that were promised; they come before everything but an opt-out and the law.",
    (
        _c("promise_id", "key", "unique"),
        _c("customer_id", "key", "to whom"),
        _c("programme", "string", "for which programme"),
        _c("cause", "string", "for which cause"),
        _c("day", "date", "on which day"),
        _c("opens_at", "timestamp", "not before, UTC", optional=True),
        _c("closes_at", "timestamp", "not after, UTC", optional=True),
        _c("staff_id", "key", "who promised", optional=True),
    ),
)  # fmt: skip
REQUESTS = Table(
    "requests", "Occurrences that an answer or a closed case asked for (`on: request`).",
    (
        _c("request_id", "key", "unique; the cause"),
        _c("customer_id", "key", "for whom"),
        _c("programme", "string", "which"),
        _c("day", "date", "asked on"),
    ),
)  # fmt: skip
KNOWN = Table(
    "known", "Occurrences that earlier plans have seen, with what has become of them.",
    (
        _c("playbook", "string", "which"),
        _c("programme", "string", "which"),
        _c("customer_id", "key", "whose"),
        _c("cause", "string", "the cause key: an occurrence is unique by playbook, programme, customer and cause"),
        _c("event_id", "key", "the event behind it, where there is one", optional=True),
        _c("cause_day", "date", "the day that made it due", optional=True),
        _c("due", "date", "due day"),
        _c("deadline", "date", "last day of its window; default `expires`", optional=True),
        _c("expires", "date", "last day"),
        _c("open", "boolean", "true: still to be decided (deferred, or planned and not done); false: done, expired, suppressed, held out"),
        _c("attempts", "int64", "attempts made so far"),
        _c("next_on", "date", "not to be tried again before", optional=True),
        _c("staff_id", "key", "who had it last (continuity)", optional=True),
    ),
)  # fmt: skip
LEARNED = Table(
    "learned", "Numbers learned about customers (`playbooks.known_names.LEARNED`); the latest of each name up to the day counts.",
    (
        _c("customer_id", "key", "whose"),
        _c("name", "string", "p_active, customer_value..."),
        _c("value", "float64", "the number", optional=True),
        _c("as_of", "date", "the day up to which it was learned"),
        _c("model", "string", "what it comes from; rule: no model could be fitted", optional=True),
    ),
)  # fmt: skip
STAFF = Table(
    "staff", "Who makes contacts.",
    (
        _c("staff_id", "key", "unique"),
        _c("branch_id", "key", "where", optional=True),
        _c("capacity", "int64", "follow-ups a day"),
        _c("active", "boolean", "at work at all"),
        _c("skills", "string", "names separated by commas", optional=True),
        _c("hours", "string", "shift by the branch's clock, 09:00-12:00, 14:00-18:00: spreads the places over the day", optional=True),
    ),
)  # fmt: skip
ABSENCES = Table(
    "absences", "Who is away.",
    (
        _c("staff_id", "key", "who"),
        _c("first_day", "date", "from"),
        _c("last_day", "date", "to, included"),
        _c("substitute_id", "key", "who takes over", optional=True),
    ),
)  # fmt: skip
BRANCHES = Table(
    "branches", "Branches with their zone and calendar.",
    (
        _c("branch_id", "key", "unique"),
        _c("time_zone", "string", "IANA name", optional=True),
        _c("calendar", "string", "name of a calendar in `calendar_days`", optional=True),
    ),
)  # fmt: skip
CALENDAR_DAYS = Table(
    "calendar_days", "Every day of every calendar that is used, some way around the planning day.",
    (
        _c("calendar", "string", "CN, or a business's own"),
        _c("day", "date", "which"),
        _c("working", "boolean", "a working day, make-up days included"),
        _c("final", "boolean", "false: the year's holidays are not published yet"),
        _c("label", "string", "holiday's name", optional=True),
        _c("lunar_month", "int64", "1–12", optional=True),
        _c("lunar_day", "int64", "1–30", optional=True),
        _c("lunar_leap", "boolean", "in a leap month", optional=True),
        _c("festival", "string", "keys of the festivals on this day, separated by commas", optional=True),
    ),
)  # fmt: skip
CONTACT_POLICY = Table(
    "contact_policy", "What a contact now is worth, learned from data; `adaptive` programmes choose by it.",
    (
        _c("customer_id", "key", "identifies the customer, one row each"),
        _c("index", "float64", "worth of a contact now, in money; contacts at 0 or less are not made"),
        _c("expected_effect", "float64", "how much likelier the customer is to be engaged one period after a contact", optional=True),
        _c("at_once", "float64", "the part of `index` that comes within one period", optional=True),
        _c("plans_ahead", "boolean", "data suffice to look ahead; else the near effect decides", optional=True),
        _c("reliability", "float64", "0 to 1: how well it is known how long an effect lasts", optional=True),
        _c("engaged", "boolean", "the present state: engaged or drifting", optional=True),
        _c("observations", "int64", "the customer's own periods behind the figures", optional=True),
        _c("cluster", "string", "the class whose experience was shared", optional=True),
        _c("balance", "int64", "emotional account; below 0 only service is offered", optional=True),
        _c("slowed", "float64", "1 or more: gaps are so many times as long, so that complaints stay below 5 %", optional=True),
        _c("paused", "boolean", "complaints about contact have reached 5 % in the class", optional=True),
        _c("as_of", "date", "the day it was learned", optional=True),
    ),
)  # fmt: skip

SCHEDULE = Table(
    "schedule", "Approved schedules: who makes a contact and on which day. One row an occurrence.",
    (
        _c("playbook", "string", "which"),
        _c("programme", "string", "which"),
        _c("customer_id", "key", "whose"),
        _c("cause", "string", "the cause key of the occurrence"),
        _c("day", "date", "not before this day, as long as that is not after its last day"),
        _c("staff_id", "key", "who; a promise goes before it", optional=True),
    ),
)  # fmt: skip

INPUTS = (
    CUSTOMERS, EVENTS, AGREEMENTS, CONTACT_POINTS, CONSENTS, CONTACTS, ANSWERS, CASES, PROMISES, REQUESTS, KNOWN, LEARNED, STAFF, ABSENCES,
    BRANCHES, CALENDAR_DAYS, CONTACT_POLICY, SCHEDULE,
)  # fmt: skip

DECISIONS = Table(
    "decisions", "What the plan did with every occurrence.",
    (
        _c("playbook", "string", "which"),
        _c("programme", "string", "which"),
        _c("customer_id", "key", "whose"),
        _c("cause", "string", "event's id, agreement's id with its date, year of a birthday...: what made it due"),
        _c("event_id", "key", "the event behind it, where there is one", optional=True),
        _c("cause_day", "date", "the day of the event or the date that made it due"),
        _c("purpose", "string", "a `Purpose`"),
        _c("due", "date", "due day"),
        _c("deadline", "date", "last day of its window (`within`)"),
        _c("expires", "date", "last day it is kept"),
        _c("decision", "string", "a `DecisionKind`"),
        _c("rule", "string", "code of the rule that decided (`engine.rules`)"),
        _c("until", "date", "deferred until; the cap's or the calendar's next day", optional=True),
        _c("detail", "string", "the figures the rule used, as JSON", optional=True),
        _c("followup", "int64", "number of the follow-up in this plan", optional=True),
        _c("value", "float64", "value used for ranking", optional=True),
    ),
)  # fmt: skip
FOLLOWUPS = Table(
    "followups", "Planned work: one contact with one customer.",
    (
        _c("followup", "int64", "number in this plan, 1.. in the order of work"),
        _c("customer_id", "key", "whom"),
        _c("branch_id", "key", "where", optional=True),
        _c("staff_id", "key", "who; empty for a channel without a person", optional=True),
        _c("channel", "string", "first usable channel"),
        _c("purpose", "string", "strongest purpose"),
        _c("day", "date", "the day"),
        _c("opens_at", "timestamp", "start of the first window of the day in the customer's time, UTC"),
        _c("closes_at", "timestamp", "end of the last window, UTC"),
        _c("promised", "boolean", "a promise is behind it"),
        _c("playbook", "string", "of the leading occurrence"),
        _c("programme", "string", "of the leading occurrence"),
        _c("cause", "string", "of the leading occurrence"),
        _c("occurrences", "int64", "how many are bundled"),
        _c("deadline", "date", "earliest deadline"),
        _c("score", "float64", "rank score"),
        _c("position", "int64", "place in that person's list, 1.."),
        _c("hard", "boolean", "a hard one (`engine.hard_cases`), of those that people make"),
    ),
)  # fmt: skip
