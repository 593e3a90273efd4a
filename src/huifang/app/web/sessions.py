"""Sessions in the database, read with one prepared query on every request. A session that has ended is ended everywhere, at once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from huifang.app.records.prepared import Prepared

_VALID = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values("session_key", "session_data", "expire_date"),
    key=CharField(),
    now=DateTimeField(),
)


class SessionStore(db.SessionStore):
    """Django's own, but for how it is read."""

    def _get_session_from_db(self) -> Session | None:
        for row in _VALID(key=self.session_key, now=timezone.now()):
            return Session(**row)
        self._session_key = None  # as Django does: a session that is not there gets a new key
        return None
