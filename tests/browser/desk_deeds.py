"""What `desk_seed` has done in the shop: messages, reviews, team, dialler. Each deed gives what an address needs to know of it."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huifang.app.business_time import business_moment
from huifang.app.records.models import (
    Absence,
    AnswerFile,
    Attempt,
    DiallingList,
    DiallingResults,
    ExportRequest,
    FollowUp,
    Incoming,
    Message,
    MessageLink,
    OptOut,
    Promise,
    Recording,
    ReportMailing,
    ReportSubscription,
    Review,
    ScheduledContact,
    Staff,
    WeekSchedule,
)
from huifang.app.services import (
    dialling_lists,
    followups,
    mass_sending,
    reviews,
)
from huifang.app.services.survey_links import hash_of
from huifang.app.services.unsubscribing import token_of
from huifang.domain.score_cards import ITEMS
from huifang.domain.week_schedule import week_after
from tests.app.dialler import by_file
from tests.browser import coupon_plan
from tests.web import worked
from tests.web.scene import Scene

Places = dict[str, object]


def signed_in(staff: Staff) -> Client:
    """A browser of somebody."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(scene: Scene, now: datetime) -> Places:
    """A version with coupons in force; coupons given; a batch that waits for a second person; a link and an opt-out in a message."""
    scene.version = coupon_plan.in_force(scene, now)
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
    """A morning that was worked, with reviews in every state, a recording, files, follow-ups that are held or refused."""
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
    held, refused, handed = *scene.followups[21:23], scene.followups[31]
    followups.claim(scene.supervisor, held.pk, now)
    FollowUp.objects.filter(pk=handed.pk).update(promised=True)  # no dialler takes it
    followups.reassign(scene.supervisor, handed.pk, scene.agent.pk, now)
    fence = followups.claim(scene.agent, handed.pk, now)
    followups.reassign(scene.supervisor, handed.pk, scene.colleague.pk, now)
    followups.save_draft(scene.agent, handed.pk, {"words": "客户说周四下午都在，可以来取车。"}, now, fence)
    for point in refused.customer.contact_points.all():
        OptOut.objects.create(value_index=point.value_index, at=now)
    waiting = Review.objects.filter(state="drawn").first() or Review.objects.exclude(state="returned").first()
    back = Review.objects.filter(state="returned").first()
    free = next(one for one in scene.followups[:6] if one.staff_id == scene.agent.pk and one.state == "open" and not one.next_at)
    return {
        "held": held.pk, "handed": handed.pk, "refused": refused.pk, "review": waiting.pk, "returned": back.pk,
        "talked": made[0].followup_id, "free": free.pk,
        "customer": scene.first.customer_id, "worked_customer": made[0].customer_id, "record": made[5].pk, "reviewed_record": made[0].pk,
    }  # fmt: skip


def managed(scene: Scene, now: datetime) -> Places:
    """Next week's schedule, absences to come and over, a promise that falls into one."""
    first, day = week_after(scene.run.day), scene.run.day
    week = WeekSchedule.objects.create(branch=scene.here, first_day=first, state="draft", asked_by=scene.supervisor, asked_at=now)
    for place, followup in enumerate(scene.followups[:30]):
        at, who = first + timedelta(days=place % 5), (scene.agent, scene.colleague)[place % 3 == 0]
        ScheduledContact.objects.create(
            schedule=week, customer=followup.customer, playbook="repair-shop", programme=followup.programme, cause=str(place),
            because=followup.because, channel="phone", promised=place == 1, due=first, deadline=first,
            expires=first + timedelta(days=6), day=at, staff=who,
            proposed_day=at, proposed_staff=who,
        )  # fmt: skip
    at, until = day + timedelta(days=3), day + timedelta(days=7)
    away = Absence.objects.create(staff=scene.agent, first_day=at, last_day=until, reason="年假", substitute=scene.colleague)
    over = Absence.objects.create(staff=scene.colleague, first_day=day - timedelta(days=4), last_day=day - timedelta(days=2), reason="病假")
    occurrence = scene.followups[2].occurrences.get(programme=scene.followups[2].programme)
    Promise.objects.create(
        customer=occurrence.customer, occurrence=occurrence, staff=scene.agent, day=at, made_at=now,
        opens_at=business_moment(at, time(10)), closes_at=business_moment(at, time(11)),
    )  # fmt: skip
    return {"week": week.pk, "away": away.pk, "over": over.pk, "monday": str(first)}


def handed_out(scene: Scene, now: datetime) -> Places:
    """A dialler with a list and results, exports in every state, a report whose mail failed."""
    day = scene.run.day
    by_file()
    FollowUp.objects.filter(pk__in=[one.pk for one in scene.followups[24:32]], state="open").update(staff=scene.colleague, next_at=None)
    dialling_lists.hand_over(scene.supervisor, now, scene.colleague.pk)
    held = DiallingList.objects.get()
    keys = [str(key) for key in held.rows.order_by("pk").values_list("key", flat=True)]
    lines = [f"{key},{('SALE', 'NA', '??')[place % 3]},{day} 09:0{place},30" for place, key in enumerate(keys[:4])]
    file = SimpleUploadedFile("results.csv", "\n".join(("key,outcome,began,seconds", *lines)).encode())
    signed_in(scene.supervisor).post("/dialler/results/", {"file": file})
    for state, rows in (("waiting", 4820), ("allowed", 1210), ("refused", 99_999)):
        asked = ExportRequest.objects.create(
            by=scene.supervisor, playbook="repair-shop", register="daily-satisfaction", first=day - timedelta(days=30), last=day,
            form="xlsx", rows=rows, asked_at=now, until=now + timedelta(hours=20), state=state, token="secret" * (state == "allowed"),
        )  # fmt: skip
        asked.branches.set([scene.here])
    about = {"playbook": "repair-shop", "report": "monthly", "form": "pdf", "address": "a@example.com", "since": day}
    told = ReportSubscription.objects.create(to=scene.manager, **about)
    last = day.replace(day=1) - timedelta(days=1)
    ReportMailing.objects.create(subscription=told, first=last.replace(day=1), last=last, state="failed", at=now)
    return {"list": held.pk, "results": DiallingResults.objects.get().pk}
