"""Window envelopes: where on the sheet an address is seen through the window, however the folded sheet lies in its envelope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope and the sheet folded into it; all lengths in millimetres.

    `size`, `sheet`: width and height. `window`: distance from the envelope's left and lower edge, width and height. `panel`: height of the
    sheet folded in three. `sender`: whether the window has room for the sender's small line above the address.
    """

    key: str
    title: Words
    source: str
    paper: str
    size: tuple[float, float]
    sheet: tuple[float, float]
    window: tuple[float, float, float, float]
    panel: float
    sender: bool = False

    @property
    def seen(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what of the sheet is always seen: the window less the play that the sheet has in its envelope.

        >>> ENVELOPES["bs-4264-dl"].seen
        (20.0, 57.0, 80.0, 24.0)
        """
        left, below, width, height = self.window
        across, down = self.size[0] - self.sheet[0], self.size[1] - self.panel
        return left, self.size[1] - below - height, width - across, height - down


_DL, _A4 = (220.0, 110.0), (210.0, 297.0)
_INCH = 25.4
ENVELOPES = {
    envelope.key: envelope
    for envelope in (
        Envelope(
            "din-5008-b", Words("DIN 5008 B 型（中国 ZL、德国 DL）", "DIN 5008 form B (China ZL, Germany DL)"),
            "DIN 5008 form B in a DIN 680 envelope DL", "a4", _DL, _A4, (20.0, 15.0, 90.0, 45.0), 105.0, sender=True,
        ),
        Envelope(
            "bs-4264-dl", Words("英国 DL（BS 4264）", "UK DL (BS 4264)"), "the UK trade's DL window after BS 4264: 35 × 90 mm",
            "a4", _DL, _A4, (20.0, 18.0, 90.0, 35.0), 99.0,
        ),
        Envelope(
            "us-10", Words("美国 #10", "US #10"), "the common #10 window: 1 1/8 × 4 1/2 in, 7/8 in from the left, 1/2 in from below",
            "us-letter", (9.5 * _INCH, 4.125 * _INCH), (8.5 * _INCH, 11 * _INCH),
            (0.875 * _INCH, 0.5 * _INCH, 4.5 * _INCH, 1.125 * _INCH), 11 * _INCH / 3,
        ),
    )
}  # fmt: skip
"""By key."""
_OF_COUNTRY = {"GB": "bs-4264-dl", "IE": "bs-4264-dl", "US": "us-10", "CA": "us-10"}


def usual(countries: Iterable[str]) -> str:
    """The envelope of the first country that has one of its own; else DIN's.

    >>> usual(["US", "CN"]), usual(["CN"]), usual([])
    ('us-10', 'din-5008-b', 'din-5008-b')
    """
    return next((_OF_COUNTRY[country] for country in countries if country in _OF_COUNTRY), "din-5008-b")


@dataclass(frozen=True, slots=True)
class Letter:
    """What lies in one: `to` are the lines in the window, `sender` the small line above them."""

    sender: str
    to: tuple[str, ...]
    date: str
    subject: str
    text: str
