"""Telling colleagues outside the product: by mail and by robots of chat groups, as each has chosen, after their quiet hours.

New notices are looked through by a job; each telling is noted before it leaves. What failed for certain is tried again after `WAITS`; what
nobody knows is not sent again by itself: the person it was for sees it and may say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from huifang.app.business_time import business_zone
from huifang.app.records.models import Notice, NoticeChoice, NoticeDelivery, NoticeRobot, Staff
from huifang.app.senders import senders
from huifang.app.services import webhook_targets
from huifang.channels import robots, web
from huifang.channels.driver import Receipt, ReceiptState
from huifang.channels.email import SmtpDriver
from huifang.channels.mail import compose_note
from huifang.domain.contact import Channel
from huifang.domain.errors import HuifangError
from huifang.domain.notice_ways import WAITS, Way, kind_of, not_before
from huifang.domain.words import Words

State = NoticeDelivery.State
_AT_ONCE = 500
_LOST = timedelta(minutes=15)
_KEPT = Words("演示或未设邮件服务器：已存入发件箱文件夹。", "A demo, or no mail server is set: kept in the outbox folder.")


def anything_due(now: datetime) -> bool:
    """Whether notices have not been looked through, or a telling is due or was cut off."""
    return Notice.objects.filter(carried=False).exists() or _due(now).exists() or _left(now).exists()


def deliver_due(now: datetime) -> dict[str, int]:
    """Look through new notices and tell what is due; how many ended in which state. Each commits by itself."""
    _left(now).update(state=State.UNKNOWN, words=_said(Words("发送中断，不知是否已送出。", "Sending was cut off.")))
    collect(now)
    numbers = list(_due(now).order_by("next_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    return dict(Counter(state for number in numbers if (state := send(number, now))))


def collect(now: datetime) -> int:
    """Make the tellings of notices that nobody has looked through; how many. A group hears of one matter once, whoever else is told."""
    with transaction.atomic():
        waiting = Notice.objects.filter(carried=False).select_related("to").order_by("pk")
        new = list(waiting.select_for_update(of=("self",), no_key=True)[:_AT_ONCE])
        people = {each.to_id for each in new}
        choices = {each.staff_id: each for each in NoticeChoice.objects.filter(staff__in=people)}
        found = list(NoticeRobot.objects.filter(active=True))
        own = {each.staff_id: each for each in found if each.staff_id is not None}
        rows = [row for each in new for row in _own(each, choices.get(each.to_id), own.get(each.to_id), now)]
        rows += _of_groups(new, [each for each in found if each.staff_id is None], now)
        NoticeDelivery.objects.bulk_create(rows)
        Notice.objects.filter(pk__in=[each.pk for each in new]).update(carried=True)
    return len(rows)


def send(number: int, now: datetime) -> str:
    """Tell by one way; the state it ended in, empty where another process has it."""
    taken = NoticeDelivery.objects.filter(pk=number, state=State.WAITING)
    if not taken.update(state=State.SENDING, at=now):
        return ""
    delivery = NoticeDelivery.objects.select_related("notice__to__notice_choice", "robot").get(pk=number)
    try:
        receipt = _hand_over(delivery, now)
    except HuifangError as error:
        receipt = Receipt(ReceiptState.FAILED, permanent=True, words=error.problems[0].what)
    tries = delivery.tries + 1
    again = receipt.state is ReceiptState.FAILED and not receipt.permanent and tries <= len(WAITS)
    delivery.state = State.WAITING if again else State(receipt.state.value)
    delivery.tries, delivery.words, delivery.at = tries, _said(receipt.words), now
    delivery.next_at = now + WAITS[tries - 1] if again else delivery.next_at
    delivery.save(update_fields=["state", "tries", "words", "at", "next_at"])
    return str(delivery.state)


def again(by: Staff, number: int, now: datetime) -> bool:
    """Send one's own failed or unknown telling once more; False where there is none."""
    stuck = NoticeDelivery.objects.filter(pk=number, notice__to=by, state__in=(State.FAILED, State.UNKNOWN))
    return bool(stuck.update(state=State.WAITING, tries=0, next_at=now, at=now))


def try_robot(robot: NoticeRobot, now: datetime) -> Receipt:
    """Say one line through a robot, so that whoever sets it up sees that it works."""
    words = Words("慧访：机器人设置成功。", "Huifang: this robot works.")
    try:
        return _post(robot, f"{words.zh}\n{words.en}", f"test-{robot.pk}", now)
    except HuifangError as error:
        return Receipt(ReceiptState.FAILED, permanent=True, words=error.problems[0].what)


def _own(notice: Notice, choice: NoticeChoice | None, robot: NoticeRobot | None, now: datetime) -> Iterable[NoticeDelivery]:
    if choice is None:
        return
    kind = kind_of(notice.subject)
    when = not_before(now.astimezone(business_zone()), choice.quiet_from, choice.quiet_to)
    if choice.address and kind in choice.about.get(Way.MAIL, ()):
        yield NoticeDelivery(notice=notice, way=Way.MAIL, next_at=when, at=now)
    if robot is not None and kind in choice.about.get(Way.ROBOT, ()):
        yield NoticeDelivery(notice=notice, way=Way.ROBOT, robot=robot, next_at=when, at=now)


def _of_groups(new: Iterable[Notice], groups: Iterable[NoticeRobot], now: datetime) -> list[NoticeDelivery]:
    made: dict[tuple[int, str, str], NoticeDelivery] = {}
    for robot in groups:
        for notice in new:
            mine = robot.branch_id is None or notice.to.branch_id == robot.branch_id
            key = (robot.pk, notice.subject, notice.words["zh"])
            if mine and kind_of(notice.subject) in robot.about and key not in made:
                made[key] = NoticeDelivery(notice=notice, way=Way.ROBOT, robot=robot, next_at=now, at=now)
    return list(made.values())


def _hand_over(delivery: NoticeDelivery, now: datetime) -> Receipt:
    notice = delivery.notice
    text = Words(notice.words["zh"], notice.words["en"]).say(notice.to.language)
    if delivery.robot is not None:
        return _post(delivery.robot, text, f"notice-{delivery.pk}", now)
    driver = None if settings.HUIFANG.demo else senders().get(Channel.EMAIL)
    server = driver.server if isinstance(driver, SmtpDriver) else None
    sender, name = (server.sender, server.name) if server else ("notices@localhost.localdomain", "")
    key, to = f"notice-{delivery.pk}-{delivery.tries}", notice.to.notice_choice.address
    mail = compose_note(sender, name, to, text, text, key, now.astimezone(UTC))
    return driver.hand_over(mail, to) if isinstance(driver, SmtpDriver) else _keep(f"{key}.eml", mail.as_bytes())


def _post(robot: NoticeRobot, text: str, key: str, now: datetime) -> Receipt:
    if settings.HUIFANG.demo:
        return _keep(f"{key}.txt", text.encode())
    made = robots.post(robot.kind, text, robot.secret, now)
    target = webhook_targets.check(_with(robot.url, made.query), settings.HUIFANG.webhook_hosts)
    url, host = webhook_targets.pinned(target)
    with httpx.Client(timeout=webhook_targets.PATIENCE, follow_redirects=False, trust_env=False) as http:
        heard = web.ask(http, "POST", url, json=made.body, headers={"Host": host}, extensions={"sni_hostname": target.host})
    return robots.said(robot.kind, heard)


def _with(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def _keep(name: str, content: bytes) -> Receipt:
    folder = settings.HUIFANG.data / "outbox" / "notices"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return Receipt(ReceiptState.SENT, words=_KEPT)


def _due(now: datetime) -> QuerySet[NoticeDelivery]:
    return NoticeDelivery.objects.filter(state=State.WAITING, next_at__lte=now)


def _left(now: datetime) -> QuerySet[NoticeDelivery]:
    return NoticeDelivery.objects.filter(state=State.SENDING, at__lt=now - _LOST)


def _said(words: Words) -> Mapping[str, str]:
    return {"zh": words.zh, "en": words.en}
