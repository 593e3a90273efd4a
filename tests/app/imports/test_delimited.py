"""Delimited text: quotes, delimiters, encodings."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.app.services.imports import delimited, encoding

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('",\n'), max_size=12)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=8)))
def test_what_a_csv_writer_writes_is_read_as_it_was(rows: list[list[str]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    lines = encoding.lines(buffer.getvalue().encode(), encoding.UTF8)
    read = list(delimited.rows(lines, ",", len(rows[0])))
    assert [cells for _, cells in (item for item in read if isinstance(item, tuple))] == rows


@given(st.text(max_size=200), st.sampled_from(delimited.DELIMITERS))
def test_every_line_is_in_a_row_or_told(text: str, delimiter: str) -> None:
    lines = list(enumerate(text.split("\n"), 1))
    read = list(delimited.rows(((number, line, True) for number, line in lines), delimiter, 3))
    numbers = [item.line if isinstance(item, delimited.Bad) else item[0] for item in read]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


@pytest.mark.parametrize(
    ("text", "expected"), [("a,b\n1,2", ","), ("a\tb,c\n1\t2", "\t"), ("a;b\n1,5;2", ";"), ("a|b", "|"), ("姓名，电话", "，"), ("a", ",")]
)
def test_the_delimiter_is_found(text: str, expected: str) -> None:
    assert delimited.delimiter_of(text.split("\n")) == expected


@given(st.binary(max_size=300))
def test_detection_never_fails(data: bytes) -> None:
    name = encoding.detect(data)
    assert name in encoding.CHOICES
    list(encoding.lines(data, name))


def test_a_file_with_a_few_lines_in_another_encoding_tells_these_lines() -> None:
    data = "姓名\n".encode() * 30 + "姓名\n".encode("gbk")
    assert encoding.detect(data) == encoding.UTF8
    assert [clean for _, _, clean in encoding.lines(data, encoding.UTF8)].count(False) == 1
