"""Every route and every role: who gets in, and that a denied call changes nothing. A route that is not listed here fails."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from huifang.app.access import branches_for
from huifang.app.api import routes
from huifang.app.business_time import business_day
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

ROLES = ("agent", "supervisor", "reviewer", "manager", "administrator")
EVERYBODY = frozenset(ROLES)
WORKING = frozenset({"agent", "supervisor", "manager"})
WATCHING = EVERYBODY - {"agent"}
PLANNING = frozenset({"supervisor", "manager", "administrator"})
REVIEWING = frozenset({"reviewer", "supervisor", "manager"})
EDITING = frozenset({"manager", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})
OPEN = EVERYBODY | {"nobody"}

ROUTES: dict[str, tuple[str, frozenset[str]]] = {
    "home": ("GET", EVERYBODY),
    "sign-in": ("GET", OPEN),
    "sign-out": ("POST", EVERYBODY),
    "password": ("GET", EVERYBODY),
    "language": ("POST", OPEN),
    "theme": ("POST", OPEN),
    "design": ("GET", frozenset({"administrator"})),
    "today": ("GET", WORKING),
    "following": ("POST", WORKING),
    "today-list": ("GET", WORKING),
    "followup": ("GET", WORKING),
    "followup-take": ("POST", WORKING),
    "followup-give-back": ("POST", WORKING),
    "followup-call": ("POST", WORKING),
    "followup-draft": ("POST", WORKING),
    "followup-questions": ("POST", WORKING),
    "followup-save": ("POST", WORKING),
    "followup-recordings": ("GET", WORKING | {"reviewer"}),
    "followup-recording-attach": ("POST", WORKING),
    "followup-file": ("POST", WORKING),
    "answer-file": ("GET", EVERYBODY),
    "recording": ("GET", WORKING | {"reviewer"}),
    "customers": ("GET", EVERYBODY),
    "customer": ("GET", EVERYBODY),
    "customer-comments": ("GET", EVERYBODY),
    "customer-comment": ("POST", WORKING),
    "customer-contact-now": ("GET", EVERYBODY),
    "customer-why-next": ("GET", EVERYBODY),
    "followup-preparation": ("GET", WORKING),
    "customer-consent": ("POST", WORKING),
    "customer-reveal": ("POST", frozenset({"supervisor", "manager"})),
    "cases": ("GET", EVERYBODY),
    "case": ("GET", EVERYBODY),
    "case-act": ("POST", WORKING),
    "knowledge": ("GET", EVERYBODY),
    "knowledge-beside": ("GET", EVERYBODY),
    "article-new": ("GET", PLANNING),
    "article": ("GET", EVERYBODY),
    "article-edit": ("GET", PLANNING),
    "article-retire": ("POST", PLANNING),
    "feedback": ("GET", EVERYBODY),
    "feedback-asks": ("GET", EVERYBODY - ADMINISTRATOR),
    "feedback-groups": ("GET", EVERYBODY),
    "feedback-topics": ("GET", EVERYBODY),
    "language-model": ("GET", ADMINISTRATOR),
    "feedback-tree": ("GET", EDITING),
    "feedback-one": ("GET", EVERYBODY),
    "feedback-decide": ("POST", EVERYBODY - ADMINISTRATOR),
    "feedback-join": ("POST", EVERYBODY - ADMINISTRATOR),
    "causes": ("GET", frozenset({"supervisor", "reviewer", "manager"})),
    "measures": ("GET", EVERYBODY),
    "measure-new": ("POST", frozenset({"supervisor", "manager"})),
    "measure": ("GET", EVERYBODY),
    "measure-act": ("POST", EVERYBODY),
    "notice-ways": ("GET", EVERYBODY),
    "notice-ways-try": ("POST", EVERYBODY),
    "notice-again": ("POST", EVERYBODY),
    "robots": ("GET", ADMINISTRATOR),
    "robot": ("POST", ADMINISTRATOR),
    "notices": ("GET", EVERYBODY),
    "notices-count": ("GET", EVERYBODY),
    "notices-read": ("POST", EVERYBODY),
    "day": ("GET", WATCHING),
    "day-rows": ("GET", WATCHING),
    "day-give": ("POST", WATCHING),
    "closing": ("GET", WATCHING),
    "schedule": ("GET", WORKING - {"agent"}),
    "schedule-propose": ("POST", WORKING - {"agent"}),
    "schedule-one": ("GET", WORKING - {"agent"}),
    "schedule-sheet": ("GET", WORKING - {"agent"}),
    "schedule-move": ("POST", WORKING - {"agent"}),
    "schedule-submit": ("POST", WORKING - {"agent"}),
    "schedule-decide": ("POST", frozenset({"manager"})),
    "schedule-take-back": ("POST", WORKING - {"agent"}),
    "training": ("GET", EVERYBODY),
    "training-sheet": ("GET", PLANNING),
    "training-one": ("GET", EVERYBODY),
    "training-setup": ("GET", PLANNING),
    "absences": ("GET", WORKING - {"agent"}),
    "absence-new": ("POST", WORKING - {"agent"}),
    "absence": ("GET", WORKING - {"agent"}),
    "absence-sheet": ("GET", WORKING - {"agent"}),
    "absence-hand-over": ("POST", WORKING - {"agent"}),
    "absence-give-back": ("POST", WORKING - {"agent"}),
    "closing-sign": ("POST", WORKING - {"agent"}),
    "closing-reopen": ("POST", WORKING - {"agent"}),
    "reviews": ("GET", REVIEWING),
    "review": ("GET", REVIEWING),
    "review-choose": ("POST", REVIEWING),
    "review-assess": ("POST", REVIEWING),
    "review-decide": ("POST", REVIEWING),
    "review-returned": ("GET", frozenset({"agent"})),  # whose record it is
    "review-answer": ("POST", frozenset({"agent"})),
    "scores": ("GET", EVERYBODY),
    "scores-file": ("GET", WORKING - {"agent"}),
    "registers": ("GET", WATCHING),
    "register": ("GET", WATCHING),
    "register-file": ("GET", frozenset({"supervisor", "manager"})),
    "register-ask": ("POST", frozenset({"supervisor", "manager"})),
    "overview": ("GET", frozenset({"supervisor", "manager"})),
    "indicator": ("GET", frozenset({"supervisor", "manager"})),
    "effect": ("GET", frozenset({"supervisor", "manager"})),
    "effect-members": ("GET", frozenset({"supervisor", "manager"})),
    "reports": ("GET", frozenset({"supervisor", "manager"})),
    "report": ("GET", frozenset({"supervisor", "manager"})),
    "report-file": ("GET", frozenset({"supervisor", "manager"})),
    "report-send": ("POST", frozenset({"manager"})),
    "report-stop": ("POST", frozenset({"manager"})),
    "report-again": ("POST", frozenset({"manager"})),
    "exports": ("GET", PLANNING),
    "export-decide": ("POST", EDITING),
    "export-take": ("POST", frozenset({"supervisor"})),  # the one who asked
    "plan": ("GET", PLANNING),
    "plan-start": ("POST", PLANNING),
    "imports": ("GET", PLANNING),
    "import": ("GET", PLANNING),
    "import-go-on": ("POST", PLANNING),
    "import-stop": ("POST", PLANNING),
    "import-undo": ("POST", PLANNING),
    "import-differences": ("GET", PLANNING),
    "import-rejected": ("GET", PLANNING),
    "playbooks": ("GET", EVERYBODY),
    "playbook": ("GET", EVERYBODY),
    "playbook-shelf": ("GET", EVERYBODY),
    "playbook-new": ("GET", EDITING),
    "playbook-take": ("POST", EDITING),
    "playbook-activate": ("POST", EDITING),
    "playbook-edit": ("POST", EDITING),
    "playbook-draft": ("GET", EDITING),
    "playbook-compare": ("GET", EVERYBODY),
    "playbook-return": ("POST", EDITING),
    "playbook-ask": ("POST", EDITING),
    "playbook-decide": ("POST", EDITING),
    "playbook-dry-run": ("POST", EDITING),
    "playbook-outlook": ("GET", EDITING),
    "playbook-outlook-ask": ("POST", EDITING),
    "playbook-outlook-stop": ("POST", EDITING),
    "playbook-guide": ("GET", EDITING),
    "playbook-retire": ("POST", EDITING),
    **dict.fromkeys(
        (
            "settings",
            "settings-person-new",
            "settings-person",
            "settings-branches",
            "settings-branch",
            "settings-departments",
            "settings-absences",
            "settings-calendar",
        ),
        ("GET", ADMINISTRATOR),
    ),
    **dict.fromkeys(("settings-password", "settings-absence-remove", "settings-calendar-clear"), ("POST", ADMINISTRATOR)),
    "audit": ("GET", ADMINISTRATOR),
    "surveys": ("GET", EVERYBODY),
    "survey-results": ("GET", WATCHING),
    "survey-make": ("POST", WORKING),
    "survey-file": ("GET", frozenset({"supervisor", "manager"})),
    "survey-file-ask": ("POST", frozenset({"supervisor", "manager"})),
    "survey-link": ("GET", EVERYBODY),
    "survey-link-close": ("POST", WORKING),
    "survey": ("GET", OPEN),
    "survey-thanks": ("GET", OPEN),
    "questionnaire": ("GET", EDITING),
    **dict.fromkeys(("dialling", "dialling-list", "dialling-results"), ("GET", WORKING - {"agent"})),
    **dict.fromkeys(
        ("dialling-hand-over", "dialling-upload", "dialling-results-take", "dialling-file", "dialling-take-back"),
        ("POST", WORKING - {"agent"}),
    ),
    "outbox": ("GET", frozenset({"supervisor", "manager", "administrator"})),
    "channels": ("GET", PLANNING),
    "channel": ("GET", ADMINISTRATOR),
    "channel-costs": ("GET", ADMINISTRATOR),
    "channel-state": ("POST", PLANNING),
    "channel-test": ("POST", ADMINISTRATOR),
    "replies": ("GET", WORKING),
    "reply-read": ("POST", WORKING),
    "api-docs": ("GET", OPEN),
    "api-description": ("GET", OPEN),
    "calendar-feed": ("GET", EVERYBODY),
    **dict.fromkeys(("interfaces", "interface-webhook"), ("GET", ADMINISTRATOR)),
    **dict.fromkeys(
        (
            "interface-key-new",
            "interface-key-revoke",
            "interface-webhook-new",
            "interface-webhook-switch",
            "interface-source-new",
            "interface-source-switch",
        ),
        ("POST", ADMINISTRATOR),
    ),
    "unsubscribe": ("GET", OPEN),
    "message-link": ("GET", OPEN),
    "hook": ("POST", OPEN),
    "outbox-letters": ("POST", frozenset({"supervisor", "manager"})),
    "outbox-reconcile": ("POST", PLANNING),
    "coupons": ("GET", EVERYBODY - {"reviewer"}),
    "coupon-take-in": ("POST", EVERYBODY - {"reviewer"}),
    "coupons-bring-in": ("POST", EDITING),
    "playbook-message": ("GET", EVERYBODY),
    "playbook-message-trial": ("POST", EDITING),
    "message-report": ("GET", EVERYBODY),
    "mass-sending": ("GET", frozenset({"supervisor", "manager", "administrator"})),
    "mass-sending-decide": ("POST", EDITING),
    "outbox-settle": ("POST", frozenset({"supervisor", "manager", "administrator"})),
}
"""Route: how it is called, and which roles get in. A page adds its row here."""
KEYED = frozenset({"event-intake", "calendar-file", "api-root", "api-nothing", *(each.name for each in routes.urlpatterns)})
"""Doors of their own, whoever is signed in: tests/app/api shows who gets in."""
_OF_NO_BRANCH = frozenset({"survey-make"})
_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|MERGE INTO|TRUNCATE(?: TABLE)?)\s+"?(\w+)', re.IGNORECASE)
_SAVED_IN_PASSING = frozenset({"sessions.Session", "axes.AccessAttempt", "axes.AccessLog", "records.AuditEntry", "records.AuditHead"})


def _names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        found += _names(pattern.url_patterns) if isinstance(pattern, URLResolver) else [str(pattern.name)]
    return found


def _arguments(scene: scenes.Scene) -> dict[str, object]:
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


def _url(name: str, arguments: dict[str, object]) -> str:
    return reverse(name, kwargs={key: value for key, value in arguments.items() if key in _arguments_of(name)})


@contextmanager
def _written() -> Iterator[list[str]]:
    """The statements that change any row of any table but those of `_SAVED_IN_PASSING`."""
    passing = {apps.get_model(label)._meta.db_table for label in _SAVED_IN_PASSING}
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done, written = execute(sql, params, many, context), _WRITES.match(sql)
        if written is not None and written[1] not in passing and context["cursor"].rowcount:
            found.append(sql)
        return done

    with connection.execute_wrapper(watch):
        yield found


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    now = timezone.now()
    return scenes.build(1, business_day(now), now)


def test_every_route_has_its_row():
    assert sorted(name for name in _names(get_resolver().url_patterns) if name not in KEYED) == sorted(ROUTES)


@pytest.mark.parametrize("role", [*ROLES, "nobody", "stranger"])
def test_only_the_roles_of_a_route_get_in_and_a_denied_call_changes_nothing(scene, role):
    wrote = 0
    for name, (method, allowed) in ROUTES.items():
        with transaction.atomic():
            client, url = _signed_in(scene, role), _url(name, _arguments(scene))
            with _written() as written:
                answer = client.get(url) if method == "GET" else client.post(url)
            wrote += len(written)
            transaction.set_rollback(True)  # the next route meets the scene untouched
        denied = answer.status_code in (403, 404) or (answer.status_code == 302 and "/sign-in/?next=" in answer.headers["Location"])
        expected = (
            (role in allowed)
            if role != "stranger"
            else (
                "agent" in allowed
                and (not _arguments_of(name) or name.startswith("playbook") or name in _OF_NO_BRANCH or "nobody" in allowed)
            )
        )
        assert denied is not expected, f"{role} {method} {name}: {answer.status_code}"
        if denied:
            assert not written, f"{role} {method} {name} was denied and wrote"
    assert wrote or role not in ROLES, "writing is seen"


def _signed_in(scene: scenes.Scene, role: str) -> Client:
    client = Client()
    if role != "nobody":
        client.force_login(getattr(scene, role), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _arguments_of(name: str) -> list[str]:
    return list(get_resolver().reverse_dict.getlist(name)[0][0][0][1])
