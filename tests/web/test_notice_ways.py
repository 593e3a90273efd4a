"""The page on which people choose how they are told, and the robots of groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from huifang.app.records.models import Notice, NoticeChoice, NoticeDelivery, NoticeRobot
from tests.web.conftest import SignIn
from tests.web.scene import Scene


@pytest.fixture(autouse=True)
def _demo(settings: Any, tmp_path: Any) -> None:
    settings.HUIFANG = replace(settings.HUIFANG, demo=True, data=tmp_path, webhook_hosts=("127.0.0.1:1",))


def test_one_chooses_and_sees_what_was_told_and_what_failed(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.agent)
    assert b"Nothing was told outside yet" in client.get("/notices/ways/").content
    client.post("/notices/ways/try/")
    assert b"No robot of yours is set up" in client.get("/notices/ways/").content
    given = {
        "about.mail": ["cases"], "about.robot": ["team"], "address": "a@example.com", "quiet_from": "22:00", "quiet_to": "07:00",
        "kind": "wecom", "url": "http://127.0.0.1:1/send?key=1",
    }  # fmt: skip
    assert client.post("/notices/ways/", given).status_code == 302
    text = client.get("/notices/ways/").content.decode()
    assert text.count(" checked") == 2
    assert 'value="22:00"' in text
    assert "key=1" not in text
    client.post("/notices/ways/try/")
    assert b"kept in the outbox folder" in client.get("/notices/ways/").content
    now = timezone.now()
    notice = Notice.objects.create(to=scene.agent, words={"zh": "有新工单", "en": "A new case"}, subject="case:1", at=now)
    words = {"zh": "服务商拒绝发送（45009）。", "en": "The provider refused it (45009)."}
    for way, state in (("mail", "failed"), ("robot", "waiting"), ("mail", "sent")):
        NoticeDelivery.objects.create(notice=notice, way=way, state=state, next_at=now + timedelta(hours=1), at=now, words=words)
    text = client.get("/notices/ways/").content.decode()
    assert text.count("The provider refused it") == 2
    assert "Tried again" in text
    failed = NoticeDelivery.objects.get(state="failed")
    client.post("/notices/ways/again/", {"delivery": failed.pk})
    assert NoticeDelivery.objects.get(pk=failed.pk).state == "waiting"
    assert client.post("/notices/ways/again/", {"delivery": failed.pk}).status_code == 302


def test_what_is_wrong_is_said_and_what_was_typed_stays(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.agent)
    answer = client.post("/notices/ways/", {"about.mail": ["team"], "address": "nobody", "quiet_from": "late"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="nobody"' in text
    assert "no address that mail can be sent to" in text
    assert not NoticeChoice.objects.exists()


def test_an_administrator_sets_up_tries_and_switches_a_groups_robot(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.administrator)
    assert b"No robot yet" in client.get("/settings/robots/").content
    given = {
        "name": "南山店群",
        "kind": "wecom",
        "url": "http://127.0.0.1:1/send?key=1",
        "branch": scene.here.pk,
        "about": ["cases", "team"],
    }
    assert client.post("/settings/robots/", given | {"about": []}).status_code == 422
    assert client.post("/settings/robots/", given).status_code == 302
    robot = NoticeRobot.objects.get()
    page = f"/settings/robots/{robot.pk}/"
    client.post(page, {"what": "try"})
    assert b"kept in the outbox folder" in client.get("/settings/robots/").content
    client.post(page, {"what": "off"})
    assert b"Switch on" in client.get("/settings/robots/").content
    client.post(page, {"what": "on"})
    assert client.post(page, {"what": "x"}).status_code == 404
    notice = Notice.objects.create(to=scene.agent, words={"zh": "一", "en": "One"}, subject="case:1", at=timezone.now())
    about = {"notice": notice, "way": "robot", "robot": robot, "next_at": notice.at, "at": notice.at}
    for state in ("sent", "failed"):
        NoticeDelivery.objects.create(**about, state=state, words={"zh": "拒绝", "en": "Refused it"})
    assert b"Refused it" in client.get("/settings/robots/").content
    client.post("/settings/robots/", given | {"name": "总群", "branch": "", "url": "http://127.0.0.1:1/x"})
    NoticeRobot.objects.update(url="https://127.0.0.1/x")
    assert NoticeRobot.objects.filter(branch=None).count() == 1
