"""Somebody is away: what is open goes to colleagues at once, appointments never unseen, and comes back where it is still open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app.jobs import schedule as round_about
from huifang.app.jobs.handlers import hand_back
from huifang.app.queries import hand_overs as queries
from huifang.app.records.models import Absence, AuditEntry, Case, FollowUp, HandedItem, HandOver, Job, Notice, Promise
from huifang.app.services import audit, cases, followups, organisation
from huifang.app.services import hand_overs as services
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, planned

LAST = DAY + timedelta(days=3)


@pytest.fixture
def away(cast: Cast) -> Absence:
    """小陈 is away from today on, with a follow-up, an appointment that stands on the list already, one that does not, and a case."""
    made = organisation.add_absence(cast.tao, cast.chen, DAY, LAST, cast.lin, "培训", NOW)
    planned(cast, cast.customers[0], cast.chen)
    listed = planned(cast, cast.customers[1], cast.chen)
    FollowUp.objects.filter(pk=listed.pk).update(promised=True)
    for occurrence, days in ((listed.occurrences.get(), 0), (planned(cast, cast.customers[2]).occurrences.get(), 1)):
        opens = NOW + timedelta(days=days, hours=1)
        Promise.objects.create(
            customer=occurrence.customer, occurrence=occurrence, staff=cast.chen, day=DAY + timedelta(days=days), opens_at=opens,
            closes_at=opens + timedelta(hours=1), made_at=NOW,
        )  # fmt: skip
    FollowUp.objects.filter(customer=cast.customers[2]).update(state="withdrawn")
    case = cases.open_case(None, cast.customers[0], "dissatisfied", "漏油", NOW, version=cast.version)
    Case.objects.filter(pk=case.pk).update(owner=cast.chen)
    cases.open_case(None, cast.customers[1], "other", "没有时限", NOW)
    Case.objects.filter(kind="other").update(owner=cast.chen)
    return made


def everything(cast: Cast, away: Absence, to: int) -> dict[str, int]:
    return {item.key: to for item in queries.open_items(cast.tao, away, DAY, "en")}


def test_appointments_are_shown_first_and_must_have_somebody(cast: Cast, away: Absence) -> None:
    items = queries.open_items(cast.tao, away, DAY, "en")
    assert [item.kind for item in items] == ["promise", "promise", "followup", "case", "case"]
    assert [item.must for item in items] == [True, True, False, False, False]
    assert "漏油" in {item.kind: item.what for item in items if item.kind == "case" and item.when}["case"]
    chosen = {item.key: cast.lin.pk for item in items if not item.must}
    with pytest.raises(Invalid, match="Appointments without anybody"):
        services.hand_over(cast.tao, away.pk, chosen, NOW)
    assert not HandOver.objects.exists()


def test_all_goes_at_once_with_a_mark_a_notice_and_a_line_of_audit(cast: Cast, away: Absence) -> None:
    made = services.hand_over(cast.tao, away.pk, everything(cast, away, cast.lin.pk), NOW)
    assert made.items.count() == 5
    handed = FollowUp.objects.get(customer=cast.customers[0])
    assert (handed.staff, handed.handed_from) == (cast.lin, cast.chen)
    assert FollowUp.objects.get(customer=cast.customers[1]).staff == cast.lin
    assert {each.staff for each in Promise.objects.all()} == {cast.lin}
    assert {each.opens_at for each in Promise.objects.all()} == {NOW + timedelta(hours=1), NOW + timedelta(days=1, hours=1)}  # never moved
    assert {each.owner for each in Case.objects.all()} == {cast.lin}
    told = Notice.objects.get(to=cast.lin, subject=f"absence:{away.pk}").words
    assert told["en"] == f"小陈 is away until {LAST} and hands you: 2 appointments, 1 follow-ups, 2 cases."
    assert AuditEntry.objects.filter(action="work.handed-over").count() == 1
    assert audit.faults() == []
    assert queries.absences(cast.tao, DAY)[0].handed == 5  # type: ignore[attr-defined]  # counted by the query
    assert queries.open_items(cast.tao, away, DAY, "zh-hans") == []
    assert [each.pk for each in queries.hand_overs_of(away)] == [made.pk]


def test_what_is_still_open_comes_back_the_day_after(cast: Cast, away: Absence, monkeypatch: pytest.MonkeyPatch) -> None:
    services.hand_over(cast.tao, away.pk, everything(cast, away, cast.lin.pk), NOW)
    assert not services.anything_due(LAST)
    kept = FollowUp.objects.get(customer=cast.customers[0])
    followups.claim(cast.lin, kept.pk, NOW)  # in 小林's hand
    Promise.objects.filter(day=DAY).update(open=False)  # kept
    Case.objects.filter(kind="other").update(owner=cast.tao)  # gone further
    later = NOW + timedelta(days=4)
    monkeypatch.setattr(round_about.mailbox, "address", lambda: "")
    round_about.due(later)
    assert Job.objects.filter(kind="hand-back").count() == 1
    hand_back({}, later)
    kept.refresh_from_db()
    assert kept.staff == cast.lin
    assert Promise.objects.get(open=True).staff == cast.chen
    assert Case.objects.get(kind="dissatisfied").owner == cast.chen
    assert Case.objects.get(kind="other").owner == cast.tao
    assert {each.kind for each in HandedItem.objects.filter(given_back=True)} == {"promise", "case"}
    assert "2 pieces" in Notice.objects.get(to=cast.chen, subject=f"absence:{away.pk}").words["en"]
    assert not services.anything_due(DAY + timedelta(days=9))
    assert services.return_due(later) == 0


def test_who_returns_early_gets_it_back_at_once(cast: Cast, away: Absence) -> None:
    services.hand_over(cast.tao, away.pk, everything(cast, away, cast.lin.pk), NOW)
    assert services.give_back(cast.tao, away.pk, NOW) == 5
    assert {each.staff for each in FollowUp.objects.filter(state="open")} == {cast.chen}
    assert services.give_back(cast.tao, away.pk, NOW) == 0


def test_what_was_finished_meanwhile_is_passed_over(cast: Cast, away: Absence, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = everything(cast, away, cast.lin.pk)
    busy = followups.reassign

    def finished(by: object, number: int, to: int, now: object) -> None:
        raise Conflict(followups.why_lost(number))

    monkeypatch.setattr(followups, "reassign", finished)
    assert services.hand_over(cast.tao, away.pk, chosen, NOW).items.count() == 3
    monkeypatch.setattr(followups, "reassign", busy)


def test_nothing_for_nobody_and_only_to_people_who_are_there(cast: Cast, away: Absence) -> None:
    Promise.objects.all().delete()
    with pytest.raises(Invalid, match="Nothing was given"):
        services.hand_over(cast.tao, away.pk, {}, NOW)
    Absence.objects.create(staff=cast.lin, first_day=LAST, last_day=LAST)
    with pytest.raises(NotAllowed):
        services.hand_over(cast.tao, away.pk, everything(cast, away, cast.lin.pk), NOW)
    with pytest.raises(NotAllowed):
        services.hand_over(cast.chen, away.pk, {}, NOW)
    strange = Absence.objects.create(staff=cast.stranger, first_day=DAY, last_day=DAY)
    with pytest.raises(NotAllowed):
        services.give_back(cast.tao, strange.pk, NOW)
    with pytest.raises(NotAllowed):
        organisation.add_absence(cast.tao, cast.stranger, DAY, DAY, None, "", NOW)
    assert queries.absences(cast.tao, DAY + timedelta(days=90)) == []
