"""A morning shares hard contacts evenly, keeps to people's shifts, and the supervisor sees both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from huifang.app.queries.day import overview
from huifang.app.records.models import Case, FollowUp, Occurrence, Staff
from huifang.app.services import staff as service
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.domain.errors import Invalid
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, settled


def dissatisfied_before(cast: Cast, number: int) -> None:
    """A customer whose case was closed last month, and whose new job was settled yesterday."""
    who = customer(cast, f"UN{number}", f"客户{number}", f"+86139000001{number:02}")
    opened = NOW - timedelta(days=40)
    Case.objects.create(
        number=f"GD{number}", kind="dissatisfied", customer=who, branch=cast.branch, state=Case.State.CLOSED, opened_at=opened,
        closed_at=opened + timedelta(days=2),
    )  # fmt: skip
    settled(who, f"U{number}", DAY - timedelta(days=1))


def test_each_has_as_many_hard_contacts_as_the_other_and_the_supervisor_sees_how_many(cast: Cast) -> None:
    for number in range(4):
        dissatisfied_before(cast, number)
    for number, who in enumerate(cast.customers):
        settled(who, f"W{number}", DAY - timedelta(days=1))
    plan_day(DAY, NOW)
    assert sorted(FollowUp.objects.filter(hard=True).values_list("staff__name", flat=True)) == ["小林", "小林", "小陈", "小陈"]
    assert FollowUp.objects.filter(hard=False).count() == 3
    seen = overview(cast.tao, DAY, None, NOW, "zh")
    assert [one.figures.hard for one in seen.people] == [2, 2]
    assert seen.all.hard == 4


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "难 1"), ("en", "1 hard")])
def test_the_wall_says_it_in_a_word_and_opens_the_contacts_behind_it(cast: Cast, language: str, word: str) -> None:
    dissatisfied_before(cast, 1)
    plan_day(DAY, NOW)
    Staff.objects.filter(pk=cast.tao.pk).update(language=language)
    client = Client(headers={"accept-language": language})
    client.force_login(Staff.objects.get(pk=cast.tao.pk))
    page = client.get(f"/day/?day={DAY}").content.decode()
    assert word in page
    rows = client.get(f"/day/hard/?day={DAY}").content.decode()
    assert "客户1" in rows


def test_a_full_morning_is_told_in_words(cast: Cast) -> None:
    """Only 小陈 is here, with one place in the morning and two in the afternoon; the programme calls in the morning only."""
    text = PLAYBOOK.replace("    attempts: {at most: 3}\n", '    attempts: {at most: 3}\n    hours: ["09:00-12:00"]\n')
    activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)
    service.change(cast.an, cast.lin, {"is_active": False}, NOW)
    service.change(cast.an, cast.chen, {"capacity": 3, "hours": "09:00-12:00，14:00-18:00"}, NOW)
    for number, who in enumerate(cast.customers):
        settled(who, f"W{number}", DAY - timedelta(days=1))
    plan_day(DAY, NOW)
    assert FollowUp.objects.get().staff == cast.chen
    rules = sorted(Occurrence.objects.values_list("rule", flat=True))
    assert rules == ["deferred.full-morning", "deferred.full-morning", "planned.first"]
    waiting = {one.words for one in overview(cast.tao, DAY, None, NOW, "zh").not_done}
    assert waiting == {"当天上午人手已满，其他时段不便联络"}


@pytest.mark.parametrize("hours", ["nine to five", "18:00-09:00"])
def test_a_shift_that_cannot_be_read_is_refused_and_nothing_changes(cast: Cast, hours: str) -> None:
    with pytest.raises(Invalid):
        service.change(cast.an, cast.chen, {"hours": hours}, NOW)
    with pytest.raises(Invalid):
        service.add(cast.an, "NEW", "新人", "agent", NOW, hours=hours)
    assert Staff.objects.get(pk=cast.chen.pk).hours == ""
    assert not Staff.objects.filter(code="NEW").exists()


def test_a_shift_is_kept_with_whoever_is_added(cast: Cast) -> None:
    assert service.add(cast.an, "NEW", "新人", "agent", NOW, capacity=20, hours="08:00-12:00").hours == "08:00-12:00"
