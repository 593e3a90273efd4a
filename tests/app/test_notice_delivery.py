"""Notices by mail and by group robots: as chosen, after quiet hours, each failure seen and tried again."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.records.models import Job, Notice, NoticeDelivery, NoticeRobot, Staff
from huifang.app.services import audit, notice_delivery, notice_ways
from huifang.app.services.notice_ways import RobotForm
from huifang.app.services.notices import tell
from huifang.channels.driver import Receipt, ReceiptState
from huifang.channels.email import SmtpDriver, SmtpServer
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from huifang.domain.notice_ways import WAITS
from huifang.domain.words import Words
from tests.app.cast import NOW, Cast
from tests.channels.provider import Provider, running

WORDS = Words("新工单 20261122-0001 由您负责。", "New case 20261122-0001 is yours.")
EVERYTHING = {"mail": ["cases", "team"], "robot": ["cases"]}
NEVER = (None, None)


@pytest.fixture
def chat(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    """A chat program on this machine that takes what robots post."""
    with running(Provider(lambda _request: (200, {"errcode": 0}))) as provider:
        host = provider.url.removeprefix("http://")
        settings.HUIFANG = replace(settings.HUIFANG, webhook_hosts=(host,), data=tmp_path)
        yield provider


def robot(chat: Provider, path: str = "/send?key=1", kind: str = "wecom", **more: str) -> RobotForm:
    return RobotForm(kind, f"{chat.url}{path}", **more)


def told(people: list[Staff], subject: str = "case:1") -> None:
    tell(people, WORDS, subject, NOW)


def test_each_is_told_the_way_they_chose_and_by_it_alone(cast: Cast, chat: Provider, tmp_path: Path) -> None:
    notice_ways.choose(
        cast.chen, EVERYTHING, " chen@example.com ", NEVER, robot(chat, "/robot?access_token=1", "dingtalk", secret="S"), NOW
    )
    notice_ways.choose(cast.lin, {"mail": ["system"]}, "lin@example.com", NEVER, None, NOW)
    told([cast.chen, cast.lin, cast.tao])
    assert notice_delivery.anything_due(NOW)
    assert notice_delivery.deliver_due(NOW) == {"sent": 2}
    assert not notice_delivery.anything_due(NOW)
    mail = email.message_from_bytes(next((tmp_path / "outbox" / "notices").glob("*.eml")).read_bytes(), policy=email.policy.default)
    assert (mail["To"], mail["Subject"]) == ("chen@example.com", WORDS.zh)
    posted = chat.to("/robot")[0]
    assert posted.json["text"]["content"] == WORDS.zh
    assert set(posted.query) == {"access_token", "timestamp", "sign"}
    assert notice_delivery.deliver_due(NOW) == {}
    assert audit.faults() == []


def test_a_group_hears_of_a_matter_once_and_of_its_own_branch_only(cast: Cast, chat: Provider) -> None:
    notice_ways.save_robot(cast.an, robot(chat, "/here?key=1", name="澜溪店群"), cast.branch, ["cases"], NOW)
    notice_ways.save_robot(cast.an, robot(chat, "/all", "feishu", name="总群"), None, ["cases", "team"], NOW)
    off = notice_ways.save_robot(cast.an, robot(chat, "/off", name="停用"), None, ["cases"], NOW)
    notice_ways.switch_robot(cast.an, off.pk, NOW, active=False)
    told([cast.chen, cast.lin])
    told([cast.stranger], "absence:1")
    told([cast.stranger], "plan")
    notice_delivery.deliver_due(NOW)
    assert {path: len(chat.to(path)) for path in ("/here", "/all", "/off")} == {"/here": 1, "/all": 2, "/off": 0}
    assert chat.to("/all")[0].json["content"]["text"] == WORDS.zh
    assert NoticeDelivery.objects.filter(state="unknown").count() == 2  # this provider answers as WeCom does, not as Feishu


def test_in_quiet_hours_it_waits_for_their_end(cast: Cast, chat: Provider) -> None:
    notice_ways.choose(cast.chen, {"robot": ["cases"]}, "", (time(9), time(12)), robot(chat), NOW)  # it is ten in Shanghai
    told([cast.chen])
    assert notice_delivery.deliver_due(NOW) == {}
    assert notice_delivery.deliver_due(NOW + timedelta(hours=2)) == {"sent": 1}


def test_a_failure_is_tried_again_then_given_up_and_a_person_may_send_it_anew(cast: Cast, chat: Provider) -> None:
    notice_ways.choose(cast.chen, {"robot": ["cases"]}, "", NEVER, robot(chat), NOW)
    told([cast.chen])
    chat.faults += ["429"] * (len(WAITS) + 1)
    now = NOW
    for wait in WAITS:
        assert notice_delivery.deliver_due(now) == {"waiting": 1}
        assert notice_delivery.deliver_due(now) == {}
        now += wait
    assert notice_delivery.deliver_due(now) == {"failed": 1}
    failed = NoticeDelivery.objects.get()
    assert "429" in failed.words["en"]
    assert not notice_delivery.again(cast.lin, failed.pk, now)
    assert notice_delivery.again(cast.chen, failed.pk, now)
    assert notice_delivery.deliver_due(now) == {"sent": 1}
    assert not notice_delivery.again(cast.chen, failed.pk, now)


def test_what_nobody_knows_is_not_sent_twice_by_itself(cast: Cast, chat: Provider) -> None:
    notice_ways.choose(cast.chen, {"robot": ["cases"]}, "", NEVER, robot(chat), NOW)
    told([cast.chen])
    chat.faults.append("drop")
    assert notice_delivery.deliver_due(NOW) == {"unknown": 1}
    assert notice_delivery.deliver_due(NOW + timedelta(days=1)) == {}
    assert len(chat.taken) == 1
    NoticeDelivery.objects.update(state="sending")
    assert notice_delivery.send(NoticeDelivery.objects.get().pk, NOW) == ""
    assert notice_delivery.anything_due(NOW + timedelta(hours=1))
    assert notice_delivery.deliver_due(NOW + timedelta(hours=1)) == {}
    assert NoticeDelivery.objects.get().state == "unknown"


def test_an_address_that_has_become_internal_fails_and_says_so(cast: Cast, chat: Provider, settings: Any) -> None:
    notice_ways.choose(cast.chen, {"robot": ["cases"]}, "", NEVER, robot(chat), NOW)
    settings.HUIFANG = replace(settings.HUIFANG, webhook_hosts=())
    told([cast.chen])
    assert notice_delivery.deliver_due(NOW) == {"failed": 1}
    assert "HTTPS" in NoticeDelivery.objects.get().words["zh"]
    mine = NoticeRobot.objects.get()
    assert notice_delivery.try_robot(mine, NOW).state is ReceiptState.FAILED
    settings.HUIFANG = replace(settings.HUIFANG, webhook_hosts=(chat.url.removeprefix("http://"),))
    assert notice_delivery.try_robot(mine, NOW).state is ReceiptState.SENT


def test_a_demo_posts_nothing_and_a_mail_server_is_used_where_there_is_one(
    cast: Cast, chat: Provider, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_ways.choose(cast.chen, EVERYTHING, "chen@example.com", NEVER, robot(chat), NOW)
    handed: list[str] = []
    driver = SmtpDriver(SmtpServer("mail.example", 25, "", "", "huifang@example.com", "慧访"))

    def taken(_self: object, mail: Any, to: str) -> Receipt:
        handed.append(f"{mail['From'].addresses[0].addr_spec} {to}")
        return Receipt(ReceiptState.SENT)

    monkeypatch.setattr(SmtpDriver, "hand_over", taken)
    monkeypatch.setattr(notice_delivery, "senders", lambda: {Channel.EMAIL: driver})
    told([cast.chen])
    assert notice_delivery.deliver_due(NOW) == {"sent": 2}
    assert handed == ["huifang@example.com chen@example.com"]
    settings.HUIFANG = replace(settings.HUIFANG, demo=True)
    told([cast.chen])
    assert notice_delivery.deliver_due(NOW) == {"sent": 2}
    assert (len(handed), len(chat.taken)) == (1, 1)
    assert len(list((tmp_path / "outbox" / "notices").iterdir())) == 2


def test_what_is_not_complete_is_refused(cast: Cast, chat: Provider) -> None:
    for about, address, quiet, own, what in (
        ({}, "", (time(9), None), None, "Quiet hours"),
        ({"mail": ["cases"]}, " ", NEVER, None, "no address"),
        ({"mail": ["cases"]}, "nobody", NEVER, None, "no address that mail"),
        ({"robot": ["cases"]}, "", NEVER, None, "none is set up"),
        ({}, "", NEVER, RobotForm("pager", chat.url), "no such kind"),
        ({}, "", NEVER, RobotForm("wecom", "https://127.0.0.1/x"), "internal"),
    ):
        with pytest.raises(Invalid, match=what):
            notice_ways.choose(cast.chen, about, address, quiet, own, NOW)
    assert not NoticeRobot.objects.exists()
    with pytest.raises(Invalid, match="needed"):
        notice_ways.save_robot(cast.an, robot(chat), None, ["cases"], NOW)
    with pytest.raises(NotAllowed):
        notice_ways.save_robot(cast.tao, robot(chat, name="x"), None, ["cases"], NOW)
    with pytest.raises(NotAllowed):
        notice_ways.switch_robot(cast.an, 99, NOW, active=True)


def test_ones_own_robot_keeps_its_address_until_another_is_given(cast: Cast, chat: Provider) -> None:
    notice_ways.choose(cast.chen, {}, "", NEVER, robot(chat, secret="S"), NOW)
    notice_ways.choose(cast.chen, {}, "", NEVER, RobotForm("dingtalk", ""), NOW)
    kept = NoticeRobot.objects.get(staff=cast.chen)
    assert (kept.kind, kept.url, kept.secret) == ("dingtalk", f"{chat.url}/send?key=1", "S")
    notice_ways.choose(cast.chen, {}, "", NEVER, None, NOW)
    assert not NoticeRobot.objects.exists()
    assert notice_delivery._with("https://x/y", "a=1") == "https://x/y?a=1"


def test_the_worker_comes_round_to_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told([cast.chen])
    monkeypatch.setattr(schedule.mailbox, "address", lambda: "")
    schedule.due(NOW)
    job = Job.objects.get(kind="notices")
    HANDLERS["notices"].run(job.payload, NOW)
    assert not Notice.objects.filter(carried=False).exists()
    assert json.dumps(job.payload) == "{}"
