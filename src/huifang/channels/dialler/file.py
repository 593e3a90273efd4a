"""A dialler that is fed by file: a row stands on the list, and a person carries the list over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from huifang.channels.dialler.fields import FILE_FIELDS, setup
from huifang.channels.driver import Delivery, Message, Receipt, ReceiptState, Ticket, require_ticket
from huifang.domain.contact import Channel
from huifang.domain.words import Words


class FileDialler:
    """Nothing leaves by itself. Blind: whether a file was loaded, only its results tell."""

    name = "dialler-file"
    delivery = Delivery.BLIND
    channels = frozenset({Channel.PHONE})

    def __init__(self, given: Mapping[str, str], clock: Callable[[], datetime]) -> None:  # noqa: ARG002
        self.setup = setup(FILE_FIELDS, given)

    def send(self, ticket: Ticket, message: Message) -> Receipt:  # noqa: ARG002
        """It stands on the list."""
        require_ticket(ticket, self.channels)
        return Receipt(ReceiptState.SENT, words=Words("已列入外呼名单。", "It stands on the dialling list."))
