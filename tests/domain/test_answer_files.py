"""What a file is, by its first bytes alone, and the name under which it is kept."""

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.domain import answer_files
from huifang.domain.answer_files import ENDINGS, LONGEST_NAME, file_name, file_type


def test_the_examples_in_the_text_hold():
    assert doctest.testmod(answer_files).failed == 0


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"", ""),
        (b"\xff\xd8", ""),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ""),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b"GIF89a", ""),
        (b"MZ\x90\x00", ""),
        (b"PK\x03\x04", ""),
    ],
)
def test_only_pictures_and_pdf_are_taken_whatever_their_name_says(head, found):
    assert file_type(head) == found


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../../etc/passwd", "passwd.png"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.png"),
        ("故障\u202egnp.exe", "故障gnp.png"),
        ("a\x00b\r\nc.png", "ab c.png"),
        ("照片.png", "照片.png"),
        ("", "file.png"),
        (".htaccess", "file.png"),
        ("CON.png", "file CON.png"),
        ("nul.tar.png", "file nul.tar.png"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("长" * 300 + ".png", "长" * LONGEST_NAME + ".png"),
        ("..", "file.png"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(said, kept):
    assert file_name(said, "image/png") == kept


@given(st.text(max_size=300), st.sampled_from(sorted(ENDINGS)))
def test_any_name_becomes_one_that_can_be_shown_and_saved(said, media_type):
    name = file_name(said, media_type)
    assert name.endswith(f".{ENDINGS[media_type]}")
    assert len(name) <= LONGEST_NAME + 10
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith((".", " "))
    assert not any(unicodedata.category(each)[0] == "C" for each in name)
