"""The recurring reports: on the screen, as files, by mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import business_clock
from huifang.app.access import EXPORT, SEE_INDICATORS, SEND_REPORTS, may, staff_for, subscriptions_for
from huifang.app.queries import indicator_figures
from huifang.app.queries.indicator_words import percent
from huifang.app.queries.report_plans import ReportPlan, report_plan, report_plans
from huifang.app.queries.reports import FilledReport, Trend
from huifang.app.queries.reports import report as filled_report
from huifang.app.records.models import ReportMailing, ReportSubscription, Role
from huifang.app.reports.report_files import TYPES, report_bytes
from huifang.app.reports.report_words import HEADS, about, report_file_name
from huifang.app.services import report_mailings, report_subscriptions
from huifang.app.web import indicator_charts, picking
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError
from huifang.domain.periods import stretch

NEWEST = 20


@require_safe
@needs(SEE_INDICATORS)
def reports(request: HttpRequest) -> HttpResponse:
    """All reports of the playbooks in force, and to whom they go by themselves."""
    return _list(request)


@require_safe
@needs(SEE_INDICATORS)
def report(request: HttpRequest, playbook: str, report: str) -> HttpResponse:
    """One report for the period that a day lies in."""
    plan, language = _plan(playbook, report), get_language() or "zh-hans"
    choice = picking.branches(person(request))
    branch, filled = picking.branch_of(request, choice), _filled(request, plan, language)
    after = filled.period.after.first
    query = f"day={filled.period.first}{f'&branch={branch.pk}' if branch else ''}"
    return render(
        request,
        "web/reports/report.html",
        {
            "filled": filled,
            "about": about(filled, language),
            "heads": {key.replace("-", "_"): words.say(language) for key, words in HEADS.items()},
            "kinds": [(HEADS[kind], filled.findings.kinds.get(kind, 0)) for kind in ("praise", "suggestion", "complaint")],
            "most": filled.findings.problems[0][1] if filled.findings.problems else 1,
            "charts": [_chart(one) for one in filled.trends],
            "plan": plan,
            "branches": choice,
            "branch": branch,
            "before": f"day={filled.period.before.first}{f'&branch={branch.pk}' if branch else ''}",
            "after": f"day={after}{f'&branch={branch.pk}' if branch else ''}" if after <= business_clock.today() else "",
            "files": may(person(request), EXPORT),
            "query": query,
            "counted": indicator_figures.kept_until(person(request))[0],
        },
    )


@require_safe
@needs(EXPORT)
def report_file(request: HttpRequest, playbook: str, report: str, ending: str) -> HttpResponse:
    """The report as PDF, Word or Excel; noted in the audit trail."""
    if ending not in TYPES:
        raise Http404
    plan, language = _plan(playbook, report), get_language() or "zh-hans"
    filled = _filled(request, plan, language)
    report_subscriptions.note_taken(person(request), playbook, report, filled.period.first, ending)
    header = content_disposition_header(as_attachment=True, filename=report_file_name(filled, ending)) or "attachment"
    return HttpResponse(report_bytes(filled, ending, language), content_type=TYPES[ending], headers={"Content-Disposition": header})


@require_POST
@needs(SEND_REPORTS)
def send(request: HttpRequest) -> HttpResponse:
    """Have a report sent to a colleague from now on."""
    playbook, _slash, report = request.POST.get("report", "").partition("/")
    to = request.POST.get("to", "")
    branch = next((one for one in picking.branches(person(request)) if str(one.pk) == request.POST.get("branch")), None)
    number = int(to) if to.isdecimal() and len(to) < 12 else 0
    wanted = report_subscriptions.Wanted(playbook, report, request.POST.get("form", ""), number, request.POST.get("address", ""), branch)
    try:
        report_subscriptions.subscribe(person(request), wanted, business_clock.now())
    except HuifangError as error:
        return _list(request, error, status=422)
    messages.success(request, _("The report is sent from the end of this period on."))
    return redirect("reports")


@require_POST
@needs(SEND_REPORTS)
def stop(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Send it no more."""
    if not subscriptions_for(person(request)).filter(pk=subscription_id, active=True).exists():
        raise Http404
    report_subscriptions.stop(person(request), subscription_id)
    messages.success(request, _("It is not sent any more."))
    return redirect("reports")


@require_POST
@needs(SEND_REPORTS)
def again(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """Send a failed or unknown one once more."""
    if not ReportMailing.objects.filter(pk=mailing_id, subscription__in=subscriptions_for(person(request)).values("pk")).exists():
        raise Http404
    state = report_mailings.again(person(request), mailing_id, business_clock.now())
    messages.info(request, str(ReportMailing.State(state).label))
    return redirect("reports")


def _list(request: HttpRequest, error: HuifangError | None = None, status: int = 200) -> HttpResponse:
    staff = person(request)
    mine = subscriptions_for(staff).filter(active=True).select_related("to", "branch")
    plans = report_plans()
    titles = {(one.playbook.playbook, one.key): one.name for one in plans}
    sent = ReportMailing.objects.filter(subscription__in=subscriptions_for(staff).values("pk")).select_related("subscription__to")
    people = staff_for(staff).filter(role__in=(Role.SUPERVISOR, Role.MANAGER), is_active=True)
    return render(
        request,
        "web/reports/list.html",
        {
            "plans": plans,
            "mine": [(one, titles.get((one.playbook, one.report), one.report)) for one in mine],
            "sent": [(one, titles.get((one.subscription.playbook, one.subscription.report), "")) for one in sent[:NEWEST]],
            "sends": may(staff, SEND_REPORTS),
            "people": people,
            "branches": picking.branches(staff),
            "forms": ReportSubscription.Form.choices,
            "problems": error.problems if error else (),
            "given": request.POST,
        },
        status=status,
    )


def _plan(playbook: str, key: str) -> ReportPlan:
    plan = report_plan(playbook, key)
    if plan is None:
        raise Http404
    return plan


def _filled(request: HttpRequest, plan: ReportPlan, language: str) -> FilledReport:
    """For ``?day=…``; without it, for the last period that is over."""
    today = business_clock.today()
    period = stretch(plan.period, min(picking.day_of(request), today))
    if not request.GET.get("day"):
        period = period.before
    branch = picking.branch_of(request, picking.branches(person(request)))
    return filled_report(person(request), plan, period, language, today, branch)


def _chart(one: Trend) -> Any:
    points = list(zip(one.labels, one.values, strict=True))
    return indicator_charts.trend(
        one.title, points, one.goal, lambda each: percent(round(each, 3)) if one.share else f"{each:.1f}", share=one.share
    )
