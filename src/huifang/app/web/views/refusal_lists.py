"""Bringing in a list of numbers and addresses that must not be contacted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from huifang.app import business_clock
from huifang.app.access import IMPORT
from huifang.app.services import refusal_lists
from huifang.app.web.guard import needs, person
from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_SHOWN = 50
_NOTHING = Problem(
    "refusals.nothing",
    Words("没有选择文件，也没有填写号码。", "No file was chosen and no number written."),
    Words("请选择文件，或每行填写一个号码或邮箱。", "Choose a file, or write a number or address in each line."),
)


@require_http_methods(["GET", "POST"])
@needs(IMPORT)
def refusals(request: HttpRequest) -> HttpResponse:
    """The form, and after sending it what became of the list."""
    region = request.POST.get("region", "CN")[:2]
    about: dict[str, object] = {"shown": _SHOWN, "region": region}
    if request.method == "POST":
        try:
            about["taken"] = refusal_lists.take(person(request), _content(request), business_clock.now(), region)
        except Invalid as error:
            about["problems"] = error.problems
    return render(request, "web/refusals.html", about, status=422 if "problems" in about else 200)


def _content(request: HttpRequest) -> bytes:
    upload = request.FILES.get("file")
    content: bytes = upload.read(refusal_lists.LARGEST + 1) if upload is not None else request.POST.get("list", "").encode()
    if not content.strip():
        raise Invalid(_NOTHING)
    return content
