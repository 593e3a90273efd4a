"""Indicators: what is kept is what can be counted in the records, every number opens its rows, and nobody sees another branch's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from huifang.analytics.uplift import Verdict
from huifang.app.demo_load import load
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.queries import effect as effects
from huifang.app.queries import indicator_figures as figures
from huifang.app.queries import indicator_rows
from huifang.app.queries.effect import Watch
from huifang.app.queries.effect_words import points, said_plainly
from huifang.app.queries.indicator_figures import Ground
from huifang.app.queries.indicator_sources import SOURCE_OF
from huifang.app.queries.indicator_words import better, change, said
from huifang.app.records.models import (
    Agreement,
    Answer,
    Attempt,
    Case,
    CaseStep,
    Event,
    Feedback,
    IndicatorDay,
    IndicatorState,
    Occurrence,
    PlaybookVersion,
    Record,
    Staff,
)
from huifang.app.services import indicator_days
from huifang.app.services.indicator_days import keep
from huifang.app.services.playbooks import activate, add_version
from huifang.demo.repair_shop import repair_shop
from huifang.domain.errors import NotAllowed
from huifang.domain.indicators import INDICATORS, Standing
from huifang.domain.periods import stretch
from huifang.playbooks import library
from huifang.playbooks.goals import ProgrammeGoal
from tests.app.cast import DAY, NOW, Cast, customer, planned, settled

MONTH = stretch("month", DAY)


def worked(cast: Cast, who, staff, day=DAY, *, reached=True, satisfied=True, group="金牌客户"):
    """A follow-up that was due and worked on `day`, by `staff`, of a customer of a class."""
    followup = planned(cast, who, staff)
    followup.because |= {"class": {"zh": group, "en": "Gold"}}
    followup.save()
    Occurrence.objects.filter(followup=followup).update(due=day, attempts=1, open=False, closed_as="done" if reached else "given-up")
    at = NOW - (DAY - day)
    attempt = Attempt.objects.create(
        ticket=f"{followup.pk:032x}", key=str(followup.pk), followup=followup, customer=who, channel="phone", purpose="service",
        programme="day-after", staff=staff, branch=who.branch, state="ended", at=at, day=day,
        outcome="completed" if reached else "no_answer", reached=reached,
    )  # fmt: skip
    if not reached:
        return None
    return Record.objects.create(
        attempt=attempt, token=str(followup.pk), followup=followup, customer=who, staff=staff, branch=who.branch, saved_at=at, day=day,
        programme="day-after", questionnaire="short", playbook_version=cast.version, satisfied=satisfied, mean_score=4.0, words="挺好",
    )  # fmt: skip


@pytest.fixture
def busy(cast):
    """Four due, three contacted, two reached, one of them content; a complaint with a case; one customer of the other branch."""
    hua, li, qiang = cast.customers
    happy = worked(cast, hua, cast.chen)
    worked(cast, li, cast.lin, satisfied=False)
    worked(cast, qiang, cast.lin, reached=False)
    planned(cast, hua, cast.chen)
    held = planned(cast, li)
    Occurrence.objects.filter(followup=held).update(decision="held-out", closed_as="held-out", open=False)
    worked(cast, customer(cast, "GX1", "外店客户", "+8613900000001", cast.other_branch), cast.stranger)
    Feedback.objects.create(customer=hua, record=happy, kind="complaint", topic="等待", words="太慢", at=NOW)
    case = Case.objects.create(
        number="G1", kind="dissatisfied", customer=hua, record=happy, branch=cast.branch, owner=cast.tao, title="慢", opened_at=NOW,
        answered_at=NOW + timedelta(hours=3), solved_at=NOW + timedelta(hours=5),
    )  # fmt: skip
    CaseStep.objects.create(case=case, at=NOW, what="reopened")
    settled(hua, "J1", DAY - timedelta(days=180))
    settled(hua, "J2", DAY)
    settled(li, "J3", DAY - timedelta(days=180))
    settled(hua, "J4", DAY)
    keep(DAY - timedelta(days=400), NOW)
    return cast


def counts(staff, **more):
    return figures.total(staff, Ground(MONTH.first, MONTH.last, **more))


def test_the_counters_are_those_of_the_records(busy):
    found = counts(busy.wang)
    wanted = {
        "due": 4, "covered": 3, "tried": 3, "reached": 2, "rated": 2, "satisfied": 1, "scored": 2, "points": 8.0, "complaints": 1,
        "cases": 1, "answered": 1, "answer_hours": 3.0, "solved": 1, "reopened": 1, "buyers": 1, "again": 1, "aged": 2, "left": 1,
    }  # fmt: skip
    assert found == wanted


def test_another_branch_is_counted_for_those_who_see_it_only(busy):
    busy.wang.scope.add(busy.other_branch)
    assert counts(busy.wang)["due"] == 5
    assert counts(busy.wang, branch=busy.other_branch.pk)["due"] == 1
    assert counts(busy.tao, branch=busy.other_branch.pk) == {}
    with pytest.raises(NotAllowed):
        counts(busy.chen)


def test_a_person_and_a_class_have_their_own_figures(busy):
    assert counts(busy.wang, person=busy.lin.pk)["covered"] == 2
    assert counts(busy.wang, person=busy.tao.pk) == {"cases": 1, "answered": 1, "answer_hours": 3.0, "solved": 1, "reopened": 1}
    assert counts(busy.wang, group="金牌客户\tGold")["covered"] == 3
    assert set(figures.split(busy.wang, Ground(MONTH.first, MONTH.last), "class")) == {"", "金牌客户\tGold"}


def test_a_second_count_replaces_the_first_and_a_correction_is_seen(busy):
    before = IndicatorDay.objects.count()
    assert keep(DAY - timedelta(days=400), NOW) == before == IndicatorDay.objects.count()
    Record.objects.filter(satisfied=False).update(satisfied=True)
    keep(DAY, NOW)
    assert counts(busy.wang)["satisfied"] == 2
    assert IndicatorState.objects.get().counted_at == NOW


def test_what_is_due_tomorrow_is_not_counted_today(busy):
    followup = planned(busy, busy.customers[0])
    Occurrence.objects.filter(followup=followup).update(due=DAY + timedelta(days=1))
    keep(DAY, NOW)
    assert counts(busy.wang)["due"] == 4


@pytest.fixture(scope="module")
def shop(django_db_setup, django_db_blocker):
    """A generated shop, counted; taken out again afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load(repair_shop(date(2026, 11, 20), seed=5, customers=220), NOW)
        keep(date(2026, 6, 1), NOW)
        yield Staff.objects.get(sign_in_name="dz01")
        transaction.set_rollback(True)


@pytest.mark.parametrize("counter", sorted(SOURCE_OF))
@pytest.mark.parametrize("by", ["programme", "branch", "person", "class"])
def test_every_number_opens_exactly_its_rows(shop, django_db_blocker, counter, by):
    with django_db_blocker.unblock():
        period = stretch("quarter", date(2026, 9, 2))
        ground = Ground(period.first, period.last)
        for key, found in list(figures.split(shop, ground, by).items())[:4]:
            if not key and by != "person":
                continue
            of = {"branch": "branch", "programme": "programme", "person": "person", "class": "group"}[by]
            on = Ground(period.first, period.last, **{of: int(key or 0) if by in ("branch", "person") else key})
            page = indicator_rows.page(shop, counter, on, DAY, "zh")
            assert page.total == found.get(counter, 0)
            assert len(page.rows) == min(page.total, indicator_rows.PAGE)
            assert bool(page.after) == (page.total > indicator_rows.PAGE)


def test_months_and_days_add_up_to_the_same(shop, django_db_blocker):
    with django_db_blocker.unblock():
        ground = Ground(date(2026, 9, 1), date(2026, 9, 30))
        by_day = Counter()
        for each in range(30):
            day = ground.first + timedelta(days=each)
            by_day.update(figures.total(shop, Ground(day, day)))
        assert {name: round(number, 6) for name, number in by_day.items()} == {
            name: round(number, 6) for name, number in figures.total(shop, ground).items()
        }


def test_targets_come_first_with_what_they_ask_for(shop, django_db_blocker):
    with django_db_blocker.unblock():
        period = stretch("month", date(2026, 10, 1))
        found = figures.figures(shop, Ground(period.first, period.last), period)
        assert [one.goal.key for one in found[:2]] == ["repair-shop/coverage", "repair-shop/satisfaction"]
        first = found[0]
        assert first.programme == "day-after"
        assert first.standing is (Standing.MET if first.value >= 0.98 else Standing.MISSED)
        assert first.interval.low <= first.value <= first.interval.high
        week = stretch("week", date(2026, 10, 7))
        assert len(figures.figure(shop, Ground(week.first, week.last), week, "reach").trend) == figures.SHOWN["week"]
        only = figures.figures(shop, Ground(period.first, period.last, programme="six-months"), period)
        assert {one.programme for one in only} == {"six-months"}


def test_values_are_written_as_people_read_them():
    share, hours, points_, number = (INDICATORS[key] for key in ("coverage", "first_answer", "nps", "done"))
    assert [said(share, 0.5, ""), said(hours, 1.25, "zh"), said(hours, 2.0, ""), said(points_, -12.0, "en"), said(number, 1204, "")] == [
        "50 %", "1.2 小时", "2.0 h", "−12.0", "1,204",
    ]  # fmt: skip
    assert said(share, None, "en") == "–"
    assert [change(share, 0.5, 0.48, "en"), change(share, 0.5, 0.5, "zh"), change(hours, 2.0, 3.0, "zh"), change(number, 1, 2, "en")] == [
        "+2.0 pp", "±0", "−1.0", "",
    ]  # fmt: skip
    assert [better(share, 0.5, 0.4), better(hours, 2.0, 1.0), better(share, 0.5, 0.5), better(share, None, 0.5)] == [
        True,
        False,
        None,
        None,
    ]


def test_nps_and_csat_are_counted_from_the_questions_that_ask_for_them(cast):
    text = cast.version.text.replace("type: scale, required: true", "type: nps").replace("type: scale}", "type: csat}")
    activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)
    for who, loyal, happy in zip(cast.customers, ("10", "6", "8"), ("5", "4", "2"), strict=True):
        record = worked(cast, who, cast.chen)
        Answer.objects.create(record=record, question="quality", value=loyal)
        Answer.objects.create(record=record, question="speed", value=happy)
    keep(DAY, NOW)
    found = counts(cast.wang)
    assert [found[name] for name in ("nps_answers", "promoters", "detractors", "csat_answers", "content")] == [3, 1, 1, 3, 2]
    assert indicator_rows.page(cast.wang, "detractors", Ground(DAY, DAY), DAY, "en").rows[0].result == "6"


def test_counting_is_queued_every_quarter_and_everything_once_a_night(cast):
    assert indicator_days.anything_due(NOW) == ("indicators:all:2026-11-20", DAY - indicator_days.KEPT)
    HANDLERS["indicators"].run({"since": DAY.isoformat()}, NOW)
    assert indicator_days.anything_due(NOW) == ("indicators:2026-11-20T02:00", DAY - indicator_days.RECENT)
    night = datetime(2026, 11, 20, 18, 20, tzinfo=UTC)
    assert indicator_days.anything_due(night) == ("indicators:all:2026-11-21", date(2026, 11, 21) - indicator_days.KEPT)
    PlaybookVersion.objects.update(state="retired")
    assert indicator_days.anything_due(NOW) is None


def arm(cast, number, *, held, back, amount=300):
    """So many customers for whom the offer fell due 100 days ago, in one arm; of them `back` came back within 30 days."""
    due = DAY - timedelta(days=100)
    for place in range(number):
        who = customer(cast, f"{held}{place}", "某客户", f"+86137{int(held)}{place:07}")
        Occurrence.objects.create(
            playbook="small-shop", programme="offer", customer=who, cause=f"{held}{place}", cause_day=due, purpose="marketing", due=due,
            deadline=due, expires=due, decision="held-out" if held else "planned", rule="held-out.draw" if held else "planned.first",
            decided_on=due, attempts=0 if held else 1, open=False,
        )  # fmt: skip
        if place < back:
            Event.objects.create(
                customer=who, kind="job.settled", code=f"B{held}{place}", at=NOW, day=due + timedelta(days=place % 30 + 1), amount=amount
            )


def keeping_aside(cast, costs="{phone: 2}"):
    text = cast.version.text.replace("exactly: 6 months}", "exactly: 6 months}\n    hold out: 10 %") + f"costs: {costs}\n"
    activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)


YEAR = Watch(DAY - timedelta(days=364), DAY, None, 30)


def test_the_held_out_are_compared_with_the_contacted(cast):
    keeping_aside(cast)
    arm(cast, 80, held=False, back=60)
    arm(cast, 40, held=True, back=12)
    found = effects.effects(cast.wang, YEAR, DAY)
    assert [one.programme for one in found] == ["offer"]
    one = found[0]
    assert (one.contacted.customers, one.contacted.returned, one.held_out.customers, one.held_out.returned) == (80, 60, 40, 12)
    assert one.uplift.verdict is Verdict.MORE
    assert one.goal == ProgrammeGoal("event", "job.settled")
    assert round(one.outcome.added.difference) == round((60 * 300 / 80 - 12 * 300 / 40) * 80)
    assert said_plainly(one).en.startswith("It works")
    assert effects.members(cast.wang, "small-shop", "offer", YEAR, "held").count() == 40


def test_a_difference_that_may_be_chance_is_never_told_as_a_success(cast):
    keeping_aside(cast)
    arm(cast, 20, held=False, back=9)
    assert said_plainly(effects.effects(cast.wang, YEAR, DAY)[0]).en.startswith("Cannot tell yet: one of the groups")
    arm(cast, 4, held=True, back=1)
    told = said_plainly(effects.effects(cast.wang, YEAR, DAY)[0])
    assert told.zh.startswith("还不能判断")
    assert "too small" in told.en or "pp would show" in told.en


def test_each_customer_counts_once_and_only_when_their_days_are_over(cast):
    keeping_aside(cast)
    arm(cast, 3, held=False, back=3)
    again = Occurrence.objects.filter(programme="offer").first()
    again.pk, again.cause, again.due = None, "later", again.due + timedelta(days=40)
    again.save()
    young = Occurrence.objects.filter(programme="offer").last()
    young.pk, young.cause, young.customer, young.due = None, "young", cast.customers[0], DAY - timedelta(days=10)
    young.save()
    treated, held = effects.arms(cast.wang, "small-shop", "offer", ProgrammeGoal("event", "job.settled"), YEAR, DAY)
    assert (treated.customers, treated.returned, held.customers) == (3, 3, 0)


def test_who_was_never_free_is_in_no_arm(cast):
    keeping_aside(cast)
    arm(cast, 2, held=False, back=0)
    Occurrence.objects.filter(programme="offer").update(decision="suppressed", attempts=0)
    treated, held = effects.arms(cast.wang, "small-shop", "offer", ProgrammeGoal("purchase"), YEAR, DAY)
    assert (treated.customers, held.customers) == (0, 0)


def test_a_renewed_agreement_is_a_return(cast):
    arm(cast, 1, held=False, back=0)
    one = Occurrence.objects.get(programme="offer")
    Agreement.objects.create(customer=one.customer, kind="insurance", code="P1", starts=one.due + timedelta(days=5), amount=900)
    treated, _held = effects.arms(cast.wang, "small-shop", "offer", ProgrammeGoal("agreement", "insurance"), YEAR, DAY)
    assert (treated.returned, treated.spent) == (1, 900.0)


def test_harm_is_said_and_programmes_without_a_hold_out_are_named(cast):
    assert effects.effects(cast.wang, YEAR, DAY) == []
    assert {title.en for _book, title in effects.without_hold_out()} == {"Next-day call", "Thanks", "Offer"}
    keeping_aside(cast, "{}")
    arm(cast, 60, held=False, back=5)
    arm(cast, 60, held=True, back=40)
    one = effects.effects(cast.wang, Watch(YEAR.first, YEAR.last, cast.branch.pk, 30), DAY)[0]
    assert said_plainly(one).en.startswith("It does harm")
    assert not one.priced
    assert points(-0.021, "zh") == "−2.1 个百分点"


def test_every_programme_of_the_library_has_a_goal():
    from huifang.playbooks.goals import goal_of
    from huifang.playbooks.loader import loads

    found = Counter()
    for name in library.names():
        book = loads(library.text(name), name).playbook
        for programme in book.programmes.values():
            goal = goal_of(programme, book)
            found[goal.what] += 1
            assert goal.what == "purchase" or goal.kind in {**book.events, **book.agreements}
    assert set(found) == {"event", "agreement", "purchase"}
