"""Signing in and out, the first run, one's own password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.forms import PasswordInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from huifang.app import business_clock
from huifang.app.business_time import business_day
from huifang.app.demo_load import PASSWORD
from huifang.app.queries.today import has_own
from huifang.app.records.models import Role, Staff
from huifang.app.web.guard import person
from huifang.app.web.navigation import home_of


class SignInForm(AuthenticationForm):
    """Name and password; what is wrong is said without telling which of the two."""

    error_messages = {  # noqa: RUF012 - Django's own form
        "invalid_login": gettext_lazy("The name or the password is not right. Check both and try again."),
        "inactive": gettext_lazy("The name or the password is not right. Check both and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("Sign-in name")
        self.fields["password"].label = gettext_lazy("Password")


class OwnPasswordForm(PasswordChangeForm):
    """One's own password; what it must be like in one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = gettext_lazy("At least 10 characters, not a common password and not like your name.")
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = gettext_lazy("New password once more")


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The sign-in page; on an installation without staff, how to begin."""

    form_class = SignInForm
    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, or the first run's page."""
        if not _anyone_can_sign_in():
            return render(request, "web/first_run.html")
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: type[AuthenticationForm] | None = None) -> AuthenticationForm:
        """On a demo, with the chosen person's name and password filled in."""
        form = super().get_form(form_class)
        if settings.HUIFANG.demo and self.request.GET.get("as"):
            form.initial["username"] = self.request.GET["as"][:60]
            form.fields["password"].widget = PasswordInput(attrs=form.fields["password"].widget.attrs, render_value=True)
            form.initial["password"] = PASSWORD
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the demo's people on a demo installation."""
        logins = _demo_logins() if settings.HUIFANG.demo else []
        return super().get_context_data(**kwargs) | {
            "demo_logins": logins,
            "demo_password": PASSWORD,
            "as_person": self.request.GET.get("as", ""),
        }


def _anyone_can_sign_in() -> bool:
    return Staff.objects.filter(is_active=True, sign_in_name__isnull=False).exclude(role=Role.NONE).exists()


def _demo_logins() -> list[Staff]:
    """One person of each role, those who work with customers first."""
    people = Staff.objects.filter(is_active=True, sign_in_name__isnull=False).exclude(role=Role.NONE).select_related("branch")
    order = [role.value for role in (Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.REVIEWER)]
    first: dict[str, Staff] = {}
    for one in people.order_by("code"):
        first.setdefault(one.role, one)
    return sorted(first.values(), key=lambda one: order.index(one.role) if one.role in order else len(order))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """To the person's first page."""
    staff = person(request)
    return redirect(home_of(staff, busy=has_own(staff, business_day(business_clock.now()))))


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one stays."""
    staff = person(request)
    form = OwnPasswordForm(staff, request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff.must_change_password = False
        form.save()
        update_session_auth_hash(request, staff)
        messages.success(request, _("Your password is changed."))
        return redirect("home")
    return render(request, "web/password.html", {"form": form}, status=422 if form.errors else 200)
