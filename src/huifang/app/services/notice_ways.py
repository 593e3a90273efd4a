"""What each person has chosen for their notices, and the robots that are set up: one's own, and those of branches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.db import transaction

from huifang.app.access import MANAGE_CHANNELS, require
from huifang.app.records.models import Branch, NoticeChoice, NoticeRobot, Staff
from huifang.app.services import audit, webhook_targets
from huifang.channels.mail import checked_address
from huifang.channels.robots import KINDS as ROBOTS
from huifang.domain.errors import Invalid, NotAllowed, Problem
from huifang.domain.notice_ways import Kind, Way
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class RobotForm:
    """A robot as it is set up; an empty `url` or `secret` leaves what is kept."""

    kind: str
    url: str
    secret: str = ""
    name: str = ""


def choose(
    by: Staff,
    about: Mapping[str, Collection[str]],
    address: str,
    quiet: tuple[time | None, time | None],
    robot: RobotForm | None,
    now: datetime,
) -> NoticeChoice:
    """Keep one's own choice: kinds by way, address, quiet hours (both or none), one's own robot (None: without).

    Raises `Invalid` for an address no mail can be sent to, half a pair of quiet hours, a robot's address that is not public HTTPS.
    """
    if (quiet[0] is None) != (quiet[1] is None):
        raise Invalid(_problem("quiet", Words("免打扰时段只填了一头。", "Quiet hours lack their begin or end.")))
    kept = {way.value: [kind.value for kind in Kind if kind in about.get(way, ())] for way in Way}
    if kept[Way.MAIL] and not address.strip():
        raise Invalid(_problem("address", Words("选了邮件，但没有填邮箱。", "Mail is chosen, but there is no address.")))
    with transaction.atomic():
        _own_robot(by, robot, now)
        if kept[Way.ROBOT] and not NoticeRobot.objects.filter(staff=by, active=True).exists():
            raise Invalid(_problem("robot", Words("选了机器人，但没有设置机器人。", "A robot is chosen, but none is set up.")))
        values = {
            "about": kept, "address": checked_address(address) if address.strip() else "", "quiet_from": quiet[0], "quiet_to": quiet[1],
        }  # fmt: skip
        made, _new = NoticeChoice.objects.update_or_create(staff=by, defaults=values)
        audit.write(by, "notices.chosen", f"staff:{by.pk}", **kept)
    return made


def save_robot(by: Staff, form: RobotForm, branch: Branch | None, about: Collection[str], now: datetime) -> NoticeRobot:
    """Set up a robot of a group, for a branch's people (None: everybody's). Raises `Invalid`."""
    require(by, MANAGE_CHANNELS)
    if not form.name.strip() or not form.url.strip() or not about:
        raise Invalid(_problem("group", Words("名称、地址和通知种类都要填。", "A name, an address and what it is told are needed.")))
    _check(form)
    with transaction.atomic():
        made = NoticeRobot.objects.create(
            name=form.name.strip()[:60], kind=form.kind, url=form.url.strip(), secret=form.secret.strip(), branch=branch,
            about=[kind.value for kind in Kind if kind in about], created_at=now,
        )  # fmt: skip
        audit.write(by, "robot.saved", f"robot:{made.pk}", kind=made.kind, about=made.about)
    return made


def switch_robot(by: Staff, robot_id: int, now: datetime, *, active: bool) -> NoticeRobot:  # noqa: ARG001
    """Off: nothing is said through it. On again: from now on. Raises `NotAllowed` where there is no such group robot."""
    require(by, MANAGE_CHANNELS)
    with transaction.atomic():
        robot = group_robot(by, robot_id)
        robot.active = active
        robot.save(update_fields=["active"])
        audit.write(by, "robot.on" if active else "robot.off", f"robot:{robot.pk}")
    return robot


def group_robot(by: Staff, robot_id: int) -> NoticeRobot:
    """One robot of a group; raises `NotAllowed`."""
    require(by, MANAGE_CHANNELS)
    robot = NoticeRobot.objects.filter(pk=robot_id, staff=None).first()
    if robot is None:
        raise NotAllowed(_problem("missing", Words("找不到这个机器人。", "There is no such robot.")))
    return robot


def _own_robot(by: Staff, form: RobotForm | None, now: datetime) -> None:
    held = NoticeRobot.objects.filter(staff=by).first()
    if form is None:
        if held is not None:
            held.delete()
        return
    url = form.url.strip() or (held.url if held else "")
    _check(RobotForm(form.kind, url))
    secret = form.secret.strip() or (held.secret if held else "")
    values = {"name": by.name, "kind": form.kind, "url": url, "secret": secret, "active": True}
    NoticeRobot.objects.update_or_create(staff=by, defaults=values, create_defaults=values | {"created_at": now})


def _check(form: RobotForm) -> None:
    if form.kind not in ROBOTS:
        raise Invalid(_problem("kind", Words("没有这种机器人。", "There is no such kind of robot.")))
    webhook_targets.check(form.url.strip(), settings.HUIFANG.webhook_hosts)


def _problem(code: str, what: Words) -> Problem:
    return Problem(f"notice-ways.{code}", what, Words("请补充后再保存。", "Complete it and save again."))
