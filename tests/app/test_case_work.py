"""Cases at work: clocks that wait, levels that call somebody, compensation by two people, promises, the same matter joined."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from huifang.app.jobs import schedule, worker
from huifang.app.queries.case_page import case_view
from huifang.app.queries.case_standing import given, may_decide, stand_of
from huifang.app.records.models import Absence, Branch, Case, CaseCall, Job, Notice, PlaybookVersion, Role, Staff
from huifang.app.services import audit, case_compensation, case_links, case_promises, case_watch, cases
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast

RULES = """\
    states:
      checking: {title: {zh: 核实中, en: Checking}}
      parts: {title: {zh: 等配件, en: Parts}, pauses: true}
    fast lane: {for: jobs_12m >= 1, first answer: 30 min, solve: 4 h}
    escalate:
      - {after: 2 h, to: supervisor, still: unanswered, hand over: true}
      - {after: 1 working day, to: manager, again: 4 h}
    reopened: {times: 2, to: manager}
    compensation:
      kinds: {refund: {zh: 退款, en: Refund}}
      free: 50
      limits: {supervisor: 500, manager: 5000}
"""
TREE = "causes: {quality: {title: 质量, causes: {parts: 配件}}, other: {title: 其他}}\n"


@pytest.fixture
def version(cast: Cast) -> PlaybookVersion:
    text = PLAYBOOK.replace("    solve: 2 working days\n", "    solve: 2 working days\n" + RULES) + TREE
    return activate(cast.wang, add_version(cast.wang, text, "b.yaml", NOW), NOW)


@pytest.fixture
def case(cast: Cast, version: PlaybookVersion) -> Case:
    return cases.open_case(cast.chen, cast.customers[0], "dissatisfied", "异响没修好", NOW, version=version)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def told(who: Staff) -> int:
    return Notice.objects.filter(to=who, subject__startswith="case:").count()


def test_the_clock_stands_still_while_one_waits_for_parts(cast: Cast, case: Case) -> None:
    due = case.solve_due
    cases.answer(cast.tao, case.pk, "已致歉", after(minutes=30))
    paused = cases.move(cast.tao, case.pk, "parts", "", after(hours=1))
    assert (paused.paused_at, paused.solve_due, paused.next_call_at) == (after(hours=1), None, None)
    on = cases.move(cast.tao, case.pk, "checking", "", after(hours=1, minutes=30))
    assert due and on.solve_due == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # half an hour of work later than Tuesday's end
    assert [step.what for step in case.steps.all()] == ["opened", "answered", "paused", "resumed"]
    assert cases.move(cast.tao, case.pk, "", "", after(hours=2)).work_state == ""
    with pytest.raises(Invalid, match="cannot go into"):
        cases.move(cast.tao, case.pk, "nowhere", "", NOW)


def test_a_case_without_a_written_opening_begins_when_it_was_opened(case: Case) -> None:
    before = stand_of(case)
    case.steps.filter(what="opened").delete()
    assert stand_of(case) == before
    assert before.start == case.opened_at


def test_a_level_reaches_a_person_once_and_not_at_night(cast: Cast, case: Case) -> None:
    cases.assign(cast.tao, case.pk, cast.lin.pk, NOW)
    assert case_watch.sweep(after(hours=1)) == (0, 0)
    assert not case_watch.anything_due(after(hours=13))  # eleven at night
    assert case_watch.sweep(after(hours=13)) == (0, 0)
    morning = after(hours=23)
    before = told(cast.tao)
    assert schedule.due(morning) in (True, False)
    while worker.once(morning):
        pass
    assert Job.objects.filter(kind="cases", state="done").exists()
    assert (told(cast.tao) - before, case_watch.sweep(morning)) == (1, (0, 0))
    case.refresh_from_db()
    assert (case.owner, case.level, CaseCall.objects.count()) == (cast.tao, 1, 1)


def test_a_level_is_called_again_only_as_the_rule_says(cast: Cast, case: Case) -> None:
    cases.answer(cast.tao, case.pk, "已致歉", after(minutes=5))
    monday = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    assert case_watch.sweep(monday) == (1, 0)
    assert [case_watch.sweep(monday + timedelta(minutes=n)) for n in (1, 2)] == [(0, 0)] * 2
    tuesday = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
    assert case_watch.sweep(tuesday) == (1, 0)
    assert [(each.level, each.times) for each in CaseCall.objects.order_by("pk")] == [(2, 1), (2, 2)]


def test_somebody_higher_hears_of_it_where_nobody_is_there(cast: Cast, case: Case) -> None:
    Absence.objects.create(staff=cast.tao, first_day=DAY, last_day=DAY)
    case_watch.sweep(after(hours=5))
    assert told(cast.wang) == 1
    Staff.objects.exclude(pk__in=[cast.chen.pk]).update(is_active=False)
    other = cases.open_case(cast.chen, cast.customers[1], "dissatisfied", "x", NOW, version=case.playbook_version)
    case_watch.sweep(after(hours=5))
    assert other.steps.get(what="escalated").detail["to"] == []


def test_where_everybody_is_away_they_are_told_all_the_same(cast: Cast, case: Case) -> None:
    for who in (cast.tao, cast.wang, cast.an):
        Absence.objects.create(staff=who, first_day=DAY, last_day=DAY)
    before = told(cast.tao)
    assert case_watch.sweep(after(hours=5)) == (1, 0)
    assert (told(cast.tao), case.steps.get(what="escalated").detail["to"]) == (before + 1, [cast.tao.name])


def test_a_substitute_stands_in(cast: Cast, case: Case) -> None:
    Absence.objects.create(staff=cast.tao, first_day=DAY, last_day=DAY, substitute=cast.lin)
    case_watch.sweep(after(hours=5))
    case.refresh_from_db()
    assert case.owner == cast.lin


def test_key_accounts_go_first(cast: Cast, version: PlaybookVersion) -> None:
    from tests.app.cast import settled

    settled(cast.customers[1], "W1", DAY - timedelta(days=3))
    fast = cases.open_case(cast.chen, cast.customers[1], "dissatisfied", "x", NOW, version=version)
    assert (fast.fast, fast.first_answer_due, fast.solve_due) == (True, after(minutes=30), after(hours=6))


def test_a_compensation_needs_a_second_person_with_the_limit(cast: Cast, case: Case) -> None:
    small = case_compensation.propose(cast.tao, case.pk, "refund", Decimal(50), "洗车费", NOW)
    assert small.state == "approved"
    large = case_compensation.propose(cast.tao, case.pk, "refund", Decimal(600), "工时", NOW)
    assert (large.state, told(cast.wang)) == ("waiting", 1)
    for who, kind in ((cast.tao, "themselves"), (cast.chen, "up to")):
        with pytest.raises(NotAllowed, match=kind):
            case_compensation.decide(who, case.pk, large.pk, "", NOW, approve=True)
    assert case_compensation.decide(cast.wang, case.pk, large.pk, "", NOW, approve=True).decided_by == cast.wang
    with pytest.raises(Conflict, match="decided"):
        case_compensation.decide(cast.wang, case.pk, large.pk, "", NOW, approve=False)
    with pytest.raises(Invalid, match="may be given"):
        case_compensation.propose(cast.tao, case.pk, "refund", Decimal(4351), "太多", NOW)
    with pytest.raises(Invalid, match="knows no"):
        case_compensation.propose(cast.tao, case.pk, "holiday", Decimal(1), "x", NOW)
    refused = case_compensation.propose(cast.chen, case.pk, "refund", Decimal(10), "x", NOW)
    assert may_decide(cast.wang, case, refused, Decimal(660))
    assert case_compensation.decide(cast.wang, case.pk, refused.pk, "重复", NOW, approve=False).state == "refused"
    assert given(case) == 650


def test_nothing_is_given_where_the_playbook_is_silent(cast: Cast) -> None:
    plain = cases.open_case(cast.chen, cast.customers[0], "other", "x", NOW)
    with pytest.raises(Invalid, match="knows no"):
        case_compensation.propose(cast.chen, plain.pk, "refund", Decimal(1), "x", NOW)


def test_a_promise_is_recalled_before_it_is_due_and_said_to_be_late_after(cast: Cast, case: Case) -> None:
    due = after(hours=7)  # five in the afternoon; two working hours before is three
    made = case_promises.promise(cast.chen, case.pk, "今天下班前回电", due, NOW)
    assert made.next_notice_at == after(hours=5)
    before = told(cast.chen), told(cast.tao)
    cases.answer(cast.tao, case.pk, "已致歉", NOW)
    assert case_watch.sweep(after(hours=5)) == (0, 1)
    assert case_watch.sweep(after(hours=5)) == (0, 0)
    assert (told(cast.chen), told(cast.tao)) == (before[0] + 1, before[1] + 1)
    assert case_watch.sweep(due) == (0, 1)
    assert case_promises.keep(cast.chen, case.pk, made.pk, due).kept_at == due
    with pytest.raises(Conflict, match="already"):
        case_promises.keep(cast.chen, case.pk, made.pk, due)
    with pytest.raises(Invalid, match="passed"):
        case_promises.promise(cast.chen, case.pk, "x", NOW, NOW)
    other = case_promises.promise(cast.chen, case.pk, "送券", due, NOW)
    assert case_promises.withdraw(cast.chen, case.pk, other.pk, "客户不要", NOW).withdrawn_at == NOW
    plain = cases.open_case(cast.chen, cast.customers[0], "other", "x", NOW)
    assert case_promises.promise(cast.chen, plain.pk, "回电", due, NOW).next_notice_at == due


def test_the_same_matter_is_joined_with_both_histories(cast: Cast, case: Case) -> None:
    other = cases.open_case(cast.chen, cast.customers[0], "dissatisfied", "又打来", after(hours=1), version=case.playbook_version)
    case_compensation.propose(cast.tao, other.pk, "refund", Decimal(20), "x", NOW)
    case_promises.promise(cast.tao, other.pk, "回电", after(hours=3), NOW)
    gone_on = case_links.merge(cast.tao, other.pk, case.number, after(hours=2))
    other.refresh_from_db()
    assert (gone_on, other.merged_into, other.state) == (case, case, "closed")
    assert (case.compensations.count(), case.promises.count(), other.steps.count()) == (1, 1, 4)
    with pytest.raises(Conflict, match="merged"):
        cases.reopen(cast.tao, other.pk, "x", NOW)
    stranger = cases.open_case(cast.chen, cast.customers[1], "dissatisfied", "x", NOW, version=case.playbook_version)
    for number in (stranger.number, "none"):
        with pytest.raises(Invalid, match="same customer"):
            case_links.merge(cast.tao, case.pk, number, NOW)


def test_the_older_clock_goes_on_and_every_history_comes_along(cast: Cast, case: Case) -> None:
    second, third = (
        cases.open_case(cast.chen, cast.customers[0], "dissatisfied", f"又打来{n}", after(hours=n), version=case.playbook_version)
        for n in (1, 2)
    )
    case_links.merge(cast.tao, third.pk, second.number, after(hours=2))
    assert case_links.merge(cast.tao, case.pk, second.number, after(hours=3)) == case  # named the other way round
    assert set(case.merged.all()) == {second, third}
    view = case_view(cast.tao, Case.objects.get(pk=case.pk), after(hours=3), "en")
    assert {line.case for line in view.steps} == {"", second.number, third.number}
    case.refresh_from_db()
    assert case.first_answer_due == after(hours=2)


def test_another_matter_gets_a_case_of_its_own(cast: Cast, case: Case) -> None:
    cases.comment(cast.tao, case.pk, "另外发票开错了", NOW)
    note = case.steps.get(what="comment")
    new = case_links.split(cast.tao, case.pk, "发票开错", [note.pk], after(hours=1))
    assert (new.split_from, new.customer) == (case, case.customer)
    assert [step.what for step in new.steps.all()] == ["comment", "opened", "split"]
    assert [step.what for step in case.steps.all()] == ["opened", "split"]
    with pytest.raises(Conflict, match="Only notes"):
        case_links.split(cast.tao, case.pk, "x", [case.steps.get(what="opened").pk], NOW)


def test_repeated_reopening_goes_to_the_manager(cast: Cast, case: Case) -> None:
    for number in (1, 2):
        cases.answer(cast.tao, case.pk, "x", after(hours=number))
        cases.solve(cast.tao, case.pk, "quality.parts", "x", after(hours=number))
        case = cases.reopen(cast.tao, case.pk, "又坏了", after(hours=number, minutes=5))
    assert (case.round, case.owner, case.steps.filter(what="escalated").count()) == (3, cast.wang, 1)
    assert audit.faults() == []


def test_causes_are_those_of_the_playbook(cast: Cast, case: Case) -> None:
    for wrong in ("nothing", "quality.nothing"):
        with pytest.raises(Invalid, match="no such cause"):
            cases.solve(cast.tao, case.pk, wrong, "x", NOW)
    assert cases.solve(cast.tao, case.pk, "other", "x", NOW).cause == "other"


def test_a_missing_calendar_stops_no_complaint_and_is_told_once(cast: Cast, version: PlaybookVersion) -> None:
    Branch.objects.filter(pk=cast.branch.pk).update(calendar="XX-shop", time_zone="Nowhere/At_All")
    who = cast.customers[0]
    who.branch.refresh_from_db()
    first = cases.open_case(cast.chen, who, "dissatisfied", "x", NOW, version=version)
    cases.open_case(cast.chen, who, "dissatisfied", "y", NOW, version=version)
    assert (first.own_calendar, first.first_answer_due) == (False, datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    assert Notice.objects.filter(to=cast.an, subject=f"calendar:{cast.branch.pk}").count() == 1


def test_without_any_calendar_monday_to_friday_count(cast: Cast) -> None:
    text = PLAYBOOK.replace("country: CN", "country: XX")
    version = add_version(cast.wang, text, "c.yaml", NOW)
    Branch.objects.filter(pk=cast.branch.pk).update(calendar="XX")
    who = cast.customers[0]
    who.branch.refresh_from_db()
    case = cases.open_case(cast.chen, who, "dissatisfied", "x", NOW, version=version)
    assert (case.own_calendar, case.solve_due) == (False, datetime(2026, 11, 24, 10, tzinfo=UTC))


def test_the_owner_who_cannot_sign_in_is_told_and_so_is_a_supervisor(cast: Cast) -> None:
    from huifang.app.services import case_people

    doctor = Staff.objects.create(code="D", name="医生", role=Role.NONE, branch=cast.branch)
    case = Case(branch=cast.branch, owner=doctor)
    assert case_people.told_at_once(case, DAY) == [doctor, cast.tao]
    assert case_people.called_to(Case(branch=cast.branch, owner=cast.lin), "agent", DAY) == [cast.lin]
    assert case_people.called_to(Case(branch=cast.branch), "agent", DAY) == [cast.tao]
