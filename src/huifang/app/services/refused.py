"""What a refusal or a death ends: follow-ups it covers leave people's lists at once, and what was due for them is closed.

Every road comes through here: a reply, a link, the interface, a list, an import, a merge, a person. What covers a follow-up is read from
the customer's words and status as they are now, so that the same door serves whatever was in somebody's hand when the word was said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Exists, F, OuterRef, Q

from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import in_force
from huifang.app.reach import BY_ITSELF
from huifang.app.records.models import Attempt, Consent, Customer, FollowUp, Occurrence, Promise
from huifang.app.records.prepared import Together
from huifang.app.services import audit
from huifang.domain.contact_facts import ANY, SENSITIVE

_AT_ONCE = 500
_States = FollowUp.State
_UNDER_WAY = Exists(Attempt.objects.filter(followup=OuterRef("pk"), state=Attempt.State.ATTEMPTING))
_SAID = Q(Exists(Consent.objects.filter(customer=OuterRef("customer"), allowed=False))) | ~Q(customer__status=Customer.Status.ACTIVE)
_STAYS = BY_ITSELF | Q(state=_States.CLAIMED) & (Q(claimed_by=None) | Q(_UNDER_WAY))
"""What a channel sends by itself is blocked by the gate, with its rule in the outbox; in the dialler's hand, or while a contact is under
way, what really happens is written down first, and then this is asked again.
"""


def end(customers: Collection[int]) -> None:
    """Withdraw the open follow-ups of these customers that their words or status forbid, and close what was due.

    A refusal of one channel only takes the follow-up off the list: its occurrences wait for the next plan, which may know another way.
    What somebody has open and has not begun is withdrawn under their hands. Whoever writes down the word holds the customers' rows. A
    constant number of queries; nothing is written where nothing is covered.
    """
    pending = (
        FollowUp.objects.filter(customer__in=customers, state__in=(_States.OPEN, _States.CLAIMED))
        .select_for_update(of=("self",), no_key=True)
        .annotate(stays=Q(_STAYS), playbook=F("playbook_version__playbook"))
        .order_by("pk")
    )
    followups = list(pending.only("customer_id", "purpose", "channel", "state"))
    due = Occurrence.objects.filter(customer__in=customers, open=True)
    occurrences = list(due.values_list("pk", "customer_id", "purpose", "playbook", "followup_id"))
    if not followups and not occurrences:
        return
    people = list(Customer.objects.filter(pk__in=customers))
    together = Together([one.pk for one in people])
    rules = {one.pk: _Words(CustomerRows(one, together=together)) for one in people}
    staying = {one.pk for one in followups if one.stays}
    data = _sensitive() if any(one.refuses_data for one in rules.values()) else frozenset[str]()
    _close((pk, rules[who].ends(purpose, book in data)) for pk, who, purpose, book, followup in occurrences if followup not in staying)
    leaving = (one for one in followups if not one.stays)
    _withdraw({one.pk: rules[one.customer_id].forbids(one.purpose, one.channel, one.playbook in data) for one in leaving})


def end_of_followups(followup_ids: Sequence[int]) -> None:
    """The same for follow-ups that have just left somebody's hand, or that a plan has made which knew nothing of a word said meanwhile."""
    for start in range(0, len(followup_ids), _AT_ONCE):
        theirs = FollowUp.objects.filter(_SAID, pk__in=followup_ids[start : start + _AT_ONCE])
        if forbidding := sorted(set(theirs.values_list("customer_id", flat=True))):
            end(forbidding)


def forbids(rows: CustomerRows, followup: FollowUp) -> bool:
    """Whether the customer's words or status, in the rows as they were read, forbid a follow-up."""
    words = _Words(rows)
    sensitive = words.refuses_data and followup.playbook_version.playbook in _sensitive()
    return bool(words.forbids(followup.purpose, followup.channel, sensitive))


def _sensitive() -> frozenset[str]:
    """The playbooks in force with health data or the like."""
    return frozenset(each.version.playbook for each in in_force() if each.playbook.sensitive)


class _Words:
    """One customer's status and last words."""

    def __init__(self, rows: CustomerRows) -> None:
        self._rows = rows

    @property
    def refuses_data(self) -> bool:
        """Whether the customer refuses on any channel that health data and the like are used."""
        return any(purpose == SENSITIVE and not allowed for (purpose, _), allowed in self._rows.said.items())

    def ends(self, purpose: str, sensitive: bool) -> str:
        """The rule that ends everything of a purpose, of a `sensitive` playbook or not, on whatever channel; empty where none does."""
        return self._rule(purpose, ANY, sensitive)

    def forbids(self, purpose: str, channel: str, sensitive: bool) -> str:
        """The rule that forbids a purpose on a channel; empty where none does."""
        return self.ends(purpose, sensitive) or self._rule(purpose, channel, sensitive)

    def _rule(self, purpose: str, channel: str, sensitive: bool) -> str:
        status = self._rows.customer.status
        if status != Customer.Status.ACTIVE:
            return f"suppressed.{status}"
        if any(self._rows.said.get((each, channel)) is False for each in (purpose, ANY)):
            return "suppressed.opted-out"
        return "suppressed.no-separate-consent" if sensitive and self._rows.said.get((SENSITIVE, channel)) is False else ""


def _close(occurrences: Iterable[tuple[int, str]]) -> None:
    by_rule: dict[str, list[int]] = {}
    for pk, rule in occurrences:
        if rule:
            by_rule.setdefault(rule, []).append(pk)
    for rule, numbers in by_rule.items():
        closing = Occurrence.objects.filter(pk__in=numbers)
        closing.update(open=False, closed_as="suppressed", decision="suppressed", rule=rule, next_on=None)
        Promise.objects.filter(occurrence__in=numbers, open=True).update(open=False)


def _withdraw(rules: dict[int, str]) -> None:
    covered = {pk: rule for pk, rule in rules.items() if rule}
    if covered:
        leaving = FollowUp.objects.filter(pk__in=covered)
        leaving.update(state=_States.WITHDRAWN, claimed_by=None, lease_until=None, next_at=None, fence=F("fence") + 1)
        audit.write_all(None, [("followup.withdrawn", f"followup:{pk}", {"reason": rule}) for pk, rule in covered.items()])
