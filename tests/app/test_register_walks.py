"""Registers read a page at a time: no row is wrong, missing or double, and a deep page reads no more than the first."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huifang.app.business_time import business_day, business_moment
from huifang.app.queries import register_pages
from huifang.app.queries.register_cases import Cases
from huifang.app.queries.register_cells import Cells
from huifang.app.queries.register_contacts import Contacts
from huifang.app.queries.register_line import Period
from huifang.app.queries.register_more import More
from huifang.app.queries.register_pages import Rows
from huifang.app.queries.register_planned import Planned
from huifang.app.records.models import Attempt, Case, FollowUp, Occurrence, Promise, ScheduledContact, WeekSchedule
from huifang.domain.week_schedule import week_of
from huifang.domain.words import Words
from huifang.playbooks.schema import Register
from tests.app import register_business as chance
from tests.app.database_steps import sorted_whole, steps

PERIODS = st.tuples(st.integers(-4, 4), st.integers(0, 5)).map(
    lambda told: Period(chance.DAY + timedelta(days=told[0]), chance.DAY + timedelta(days=sum(told)))
)
TITLE = Words("表", "Sheet")


@pytest.fixture(autouse=True)
def _database(db: None) -> None: ...


def _register(rows: str) -> Register:
    return Register(title=TITLE, rows=rows, programmes=chance.PROGRAMMES[:2], columns=[{"value": "seq", "title": TITLE}])


def _by_chance(test):
    """The test for businesses of chance, whoever looks, whatever the period and the size of a page."""
    thrown = given(
        dice=st.randoms(use_true_random=False), period=PERIODS, size=st.integers(1, 4),
        who=st.sampled_from(("manager", "a branch", "supervisor")),
    )  # fmt: skip
    return settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])(thrown(test))


@contextmanager
def _business(dice, who):
    """A business of chance; who looks, and the branch they have chosen. Nothing of it stays."""
    with transaction.atomic():
        business = chance.found(dice)
        for one in chance.customers(business, dice.randint(1, 5)):
            chance.lived(business, one)
        yield business, {
            "manager": (business.manager, None),
            "a branch": (business.manager, business.branches[1].pk),
            "supervisor": (business.supervisor, None),
        }[who]  # fmt: skip
        transaction.set_rollback(True)


def _sees(looking, branch_id):
    staff, branch = looking
    return branch_id == branch if branch is not None else staff.all_branches or branch_id == staff.branch_id


def _pages(walk, size):
    found, after = [], ""
    while True:
        page = walk.page(after, size)
        assert page.rows or not page.after, "only the end is empty"
        found.append(page.rows)
        if not (after := page.after):
            return found


def _whole(walk, size):
    """All lines: the same whatever the size of a page, and as many as the walk says."""
    whole = [line for page in _pages(walk, 1_000) for line in page]
    assert [line.key for page in _pages(walk, size) for line in page] == [line.key for line in whole]
    assert len({line.key for line in whole}) == len(whole)
    assert walk.figures()[0][1] == len(whole)
    assert [walk.some(most) for most in (0, 1, 2, 3, 5, 1_000)] == [min(most, len(whole)) for most in (0, 1, 2, 3, 5, 1_000)]
    return whole


def _expected_contacts(looking, period, due):
    """Every occurrence with the attempts of the period that stand for it, found by looking at everything."""
    scope = [row for row in Occurrence.objects.select_related("customer", "followup") if row.programme in chance.PROGRAMMES[:2]]
    scope = [row for row in scope if _sees(looking, row.customer.branch_id)]
    attempts = defaultdict(list)
    for one in Attempt.objects.exclude(outcome="").filter(day__range=(period.first, period.last)).order_by("at", "id"):
        attempts[one.followup_id].append(one)
    held = {row.followup_id for row in scope}
    lost = [one for one in FollowUp.objects.all() if one.pk not in held]
    found = []
    for row in scope:
        same = [one for one in scope if (one.customer_id, one.programme) == (row.customer_id, row.programme) and one.due <= period.last]
        latest = bool(same) and max(same, key=lambda one: (one.due, one.pk)) == row
        own = {row.followup_id} | {
            one.pk for one in lost if latest and (one.customer_id, one.programme) == (row.customer_id, row.programme)
        }
        made = sorted((one for followup in own for one in attempts[followup]), key=lambda one: (one.at, one.pk))
        if due and period.first <= row.due <= period.last:
            place = (0, row.due, row.pk)
        elif due and row.followup and period.first <= row.followup.day <= period.last:
            place = (1, row.followup.day, row.followup_id, row.pk)
        elif made:
            place = (2, made[-1].at, made[-1].pk, row.pk)
        else:
            continue
        found.append((place, row.pk, [one.pk for one in made]))
    return [(key, made) for _place, key, made in sorted(found)]


@pytest.mark.parametrize("rows", ["done", "due"])
@_by_chance
def test_what_was_done_and_due_is_there_once_whatever_the_pages(rows, dice, period, size, who):
    with _business(dice, who) as (business, looking):
        walk = Contacts(looking[0], business.playbook, _register(rows), period, looking[1])
        whole = _whole(walk, size)
        told = [(line.key, [attempt["id"] for attempt in line.attempts]) for line in whole]
        assert told == _expected_contacts(looking, period, rows == "due")
        done = [line for line in whole if line.attempts]
        figures = [len(done), sum(any(one["reached"] for one in line.attempts) for line in done)]
        figures += [sum(line.record.get("satisfied") is said for line in done) for said in (True, False)]
        assert [value for _title, value in walk.figures()] == ([len(whole)] if rows == "due" else []) + figures


@_by_chance
def test_cases_that_were_opened_are_there_once_whatever_the_pages(dice, period, size, who):
    with _business(dice, who) as (business, looking):
        walk = Cases(looking[0], business.playbook, period, looking[1])
        whole = _whole(walk, size)
        kinds, every = set(business.playbook.cases), Case.objects.order_by("opened_at", "id")
        expected = [
            one for one in every
            if one.kind in kinds and _sees(looking, one.branch_id) and period.first <= business_day(one.opened_at) <= period.last
        ]  # fmt: skip
        assert [line.key for line in whole] == [one.pk for one in expected]
        assert walk.figures()[1][1] == sum(one.state == "closed" for one in expected)


def _expected_plan(looking, period):
    """Each occurrence or scheduled contact with the day it is to be done and by whom, found by looking at everything."""
    asked = chance.PROGRAMMES[:2]
    scheduled = {}
    contacts = ScheduledContact.objects.select_related("schedule", "customer", "staff").order_by("day", "id")
    for one in contacts.filter(day__range=(period.first, period.last)):
        if _sees(looking, one.schedule.branch_id):
            for _book, programme, cause in (("", one.programme, one.cause), *one.bundled):
                scheduled[programme, one.customer_id, cause] = one
    every = Occurrence.objects.select_related("customer", "followup__staff")
    known = {(row.programme, row.customer_id, row.cause): row for row in every if _sees(looking, row.customer.branch_id)}
    promises = {one.occurrence_id: one for one in Promise.objects.filter(open=True).select_related("staff").order_by("-opens_at", "-id")}
    found = {}
    for key in scheduled.keys() | known.keys():
        row, contact = known.get(key), scheduled.get(key)
        made = row.followup if row and row.followup and row.followup.state != "withdrawn" else None
        if key[0] not in asked or (row and not row.open and not (made and period.first <= made.day <= period.last)):
            continue
        planned = contact.staff if contact else row.followup.staff if row.followup else None
        promise = promises.get(row.pk) if row else None
        if promise:
            when, planned = promise.opens_at, promise.staff or planned
        elif contact:
            when = contact.day
        else:
            waits = row.next_on or row.until or row.due
            when = waits if made is None else max(made.day, waits) if row.open else made.day
        day = business_day(when) if isinstance(when, datetime) else when
        if period.first <= day <= period.last:
            found["repair-shop", *key] = (when, planned.name if planned else "")
    return found


@_by_chance
def test_a_plan_holds_every_contact_once_by_day_whatever_the_pages(dice, period, size, who):
    with _business(dice, who) as (business, looking):
        walk = Planned(looking[0], business.playbook, _register("planned"), period, looking[1])
        whole = _whole(walk, size)
        assert {line.key: (line.planned, line.staff) for line in whole} == _expected_plan(looking, period)
        days = [business_day(line.planned) if isinstance(line.planned, datetime) else line.planned for line in whole]
        assert days == sorted(days)
        promised, nobody = sum(isinstance(line.planned, datetime) for line in whole), sum(not line.staff for line in whole)
        assert [value for _title, value in walk.figures()] == [len(whole), promised, nobody]


def test_what_is_contacted_again_while_a_file_is_written_stands_in_it_once(monkeypatch):
    monkeypatch.setattr(register_pages, "AT_ONCE", 1)
    business, period = chance.found(Random(2)), Period(chance.DAY, chance.DAY)
    at = datetime.fromisoformat(f"{chance.DAY}T09:00:00+08:00")
    followups = [chance.planned(business, one, "day-after", chance.DAY) for one in chance.customers(business, 3)]
    for place, followup in enumerate(followups):
        followup.save()
        row = chance.occurrence(business, followup.customer, "a", chance.DAY, followup)
        row.programme = "day-after"
        row.save()
        chance.attempt(business, followup, at + timedelta(minutes=place), "no_answer").save()
    form = _register("done")
    walk = Contacts(business.manager, business.playbook, form, period, None)
    rows = Rows(walk, More(business.manager, business.playbook, form, chance.DAY), Cells(business.playbook, "en"), form)
    reading = iter(rows)
    found = [next(reading)]
    chance.attempt(business, followups[0], at + timedelta(hours=1), "completed").save()
    assert [row.cells for row in (*found, *reading)] == [(1,), (2,), (3,)]
    assert len(rows) == 3


def test_a_page_none_of_whose_rows_is_a_line_of_its_own_goes_on_to_the_next_that_is():
    """What waits for an early day is bundled with a contact that is scheduled for a late one: there it stands."""
    business, period = chance.found(Random(4)), Period(chance.DAY, chance.DAY + timedelta(days=4))
    (one,) = chance.customers(business, 1)
    rows = [chance.occurrence(business, one, cause, chance.DAY, None) for cause in "abc"]
    for row in rows:
        row.programme, row.open, row.until, row.next_on = "day-after", True, None, None
    Occurrence.objects.bulk_create(rows)
    week = WeekSchedule.objects.create(branch=one.branch, first_day=week_of(period.last), asked_at=business_moment(chance.DAY, time(9)))
    ScheduledContact.objects.create(
        schedule=week, customer=one, playbook="repair-shop", programme="day-after", cause="a", channel="phone", day=period.last,
        bundled=[["repair-shop", "day-after", cause] for cause in "bc"], proposed_day=period.last, due=chance.DAY, deadline=period.last,
        expires=period.last,
    )  # fmt: skip
    walk = Planned(business.manager, business.playbook, _register("planned"), period, None)
    page = walk.page("", 1)
    assert [(line.key[3], line.planned) for line in page.rows] == [(cause, period.last) for cause in "abc"]
    assert not page.after
    assert walk.some(1_000) == walk.figures()[0][1] == 3


MANY, DAYS = 3_000, 30


def _many(business):
    """So many customers over so many days, each with one occurrence that was contacted, one that was not, and a case."""
    first = datetime.fromisoformat(f"{chance.DAY}T09:00:00+08:00")
    moments = [first + timedelta(days=place * DAYS // MANY, seconds=place) for place in range(MANY)]
    people = chance.customers(business, MANY)
    planned = [chance.planned(business, one, "day-after", business_day(at)) for one, at in zip(people, moments, strict=True)]
    followups = FollowUp.objects.bulk_create(planned)
    rows = [chance.occurrence(business, each.customer, "a", each.day, each) for each in followups]
    rows += [chance.occurrence(business, each.customer, "b", each.day, None) for each in followups]
    for place, row in enumerate(rows):
        row.programme, row.open, row.until, row.next_on = "day-after" if place < MANY else "after-case", True, None, None
    Occurrence.objects.bulk_create(rows)
    tried = [chance.attempt(business, each, at, "completed") for each, at in zip(followups, moments, strict=True)]
    Attempt.objects.bulk_create(tried)
    kind = next(iter(business.playbook.cases))
    Case.objects.bulk_create(
        Case(number=f"N{one.pk}", kind=kind, customer=one, branch=one.branch, title="t", opened_at=at)
        for one, at in zip(people, moments, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself, a while after


class _Counting:
    """How many rows the database hands over, whoever asks."""

    def __init__(self):
        self.rows = 0

    def __enter__(self):
        from django.db.backends.utils import CursorWrapper

        self.kept, counting = CursorWrapper.__getattr__, self

        def counted(wrapper, name):
            found = counting.kept(wrapper, name)
            if name not in ("fetchone", "fetchmany", "fetchall"):
                return found

            def fetch(*given):
                rows = found(*given)
                counting.rows += (rows is not None) if name == "fetchone" else len(rows)
                return rows

            return fetch

        CursorWrapper.__getattr__ = counted
        return self

    def __exit__(self, *_):
        from django.db.backends.utils import CursorWrapper

        CursorWrapper.__getattr__ = self.kept


def test_a_deep_page_reads_as_few_rows_with_as_many_queries_as_the_first():
    business = chance.found(Random(1))
    _many(business)
    period = Period(chance.DAY, chance.DAY + timedelta(days=DAYS - 1))
    walks = {
        "done": Contacts(business.manager, business.playbook, _register("done"), period, None),
        "due": Contacts(business.manager, business.playbook, _register("due"), period, None),
        "cases": Cases(business.manager, business.playbook, period, None),
        "planned": Planned(business.manager, business.playbook, _register("planned"), period, None),
    }
    for name, walk in walks.items():
        costs, places, seen = [], [""], 0
        while True:
            with CaptureQueriesContext(connection) as queries, _Counting() as counting:
                page = walk.page(places[-1], 100)
            costs.append((len(queries), counting.rows))
            seen += len(page.rows)
            if not page.after:
                break
            places.append(page.after)
        assert seen == (2 * MANY if name in ("due", "planned") else MANY)
        most = max(number for number, _rows in costs)
        assert most <= costs[0][0] + (2 if name in ("due", "planned") else 0), (name, costs)
        assert 100 <= max(rows for _number, rows in costs) <= 1_500, (name, costs)
        if connection.vendor == "sqlite":
            early, late = (
                max(steps(lambda place=place, walk=walk: walk.page(place, 100)) for place in two) for two in (places[1:3], places[-3:-1])
            )
            assert late <= early * 1.1, (name, early, late)
        elif name != "planned":  # the rows of a plan's day are sorted
            for place in places[1:-3]:
                assert sorted_whole(lambda place=place, walk=walk: walk.page(place, 100)) == [], (name, place)
        with _Counting() as counting:
            assert walk.some(2_000) == 2_000
        assert counting.rows <= 10, name
        with _Counting() as counting:
            assert walk.figures()[0][1] == seen
        assert counting.rows <= 20, name


def test_a_place_that_no_page_gave_is_the_beginning():
    business = chance.found(Random(3))
    for one in chance.customers(business, 6):
        chance.lived(business, one)
    period = Period(chance.DAY - timedelta(days=4), chance.DAY + timedelta(days=4))
    for walk in (
        Contacts(business.manager, business.playbook, _register("due"), period, None),
        Cases(business.manager, business.playbook, period, None),
        Planned(business.manager, business.playbook, _register("planned"), period, None),
    ):
        first = [line.key for line in walk.page("", 3).rows]
        for place in ("x", "7.", "0.x", "²", "0.W10", "0.WyJhIiwiYiIsImMiXQ"):
            assert [line.key for line in walk.page(place, 3).rows] == first
