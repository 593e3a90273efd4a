"""A customer's own way to say stop: a link in the message, which shows a page, and acts only when its button is pressed (or by RFC 8058).

The link's token is the attempt's ticket (122 random bits) and 160 bits of HMAC-SHA-256 over it under the installation's key: nothing is
kept for it, and nobody can make one up.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from datetime import datetime

from django.conf import settings

from huifang.app.crypto import keyring
from huifang.app.records.models import Attempt, Consent
from huifang.app.services import consents

_SIZE = 36
EVERYTHING = "any"


def token_of(ticket: uuid.UUID) -> str:
    """The token of a message."""
    return base64.urlsafe_b64encode(ticket.bytes + _mac(ticket.bytes)).decode().rstrip("=")


def link(ticket: uuid.UUID) -> str:
    """The address of the page for a message; empty where the installation has no public address."""
    base = settings.HUIFANG.public_url
    return f"{base}/u/{token_of(ticket)}/" if base else ""


def attempt_of(token: str) -> Attempt | None:
    """The attempt that a token was made for; None for everything else."""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(data) != _SIZE or not hmac.compare_digest(data[16:], _mac(data[:16])):
        return None
    found = Attempt.objects.select_related("customer__merged_into", "contact_point", "branch")
    return found.filter(ticket=uuid.UUID(bytes=data[:16])).first()


def refuse(attempt: Attempt, channel: str, now: datetime) -> None:
    """No more contact on `channel` or at all (``any``), from the moment this returns. Said again, it changes nothing."""
    customer = attempt.customer.merged_into or attempt.customer
    if not refused(attempt, channel):
        consents.opt_out(None, customer, "any", channel, "link", now, proof=f"attempt:{attempt.pk}")


def refused(attempt: Attempt, channel: str) -> bool:
    """Whether that was the customer's last word already."""
    customer = attempt.customer.merged_into or attempt.customer
    last = Consent.objects.filter(customer=customer, purpose="any", channel=channel).order_by("-at", "-pk").first()
    return last is not None and not last.allowed


def _mac(ticket: bytes) -> bytes:
    return hmac.digest(keyring().index, b"unsubscribe\0" + ticket, "sha256")[:20]
