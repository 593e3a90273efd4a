"""An access token that is fetched when it is needed, kept while it is good, and forgotten when the provider says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from huifang.channels.driver import Receipt

_EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the seconds it is good for."""

    value: str
    seconds: float


class Tokens:
    """Keeps one token for many threads. `fetch` answers with a token, or with the receipt of what went wrong."""

    def __init__(self, fetch: Callable[[], Token | Receipt], clock: Callable[[], datetime]) -> None:
        self._fetch, self._clock, self._lock = fetch, clock, Lock()
        self._value, self._from, self._until = "", clock(), clock()

    def get(self) -> str | Receipt:
        """The token; fetched anew five minutes before its end, and whenever the clock has been set back behind the last fetch."""
        with self._lock:
            now = self._clock()
            if self._value and self._from <= now < self._until:
                return self._value
            fetched = self._fetch()
            if isinstance(fetched, Receipt):
                return fetched
            self._value, self._from = fetched.value, now
            self._until = now + max(timedelta(seconds=fetched.seconds) - _EARLY, timedelta(seconds=30))
            return self._value

    def forget(self, value: str) -> None:
        """Fetch another one next time, unless somebody has already."""
        with self._lock:
            if value == self._value:
                self._value = ""
