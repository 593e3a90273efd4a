"""What `desk_seed` has done besides: knowledge, cases, versions, other systems, imports, extreme data, the page of a fault."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.utils import translation

from huifang.app.business_time import business_moment
from huifang.app.jobs import handlers
from huifang.app.records.models import (
    Article,
    ContactPoint,
    Customer,
    Feedback,
    ImportBatch,
    Job,
    Notice,
    NoticeDelivery,
    NoticeRobot,
    Subscription,
    SurveyInvitation,
    WebhookDelivery,
)
from huifang.app.services import (
    cases,
    comments,
    dry_runs,
    outlooks,
    playbook_drafts,
    playbook_reviews,
    playbooks,
    training,
)
from huifang.app.services.survey_links import hand_out
from huifang.app.web.views.errors import server_error
from tests.browser.desk_deeds import Places, signed_in
from tests.web.scene import Scene

_LONG = "等了三个多小时，说好两小时的。" * 40


def known(scene: Scene, now: datetime) -> Places:
    """Articles with required reading, a comment among colleagues, links of a questionnaire."""
    made = [
        Article.objects.create(title=title, words=words, tags=tags, branch=None, changed_at=now)
        for title, words, tags in (
            ("多久保养一次？", "每半年或一万公里，以先到者为准。\n\n- 新车首保 5,000 公里\n- 全合成机油一年", ["保养"]),
            ("客户要求退订怎么办", "立即登记，所有渠道停止联络。", ["退订", "规定"]),
        )
    ]
    quiz = "客户要求退订怎么办？ | 立即登记 | 下次再说"
    training.ask(scene.supervisor, made[1].pk, ("agent",), quiz, scene.run.day + timedelta(days=7), now)
    comments.comment(scene.agent, scene.first.customer_id, "客户周末才方便接电话。@周敏 请留意。", now)
    link = hand_out(scene.agent, "repair-shop", "repair-ten", "open", now)
    over = hand_out(scene.agent, "repair-shop", "repair-ten", "personal", now, customer_code=scene.followups[5].customer.code)
    SurveyInvitation.objects.filter(pk=over.pk).update(expires_at=now - timedelta(days=1))
    return {
        "article": made[0].pk, "reading": made[1].pk, "survey": link.token, "expired": over.token, "survey_link": link.pk,
        "branch": scene.here.pk, "colleague": scene.colleague.pk,
    }  # fmt: skip


def solved(scene: Scene, now: datetime) -> Places:
    """A case with all its parts, one that is solved, measures, feedback."""
    case = cases.open_case(scene.agent, scene.first.customer, "dissatisfied", "刹车异响，返修两次仍未解决", now, version=scene.version)
    desk = signed_in(scene.supervisor)
    soon = f"{scene.run.day + timedelta(days=3)}T10:00"
    for deed, form in (
        ("answer", {"words": "已致歉，今天下午请技师复检。"}), ("propose", {"kind": "discount", "amount": "600", "words": "工时减免"}),
        ("promise", {"words": "周三前回电", "due_at": soon}), ("comment", {"words": "配件已订，周二到货。"}),
        ("measure", {
            "title": "配件入库抽检", "owner": scene.colleague.pk, "due": "2027-01-15", "indicator": "cause_rate", "cause": "quality.parts",
        }),
    ):  # fmt: skip
        desk.post(f"/cases/{case.number}/act/", {"deed": deed} | form)
    other = cases.open_case(scene.agent, scene.followups[3].customer, "dissatisfied", "结算单与报价不符", now, version=scene.version)
    desk.post(f"/cases/{other.number}/act/", {"deed": "solve", "words": "差额已退", "cause": "quality.parts"})
    for title in ("交车前先试车", "接待时说明等候时间"):
        desk.post("/measures/new/", {"title": title, "owner": scene.supervisor.pk, "due": "2026-12-10", "indicator": "satisfaction"})
    case.refresh_from_db()
    feedback = Feedback.objects.order_by("pk").values_list("pk", flat=True).first()
    return {"case": case.number, "solved": other.number, "measure": case.measure_id, "feedback": feedback}


def revised(scene: Scene, now: datetime) -> Places:
    """A draft, and a version that waits for a second person, tried on today and on the days to come."""
    draft = playbook_drafts.open_draft(scene.manager, scene.version, now)
    text = scene.version.text.replace("    within: 1 working day\n", "    within: 2 working days\n", 1)
    later = playbooks.add_version(scene.manager, text, "repair-shop.yaml", now)
    playbook_reviews.ask(scene.manager, later, "回访时限放宽到两个工作日。", now)
    dry_runs.perform(dry_runs.ask(scene.manager, later, now).pk, now)
    outlooks.SHORTEST = 3
    outlooks.perform(outlooks.ask(scene.manager, later, 3, now).pk, now)
    return {"draft": draft.pk, "later": later.pk}


def connected(scene: Scene, now: datetime) -> Places:
    """Other systems, robots of groups, a telephone's calendar, notices told outside."""
    admin = signed_in(scene.administrator)
    admin.post("/settings/interfaces/keys/", {"name": "DMS 门店系统", "scopes": ["events:write"], "branches": [scene.here.pk]})
    about = {"acts_as": scene.colleague, "created_at": now}
    hook = Subscription.objects.create(name="BI 平台", url="https://hooks.example.com/in", secret="x", events=["case.opened"], **about)
    for number, state in enumerate(WebhookDelivery.State.values):
        WebhookDelivery.objects.create(subscription=hook, number=number, event="case.opened", body="{}", state=state, next_at=now,
                                       created_at=now, status=500)  # fmt: skip
    admin.post(
        "/settings/interfaces/sources/",
        {"name": "收银系统", "mapping": '{"kind": "=x", "at": "t", "customer": "c"}', "branches": [scene.here.pk]},
    )
    NoticeRobot.objects.create(name="南山店群", kind="wecom", url="https://robots.invalid/send?key=1", branch=scene.here,
                               about=["cases", "team"], created_at=now)  # fmt: skip
    signed_in(scene.agent).post("/calendar/")
    notice = Notice.objects.create(to=scene.agent, words={"zh": "有新工单", "en": "A new case"}, subject="case:1", at=now)
    for way, state in (("mail", "failed"), ("robot", "waiting"), ("mail", "sent")):
        said = {"zh": "服务商拒绝发送（45009）。", "en": "The provider refused it (45009)."}
        NoticeDelivery.objects.create(notice=notice, way=way, state=state, next_at=now, at=now, words=said)
    return {"webhook": hook.pk}


def brought_in(scene: Scene, now: datetime) -> Places:
    """An import that waits for its columns, one with rejected rows, one that was taken back; of events one that waits, and one of a kind
    that no playbook names.
    """
    client, batches = signed_in(scene.manager), []
    head, rows = "客户编号,姓名,电话", "KH9{0}01,韩梅梅,1380000204{0}\nKH9{0}02,李雷,138\nKH9{0}03,林涛,1390000123{0}\n"
    for number, name in enumerate(("客户清单.csv", "十一月客户.csv", "旧系统客户.csv")):
        file = SimpleUploadedFile(name, f"{head}\n{rows.format(number)}".encode())
        where = client.post("/imports/", {"file": file, "kind": "customers"}).headers["Location"]
        batches.append(int(where.rstrip("/").rpartition("/")[2]))
        if number:
            _take(client, ImportBatch.objects.get(pk=batches[-1]), now)
    client.post(f"/imports/{batches[2]}/undo/")
    event = scene.followups[0].occurrences.first().event
    line = f"{event.customer.code},{event.customer.name},{event.code},{event.day},1"
    file = SimpleUploadedFile("结算.csv", f"客户编号,姓名,工单号,结算日期,金额\n{line}\n".encode())
    where = client.post("/imports/", {"file": file, "kind": "events"}).headers["Location"]
    batch = ImportBatch.objects.get(pk=int(where.rstrip("/").rpartition("/")[2]))
    batch.mapping = {"0": "customer.code", "1": "customer.name", "2": "event.code", "3": "event.at", "4": "event.amount"}
    batch.options |= {"event_kind": "job.settled"}
    batch.save()
    return {"preview": batches[0], "rejected": batches[1], "undone": batches[2], "jobs": batch.pk, "unnamed": _of_no_playbook(scene, now)}


def _of_no_playbook(scene: Scene, now: datetime) -> int:
    client = signed_in(scene.manager)
    file = SimpleUploadedFile("到店.csv", "客户编号,姓名,类型,单号,时间\nKH901,韩梅梅,shop.visited,D1,2026-11-18 10:00\n".encode())
    client.post("/imports/", {"file": file, "kind": "events"})
    batch = ImportBatch.objects.latest("pk")
    batch.mapping = {"0": "customer.code", "1": "customer.name", "2": "event.kind", "3": "event.code", "4": "event.at"}
    _take(client, batch, now)
    return batch.pk


def _take(client: Client, batch: ImportBatch, now: datetime) -> None:
    """Start an import with its columns as they are, and do the job."""
    columns = {f"column.{place}": target for place, target in batch.mapping.items()}
    given = {"kind": batch.kind, "start": "1", "encoding": batch.encoding, "header_row": batch.header_row}
    client.post(f"/imports/{batch.pk}/", given | columns)
    for job in Job.objects.filter(kind="import", state="waiting"):
        handlers.HANDLERS["import"].run(job.payload, now)
        Job.objects.filter(pk=job.pk).update(state="done")


def extreme(scene: Scene, now: datetime) -> Places:
    """A customer whose data are as long as they get: name, notes, amounts, words from right to left, 30 contact points."""
    code = scene.followups[23].customer.code
    who = Customer.objects.get(code=code)
    who.name = ("欧阳" + "格日勒图雅" * 12)[:58] + "🚗✨"
    who.time_zone = "America/New_York"
    who.attributes |= {"vehicle": "مرسيدس بنز الفئة إس ٢٠٢٦", "plate": "粤B·😀8888", "note": _LONG}
    who.save()
    for number in range(29):
        value = f"+861391234{number:04d}"
        ContactPoint.objects.create(
            customer=who, kind="phone", value=value, value_index=uuid.uuid4().hex, tail_index="", label="单位总机转分机", mobile=True
        )
    before = scene.run.day - timedelta(days=40)
    who.events.create(
        kind="job.settled", code="W" + "9" * 30, at=business_moment(before, time(9)), day=before, amount=Decimal("9876543210.50"),
        branch=scene.here, attributes={"work": _LONG[:400], "mileage": 9_999_999},
    )  # fmt: skip
    comments.comment(scene.agent, who.pk, "شكراً جزيلاً، الخدمة ممتازة 👍👍👍 " + _LONG[:900], now)
    cases.open_case(scene.agent, who, "dissatisfied", _LONG[:110], now, version=scene.version)
    return {"extreme": who.pk, "extreme_followup": scene.followups[23].pk}


def faults(_scene: Scene, _now: datetime) -> Places:
    """The page of a fault on our side, as the product words it in each language: nothing in the product fails on purpose."""
    found: Places = {}
    for short, language in (("zh", "zh-hans"), ("en", "en")):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]  # as the middleware of languages does
            found[f"fault_{short}"] = server_error(request).content.decode()
    return found
