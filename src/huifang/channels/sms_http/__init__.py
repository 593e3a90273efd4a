"""Text messages through any gateway that takes JSON over HTTP."""

from huifang.channels.gateway import FIELDS, Gateway
from huifang.domain.contact import Channel

__all__ = ["FIELDS", "SmsGateway"]


class SmsGateway(Gateway):
    """Texts to numbers in E.164."""

    name = "sms-http"
    channels = frozenset({Channel.SMS})
