"""What is said without a name becomes feedback; whoever holds the whole database cannot tell whose it is, or on which day it was said."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.core import serializers
from django.test import Client
from django.urls import reverse

from huifang.app import access
from huifang.app.api.feedback import _shown
from huifang.app.business_time import business_day
from huifang.app.jobs import schedule, worker
from huifang.app.queries import feedback as queries
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import (
    AuditEntry,
    Branch,
    Case,
    Feedback,
    FeedbackGroup,
    Job,
    Notice,
    Staff,
    Survey,
    SurveyAnswer,
    SurveyResponse,
)
from huifang.app.services import (
    contact_policy,
    feedback_cases,
    feedback_nameless,
    feedback_reading,
    language_model,
    playbooks,
    survey_promises,
)
from huifang.domain.errors import Conflict
from huifang.domain.small_groups import DELICATE
from tests.app.surveys.asked import NOW, PLAYBOOK, Shop, shop

K = DELICATE


@pytest.fixture
def place(db: None) -> Shop:
    return shop()


def say(place: Shop, day: date, words: str, branch: Branch | None = None, key: str = "quarterly") -> None:
    """One person's answers on a day."""
    survey = survey_promises.survey_of("link-shop", key, playbook_of(place.version).questionnaires[key])
    response = SurveyResponse.objects.create(
        survey=survey, playbook_version=place.version, questionnaire_version=1, branch=branch, way="open", language="en", day=day,
        fingerprint="x",
    )  # fmt: skip
    question = "wish" if key == "quarterly" else "why"
    SurveyAnswer.objects.create(response=response, question=question, text=words)
    SurveyAnswer.objects.create(response=response, question="grid", text="{} 不是原话")


def night(day: date) -> datetime:
    """Three in the morning in Shanghai."""
    return datetime.combine(day, time(19), UTC) - timedelta(days=1)


def work_off(now: datetime) -> None:
    while worker.once(now):
        pass
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def dump() -> set[tuple[object, ...]]:
    """All of every row of feedback that does not follow from its words, with them."""
    return {(row.pk, row.words, row.at, row.branch_id, row.customer_id, row.source, row.record_id) for row in Feedback.objects.all()}


def test_an_attack_with_every_nights_dump_finds_nobody(place: Shop, monkeypatch: pytest.MonkeyPatch):
    """Half a year of nights, people saying something on any day in two branches and in none, more in some months than in others."""
    monkeypatch.setattr(feedback_nameless, "find_spec", lambda _name: None)
    draw, day, end = Random(5), date(2026, 4, 1), date(2026, 10, 2)
    said: dict[str, tuple[date, int | None]] = {}
    asked = (("quarterly", place.here), ("quarterly", place.there), ("quarterly", None), ("after-job", place.here))
    before = dump()
    while day < end:
        feedback_nameless.take_due(night(day))
        now = dump()
        assert before <= now, "what was taken never changes"
        new = now - before
        assert not new or day.day == 1, "nothing comes before a month is over"
        for moment in {at for _pk, _words, at, *_rest in new}:
            batch = [row for row in new if row[2] == moment]
            assert len(batch) >= K
            assert moment == moment.replace(hour=15, minute=59, second=59, microsecond=0), "a month's last second in Shanghai"
            for branch in {row[3] for row in batch}:
                assert sum(row[3] == branch for row in batch) >= K, "those of a branch hide among ten, and so do those of none"
        before = now
        for key, branch in asked:
            for _person in range(draw.choice((0, 0, 0, 1)) if day.month in (4, 6) else draw.choice((0, 0, 1, 2))):
                words = f"说了第{len(said)}句"
                said[words] = day, branch.pk if branch else None
                say(place, day, words, branch, key)
        day += timedelta(days=1)
    rows = list(Feedback.objects.order_by("pk"))
    told = [said[row.words] for row in rows]
    assert len(rows) == len({row.words for row in rows}) > 100
    assert all(row.branch_id in (None, branch) for row, (_day, branch) in zip(rows, told, strict=True)), "no word stands in another branch"
    assert any(row.branch_id for row in rows)
    assert all(business_day(row.at) >= day for row, (day, _branch) in zip(rows, told, strict=True))
    for moment in {row.at for row in rows}:
        order = [said[row.words][0] for row in rows if row.at == moment]
        assert order != sorted(order), "the numbers of the rows tell no order of days"
    kept = serializers.serialize("json", Feedback.objects.all())
    for table in (SurveyResponse, SurveyAnswer):
        assert not any(str(number) in kept for number in table.objects.values_list("pk", flat=True)), "no number leads back"
    assert {entry.detail.keys() <= {"until", "statements"} for entry in AuditEntry.objects.filter(action="survey.words-taken")} == {True}


def test_the_row_order_is_no_guide_to_the_order_of_answers(place: Shop, monkeypatch: pytest.MonkeyPatch):
    """Over many draws, each of three people stands at each place about as often: no place tells who it was."""
    monkeypatch.setattr(feedback_nameless, "DELICATE", 3)
    for number in range(3):
        say(place, date(2026, 10, 1 + number), f"第{number}句")
    places: Counter[tuple[int, str]] = Counter()
    for _draw in range(300):
        Feedback.objects.all().delete()
        Survey.objects.update(words_until=None)
        feedback_nameless.take_due(NOW)
        places.update(enumerate(Feedback.objects.order_by("pk").values_list("words", flat=True)))
    assert len(places) == 9
    assert all(50 < number < 150 for number in places.values()), "100 each; 50 lies six standard deviations off"


def test_too_few_words_wait_for_the_month_that_makes_ten_of_them(place: Shop):
    for number in range(K - 1):
        say(place, date(2026, 8, 3), f"八月{number}")
    say(place, date(2026, 8, 4), "。。。")
    assert feedback_nameless.take_due(NOW.replace(month=9)) == 0
    assert feedback_nameless.anything_due(NOW.date())
    say(place, date(2026, 10, 30), "十月")
    assert feedback_nameless.take_due(NOW) == K
    assert set(Feedback.objects.values_list("at", flat=True)) == {datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)}
    assert Survey.objects.get(questionnaire="quarterly").words_until == date(2026, 10, 31)
    assert feedback_nameless.take_due(NOW) == 0
    say(place, date(2026, 9, 1), "补交的")
    assert feedback_nameless.take_due(NOW) == 0, "a month that was taken stays as it is"


def test_one_person_who_says_much_is_one_person(place: Shop):
    two = PLAYBOOK.replace("en: Cost}, type: number", "en: Cost}, type: text")
    place.version = playbooks.activate(None, playbooks.add_version(None, two, "link-shop.yaml", NOW), NOW)
    for number in range(K - 1):
        say(place, date(2026, 10, 3), f"第{number}句")
    SurveyAnswer.objects.create(response=SurveyResponse.objects.all()[0], question="cost", text="又一句")
    assert feedback_nameless.take_due(NOW) == 0
    say(place, date(2026, 10, 3), "第十人")
    assert feedback_nameless.take_due(NOW) == K + 1


def test_two_months_that_are_over_are_two_batches(place: Shop):
    for number in range(K):
        say(place, date(2026, 9, 30), f"九月{number}", place.here)
        say(place, date(2026, 10, 1), f"十月{number}", place.here)
        say(place, NOW.date(), f"本月{number}", place.here)
    assert feedback_nameless.take_due(NOW) == 2 * K
    assert {(business_day(row.at).month, row.words[:1], row.branch) for row in Feedback.objects.all()} == {
        (9, "九", place.here), (10, "十", place.here),
    }  # fmt: skip


def test_the_night_takes_and_reads_them(place: Shop):
    for number in range(K):
        say(place, date(2026, 10, 5), "刹车失灵，太差了，马上处理" if number == 0 else f"收费太贵，多收了{number}百块", place.here)
    schedule.due(night(date(2026, 11, 1)) - timedelta(hours=2))
    assert not Job.objects.filter(kind="nameless-words").exists(), "at one in the morning an answer may still be on its way"
    schedule.due(night(date(2026, 11, 1)))
    schedule.due(night(date(2026, 11, 1)))
    assert Job.objects.filter(kind="nameless-words").count() == 1
    Job.objects.exclude(kind="nameless-words").delete()
    work_off(night(date(2026, 11, 1)))
    rows = list(Feedback.objects.all())
    assert len(rows) == K
    assert all(row.read_kind and row.state != "nothing" and row.branch == place.here for row in rows)
    urgent = next(row for row in rows if row.urgency == 2)
    assert set(Notice.objects.filter(subject=f"feedback:{urgent.pk}").values_list("to__code", flat=True)) == {"SUPER1", "MANAGER1"}
    assert not Case.objects.exists()
    assert not feedback_nameless.anything_due(date(2026, 11, 2))


def test_without_the_library_they_are_kept_and_read_once_it_is_there(place: Shop, monkeypatch: pytest.MonkeyPatch):
    for number in range(K):
        say(place, date(2026, 10, 5), f"收费太贵{number}")
    monkeypatch.setattr(feedback_nameless, "find_spec", lambda _name: None)
    assert (feedback_nameless.take_due(NOW), feedback_nameless.read_taken(NOW)) == (K, 0)
    assert not feedback_nameless.anything_due(NOW.date())
    monkeypatch.undo()
    assert feedback_nameless.anything_due(NOW.date())
    assert feedback_nameless.read_taken(NOW) == K


def nameless(words: str, branch: Branch | None = None, **more: object) -> Feedback:
    about = {"kind": "complaint", "topic": "price", "state": "read", "deed": "", "read_kind": "complaint", "at": NOW} | more
    return Feedback.objects.create(customer=None, branch=branch, words=words, **about)


def test_nameless_words_do_not_leave_the_house(place: Shop, monkeypatch: pytest.MonkeyPatch):
    def asked(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(language_model, "setting", asked)
    row = nameless("嗯，怎么说呢", state="unsure", read_kind="")
    feedback_reading.read("api", row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.reader) == ("unsure", "local")


def test_they_are_joined_by_topic_and_count_as_people(place: Shop):
    one = nameless("结账的时候多收了五十块钱", state="unsure", read_kind="")
    other = nameless("结账的时候多收了五十块钱！", state="unsure", read_kind="")
    known = Feedback.objects.create(customer=place.customer, words="结账的时候多收了五十块钱", at=NOW, kind="complaint", source="api:1",
                                    state="unsure", deed="", read_kind="")  # fmt: skip
    for row in (one, other, known):
        feedback_reading.read("api", row.pk, NOW)
    group = FeedbackGroup.objects.get()
    assert group.statements.count() == 3
    (matter,) = queries.groups(place.manager)
    assert (matter.statements, matter.customers) == (3, 3)
    assert not Case.objects.exists()


def test_words_of_one_matter_are_not_taken_for_one_person(place: Shop):
    """Alike enough for one customer, not for two: nobody knows that two nameless statements are one person's."""
    first, second = "等了三个小时才修好车，前台也没人说一声", "等了三个小时，服务太慢"
    one, other = nameless(first, topic="a"), nameless(second, topic="b", state="unsure", read_kind="")
    assert feedback_reading.read("api", other.pk, NOW).group is None
    assert queries.near(place.manager, one) == []


def test_no_case_is_opened_for_nobody(place: Shop):
    row = nameless("多收了钱", place.here)
    for refused in (
        lambda: feedback_cases.open_for(place.supervisor, row.pk, "link-shop:unhappy", NOW),
        lambda: feedback_cases.add_to(place.supervisor, row.pk, "W-1", NOW),
    ):
        with pytest.raises(Conflict, match="Nobody knows"):
            refused()
    assert feedback_cases.said_again(row, NOW) is None
    assert list(queries.feedback_page(place.manager, queries.Filters(loose=True)).rows) == []


def test_who_has_one_branch_sees_its_nameless_words_and_no_others(place: Shop):
    here, there, nowhere = nameless("本店", place.here), nameless("外店", place.there), nameless("全公司")
    assert set(access.feedback_for(place.supervisor)) == {here}
    assert set(access.feedback_for(place.stranger)) == {there}
    assert set(access.feedback_for(place.manager)) == {here, there, nowhere}
    assert queries.feedback_page(place.manager, queries.Filters(branch=place.there.pk)).rows == (there,)
    day = NOW.date()
    assert [row.number for row in queries.topics_ranked(place.manager, day, day, 0, "complaint", "number")] == [3]
    assert [row.number for row in queries.topics_ranked(place.manager, day, day, place.here.pk, "complaint", "number")] == [1]


def test_what_is_learned_of_contacts_knows_no_nameless_words(place: Shop):
    nameless("别再打电话了", topic=next(iter(contact_policy.ABOUT_CONTACT)))
    nameless("谢谢", kind="praise")
    assert not contact_policy.told().exists()
    assert contact_policy._praised(NOW.date()).num_rows == 0


def client(staff: Staff) -> Client:
    Staff.objects.filter(pk=staff.pk).update(language="en")
    one = Client()
    one.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return one


def test_the_pages_say_that_nobody_is_known_and_name_the_month(place: Shop):
    row, other = nameless("多收了钱", place.here), nameless("又多收了钱", place.here)
    browser = client(place.supervisor)
    page = browser.get(reverse("feedback")).content.decode()
    assert "Name not known · 安达南山店" in page
    assert "2026-11</td>" in page
    shown = browser.get(reverse("feedback-one", args=[row.pk])).content.decode()
    for said in ("keeps no name", "Belongs together?", "又多收了钱"):
        assert said in shown
    assert "Open the case" not in shown
    assert browser.post(reverse("feedback-case", args=[row.pk]), {"kind": "link-shop:unhappy"}).status_code == 422
    browser.post(reverse("feedback-join", args=[row.pk]), {"other": str(other.pk)})
    assert "Take out" in browser.get(reverse("feedback-one", args=[row.pk])).content.decode()
    nameless("可能吧", place.here, state="unsure")
    assert "可能吧" in browser.get(reverse("feedback-asks")).content.decode()
    assert "多收了钱" in browser.get(reverse("feedback-groups")).content.decode()


def test_the_interface_gives_no_customer(place: Shop):
    assert _shown(nameless("多收了钱")).customer == ""
