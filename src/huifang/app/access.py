"""Who may do what, and whose records they may see. Deny by default: an action that is not listed here is nobody's.

An action is a word; a role has a set of actions; which rows an action reaches is the person's scope: their branches, and for agents the
customers and follow-ups of their branch. Every query for a page, export or search starts from one of the `…_for` functions.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from huifang.app.records.models import Branch, Case, Customer, FollowUp, ImportBatch, Incoming, Message, Occurrence, Record, Role, Staff
from huifang.domain.errors import NotAllowed, Problem
from huifang.domain.words import Words

WORK = "work"  # one's own list: contacts, records, drafts
SEE_CUSTOMERS = "see customers"
SEE_NUMBERS = "see numbers"  # unmasked contact points, of customers in one's hand
SEE_DAY = "see day"  # the supervisor's day of one's branches
SEE_REGISTERS = "see registers"
SEE_OUTBOX = "see outbox"  # what channels sent by themselves, and saying what became of it where nobody knows
STOP_SENDING = "stop sending"  # pause and stop channels, and let them go on
MANAGE_CHANNELS = "manage channels"  # which provider, with which secrets
EXPORT = "export"
HANDLE_CASES = "handle cases"
IMPORT = "import"
PLAN = "plan"  # plan a day again
SEE_PLAYBOOKS = "see playbooks"
EDIT_PLAYBOOKS = "edit playbooks"
MANAGE_STAFF = "manage staff"
SEE_AUDIT = "see audit"

_AGENT = frozenset({WORK, SEE_CUSTOMERS, SEE_NUMBERS, HANDLE_CASES, SEE_PLAYBOOKS})
_SUPERVISOR = _AGENT | {SEE_DAY, SEE_REGISTERS, SEE_OUTBOX, STOP_SENDING, EXPORT, IMPORT, PLAN}
_REVIEWER = frozenset({SEE_CUSTOMERS, SEE_DAY, SEE_REGISTERS, SEE_PLAYBOOKS})
_MANAGER = _SUPERVISOR | {EDIT_PLAYBOOKS}
_ADMINISTRATOR = frozenset(
    {SEE_PLAYBOOKS, EDIT_PLAYBOOKS, MANAGE_STAFF, SEE_AUDIT, IMPORT, PLAN, SEE_CUSTOMERS, SEE_DAY, SEE_REGISTERS, SEE_OUTBOX,
     STOP_SENDING, MANAGE_CHANNELS}
)  # fmt: skip
ACTIONS: dict[str, frozenset[str]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.REVIEWER: _REVIEWER,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.NONE: frozenset(),
}
M = TypeVar("M", bound=Model)


def may(staff: Staff, action: str) -> bool:
    """Whether this person's role has the action."""
    return bool(staff.is_active) and action in ACTIONS.get(staff.role, frozenset())


def require(staff: Staff, action: str) -> None:
    """Raise `NotAllowed` unless the person's role has the action."""
    if not may(staff, action):
        raise NotAllowed(
            Problem(
                "access.denied",
                Words("您的角色不能做这件事。", "Your role may not do this."),
                Words("如果需要，请联系管理员。", "If you need it, ask the administrator."),
            )
        )


def branches_for(staff: Staff) -> QuerySet[Branch]:
    """The branches in a person's scope: all, or their own and those added."""
    if staff.all_branches:
        return Branch.objects.all()
    return Branch.objects.filter(Q(pk=staff.branch_id) | Q(pk__in=staff.scope.values("pk"))) if staff.pk else Branch.objects.none()


def _in_scope(rows: QuerySet[M], staff: Staff, field: str = "branch") -> QuerySet[M]:
    return rows if staff.all_branches else rows.filter(**{f"{field}__in": branches_for(staff).values("pk")})


def customers_for(staff: Staff) -> QuerySet[Customer]:
    """Customers of a person's branches; merged ones are reached through the one they were merged into."""
    return _in_scope(Customer.objects.filter(merged_into=None), staff)


def followups_for(staff: Staff) -> QuerySet[FollowUp]:
    """Follow-ups of a person's branches; an agent's are their own and those nobody has."""
    rows = _in_scope(FollowUp.objects.all(), staff)
    return rows.filter(Q(staff=staff) | Q(claimed_by=staff) | Q(staff=None)) if staff.role == Role.AGENT else rows


def records_for(staff: Staff) -> QuerySet[Record]:
    """Records made in a person's branches."""
    return _in_scope(Record.objects.all(), staff)


def messages_for(staff: Staff) -> QuerySet[Message]:
    """Messages to customers of a person's branches."""
    return _in_scope(Message.objects.all(), staff, "followup__branch")


def incoming_for(staff: Staff) -> QuerySet[Incoming]:
    """What customers of a person's branches have written; what nobody knows who wrote, for those who watch the outbox too."""
    mine = _in_scope(Incoming.objects.all(), staff, "customer__branch")
    return mine | Incoming.objects.filter(customer=None) if may(staff, SEE_OUTBOX) else mine


def cases_for(staff: Staff) -> QuerySet[Case]:
    """Cases of a person's branches."""
    return _in_scope(Case.objects.all(), staff)


def occurrences_for(staff: Staff) -> QuerySet[Occurrence]:
    """Occurrences of customers of a person's branches."""
    return _in_scope(Occurrence.objects.all(), staff, "customer__branch")


def staff_for(staff: Staff) -> QuerySet[Staff]:
    """Colleagues of a person's branches."""
    return _in_scope(Staff.objects.all(), staff)


def imports_for(staff: Staff) -> QuerySet[ImportBatch]:
    """Imports a person may see: their branches', and for people of all branches every one."""
    return _in_scope(ImportBatch.objects.all(), staff)
