import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain.recordings import HEAD, audio_type

HEADS = {
    b"RIFF\x24\x00\x00\x00WAVEfmt ": "audio/wav",
    b"ID3\x04\x00\x00\x00\x00": "audio/mpeg",
    b"\xff\xfb\x90\x64": "audio/mpeg",
    b"\xff\xf3\x44\xc4": "audio/mpeg",
    b"\x00\x00\x00\x20ftypM4A ": "audio/mp4",
    b"\x00\x00\x00\x18ftyp3gp4": "audio/mp4",
    b"OggS\x00\x02": "audio/ogg",
    b"fLaC\x00\x00": "audio/flac",
    b"#!AMR\n": "audio/amr",
    b"\x1a\x45\xdf\xa3": "audio/webm",
}


@pytest.mark.parametrize(("head", "found"), HEADS.items())
def test_a_sound_file_is_known_by_its_beginning(head, found):
    assert audio_type(head) == found


@pytest.mark.parametrize("head", [b"", b"\xff", b"MZ\x90\x00", b"<html><script>", b"RIFF\x24\x00\x00\x00AVI LIST", b"%PDF-1.7", b"\x89PNG"])
def test_other_files_are_none(head):
    assert audio_type(head) == ""


@given(st.text(max_size=HEAD))
def test_text_is_never_taken_for_sound_unless_it_carries_a_mark(text):
    head = text.encode()
    marked = any(mark in head for mark in (b"ID3", b"WAVE", b"ftyp", b"OggS", b"fLaC", b"#!AM"))
    assert not audio_type(head) or marked
