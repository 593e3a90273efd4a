"""Who may do what, and whose records they may see. Deny by default: an action that is not listed here is nobody's.

An action is a word; a role has a set of actions; which rows an action reaches is the person's scope: their branches, and for agents the
customers and follow-ups of their branch. Every query for a page, export or search starts from one of the `…_for` functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BigAutoField, Field, Model, Q, QuerySet

from huifang.app.records.models import (
    Absence,
    AnswerFile,
    Article,
    Attempt,
    Branch,
    Case,
    Customer,
    DayClosing,
    DiallingList,
    DiallingRow,
    ExportRequest,
    Feedback,
    FollowUp,
    ImportBatch,
    Incoming,
    IndicatorDay,
    Measure,
    Message,
    Occurrence,
    Promise,
    Record,
    Recording,
    ReportSubscription,
    Review,
    Role,
    ScheduledContact,
    Staff,
    SurveyInvitation,
    SurveyResponse,
    WeekSchedule,
)
from huifang.app.records.prepared import Place, Prepared, Row
from huifang.domain.errors import NotAllowed, Problem
from huifang.domain.words import Words

WORK = "work"  # one's own list: contacts, records, drafts
CORRECT = "correct"  # what a saved record says: one's own, with REVIEW a colleague's
SEE_CUSTOMERS = "see customers"
SEE_NUMBERS = "see numbers"  # unmasked contact points, of customers in one's hand
SEE_DAY = "see day"  # the supervisor's day of one's branches
CLOSE_DAY = "close day"  # sign a day of one's branches, and open it again
PLAN_WEEK = "plan week"  # propose, move and submit the schedule of a week
APPROVE_WEEK = "approve week"  # approve or return it
HAND_OVER = "hand over"  # note who is away, and give their open work to colleagues
REVIEW = "review"  # look at a colleague's record, score it, send a comment back
SEE_SCORES = "see scores"  # score cards: an agent's own, else those of one's branches
SEE_REGISTERS = "see registers"
SEE_OUTBOX = "see outbox"  # what channels sent by themselves, and saying what became of it where nobody knows
STOP_SENDING = "stop sending"  # pause and stop channels, and let them go on
ALLOW_SENDING = "allow sending"  # the second person's word for many messages at once
GIVE_COUPONS = "give coupons"  # bring in and make codes
TAKE_COUPONS = "take coupons"  # look a code up and take it in
MANAGE_CHANNELS = "manage channels"  # which provider, with which secrets
SEE_INDICATORS = "see indicators"  # figures, effect and reports of one's branches
SEND_REPORTS = "send reports"  # say to whom reports go by mail
LISTEN = "listen"  # to recordings: an agent to their own
SEE_KNOWLEDGE = "see knowledge"
WRITE_KNOWLEDGE = "write knowledge"
EXPORT = "export"
SEE_EXPORTS = "see exports"  # requests for large exports: one's own, and those one may decide
ALLOW_EXPORTS = "allow exports"  # the second person's word for a large export, never one's own
DIAL = "dial"  # hand follow-ups to a dialler and take them back
TELL_CALLS = "tell calls"  # bring in what a dialler says of its calls
HANDLE_CASES = "handle cases"
SEE_FEEDBACK = "see feedback"
DECIDE_FEEDBACK = "decide feedback"  # its kind and topic, and what belongs together
EDIT_TOPICS = "edit topics"
SEE_CAUSES = "see causes"  # why cases come about, and what is done about it
MANAGE_MEASURES = "manage measures"
IMPORT = "import"
ERASE = "erase customers"  # destroy somebody's personal data on request
PLAN = "plan"  # plan a day again
SEE_PLAYBOOKS = "see playbooks"
EDIT_PLAYBOOKS = "edit playbooks"
MANAGE_STAFF = "manage staff"
SEE_AUDIT = "see audit"
SEE_SURVEYS = "see surveys"  # which questionnaires are asked, and giving a link or a device to a customer where WORK is there too
SEE_RESULTS = "see results"  # what was answered, added up

_AGENT = frozenset(
    {
        WORK,
        CORRECT,
        SEE_FEEDBACK,
        DECIDE_FEEDBACK,
        SEE_CUSTOMERS,
        SEE_NUMBERS,
        SEE_SCORES,
        HANDLE_CASES,
        SEE_PLAYBOOKS,
        SEE_SURVEYS,
        SEE_KNOWLEDGE,
        LISTEN,
        TAKE_COUPONS,
    }
)
_SUPERVISOR = _AGENT | {
    WRITE_KNOWLEDGE,
    CLOSE_DAY,
    PLAN_WEEK,
    HAND_OVER,
    REVIEW,
    SEE_DAY,
    SEE_REGISTERS,
    SEE_INDICATORS,
    SEE_OUTBOX,
    SEE_CAUSES,
    MANAGE_MEASURES,
    SEE_RESULTS,
    STOP_SENDING,
    DIAL,
    TELL_CALLS,
    EXPORT,
    SEE_EXPORTS,
    IMPORT,
    PLAN,
}
_REVIEWER = frozenset(
    {
        SEE_FEEDBACK,
        DECIDE_FEEDBACK,
        SEE_CUSTOMERS,
        REVIEW,
        CORRECT,
        SEE_SCORES,
        SEE_DAY,
        SEE_REGISTERS,
        SEE_PLAYBOOKS,
        SEE_CAUSES,
        SEE_SURVEYS,
        SEE_RESULTS,
        SEE_KNOWLEDGE,
        LISTEN,
    }
)
_MANAGER = _SUPERVISOR | {APPROVE_WEEK, EDIT_PLAYBOOKS, ALLOW_EXPORTS, SEND_REPORTS, EDIT_TOPICS, ALLOW_SENDING, GIVE_COUPONS}
_ADMINISTRATOR = frozenset(
    {
        SEE_KNOWLEDGE,
        WRITE_KNOWLEDGE,
        SEE_FEEDBACK,
        EDIT_TOPICS,
        SEE_PLAYBOOKS,
        EDIT_PLAYBOOKS,
        MANAGE_STAFF,
        SEE_AUDIT,
        IMPORT,
        ERASE,
        PLAN,
        SEE_CUSTOMERS,
        SEE_DAY,
        SEE_SCORES,
        SEE_REGISTERS,
        SEE_OUTBOX,
        SEE_SURVEYS,
        SEE_RESULTS,
        SEE_EXPORTS,
        ALLOW_EXPORTS,
        STOP_SENDING,
        ALLOW_SENDING,
        GIVE_COUPONS,
        TAKE_COUPONS,
        MANAGE_CHANNELS,
    }
)
ASSESSES: dict[str, tuple[str, ...]] = {
    Role.SUPERVISOR: ("supervisor",),
    Role.REVIEWER: ("supervisor", "reviewer"),
    Role.MANAGER: ("supervisor", "reviewer", "manager"),
}
"""Whose reviews a role assesses: a manager everybody's, a quality reviewer also a supervisor's."""
ACTIONS: dict[str, frozenset[str]] = {
    Role.AGENT: _AGENT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.REVIEWER: _REVIEWER,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
    Role.SERVICE: frozenset({SEE_CUSTOMERS, SEE_NUMBERS, SEE_DAY, SEE_REGISTERS, HANDLE_CASES, TELL_CALLS}),
    Role.NONE: frozenset(),
}
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Anyone:
    """Whoever has this role and reach; who it is, is said with each read."""

    role: str
    all_branches: bool
    pk: Place
    branch_id: Place


Person = Staff | Anyone


def may(staff: Staff, action: str) -> bool:
    """Whether this person's role has the action."""
    return bool(staff.is_active) and action in ACTIONS.get(staff.role, frozenset())


def roles_that_may(action: str) -> tuple[str, ...]:
    """The roles that have the action."""
    return tuple(role for role, actions in ACTIONS.items() if action in actions)


def assesses(staff: Staff) -> tuple[str, ...]:
    """The roles that a playbook's `review` may name for this person to assess a record."""
    return ASSESSES.get(staff.role, ())


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


class Scoped:
    """A prepared read within a person's scope: `build` gets the person and its `places`; one statement for each role and reach."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **places: Field[Any, Any]) -> None:
        self._build, self._places = build, places
        self._made: dict[tuple[str, bool], Prepared] = {}

    def __call__(self, staff: Staff, **values: object) -> list[Row]:
        """The rows that the person may see. One query."""
        reach = (staff.role, staff.all_branches)
        made = self._made.get(reach) or self._made.setdefault(reach, self._prepared(*reach))
        return made(staff=staff.pk, branch=staff.branch_id, **values)

    def _prepared(self, role: str, everywhere: bool) -> Prepared:
        def build(staff: Place, branch: Place, **places: Place) -> QuerySet[Any, Any]:
            return self._build(Anyone(role, everywhere, staff, branch), **places)

        return Prepared(build, staff=BigAutoField(), branch=BigAutoField(), **self._places)


def branches_for(staff: Person) -> QuerySet[Branch]:
    """The branches in a person's scope: all, or their own and those added."""
    if staff.all_branches:
        return Branch.objects.all()
    if not staff.pk:
        return Branch.objects.none()
    added = Staff.scope.through.objects.filter(staff=staff.pk).values("branch")
    return Branch.objects.filter(Q(pk=staff.branch_id) | Q(pk__in=added))


def _in_scope(rows: QuerySet[M], staff: Person, field: str = "branch") -> QuerySet[M]:
    return rows if staff.all_branches else rows.filter(**{f"{field}__in": branches_for(staff).values("pk")})


def customers_for(staff: Person) -> QuerySet[Customer]:
    """Customers of a person's branches; merged ones are reached through the one they were merged into."""
    return _in_scope(Customer.objects.filter(merged_into=None), staff)


def followups_for(staff: Person) -> QuerySet[FollowUp]:
    """Follow-ups of a person's branches; an agent's are their own and those nobody has."""
    return _followups(staff, _work_of(staff))


def readable_followups(staff: Person) -> QuerySet[FollowUp]:
    """The same, and those that were handed on from an agent: to read, and to keep what was typed."""
    return _followups(staff, _work_of(staff) | Q(handed_from=staff.pk))


def _work_of(staff: Person) -> Q:
    return Q(staff=staff.pk) | Q(claimed_by=staff.pk) | Q(staff=None)


def _followups(staff: Person, of_agents: Q) -> QuerySet[FollowUp]:
    rows = _in_scope(FollowUp.objects.all(), staff)
    return rows.filter(of_agents) if staff.role == Role.AGENT else rows


def attempts_for(staff: Staff) -> QuerySet[Attempt]:
    """Attempts at customers of a person's branches."""
    return _in_scope(Attempt.objects.all(), staff, "customer__branch")


def records_for(staff: Staff) -> QuerySet[Record]:
    """Records made in a person's branches."""
    return _in_scope(Record.objects.all(), staff)


def recordings_for(staff: Staff) -> QuerySet[Recording]:
    """Recordings of talks in a person's branches; an agent's are those of their own talks."""
    rows = _in_scope(Recording.objects.all(), staff, "attempt__branch")
    return rows.filter(attempt__staff=staff.pk) if staff.role == Role.AGENT else rows


def answer_files_for(staff: Staff) -> QuerySet[AnswerFile]:
    """Files that were given as answers: with records of a person's branches, and for those who see results, by people without a name."""
    of_records = Q(record__in=records_for(staff).values("pk"))
    if not may(staff, SEE_RESULTS):
        return AnswerFile.objects.filter(of_records)
    nameless = SurveyResponse.objects.filter(record=None)
    if not staff.all_branches:
        nameless = nameless.filter(Q(branch=None) | Q(branch__in=branches_for(staff).values("pk")))
    return AnswerFile.objects.filter(of_records | Q(response__in=nameless.values("pk")))


def records_everywhere() -> QuerySet[Record]:
    """All records, for tables in which small groups are hidden over the whole business; what of them is shown is the caller's to limit."""
    return Record.objects.all()


def messages_for(staff: Staff) -> QuerySet[Message]:
    """Messages to customers of a person's branches."""
    return _in_scope(Message.objects.all(), staff, "followup__branch")


def dialling_rows_for(staff: Staff) -> QuerySet[DiallingRow]:
    """Rows of dialling lists that belong to a person's branches."""
    return _in_scope(DiallingRow.objects.all(), staff)


def dialling_lists_for(staff: Staff) -> QuerySet[DiallingList]:
    """Dialling lists that one has made oneself, and those with a row of one's branches."""
    if staff.all_branches:
        return DiallingList.objects.all()
    rows = DiallingRow.objects.filter(branch__in=branches_for(staff).values("pk"))
    return DiallingList.objects.filter(Q(made_by=staff.pk) | Q(pk__in=rows.values("list")))


def incoming_for(staff: Staff) -> QuerySet[Incoming]:
    """What customers of a person's branches have written; what nobody knows who wrote, for those who watch the outbox too."""
    mine = _in_scope(Incoming.objects.all(), staff, "customer__branch")
    return mine | Incoming.objects.filter(customer=None) if may(staff, SEE_OUTBOX) else mine


def indicator_days_for(staff: Staff) -> QuerySet[IndicatorDay]:
    """Counted days of a person's branches."""
    return _in_scope(IndicatorDay.objects.all(), staff)


def behind_for(rows: QuerySet[M], staff: Staff, field: str) -> QuerySet[M]:
    """The rows behind a figure that a person may see; `field` names a row's branch."""
    return _in_scope(rows, staff, field)


def subscriptions_for(staff: Staff) -> QuerySet[ReportSubscription]:
    """Reports that go to colleagues of a person's branches, and to the person."""
    return ReportSubscription.objects.filter(Q(to__in=staff_for(staff).values("pk")) | Q(to=staff))


def cases_for(staff: Staff) -> QuerySet[Case]:
    """Cases of a person's branches."""
    return _in_scope(Case.objects.all(), staff)


def feedback_for(staff: Staff) -> QuerySet[Feedback]:
    """What customers of a person's branches have said, and nameless words of those branches; of no branch only for who sees them all."""
    rows = Feedback.objects.all()
    mine = branches_for(staff).values("pk")
    return rows if staff.all_branches else rows.filter(Q(customer__branch__in=mine) | Q(customer=None, branch__in=mine))


def links_for(staff: Person) -> QuerySet[SurveyInvitation]:
    """Open links and devices of a person's branches, and those of the whole business."""
    rows = SurveyInvitation.objects.exclude(kind=SurveyInvitation.Kind.PERSONAL)
    return rows if staff.all_branches else rows.filter(Q(branch=None) | Q(branch__in=branches_for(staff).values("pk")))


def measures_for(staff: Staff) -> QuerySet[Measure]:
    """Measures of a person's branches, those for all branches, and their own."""
    if staff.all_branches:
        return Measure.objects.all()
    return Measure.objects.filter(Q(branch__in=branches_for(staff).values("pk")) | Q(branch=None) | Q(owner=staff))


def occurrences_for(staff: Person) -> QuerySet[Occurrence]:
    """Occurrences of customers of a person's branches."""
    return _in_scope(Occurrence.objects.all(), staff, "customer__branch")


def promises_for(staff: Staff) -> QuerySet[Promise]:
    """Promises to customers of a person's branches."""
    return _in_scope(Promise.objects.all(), staff, "customer__branch")


def week_schedules_for(staff: Staff) -> QuerySet[WeekSchedule]:
    """Schedules of a person's branches."""
    return _in_scope(WeekSchedule.objects.all(), staff)


def scheduled_for(staff: Staff) -> QuerySet[ScheduledContact]:
    """Contacts of those schedules with customers of a person's branches."""
    rows = ScheduledContact.objects.filter(customer__merged_into=None)
    return _in_scope(_in_scope(rows, staff, "schedule__branch"), staff, "customer__branch")


def closings_for(staff: Staff) -> QuerySet[DayClosing]:
    """Signed days of a person's branches."""
    return _in_scope(DayClosing.objects.all(), staff)


def reviews_for(staff: Staff) -> QuerySet[Review]:
    """Reviews of records of a person's branches; an agent's are those of their own records that came back to them."""
    rows = _in_scope(Review.objects.all(), staff)
    return rows.filter(staff=staff.pk, returned_at__isnull=False) if staff.role == Role.AGENT else rows


def staff_for(staff: Staff) -> QuerySet[Staff]:
    """Colleagues of a person's branches; other systems are nobody's colleagues."""
    return _in_scope(Staff.objects.exclude(role=Role.SERVICE), staff)


def articles_for(staff: Staff) -> QuerySet[Article]:
    """Articles for everybody and for a person's branches, those that are retired too."""
    if staff.all_branches:
        return Article.objects.all()
    return Article.objects.filter(Q(branch=None) | Q(branch__in=branches_for(staff).values("pk")))


def absences_for(staff: Staff) -> QuerySet[Absence]:
    """Absences of colleagues of a person's branches."""
    return Absence.objects.filter(staff__in=staff_for(staff).values("pk"))


def imports_for(staff: Staff) -> QuerySet[ImportBatch]:
    """Imports a person may see: their branches', and for people of all branches every one."""
    return _in_scope(ImportBatch.objects.all(), staff)


def exports_for(staff: Staff) -> QuerySet[ExportRequest]:
    """Requests for large exports: one's own, and for those who may decide the others whose rows all lie in their branches."""
    own = ExportRequest.objects.filter(by=staff)
    if not may(staff, ALLOW_EXPORTS):
        return own
    if staff.all_branches:
        return ExportRequest.objects.all()
    beyond = ExportRequest.branches.through.objects.exclude(branch__in=branches_for(staff)).values("exportrequest")
    return own | ExportRequest.objects.filter(everything=False).exclude(pk__in=beyond)
