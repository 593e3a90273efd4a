"""What a contact costs by channel, and what programmes have spent of their budgets this month."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huifang.app import access, business_clock
from huifang.app.formats import money
from huifang.app.queries.costs import spending
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import ChannelSetting
from huifang.app.services import channels as service
from huifang.app.web.guard import needs, person
from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.errors import Invalid, Problem


@require_http_methods(["GET", "POST"])
@needs(access.MANAGE_CHANNELS)
def costs(request: HttpRequest) -> HttpResponse:
    """Read and enter."""
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        given = {
            each.value: (request.POST.get(f"{each.value}.contact", ""), request.POST.get(f"{each.value}.minute", "")) for each in Channel
        }
        try:
            service.set_costs(person(request), given)
            messages.success(request, _("Saved."))
            return redirect("channel-costs")
        except Invalid as error:
            problems = error.problems
    return _page(request, problems)


def _page(request: HttpRequest, problems: tuple[Problem, ...]) -> HttpResponse:
    kept = {row.channel: (row.contact_cost, row.minute_cost) for row in ChannelSetting.objects.all()}
    playbooks = tuple(each.playbook for each in in_force())
    lines = []
    for channel in Channel:
        contact, minute = kept.get(channel.value, (None, None))
        said = sorted({playbook.costs[channel] for playbook in playbooks if channel in playbook.costs})
        lines.append(
            {
                "name": channel.value, "title": CHANNEL_WORDS[channel], "said": ", ".join(money(each) for each in said),
                "contact": request.POST.get(f"{channel.value}.contact", _shown(contact)),
                "minute": request.POST.get(f"{channel.value}.minute", _shown(minute)),
            }
        )  # fmt: skip
    found = [(each.title, money(each.budget), money(each.spent), money(each.left)) for each in spending(playbooks, business_clock.today())]
    about = {"lines": lines, "spending": found, "problems": problems, "tab": "channels"}
    about["may_settings"] = access.may(person(request), access.MANAGE_STAFF)
    return render(request, "web/channels/costs.html", about, status=422 if problems else 200)


def _shown(amount: object) -> str:
    """An amount as it is typed: without zeros behind."""
    text = "" if amount is None else str(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text
