"""How a customer took the contact: what scripts branch by and playbooks' conditions name as ``attitude``."""

from __future__ import annotations

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

ATTITUDES = {
    "interested": Words("感兴趣", "Interested"),
    "friendly": Words("友好", "Friendly"),
    "neutral": Words("一般", "Neutral"),
    "busy": Words("在忙", "Busy"),
    "refuses": Words("拒绝", "Refuses"),
    "hostile": Words("反感", "Hostile"),
}


def check_attitude(key: str) -> None:
    """Raise `Invalid` unless nothing was chosen or there is such an attitude."""
    if key and key not in ATTITUDES:
        raise Invalid(
            Problem(
                "attitude.unknown",
                Words(f"没有“{key}”这种态度。", f"There is no attitude “{key}”."),
                Words(f"可用的态度：{'、'.join(ATTITUDES)}。", f"Attitudes are {', '.join(ATTITUDES)}."),
            )
        )
