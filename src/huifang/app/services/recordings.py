"""Attaching recordings to attempts: a file, sealed at rest, or a link; whoever listens stands in the audit trail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from huifang.app import sealed_files
from huifang.app.access import LISTEN, WORK, recordings_for, require
from huifang.app.records.kept_files import path_of
from huifang.app.records.models import Attempt, Recording, Staff
from huifang.app.services import audit
from huifang.app.services.followups import check_reach
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.recordings import HEAD, MOST_BYTES, audio_type
from huifang.domain.words import Words

_MOST_EACH = 10


def attach_file(by: Staff, followup_id: int, chunks: Iterable[bytes], size: int, now: datetime) -> Recording:
    """Keep a sound file with one's last attempt for a follow-up; `size` is what the sender says, and both are held to the limit.

    Raises Invalid where it is no sound file or too large, Conflict where there is no attempt to attach it to.
    """
    attempt = _attempt(by, followup_id)
    if size > MOST_BYTES:
        raise Invalid(_large())
    stream = iter(chunks)
    first = _first(stream)
    media_type = audio_type(first[:HEAD])
    if not media_type:
        raise Invalid(_unknown())
    recording = Recording(attempt=attempt, key=uuid.uuid4(), media_type=media_type, added_at=now, added_by=by)
    path = path_of(recording)
    try:
        recording.size = sealed_files.write(path, _name(recording), _limited(first, stream))
        _keep(by, recording)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return recording


def attach_link(by: Staff, followup_id: int, link: str, now: datetime) -> Recording:
    """Keep the address under which a telephone system keeps the recording; nothing is fetched from it."""
    return keep_link(by, _attempt(by, followup_id), link, now)


def keep_link(by: Staff, attempt: Attempt, link: str, now: datetime) -> Recording:
    """The same for an attempt that the caller has found; raises Invalid where it is no web address, Conflict where there are too many."""
    check_link(link)
    recording = Recording(attempt=attempt, key=uuid.uuid4(), link=link.strip(), added_at=now, added_by=by)
    _keep(by, recording)
    return recording


def check_link(link: str) -> None:
    """Raise Invalid where a recording's address is no web address."""
    try:
        parts = urlsplit(link.strip())
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and len(link) <= 1000
    except ValueError:
        fit = False
    if not fit:
        raise Invalid(
            Problem(
                "recording.link",
                Words("这不是一个网址。", "This is not a web address."),
                Words("请填写以 https:// 开头的录音地址。", "Enter the recording's address, beginning with https://."),
            )
        )


def listen(by: Staff, recording_id: int) -> Recording:
    """A recording that one may hear; the audit trail says who has called it up."""
    require(by, LISTEN)
    recording = recordings_for(by).filter(pk=recording_id).first()
    if recording is None:
        raise NotAllowed(_missing())
    audit.write(by, "recording.heard", f"recording:{recording.pk}")
    return recording


def content(recording: Recording, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The open bytes of a recording's file, or of a part of it."""
    return sealed_files.read(path_of(recording), _name(recording), recording.size, start, stop)


def _keep(by: Staff, recording: Recording) -> None:
    with transaction.atomic():
        Attempt.objects.select_for_update(no_key=True).get(pk=recording.attempt_id)
        if Recording.objects.filter(attempt=recording.attempt_id).count() >= _MOST_EACH:
            raise Conflict(
                Problem(
                    "recording.many",
                    Words(f"一次联络最多附 {_MOST_EACH} 个录音。", f"An attempt has at most {_MOST_EACH} recordings."),
                    Words("请先核对已有的录音。", "Check those that are there first."),
                )
            )
        recording.save()
        audit.write(by, "recording.added", f"recording:{recording.pk}", attempt=recording.attempt_id, bytes=recording.size)


def _attempt(by: Staff, followup_id: int) -> Attempt:
    require(by, WORK)
    check_reach(by, followup_id)
    attempt = Attempt.objects.filter(followup=followup_id, staff=by).order_by("-at", "-pk").first()
    if attempt is None:
        raise Conflict(
            Problem(
                "recording.no-attempt",
                Words("还没有联络，没有可附录音的通话。", "There has been no attempt yet to attach a recording to."),
                Words("请先拨打电话，再附上录音。", "Call first, then attach the recording."),
            )
        )
    return attempt


def _first(stream: Iterator[bytes]) -> bytes:
    """The beginning of a stream, long enough to tell what it is."""
    first = b""
    while len(first) < HEAD and (chunk := next(stream, b"")):
        first += chunk
    return first


def _limited(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    sent = len(first)
    yield first
    for chunk in rest:
        sent += len(chunk)
        if sent > MOST_BYTES:
            raise Invalid(_large())
        yield chunk


def _name(recording: Recording) -> str:
    return f"recording.{recording.key.hex}"


def _large() -> Problem:
    most = MOST_BYTES // 1024**2
    return Problem(
        "recording.large",
        Words(f"录音文件超过 {most} MB。", f"The recording has more than {most} MB."),
        Words("请压缩后再上传，或填写录音的网址。", "Make it smaller, or enter the address where it lies."),
    )


def _unknown() -> Problem:
    return Problem(
        "recording.type",
        Words("这不是可用的录音文件。", "This is not a sound file that can be taken."),
        Words("可用：WAV、MP3、M4A、OGG、FLAC、AMR、WebM。", "Taken are WAV, MP3, M4A, OGG, FLAC, AMR and WebM."),
    )


def _missing() -> Problem:
    return Problem(
        "recording.missing",
        Words("找不到这段录音。", "There is no such recording."),
        Words("它可能属于别的同事或分支机构。", "It may belong to a colleague or another branch."),
    )
