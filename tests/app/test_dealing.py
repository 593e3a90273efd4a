"""The morning deals in the best way where it can, and says how it went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from huifang.app.queries.day import overview
from huifang.app.queries.dealt_words import dealt_words
from huifang.app.records.models import FollowUp, PlanRun
from huifang.app.services import dealing
from huifang.app.services.dealing import Dealer, apart
from huifang.app.services.planning import plan_day
from huifang.engine.work import Work
from tests.app.cast import DAY, NOW, Cast, settled
from tests.engine.test_dealing import people

NONE: frozenset[str] = frozenset()
WORKS = [Work(who, "b", NONE, promised=False) for who in (None, "li", "li")]


def test_the_best_is_proven() -> None:
    dealer = Dealer()
    dealer(people(("li", "b", 2, ""), ("wang", "b", 2, "")), WORKS)
    assert dealer.how == {"way": "optimal", "why": "", "made": 3, "wished": 2, "kept": 2, "gap": 0, "apart": 1}


def test_without_the_library_contacts_are_dealt_in_turn_and_the_gap_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dealing, "find_spec", lambda _name: None)
    dealer = Dealer()
    dealer(people(("li", "b", 1, ""), ("wang", "b", 2, "")), WORKS)
    assert (dealer.how["way"], dealer.how["why"], dealer.how["made"]) == ("in-turn", "not-installed", 3)
    assert dealer.how["gap"] == 1


def test_after_its_time_is_over_contacts_are_dealt_in_turn() -> None:
    dealer = Dealer(seconds=-1)
    assert (
        len(
            dealer(
                people(
                    ("li", "b", 2, ""),
                ),
                WORKS,
            )
        )
        == 3
    )
    assert (dealer.how["way"], dealer.how["why"]) == ("in-turn", "out-of-time")


def test_where_nothing_is_to_be_dealt_nothing_is_said() -> None:
    dealer = Dealer()
    assert dealer(people(("li", "b", 2, "")), []) == []
    assert dealer.how == {}


def test_loads_are_compared_by_places_and_within_a_desk() -> None:
    firm = people(("li", "b", 4, ""), ("wang", "b", 2, ""), ("zhao", "c", 9, ""), ("qian", "d", 0, ""))
    assert apart(firm, ["li", "li", "wang", "zhao", "zhao", None]) == 0
    assert apart(firm, ["wang", "wang", "wang"]) == 2
    assert apart(people(), []) == 0


def test_the_plan_keeps_how_it_dealt_and_the_day_says_it(cast: Cast) -> None:
    for number, who in enumerate(cast.customers):
        settled(who, f"W{number}", DAY - timedelta(days=1))
    plan_day(DAY, NOW)
    assert PlanRun.objects.get().counts["dealt"]["way"] == "optimal"
    assert sorted(FollowUp.objects.values_list("staff__name", flat=True)) in (["小林", "小林", "小陈"], ["小林", "小陈", "小陈"])
    with translation.override("en"):
        said = overview(cast.tao, DAY, None, NOW, "en").dealt
    assert said == (
        "3 contacts are shared out, and there is no better way: 0 of 0 go to the person the customer knows. "
        "No share differs from an equal one by more than 1."
    )


def test_why_it_was_dealt_in_turn_is_said() -> None:
    how = {"way": "in-turn", "why": "out-of-time", "made": 9, "wished": 5, "kept": 3, "gap": 2, "apart": 4}
    with translation.override("en"):
        said = dealt_words(how)
    assert said.startswith("9 contacts are shared out in turn: 3 of 5 go to the person the customer knows (at most 2 more could).")
    assert said.endswith("No share differs from an equal one by more than 4. The best way was not found in time.")
    with translation.override("zh-hans"):
        assert dealt_words(how | {"apart": 0, "why": ""}).endswith("各人的量相当。")


def test_a_day_without_a_plan_has_nothing_to_say(cast: Cast) -> None:
    assert overview(cast.tao, DAY, None, NOW, "zh").dealt == ""
