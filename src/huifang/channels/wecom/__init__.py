"""WeCom (企业微信): application messages, group robots, members' messages in."""

from huifang.channels.wecom.application import FIELDS, WecomDriver

__all__ = ["FIELDS", "WecomDriver"]
