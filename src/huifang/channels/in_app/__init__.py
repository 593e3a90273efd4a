"""Messages inside the business's own app or mini-program: its server takes JSON over HTTP."""

from collections.abc import Mapping

from huifang.channels.driver import Message
from huifang.channels.gateway import FIELDS, Gateway
from huifang.domain.contact import Channel

__all__ = ["FIELDS", "AppGateway"]


class AppGateway(Gateway):
    """Messages to customers by their own code, as the register has it."""

    name = "in-app"
    channels = frozenset({Channel.IN_APP})

    def more(self, message: Message) -> Mapping[str, str]:
        """An app shows a heading."""
        return {"subject": message.subject}
