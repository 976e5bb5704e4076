"""Bytes of exchange files and ledgers go in; lines, and cells of lines, come out as polars frames.

One or more whole files, or a piece of a very large one, are handled as one frame, so that forty thousand small files
cost what one large file costs. Called by the readers of exchange files and ledgers, and by whoever counts lines.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import polars as pl

from henrei.schemas.exchange import quoting

BLOCK = 8 * 1024 * 1024  # bytes read together where nothing but lines is looked for
# Bytes (in UTF-8) that a line may have. No record comes near it, with every item filled and quoted; a longer one is
# rejected as it is, and only its beginning is kept.
LONGEST = 1024 * 1024
_KEPT = 64 * 1024  # characters of a line that is too long

# Bytes 0x80, 0xA0 and 0xFD-0xFF are not characters of CP932, yet Python's codec lets them through as these.
_NOT_CP932 = ("\x80", "\xa0", "\uf8f0", "\uf8f1", "\uf8f2", "\uf8f3")
_BLANK = " \u3000\t"
_ZEROS = "0" * 64 + "\U0010ffff"  # no text of zeros alone, however long, sorts after this, and few others sort before
QUOTED = r'"[^"]*"'
_CELL = f'(?:(?:{QUOTED})+|[^",]*)'  # a doubled quote ends one pair and begins another
_WELL_QUOTED = f"^{_CELL}(?:,{_CELL})*$"


def line_count(data: bytes) -> int:
    """Lines as the contract counts them: ended by LF, and a last one without LF counts."""
    return data.count(b"\n") + (1 if data and not data.endswith(b"\n") else 0)


def line_count_of(path: Path) -> int:
    """`line_count` of a file of any size."""
    with path.open("rb") as stream:
        count, last = 0, b"\n"
        while block := stream.read(BLOCK):
            count, last = count + block.count(b"\n"), block[-1:]
    return count + (last != b"\n")


def blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The stream in blocks of `size` bytes; of a line that is too long and runs over blocks, only the beginning.

    So a reader that goes by lines never holds more than a block and a line, whatever the file is. The number of lines
    does not change.
    """
    kept = 0  # bytes so far of the line that the block before did not end
    while block := stream.read(size):
        end = block.find(b"\n")
        head = len(block) if end < 0 else end
        room = max(LONGEST + 1 - kept, 0)
        kept_with_head = kept + min(head, room)
        if kept and head > room:
            block = block[:room] + block[head:]
        kept = kept_with_head if end < 0 else len(block) - block.rfind(b"\n") - 1
        yield block


def beginnings(path: Path, most: int) -> Iterator[tuple[int, bytes, int]]:
    """Each line of a file: its number, its first bytes, `most` at most, and how many bytes it has, CR LF included."""
    with path.open("rb") as stream:
        line = 0
        while data := stream.readline(most):
            line, size, part = line + 1, len(data), data
            while not part.endswith(b"\n") and (part := stream.readline(BLOCK)):
                size += len(part)
            yield line, data, size


def decode(data: bytes, encoding: str = "cp932") -> str | None:
    """The text, or None where a byte does not fit the encoding (cp932 or utf-8)."""
    if data.isascii():
        return data.decode("ascii")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if encoding != "cp932" or is_cp932(text) else None


def is_cp932(text: str) -> bool:
    """Whether what Python's codec made of bytes of CP932 came of characters only."""
    return not any(mark in text for mark in _NOT_CP932)


def _decode_lines(data: bytes, encoding: str) -> tuple[list[str], list[bool]]:
    """The slow way, for a chunk with a bad byte: line by line, marking the lines that do not fit."""
    texts, bad = [], []
    for line in data.split(b"\n"):
        text = decode(line, encoding)
        bad.append(text is None)
        texts.append(line.decode(encoding, errors="replace") if text is None else text)
    return texts, bad


def lines_of(
    blobs: Sequence[bytes], first_line: int = 1, encoding: str = "cp932", *, unquoted: bool = False
) -> pl.DataFrame:
    """All lines of some files; with `unquoted`, without the quotes that do nothing, where `quoting` can tell.

    Returns file (index into `blobs`, UInt32), line (number in its file from `first_line`, Int64), text (without CR
    LF), undecodable and overlong (bool). A last line without LF counts; nothing is dropped here. An overlong line is
    not looked at any further: its text is only its beginning.
    """
    ended = [b if not b or b.endswith(b"\n") else b + b"\n" for b in blobs]
    counts = [b.count(b"\n") for b in ended]
    data = b"".join(ended)
    whole = decode(data, encoding)
    if whole is None:
        texts, marks = _decode_lines(data, encoding)
        text, bad = pl.Series(texts[:-1], dtype=pl.String), pl.Series(marks[:-1], dtype=pl.Boolean)
    else:
        data = data if data.isascii() else whole.encode("utf-8")
        text = quoting.texts(quoting.plain(data) if unquoted else data)
        bad = pl.repeat(False, sum(counts), dtype=pl.Boolean, eager=True)
    files = pl.DataFrame({"file": range(len(counts)), "n": counts}, schema={"file": pl.UInt32, "n": pl.Int64})
    numbered = files.select(
        pl.col("file").repeat_by("n"), line=pl.int_ranges(first_line, pl.col("n") + first_line)
    ).filter(pl.col("line").list.len() > 0)
    long = text.str.len_bytes() > LONGEST
    if long.any():
        text, bad = pl.select(pl.when(long).then(text.str.slice(0, _KEPT)).otherwise(text)).to_series(), bad & ~long
    text = text.str.strip_suffix("\r")
    return numbered.explode("file", "line").with_columns(text=text, undecodable=bad, overlong=long)


def is_blank(text: pl.Expr) -> pl.Expr:
    """A line with nothing in it, or the single 0x1A with which old programs end a file."""
    return text.str.strip_chars(_BLANK).is_in(["", "\x1a"])


def with_cell_counts(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds cells (how many cells the line has) and misquoted (its quotes do not pair around whole cells)."""
    text = pl.col("text")
    if not lines["text"].str.contains('"', literal=True).any():
        return lines.with_columns(cells=text.str.count_matches(",", literal=True) + 1, misquoted=pl.lit(False))
    # Whatever stands beside a line, it is judged alone: a mark for what was in quotes could be in another's text.
    quoted = pl.when(text.str.contains('"', literal=True)).then(text)
    unquoted = quoted.str.replace_all(QUOTED, "").fill_null(text)  # commas inside do not count
    return lines.with_columns(
        cells=unquoted.str.count_matches(",", literal=True) + 1,
        misquoted=(~quoted.str.contains(_WELL_QUOTED)).fill_null(False),
    )


def cells_of(texts: pl.Series, cells: int, wanted: dict[int, str]) -> pl.DataFrame:
    """The wanted cells of lines that all have `cells` cells: {position from 0: name} → one String column each.

    Raises AssertionError if the parser sees another number of rows than there are lines.
    """
    return _parsed(_body(texts), texts.len(), cells, wanted)


def bare_cells_of(texts: pl.Series, cells: int, wanted: dict[int, str], codes: Mapping[str, int]) -> pl.DataFrame:
    """As `cells_of`, without blank padding, null where nothing is left; of `codes` (name → width) null where there are only
    zeros, too: so the official software writes a code that is not set.

    Most columns have no padding, and zeros of a code's width only: looking for that is far cheaper than stripping.
    """
    body = _body(texts)
    frame = _parsed(body, texts.len(), cells, wanted)
    blanks = [blank for blank in _BLANK if blank.encode("utf-8") in body]
    padded = _columns_where(
        frame, frame.columns, lambda name: [side(blank) for blank in blanks for side in _sides(pl.col(name))]
    )
    frame = frame.with_columns(stripped(pl.col(name)) for name in padded)
    empty = _columns_where(frame, frame.columns, lambda name: [pl.col(name) == ""])
    frame = frame.with_columns(pl.when(pl.col(name) != "").then(name) for name in empty)
    for of_zeros in (
        lambda name: pl.col(name) == "0" * codes[name],
        lambda name: pl.col(name).str.strip_chars("0") == "",
    ):
        unset = _columns_where(frame, codes, lambda name: [pl.col(name) <= _ZEROS])
        frame = frame.with_columns(pl.when(~of_zeros(name)).then(name) for name in unset)
    return frame


def _sides(cell: pl.Expr) -> tuple[Callable[[str], pl.Expr], Callable[[str], pl.Expr]]:
    return cell.str.starts_with, cell.str.ends_with


def _columns_where(frame: pl.DataFrame, names: Iterable[str], tests: Callable[[str], list[pl.Expr]]) -> list[str]:
    """The columns in some row of which one of the tests holds."""
    by_column = {name: test for name in names if (test := tests(name))}
    if not by_column or frame.is_empty():
        return []
    holds = frame.select(pl.any_horizontal(test).any().alias(name) for name, test in by_column.items())
    return [name for name, any_row in holds.row(0, named=True).items() if any_row]


def _body(texts: pl.Series) -> bytes:
    # A null between the lines would vanish in the join; there is none, lines are never null.
    joined = texts.str.join("\n").to_arrow()[0]
    return joined.as_buffer().to_pybytes() if texts.len() else b""


def _parsed(body: bytes, rows: int, cells: int, wanted: dict[int, str]) -> pl.DataFrame:
    names = [f"c{i}" for i in range(cells)]
    if not rows:
        return pl.DataFrame(schema=dict.fromkeys(wanted.values(), pl.String))
    frame = pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        columns=sorted(wanted),
        schema=dict.fromkeys(names, pl.String),
        quote_char='"' if b'"' in body else None,
        missing_columns="raise",
        raise_if_empty=False,
    )
    if frame.height != rows:
        raise AssertionError(f"{rows} lines gave {frame.height} rows")
    return frame.rename({names[i]: name for i, name in wanted.items()})


def stripped(cell: pl.Expr) -> pl.Expr:
    """Without blank padding; null where nothing is left."""
    bare = cell.str.strip_chars(_BLANK)
    return pl.when(bare != "").then(bare)
