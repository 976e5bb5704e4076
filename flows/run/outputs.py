"""The files of out/<month>/ that a run writes: what was judged in, staged files out. Called by the monthly run.

Everything is written beside its place first; `publication.RUN` puts it there once the run is the month's.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from henrei.files import csv_bytes, parquet_bytes
from henrei.flows.inbox import InboxFile
from henrei.flows.run.judged import Judged
from henrei.publication import APPROVAL, RUN
from henrei.schemas.exchange import read
from henrei.schemas.exchange.lines import beginnings
from henrei.store.tables import REJECTS, REMARKS

_SHOWN = {"file": pl.UInt32(), "line": pl.Int64(), "raw": pl.String()}
_TOGETHER = 50_000  # lines that are texts of Python's at once, which weigh several times what a table's do
_SHOWN_BYTES = 4000  # of a rejected line: more than any record has, and a cell of Excel holds them


def received(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Claims of this review month that were not refused, and their 給付費."""
    row = con.execute("SELECT count(*), coalesce(sum(benefit_yen), 0) FROM claims_now").fetchall()[0]
    return {"received": int(row[0]), "benefit_yen": int(row[1])}


def rejects(
    files: list[InboxFile], refused: list[pl.DataFrame], texts: Mapping[int, Mapping[int, str]] | None = None
) -> pl.DataFrame:
    """Every rejected line with what it holds, sorted by file and line. `texts`: file number → line → what it holds, of
    files whose bytes do not show it."""
    frame = pl.concat([pl.DataFrame(schema=read.REJECTED_LINE), *refused])
    shown = [pl.DataFrame(schema=_SHOWN)]
    for (number,), part in frame.partition_by("file", as_dict=True).items():
        file = files[int(str(number))]
        of_file: Iterable[tuple[int, str]] = (texts or {}).get(file.number, {}).items()
        if file.number not in (texts or {}):
            of_file = _shown_lines(file, part["line"])
        rows = ((file.number, *one) for one in of_file)
        while some := list(islice(rows, _TOGETHER)):
            shown.append(pl.DataFrame(some, schema=_SHOWN, orient="row"))
    frame = frame.join(pl.concat(shown), on=["file", "line"], how="left")
    names = {file.number: file.name for file in files}
    return (
        frame.sort("file", "line")
        .with_columns(file=pl.col("file").replace_strict(names, return_dtype=pl.String))
        .select(list(REJECTS))
    )


def _shown_lines(file: InboxFile, wanted: pl.Series) -> Iterator[tuple[int, str]]:
    """The wanted lines of a file with what they hold. Nothing is kept of the others: millions may be wanted, and the file be large."""
    numbers = iter(wanted.filter(wanted > 0).unique().sort())
    next_ = next(numbers, None)
    for line, data, size in beginnings(file.path, _SHOWN_BYTES):
        if line == next_:
            yield line, _shown(data, file.kind, size)
            next_ = next(numbers, None)


def remarks(files: list[InboxFile], noted: list[pl.DataFrame]) -> pl.DataFrame:
    """Every fault that refused nothing, sorted by file, line and item."""
    names = {file.number: file.name for file in files}
    return (
        pl.concat([pl.DataFrame(schema=read.REMARK), *noted])
        .sort("file", "line", "item_no")
        .with_columns(file=pl.col("file").replace_strict(names, return_dtype=pl.String))
        .select(list(REMARKS))
    )


def _shown(data: bytes, kind: str, size: int) -> str:
    """A line as text, bytes that are no characters as \\x.., so that nothing is lost; `data` may be its beginning."""
    end = len(data) == size
    left = f"…(ほか{size - len(data):,}バイト)" if not end else ""
    data = data.rstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")
    # Half-width kana of CP932 can look like UTF-8, so each kind of file has its own encoding tried first.
    for encoding in ("cp932",) if kind == "exchange" else ("utf-8", "cp932"):
        try:  # where a character is cut in two, its first half is not shown
            return codecs.getincrementaldecoder(encoding)().decode(data, final=end) + left
        except UnicodeDecodeError:
            continue
    return data.decode("cp932", errors="backslashreplace") + left


def result_files(judged: Judged) -> dict[str, Callable[[], bytes]]:
    """What the checks found, as files: name → what makes its bytes (one after the other: they may be large)."""
    return {
        "findings.csv": lambda: csv_bytes(judged.findings),
        "findings.parquet": lambda: parquet_bytes(judged.findings),
        "undetermined.csv": lambda: csv_bytes(judged.undetermined),
        "rejects.csv": lambda: csv_bytes(judged.rejects),
        "remarks.csv": lambda: csv_bytes(judged.remarks),
    }


def stage(folder: Path, judged: Judged, changes: pl.DataFrame, worklist: bytes, summary: dict[str, Any]) -> None:
    """Writes the month's files beside their places in `folder`; RUN.publish puts them there.

    Raises HenreiError if one of the files is open in another program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = result_files(judged) | {
        "changes.csv": lambda: csv_bytes(changes),
        "worklist.xlsx": lambda: worklist,
        "summary.json": lambda: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode("utf-8"),
    }
    for publication in (RUN, APPROVAL):
        publication.refuse_if_open(folder)
    RUN.stage(folder, ((name, make()) for name, make in files.items()))
