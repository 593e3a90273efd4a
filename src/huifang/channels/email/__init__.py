"""E-mail over SMTP."""

from huifang.channels.email.fields import FIELDS, from_fields
from huifang.channels.email.incoming import read_mail
from huifang.channels.email.mailbox import read_new
from huifang.channels.email.server import SmtpServer
from huifang.channels.email.smtp import SmtpDriver

__all__ = ["FIELDS", "SmtpDriver", "SmtpServer", "from_fields", "read_mail", "read_new"]
