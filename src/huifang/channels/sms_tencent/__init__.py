"""Text messages through Tencent Cloud."""

from huifang.channels.sms_tencent.service import FIELDS, TencentSms

__all__ = ["FIELDS", "TencentSms"]
