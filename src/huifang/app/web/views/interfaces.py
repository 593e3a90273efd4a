"""How other systems reach Huifang: keys, webhooks out with their log, sources of events in; and the description of the interface."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huifang.app import business_clock
from huifang.app.access import MANAGE_STAFF
from huifang.app.api.routes import PREFIX, openapi
from huifang.app.records.models import ApiKey, Branch, EventSource, Subscription
from huifang.app.services import api_keys, event_sources, webhooks
from huifang.app.web.api_page import groups
from huifang.app.web.guard import needs, person
from huifang.domain.errors import HuifangError, Invalid, Problem
from huifang.domain.words import Words

SHOWN = 50
"""Deliveries of a subscription's log."""
_EXAMPLE = {
    "kind": "=job.settled",
    "code": "data.no",
    "at": "data.time",
    "customer": "data.buyer.id",
    "attributes": {"plate": "data.plate"},
}


class _Named(forms.Form):
    name = forms.CharField(label=gettext_lazy("Which system"), max_length=80)
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.filter(active=True), label=gettext_lazy("Branches it reaches"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None chosen: all branches."),
    )  # fmt: skip

    def reach(self) -> list[Branch] | None:
        """The chosen branches, None for all."""
        return list(self.cleaned_data["branches"]) or None


class KeyForm(_Named):
    """A new key."""

    scopes = forms.MultipleChoiceField(label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101 - as declared above
        scopes.choices = [(scope, f"{words.say(get_language() or 'zh')} ({scope})") for scope, words in api_keys.SCOPES.items()]


class WebhookForm(_Named):
    """A new subscription."""

    url = forms.CharField(label=gettext_lazy("Address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    events = forms.MultipleChoiceField(label=gettext_lazy("What it is told"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        events = self.fields["events"]
        assert isinstance(events, forms.MultipleChoiceField)  # noqa: S101 - as declared above
        events.choices = [(event, f"{words.say(get_language() or 'zh')} ({event})") for event, words in webhooks.EVENTS.items()]


class SourceForm(_Named):
    """A new source of events."""

    mapping = forms.CharField(
        label=gettext_lazy("Where each value stands (JSON)"), widget=forms.Textarea(attrs={"rows": 8, "class": "code"}),
        initial=json.dumps(_EXAMPLE, indent=1),
        help_text=gettext_lazy("A path such as data.items.0.no, or = and the value itself. Needed: kind, at, customer."),
    )  # fmt: skip


@require_GET
@needs(MANAGE_STAFF)
def interfaces(request: HttpRequest) -> HttpResponse:
    """Everything that is set up, and the forms to add to it."""
    return _page(request)


@require_POST
@needs(MANAGE_STAFF)
def key_new(request: HttpRequest) -> HttpResponse:
    """Make a key; its text is shown this once."""
    form = KeyForm(request.POST, auto_id="keys_%s")
    if not form.is_valid():
        return _page(request, keys=form)
    try:
        _key, text = api_keys.make(
            person(request), form.cleaned_data["name"], form.cleaned_data["scopes"], form.reach(), business_clock.now()
        )
    except HuifangError as error:
        return _page(request, error.problems, keys=form)
    return _once(request, form.cleaned_data["name"], text, request.build_absolute_uri(f"/{PREFIX}"))


@require_POST
@needs(MANAGE_STAFF)
def key_revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Take a key back."""
    get_object_or_404(ApiKey, pk=key_id)
    api_keys.revoke(person(request), key_id, business_clock.now())
    messages.success(request, _("The key opens nothing any more."))
    return redirect("interfaces")


@require_POST
@needs(MANAGE_STAFF)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Subscribe an address; its secret is shown this once."""
    form = WebhookForm(request.POST, auto_id="hooks_%s")
    if not form.is_valid():
        return _page(request, hooks=form)
    data = form.cleaned_data
    try:
        _made, secret = webhooks.subscribe(person(request), data["name"], data["url"], data["events"], form.reach(), business_clock.now())
    except HuifangError as error:
        return _page(request, error.problems, hooks=form)
    return _once(request, data["name"], secret, data["url"])


@require_GET
@needs(MANAGE_STAFF)
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """The log of a subscription: its last deliveries."""
    held = get_object_or_404(Subscription, pk=webhook_id)
    rows = list(held.deliveries.order_by("-pk").defer("body")[:SHOWN])
    return render(request, "web/interfaces/webhook.html", {"tab": "interfaces", "held": held, "rows": rows})


@require_POST
@needs(MANAGE_STAFF)
def webhook_switch(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Switch a subscription off or on."""
    held = get_object_or_404(Subscription, pk=webhook_id)
    webhooks.switch(person(request), held.pk, business_clock.now(), active=not held.active)
    return redirect("interface-webhook", held.pk)


@require_POST
@needs(MANAGE_STAFF)
def source_new(request: HttpRequest) -> HttpResponse:
    """Add a source; its address and secret are shown."""
    form = SourceForm(request.POST, auto_id="sources_%s")
    if not form.is_valid():
        return _page(request, sources=form)
    try:
        mapping = _mapping(form.cleaned_data["mapping"])
        made, secret = event_sources.add(person(request), form.cleaned_data["name"], mapping, form.reach(), business_clock.now())
    except HuifangError as error:
        return _page(request, error.problems, sources=form)
    return _once(request, made.name, secret, request.build_absolute_uri(reverse("event-intake", args=[made.hook])))


@require_POST
@needs(MANAGE_STAFF)
def source_switch(request: HttpRequest, source_id: int) -> HttpResponse:
    """Take a source's messages, or none."""
    held = get_object_or_404(EventSource, pk=source_id)
    event_sources.switch(person(request), held.pk, business_clock.now(), active=not held.active)
    return redirect("interfaces")


@login_not_required
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people; holds nothing of the installation."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    described = openapi(language)
    page = {
        "groups": groups(described), "about": described["info"]["description"], "scopes": api_keys.SCOPES.items(), "prefix": PREFIX,
        "spoken": language,
    }  # fmt: skip
    return render(request, "web/interfaces/docs.html", page)


def _page(request: HttpRequest, problems: tuple[Problem, ...] = (), **forms_: forms.Form) -> HttpResponse:
    shown = {"keys": KeyForm, "hooks": WebhookForm, "sources": SourceForm}
    page = {
        "tab": "interfaces", "problems": problems, "now": business_clock.now(), "opened": next(iter(forms_), ""),
        "made_keys": list(ApiKey.objects.select_related("acts_as").prefetch_related("acts_as__scope")),
        "subscriptions": list(Subscription.objects.all()), "made_sources": list(EventSource.objects.all()),
        "forms": {name: forms_.get(name) or form(auto_id=f"{name}_%s") for name, form in shown.items()},
    }  # fmt: skip
    return render(request, "web/interfaces/list.html", page, status=422 if forms_ else 200)


def _once(request: HttpRequest, name: str, secret: str, address: str) -> HttpResponse:
    return render(request, "web/interfaces/secret.html", {"tab": "interfaces", "name": name, "secret": secret, "address": address})


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid(
            Problem(
                "source.mapping",
                Words("字段对照表不是 JSON 对象。", "The mapping is not a JSON object."),
                Words("请对照示例改正。", "Mend it by the example."),
            )
        )
    return found
