"""A notice opens the page it is about, for whoever may see that page."""

from __future__ import annotations

import pytest
from django.utils import timezone

from huifang.app.queries.notices import notices_of
from huifang.app.services import reviews
from huifang.app.services.notices import tell
from huifang.domain.score_cards import ITEMS
from huifang.domain.words import Words
from tests.web import worked


def url(staff, subject):
    tell([staff], Words("有事", "Something"), subject, timezone.now())
    return notices_of(staff)[0][0].url


@pytest.mark.parametrize("subject", ["export:1", "incoming:1", "feedback:1", "message:1", "reconciling"])
@pytest.mark.parametrize("role", ["agent", "supervisor", "reviewer", "manager", "administrator"])
def test_what_stands_in_an_area_opens_the_area_for_whoever_may_see_it(scene, signed_in, subject, role):
    staff = getattr(scene, role)
    found = url(staff, subject)
    assert not found or signed_in(staff).get(found).status_code == 200
    assert found or role in ("agent", "reviewer", "administrator")


def test_whoever_is_to_approve_a_playbook_opens_it_from_the_notice(scene, signed_in):
    found = url(scene.manager, f"playbook:{scene.version.pk}")
    assert signed_in(scene.manager).get(found).status_code == 200


def test_a_review_that_came_back_is_opened_by_its_agent_and_the_answer_by_the_reviewer(scene, signed_in):
    record = worked.contact(scene, scene.followups[0], words="等太久了")
    review = reviews.choose(scene.reviewer, record.pk, timezone.now())
    points = {item.code: item.most for item in ITEMS}
    reviews.assess(scene.reviewer, review.pk, points, "原话要记全。", True, timezone.now())
    (line,), _ = notices_of(scene.agent)
    assert b"f-words" in signed_in(scene.agent).get(line.url).content
    reviews.answer(scene.agent, review.pk, "已补记。", timezone.now())
    (line,), _ = notices_of(scene.reviewer)
    assert signed_in(scene.reviewer).get(line.url).status_code == 200


def test_a_contact_that_needs_attention_opens_its_customer_for_whose_branch_it_is(scene, signed_in):
    record = worked.contact(scene, scene.followups[0], words="等太久了")
    found = url(scene.supervisor, f"record:{record.pk}")
    assert found == f"/customers/{scene.followups[0].customer_id}/"
    assert signed_in(scene.supervisor).get(found).status_code == 200
    scene.supervisor.branch, scene.supervisor.all_branches = scene.there, False
    scene.supervisor.save()
    assert url(scene.supervisor, f"record:{record.pk}") == ""


@pytest.mark.parametrize("subject", ["case:999999", "playbook:x", "nothing:1", "case:"])
def test_a_notice_without_a_page_is_read_where_it_stands(scene, subject):
    assert url(scene.manager, subject) == ""
