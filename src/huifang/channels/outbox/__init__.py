"""The outbox: messages written to a folder instead of being sent."""

from huifang.channels.outbox.files import Outbox

__all__ = ["Outbox"]
