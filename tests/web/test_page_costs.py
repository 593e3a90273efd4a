"""What a page of the working day may cost: its queries, to the number. More of them is a decision, not an accident."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Record
from huifang.app.services import followups
from huifang.playbooks import library
from huifang.playbooks.loader import loads
from tests.web import scene as scenes

TEN = loads(library.text("repair-shop"), "repair-shop.yaml").playbook.questionnaires["repair-ten"].questions


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs: what is counted does not depend on the hour."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(12)


def _counted(send):
    """The answer and the number of queries, of a second request: the first one may read a playbook's text."""
    with CaptureQueriesContext(connection) as caught:
        answer = send()
    return answer, sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in caught)


@pytest.mark.parametrize(
    ("page", "most"),
    [
        pytest.param(lambda scene: reverse("today"), 6, id="list"),
        pytest.param(lambda scene: reverse("followup", args=[scene.first.pk]), 22, id="follow-up"),
        pytest.param(lambda scene: reverse("customer", args=[scene.first.customer_id]), 21, id="customer"),
        pytest.param(lambda _scene: reverse("cases"), 7, id="cases"),
        pytest.param(lambda _scene: reverse("case", args=["G20260820-003"]), 20, id="case"),
    ],
)
def test_a_page_of_the_working_day_costs_its_queries_and_no_more(scene, signed_in, page, most):
    client, address = signed_in(scene.agent), page(scene)
    client.get(address)
    answer, queries = _counted(lambda: client.get(address))
    assert answer.status_code == 200
    assert queries == most


def test_a_follow_up_in_hand_costs_its_queries_and_no_more(scene, signed_in):
    client, address = signed_in(scene.agent), reverse("followup", args=[scene.first.pk])
    followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    client.get(address)
    answer, queries = _counted(lambda: client.get(address))
    assert 'name="outcome"' in answer.content.decode()
    assert queries == 25


def test_saving_ten_answers_and_going_on_costs_its_queries_and_no_more(scene, signed_in):
    client = signed_in(scene.agent)
    for followup, most in ((scene.followups[1], None), (scene.followups[4], 41)):
        answers = {f"q.{question.key}": "5" for question in TEN if question.type == "scale"}
        form = {"fence": followups.claim(scene.agent, followup.pk, scenes.NOW), "token": "one", "outcome": "completed"}
        answer, queries = _counted(
            lambda number=followup.pk, form=form | answers: client.post(reverse("followup-save", args=[number]), form)
        )
        assert answer.status_code == 302
        assert most is None or queries == most
    assert Record.objects.get(followup=scene.followups[4]).answers.count() == sum(question.type == "scale" for question in TEN)


def test_the_page_with_ten_questions_shows_ten(scene, signed_in):
    client = signed_in(scene.agent)
    followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    text = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert len(TEN) == 10
    assert sum(f'name="q.{question.key}"' in text for question in TEN) >= sum(question.if_ is None for question in TEN)
