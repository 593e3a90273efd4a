"""What `desk_seed` has done in the shop, area by area. Each gives what an address needs to know of it."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation

from huifang.app.business_time import business_moment
from huifang.app.jobs import handlers
from huifang.app.records.models import (
    Absence,
    AnswerFile,
    Article,
    Attempt,
    Consent,
    ContactPoint,
    Customer,
    DiallingList,
    DiallingResults,
    ExportRequest,
    Feedback,
    FollowUp,
    ImportBatch,
    Incoming,
    Job,
    Message,
    MessageLink,
    Notice,
    NoticeDelivery,
    NoticeRobot,
    PlaybookDraft,
    Promise,
    Recording,
    ReportMailing,
    ReportSubscription,
    Review,
    ScheduledContact,
    Staff,
    Subscription,
    WebhookDelivery,
    WeekSchedule,
)
from huifang.app.services import (
    cases,
    comments,
    coupons,
    dialling_lists,
    dry_runs,
    followups,
    mass_sending,
    outlooks,
    playbook_reviews,
    playbooks,
    reviews,
    training,
)
from huifang.app.services.survey_links import hand_out, hash_of
from huifang.app.services.unsubscribing import token_of
from huifang.app.web.views.errors import server_error
from huifang.domain.score_cards import ITEMS
from huifang.domain.week_schedule import week_after
from huifang.playbooks import library
from tests.app.dialler import by_file
from tests.web import worked
from tests.web.scene import Scene

Places = dict[str, object]
_COUPONS = """coupons:
  oil: {title: {zh: 机油抵扣券, en: Oil voucher}, valid: 1 month}
  wash: {title: {zh: 精洗券, en: Car wash}, valid: 2 weeks, codes: brought in}
links:
  guide: {title: {zh: 新车主保养指南, en: Care guide for new owners}, to: "https://www.example.com/guide"}
content:
"""
_LONG = "等了三个多小时，说好两小时的。" * 40


def _as(staff: Staff) -> Client:
    """A browser of somebody."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(scene: Scene, now: datetime) -> Places:
    """A version with coupons in force; coupons given; a batch that waits for a second person; a link and an opt-out in a message."""
    text = library.text("repair-shop").replace("content:\n", _COUPONS, 1)
    scene.version = playbooks.activate(None, playbooks.add_version(None, text, "repair-shop.yaml", now), now)
    book = playbooks.playbook_of(scene.version)
    coupons.bring_in(scene.manager, "repair-shop", "wash", "\n".join(f"WASH-{number:04d}" for number in range(12)))
    for place, followup in enumerate(scene.followups[:11]):
        given = coupons.give("repair-shop", "wash", book.coupons["wash"], followup, followup.customer, now)
        if place < 4:
            coupons.take_in(scene.agent, given.code, now)
    waiting = [one.pk for one in scene.followups[32:39]]
    FollowUp.objects.filter(pk__in=waiting).update(
        staff=None, channel="sms", programme="service-due", state="open", playbook_version=scene.version
    )
    mass_sending.ask(now)
    last = scene.followups[39]
    FollowUp.objects.filter(pk=last.pk).update(channel="sms", state="withdrawn", playbook_version=scene.version)
    Message.objects.create(followup=last, channel="sms", rule="quiet", at=now)
    token = "a" * 32
    MessageLink.objects.create(followup=last, link="guide", token=token, token_hash=hash_of(token), until=scene.run.day)
    attempt = Attempt.objects.order_by("pk").first()
    assert attempt is not None
    for place, words in enumerate(("好的，谢谢。周六上午可以到店吗？", "TD", "昨天说好回电话的，一直没有人打来。")):
        Incoming.objects.create(
            key=f"reply{place}", channel="sms", customer=scene.followups[place].customer, sender=f"+861380000204{place}", text=words,
            at=now - timedelta(minutes=20 * place + 3),
        )  # fmt: skip
    return {"guide": token, "opt_out": token_of(attempt.ticket), "version": scene.version.pk, "old": scene.version.pk - 1}


def reviewed(scene: Scene, now: datetime) -> Places:
    """A morning that was worked, with reviews in every state, a recording, files, and a customer in a colleague's hands."""
    made = [
        worked.contact(scene, followup, words="等了三个多小时。", satisfied=place % 4 > 0)
        for place, followup in enumerate(scene.followups[6:20])
    ]
    worked.promised(scene, worked.kept_back(scene, scene.followups[20].customer, "deferred", "deferred.cap"))
    reviews.draw(scene.supervisor, scene.run.day, scene.here, now)
    points = {item.code: item.most - 1 for item in ITEMS}
    for place in range(4):
        chosen = reviews.choose(scene.reviewer, made[place].pk, now)
        reviews.assess(scene.reviewer, chosen.pk, points, "原话要记全，日期也要写清楚。", place > 0, now)
        if place == 3:
            reviews.answer(scene.agent, chosen.pk, "已补记，下次注意。", now)
    about = {"question": "photo", "media_type": "image/png", "size": 245_000, "day": scene.run.day, "record": made[0]}
    for name in ("前大灯.png", "行驶证.pdf"):
        AnswerFile.objects.create(key=uuid.uuid4(), name=name, **about)
    Recording.objects.create(attempt=made[0].attempt, key=uuid.uuid4(), link="https://pbx.example/1", added_at=now)
    held, refused = scene.followups[21:23]
    followups.claim(scene.supervisor, held.pk, now)
    Consent.objects.create(customer=refused.customer, purpose="any", channel="phone", allowed=False, at=now, road="agent")
    waiting = Review.objects.filter(state="drawn").first() or Review.objects.exclude(state="returned").first()
    back = Review.objects.filter(state="returned").first()
    free = next(one for one in scene.followups[:6] if one.staff_id == scene.agent.pk and one.state == "open" and not one.next_at)
    return {
        "held": held.pk, "refused": refused.pk, "review": waiting.pk, "returned": back.pk, "talked": made[0].followup_id, "free": free.pk, "customer": scene.first.customer_id,
        "worked_customer": made[0].customer_id,
    }  # fmt: skip


def managed(scene: Scene, now: datetime) -> Places:
    """Next week's schedule, an absence with its hand-over, a dialler with a list and results, exports that wait, mailings that failed."""
    first, day = week_after(scene.run.day), scene.run.day
    week = WeekSchedule.objects.create(branch=scene.here, first_day=first, state="draft", asked_by=scene.supervisor, asked_at=now)
    for place, followup in enumerate(scene.followups[:30]):
        at, who = first + timedelta(days=place % 5), (scene.agent, scene.colleague)[place % 3 == 0]
        ScheduledContact.objects.create(
            schedule=week, customer=followup.customer, playbook="repair-shop", programme=followup.programme, cause=str(place),
            because=followup.because, channel="phone", promised=place == 1, due=first - timedelta(days=1), expires=first + timedelta(days=6),
            day=at, staff=who, proposed_day=at, proposed_staff=who,
        )  # fmt: skip
    away = Absence.objects.create(staff=scene.agent, first_day=day + timedelta(days=3), last_day=day + timedelta(days=7), reason="年假",
                                  substitute=scene.colleague)  # fmt: skip
    over = Absence.objects.create(staff=scene.colleague, first_day=day - timedelta(days=4), last_day=day - timedelta(days=2), reason="病假")
    by_file()
    FollowUp.objects.filter(pk__in=[one.pk for one in scene.followups[24:32]], state="open").update(staff=scene.colleague, next_at=None)
    dialling_lists.hand_over(scene.supervisor, now, scene.colleague.pk)
    held = DiallingList.objects.get()
    keys = [str(key) for key in held.rows.order_by("pk").values_list("key", flat=True)]
    lines = [f"{key},{('SALE', 'NA', '??')[place % 3]},{day} 09:0{place},30" for place, key in enumerate(keys[:4])]
    file = SimpleUploadedFile("results.csv", "\n".join(("key,outcome,began,seconds", *lines)).encode())
    _as(scene.supervisor).post("/dialler/results/", {"file": file})
    for state, rows in (("waiting", 4820), ("allowed", 1210), ("refused", 99_999)):
        asked = ExportRequest.objects.create(
            by=scene.supervisor, playbook="repair-shop", register="daily-satisfaction", first=day - timedelta(days=30), last=day, form="xlsx",
            rows=rows, asked_at=now, until=now + timedelta(hours=20), state=state, token="secret" * (state == "allowed"),
        )  # fmt: skip
        asked.branches.set([scene.here])
    told = ReportSubscription.objects.create(playbook="repair-shop", report="monthly", to=scene.manager, form="pdf", address="a@example.com",
                                             since=day)  # fmt: skip
    month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    ReportMailing.objects.create(subscription=told, first=month, last=day.replace(day=1) - timedelta(days=1), state="failed", at=now)
    occurrence = scene.followups[2].occurrences.first()
    Promise.objects.create(customer=occurrence.customer, occurrence=occurrence, staff=scene.agent, day=day + timedelta(days=3),
                           opens_at=business_moment(day + timedelta(days=3), time(10)), closes_at=business_moment(day + timedelta(days=3), time(11)),
                           made_at=now)  # fmt: skip
    return {"week": week.pk, "away": away.pk, "over": over.pk, "list": held.pk, "results": DiallingResults.objects.get().pk, "monday": str(first)}


def written(scene: Scene, now: datetime) -> Places:
    """Articles with required reading, a case with all its parts, measures, a draft and a version that waits, interfaces, robots, notices."""
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
    case = cases.open_case(scene.agent, scene.first.customer, "dissatisfied", "刹车异响，返修两次仍未解决", now, version=scene.version)
    desk, manager, admin, agent = (_as(one) for one in (scene.supervisor, scene.manager, scene.administrator, scene.agent))
    soon = f"{scene.run.day + timedelta(days=3)}T10:00"
    for deed, form in (
        ("answer", {"words": "已致歉，今天下午请技师复检。"}), ("propose", {"kind": "discount", "amount": "600", "words": "工时减免"}),
        ("promise", {"words": "周三前回电", "due_at": soon}), ("comment", {"words": "配件已订，周二到货。"}),
        ("measure", {"title": "配件入库抽检", "owner": scene.colleague.pk, "due": "2027-01-15", "indicator": "cause_rate", "cause": "quality.parts"}),
    ):  # fmt: skip
        desk.post(f"/cases/{case.number}/act/", {"deed": deed} | form)
    solved = cases.open_case(scene.agent, scene.followups[3].customer, "dissatisfied", "结算单与报价不符", now, version=scene.version)
    desk.post(f"/cases/{solved.number}/act/", {"deed": "solve", "words": "差额已退", "cause": "quality.parts"})
    for deed, title in (("plan", "交车前先试车"), ("plan", "接待时说明等候时间")):
        desk.post("/measures/new/", {"title": title, "owner": scene.supervisor.pk, "due": "2026-12-10", "indicator": "satisfaction", "deed": deed})
    manager.post(f"/playbooks/{scene.version.pk}/edit/")
    text = scene.version.text.replace("    within: 1 working day\n", "    within: 2 working days\n", 1)
    later = playbooks.add_version(scene.manager, text, "repair-shop.yaml", now)
    playbook_reviews.ask(scene.manager, later, "回访时限放宽到两个工作日。", now)
    dry_runs.perform(dry_runs.ask(scene.manager, later, now).pk, now)
    outlooks.SHORTEST = 3
    outlooks.perform(outlooks.ask(scene.manager, later, 3, now).pk, now)
    admin.post("/settings/interfaces/keys/", {"name": "DMS 门店系统", "scopes": ["events:write"], "branches": [scene.here.pk]})
    about = {"acts_as": scene.colleague, "created_at": now}
    hook = Subscription.objects.create(name="BI 平台", url="https://hooks.example.com/in", secret="x", events=["case.opened"], **about)
    for number, state in enumerate(WebhookDelivery.State.values):
        WebhookDelivery.objects.create(subscription=hook, number=number, event="case.opened", body="{}", state=state, next_at=now,
                                       created_at=now, status=500)  # fmt: skip
    admin.post("/settings/interfaces/sources/", {"name": "收银系统", "mapping": '{"kind": "=x", "at": "t", "customer": "c"}', "branches": [scene.here.pk]})
    NoticeRobot.objects.create(name="南山店群", kind="wecom", url="https://robots.invalid/send?key=1", branch=scene.here,
                               about=["cases", "team"], created_at=now)  # fmt: skip
    agent.post("/calendar/")
    notice = Notice.objects.create(to=scene.agent, words={"zh": "有新工单", "en": "A new case"}, subject=f"case:{case.pk}", at=now)
    for way, state in (("mail", "failed"), ("robot", "waiting"), ("mail", "sent")):
        said = {"zh": "服务商拒绝发送（45009）。", "en": "The provider refused it (45009)."}
        NoticeDelivery.objects.create(notice=notice, way=way, state=state, next_at=now, at=now, words=said)
    draft = PlaybookDraft.objects.get()
    measure = case.__class__.objects.get(pk=case.pk).measure
    feedback = Feedback.objects.order_by("pk").first()
    link = hand_out(scene.agent, "repair-shop", "repair-ten", "open", now)
    code = scene.followups[5].customer.code
    over = hand_out(scene.agent, "repair-shop", "repair-ten", "personal", now, customer_code=code)
    over.__class__.objects.filter(pk=over.pk).update(expires_at=now - timedelta(days=1))
    return {
        "article": made[0].pk, "reading": made[1].pk, "case": case.number, "solved": solved.number, "measure": measure.pk, "draft": draft.pk,
        "later": later.pk, "webhook": hook.pk, "feedback": feedback.pk, "survey": link.token, "expired": over.token, "survey_link": link.pk,
        "branch": scene.here.pk, "colleague": scene.colleague.pk,
    }  # fmt: skip


def brought_in(scene: Scene, now: datetime) -> Places:
    """An import that waits for its columns, one with rejected rows, one that was taken back."""
    client, batches = _as(scene.manager), []
    head, rows = "客户编号,姓名,电话", "KH9{0}01,韩梅梅,1380000204{0}\nKH9{0}02,李雷,138\nKH9{0}03,林涛,1390000123{0}\n"
    for number, name in enumerate(("客户清单.csv", "十一月客户.csv", "旧系统客户.csv")):
        file = SimpleUploadedFile(name, f"{head}\n{rows.format(number)}".encode())
        where = client.post("/imports/", {"file": file, "kind": "customers"}).headers["Location"]
        batches.append(int(where.rstrip("/").rpartition("/")[2]))
        if number:
            given = {"kind": "customers", "start": "1"}
            batch = ImportBatch.objects.get(pk=batches[-1])
            columns = {f"column.{place}": target for place, target in batch.mapping.items()}
            client.post(where, given | {"encoding": batch.encoding, "header_row": batch.header_row} | columns)
            for job in Job.objects.filter(kind="import", state="waiting"):
                handlers.HANDLERS["import"].run(job.payload, now)
                Job.objects.filter(pk=job.pk).update(state="done")
    client.post(f"/imports/{batches[2]}/undo/")
    event = scene.followups[0].occurrences.first().event
    file = SimpleUploadedFile("结算.csv", f"客户编号,姓名,工单号,结算日期,金额\n{event.customer.code},{event.customer.name},{event.code},{event.day},1\n".encode())
    where = client.post("/imports/", {"file": file, "kind": "events"}).headers["Location"]
    batch = ImportBatch.objects.get(pk=int(where.rstrip("/").rpartition("/")[2]))
    batch.mapping = {"0": "customer.code", "1": "customer.name", "2": "event.code", "3": "event.at", "4": "event.amount"}
    batch.options |= {"event_kind": "job.settled"}
    batch.save()
    return {"preview": batches[0], "rejected": batches[1], "undone": batches[2], "jobs": batch.pk}


def extreme(scene: Scene, now: datetime) -> Places:
    """A customer whose data are as long as they get: name, notes, amounts, words from right to left, 30 contact points."""
    code = scene.followups[23].customer.code
    who = Customer.objects.get(code=code)
    who.name = ("欧阳" + "格日勒图雅" * 12)[:58] + "🚗✨"
    who.attributes |= {"vehicle": "مرسيدس بنز الفئة إس ٢٠٢٦", "plate": "粤B·😀8888", "note": _LONG}
    who.save()
    for number in range(29):
        value = f"+861391234{number:04d}"
        ContactPoint.objects.create(customer=who, kind="phone", value=value, value_index=uuid.uuid4().hex, tail_index="", label="单位总机转分机", mobile=True)
    who.events.create(kind="job.settled", code="W" + "9" * 30, at=now - timedelta(days=40), day=scene.run.day - timedelta(days=40),
                      amount=Decimal("9876543210.50"), branch=scene.here, attributes={"work": _LONG[:400], "mileage": 9_999_999})  # fmt: skip
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
