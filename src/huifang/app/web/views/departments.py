"""Departments: who is in which, and their names."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.access import MANAGE_STAFF
from huifang.app.records.models import Branch, Staff
from huifang.app.services import organisation
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError, Problem


@require_http_methods(["GET", "POST"])
@needs(MANAGE_STAFF)
def departments(request: HttpRequest) -> HttpResponse:
    """Every department with its people; one gets another name."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            count = _rename(request)
            messages.success(request, ngettext("%(count)s person is in it.", "%(count)s people are in it.", count) % {"count": count})
            return redirect("settings-departments")
        except HuifangError as error:
            problems = error.problems
    people = Staff.objects.filter(is_active=True).exclude(department="").select_related("branch")
    found = groupby(people.order_by("branch__code", "department", "code"), lambda one: (one.branch, one.department))
    groups = [(branch, name, list(some)) for (branch, name), some in found]
    about = {"tab": "departments", "departments": groups, "problems": problems}
    return render(request, "web/settings_departments.html", about, status=422 if problems else 200)


def _rename(request: HttpRequest) -> int:
    code, said = request.POST.get("branch", ""), request.POST
    branch = Branch.objects.filter(code=code).first() if code else None
    return organisation.rename_department(person(request), branch, said.get("name", ""), said.get("new", ""), business_clock.now())
