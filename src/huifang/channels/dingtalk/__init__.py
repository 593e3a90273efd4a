"""DingTalk (钉钉): work notices, group robots, members' messages in."""

from huifang.channels.dingtalk.application import FIELDS, DingtalkDriver

__all__ = ["FIELDS", "DingtalkDriver"]
