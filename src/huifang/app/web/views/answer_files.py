"""Files that answer a question: an agent gives one for the follow-up in hand; who may, takes one down."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import asking_together
from huifang.app.queries import followup as followup_query
from huifang.app.queries.behind import behind
from huifang.app.queries.playbooks import playbook_of
from huifang.app.services import answer_files as service
from huifang.app.services.answer_files import Upload
from huifang.app.web.guard import needs, person
from huifang.app.web.sealed_uploads import SealingHandler
from huifang.domain.answer_files import MOST_BYTES
from huifang.domain.errors import Conflict, Invalid


@csrf_exempt  # checked by `_attach`, once the handler is set: the check reads the form
def attach(request: HttpRequest, followup_id: int, question: str) -> HttpResponse:
    """Keep a file as the answer to a question; with ``drop``, take it back."""
    request.upload_handlers = [SealingHandler(request, MOST_BYTES)]
    return _attach(request, followup_id, question)


@csrf_protect
@require_POST
@needs(access.WORK)
def _attach(request: HttpRequest, followup_id: int, question: str) -> HttpResponse:
    staff, file = person(request), request.FILES.get("file")
    followup = followup_query.find(staff, followup_id)
    if followup is None:
        raise Http404
    playbook = playbook_of(followup.playbook_version)
    together = asking_together.together(playbook, asking_together.programmes_of(followup, playbook, behind(followup_id)))
    if together is None:
        raise Http404
    upload = Upload(file.name or "", file.size or 0, file.chunks()) if isinstance(file, UploadedFile) else Upload("", 0, ())
    try:
        service.attach(staff, followup_id, together.all, question, None if "drop" in request.POST else upload, business_clock.now())
    except (Conflict, Invalid) as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("followup", followup_id)


@require_safe
@needs(access.SEE_CUSTOMERS)
def file(request: HttpRequest, file_key: uuid.UUID) -> HttpResponseBase:
    """Take a file down: always as a file to be saved, never shown as a page of ours."""
    row = service.take(person(request), file_key)
    answer = StreamingHttpResponse(service.content(row), content_type=row.media_type)
    answer.headers["Content-Length"] = str(row.size)
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name) or "attachment"
    return answer
