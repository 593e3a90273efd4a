"""Who is away, and what of their work goes to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.business_time import business_day
from huifang.app.queries import hand_overs as queries
from huifang.app.records.models import Absence, Role, Staff
from huifang.app.services import hand_overs as services
from huifang.app.services import organisation
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid, Problem


class AwayForm(forms.Form):
    """Somebody of one's branches is away."""

    person = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("Who"))
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    substitute = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("Substitute"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=120)

    def __init__(self, by: Staff, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for name in ("person", "substitute"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
            field.queryset = access.staff_for(by).filter(is_active=True).exclude(role=Role.SERVICE)


@require_safe
@needs(access.HAND_OVER)
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away now and soon, and the form to note another absence."""
    return _list(request, AwayForm(person(request)))


@require_POST
@needs(access.HAND_OVER)
def new(request: HttpRequest) -> HttpResponse:
    """Note an absence: 422 with what is wrong; then the page on which its work is handed over."""
    by = person(request)
    form = AwayForm(by, request.POST)
    if not form.is_valid():
        return _list(request, form)
    values = form.cleaned_data
    try:
        made = organisation.add_absence(
            by, values["person"], values["first_day"], values["last_day"], values["substitute"], values["reason"], business_clock.now()
        )  # fmt: skip
    except Invalid as error:
        return _list(request, form, error.problems)
    return redirect("absence", made.pk)


@require_safe
@needs(access.HAND_OVER)
def absence(request: HttpRequest, away_id: int) -> HttpResponse:
    """One absence: what is open and where each piece goes; what was handed over already."""
    return _one(request, _found(request, away_id))


@require_safe
@needs(access.HAND_OVER)
def sheet(request: HttpRequest, away_id: int) -> HttpResponse:
    """What was handed over, on paper, with lines to sign."""
    found = _found(request, away_id)
    return render(request, "web/absences/sheet.html", {"absence": found, "hand_overs": list(queries.hand_overs_of(found))})


@require_POST
@needs(access.HAND_OVER)
def hand_over(request: HttpRequest, away_id: int) -> HttpResponse:
    """Hand over what has somebody chosen, all at once; 422 where an appointment has nobody."""
    found = _found(request, away_id)
    chosen = {
        key.removeprefix("to."): int(value)
        for key, value in request.POST.items()
        if key.startswith("to.") and isinstance(value, str) and value.isdecimal() and len(value) < 18
    }
    try:
        made = services.hand_over(person(request), found.pk, chosen, business_clock.now())
    except Invalid as error:
        return _one(request, found, error.problems, chosen)
    messages.success(request, _("%(n)s pieces of work handed over; the colleagues have been told.") % {"n": made.items.count()})
    return redirect("absence", found.pk)


@require_POST
@needs(access.HAND_OVER)
def give_back(request: HttpRequest, away_id: int) -> HttpResponse:
    """Give back what is still open."""
    count = services.give_back(person(request), _found(request, away_id).pk, business_clock.now())
    messages.success(request, _("%(n)s pieces of work given back.") % {"n": count})
    return redirect("absence", away_id)


def _list(request: HttpRequest, form: AwayForm, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    today = business_day(business_clock.now())
    context = {"form": form, "problems": problems, "rows": queries.absences(person(request), today), "today": today}
    return render(request, "web/absences/list.html", context, status=422 if problems or form.errors else 200)


def _one(request: HttpRequest, found: Absence, problems: tuple[Problem, ...] = (), chosen: dict[str, int] | None = None) -> HttpResponse:
    by, today = person(request), business_day(business_clock.now())
    people = queries.colleagues(by, found)
    items = queries.open_items(by, found, today, get_language() or "zh-hans")
    usual = found.substitute_id if found.substitute_id in {each.pk for each in people} else None
    rows = [(item, chosen.get(item.key) if chosen is not None else None if item.must else usual) for item in items]
    handed = list(queries.hand_overs_of(found))
    context = {
        "absence": found, "rows": rows, "people": people, "problems": problems, "handed": handed, "today": today,
        "open": any(each.returned_at is None for each in handed), "appointments": sum(item.must for item in items),
    }  # fmt: skip
    return render(request, "web/absences/one.html", context, status=422 if problems else 200)


def _found(request: HttpRequest, away_id: int) -> Absence:
    rows = access.absences_for(person(request)).select_related("staff__branch", "substitute")
    found = rows.filter(pk=away_id).first()
    if found is None:
        raise Http404
    return found
