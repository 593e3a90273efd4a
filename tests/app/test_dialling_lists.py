"""Handing follow-ups to a dialler: each through the gate, in its hand alone, until a result, a person, or nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from huifang.app.configuration import Configuration
from huifang.app.queries import dialling as query
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.records.models import (
    Attempt,
    AuditEntry,
    ChannelSetting,
    ContactPoint,
    DiallingList,
    DiallingRow,
    FollowUp,
    LostSend,
    Notice,
)
from huifang.app.services import consents, dialling_lists, dialling_results, followups, handed_over, playbooks, reconciling, replied
from huifang.app.services.exports import ALONE
from huifang.app.services.planning import plan_day
from huifang.domain.errors import Conflict, NotAllowed
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, customer, planned, settled
from tests.app.dialler import by_file, told

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def three(cast: Cast) -> list[FollowUp]:
    by_file()
    return [planned(cast, who, cast.chen) for who in cast.customers]


def handed(cast: Cast) -> DiallingList:
    return dialling_lists.hand_over(cast.tao, NOW)


def test_what_is_handed_over_has_its_attempt_before_it_leaves_and_is_nobody_elses(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    rows = list(made.rows.all())
    assert [row.followup for row in rows] == three
    assert {(row.state, row.until) for row in rows} == {("out", NOW + timedelta(hours=2))}
    assert list(Attempt.objects.values_list("state", "channel", "counted", "staff")) == [("attempting", "phone", True, None)] * 3
    assert {row.key for row in rows} == set(Attempt.objects.values_list("ticket", flat=True))
    with pytest.raises(Conflict, match="The dialler has this follow-up in hand"):
        followups.claim(cast.chen, three[0].pk, NOW)
    with pytest.raises(Conflict):
        followups.reassign(cast.tao, three[0].pk, cast.lin.pk, NOW)
    assert followups.release_expired() == 0
    with pytest.raises(Conflict, match="Nothing may be called"):
        handed(cast)
    assert AuditEntry.objects.get(action="dialler.handed").detail == {"rows": 3, "left_out": 0}
    assert "13800000001" not in str(list(AuditEntry.objects.values()))


def test_whom_the_gate_refuses_is_left_out_with_the_rule_and_stays_on_the_list(cast: Cast, three: list[FollowUp]) -> None:
    ContactPoint.objects.filter(customer=three[1].customer).update(usable=False)
    made = handed(cast)
    assert [row.followup for row in made.rows.all()] == [three[0], three[2]]
    assert [(each["rule"], each["number"]) for each in made.left_out] == [("point.unusable", 1)]
    three[1].refresh_from_db()
    assert (three[1].state, three[1].lease_until) == ("open", None)
    assert not Attempt.objects.filter(followup=three[1]).exists()


def test_only_what_may_be_called_now_is_offered(cast: Cast, three: list[FollowUp]) -> None:
    FollowUp.objects.filter(pk=three[0].pk).update(promised=True)
    FollowUp.objects.filter(pk=three[1].pk).update(next_at=NOW + timedelta(minutes=1))
    planned(cast, customer(cast, "KH7", "外店", "+8613800000077", cast.other_branch))
    assert [row.followup.programme for row in handed(cast).rows.all()] == ["day-after"]
    other = planned(cast, cast.customers[1], cast.lin, "offer", "service")
    assert [row.followup for row in dialling_lists.hand_over(cast.tao, NOW, cast.lin.pk).rows.all()] == [other]


def test_a_colleague_who_was_quicker_keeps_it(cast: Cast, three: list[FollowUp], monkeypatch: pytest.MonkeyPatch) -> None:
    take = dialling_lists.take_for_dialler

    def slow(number: int, until: object) -> FollowUp | None:
        if number == three[0].pk:
            followups.claim(cast.chen, number, NOW)
        return take(number, until)

    monkeypatch.setattr(dialling_lists, "take_for_dialler", slow)
    assert handed(cast).rows.count() == 2
    assert FollowUp.objects.get(pk=three[0].pk).claimed_by == cast.chen


def test_what_is_taken_back_was_no_attempt_and_can_be_called_by_hand(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    first, *rest = made.rows.all()
    assert dialling_lists.take_back(cast.tao, made.pk, [str(first.key)], NOW) == 1
    assert not Attempt.objects.filter(followup=three[0]).exists()
    assert followups.claim(cast.chen, three[0].pk, NOW)
    assert dialling_lists.take_back(cast.tao, made.pk, [], NOW) == len(rest)
    assert dialling_lists.take_back(cast.tao, made.pk, [], NOW) == 0
    assert not dialling_lists.return_row(first.pk, dialling_lists.missing().problems[0].what, NOW)
    assert FollowUp.objects.get(pk=three[0].pk).claimed_by == cast.chen
    assert set(made.rows.values_list("state", flat=True)) == {"returned"}
    assert AuditEntry.objects.filter(action="dialler.taken-back").count() == 3


def test_past_its_time_a_row_goes_to_a_person_and_nobody_calls_meanwhile(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    assert not dialling_lists.anything_over(NOW)
    assert dialling_lists.anything_over(LATER)
    first = made.rows.select_related("followup__customer", "attempt").order_by("pk")[0]
    why = dialling_lists.still_allowed(first, LATER)
    assert why is not None
    assert why.en == "It is past the list's time."
    assert dialling_lists.end(LATER) == 3
    assert dialling_lists.end(LATER) == 0
    assert set(made.rows.values_list("state", flat=True)) == {"unknown"}
    assert list(Notice.objects.values_list("to", "subject")) == [
        (cast.tao.pk, f"dialling-list:{made.pk}"), (cast.wang.pk, f"dialling-list:{made.pk}"),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        followups.claim(cast.chen, three[0].pk, LATER)
    assert dialling_lists.take_back(cast.tao, made.pk, [], LATER) == 3


def test_planning_again_and_a_reply_leave_in_the_diallers_hand_what_is_there(cast: Cast, three: list[FollowUp]) -> None:
    settled(cast.customers[0], "W1", DAY - timedelta(days=1))
    handed(cast)
    plan_day(DAY, NOW)
    replied.stop(cast.customers, NOW)
    three[0].refresh_from_db()
    assert (three[0].state, three[0].claimed_by) == ("claimed", None)
    assert FollowUp.objects.filter(customer=cast.customers[0]).count() == 1


@pytest.fixture
def stopping(cast: Cast, three: list[FollowUp]) -> DiallingList:
    """A list whose programme stops with a reply, and whose first customer has replied."""
    text = PLAYBOOK.replace("    attempts: {at most: 3}", "    attempts: {at most: 3}\n    on reply: stop")
    version = playbooks.activate(None, playbooks.add_version(None, text, "small-shop.yaml", NOW), NOW)
    FollowUp.objects.update(playbook_version=version)
    made = handed(cast)
    assert replied.stop([cast.customers[0]], NOW) == ["day-after"]
    return made


def test_who_has_replied_meanwhile_is_not_called_and_not_on_the_list_again(cast: Cast, stopping: DiallingList) -> None:
    first = stopping.rows.select_related("followup__customer", "attempt").order_by("pk")[0]
    why = dialling_lists.still_allowed(first, NOW)
    assert why is not None
    assert "has replied" in why.en
    assert len(dialling_lists.take_out(cast.tao, stopping.pk, NOW, "csv")[2]) == 2
    dialling_lists.take_back(cast.tao, stopping.pk, [], NOW)
    assert list(FollowUp.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "open", "open"]


def test_a_vain_call_of_who_has_replied_meanwhile_is_not_tried_again(cast: Cast, stopping: DiallingList) -> None:
    for row in stopping.rows.order_by("pk")[:2]:
        dialling_results.take(cast.tao, told(row, "NA", seconds=0), NOW + timedelta(minutes=20))
    assert list(FollowUp.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "open", "claimed"]


def test_the_file_holds_only_what_may_still_be_called(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    consents.opt_out(None, three[0].customer, "any", "any", "reply", NOW)
    _held, found, rows = dialling_lists.take_out(cast.tao, made.pk, NOW, "csv")
    assert [row.followup for row in rows] == three[1:]
    assert found.name == "dialler-file"
    made.refresh_from_db()
    assert made.taken_at == NOW
    dialling_lists.take_out(cast.tao, made.pk, NOW + timedelta(minutes=5), "xlsx")
    made.refresh_from_db()
    assert made.taken_at == NOW
    assert [each.detail["rows"] for each in AuditEntry.objects.filter(action="dialler.taken-out")] == [2, 2]
    with pytest.raises(Conflict, match="past its time"):
        dialling_lists.take_out(cast.tao, made.pk, LATER, "csv")
    with pytest.raises(NotAllowed):
        dialling_lists.take_out(cast.wang, made.pk, NOW, "csv")
    ChannelSetting.objects.all().delete()
    with pytest.raises(Conflict):
        dialling_lists.take_out(cast.tao, made.pk, NOW, "csv")


def test_one_person_hands_over_no_more_numbers_a_day_than_they_may_export(
    cast: Cast, three: list[FollowUp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling_lists, "ALONE", 2)
    assert ALONE == 1000
    assert handed(cast).rows.count() == 2
    with pytest.raises(NotAllowed, match="Another supervisor"):
        handed(cast)
    assert dialling_lists.hand_over(cast.wang, NOW).rows.count() == 1


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_a_channel_that_is_stopped_is_not_handed_over_and_its_rows_may_not_be_called(cast: Cast, three: list[FollowUp], state: str) -> None:
    made = handed(cast)
    ChannelSetting.objects.update(state=state)
    with pytest.raises(Conflict, match="stopped"):
        handed(cast)
    assert dialling_lists.take_out(cast.tao, made.pk, NOW, "csv")[2] == []


def test_without_a_dialler_in_a_demo_or_after_a_restore_nothing_is_handed_over(
    cast: Cast, three: list[FollowUp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "needed", lambda _now: True)
    with pytest.raises(Conflict, match="restored"):
        handed(cast)
    monkeypatch.setattr(settings, "HUIFANG", Configuration.read({"HUIFANG_DEMO": "1", "HUIFANG_DATA": str(settings.HUIFANG.data)}))
    ChannelSetting.objects.update(driver="dialler-http", values='{"address": "https://x.example/", "secret": "s"}')
    with pytest.raises(Conflict, match="A demo pushes no numbers"):
        handed(cast)
    ChannelSetting.objects.all().delete()
    with pytest.raises(Conflict, match="No dialler is set up"):
        handed(cast)
    assert not Attempt.objects.exists()


def test_what_was_handed_over_before_a_backup_was_restored_is_not_handed_over_again(cast: Cast, three: list[FollowUp]) -> None:
    meaning = handed_over.meaning(three[0], three[0].customer.code, behind(three[0].pk))
    LostSend.objects.create(key="f" * 64, meaning=meaning, found_at=NOW)
    made = handed(cast)
    assert made.rows.count() == 2
    assert made.left_out[0]["rule"] == "dialler.lost"


def test_what_leaves_is_noted_beside_the_database(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    dialling_lists.take_out(cast.tao, made.pk, NOW, "csv")
    lines = "".join(path.read_text() for path in handed_over.folder().glob("*.log"))
    assert all(attempt.key in lines for attempt in Attempt.objects.all())
    assert not handed_over.behind()


def test_what_was_taken_back_from_the_dialler_is_not_taken_for_a_restored_backup(cast: Cast, three: list[FollowUp]) -> None:
    """Messages go on, and the follow-up can be handed over again."""
    made = handed(cast)
    dialling_lists.take_out(cast.tao, made.pk, NOW, "csv")
    assert dialling_lists.take_back(cast.tao, made.pk, [], NOW) == 3
    assert not Attempt.objects.exists()
    assert not reconciling.needed(NOW)
    assert reconciling.reconcile(cast.tao, NOW) == 0
    assert not reconciling.any_lost()
    assert handed(cast).rows.count() == 3


def test_agents_and_other_branches_have_no_part_in_it(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    with pytest.raises(NotAllowed):
        dialling_lists.hand_over(cast.chen, NOW)
    with pytest.raises(NotAllowed):
        dialling_lists.take_back(cast.chen, made.pk, [], NOW)
    cast.tao.branch = cast.other_branch
    cast.tao.save()
    assert dialling_lists.take_back(cast.tao, made.pk, [], NOW) == 0
    assert query.lists_for(cast.an, NOW)[0].rows == 3
    assert str(made) == "2026-11-20 dialler-file"
    assert str(DiallingRow.objects.first()) == f"{three[0].pk} out"


def test_the_rows_of_a_list_say_how_they_stand_numbers_masked(cast: Cast, three: list[FollowUp]) -> None:
    made = handed(cast)
    (line,) = query.lists_for(cast.tao, NOW)
    assert (line.rows, line.out, line.done, line.unknown, line.returned, line.over) == (3, 3, 0, 0, 0, False)
    assert query.list_line(cast.tao, made, LATER).over
    dialling_lists.take_back(cast.tao, made.pk, [str(made.rows.order_by("pk").last().key)], NOW)
    rows = query.rows_of(cast.tao, made, "en")
    assert [(row.name, row.number, row.agent, row.live) for row in rows] == [
        ("雷华", "138****0001", "小陈", True), ("马丽", "138****0002", "小陈", True), ("孙强", "", "小陈", False),
    ]  # fmt: skip
    assert rows[2].words == "Taken back, not called."
    assert CustomerRows(three[2].customer).attempts == []
