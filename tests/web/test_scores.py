"""A person's month: coverage against its standard, late records, quality; an agent sees their own."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from huifang.app import business_clock
from huifang.app.queries import score_cards, score_rows
from huifang.app.queries.register_line import Period
from huifang.app.records.models import AuditEntry, Occurrence, Record, Review
from huifang.app.services import reviews
from huifang.domain.score_cards import ITEMS
from tests.web import scene as scenes
from tests.web import worked

FULL = {item.code: item.most for item in ITEMS}


@pytest.fixture
def month(scene):
    day = scene.run.day
    first = day.replace(day=1)
    return Period(first, (first + timezone.timedelta(days=31)).replace(day=1) - timezone.timedelta(days=1))


def _cards(scene, month, by=None, branch=None):
    return {card.staff: card for card in score_cards.cards(by or scene.supervisor, month, branch, month.last)}


def _of_the_agent(scene):
    rows = Occurrence.objects.filter(programme="day-after", followup__staff=scene.agent, due=scene.run.day)
    return rows.order_by("pk")


def test_coverage_is_of_what_had_to_be_contacted_and_is_over(scene, month):
    numbers = list(_of_the_agent(scene).values_list("pk", flat=True))
    rows = Occurrence.objects.filter(pk__in=numbers)
    rows.update(open=False, closed_as="expired", attempts=0)
    rows.filter(pk__in=numbers[:2]).update(closed_as="done", attempts=1)
    rows.filter(pk=numbers[-1]).update(closed_as="held-out")
    Occurrence.objects.exclude(pk__in=numbers).update(closed_as="suppressed", open=False)
    found = _cards(scene, month)[scene.agent.pk].month
    assert (found.due, found.covered, found.standard) == (len(numbers) - 1, 2, 100)
    assert found.off_for_coverage == int(100 * (found.due - 2) / found.due) // 5


def test_what_still_has_time_is_not_counted_and_a_lost_follow_up_is_the_owners(scene, month):
    Occurrence.objects.exclude(pk=_of_the_agent(scene).first().pk).update(closed_as="suppressed", open=False)
    row = _of_the_agent(scene)[:1].get()
    Occurrence.objects.filter(pk=row.pk).update(deadline=month.last, open=True, followup=None)
    type(row.customer).objects.filter(pk=row.customer_id).update(owner=scene.colleague)
    assert not _cards(scene, month)
    Occurrence.objects.filter(pk=row.pk).update(open=False, closed_as="expired", attempts=0)
    assert {pk: (card.month.due, card.month.covered) for pk, card in _cards(scene, month).items()} == {scene.colleague.pk: (1, 0)}


def test_records_of_another_day_and_none_at_all_are_late(scene, month):
    for followup in scene.followups[:4]:
        worked.contact(scene, followup)
    late = Record.objects.order_by("pk").last()
    Record.objects.filter(pk=late.pk).update(day=late.day + timezone.timedelta(days=1))
    found = _cards(scene, month)[scene.agent.pk].month
    assert (found.contacts, found.late, found.off_for_late) == (4, 1, 5)


def test_quality_is_of_the_random_draw_alone(scene, month):
    for place, road in enumerate(("random", "risk")):
        made = reviews.choose(scene.reviewer, worked.contact(scene, scene.followups[place]).pk, timezone.now())
        Review.objects.filter(pk=made.pk).update(road=road)
        reviews.assess(scene.reviewer, made.pk, FULL if place else FULL | {"opening": 0}, "", False, timezone.now())
    card = _cards(scene, month)[scene.agent.pk]
    assert (card.reviews, card.month.quality) == (2, 90)


def test_an_agent_sees_their_own_card_alone(scene, month, signed_in):
    worked.contact(scene, scene.first)
    Occurrence.objects.filter(followup=scene.followups[1]).update(open=False, closed_as="done")
    type(scene.first).objects.filter(pk=scene.followups[1].pk).update(staff=scene.colleague)
    page = signed_in(scene.agent).get(f"/scores/?month={month.first:%Y-%m}").content.decode()
    assert scene.agent.name in page
    assert scene.colleague.name not in page
    assert not _cards(scene, month, by=scene.stranger)
    assert not _cards(scene, month, by=scene.manager, branch=scene.there)


def test_the_month_is_taken_along_as_a_file_and_noted(scene, month, signed_in):
    worked.contact(scene, scene.first)
    client, query = signed_in(scene.supervisor, "zh-hans"), f"?month={month.first:%Y-%m}&branch={scene.here.pk}"
    book = client.get(f"/scores/file.xlsx{query}")
    rows = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "月度考核评分表"
    assert scene.agent.name in {row[1] for row in rows if len(row) > 1}
    assert client.get(f"/scores/file.pdf{query}").content.startswith(b"%PDF")
    assert client.get("/scores/file.exe").status_code == 404
    assert AuditEntry.objects.filter(action="register.exported", subject="/scores").count() == 2


def test_a_month_without_work_says_so(scene, signed_in):
    client = signed_in(scene.supervisor)
    assert "No work in this month" in client.get("/scores/?month=2019-02").content.decode()
    assert client.get("/scores/?month=nonsense").status_code == 200


def test_the_number_of_queries_does_not_grow(scene, month, signed_in):
    client = signed_in(scene.supervisor)
    worked.contact(scene, scene.first)

    def queries_of():
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/scores/?month={month.first:%Y-%m}").status_code == 200
        return len(found)

    queries_of()  # the first one reads the playbook's text
    few = queries_of()
    for place in range(12, 24):
        worked.contact(scene, scenes._followup(scene, place, scene.run.day, timezone.now()))
    assert queries_of() == few


@pytest.mark.parametrize("what", [*score_rows.TITLES])
def test_every_number_of_a_card_opens_as_many_records_as_it_says(scene, month, signed_in, what, monkeypatch):
    monkeypatch.setattr(business_clock, "today", lambda: month.last)
    rows = _of_the_agent(scene)
    rows.update(open=False, closed_as="expired", attempts=0)
    Occurrence.objects.filter(pk=rows.first().pk).update(closed_as="done", attempts=1)
    for place, road in enumerate(("random", "risk")):
        made = reviews.choose(scene.reviewer, worked.contact(scene, scene.followups[place]).pk, timezone.now())
        Review.objects.filter(pk=made.pk).update(road=road)
        reviews.assess(scene.reviewer, made.pk, FULL, "", False, timezone.now())
    last = Record.objects.order_by("pk").last()
    Record.objects.filter(pk=last.pk).update(day=last.day + timezone.timedelta(days=1))
    card = _cards(scene, month)[scene.agent.pk]
    counted = {
        "due": card.month.due, "covered": card.month.covered, "missed": card.month.due - card.month.covered,
        "contacts": card.month.contacts, "late": card.month.late, "reviewed": card.reviews,
    }  # fmt: skip
    found = score_rows.rows(scene.supervisor, what, scene.agent.pk, month, None, month.last, "en")
    assert found.total == len(found.rows) == counted[what] > 0
    client = signed_in(scene.supervisor)
    cards = client.get(f"/scores/?month={month.first:%Y-%m}").content.decode()
    assert what == "missed" or f"/scores/{scene.agent.pk}/{what}/" in cards
    page = client.get(f"/scores/{scene.agent.pk}/{what}/?month={month.first:%Y-%m}").content.decode()
    assert page.count('class="row-link"') == counted[what]
    assert what != "late" or "recorded on" in page


def test_the_records_of_a_card_are_ones_own_or_of_people_in_sight(scene, month, signed_in):
    worked.contact(scene, scene.first)
    query = f"?month={month.first:%Y-%m}&branch={scene.here.pk}"
    own = signed_in(scene.agent).get(f"/scores/{scene.agent.pk}/contacts/{query}")
    assert own.content.decode().count('class="row-link"') == 1
    assert signed_in(scene.agent).get(f"/scores/{scene.colleague.pk}/contacts/{query}").status_code == 404
    assert signed_in(scene.stranger).get(f"/scores/{scene.agent.pk}/contacts/{query}").status_code == 404
    assert signed_in(scene.supervisor).get(f"/scores/{scene.agent.pk}/nonsense/{query}").status_code == 404
    assert "No record of this kind" in signed_in(scene.supervisor).get(f"/scores/{scene.agent.pk}/late/{query}").content.decode()


def test_the_records_of_a_card_cost_the_same_however_many(scene, month, django_assert_num_queries):
    worked.contact(scene, scene.first)

    def asked():
        return score_rows.rows(scene.supervisor, "contacts", scene.agent.pk, month, None, month.last, "en")

    asked()
    with CaptureQueriesContext(connection) as caught:
        asked()
    worked.contact(scene, scene.followups[1])
    with django_assert_num_queries(len(caught)):
        assert asked().total == 2
