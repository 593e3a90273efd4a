"""Cases: nothing is closed without an answer, and every step stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from huifang.app.records.models import Case, Notice, Occurrence, Request
from huifang.app.services import cases, measures
from huifang.app.services.case_revisits import case_behind
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast, planned


@pytest.fixture
def case(cast: Cast) -> Case:
    return cases.open_case(cast.chen, cast.customers[0], "dissatisfied", "异响没修好", NOW, version=cast.version)


def test_a_case_goes_its_way_and_asks_again_afterwards(cast: Cast, case: Case) -> None:
    assert (case.number.startswith("20261120-"), case.owner, case.state) == (True, cast.tao, "open")
    cases.comment(cast.chen, case.pk, "客户希望周一前处理", NOW)
    cases.assign(cast.tao, case.pk, cast.lin.pk, NOW)
    with pytest.raises(Conflict, match="no answer yet") as refused:
        cases.close(cast.tao, case.pk, "", NOW)
    lacking = ["case.not-answered", "case.not-solved", "case.no-cause", "case.no-measure"]
    assert [problem.code for problem in refused.value.problems] == lacking
    cases.answer(cast.lin, case.pk, "已致电说明", NOW + timedelta(hours=1))
    cases.answer(cast.lin, case.pk, "再次说明", NOW + timedelta(hours=2))
    cases.solve(cast.lin, case.pk, "胶套老化", "免费更换", NOW + timedelta(hours=3))
    plan = measures.Plan("每月检查胶套库存", cast.lin.pk, DAY + timedelta(days=14), cause="胶套老化")
    measures.begin_in_case(cast.tao, case.pk, plan, NOW + timedelta(hours=3))
    done = cases.close(cast.tao, case.pk, "", NOW + timedelta(hours=4))
    assert (done.state, done.answered_at, done.cause) == ("closed", NOW + timedelta(hours=1), "胶套老化")
    whats = ["opened", "comment", "assigned", "answered", "answered", "solved", "measure", "closed"]
    assert [step.what for step in done.steps.all()] == whats
    assert (Request.objects.get().programme, Request.objects.get().day) == ("thanks", DAY)
    assert Notice.objects.filter(to=cast.lin, subject=f"case:{case.pk}").exists()
    with pytest.raises(Conflict, match="is closed"):
        cases.answer(cast.lin, case.pk, "补充", NOW)
    again = cases.reopen(cast.tao, case.pk, "又响了", NOW + timedelta(days=1))
    assert (again.state, again.closed_at, again.solved_at) == ("open", None, None)


def test_only_the_programme_that_asks_again_speaks_of_the_case(cast: Cast, case: Case) -> None:
    """An event's number may be the same as a request's: a call about a repair is none about the complaint."""
    asked = Request.objects.create(customer=case.customer, playbook="small-shop", programme="thanks", day=DAY, source=f"case:{case.pk}")
    for programme, behind in (("day-after", None), ("thanks", case)):
        followup = planned(cast, case.customer, cast.chen, programme)
        Occurrence.objects.filter(followup=followup).update(cause=f"{asked.pk}")
        with transaction.atomic():
            assert case_behind(followup) == behind


def test_words_are_asked_for(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="Nothing was written"):
        cases.comment(cast.chen, case.pk, "  ", NOW)


def test_other_branches_and_roles_stay_out(cast: Cast, case: Case) -> None:
    for who in (cast.stranger, cast.an):
        with pytest.raises(NotAllowed):
            cases.comment(who, case.pk, "看看", NOW)
    with pytest.raises(NotAllowed):
        cases.assign(cast.tao, case.pk, cast.stranger.pk, NOW)
    with pytest.raises(NotAllowed):
        cases.open_case(cast.stranger, cast.customers[0], "dissatisfied", "x", NOW)


def test_a_kind_no_playbook_knows_has_no_clocks(cast: Cast) -> None:
    case = cases.open_case(cast.chen, cast.customers[0], "other", "其他", NOW)
    assert (case.owner, case.solve_due) == (cast.chen, None)
    assert cases.solve(cast.chen, case.pk, "", "好了", NOW).state == "solved"


@pytest.mark.parametrize(
    ("owner", "expected"), [("customer owner", "lin"), ("event staff", "tao"), ("branch manager", "wang"), ("supervisor", "tao")]
)
def test_the_kind_says_whose_it_is(cast: Cast, owner: str, expected: str) -> None:
    from huifang.app.services.playbooks import activate, add_version
    from tests.app.cast import PLAYBOOK

    who = cast.customers[0]
    who.owner = cast.lin
    text = PLAYBOOK.replace("first answer: 2 h", f"first answer: 2 h\n    owner: {owner}")
    version = activate(cast.wang, add_version(cast.wang, text, "b.yaml", NOW), NOW)
    assert cases.open_case(cast.chen, who, "dissatisfied", "x", NOW, version=version).owner == getattr(cast, expected)
