"""Feishu (飞书): messages, group robots, people's messages in."""

from huifang.channels.feishu.application import FIELDS, FeishuDriver

__all__ = ["FIELDS", "FeishuDriver"]
