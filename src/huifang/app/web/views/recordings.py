"""Recordings of a follow-up's talks: those there are, attaching one, listening."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from huifang.app import access, business_clock
from huifang.app.queries import followup as followup_query
from huifang.app.records.models import Recording
from huifang.app.services import recordings as service
from huifang.app.web.guard import needs, person
from huifang.app.web.sealed_uploads import SealingHandler
from huifang.domain.errors import Conflict, Invalid
from huifang.domain.recordings import MOST_BYTES

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})$")
_ENDINGS = {
    "audio/wav": "wav", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/ogg": "ogg", "audio/flac": "flac", "audio/amr": "amr",
    "audio/webm": "webm",
}  # fmt: skip


@require_safe
@needs(access.LISTEN)
def recordings(request: HttpRequest, followup_id: int) -> HttpResponse:
    """The recordings of a follow-up, and the form that attaches another."""
    staff = person(request)
    followup = followup_query.find(staff, followup_id)
    if followup is None:
        raise Http404
    found = access.recordings_for(staff).filter(attempt__followup=followup_id).select_related("added_by").order_by("added_at")
    context = {
        "followup": followup, "recordings": found, "may_attach": access.may(staff, access.WORK),
        "attempted": followup.attempts.filter(staff=staff).exists(),
    }  # fmt: skip
    part = "web/today/recordings.html" if request.headers.get("HX-Request") else "web/recordings.html"
    return render(request, part, context)


@csrf_exempt  # checked by `_attach`, once the handler is set: the check reads the form
def attach(request: HttpRequest, followup_id: int) -> HttpResponse:
    """Attach a file or a link to one's last attempt."""
    request.upload_handlers = [SealingHandler(request, MOST_BYTES)]
    return _attach(request, followup_id)


@csrf_protect
@require_POST
@needs(access.WORK)
def _attach(request: HttpRequest, followup_id: int) -> HttpResponse:
    staff, now = person(request), business_clock.now()
    file, link = request.FILES.get("file"), request.POST.get("link", "").strip()
    try:
        if isinstance(file, UploadedFile):
            service.attach_file(staff, followup_id, file.chunks(), file.size or 0, now)
        else:
            service.attach_link(staff, followup_id, link, now)
        messages.success(request, _("The recording is attached."))
    except (Conflict, Invalid) as error:
        messages.error(request, error.say(get_language() or ""))
    return redirect("followup-recordings", followup_id)


@require_safe
@needs(access.LISTEN)
def listen(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    """A recording's sound, whole or the part a player asks for; or the way to where it lies."""
    recording = service.listen(person(request), recording_id)
    if recording.link:
        return redirect(recording.link)
    start, stop, status = _part(request, recording)
    answer = StreamingHttpResponse(service.content(recording, start, stop), status=status, content_type=recording.media_type)
    answer.headers["Content-Length"] = str(stop - start)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Disposition"] = f'inline; filename="recording-{recording.pk}.{_ENDINGS[recording.media_type]}"'
    if status == 206:
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{recording.size}"
    return answer


def _part(request: HttpRequest, recording: Recording) -> tuple[int, int, int]:
    """First byte, the one after the last, and the status; a range that cannot be met is as if none were asked for."""
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or int(asked[1]) >= recording.size:
        return 0, recording.size, 200
    stop = min(int(asked[2]) + 1, recording.size) if asked[2] else recording.size
    return (int(asked[1]), stop, 206) if stop > int(asked[1]) else (0, recording.size, 200)
