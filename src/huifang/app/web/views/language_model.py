"""The language model that may be asked about feedback: where it is, which, and whether it is on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huifang.app import access, business_clock
from huifang.app.services import language_model as service
from huifang.app.web.guard import needs, person
from huifang.app.web.views.feedback import tabs
from huifang.domain.errors import Invalid, Problem


@require_http_methods(["GET", "POST"])
@needs(access.MANAGE_CHANNELS)
def language_model(request: HttpRequest) -> HttpResponse:
    """Show and set it; 422 with what is wrong. The key is never shown again."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        said = request.POST
        try:
            service.save(
                person(request), said.get("address", ""), said.get("model", ""), said.get("key", ""), business_clock.now(), on="on" in said
            )
        except Invalid as error:
            problems = error.problems
        else:
            messages.success(request, _("Saved."))
            return redirect("language-model")
    context = {
        "kept": service.setting(), "said": request.POST, "problems": problems,
        **tabs(person(request), "language-model"),
    }  # fmt: skip
    return render(request, "web/feedback/language_model.html", context, status=422 if problems else 200)
