"""Delimited text: quotes, delimiters, encodings."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.app.services.imports import delimited, encoding, limits

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


LONG = "x" * (limits.CELL + 1)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(1, "a,b", True), (2, "c,d", False)], [(1, ["a", "b"]), delimited.Bad(2, "encoding", "c,d")]),
        ([(1, f"{LONG},b", True)], [delimited.Bad(1, "long-cell", LONG[:200])]),
        ([(1, f'"{LONG}",b', True)], [delimited.Bad(1, "long-cell", f'"{LONG}'[:200])]),
        ([(1, '"a', True), (2, "b", True)], [delimited.Bad(1, "open-quote", '"a'), (2, ["b"])]),
        ([(1, '"a', True), (2, 'b",c', True)], [(1, ["a\nb", "c"])]),
        ([(1, '"a', True), (2, 'b",c,d', True)], [delimited.Bad(1, "open-quote", '"a'), (2, ['b"', "c", "d"])]),
        ([(1, '"a""b",c', True)], [(1, ['a"b', "c"])]),
        ([(1, '"a"b,c', True)], [delimited.Bad(1, "open-quote", '"a"b,c')]),
        ([(1, 'a"b,c', True)], [(1, ['a"b', "c"])]),
    ],
)
def test_rows_that_are_not_plain(lines: list[tuple[int, str, bool]], expected: list[object]) -> None:
    assert list(delimited.rows(lines, ",", 2)) == expected


@pytest.mark.parametrize(("sample", "width"), [(["a,b,c", "1,2,3", "x"], 3), (['"a,1","b"', '"c","d"'], 2), ([""], 1), (['"a', 'b"'], 1)])
def test_the_width_is_what_most_rows_have(sample: list[str], width: int) -> None:
    assert delimited.width_of(sample, ",") == width
