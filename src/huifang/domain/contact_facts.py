"""What the gate has to know about one contact, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huifang.domain.budget import Budget
from huifang.domain.calendars import WorkingCalendar
from huifang.domain.caps import Cap, PastContact
from huifang.domain.contact import Channel, Purpose
from huifang.domain.contact_rest import Rest
from huifang.domain.law import Law
from huifang.domain.windows import AllowedDays, Hours

ANY = "any"
SENSITIVE = "sensitive"
"""Purpose under which separate consent to the use of health data and the like is given."""


class CustomerStatus(StrEnum):
    """Only active customers are contacted."""

    ACTIVE = "active"
    DECEASED = "deceased"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Consent:
    """The last word on a purpose (or ``any``) and a channel (or ``any``): consent, or opt-out where `allowed` is
    false.
    """

    purpose: Purpose | str
    channel: Channel | str
    allowed: bool
    proven: bool = False
    """What the customer said, when and to whom is on record."""

    def covers(self, purpose: Purpose, channel: Channel) -> bool:
        """Whether it speaks of such a contact."""
        return self.purpose in (purpose, ANY) and self.channel in (channel, ANY)

    def agrees_to(self, purpose: Purpose) -> bool:
        """Whether it is consent where consent is needed: it names the very purpose, and its proof is on record."""
        return self.allowed and self.purpose == purpose and self.proven


@dataclass(frozen=True, slots=True)
class Promise:
    """A callback or appointment that the customer was promised: from `opens` (included) to `closes` (not), UTC;
    None: not limited.
    """

    opens: datetime | None = None
    closes: datetime | None = None

    def due(self, moment: datetime) -> bool:
        """Whether `moment` is inside the promised time."""
        return (self.opens is None or self.opens <= moment) and (self.closes is None or moment < self.closes)


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One contact that is about to be made, and all that is known about it. None means unknown, and unknown is never
    taken for yes.
    """

    purpose: Purpose
    channel: Channel
    status: CustomerStatus = CustomerStatus.ACTIVE
    usable: bool | None = None
    """Contact point of the channel: usable, known to be wrong, or None where there is none."""
    consents: tuple[Consent, ...] = ()
    consent_for: frozenset[Purpose] = frozenset({Purpose.MARKETING})
    """Purposes for which the firm itself wants consent on record, beyond what the laws ask."""
    zone: str | None = None
    """The customer's time zone, IANA name."""
    zone_assumed: bool = False
    """The zone is the branch's or the playbook's, because nobody knows the customer's own."""
    region: str | None = None
    """State or province, for laws that differ by region; None: unknown, and the strictest hold."""
    hours: tuple[Hours, ...] = ()
    days: AllowedDays = "working"
    calendar: WorkingCalendar | None = None
    laws: tuple[Law, ...] = ()
    caps: tuple[Cap, ...] = ()
    gaps: tuple[Cap, ...] = ()
    """`caps.gap` of every playbook in force."""
    past: tuple[PastContact, ...] = ()
    open_complaint: bool = False
    promise: Promise | None = None
    sensitive: bool = False
    """The contact uses health data or the like, or is about a person under 14: separate consent is needed."""
    rests: tuple[Rest, ...] = ()
    """Why the customer is left in peace, for purposes and programmes for which that holds."""
    budget: Budget | None = None
    """What the programme may spend; None: it has no budget."""

    def consent_wanted(self) -> bool:
        """Whether a law or the firm wants consent on record for this purpose."""
        return self.purpose in self.consent_for.union(*(law.consent_for for law in self.laws))

    def consent(self) -> bool | None:
        """Consent to this contact: False where any word of the customer forbids it, None where there is no word that counts. Where consent
        is wanted, only proven consent to the very purpose does: a word about ``any`` purpose takes back a refusal, and is no more.
        """
        words = [each for each in self.consents if each.covers(self.purpose, self.channel)]
        if not all(each.allowed for each in words):
            return False
        agreed = any(each.agrees_to(self.purpose) for each in words) if self.consent_wanted() else bool(words)
        return True if agreed else None

    def separately_agreed(self) -> bool:
        """Whether the customer's words let health data and the like be used for this contact: a refusal by that name forbids it, and all
        but the service itself needs proven consent by that name.
        """
        words = [each for each in self.consents if each.purpose == SENSITIVE and each.channel in (self.channel, ANY)]
        if not all(each.allowed for each in words):
            return False
        return self.purpose is Purpose.SERVICE or any(each.proven for each in words)
