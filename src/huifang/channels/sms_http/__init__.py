"""Text messages through any gateway that takes JSON over HTTP."""

from huifang.channels.sms_http.gateway import FIELDS, SmsGateway

__all__ = ["FIELDS", "SmsGateway"]
