"""Which files are recordings of a talk: known by how they begin, never by their name."""

from __future__ import annotations

MOST_BYTES = 100 * 1024 * 1024
"""Of one recording: two hours at common telephone rates."""
HEAD = 16
"""Bytes that are enough to tell."""


def audio_type(head: bytes) -> str:
    """The media type of a sound file by its first bytes; empty where it is none that is taken.

    >>> audio_type(b"OggS and so on")
    'audio/ogg'
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # MPEG 1, 2 and 2.5, layer III
        return "audio/mpeg"
    if head[4:8] == b"ftyp" and head[8:11] in (b"M4A", b"mp4", b"iso", b"3gp"):
        return "audio/mp4"
    kinds = {b"OggS": "audio/ogg", b"fLaC": "audio/flac", b"#!AM": "audio/amr", b"\x1a\x45\xdf\xa3": "audio/webm"}
    return kinds.get(head[:4], "")
