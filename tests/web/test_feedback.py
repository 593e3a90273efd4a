"""The pages of feedback: the list, what is to be decided, one statement, matters, topics, the tree."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from huifang.app.records.models import Case, Feedback, FeedbackModel, TopicTreeVersion
from tests.web.conftest import SignIn
from tests.web.scene import Scene


def said(scene: Scene, words: str, **more: object) -> Feedback:
    about = {"kind": "complaint", "topic": "bill", "state": "unsure", "deed": "", "read_kind": "complaint", "read_topic": "bill"}
    about |= {"confidence": 0.55, "customer": scene.first.customer, "at": timezone.now(), "words": words}
    return Feedback.objects.create(**(about | more))


def test_the_list_shows_what_was_said_and_narrows(scene: Scene, signed_in: SignIn) -> None:
    said(scene, "<b>多收了钱</b>", urgency=2)
    said(scene, "快一点就好", urgency=1, kind="suggestion", topic="", state="read")
    page = signed_in(scene.supervisor).get(reverse("feedback")).content.decode()
    assert "&lt;b&gt;多收了钱&lt;/b&gt;" in page
    assert "At once" in page
    narrowed = signed_in(scene.supervisor).get(reverse("feedback"), {"kind": "praise", "days": "30", "unsure": "1"}).content.decode()
    assert "Nothing like this" in narrowed
    other = signed_in(scene.stranger).get(reverse("feedback")).content.decode()
    assert "多收了钱" not in other
    assert "No feedback yet" in other


@pytest.mark.parametrize("role", ["agent", "supervisor", "manager", "administrator"])
def test_the_tabs_are_those_one_may_open_and_the_same_on_each_of_their_pages(scene: Scene, signed_in: SignIn, role: str) -> None:
    said(scene, "还可以吧，就是贵")
    client, seen, waiting = signed_in(getattr(scene, role)), {reverse("feedback")}, [reverse("feedback")]
    shown = set()
    while waiting:
        answer = client.get(waiting.pop())
        assert answer.status_code == 200
        nav = re.search(r'<nav class="tabs" aria-label="Feedback pages">(.*?)</nav>', answer.content.decode(), re.DOTALL)
        assert nav
        links = re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', nav[1])
        shown.add(tuple(links))
        waiting += [url for url, _title in links if url not in seen]
        seen |= {url for url, _title in links}
    assert len(shown) == 1
    assert (reverse("feedback-asks") in seen) == (role != "administrator")


def test_a_long_list_has_a_next_page(scene: Scene, signed_in: SignIn) -> None:
    Feedback.objects.all().delete()
    for n in range(51):
        said(scene, f"第{n}条")
    client = signed_in(scene.supervisor)
    page = client.get(reverse("feedback"), {"group": ""})
    assert client.get(f"{reverse('feedback')}?{page.context['following']}").context["lines"][0]["row"].words == "第0条"


def test_questions_are_decided_one_after_the_other(scene: Scene, signed_in: SignIn) -> None:
    row = said(scene, "还可以吧，就是贵")
    client = signed_in(scene.agent)
    page = client.get(reverse("feedback-asks")).content.decode()
    assert "还可以吧，就是贵" in page
    assert 'data-does="complaint" data-press="1"' in page
    answer = client.post(reverse("feedback-decide", args=[row.pk]), {"kind": "suggestion", "topic": "bill", "from": "asks"})
    assert answer.url == reverse("feedback-asks")
    row.refresh_from_db()
    assert (row.kind, row.state, row.deed) == ("suggestion", "decided", "corrected")
    assert "Nothing to decide" in client.get(reverse("feedback-asks")).content.decode()


def test_one_statement_with_what_it_belongs_to(scene: Scene, signed_in: SignIn) -> None:
    row, other = said(scene, "结账多收了钱"), said(scene, "多收了我五十块", topic="随手写的", state="decided", deed="entered")
    client = signed_in(scene.supervisor)
    assert "Belongs together?" in client.get(reverse("feedback-one", args=[row.pk])).content.decode()
    assert client.post(reverse("feedback-join", args=[row.pk]), {"other": other.pk}).url == reverse("feedback-one", args=[row.pk])
    page = client.get(reverse("feedback-one", args=[other.pk])).content.decode()
    assert "Same matter" in page
    assert '<option value="随手写的" selected>' in page
    assert "结账多收了钱" in client.get(reverse("feedback-groups")).content.decode() + client.get(reverse("feedback")).content.decode()
    assert client.post(reverse("feedback-join", args=[row.pk])).status_code == 302
    for wrong in (str(row.pk), "x", "999999"):
        assert client.post(reverse("feedback-join", args=[row.pk]), {"other": wrong}).status_code == 422
    assert client.post(reverse("feedback-decide", args=[row.pk]), {"kind": "gossip"}).status_code == 422
    kept = client.post(reverse("feedback-decide", args=[other.pk]), {"kind": "complaint", "topic": "随手写的"})
    assert kept.url == reverse("feedback-one", args=[other.pk])
    assert signed_in(scene.stranger).get(reverse("feedback-one", args=[row.pk])).status_code == 404


def test_topics_open_their_statements(scene: Scene, signed_in: SignIn) -> None:
    said(scene, "贵", state="read")
    said(scene, "嗯", topic="", urgency=1)
    FeedbackModel.objects.create(at=timezone.now(), kinds="x", decided=40, asked=8, right=0.875, sure=0.75, sure_right=1.0, error=0.02)
    client = signed_in(scene.manager)
    page = client.get(reverse("feedback-topics"))
    assert {row.number for row, _bar, _measures in page.context["lines"]} == {1}
    assert "?days=90&amp;kind=complaint&amp;topic=bill" in page.content.decode()
    assert "88 %" in page.content.decode()
    heavy = client.get(reverse("feedback-topics"), {"by": "weight", "kind": "all", "days": "30", "branch": scene.here.pk})
    assert heavy.context["lines"][0][0].weight == 4.5
    Feedback.objects.update(at=timezone.now() - timedelta(days=400))
    assert "Nothing said in this time" in client.get(reverse("feedback-topics")).content.decode()
    empty = client.get(reverse("feedback-groups")).content.decode()
    assert "Nothing joined yet" in empty


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        ("none", "这里没有识别反馈"),
        ("characters", "依据规则、用字和人工判断"),
        ("meaning", "拿不准的，由离线语义模型再读一遍"),
        ("resting", "离线语义模型已停用"),
        ("waiting", "下次学习后开始使用"),
    ],
)
def test_the_topics_say_which_reader_is_in_use(
    scene: Scene, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, reader: str, told: str
) -> None:
    monkeypatch.setattr("huifang.app.queries.feedback.reader_in_use", lambda _model: reader)
    page = signed_in(scene.manager, "zh-hans").get(reverse("feedback-topics")).content.decode()
    assert told in page
    assert ("离线语义模型" in page) is (reader in {"meaning", "resting", "waiting"})


def test_the_tree_is_edited_as_text_and_faults_name_their_line(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.manager)
    text = client.get(reverse("feedback-tree")).context["text"]
    assert "topics:" in text
    broken = client.post(reverse("feedback-tree"), {"text": text + "  Bad Key: {}\n"})
    assert broken.status_code == 422
    assert "Bad Key" in broken.content.decode()
    assert client.post(reverse("feedback-tree"), {"text": text}).status_code == 302
    assert not TopicTreeVersion.objects.exists()
    mine = text + "  mine: {title: {zh: 自己的, en: Mine}, words: 自己的}\n"
    assert client.post(reverse("feedback-tree"), {"text": mine}).status_code == 302
    assert "自己的" in signed_in(scene.agent).get(reverse("feedback")).content.decode() or TopicTreeVersion.objects.count() == 1


def test_a_complaint_is_given_to_a_case_from_its_page(scene: Scene, signed_in: SignIn) -> None:
    row, again = said(scene, "短信里说多收了钱"), said(scene, "前台也说了，多收了钱")
    client, url = signed_in(scene.supervisor), reverse("feedback-case", args=[row.pk])
    page = client.get(reverse("feedback-one", args=[row.pk])).content.decode()
    assert "Have it solved" in page
    assert client.post(url, {"kind": "nothing:nothing"}).status_code == 422
    kind = client.get(reverse("feedback-one", args=[row.pk])).context["case_kinds"][0][0]
    opened = client.post(url, {"kind": kind})
    case = Case.objects.get(statements=row)
    assert opened.url == reverse("case", args=[case.number])
    assert client.post(url, {"kind": kind}).status_code == 422
    assert case.number in client.get(reverse("feedback-one", args=[row.pk])).content.decode()
    assert "Belongs to the open case" in client.get(reverse("feedback-one", args=[again.pk])).content.decode()
    client.post(reverse("feedback-case", args=[again.pk]), {"number": case.number})
    page = client.get(opened.url).content.decode()
    assert "What the customer said of it" in page
    assert "前台也说了，多收了钱" in page
    shown = client.get(reverse("feedback"), {"loose": "1"}).context["lines"]
    assert {line["row"].pk for line in shown}.isdisjoint({row.pk, again.pk})
    assert client.post(reverse("feedback-case", args=[999999]), {"kind": kind}).status_code == 404


def test_a_topic_becomes_a_measure_that_stands_beside_it(scene: Scene, signed_in: SignIn) -> None:
    said(scene, "结账多收了钱", state="read")
    client = signed_in(scene.manager)
    (_row, bar, (there, begin)) = client.get(reverse("feedback-topics")).context["lines"][0]
    assert there == []
    form = client.get(begin.partition("#")[0]).content.decode()
    assert f"<option selected>{bar.title}</option>" in form
    plan = {"title": "结算单逐项讲解", "owner": scene.supervisor.pk, "due": "2027-03-01", "indicator": "satisfaction", "cause": bar.title}
    assert client.post(reverse("measure-new"), plan).status_code == 302
    assert "结算单逐项讲解" in client.get(reverse("feedback-topics")).content.decode()
    assert "结算单逐项讲解" in signed_in(scene.manager, "zh-hans").get(reverse("feedback-topics")).content.decode()
    assert "Begin a measure" not in signed_in(scene.agent).get(reverse("feedback-topics")).content.decode()
