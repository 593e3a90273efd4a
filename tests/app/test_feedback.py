"""What customers say is read, decided by people, joined, and learned from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app.jobs import schedule, worker
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.queries import feedback as queries
from huifang.app.records.models import (
    AuditEntry,
    Feedback,
    FeedbackGroup,
    FeedbackModel,
    Incoming,
    Job,
    Notice,
    Staff,
    TopicTreeVersion,
)
from huifang.app.services import feedback, feedback_learning, feedback_reader, feedback_reading, feedback_topics
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.feedback_joining import join_alike
from huifang.domain.errors import Invalid, NotAllowed, PlaybookError
from tests.app.cast import NOW, Cast, in_hand

TREE = """title: {zh: 店, en: Shop}
topics:
  price: {title: {zh: 价格, en: Price}, words: 贵 多收}
  noise: {title: {zh: 异响, en: Noise}, words: 异响}
"""


def said(cast: Cast, words: str, customer: int = 0, days: int = 0, **more: object) -> Feedback:
    about = {"kind": "complaint", "topic": "price", "state": "unsure", "deed": "", "read_kind": "complaint", "read_topic": "price"}
    return Feedback.objects.create(customer=cast.customers[customer], words=words, at=NOW - timedelta(days=days), **(about | more))


def recorded(cast: Cast, words: str, **more: object) -> int:
    followup, fence = in_hand(cast)
    form = RecordForm("completed", answers={"quality": 5}, words=words, **more)  # type: ignore[arg-type]
    return save(cast.chen, followup.pk, fence, form, NOW).record_id


def work_off() -> None:
    while worker.once(NOW):
        pass
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_what_was_said_in_a_call_is_read_by_a_job(cast: Cast) -> None:
    number = recorded(cast, "收费太贵，多收了一百块，太坑人了")
    assert not Feedback.objects.exists()
    work_off()
    row = Feedback.objects.get()
    assert (row.kind, row.state, row.deed, row.source) == ("complaint", "read", "", f"record:{number}")
    assert row.words == "收费太贵，多收了一百块，太坑人了"
    assert row.topic == row.read_topic == "price"
    assert row.sentiment is not None
    assert row.sentiment < 0
    feedback_reading.read("record", number, NOW)
    assert Feedback.objects.count() == 1


def test_what_a_person_entered_keeps_its_kind_and_gets_what_is_missing(cast: Cast) -> None:
    recorded(cast, "挺好的", feedback=[{"kind": "suggestion", "topic": "", "words": "价格太贵，刹车失灵，马上处理"}])
    work_off()
    row = Feedback.objects.get()
    assert (row.kind, row.state, row.deed, row.topic, row.urgency) == ("suggestion", "decided", "entered", "price", 2)
    assert row.read_kind == "complaint"
    assert row.decided_by == cast.chen


@pytest.mark.parametrize("words", ["", "。。", " "])
def test_words_that_say_nothing_are_no_feedback(cast: Cast, words: str) -> None:
    recorded(cast, words)
    work_off()
    assert not Feedback.objects.exists()


def test_a_reply_is_read_and_danger_is_told_at_once(cast: Cast) -> None:
    reply = Incoming.objects.create(
        key="k", channel="sms", customer=cast.customers[0], sender="+861", text="刹车失灵，太差了，马上处理", at=NOW
    )
    assert feedback_reading.read_later("reply", reply.pk, reply.text, NOW)
    work_off()
    row = Feedback.objects.get()
    assert (row.urgency, row.record) == (2, None)
    assert set(Notice.objects.filter(subject=f"feedback:{row.pk}").values_list("to", flat=True)) == {cast.tao.pk, cast.wang.pk}
    assert feedback_reading.read("reply", 0, NOW) is None
    assert feedback_reading.read("record", 0, NOW) is None


def test_a_hundred_thousand_characters_are_read_and_kept_to_a_length(cast: Cast) -> None:
    recorded(cast, "等了很久，太差了。" + "嗯" * 100_000)
    work_off()
    assert len(Feedback.objects.get().words) == feedback_reading.LONGEST


def test_a_person_decides_and_the_first_words_and_first_reading_stay(cast: Cast) -> None:
    row = said(cast, "发票还没给")
    assert feedback.decide(cast.chen, row.pk, "complaint", "price", NOW).deed == "agreed"
    row = feedback.decide(cast.tao, row.pk, "suggestion", "", NOW)
    assert (row.kind, row.topic, row.state, row.deed, row.decided_by) == ("suggestion", "", "decided", "corrected", cast.tao)
    row.refresh_from_db()
    assert (row.words, row.read_kind, row.read_topic) == ("发票还没给", "complaint", "price")
    row = feedback.decide(cast.tao, row.pk, "nothing", "", NOW)
    assert (row.state, row.deed) == ("nothing", "")
    assert AuditEntry.objects.filter(action="feedback.decided").count() == 3


def test_praise_is_never_urgent(cast: Cast) -> None:
    row = said(cast, "马上就好了", urgency=2)
    assert feedback.decide(cast.chen, row.pk, "praise", "price", NOW).urgency == 0


@pytest.mark.parametrize(("kind", "topic"), [("gossip", "price"), ("praise", "no-such")])
def test_a_kind_or_topic_there_is_not_is_refused(cast: Cast, kind: str, topic: str) -> None:
    row = said(cast, "好")
    with pytest.raises(Invalid):
        feedback.decide(cast.chen, row.pk, kind, topic, NOW)


def test_nobody_decides_about_customers_of_another_branch(cast: Cast) -> None:
    row = said(cast, "好")
    for by in (cast.stranger, cast.an):
        with pytest.raises(NotAllowed):
            feedback.decide(by, row.pk, "praise", "", NOW)
    row.refresh_from_db()
    assert row.state == "unsure"


def test_the_same_matter_of_many_customers_and_of_one_customer_is_joined(cast: Cast) -> None:
    first = said(cast, "休息室空调不制冷，热死了", 0, 3)
    same = said(cast, "休息室的空调不制冷，太热", 1, 2)
    again = said(cast, "我上次就说了休息室空调的事", 0, 1, topic="")
    other = said(cast, "发票到现在没给", 2)
    assert [join_alike(one) for one in (first, other)] == [None, None]
    group = join_alike(same)
    assert group is not None
    assert join_alike(same) == group
    assert join_alike(again) == group
    assert join_alike(said(cast, "休息室空调不制冷", 2, kind="praise")) is None
    first.refresh_from_db()
    (found,) = queries.groups(cast.tao)
    assert (found.statements, found.customers, found.shown) == (3, 2, again)
    assert [one.pk for one in queries.beside(cast.tao, first)] == [again.pk, same.pk]
    assert queries.beside(cast.tao, other) == []
    assert queries.groups(cast.stranger) == []


def test_people_join_and_take_out_and_groups_become_one(cast: Cast) -> None:
    rows = [said(cast, f"第{n}条", n % 3, n) for n in range(4)]
    feedback.join(cast.chen, rows[0].pk, rows[1].pk, NOW)
    feedback.join(cast.chen, rows[2].pk, rows[3].pk, NOW)
    assert FeedbackGroup.objects.count() == 2
    feedback.join(cast.chen, rows[3].pk, rows[0].pk, NOW)
    assert FeedbackGroup.objects.get().statements.count() == 4
    with pytest.raises(Invalid):
        feedback.join(cast.chen, rows[0].pk, rows[0].pk, NOW)
    for row in rows[:3]:
        feedback.split(cast.chen, row.pk, NOW)
    assert not FeedbackGroup.objects.exists()
    feedback.split(cast.chen, rows[3].pk, NOW)
    assert {row.words for row in Feedback.objects.all()} == {f"第{n}条" for n in range(4)}


def test_the_business_has_its_own_tree_in_versions(cast: Cast) -> None:
    assert "attitude" in feedback_topics.tree_in_force().topics
    assert feedback_topics.keep_tree(cast.wang, TREE, NOW) is not None
    assert feedback_topics.keep_tree(cast.wang, TREE.replace("\n", "\r\n"), NOW) is None
    assert feedback_topics.tree_in_force().keys == ("price", "noise")
    with pytest.raises(PlaybookError):
        feedback_topics.keep_tree(cast.wang, "title: x", NOW)
    with pytest.raises(NotAllowed):
        feedback_topics.keep_tree(cast.tao, TREE + "\n", NOW)
    assert TopicTreeVersion.objects.count() == 1


def test_a_trade_has_its_tree(cast: Cast) -> None:
    cast.version.playbook = "hospital"
    cast.version.save()
    assert feedback_topics.trade() == "hospital"


def test_only_what_people_decided_is_learned_from(cast: Cast) -> None:
    feedback_topics.keep_tree(cast.wang, TREE, NOW)
    for place in range(40):
        kind, words, topic = (("complaint", "咣当咣当响", "noise"), ("praise", "杠杠滴，没得挑", "价格"))[place % 2]
        said(cast, f"{words}{place}", place % 3, state="decided", deed="corrected", kind=kind, topic=topic)
    said(cast, "杠杠滴，没得挑", state="read", deed="", confidence=0.99)  # the reader's own answer
    assert len(feedback_learning.decisions()) == 40
    assert {one.topic for _, one in feedback_learning.decisions()} == {"noise", "price"}
    assert schedule.feedback_reading.worth_learning()
    schedule.due(NOW)
    assert Job.objects.filter(kind="feedback-learn").count() == 1
    HANDLERS["feedback-learn"].run({}, NOW)
    model = FeedbackModel.objects.get()
    assert (model.decided, model.topics_decided) == (40, 40)
    assert model.asked > 0
    assert model.right is not None
    assert not feedback_reading.worth_learning()
    (reading,) = feedback_reader.current().read(["杠杠滴，没得挑"])
    assert (reading.kind, reading.topic) == ("praise", "price")
    feedback_topics.keep_tree(cast.wang, TREE + "  extra: {title: {zh: 其他, en: Other}, words: 其他}\n", NOW)
    assert feedback_reader.current().topics is None


def test_old_models_are_not_kept_and_nothing_decided_is_fine(cast: Cast) -> None:
    for _ in range(feedback_learning.KEPT + 1):
        model = feedback_learning.learn_now(NOW)
    assert FeedbackModel.objects.count() == feedback_learning.KEPT
    assert (model.asked, model.right, queries.last_model()) == (0, None, model)


def test_the_list_pages_by_place_and_costs_one_query(cast: Cast, django_assert_num_queries: object) -> None:
    rows = [said(cast, f"第{n}条", n % 3, n // 60) for n in range(queries.PAGE + 7)]
    said(cast, "不是", state="nothing")
    with django_assert_num_queries(1):  # type: ignore[operator]
        page = queries.feedback_page(cast.an, queries.Filters())
    last = queries.feedback_page(cast.an, queries.Filters(after=page.after))
    assert [row.pk for row in (*page.rows, *last.rows)] == sorted((row.pk for row in rows), reverse=True)
    assert last.after == ""
    for nonsense in ("x", "2026-11-20,1", "2026-11-20T00:00:00+00:00,x"):
        assert len(queries.feedback_page(cast.tao, queries.Filters(after=nonsense)).rows) == queries.PAGE


def test_filters_narrow_the_list(cast: Cast) -> None:
    said(cast, "甲", urgency=2)
    said(cast, "乙", kind="praise", topic="", state="decided", days=9)
    group = FeedbackGroup.objects.create(opened_at=NOW)
    said(cast, "丙", group=group, state="read")

    def words(by: Staff = cast.tao, **wanted: object) -> set[str]:
        return {row.words for row in queries.feedback_page(by, queries.Filters(**wanted)).rows}  # type: ignore[arg-type]

    assert words(kind="praise") == words(topic="none") == {"乙"}
    assert words(urgency=1) == words(unsure=True) == {"甲"}
    assert words(topic="price") == words(first=NOW.date()) == {"甲", "丙"}
    assert words(group=group.pk) == {"丙"}
    assert words(branch=cast.other_branch.pk) == words(cast.stranger) == set()


def test_topics_are_ranked_by_number_and_by_weight(cast: Cast) -> None:
    for n in range(3):
        said(cast, f"建议{n}", kind="suggestion", topic="place", state="decided")
    said(cast, "危险", urgency=2, state="decided")
    day = NOW.date()
    assert [row.topic for row in queries.topics_ranked(cast.tao, day, day, 0, "", "number")] == ["place", "price"]
    assert [row.topic for row in queries.topics_ranked(cast.tao, day, day, 0, "", "weight")] == ["price", "place"]
    assert [row.topic for row in queries.topics_ranked(cast.tao, day, day, cast.branch.pk, "suggestion", "number")] == ["place"]
    assert queries.topics_ranked(cast.stranger, day, day, 0, "", "number") == []
