"""The organisation: staff, branches, absences, the business's own calendar days."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from huifang.app import business_clock
from huifang.app.access import MANAGE_STAFF
from huifang.app.business_time import business_day
from huifang.app.calendars import working_calendar
from huifang.app.records.models import Absence, Branch, CalendarOverride, Role, Staff
from huifang.app.services import organisation
from huifang.app.services import staff as service
from huifang.app.web.guard import needs, person
from huifang.domain.calendars import WARN_FROM_MONTH
from huifang.domain.errors import HuifangError, Problem

if TYPE_CHECKING:  # Django's form takes its model only for the type checker
    StaffModelForm: TypeAlias = forms.ModelForm[Staff]
    BranchModelForm: TypeAlias = forms.ModelForm[Branch]
else:
    StaffModelForm = BranchModelForm = forms.ModelForm
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class StaffForm(StaffModelForm):
    """A member of staff as an administrator sees them."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=lambda: [choice for choice in Role.choices if choice[0] != Role.SERVICE])

    class Meta:
        model = Staff
        fields = ("code", "name", "sign_in_name", "role", "branch", "department", "all_branches", "capacity", "hours", "is_active")
        labels = {  # noqa: RUF012 - Django's own form
            "code": gettext_lazy("Staff number"),
            "name": gettext_lazy("Name"),
            "sign_in_name": gettext_lazy("Sign-in name"),
            "branch": gettext_lazy("Branch"),
            "department": gettext_lazy("Department"),
            "all_branches": gettext_lazy("Sees all branches"),
            "capacity": gettext_lazy("Follow-ups a day"),
            "hours": gettext_lazy("Shift"),
            "is_active": gettext_lazy("Works here"),
        }
        widgets = {"department": forms.TextInput(attrs={"list": "departments"})}  # noqa: RUF012 - Django's own form


class BranchForm(BranchModelForm):
    """A branch."""

    class Meta:
        model = Branch
        fields = ("code", "name", "time_zone", "calendar", "active")
        labels = {  # noqa: RUF012 - Django's own form
            "code": gettext_lazy("Branch code"),
            "name": gettext_lazy("Branch name"),
            "time_zone": gettext_lazy("Time zone"),
            "calendar": gettext_lazy("Calendar"),
            "active": gettext_lazy("Open for business"),
        }


class AbsenceForm(forms.Form):
    """Somebody is away."""

    person = forms.ModelChoiceField(Staff.objects.filter(is_active=True).exclude(role=Role.SERVICE), label=gettext_lazy("Who"))
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    substitute = forms.ModelChoiceField(
        Staff.objects.filter(is_active=True).exclude(role=Role.SERVICE), label=gettext_lazy("Substitute"), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=120)


class DayForm(forms.Form):
    """A day of the business's own."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    working = forms.TypedChoiceField(
        label=gettext_lazy("That day is"),
        choices=(("no", gettext_lazy("free")), ("yes", gettext_lazy("worked"))),
        coerce=lambda value: value == "yes",
    )
    calendar = forms.CharField(label=gettext_lazy("Calendar"), max_length=20, initial="CN")
    label = forms.CharField(label=gettext_lazy("Name of the day"), required=False, max_length=60)


def _page(request: HttpRequest, name: str, problems: tuple[Problem, ...] = (), **about: Any) -> HttpResponse:
    wrong = bool(problems) or any(form.errors for form in about.values() if isinstance(form, forms.BaseForm))
    return render(request, f"web/settings_{name}.html", {"tab": name, "problems": problems, **about}, status=422 if wrong else 200)


@require_http_methods(["GET"])
@needs(MANAGE_STAFF)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, those who left last."""
    found = Staff.objects.exclude(role=Role.SERVICE).select_related("branch").order_by("-is_active", "role", "code")
    return _page(request, "people", people=list(found), roles=Role)


@require_http_methods(["GET", "POST"])
@needs(MANAGE_STAFF)
def one_person(request: HttpRequest, staff_id: int | None = None) -> HttpResponse:
    """Add or change a member of staff."""
    held = get_object_or_404(Staff, pk=staff_id) if staff_id else None
    form = StaffForm(request.POST or None, instance=held, initial={} if held else {"role": Role.AGENT, "capacity": 40})
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if held is None:
                return _added(request, values)
            changed = {
                name: values[name] or None if name == "sign_in_name" else values[name] for name in form.changed_data if name != "code"
            }
            service.change(person(request), Staff.objects.get(pk=held.pk), changed, business_clock.now())
            messages.success(request, _("Saved."))
            return redirect("settings")
        except HuifangError as error:
            problems = error.problems
    departments = Staff.objects.exclude(department="").values_list("department", flat=True).order_by("department").distinct()
    return _page(request, "person", problems, form=form, held=held, departments=list(departments))


def _added(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    password = new_password() if values["sign_in_name"] else None
    added = service.add(
        person(request),
        values["code"],
        values["name"],
        values["role"],
        business_clock.now(),
        branch=values["branch"],
        sign_in_name=values["sign_in_name"] or None,
        password=password,
        capacity=values["capacity"],
        hours=values["hours"],
        all_branches=values["all_branches"],
        department=values["department"],
        must_change_password=True,
    )
    if password is None:
        return redirect("settings")
    return _page(request, "password", held=added, password=password)


@require_POST
@needs(MANAGE_STAFF)
def reset_password(request: HttpRequest, staff_id: int) -> HttpResponse:
    """A new password, shown this once; it must be changed at the next sign-in."""
    held, password = get_object_or_404(Staff, pk=staff_id), new_password()
    service.set_password(person(request), held, password, business_clock.now())
    return _page(request, "password", held=held, password=password)


def new_password() -> str:
    """Twelve letters and digits in groups, without those that look alike."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(3))


@require_http_methods(["GET", "POST"])
@needs(MANAGE_STAFF)
def branches(request: HttpRequest, branch_id: int | None = None) -> HttpResponse:
    """All branches, and a form to add or change one."""
    held = get_object_or_404(Branch, pk=branch_id) if branch_id else None
    form = BranchForm(request.POST or None, instance=held)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            organisation.save_branch(person(request), form.save(commit=False), business_clock.now())
            messages.success(request, _("Saved."))
            return redirect("settings-branches")
        except HuifangError as error:
            problems = error.problems
    return _page(request, "branches", problems, form=form, held=held, branches=list(Branch.objects.all()))


@require_http_methods(["GET", "POST"])
@needs(MANAGE_STAFF)
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away, and who stands in."""
    form = AbsenceForm(request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            organisation.add_absence(
                person(request),
                data["person"],
                data["first_day"],
                data["last_day"],
                data["substitute"],
                data["reason"],
                business_clock.now(),
            )
            return redirect("settings-absences")
        except HuifangError as error:
            problems = error.problems
    today = business_day(business_clock.now())
    found = Absence.objects.filter(last_day__gte=today).select_related("staff", "substitute")
    return _page(request, "absences", problems, form=form, absences=list(found), today=today)


@require_POST
@needs(MANAGE_STAFF)
def absence_remove(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Take an absence back."""
    organisation.remove_absence(person(request), absence_id, business_clock.now())
    return redirect("settings-absences")


@require_http_methods(["GET", "POST"])
@needs(MANAGE_STAFF)
def calendar(request: HttpRequest) -> HttpResponse:
    """The business's own days over the published calendar; says from 1 November if next year is not published."""
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        organisation.set_day(person(request), data["calendar"], data["day"], data["working"], data["label"], business_clock.now())
        return redirect("settings-calendar")
    today = business_day(business_clock.now())
    return _page(
        request, "calendar", form=form, days=list(CalendarOverride.objects.filter(day__year__gte=today.year)), missing=_missing_years()
    )


def _missing_years() -> list[int]:
    """Years that should be final by now and are not: this one, and from November on the next."""
    today = business_day(business_clock.now())
    years = [today.year, *([today.year + 1] if today.month >= WARN_FROM_MONTH else [])]
    final = {year: all(day.final for day in working_calendar("CN", today) if day.day.year == year) for year in years}
    return [year for year in years if not final[year]]


@require_POST
@needs(MANAGE_STAFF)
def calendar_clear(request: HttpRequest, row_id: int) -> HttpResponse:
    """Let the published calendar hold again."""
    organisation.clear_day(person(request), row_id, business_clock.now())
    return redirect("settings-calendar")
