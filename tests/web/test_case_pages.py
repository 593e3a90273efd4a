"""Pages of cases: filters and pages, deeds, causes with their measures, the board, notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from huifang.app.business_time import business_day
from huifang.app.queries.case_words import causes_in
from huifang.app.queries.indicators import moved_by
from huifang.app.records.models import Case, Measure, Notice, Record
from huifang.app.services import cases, measures
from huifang.app.web import pareto
from huifang.app.web.templatetags.admin_parts import percent_whole, points
from huifang.playbooks import library

SHOP = library.read("repair-shop").playbook


@pytest.fixture
def case(scene) -> Case:
    return cases.open_case(scene.agent, scene.first.customer, "dissatisfied", "刹车异响", timezone.now(), version=scene.version)


def act(client, case, deed, **more):
    return client.post(reverse("case-act", args=[case.number]), {"deed": deed} | more)


def text(answer) -> str:
    return answer.content.decode()


def test_a_case_is_worked_through_its_page(scene, signed_in, case):
    client, manager = signed_in(scene.supervisor), signed_in(scene.manager)
    soon = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    for deed, form in (
        ("answer", {"words": "已致歉"}),
        ("move", {"state": "waiting_parts"}),
        ("move", {"state": ""}),
        ("propose", {"kind": "discount", "amount": "600", "words": "工时"}),
        ("promise", {"words": "周三前回电", "due_at": soon}),
        ("solve", {"words": "返修", "cause": "quality.parts"}),
    ):
        assert act(client, case, deed, **form).status_code == 302, deed
    assert "Approve" not in text(client.get(reverse("case", args=[case.number])))
    assert act(client, case, "approve", compensation=case.compensations.get().pk).status_code == 403
    assert "Approve" in text(manager.get(reverse("case", args=[case.number])))
    assert act(manager, case, "approve", compensation=case.compensations.get().pk).status_code == 302
    assert act(client, case, "keep", promise=case.promises.get().pk).status_code == 302
    refused = act(client, case, "close", words="好了")
    assert refused.status_code == 409
    assert "no measure" in text(refused)
    plan = {"title": "配件入库抽检", "owner": scene.colleague.pk, "due": "2027-01-15", "indicator": "cause_rate", "cause": "quality.parts"}
    assert act(client, case, "measure", **plan).status_code == 302
    assert act(client, case, "close", words="好了").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.measure.title) == ("closed", "配件入库抽检")


def test_forms_say_what_is_missing(scene, signed_in, case):
    client = signed_in(scene.supervisor)
    assert act(client, case, "promise", words="回电", due_at="x").status_code == 422
    assert act(client, case, "propose", kind="discount", amount="much", words="x").status_code == 422
    assert act(client, case, "propose", kind="discount", amount="1e12", words="x").status_code == 422
    assert act(client, case, "measure", title="", owner="", due="", indicator="?").status_code == 422
    assert act(client, case, "attach", measure="1").status_code == 403
    assert act(client, case, "withdraw", promise="1", words="x").status_code == 409
    assert act(client, case, "refuse", compensation="1", words="x").status_code == 409


def test_cases_are_joined_and_parted_on_the_page(scene, signed_in, case):
    client = signed_in(scene.supervisor)
    act(client, case, "comment", words="发票也开错了")
    answer = act(client, case, "split", title="发票开错", step=case.steps.get(what="comment").pk)
    new = Case.objects.get(split_from=case)
    assert answer.headers["Location"] == reverse("case", args=[new.number])
    assert act(client, new, "merge", into=case.number).headers["Location"] == reverse("case", args=[case.number])
    assert "发票也开错了" in text(client.get(reverse("case", args=[case.number])))
    assert case.number in text(client.get(reverse("case", args=[new.number])))


def test_the_list_goes_on_where_it_ended_whatever_is_shown(scene, signed_in, case, django_assert_max_num_queries):
    now = timezone.now()
    who = scene.first.customer
    rows = [
        Case(
            number=f"N{n}",
            kind="dissatisfied",
            customer=who,
            branch=scene.here,
            title=f"第 {n} 件",
            opened_at=now,
            sorted_at=now,
            cause="other",
        )
        for n in range(120)
    ]
    Case.objects.bulk_create(rows)
    client = signed_in(scene.supervisor)
    for show in ("open", "all"):
        seen, after = [], ""
        for _page in range(4):
            page = client.get(reverse("cases"), {"show": show, "after": after}).context["page"]
            seen += [row.number for row in page.rows]
            after = page.after
            if not after:
                break
        assert len(seen) == len(set(seen)) == 122
    assert client.get(reverse("cases"), {"after": "nonsense"}).status_code == 200
    found = client.get(reverse("cases"), {"show": "overdue", "kind": "dissatisfied", "level": "1", "branch": scene.here.pk})
    assert not found.context["page"].rows
    today = business_day(now)
    query = {"show": "all", "cause": "other", "first": today.isoformat(), "last": today.isoformat()}
    assert len(client.get(reverse("cases"), query).context["page"].rows) == 50
    assert client.get(reverse("cases"), query | {"first": "x"}).status_code == 200


def test_causes_stand_beside_their_measures(scene, signed_in, case):
    now = timezone.now()
    cases.answer(scene.supervisor, case.pk, "x", now)
    cases.solve(scene.supervisor, case.pk, "quality.parts", "x", now)
    plan = measures.Plan("配件入库抽检", scene.colleague.pk, business_day(now), cause="quality")
    measures.begin(scene.supervisor, plan, scene.here, now)
    manager = signed_in(scene.manager)
    page = text(manager.get(reverse("causes"), {"branch": scene.here.pk, "days": "30"}))
    assert "Quality of work › Parts" in page
    assert "配件入库抽检" in page
    assert "cause=quality.parts" in page
    assert "No causes in this time" in text(manager.get(reverse("causes"), {"branch": scene.there.pk}))
    assert "style=" not in pareto.chart("t", [pareto.Bar("很长" * 30, 3, 0.75, "/x"), pareto.Bar("b", 1, 1.0, "/y")])
    assert pareto.chart("t", []) == ""


def test_a_measure_moves_over_the_board_with_evidence(scene, signed_in):
    client, mine, other = signed_in(scene.supervisor), signed_in(scene.colleague), signed_in(scene.agent)
    plan = {"title": "交车前试车", "owner": scene.colleague.pk, "due": "2026-01-15", "indicator": "satisfaction", "cause": "quality"}
    assert client.post(reverse("measure-new"), {}).status_code == 422
    assert client.post(reverse("measure-new"), plan).status_code == 302
    made = Measure.objects.get(title="交车前试车")
    assert "交车前试车" in text(client.get(reverse("measures")))
    url = reverse("measure-act", args=[made.pk])
    assert other.post(url, {"deed": "move-on", "words": "x"}).status_code == 403
    assert mine.post(url, {"deed": "move-on", "words": ""}).status_code == 422
    assert [mine.post(url, {"deed": "move-on", "words": "见附件"}).status_code for _ in range(5)] == [302] * 4 + [409]
    assert client.post(url, {"deed": "change", "owner": scene.agent.pk, "due": ""}).status_code == 422
    assert client.post(url, {"deed": "change", "owner": scene.agent.pk, "due": "2027-03-01"}).status_code == 302
    assert client.post(url, {}).status_code == 400
    assert "见附件" in text(mine.get(reverse("measure", args=[made.pk])))
    assert signed_in(scene.stranger).get(reverse("measure", args=[made.pk])).status_code == 404


def test_the_board_says_in_words_why_a_figure_is_missing(scene, signed_in):
    today, client = business_day(timezone.now()), signed_in(scene.supervisor)
    measures.begin(scene.supervisor, measures.Plan("x", scene.agent.pk, today, indicator="reopened"), scene.here, timezone.now())
    made = Measure.objects.get(title="x")

    def said(carried_out: date | None) -> str:
        Measure.objects.filter(pk=made.pk).update(begun_on=today, carried_out_on=carried_out)
        return text(client.get(reverse("measures")))

    assert "No figure from before: nothing was counted from" in said(None)
    assert "Measured again from the day after it is carried out" in said(None)
    assert "Not measured again yet: first figure on tomorrow" in said(today)
    assert "Not measured again yet: nothing counted since today" in said(today - timedelta(days=1))
    Record.objects.filter(programme="day-after").update(day=today - timedelta(days=1), satisfied=True)
    Measure.objects.filter(pk=made.pk).update(indicator="satisfaction")
    assert "→" in said(today - timedelta(days=2))


@pytest.mark.parametrize("indicator", ["satisfaction", "cause_rate", "answered_in_time", "reopened"])
def test_an_indicator_is_measured_before_and_after(scene, case, indicator):
    today = business_day(timezone.now())
    measure = Measure(
        title="x", cause="quality", branch=scene.here, owner=scene.agent, due=today, indicator=indicator, programme="day-after",
        begun_on=today, carried_out_on=today - timedelta(days=2),
    )  # fmt: skip
    Record.objects.filter(programme="day-after").update(day=today - timedelta(days=1))
    found = moved_by(measure, today)
    assert found.after is not None
    assert found.again == today - timedelta(days=1)
    measure.carried_out_on = today
    assert (moved_by(measure, today).after, moved_by(measure, today).again) == (None, today + timedelta(days=1))
    measure.carried_out_on = None
    assert (moved_by(measure, today).after, moved_by(measure, today).again) == (None, None)
    satisfied = Record.objects.filter(programme="day-after", satisfied__isnull=False).count()
    assert indicator != "satisfaction" or found.before.total == satisfied


def test_notices_are_read_by_who_opens_the_page(scene, signed_in, case):
    client = signed_in(scene.supervisor)
    assert "1 unread notice" in text(client.get(reverse("notices-count")))
    page = text(client.get(reverse("notices")))
    assert reverse("case", args=[case.number]) in page
    client.get(reverse("case", args=[case.number]))
    assert text(client.get(reverse("notices-count"))).strip() == ""
    Notice.objects.bulk_create(
        Notice(to=scene.supervisor, words={"zh": "甲", "en": "A"}, subject=subject, at=timezone.now())
        for subject in ["measure:1", "branch", "plan:x", *["case:999"] * 60]
    )
    following = client.get(reverse("notices")).context["following"]
    assert len(client.get(reverse("notices"), {"before": following}).context["lines"]) == 14
    client.post(reverse("notices-read"))
    assert not Notice.objects.filter(to=scene.supervisor, read_at=None).exists()


def test_causes_of_several_playbooks_are_one_list():
    assert list(causes_in([SHOP, SHOP])) == list(SHOP.causes)
    assert (percent_whole(None), percent_whole(0.428), points(0.042)) == ("", "43 %", "+4.2")
