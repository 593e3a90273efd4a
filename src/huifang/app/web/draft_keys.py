"""The key under which a browser seals what it keeps for a person while the server cannot be reached.

Only the pages of the signed-in person hold it: what lies on the computer after they have signed out, or for somebody else who uses it, does
not open. The same person gets the same key again, so that a crash or an ended session loses nothing.
"""

from __future__ import annotations

import hmac
from base64 import b64encode

from huifang.app.crypto import keyring
from huifang.app.records.models import Staff


def draft_key(staff: Staff) -> str:
    """256 bits for AES-GCM, base64."""
    return b64encode(hmac.digest(keyring().index, f"browser.draft\0{staff.pk}".encode(), "sha256")).decode()
