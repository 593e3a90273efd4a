"""How a morning dealt its contacts to people, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def dealt_words(how: Mapping[str, Any]) -> str:
    """How contacts were dealt, from what `services.dealing` has noted."""
    if not how.get("made"):
        return ""
    if how["way"] == "optimal":
        said = _(
            "%(made)s contacts dealt in the best way, proven: %(kept)s of %(wished)s with the person they know, "
            "loads equal to within %(apart)s."
        )
    else:
        said = _(
            "%(made)s contacts dealt in turn: %(kept)s of %(wished)s with the person they know (at most %(gap)s more could be), "
            "loads equal to within %(apart)s."
        )
    why = {
        "not-installed": _("The best way needs the extra “analytics”."),
        "out-of-time": _("The best way was not found in time."),
    }.get(how["why"], "")
    return f"{said % how} {why}".strip()
