"""How one is told outside the product, and the robots of groups."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huifang.app import access, business_clock
from huifang.app.records.models import NoticeChoice, NoticeDelivery, NoticeRobot
from huifang.app.services import notice_delivery
from huifang.app.services import notice_ways as services
from huifang.app.services.notice_ways import RobotForm
from huifang.app.web.guard import needs, person
from huifang.channels.driver import Receipt, ReceiptState
from huifang.channels.robots import KINDS as ROBOTS
from huifang.domain.errors import Invalid, Problem
from huifang.domain.notice_ways import KINDS, Way
from huifang.domain.words import Words

_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.SEE_CUSTOMERS)
def ways(request: HttpRequest) -> HttpResponse:
    """Choose what one is told by mail and by robot, and when not; 422 with what is wrong."""
    staff, given = person(request), request.POST
    if request.method != "POST":
        return _ways(request)
    robot = RobotForm(given.get("kind", ""), given.get("url", ""), given.get("secret", "")) if given.get("kind") else None
    about = {way.value: given.getlist(f"about.{way}") for way in Way}
    try:
        quiet = (_time(given.get("quiet_from", "")), _time(given.get("quiet_to", "")))
        services.choose(staff, about, given.get("address", "")[:254], quiet, robot, business_clock.now())
    except Invalid as error:
        return _ways(request, error.problems)
    messages.success(request, _("Saved."))
    return redirect("notice-ways")


@require_POST
@needs(access.SEE_CUSTOMERS)
def try_own(request: HttpRequest) -> HttpResponse:
    """Say a line through one's own robot."""
    robot = NoticeRobot.objects.filter(staff=person(request)).first()
    if robot is None:
        messages.info(request, _("No robot of yours is set up."))
    else:
        _tell(request, notice_delivery.try_robot(robot, business_clock.now()))
    return redirect("notice-ways")


@require_POST
@needs(access.SEE_CUSTOMERS)
def again(request: HttpRequest) -> HttpResponse:
    """Send a telling of one's own once more."""
    if notice_delivery.again(person(request), _number(request.POST.get("delivery", "")), business_clock.now()):
        messages.success(request, _("It is sent again in a moment."))
    return redirect("notice-ways")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.MANAGE_CHANNELS)
def group_robots(request: HttpRequest) -> HttpResponse:
    """Robots of groups: those that are set up, and setting up another."""
    if request.method != "POST":
        return _groups(request)
    given, by = request.POST, person(request)
    branch = access.branches_for(by).filter(pk=_number(given.get("branch", ""))).first()
    form = RobotForm(given.get("kind", ""), given.get("url", ""), given.get("secret", ""), given.get("name", ""))
    try:
        services.save_robot(by, form, branch, given.getlist("about"), business_clock.now())
    except Invalid as error:
        return _groups(request, error.problems)
    messages.success(request, _("Saved."))
    return redirect("robots")


@require_POST
@needs(access.MANAGE_CHANNELS)
def group_robot(request: HttpRequest, robot_id: int) -> HttpResponse:
    """Switch a group's robot on or off, or try it."""
    by, now, what = person(request), business_clock.now(), request.POST.get("what", "try")
    if what not in ("on", "off", "try"):
        raise Http404
    if what == "try":
        _tell(request, notice_delivery.try_robot(services.group_robot(by, robot_id), now))
    else:
        services.switch_robot(by, robot_id, now, active=what == "on")
    return redirect("robots")


def _ways(request: HttpRequest, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    staff, given = person(request), request.POST
    choice = NoticeChoice.objects.filter(staff=staff).first() or NoticeChoice(staff=staff)
    chosen = {way.value: given.getlist(f"about.{way}") if problems else choice.about.get(way.value, []) for way in Way}
    told = NoticeDelivery.objects.filter(Q(robot=None) | Q(robot__staff=staff), notice__to=staff).select_related("notice")
    context = {
        "kinds": [(kind.value, words, kind in chosen[Way.MAIL], kind in chosen[Way.ROBOT]) for kind, words in KINDS.items()],
        "address": given.get("address", "") if problems else choice.address, "choice": choice, "problems": problems,
        "robots": ROBOTS.items(),
        "robot": NoticeRobot.objects.filter(staff=staff).first(),
        "deliveries": told[:_SHOWN],
    }  # fmt: skip
    return render(request, "web/notice_ways/own.html", context, status=422 if problems else 200)


def _groups(request: HttpRequest, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    robots = NoticeRobot.objects.filter(staff=None).select_related("branch").order_by("-active", "name")
    context = {
        "tab": "robots", "problems": problems, "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "robot_kinds": ROBOTS.items(), "robots": [(each, _about(each), ROBOTS[each.kind], each.deliveries.first()) for each in robots],
        "branches": access.branches_for(person(request)).order_by("code"),
    }  # fmt: skip
    return render(request, "web/notice_ways/groups.html", context, status=422 if problems else 200)


def _about(robot: NoticeRobot) -> list[Words]:
    return [words for kind, words in KINDS.items() if kind in robot.about]


def _tell(request: HttpRequest, receipt: Receipt) -> None:
    said = receipt.words.say(get_language() or "zh-hans")
    messages.success(request, said) if receipt.state is ReceiptState.SENT else messages.error(request, said)


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
