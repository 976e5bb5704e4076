"""Reading national exchange files in bulk: paths go in; typed rows, rejected lines and counts come out.

One call reads a batch: many small files together, or one large file piece by piece. `file` is the caller's number for a
file; nothing here knows folders or databases. Called by the monthly run; the splitting of a shared inbox uses `pieces`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from henrei.schemas.exchange import parse, reject_reasons
from henrei.schemas.exchange.envelope import Envelope, by_file, check_frames, with_heads, with_originals
from henrei.schemas.exchange.groups import BASE, OPENING, with_groups, with_keys
from henrei.schemas.exchange.lines import blocks, is_blank, line_count, lines_of, with_cell_counts
from henrei.schemas.exchange.refused import REFUSED_GROUP as REFUSED_GROUP
from henrei.schemas.exchange.refused import REJECTED_LINE, REMARK, describe_groups, rejected_lines
from henrei.schemas.exchange.regular import buffer
from henrei.schemas.exchange.regular.judged import Judged
from henrei.schemas.exchange.regular.rows import judge
from henrei.schemas.exchange.regular.split import Regular, split

PIECE = 32 * 1024 * 1024  # bytes of a large file read together: memory depends on this, not on the size of the file
BATCH = 64 * 1024 * 1024  # bytes of many small files read together: the more, the more of their lines are alike
_STEP = 256 * 1024  # bytes read at a time until there is a piece
_LINE = 64  # bytes that a line counts for at least: what is made of it takes memory, however short it is
_WINDOW = 256 * 1024  # bytes from the end in which the beginning of a group is searched at a time
_TORN = (
    "一つの明細書・結果票・実績記録票が{}MBを超えています。行の識別番号とレコード種別を確かめ、分けて作り直してください"
)

KINDS = ("K11", "K41", "K61", "K72", "B73")  # the data types that henrei reads
# What a file of a data type holds, where a group of it cannot be read.
UNIT_OF_TYPE = {"K11": "claim", "K41": "sheet", "K61": "attendance", "K72": "notice"}


@dataclass
class Batch:
    """What reading some files gave; every frame has `file`, the caller's number.

    rows[record]: line, group (line of the 01) and the kept items, typed; a 01 also last_line of its group.
    rejected: REJECTED_LINE. remarks: REMARK, of lines that are loaded. refused_groups: REFUSED_GROUP, null where unreadable.
    counts: lines of each file: lines (all), loaded, refused (rejected), blank, elsewhere (of another municipality); a
    large file has a row a piece.
    envelopes: of each file; where one has a fault the file is refused whole, and the caller drops its rows.
    """

    rows: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    rejected: list[pl.DataFrame] = field(default_factory=list)
    remarks: list[pl.DataFrame] = field(default_factory=list)
    refused_groups: list[pl.DataFrame] = field(default_factory=list)
    counts: list[pl.DataFrame] = field(default_factory=list)
    envelopes: dict[int, Envelope] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """Lines read together.

    regular: the lines of files in which nothing is odd (`regular.split`). solid: the lines of all others that are not
    blank (`lines.lines_of` and `envelope.with_heads`). counts: file, lines, blank, of all. last: no more of these files
    will come. torn_at: the line before which a group was cut, because it is longer than a piece.
    """

    regular: Regular | None
    solid: pl.DataFrame
    counts: pl.DataFrame
    last: bool
    torn_at: int | None = None

    @property
    def numbered(self) -> int:
        """How many lines are not blank."""
        return int((self.counts["lines"] - self.counts["blank"]).sum())


def load(files: Iterable[Path], *, one_by_one: bool = False) -> Iterator[Piece]:
    """The lines of a batch of files: many small ones in one piece, a large one alone and piece by piece.

    With `one_by_one` every line is judged by itself, which is slow and gives the same. Raises OSError where a file
    cannot be read.
    """
    paths = list(files)
    if len(paths) > 1:
        yield _piece(buffer.read(paths), (1, 1), True, False, one_by_one)
        return
    first_line = first_number = 1
    for data, last, torn in pieces(paths[0]):
        piece = _piece(buffer.joined([data]), (first_line, first_number), last, torn, one_by_one)
        yield piece
        first_line += line_count(data)
        first_number += piece.numbered


def _piece(files: buffer.Files, first: tuple[int, int], last: bool, torn: bool, one_by_one: bool) -> Piece:
    """A piece; `first`: the number of its first line, and among those that are not blank."""
    first_line, first_number = first
    regular = None if one_by_one else split(files, first_line, first_number, begins=first_number == 1, ends=last)
    found = set(regular.counts["file"]) if regular else set()
    others = [number for number in range(len(files.stops)) if number not in found]
    lines = lines_of([files.bytes_of(number) for number in others], first_line, unquoted=True)
    lines = _renumber(lines, others).with_columns(blank=is_blank(pl.col("text")))
    counts = lines.group_by("file").agg(lines=pl.len().cast(pl.Int64), blank=pl.col("blank").sum().cast(pl.Int64))
    counts = pl.concat([counts, regular.counts]) if regular else counts
    solid = with_heads(lines.filter(~pl.col("blank")).drop("blank"))
    return Piece(regular, solid, counts, last, first_line + int(counts["lines"].sum()) if torn else None)


def ahead(source: Iterator[Piece]) -> Generator[Piece, None, None]:
    """The same pieces, the next one read while one is validated: reading and decoding take one core, validating all."""
    with ThreadPoolExecutor(1, thread_name_prefix="henrei-read") as reader:
        coming = reader.submit(next, source, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, source, None)
            yield piece


def read_batch(
    files: dict[int, Path],
    municipality_no: str,
    month: str,
    keep: Callable[[dict[str, list[pl.DataFrame]]], None] | None = None,
    source: Iterable[Piece] | None = None,
    judged: Judged | None = None,
) -> Batch:
    """Reads the files (number → path). `month` is the review month as YYYYMM.

    `keep`, if given, gets the rows of each piece, so that a large file's rows are never all in memory: Batch.rows is
    empty then. `source`: the pieces of the files, where they are read already (`load`, `ahead`). `judged`: what the
    batches before have judged. Raises OSError where a file cannot be read.
    """
    batch = Batch(envelopes={file: Envelope() for file in files})
    numbers = list(files)
    judged = judged or Judged()
    for piece in load(files.values()) if source is None else source:
        _read_piece(batch, numbers, piece, _City(municipality_no, month, judged))
        if piece.torn_at:
            batch.envelopes[numbers[0]].break_at(piece.torn_at, _TORN.format(PIECE // 1024**2))
        if keep:
            keep(batch.rows)
            batch.rows = {}
        if piece.last:
            break
    return batch


def weight(size: int, lines: int) -> int:
    """What so many bytes in so many lines count for against PIECE: of real records, their bytes."""
    return max(size, lines * _LINE)


def pieces(path: Path) -> Iterator[tuple[bytes, bool, bool]]:
    """The file's bytes in pieces that end before a line that opens a group.

    Each comes with "is it the last" and "is a group torn": a group longer than a piece is cut at a line's end all the
    same, so that memory depends on the piece, whatever the file is.
    """
    parts: list[bytes] = []
    lines = 0
    with path.open("rb") as stream:
        for block in blocks(stream, min(PIECE, _STEP)):
            if weight(sum(map(len, parts)), lines) >= PIECE:
                data = b"".join(parts)
                opening = _last_opening(data)
                cut = opening or data.rfind(b"\n") + 1
                if cut:
                    yield data[:cut], False, not opening
                    data = data[cut:]
                parts, lines = [data], data.count(b"\n")
            parts.append(block)
            lines += block.count(b"\n")
        yield b"".join(parts), True, False


def _last_opening(data: bytes) -> int:
    """Where the last line that opens a group begins; 0 if none does."""
    end = len(data)
    while end > 0:
        begin = max(end - _WINDOW, 0)
        # A line's beginning that lies across the border is found from the left.
        starts = [match.start() for match in OPENING.finditer(data, begin, min(end + 64, len(data)))]
        if starts:
            return starts[-1] + 1
        end = begin
    return 0


@dataclass(frozen=True)
class _City:
    """For whom is read: the city's municipality number, the review month (YYYYMM), and what has been judged of it."""

    municipality_no: str
    month: str
    judged: Judged


def _read_piece(batch: Batch, numbers: list[int], piece: Piece, city: _City) -> None:
    """Adds a piece to the batch; `numbers` are the caller's numbers of its files."""
    envelopes = [batch.envelopes[number] for number in numbers]
    begins = [position for position, envelope in enumerate(envelopes) if not envelope.numbered]
    frames = [by_file(piece.solid), *([piece.regular.frames] if piece.regular else [])]
    check_frames(envelopes, pl.concat(frames), piece.last, city.month)
    data = [_between(piece.solid, begins, piece.last)]
    counts = [piece.counts]
    if piece.regular:
        regular = judge(piece.regular, city.municipality_no, city.judged)
        for record, rows in regular.rows.items():
            batch.rows.setdefault(record, []).append(_renumber(rows, numbers))
        if regular.remarks.height:
            batch.remarks.append(_renumber(regular.remarks.select(*REMARK), numbers))
        data.append(regular.left)
        counts.append(regular.counts)
    counts.append(_read_lines(batch, numbers, pl.concat(data), city))
    names = ("lines", "blank", "elsewhere", "refused", "loaded")
    every = pl.DataFrame({"file": range(len(numbers))}, schema={"file": pl.UInt32})
    found = pl.concat(counts, how="diagonal").group_by("file").agg(pl.col(names).sum())
    found = every.join(found, on="file", how="left", maintain_order="left").fill_null(0)
    batch.counts.append(_renumber(found, numbers))


def _between(solid: pl.DataFrame, begins: list[int], last: bool) -> pl.DataFrame:
    """The lines between control and end record; `begins`: the files of which these are the first lines."""
    file = pl.col("file")
    is_envelope = file.is_in(pl.Series(begins, dtype=pl.UInt32).implode()) & file.ne_missing(file.shift(1))
    if last:
        is_envelope |= file.ne_missing(file.shift(-1))
    return solid.filter(~is_envelope)


def _read_lines(batch: Batch, numbers: list[int], lines: pl.DataFrame, city: _City) -> pl.DataFrame:
    """Judges data lines one by one and adds them to the batch: file, elsewhere, refused, loaded of those."""
    data = with_cell_counts(with_keys(with_originals(lines)))
    _check_copies(data, [batch.envelopes[number] for number in numbers])
    is_elsewhere = (pl.col("municipality") != city.municipality_no).fill_null(False)
    elsewhere = data.filter(is_elsewhere)
    data = with_groups(data.filter(~is_elsewhere))
    rows, faults, remarks = parse.parse_lines(data)
    rejected = rejected_lines(data, faults)
    bad = rejected.select("file", "group").unique()
    ends = data.group_by("file", "group").agg(last_line=pl.col("line").max())
    for record, parsed in rows.items():
        if record.endswith(f"-{BASE}"):
            parsed = parsed.join(ends, on=["file", "group"], how="left", maintain_order="left")
        good = parsed.join(bad, on=["file", "group"], how="anti", maintain_order="left")
        batch.rows.setdefault(record, []).append(_renumber(good, numbers))
    remarks = remarks.join(bad, on=["file", "group"], how="anti")
    if remarks.height:
        batch.remarks.append(_renumber(remarks.select(*REMARK), numbers))
    if rejected.height:
        batch.rejected.append(_renumber(rejected.select(*REJECTED_LINE), numbers))
        groups = data.join(bad, on=["file", "group"], how="semi", maintain_order="left")
        batch.refused_groups.append(_renumber(describe_groups(groups), numbers))
    counts = [
        part.group_by("file").agg(pl.len().cast(pl.Int64).alias(name))
        for name, part in (("elsewhere", elsewhere), ("refused", rejected), ("loaded", data))
    ]
    return pl.concat(counts, how="diagonal").with_columns(
        loaded=pl.col("loaded").fill_null(0) - pl.col("refused").fill_null(0)
    )


def _renumber(frame: pl.DataFrame, numbers: list[int]) -> pl.DataFrame:
    """From positions in the batch to the caller's numbers."""
    names = pl.Series(numbers, dtype=pl.UInt32)
    return frame.with_columns(file=names.gather(frame["file"]))


def _check_copies(data: pl.DataFrame, envelopes: list[Envelope]) -> None:
    """The layout of B731 is inferred: a file is read only if every record has its original's number of items."""
    if "copied" not in data.columns:
        return
    wrong = data.filter("copied").filter(
        pl.col("overlong") | pl.col("misquoted") | (pl.col("cells") != parse.expected_cells()).fill_null(True)
    )
    for file, line in wrong.group_by("file").agg(pl.col("line").first()).iter_rows():
        envelopes[file].break_at(
            line, "B731の項目数が元の様式(K122・K411・K611)と合いません", code=reject_reasons.ITEM_COUNT
        )
