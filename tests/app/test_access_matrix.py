"""Every route and every role: who gets in, and that a denied call changes nothing. A route that is not listed here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from huifang.app.api import routes
from huifang.app.business_time import business_day
from tests.app.route_arguments import arguments
from tests.web import scene as scenes

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
    "design-patterns": ("GET", frozenset({"administrator"})),
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
    "followup-take-back": ("POST", WORKING),
    "record-correct": ("GET", WORKING | {"reviewer"}),
    "record-correct-save": ("POST", WORKING | {"reviewer"}),
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
    "customer-said": ("GET", EVERYBODY),
    "customer-say": ("POST", WORKING),
    "customer-status": ("POST", WORKING),
    "customer-erase": ("POST", ADMINISTRATOR),
    "customer-let-return": ("POST", ADMINISTRATOR),
    "customer-locale": ("POST", WORKING),
    "customer-consent": ("POST", WORKING),
    "customer-reveal": ("POST", frozenset({"supervisor", "manager"})),
    "cases": ("GET", EVERYBODY),
    "case": ("GET", EVERYBODY),
    "case-reveal": ("POST", frozenset({"supervisor", "manager"})),
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
    "feedback-case": ("POST", WORKING),
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
    "score-rows": ("GET", WATCHING),  # an agent their own alone
    "scores-file": ("GET", WORKING - {"agent"}),
    "registers": ("GET", WATCHING),
    "register": ("GET", WATCHING),
    "register-file": ("GET", frozenset({"supervisor", "manager"})),
    "register-propose": ("POST", WORKING - {"agent"}),
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
    "plan-confirm": ("POST", EDITING),
    "imports": ("GET", PLANNING),
    "refusals": ("GET", PLANNING),
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


def _url(name: str, given: dict[str, object]) -> str:
    return reverse(name, kwargs={key: value for key, value in given.items() if key in _arguments_of(name)})


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
    wrote, given = 0, arguments(scene)
    for name, (method, allowed) in ROUTES.items():
        with transaction.atomic():
            client, url = _signed_in(scene, role), _url(name, given)
            with _written() as written:
                answer = client.get(url) if method == "GET" else client.post(url)
                for close in answer._resource_closers:  # files, as a server closes them when all is sent
                    close()
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
