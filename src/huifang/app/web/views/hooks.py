"""Where providers call with reports and replies. The address is secret, the signature is checked, a call taken twice changes nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.records.models import ChannelSetting
from huifang.app.senders import chosen
from huifang.app.services import inbound, receipts
from huifang.app.services.channels import hook_index
from huifang.channels.inbound import Call, Receiver, Taken
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed

LARGEST = 1_000_000


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, hook: str) -> HttpResponse:
    """Take a call. 403 where it is not the provider's, 400 where it cannot be read; anything but 2xx makes the provider call again."""
    row = ChannelSetting.objects.filter(hook_index=hook_index(hook[:100])).exclude(driver="").first()
    if row is None:
        raise Http404
    driver: object = chosen(row.driver, row.values)
    if not isinstance(driver, Receiver):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(str(request.method), request.GET.dict(), headers, request.body, timezone.now())
    try:
        taken = driver.take(call)
    except NotAllowed:
        return HttpResponse(status=403)
    except Invalid:
        return HttpResponse(status=400)
    if request.method == "GET" and (taken.reports or taken.replies):
        return HttpResponse(status=405)
    _write(Channel(row.channel), row.driver, taken)
    return HttpResponse(taken.answer, content_type=taken.content_type)


def _write(channel: Channel, driver: str, taken: Taken) -> None:
    """Refusals first: nothing that comes with them may hold them up."""
    now = business_clock.now()
    for reply in taken.replies:
        inbound.take(channel, driver, reply, now)
    for report in taken.reports:
        receipts.take(driver, report, now)
