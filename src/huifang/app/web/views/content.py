"""A message of a playbook as real customers would read it, and sent to oneself for trial."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import PlaybookVersion
from huifang.app.services import message_previews as query
from huifang.app.services import trial_messages, value_reports
from huifang.app.web.guard import needs, person
from huifang.channels.driver import ReceiptState
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words
from huifang.playbooks.schema import Playbook

NOBODY = Problem(
    "trial.nobody",
    Words("没有选择客户，或客户不在您的范围内。", "No customer is chosen, or it is not yours to see."),
    Words("请从列表中选择一位。", "Choose one from the list."),
)
NOTHING = Words("这条消息没有附件。", "Nothing is attached to this message.")


@require_safe
@needs(access.SEE_PLAYBOOKS)
def message(request: HttpRequest, version_id: int, content: str) -> HttpResponse:
    """One message for three customers: those it was last due for, or those that are looked for."""
    return _page(request, version_id, content, request.GET.get("q", "")[:80])


@require_POST
@needs(access.EDIT_PLAYBOOKS)
def trial(request: HttpRequest, version_id: int, content: str) -> HttpResponse:
    """Send it to one's own address as one of the customers would read it."""
    staff, (_row, book) = person(request), _of(version_id, content)
    given = request.POST.get("customer", "")
    customer = access.customers_for(staff).filter(pk=int(given) if given.isdecimal() and len(given) < 18 else 0).first()
    if customer is None:
        return _page(request, version_id, content, "", (NOBODY,))
    try:
        now = business_clock.now()
        receipt = trial_messages.send(staff, query.ground(book, content, customer, now), content, request.POST.get("to", ""), now)
    except Invalid as error:
        return _page(request, version_id, content, "", error.problems)
    words = receipt.words.say(get_language() or "")
    (messages.success if receipt.state is ReceiptState.SENT else messages.error)(request, words)
    return redirect("playbook-message", version_id, content)


@require_safe
@needs(access.SEE_PLAYBOOKS)
def report(request: HttpRequest, version_id: int, content: str, customer_id: int) -> HttpResponse:
    """The value report that goes with a message, of one customer in the person's scope, as PDF; numbers masked."""
    _row, book = _of(version_id, content)
    customer = get_object_or_404(access.customers_for(person(request)).select_related("branch", "owner"), pk=customer_id)
    try:
        files = value_reports.trial_files(query.ground(book, content, customer, business_clock.now()), content)
    except Invalid as error:
        return HttpResponse(error.say(get_language() or ""), status=422, content_type="text/plain; charset=utf-8")
    if not files:
        return HttpResponse(NOTHING.say(get_language() or ""), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(files[0].content, content_type=files[0].kind, headers={"Content-Disposition": 'inline; filename="report.pdf"'})


def _of(version_id: int, content: str) -> tuple[PlaybookVersion, Playbook]:
    row = get_object_or_404(PlaybookVersion, pk=version_id)
    book = playbook_of(row)
    if content not in book.content:
        raise Http404
    return row, book


def _page(request: HttpRequest, version_id: int, content: str, text: str, problems: tuple[Problem, ...] = ()) -> HttpResponse:
    staff, (row, book) = person(request), _of(version_id, content)
    said = book.content[content]
    about: dict[str, Any] = {
        "row": row, "book": book, "key": content, "content": said, "q": text, "problems": problems,
        "senders": [programme.title for programme in book.programmes.values() if content in programme.send],
        "previews": query.previews(staff, book, content, text, business_clock.now()),
        "tries": access.may(staff, access.EDIT_PLAYBOOKS) and said.channel in trial_messages.CHANNELS,
        "own": request.POST.get("to", "") or trial_messages.address_of(staff, said.channel),
    }  # fmt: skip
    return render(request, "web/playbooks/message.html", about, status=422 if problems else 200)
