"""Versions of a playbook: compared side by side, returned to, approved by a second person, tried on today's customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EDIT_PLAYBOOKS, SEE_PLAYBOOKS, customers_for, may, staff_for
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import DryRun, PlaybookReview, PlaybookVersion, Role, Staff
from huifang.app.services import dry_runs, playbook_reviews, playbooks
from huifang.app.web.guard import needs, person
from huifang.playbooks.comparison import changes, lines

SHOWN = 50
"""Customers of each kind of difference on the page."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Customers who come, go, change or stay: the words, how many, the first of them that the person may see."""

    kind: str
    title: str
    tone: str
    count: int
    customers: list[tuple[int, str, str]]


@require_safe
@needs(SEE_PLAYBOOKS)
def compare(request: HttpRequest, version_id: int) -> HttpResponse:
    """A version beside another one of its playbook: the one asked for, else the one in force, else the one before."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    others = PlaybookVersion.objects.filter(playbook=row.playbook).exclude(pk=row.pk).order_by("-number").defer("text")
    wanted = request.GET.get("with", "")
    by_default = others.order_by("-state", "-number").filter(state=PlaybookVersion.State.ACTIVE).first()
    by_default = by_default or others.filter(number__lt=row.number).first() or others.first()
    other = others.filter(pk=int(wanted)).first() if wanted.isdecimal() else by_default
    about: dict[str, Any] = {"row": row, "other": other, "others": list(others), "changes": [], "lines": []}
    if other is not None:
        older, newer = sorted((row, other), key=lambda one: one.number)
        about |= {"older": older, "newer": newer, "lines": lines(older.text, newer.text)}
        about["changes"] = changes(playbook_of(older), playbook_of(newer))
    return render(request, "web/playbooks/compare.html", about)


@require_POST
@needs(EDIT_PLAYBOOKS)
def return_to(request: HttpRequest, version_id: int) -> HttpResponse:
    """An earlier version again, as the newest one."""
    row = playbooks.return_to(person(request), get_object_or_404(PlaybookVersion, pk=version_id), business_clock.now())
    messages.success(request, _("Version %(number)s is kept as a draft.") % {"number": row.number})
    return redirect("playbook", row.pk)


@require_POST
@needs(EDIT_PLAYBOOKS)
def ask(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask for a second person's approval."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    playbook_reviews.ask(person(request), row, request.POST.get("words", ""), business_clock.now())
    messages.success(request, _("Asked. Those who may approve it are told."))
    return redirect("playbook", row.pk)


@require_POST
@needs(EDIT_PLAYBOOKS)
def decide(request: HttpRequest, version_id: int) -> HttpResponse:
    """The second person's word."""
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    approve = request.POST.get("do") == "approve"
    playbook_reviews.decide(person(request), row, approve, request.POST.get("comment", ""), business_clock.now())
    messages.success(request, _("Approved. It can be put in force.") if approve else _("Given back with your comment."))
    return redirect("playbook", row.pk)


@require_http_methods(["GET", "POST"])
@needs(EDIT_PLAYBOOKS)
def dry_run(request: HttpRequest, version_id: int) -> HttpResponse:
    """Begin a dry run (POST), or show how far the last one is (GET)."""
    row = get_object_or_404(PlaybookVersion.objects.defer("text"), pk=version_id)
    if request.method == "POST":
        dry_runs.ask(person(request), PlaybookVersion.objects.get(pk=row.pk), business_clock.now())
        if not request.headers.get("HX-Request"):
            return redirect("playbook", row.pk)
    return render(request, "web/playbooks/dry_run.html", trial(person(request), row) | {"row": row})


def trial(staff: Staff, row: PlaybookVersion) -> dict[str, Any]:
    """The last dry run of a version as the page shows it. At most three queries."""
    run = DryRun.objects.filter(version_id=row.pk).first()
    if run is None or run.state != DryRun.State.DONE:
        return {"run": run}
    language, book = get_language() or "zh-hans", playbook_of(row)
    titles = {key: one.title.say(language) for key, one in book.programmes.items()}
    agents = staff_for(staff).filter(is_active=True, role=Role.AGENT)
    programmes = [(titles.get(key, key), count) for key, count in run.result["programmes"].items()]
    return {
        "run": run, "programmes": programmes, "differences": _differences(staff, run, titles),
        "capacity": agents.aggregate(all=Sum("capacity"))["all"] or 0,
    }  # fmt: skip


def _differences(staff: Staff, run: DryRun, titles: dict[str, str]) -> list[Difference]:
    kinds = (("came", _("Newly contacted"), "good"), ("gone", _("No longer contacted"), "bad"), ("other", _("For other reasons"), "warn"),
             ("same", _("As before"), ""))  # fmt: skip
    named = {row[0] for rows in run.result["customers"].values() for row in rows[:SHOWN]}
    names = {one.pk: one.name for one in customers_for(staff).filter(pk__in=named).only("pk", "name")}
    found = []
    for kind, title, tone in kinds:
        rows = run.result["customers"][kind][:SHOWN]
        seen = [(row[0], names[row[0]], " → ".join(_said(keys, titles) for keys in row[1:])) for row in rows if row[0] in names]
        found.append(Difference(kind, title, tone, run.result["counts"][kind], seen))
    return found


def _said(keys: str, titles: dict[str, str]) -> str:
    return ", ".join(titles.get(key, key) for key in keys.split(","))


def standing(staff: Staff, row: PlaybookVersion) -> dict[str, Any]:
    """What the version's page says of approval, other versions and the dry run."""
    reviews = list(PlaybookReview.objects.filter(version=row).select_related("asked_by", "decided_by")[:5])
    last = reviews[0] if reviews else None
    waits = last is not None and last.state == PlaybookReview.State.WAITING
    own = staff.pk in {row.created_by_id, last.asked_by_id if last else None}
    approved = last is not None and last.state == PlaybookReview.State.APPROVED
    needed = playbook_reviews.required()
    return {
        "reviews": reviews, "waits": waits, "may_decide": waits and not own, "needs_approval": needed and not approved,
        "siblings": PlaybookVersion.objects.filter(playbook=row.playbook).exclude(pk=row.pk).exists(),
        **(trial(staff, row) if may(staff, EDIT_PLAYBOOKS) else {}),
    }  # fmt: skip
