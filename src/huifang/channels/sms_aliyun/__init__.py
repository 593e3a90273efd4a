"""Text messages through Aliyun's short message service."""

from huifang.channels.sms_aliyun.service import FIELDS, AliyunSms

__all__ = ["FIELDS", "AliyunSms"]
