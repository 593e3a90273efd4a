"""What the addresses of all routes ask for: rows that are there, made for the scene, by the name that the address gives them."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from django.utils import timezone

from huifang.app.access import branches_for
from huifang.app.records.models import (
    Absence,
    AnswerFile,
    ApiKey,
    Article,
    Attempt,
    ChannelSetting,
    DiallingList,
    DiallingResults,
    DiallingRow,
    EventSource,
    ExportRequest,
    Feedback,
    FollowUp,
    ImportBatch,
    Incoming,
    MassSending,
    Measure,
    Message,
    NoticeRobot,
    Record,
    Recording,
    ReportMailing,
    ReportSubscription,
    Review,
    Subscription,
    Training,
    WeekSchedule,
)
from huifang.app.services import playbook_drafts, playbook_reviews, survey_links
from huifang.app.services.channels import hook_index
from huifang.app.services.unsubscribing import token_of
from huifang.domain.week_schedule import week_after
from tests.web import scene as scenes
from tests.web import worked


def arguments(scene: scenes.Scene) -> dict[str, object]:
    followup = scene.first
    point = followup.customer.contact_points.get(kind="phone")
    found: dict[str, object] = {
        "followup_id": followup.pk,
        "customer_id": followup.customer_id,
        "point_id": point.pk,
        "number": "G20260820-003",
        "article_id": _article(scene),
        "recording_id": _recording(scene),
        "question": "photo",
    }
    for of_area in (_managing, _channels, _reports, _reviewing, _team, _interfaces):
        some = of_area(scene)
        assert not found.keys() & some.keys(), "one name for two kinds of number: a route would be asked for another's"
        found |= some
    return found


def _reports(scene: scenes.Scene) -> dict[str, object]:
    day = scene.run.day
    about = {"form": "xlsx", "address": "a@example.com", "since": day}
    sent, _ = ReportSubscription.objects.get_or_create(playbook="repair-shop", report="monthly", to=scene.manager, defaults=about)
    mailing, _ = ReportMailing.objects.get_or_create(
        subscription=sent, first=day.replace(day=1), defaults={"last": day, "state": "failed", "at": timezone.now()}
    )
    return {
        "indicator": "coverage", "programme": "six-months", "arm": "held", "report": "monthly", "subscription_id": sent.pk,
        "mailing_id": mailing.pk,
    }  # fmt: skip


def _reviewing(scene: scenes.Scene) -> dict[str, object]:
    """A record of the agent's that came back to them."""
    record = Record.objects.filter(followup=scene.first).first() or worked.contact(scene, scene.first)
    about = {"branch": scene.here, "staff": scene.agent, "day": record.day, "road": "random", "state": "returned"}
    moments = {"drawn_at": record.saved_at, "reviewed_at": record.saved_at, "returned_at": record.saved_at}
    review, _ = Review.objects.get_or_create(record=record, defaults={**about, **moments, "reviewed_by": scene.reviewer})
    about = {"question": "photo", "name": "灯.png", "media_type": "image/png", "size": 0, "day": record.day}
    file, _ = AnswerFile.objects.get_or_create(record=record, defaults={"key": uuid.uuid4(), **about})
    return {"record_id": record.pk, "review_id": review.pk, "file_key": file.key}


def _team(scene: scenes.Scene) -> dict[str, object]:
    about = {"asked_by": scene.supervisor, "asked_at": timezone.now(), "state": "draft"}
    week = WeekSchedule.objects.get_or_create(branch=scene.here, first_day=week_after(scene.run.day), defaults=about)[0]
    away = Absence.objects.get_or_create(staff=scene.colleague, first_day=scene.run.day, last_day=scene.run.day)[0]
    Training.objects.get_or_create(article_id=_article(scene), defaults={"version": 1, "roles": ["agent"], "asked_at": timezone.now()})
    given = {"kind": "wecom", "url": "https://robots.invalid/send?key=1", "about": ["team"], "created_at": timezone.now()}
    robot = NoticeRobot.objects.get_or_create(name="群", defaults=given)[0]
    return {"schedule_id": week.pk, "away_id": away.pk, "robot_id": robot.pk}


def _channels(scene: scenes.Scene) -> dict[str, object]:
    attempt = Attempt.objects.filter(customer=scene.first.customer).order_by("pk").first()
    given = {"address": "https://127.0.0.1:9", "token": "t", "secret": "s", "dedupes": "no"}
    row, made = ChannelSetting.objects.get_or_create(channel="sms", defaults={"driver": "sms-aliyun", "hook_index": hook_index("secret")})
    if made:
        row.values = json.dumps(given | {"key_id": "k", "key_secret": "s", "sign": "s", "templates": "a=b"})
        row.save()
    about = {"channel": "sms", "customer": scene.first.customer, "sender": "+8613800002046", "at": scene.first.opens_at}
    reply, _ = Incoming.objects.get_or_create(key="k", defaults=about)
    many, _ = MassSending.objects.get_or_create(
        playbook="repair-shop", programme="day-after", day=scene.run.day, defaults={"number": 1200, "asked_at": timezone.now()}
    )
    Message.objects.get_or_create(followup=_sent_by_itself(scene), defaults={"channel": "sms", "rule": "quiet", "at": timezone.now()})
    shown = {"sending_id": many.pk, "content": "service-sms"}
    shown |= _dialling(scene)
    return shown | {"channel": "sms", "hook": "secret", "link": token_of(attempt.ticket), "incoming_id": reply.pk}


def _dialling(scene: scenes.Scene) -> dict[str, object]:
    """A list with the first follow-up's branch, and a file of results."""
    about = {"driver": "dialler-file", "made_at": scene.first.opens_at, "made_by": scene.supervisor, "until": scene.first.closes_at}
    held, made = DiallingList.objects.get_or_create(day=scene.run.day, defaults=about)
    if made:
        DiallingRow.objects.create(
            list=held, followup=scene.first, branch=scene.here, key=uuid.uuid4(), fence=0, state="returned", until=held.until
        )
    kept, _ = DiallingResults.objects.get_or_create(name="results.csv", defaults={"by": scene.supervisor, "at": held.made_at, "rows": "[]"})
    return {"list_id": held.pk, "results_id": kept.pk}


def _sent_by_itself(scene: scenes.Scene) -> FollowUp:
    """A follow-up that its channel was to send."""
    return FollowUp.objects.filter(channel="sms").first() or FollowUp.objects.create(
        customer=scene.first.customer, run=scene.run, branch=scene.here, channel="sms", purpose="service", day=scene.run.day,
        opens_at=scene.first.opens_at, closes_at=scene.first.closes_at, deadline=scene.run.day, playbook_version=scene.version,
        programme="day-after", state="withdrawn",
    )  # fmt: skip


def _recording(scene: scenes.Scene) -> int:
    now = timezone.now()
    about = {
        "channel": "phone", "purpose": "service", "programme": "day-after", "at": now, "day": scene.first.day, "staff": scene.agent,
        "customer": scene.first.customer, "branch": scene.here, "ticket": uuid.uuid4(),
    }  # fmt: skip
    attempt = Attempt.objects.get_or_create(key="recorded", defaults=about)[0]
    kept = {"key": uuid.uuid4(), "link": "https://pbx.example/1", "added_at": now}
    return Recording.objects.get_or_create(attempt=attempt, defaults=kept)[0].pk


def _article(scene: scenes.Scene) -> int:
    about = {"words": "每半年或一万公里。", "branch": scene.here, "changed_at": timezone.now()}
    return Article.objects.get_or_create(title="多久保养一次？", defaults=about)[0].pk


def _managing(scene: scenes.Scene) -> dict[str, object]:
    batch = ImportBatch.objects.get_or_create(
        file_name="customers.csv", defaults={"kind": "customers", "state": "done", "branch": scene.here, "options": {"names": ["name"]}}
    )[0]
    link = survey_links.hand_out(scene.agent, "repair-shop", "repair-ten", "open", timezone.now())
    measure = Measure.objects.get_or_create(
        title="交车前先试车", branch=scene.here, owner=scene.supervisor,
        defaults={"due": scene.first.day, "indicator": "satisfaction", "created_at": timezone.now()},
    )[0]  # fmt: skip
    draft = playbook_drafts.open_draft(scene.manager, scene.version, timezone.now())
    playbook_reviews.ask(scene.manager, scene.version, "", timezone.now())
    return {
        "draft_id": draft.pk,
        "what": "due", "playbook": "repair-shop", "key": "daily-satisfaction", "ending": "xlsx", "batch_id": batch.pk, "name": "hospital",
        "version_id": scene.version.pk, "staff_id": scene.colleague.pk, "branch_id": scene.there.pk, "absence_id": 1, "row_id": 1,
        "questionnaire": "repair-ten", "link_id": link.pk, "survey_token": link.token, "click_token": "none",
        "message_id": 1, "request_id": _asked(scene), "token": "secret",
        "measure_id": measure.pk,
        "feedback_id": Feedback.objects.order_by("pk").values_list("pk", flat=True).first(),
    }  # fmt: skip


def _interfaces(scene: scenes.Scene) -> dict[str, object]:
    about, now = {"acts_as": scene.colleague}, timezone.now()
    key = ApiKey.objects.get_or_create(name="DMS", defaults={**about, "digest": "x", "shown": "hf_", "created_at": now})[0]
    told = Subscription.objects.get_or_create(name="DMS", defaults={**about, "url": "https://x", "secret": "x", "created_at": now})[0]
    source = EventSource.objects.get_or_create(name="DMS", defaults={**about, "hook": "x", "secret": "x", "created_at": now})[0]
    return {"key_id": key.pk, "webhook_id": told.pk, "source_id": source.pk}


def _asked(scene: scenes.Scene) -> int:
    """The supervisor's request for an export, allowed."""
    day, now = scene.run.day, timezone.now()
    about = {
        "first": day,
        "last": day,
        "form": "xlsx",
        "rows": 1200,
        "asked_at": now,
        "until": now + timedelta(hours=1),
        "state": "allowed",
    }
    asked, new = ExportRequest.objects.get_or_create(
        by=scene.supervisor, playbook="repair-shop", register="daily-satisfaction", defaults={**about, "token": "secret"}
    )
    if new:
        asked.branches.set(branches_for(scene.supervisor))
    return asked.pk
