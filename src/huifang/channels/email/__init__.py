"""E-mail over SMTP."""

from huifang.channels.email.server import SmtpServer
from huifang.channels.email.smtp import SmtpDriver

__all__ = ["SmtpDriver", "SmtpServer"]
