"""A supervisor gives some of the day's follow-ups to a colleague, from the rows behind a number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from huifang.app.records.models import Absence, Notice
from huifang.app.services import followups, giving
from huifang.domain.errors import Invalid, NotAllowed
from tests.web import scene as scenes
from tests.web import worked

NOW = scenes.NOW


def staff_of(*ones):
    for each in ones:
        each.refresh_from_db()
    return [each.staff for each in ones]


def test_the_ticked_ones_go_to_a_colleague_who_is_told(scene, signed_in):
    client, picked = signed_in(scene.supervisor), scene.followups[1:3]
    address = f"/day/left/?day={scene.run.day}"
    page = client.get(address).content.decode()
    assert f'name="followup" value="{picked[0].pk}"' in page
    done = client.post(
        f"/day/left/give/?day={scene.run.day}", {"followup": [each.pk for each in picked], "to": scene.colleague.pk}, follow=True
    )
    assert done.redirect_chain == [(address, 302)]
    assert "2 follow-ups given" in done.content.decode()
    assert staff_of(*picked) == [scene.colleague] * 2
    assert picked[0].handed_from == scene.agent
    (notice,) = Notice.objects.filter(to=scene.colleague)
    assert "2" in notice.words["en"]


def test_a_notice_of_given_work_opens_the_list(scene, signed_in):
    giving.give(scene.supervisor, [scene.followups[1].pk], scene.colleague.pk, timezone.now())
    assert 'href="/today/"' in signed_in(scene.colleague).get("/notices/").content.decode().partition("<main")[2]


def test_whoever_is_free_first_gets_them(scene, signed_in):
    signed_in(scene.supervisor).post("/day/left/give/", {"followup": scene.followups[1].pk, "to": "anybody"})
    assert staff_of(scene.followups[1]) == [None]
    assert not Notice.objects.filter(subject="today:").exists()


def test_what_was_finished_meanwhile_is_passed_over_and_said(scene, signed_in):
    done, still = scene.followups[1], scene.followups[2]
    worked.contact(scene, done)
    sent = {"followup": [done.pk, still.pk], "to": scene.colleague.pk}
    page = signed_in(scene.supervisor).post("/day/left/give/", sent, follow=True).content.decode()
    assert "1 follow-up given" in page
    assert "1 was finished or sent meanwhile" in page
    assert staff_of(still) == [scene.colleague]


def test_a_promise_goes_with_its_follow_up(scene):
    followup = scene.followups[1]
    promise = worked.promised(scene, followup.occurrences.first())
    followups.reassign(scene.supervisor, followup.pk, scene.colleague.pk, timezone.now())
    assert staff_of(promise) == [scene.colleague]


@pytest.mark.parametrize("sent", [{}, {"followup": "x"}, {"to": ""}, {"to": "999999"}])
def test_nothing_picked_or_nobody_named_is_said_on_the_page(scene, signed_in, sent):
    answer = signed_in(scene.supervisor).post(
        "/day/left/give/", {"followup": scene.first.pk if "to" in sent else "", "to": scene.colleague.pk} | sent
    )
    assert answer.status_code == 422
    assert ("Tick those" if "to" not in sent else "Choose who takes them") in answer.content.decode()
    assert staff_of(scene.first) == [scene.first.staff]


def test_somebody_who_is_away_today_is_not_offered(scene):
    today = timezone.localdate()
    Absence.objects.create(staff=scene.colleague, first_day=today, last_day=today, reason="leave")
    with pytest.raises(Invalid):
        giving.give(scene.supervisor, [scene.followups[1].pk], scene.colleague.pk, timezone.now())


def test_nobody_gives_away_what_is_another_branchs_and_then_nothing_is_given(scene):
    foreign = scene.followups[2]
    foreign.branch, foreign.customer.branch = scene.there, scene.there
    foreign.customer.save()
    foreign.save()
    with pytest.raises(NotAllowed):
        giving.give(scene.supervisor, [scene.followups[1].pk, foreign.pk], scene.colleague.pk, timezone.now())
    assert staff_of(scene.followups[1]) == [scene.agent]


def test_an_agent_gives_nothing_away(scene):
    with pytest.raises(NotAllowed):
        giving.give(scene.agent, [scene.first.pk], scene.colleague.pk, timezone.now())


def test_a_number_that_there_is_not_has_no_rows_to_give(scene, signed_in):
    assert signed_in(scene.supervisor).post("/day/nonsense/give/", {}).status_code == 404


def test_only_those_who_contact_customers_are_offered(scene, signed_in):
    page = signed_in(scene.supervisor).get("/day/left/").content.decode().partition("<main")[2]
    offered = {each for each in (scene.agent, scene.colleague, scene.supervisor, scene.manager) if f'<option value="{each.pk}"' in page}
    assert offered >= {scene.agent, scene.colleague, scene.supervisor}
    for nobody in (scene.reviewer, scene.administrator, scene.stranger):
        assert f'<option value="{nobody.pk}"' not in page
        with pytest.raises(Invalid):
            giving.give(scene.supervisor, [scene.followups[1].pk], nobody.pk, timezone.now())


def test_who_is_away_on_the_day_of_the_follow_up_is_not_offered_for_it(scene, signed_in):
    day = scene.run.day + timedelta(days=1)
    scene.followups[1].day = day
    scene.followups[1].save()
    Absence.objects.create(staff=scene.colleague, first_day=day, last_day=day, reason="leave")
    page = signed_in(scene.supervisor).get(f"/day/left/?day={day}").content.decode().partition("<main")[2]
    assert f'<option value="{scene.agent.pk}"' in page
    assert f'<option value="{scene.colleague.pk}"' not in page
    with pytest.raises(Invalid):
        giving.give(scene.supervisor, [scene.followups[1].pk], scene.colleague.pk, timezone.now())
