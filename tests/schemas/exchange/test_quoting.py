"""Quotes that do nothing go from a whole chunk; where one does something, the chunk stays as it is."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from henrei.schemas.exchange import quoting

AS_IT_IS = [
    ("a comma inside", b'1,"a,b",2\n'),
    ("a comma inside at the very beginning, and a good cell after it", b'"a,b",1\n"x",2\n'),
    ("a line's end inside", b'1,"a\nb",2\n'),
    ("a doubled quote", b'1,"a""b",2\n'),
    ("a quote inside a cell", b'1,a"b"c,2\n'),
    ("text behind the quotes", b'1,"a"b,2\n'),
    ("text before the quotes", b'1,a"b",2\n'),
    ("a carriage return behind the quotes, and no line's end", b'1,"a"\r,2\n'),
    ("two carriage returns, of which one is no line's end", b'1,"a"\r\r\n'),
    ("a quote that nobody closes", b'1,"a,2\n'),
    ("two that nobody closes", b'1,"a\n2,"b\n'),
    ("a line of one empty cell, which is not a blank line", b'1,"a"\n""\n'),
    ("the same at the beginning", b'""\r\n1,"a"\r\n'),
    ("none at all", b"1,a,2\n"),
]


@pytest.mark.parametrize("chunk", [chunk for _, chunk in AS_IT_IS], ids=[name for name, _ in AS_IT_IS])
def test_a_chunk_that_stays(chunk: bytes) -> None:
    assert quoting.plain(chunk) == chunk


@pytest.mark.parametrize(
    ("chunk", "bare"),
    [
        (b'1,"a",2\n', b"1,a,2\n"),
        (b'"1","a"\r\n"2",""\r\n', b"1,a\r\n2,\r\n"),
        (b'1,"","b"\n', b"1,,b\n"),
        ('"全角","ｶﾅ"\n'.encode(), "全角,ｶﾅ\n".encode()),
    ],
)
def test_quotes_around_whole_cells_go(chunk: bytes, bare: bytes) -> None:
    assert quoting.plain(chunk) == bare


LINE = st.tuples(st.text(alphabet='a", ', max_size=12), st.sampled_from(["\n", "\r\n"]))


@given(st.lists(LINE, min_size=1, max_size=6))
def test_what_a_csv_reader_sees_stays(lines: list[tuple[str, str]]) -> None:
    chunk = "".join(line + end for line, end in lines).encode()
    bare = quoting.plain(chunk)
    if bare != chunk:  # then every line is a row, with the same cells as before
        before = [next(csv.reader([line], strict=True), []) for line, _ in lines]
        after = [line.removesuffix("\r").split(",") for line in bare.decode().removesuffix("\n").split("\n")]
        assert after == [cells or [""] for cells in before]
