"""What colleagues say about a customer: the part of the customer's page and of the workbench."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.records.models import Comment
from huifang.app.services import comments as service
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid

_MOST = 50


@require_safe
@needs(access.SEE_CUSTOMERS)
def comments(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The newest comments and the form for another."""
    return _page(request, customer_id)


@require_POST
@needs(access.HANDLE_CASES)
def comment(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Say something; what cannot be kept stays in the field."""
    words = request.POST.get("words", "")
    try:
        service.comment(person(request), customer_id, words, business_clock.now())
    except Invalid as error:
        messages.error(request, error.say(get_language() or ""))
        return _page(request, customer_id, words, 422)
    return _page(request, customer_id) if request.headers.get("HX-Request") else redirect("customer-comments", customer_id)


def _page(request: HttpRequest, customer_id: int, words: str = "", status: int = 200) -> HttpResponse:
    staff = person(request)
    customer = access.customers_for(staff).select_related("branch").filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    may_say = access.may(staff, access.HANDLE_CASES)
    context = {
        "customer": customer, "words": words, "may_say": may_say,
        "comments": Comment.objects.filter(customer=customer).select_related("by").order_by("-at", "-pk")[:_MOST],
        "people": service.people_who_see(customer.branch).exclude(pk=staff.pk).order_by("name")[:40] if may_say else (),
    }  # fmt: skip
    part = "web/customers/comments.html" if request.headers.get("HX-Request") else "web/customers/comments_page.html"
    return render(request, part, context, status=status)
