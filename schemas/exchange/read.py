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
from henrei.schemas.exchange.envelope import Envelope, check_piece, with_heads, with_originals
from henrei.schemas.exchange.groups import BASE, OPENING, group_faults, with_groups, with_keys, with_units
from henrei.schemas.exchange.lines import blocks, is_blank, line_count, lines_of, with_cell_counts
from henrei.schemas.layouts import cells_with

PIECE = 32 * 1024 * 1024  # bytes read together: memory depends on this, not on the size of the file
_STEP = 256 * 1024  # bytes read at a time until there is a piece
_LINE = 64  # bytes that a line counts for at least: what is made of it takes memory, however short it is
_WINDOW = 256 * 1024  # bytes from the end in which the beginning of a group is searched at a time
_TORN = (
    "一つの明細書・結果票・実績記録票が{}MBを超えています。行の識別番号とレコード種別を確かめ、分けて作り直してください"
)

KINDS = ("K11", "K41", "K61", "K72", "B73")  # the data types that henrei reads
# What a file of a data type holds, where a group of it cannot be read.
UNIT_OF_TYPE = {"K11": "claim", "K41": "sheet", "K61": "attendance", "K72": "notice"}

REJECTED_LINE = {
    "file": pl.UInt32,
    "line": pl.Int64,
    "record": pl.String,
    "item_no": pl.Int64,
    "item_name": pl.String,
    "reason_code": pl.String,
    "reason": pl.String,
}
REMARK = {name: kind for name, kind in REJECTED_LINE.items() if name != "reason_code"}
REFUSED_GROUP = {
    "file": pl.UInt32,
    "group": pl.Int64,
    "unit": pl.String,
    "facility_no": pl.String,
    "recipient_no": pl.String,
    "service_month": pl.Date,
    "form": pl.String,
}


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

    solid: the lines that are not blank (`lines.lines_of` and `envelope.with_heads`). counts: file, lines, blank. last: no
    more of these files will come. torn_at: the line before which a group was cut, because it is longer than a piece.
    """

    solid: pl.DataFrame
    counts: pl.DataFrame
    last: bool
    torn_at: int | None = None


def load(files: Iterable[Path]) -> Iterator[Piece]:
    """The lines of a batch of files: many small ones in one piece, a large one alone and piece by piece.

    Raises OSError where a file cannot be read.
    """
    paths = list(files)
    if len(paths) > 1:
        yield _piece([path.read_bytes() for path in paths], 1, True, False)
        return
    first_line = 1
    for data, last, torn in pieces(paths[0]):
        yield _piece([data], first_line, last, torn)
        first_line += line_count(data)


def _piece(blobs: list[bytes], first_line: int, last: bool, torn: bool) -> Piece:
    lines = lines_of(blobs, first_line, unquoted=True).with_columns(blank=is_blank(pl.col("text")))
    counts = lines.group_by("file").agg(lines=pl.len().cast(pl.Int64), blank=pl.col("blank").sum().cast(pl.Int64))
    solid = with_heads(lines.filter(~pl.col("blank")).drop("blank"))
    return Piece(solid, counts, last, first_line + lines.height if torn else None)


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
) -> Batch:
    """Reads the files (number → path). `month` is the review month as YYYYMM.

    `keep`, if given, gets the rows of each piece, so that a large file's rows are never all in memory: Batch.rows is
    empty then. `source`: the pieces of the files, where they are read already (`load`, `ahead`). Raises OSError where a
    file cannot be read.
    """
    batch = Batch(envelopes={file: Envelope() for file in files})
    numbers = list(files)
    for piece in load(files.values()) if source is None else source:
        _read_piece(batch, numbers, piece, municipality_no, month)
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


def _read_piece(batch: Batch, numbers: list[int], piece: Piece, ours: str, month: str) -> None:
    """Adds a piece to the batch; `numbers` are the caller's numbers of its files, `ours` the city's municipality number."""
    envelopes = [batch.envelopes[number] for number in numbers]
    data = with_cell_counts(_data_lines(piece.solid, envelopes, piece.last, month))
    _check_copies(data, envelopes)
    is_elsewhere = (pl.col("municipality") != ours).fill_null(False)
    elsewhere = data.filter(is_elsewhere)
    data = with_groups(data.filter(~is_elsewhere))
    rows, faults, remarks = parse.parse_lines(data)
    rejected = _rejected_lines(data, faults)
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
    counts = pl.DataFrame({"file": range(len(numbers))}, schema={"file": pl.UInt32})
    counts = counts.join(piece.counts, on="file", how="left")
    for name, lines in (("elsewhere", elsewhere), ("refused", rejected), ("data", data)):
        count = lines.group_by("file").agg(pl.len().cast(pl.Int64).alias(name))
        counts = counts.join(count, on="file", how="left")
    counts = counts.fill_null(0).with_columns(loaded=pl.col("data") - pl.col("refused")).drop("data")
    batch.counts.append(_renumber(counts, numbers))


def _renumber(frame: pl.DataFrame, numbers: list[int]) -> pl.DataFrame:
    """From positions in the batch to the caller's numbers."""
    names = pl.Series(numbers, dtype=pl.UInt32)
    return frame.with_columns(file=names.gather(frame["file"]))


def _data_lines(solid: pl.DataFrame, envelopes: list[Envelope], last: bool, month: str) -> pl.DataFrame:
    """The lines between control and end record, with their keys; the envelopes are checked on the way."""
    begins = pl.Series([i for i, envelope in enumerate(envelopes) if not envelope.numbered], dtype=pl.UInt32)
    check_piece(envelopes, solid, last, month)
    file = pl.col("file")
    is_envelope = file.is_in(begins.implode()) & file.ne_missing(file.shift(1))
    if last:
        is_envelope |= file.ne_missing(file.shift(-1))
    return with_keys(with_originals(solid.filter(~is_envelope)))


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


def _rejected_lines(data: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """Every line of every group with a fault (`parse.LINE_FAULT`, `group_faults`): its own reason, or the group's."""
    whole = group_faults(data)
    place = ["file", "group"]
    first = (
        pl.concat([faults.select(*place, "line"), whole.select(*place, "line")])
        .group_by(place)
        .agg(cause=pl.col("line").min())
    )
    lines = data.join(first, on=place, how="inner", maintain_order="left")
    lines = lines.join(faults.drop("group"), on=["file", "line"], how="left", maintain_order="left")
    lines = lines.join(whole.select(*place, whole="reason"), on=place, how="left", maintain_order="left")
    unit = pl.col("family").replace_strict(reject_reasons.UNIT, default="記録")
    companion = pl.coalesce("whole", pl.format(reject_reasons.COMPANION_TEXT, unit, pl.col("cause")))
    return lines.with_columns(
        reason=pl.coalesce("reason", companion),
        reason_code=pl.col("reason_code").fill_null(reject_reasons.INCOMPLETE),
    )


def describe_groups(lines: pl.DataFrame) -> pl.DataFrame:
    """What refused groups could be, of all their lines: REFUSED_GROUP, a row for each group and each child it is about.

    `group` is null where the group has no 01: such lines are no claim and no record.
    """
    names_child = pl.col("record").is_in(list(cells_with("child")))
    opened = (pl.col("part").first() == BASE).over("file", "group")
    named = with_units(lines).select(
        "file",
        "unit",
        "facility",
        "recipient",
        "child",
        "service_month",
        "form",
        "group",
        opened=opened,
        names_child=names_child,
    )
    own = named.group_by("file", "group", maintain_order=True).agg(
        pl.col("unit", "facility", "recipient", "service_month", "form").drop_nulls().first(),
        pl.col("opened").first(),
        anyone=pl.col("recipient").first().is_null() | (pl.col("names_child") & pl.col("child").is_null()).any(),
    )
    # Where the first line of a group does not name the recipient, or a household's line its child, it could be anyone's,
    # whatever its other lines say.
    nameless = own.filter("anyone").with_columns(recipient=pl.lit(None, pl.String))
    own = own.drop("anyone")
    children = named.filter(pl.col("child").is_not_null()).with_columns(recipient=pl.col("child"))
    return (
        pl.concat([own, nameless.select(own.columns), children.select(own.columns)])
        .unique(maintain_order=True)
        .with_columns(group=pl.when("opened").then("group"))
        .rename({"facility": "facility_no", "recipient": "recipient_no"})
        .select(*REFUSED_GROUP)
    )
