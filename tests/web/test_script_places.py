"""A script in hand says what is known: its places filled like a message's, its conditions decided over facts and classes too."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from dataclasses import replace
from datetime import timedelta

import pytest

from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.followup import find, unfold, work_of
from huifang.app.queries.timeline import Names
from huifang.app.records.models import Case, Event, Occurrence, PlaybookVersion, Request
from huifang.playbooks import library
from huifang.playbooks.loader import loads
from huifang.playbooks.placeholders import ONLY_SENT, PLACES
from tests.web import filled_forms


def _in_hand(scene, book, version, programme, made):
    followup = filled_forms.due(scene, book, version, programme, made, scene.run.day)
    return followup, _work(scene, followup)


def _work(scene, followup, language="zh-hans"):
    found = find(scene.agent, followup.pk)
    now = scene.run.started_at
    return work_of(scene.agent, found, CustomerRows(found.customer), Names((), language), now, scene.run.day, language)


def _said(work):
    return "".join(step.say + step.tip + "".join(turn.say + turn.tip for turn in step.branches) for step in work.steps)


def _asked_again(scene, followup, made, source):
    asked = Request.objects.create(customer=made, playbook="insurance-service", programme="after-case", day=scene.run.day, source=source)
    Occurrence.objects.filter(followup=followup).update(cause=str(asked.pk), event=None)


def _closed_case(scene, made, solution):
    return Case.objects.create(
        number=f"W{made.pk}", kind="problem", customer=made, branch=scene.here, owner=scene.supervisor, title="要处理",
        opened_at=scene.run.started_at, solution=solution, state="closed",
    )  # fmt: skip


def _with_every_place(scene):
    """The insurance playbook, its call after a case saying everything that a script can say."""
    text = library.text("insurance-service")
    places = [*sorted(PLACES - ONLY_SENT), "agreement.cover", "customer.occupation", "fact.policies", "fact.next_end"]
    said = "".join(f"[{name}={{{name}}}]" for name in places)
    text = text.replace(
        "{customer}您好，我是{organisation}的{agent}。您反映的事，处理结果是：{case.result}。让您费心了，您看满意吗？", said, 1
    )
    version = PlaybookVersion.objects.create(
        playbook="insurance-service", number=1, text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), state="active",
        activated_at=scene.run.started_at,
    )  # fmt: skip
    return places, loads(text, "f.yaml").playbook, version


def test_every_place_of_a_script_is_filled(scene, settings):
    settings.HUIFANG = replace(settings.HUIFANG, phone="400-100-2000")
    places, book, version = _with_every_place(scene)
    made = filled_forms.customer(scene, book, 41)
    followup, _work_before = _in_hand(scene, book, version, "after-case", made)
    event = Event.objects.filter(customer=made).first()
    _asked_again(scene, followup, made, f"case:{_closed_case(scene, made, '已补发合同').pk}")
    Occurrence.objects.filter(followup=followup).update(event=event)
    said = _said(_work(scene, followup))
    empty = [name for name in places if f"[{name}=……]" in said or f"[{name}=]" in said or f"[{name}=" not in said]
    assert empty == []
    assert "[case.result=已补发合同]" in said
    assert f"[owner={scene.agent.name}]" in said
    assert "[agreement.kind=保单]" in said
    assert "[fact.policies=1]" in said


@pytest.mark.parametrize("whose", ["another customer's case", "an answer", "nothing"])
def test_only_the_case_that_is_asked_about_again_is_told(scene, whose):
    book, version = filled_forms.in_force("insurance-service", scene.run.started_at)
    made, other = (filled_forms.customer(scene, book, place) for place in (42, 43))
    followup, _before = _in_hand(scene, book, version, "after-case", made)
    theirs = _closed_case(scene, other, "别人的处理结果")
    source = {"another customer's case": f"case:{theirs.pk}", "an answer": "record:1", "nothing": ""}[whose]
    _asked_again(scene, followup, made, source)
    if whose == "nothing":
        Occurrence.objects.filter(followup=followup).update(programme="yearly-check")
    said = _said(_work(scene, followup))
    assert "别人的处理结果" not in said
    assert "处理结果是：……" in said


def test_without_an_agreement_in_force_its_places_stay_open(scene):
    book, version = filled_forms.in_force("insurance-service", scene.run.started_at)
    made = filled_forms.customer(scene, book, 44)
    followup, work = _in_hand(scene, book, version, "appointment", made)
    assert "您的保单" in _said(work)
    made.agreements.update(ends=scene.run.day - timedelta(days=1))
    assert "您的…………到期" in _said(_work(scene, followup))


@pytest.mark.parametrize(("visits", "hidden"), [(1, True), (2, False)])
def test_a_step_for_a_class_is_hidden_from_others(scene, visits, hidden):
    book, version = filled_forms.in_force("property-sales", scene.run.started_at)
    made = filled_forms.customer(scene, book, 45)
    work = [_in_hand(scene, book, version, "after-visit", made)[1] for _visit in range(visits)][-1]
    steps = unfold(work.steps, ChainMap({"attitude": None}, work.facts), scene.run.day)
    assert [step.hidden for step in steps if step.title == "接着上次说"] == [hidden]


def test_a_branch_for_a_class_is_open_before_anything_is_answered(scene, signed_in):
    book, version = filled_forms.in_force("hospital", scene.run.started_at)
    made = filled_forms.customer(scene, book, 46)
    followup, work = _in_hand(scene, book, version, "inpatient", made)
    assert work.facts["operated"] is True
    page = signed_in(scene.agent, "zh-hans").get(f"/today/{followup.pk}/")
    turns = {turn.title: turn.open for step in page.context["steps"] for turn in step.branches}
    assert turns["术后患者"] is True
    assert turns["不满意"] is False
