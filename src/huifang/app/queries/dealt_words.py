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
            "%(made)s contacts are shared out, and there is no better way: %(kept)s of %(wished)s go to the person the customer knows."
        )
    else:
        said = _(
            "%(made)s contacts are shared out in turn: %(kept)s of %(wished)s go to the person the customer knows (at most %(gap)s more "
            "could)."
        )
    shares = _("No share differs from an equal one by more than %(apart)s.") if how["apart"] else _("All shares are equal.")
    why = {
        "not-installed": _("The best way needs the extra “analytics”."),
        "out-of-time": _("The best way was not found in time."),
    }.get(how["why"], "")
    return " ".join(filter(None, (said % how, shares % how, why)))
