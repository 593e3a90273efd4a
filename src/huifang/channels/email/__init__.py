"""E-mail over SMTP."""

from huifang.channels.email.fields import FIELDS, from_fields
from huifang.channels.email.server import SmtpServer
from huifang.channels.email.smtp import SmtpDriver

__all__ = ["FIELDS", "SmtpDriver", "SmtpServer", "from_fields"]
