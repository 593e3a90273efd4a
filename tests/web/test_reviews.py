"""A second person looks at records; what they say comes back to whoever made the record, is answered and settled."""

from __future__ import annotations

import hashlib
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huifang.app.queries import reviewing
from huifang.app.records.models import Answer, AuditEntry, Feedback, Notice, PlaybookVersion, Record, Recording, Review
from huifang.app.services import reviews
from huifang.domain.errors import Conflict, NotAllowed
from huifang.domain.score_cards import ITEMS
from tests.web import scene as scenes
from tests.web import worked

FULL = {f"points.{item.code}": str(item.most) for item in ITEMS}


@pytest.fixture
def record(scene) -> Record:
    return worked.contact(scene, scene.first, words="等太久了", satisfied=False)


@pytest.fixture
def review(scene, record) -> Review:
    return reviews.choose(scene.reviewer, record.pk, timezone.now())


def test_a_record_has_the_risks_that_can_be_read_from_it(scene, record):
    Feedback.objects.create(customer=record.customer, record=record, kind="complaint", words="太慢", at=record.saved_at)
    for key in ("a", "b", "c"):
        Answer.objects.create(record=record, question=key, value="5", score=5)
    AuditEntry.objects.create(number=10**6, at=timezone.now(), action="contact.outside", subject=f"record:{record.pk}", chain="")
    Record.objects.filter(pk=record.pk).update(seconds=9, words="")
    type(record.attempt).objects.update(day=record.day - timezone.timedelta(days=1))
    ((rule, rows),) = reviewing.candidates(scene.supervisor, record.day, scene.here)
    assert rule.sample == 0.1
    assert rows[0]["risks"] == ("dissatisfied", "complaint", "outside", "short", "silent", "late", "straight")


def test_a_sample_is_drawn_once_with_its_last_day(scene, record):
    for followup in scene.followups[1:8]:
        worked.contact(scene, followup)
    first = reviews.draw(scene.supervisor, record.day, scene.here, timezone.now())
    assert first == Review.objects.count() == 2
    assert reviews.draw(scene.supervisor, record.day, scene.here, timezone.now()) == 0
    assert all(one.due > record.day for one in Review.objects.all())


def test_a_comment_goes_back_is_answered_and_settled(scene, review, signed_in):
    reviewer, agent = signed_in(scene.reviewer), signed_in(scene.agent)
    assert "等太久了" in reviewer.get(f"/reviews/{review.pk}/").content.decode()
    given = FULL | {"points.record": "5", "points.next": "", "words": "原话要记全", "deed": "return"}
    assert reviewer.post(f"/reviews/{review.pk}/assess/", given).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.score) == ("returned", pytest.approx(100 * 80 / 90, abs=0.1))
    assert "next" not in review.points
    assert Notice.objects.filter(to=scene.agent, subject=f"review:{review.pk}").count() == 1
    assert "Comment on your record" in agent.get("/today/").content.decode()
    assert "原话要记全" in agent.get(f"/reviews/returned/{review.pk}/").content.decode()
    assert agent.post(f"/reviews/returned/{review.pk}/answer/", {"words": " "}).status_code == 422
    assert agent.post(f"/reviews/returned/{review.pk}/answer/", {"words": "已补记"}).status_code == 302
    assert "Comment on your record" not in agent.get("/today/").content.decode()
    assert Notice.objects.filter(to=scene.reviewer, subject=f"review:{review.pk}").exists()
    assert agent.post(f"/reviews/returned/{review.pk}/answer/", {"words": "再说一次"}).status_code == 409
    assert "已补记" in reviewer.get(f"/reviews/{review.pk}/").content.decode()
    assert reviewer.post(f"/reviews/{review.pk}/decide/", {"deed": "return"}).status_code == 422
    assert reviewer.post(f"/reviews/{review.pk}/decide/", {"deed": "return", "words": "日期也要写"}).status_code == 302
    assert "Comment on your record" in agent.get("/today/list/").content.decode()
    agent.post(f"/reviews/returned/{review.pk}/answer/", {"words": "好的"})
    assert reviewer.post(f"/reviews/{review.pk}/decide/", {"deed": "settle"}).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.remarks.count()) == ("settled", 4)


def test_what_an_item_looks_for_is_told_of_that_item_whatever_it_is_called(scene, review, signed_in):
    ids = re.findall(r' id="([^"]+)"', page := signed_in(scene.reviewer).get(f"/reviews/{review.pk}/").content.decode())
    assert len(ids) == len(set(ids))
    described = re.findall(r'aria-describedby="([^"]+)"', page)
    assert len(described) > 2
    assert set(described) <= set(ids)


def test_a_good_record_is_scored_and_the_next_one_comes(scene, review, signed_in):
    other = reviews.choose(scene.reviewer, worked.contact(scene, scene.followups[1]).pk, timezone.now())
    client = signed_in(scene.reviewer)
    answer = client.post(f"/reviews/{review.pk}/assess/", FULL | {"deed": "settle"})
    assert answer.headers["Location"] == f"/reviews/{other.pk}/"
    assert client.post(f"/reviews/{other.pk}/assess/", FULL | {"deed": "settle"}).headers["Location"] == "/reviews/"
    assert client.post(f"/reviews/{other.pk}/assess/", FULL | {"deed": "settle"}).status_code == 409
    assert "100" in client.get("/reviews/?state=settled").content.decode()


@pytest.mark.parametrize(
    "given",
    [{"points.opening": "99"}, {"points.opening": "ten"}, {}, FULL | {"deed": "return"}, {"points.opening": "10", "deed": "return"}],
)
def test_what_is_wrong_is_said_and_nothing_is_written(scene, review, signed_in, given):
    answer = signed_in(scene.reviewer).post(f"/reviews/{review.pk}/assess/", given)
    assert answer.status_code == 422
    review.refresh_from_db()
    assert review.state == "waiting"
    assert not review.remarks.exists()


def test_the_recording_of_the_talk_stands_beside_its_record(scene, record, review, signed_in):
    about = {"attempt": record.attempt, "added_at": record.saved_at}
    file = Recording.objects.create(key=uuid.uuid4(), media_type="audio/mpeg", size=9, **about)
    link = Recording.objects.create(key=uuid.uuid4(), link="https://calls.example/1", **about)
    page = signed_in(scene.reviewer).get(f"/reviews/{review.pk}/").content.decode()
    assert f'src="/recordings/{file.pk}/"' in page
    assert f'href="/recordings/{link.pk}/"' in page


OWN_CARD = """review:
  sample: 100 %
  by: manager
  items:
    promise: {title: {zh: 兑现承诺, en: Promises kept}, looks for: {zh: 答应的都做到, en: What was promised is done}, most: 40}
    tone: {title: {zh: 语气, en: Tone}, looks for: {zh: 耐心, en: Patient}, most: 10}
"""


@pytest.fixture
def managers(scene, record) -> Review:
    """Of a playbook whose records a manager reviews, by items of its own."""
    text = "\n".join(line for line in scene.version.text.splitlines() if not line.startswith("review:")) + "\n" + OWN_CARD
    PlaybookVersion.objects.filter(pk=scene.version.pk).update(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    assert reviews.draw(scene.supervisor, record.day, scene.here, timezone.now()) == 1
    return Review.objects.get()


def test_the_playbook_says_who_reviews_and_by_which_items(scene, managers, signed_in):
    for other in (scene.supervisor, scene.reviewer):
        page = signed_in(other).get(f"/reviews/{managers.pk}/").content.decode()
        assert "Another role reviews it" in page
        assert "points.promise" not in page
        assert "Manager" in signed_in(other).get("/reviews/").content.decode()
        answer = signed_in(other).post(f"/reviews/{managers.pk}/assess/", {"points.promise": "40"})
        assert (answer.status_code, reviewing.next_waiting(other)) == (409, None)
        assert "This record is reviewed by a manager." in answer.content.decode()
    assert reviewing.next_waiting(scene.manager) == managers.pk
    manager = signed_in(scene.manager)
    assert "What was promised is done" in manager.get(f"/reviews/{managers.pk}/").content.decode()
    assert manager.post(f"/reviews/{managers.pk}/assess/", {"points.promise": "41"}).status_code == 422
    assert manager.post(f"/reviews/{managers.pk}/assess/", {"points.opening": "5"}).status_code == 422, "no item of this card"
    assert manager.post(f"/reviews/{managers.pk}/assess/", {"points.promise": "30", "points.tone": ""}).status_code == 302
    managers.refresh_from_db()
    assert (managers.points, managers.score) == ({"promise": 30}, 75)
    assert "Promises kept" in manager.get(f"/reviews/{managers.pk}/").content.decode()


def test_a_review_of_nobody_is_not_found(scene, signed_in):
    assert signed_in(scene.manager).post("/reviews/999999/assess/", {}).status_code in (403, 404)


def test_nobody_reviews_their_own_record(scene, record, signed_in):
    Record.objects.update(staff=scene.supervisor)
    mine = reviews.choose(scene.supervisor, record.pk, timezone.now())
    assert "A record of your own" in signed_in(scene.supervisor).get(f"/reviews/{mine.pk}/").content.decode()
    with pytest.raises(Conflict):
        reviews.assess(scene.supervisor, mine.pk, {"opening": 5}, "", False, timezone.now())


def test_a_colleague_neither_reads_nor_answers_a_comment(scene, review, signed_in):
    reviews.assess(scene.reviewer, review.pk, {"opening": 5}, "原话要记全", True, timezone.now())
    assert signed_in(scene.colleague).get(f"/reviews/returned/{review.pk}/").status_code == 404
    assert signed_in(scene.supervisor).get(f"/reviews/returned/{review.pk}/").status_code == 404
    for other in (scene.colleague, scene.supervisor):
        with pytest.raises(NotAllowed):
            reviews.answer(other, review.pk, "不是我的", timezone.now())
    Review.objects.update(branch=scene.there)
    with pytest.raises(NotAllowed):
        reviews.decide(scene.supervisor, review.pk, "", False, timezone.now())


def test_an_agent_does_not_see_that_a_record_is_waiting(scene, review, signed_in):
    assert signed_in(scene.agent).get(f"/reviews/returned/{review.pk}/").status_code == 404


def test_a_dissatisfied_customers_record_is_taken_from_the_day(scene, record, signed_in):
    client = signed_in(scene.supervisor)
    assert f"/reviews/choose/{record.pk}/" in client.get(f"/day/?day={scene.run.day}").content.decode()
    assert client.post(f"/reviews/choose/{record.pk}/").status_code == 302
    assert client.post(f"/reviews/choose/{record.pk}/").status_code == 302
    assert Review.objects.get().road == "chosen"
    assert client.post("/reviews/choose/999999/").status_code == 403


def test_the_queue_is_by_state_and_branch(scene, review, signed_in):
    client = signed_in(scene.manager)
    assert scene.first.customer.name in client.get(f"/reviews/?branch={scene.here.pk}").content.decode()
    assert scene.first.customer.name not in client.get(f"/reviews/?branch={scene.there.pk}").content.decode()
    assert "Nothing in this state" in client.get("/reviews/?state=returned").content.decode()
    assert client.get("/reviews/?state=nonsense").status_code == 404


def test_a_record_whose_playbook_is_gone_can_still_be_reviewed(scene, record, signed_in):
    Record.objects.update(playbook_version=None)
    mine = reviews.choose(scene.reviewer, record.pk, timezone.now())
    assert reviewing.candidates(scene.reviewer, record.day, scene.here) == []
    client = signed_in(scene.reviewer)
    assert "day-after" in client.get(f"/reviews/{mine.pk}/").content.decode()
    assert "day-after" in client.get("/reviews/").content.decode()


def test_the_number_of_queries_does_not_grow(scene, review, signed_in):
    client = signed_in(scene.reviewer)

    def queries_of():
        with CaptureQueriesContext(connection) as found:
            assert client.get("/reviews/").status_code == 200
        return len(found)

    queries_of()  # the first one reads the playbook's text
    few = queries_of()
    for place in range(12, 24):
        followup = scenes._followup(scene, place, scene.run.day, timezone.now())
        reviews.choose(scene.reviewer, worked.contact(scene, followup).pk, timezone.now())
    assert queries_of() == few
