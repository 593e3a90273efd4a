"""An access token that is fetched when it is needed, kept while it is good, and forgotten when the provider says so."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from huifang.channels.driver import Receipt
from huifang.channels.web import Heard, failed

_EARLY = timedelta(minutes=5)
_LONGEST = 86_400.0
"""Seconds for which a token is believed, at most."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
"""What can stand in an address and a heading."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the seconds it is good for."""

    value: str
    seconds: float


def token_in(data: Mapping[str, object], value: str, seconds: str) -> Token | Receipt:
    """The token of a provider's answer, under these names. One whose end cannot be read is good for the shortest time there is."""
    token, end = data.get(value), data.get(seconds)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return failed("no token")
    known = end if isinstance(end, int | float) and 0 < end < math.inf else 0.0
    return Token(token, float(min(known, _LONGEST)))


class Tokens:
    """Keeps one token for many threads. `fetch` answers with a token, or with the receipt of what went wrong."""

    def __init__(self, fetch: Callable[[], Token | Receipt], clock: Callable[[], datetime]) -> None:
        self._fetch, self._clock, self._lock = fetch, clock, Lock()
        self._value, self._from, self._until = "", clock(), clock()

    def ask(self, ask: Callable[[str], Heard | Receipt], field: str, stale: Collection[int]) -> Heard | Receipt:
        """What the provider answers to a request with the token; once more with a new one where the code in `field` calls it `stale`."""
        token = self.get()
        heard = token if isinstance(token, Receipt) else ask(token)
        if isinstance(token, Receipt) or isinstance(heard, Receipt) or not _is(heard.data.get(field), stale):
            return heard
        self.forget(token)
        token = self.get()
        return token if isinstance(token, Receipt) else ask(token)

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


def _is(code: object, known: Collection[int]) -> bool:
    """Whether what a provider calls a code is one of them; it may be anything."""
    return isinstance(code, int) and code in known
