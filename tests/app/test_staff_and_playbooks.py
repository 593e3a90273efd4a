"""People who sign in, playbooks in force, customers changed by hand, notices."""

from __future__ import annotations

import pytest

from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.records.models import AuditEntry, Customer, Job, PlaybookVersion, Role
from huifang.app.services import customers, notices, playbooks, staff
from huifang.domain.errors import Conflict, Invalid, NotAllowed, PlaybookError
from huifang.domain.words import Words
from tests.app.cast import NOW, PASSWORD, PLAYBOOK, Cast

CHANGED = PLAYBOOK.replace("小店回访", "小店回访（新）")


def test_a_new_version_takes_the_place_of_the_old_and_the_day_is_planned_anew(cast: Cast) -> None:
    Job.objects.all().delete()
    version = playbooks.add_version(cast.wang, CHANGED, "new.yaml", NOW)
    assert (version.number, version.state, version.created_by) == (2, "draft", cast.wang)
    assert playbooks.add_version(cast.wang, CHANGED, "again.yaml", NOW) == version
    playbooks.activate(cast.wang, version, NOW)
    assert [each.playbook.title.zh for each in in_force()] == ["小店回访（新）"]
    assert PlaybookVersion.objects.get(pk=cast.version.pk).state == "retired"
    assert playbook_of(cast.version).title.zh == "小店回访"
    assert Job.objects.get().kind == "plan"


def test_a_broken_text_is_set_aside_and_the_last_good_one_stays(cast: Cast) -> None:
    with pytest.raises(PlaybookError) as broken:
        playbooks.add_version(cast.wang, PLAYBOOK.replace("purpose: service", "purpose: servise"), "broken.yaml", NOW)
    assert broken.value.problems[0].place.line is not None
    broken_row = PlaybookVersion.objects.create(playbook="small-shop", number=9, text="format: huifang/1\n", sha256="0" * 64)
    with pytest.raises(PlaybookError):
        playbooks.activate(cast.wang, broken_row, NOW)
    assert [each.version for each in in_force()] == [cast.version]


def test_a_retired_playbook_plans_nothing(cast: Cast) -> None:
    playbooks.retire(cast.wang, cast.version, NOW)
    assert in_force() == ()
    with pytest.raises(Conflict):
        playbooks.retire(cast.wang, cast.version, NOW)


@pytest.mark.parametrize("name", ["chen", "tao"])
def test_agents_and_supervisors_do_not_change_playbooks(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        playbooks.add_version(getattr(cast, name), CHANGED, "x.yaml", NOW)
    assert PlaybookVersion.objects.count() == 1


def test_somebody_new_signs_in_with_a_good_password(cast: Cast) -> None:
    person = staff.add(cast.an, "N1", "新同事", Role.AGENT, NOW, branch=cast.branch, sign_in_name="Xin", password=PASSWORD, capacity=30)
    assert person.check_password(PASSWORD)
    assert not staff.add(cast.an, "N2", "无登录", Role.NONE, NOW).has_usable_password()
    with pytest.raises(Conflict, match="taken"):
        staff.add(cast.an, "N3", "同名", Role.AGENT, NOW, sign_in_name="xin")
    with pytest.raises(Invalid) as weak:
        staff.add(cast.an, "N4", "弱", Role.AGENT, NOW, sign_in_name="w", password="12345")
    assert "密码" in weak.value.say("zh")
    with pytest.raises(NotAllowed):
        staff.add(cast.wang, "N5", "越权", Role.AGENT, NOW)


def test_passwords_are_ones_own_or_the_administrators(cast: Cast) -> None:
    staff.set_password(cast.chen, cast.chen, PASSWORD, NOW)
    assert not cast.chen.must_change_password
    with pytest.raises(NotAllowed):
        staff.set_password(cast.tao, cast.chen, PASSWORD + "!", NOW)
    staff.set_password(cast.an, cast.chen, PASSWORD + "?", NOW)
    assert cast.chen.must_change_password
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_changes_of_people(cast: Cast) -> None:
    assert staff.change(cast.chen, cast.chen, {"theme": "dark", "language": "en"}, NOW).theme == "dark"
    with pytest.raises(NotAllowed):
        staff.change(cast.chen, cast.chen, {"role": Role.MANAGER}, NOW)
    with pytest.raises(Invalid):
        staff.change(cast.an, cast.chen, {"password": "x"}, NOW)
    assert staff.change(cast.an, cast.chen, {"capacity": 12}, NOW).capacity == 12
    with pytest.raises(NotAllowed, match="must remain"):
        staff.change(cast.an, cast.an, {"role": Role.AGENT}, NOW)
    with pytest.raises(Conflict):
        staff.change(cast.an, cast.chen, {"sign_in_name": "LIN"}, NOW)


def test_changes_of_customers_leave_a_trail_without_their_data(cast: Cast) -> None:
    who = cast.customers[0]
    changed = customers.change(cast.chen, who, {"name": "雷华华", "notes": "爱车如命"}, NOW)
    assert Customer.objects.get(name_index=changed.name_index) == who
    entry = AuditEntry.objects.get(action="customer.changed")
    assert entry.detail == {"fields": ["name", "notes"]}
    with pytest.raises(Invalid):
        customers.change(cast.chen, who, {"code": "X"}, NOW)
    with pytest.raises(Invalid):
        customers.change_status(cast.chen, who, "gone", NOW)
    with pytest.raises(NotAllowed):
        customers.change(cast.stranger, who, {"notes": "x"}, NOW)


def test_a_notice_is_read_by_its_reader_once(cast: Cast) -> None:
    assert notices.tell([cast.chen, cast.chen], Words("好", "Good"), "case:1", NOW) == 1
    notice = cast.chen.notices.get()
    assert not notices.read(cast.lin, notice.pk, NOW)
    assert notices.read(cast.chen, notice.pk, NOW)
    assert not notices.read(cast.chen, notice.pk, NOW)
    assert notices.people_of(None, [Role.ADMINISTRATOR]) == [cast.an]
