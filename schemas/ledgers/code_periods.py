"""service_codes.csv as it is and the codes of a new period in, the file with both out. Called by `henrei codes`.

What is not of the new period stays as it was written: other service types, other periods, columns that henrei does not
know, titles above the header, rows that cannot be read.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from henrei.errors import HenreiError
from henrei.schemas.ledgers import Ledger, normalize
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.rows import HEADER_LINES

_ENCODINGS = ("utf-8-sig", "cp932")
_ONE_DAY = timedelta(days=1)
_CODE = re.compile(r"[0-9A-Z]{6}")


@dataclass(frozen=True)
class Period:
    """The period of an import: its first day, its last (None: open), the service types that it holds all codes of."""

    since: date
    until: date | None
    service_types: frozenset[str]


@dataclass
class Merged:
    """The new file, and what was done to the rows of the one before.

    former: code → (name, units) as written, of those in force on the day before the period; closed: rows whose end is now
    that day; replaced: rows of a period that began on the same day; later: codes that end before a row of theirs that
    begins later; unreadable: rows that stay as they are because code or dates cannot be read.
    """

    data: bytes = b""
    former: dict[str, tuple[str, str]] = field(default_factory=dict)
    closed: int = 0
    replaced: int = 0
    later: int = 0
    unreadable: int = 0


@dataclass
class _Table:
    above: list[list[str]]
    header: list[str]
    rows: list[list[str]]


def merge(
    before: bytes | None, rows: Iterable[Mapping[str, str]], period: Period, ledger: Ledger, export: Export, name: str
) -> Merged:
    """`rows`: column → text of each new code, without its period. `name` of the file, for errors.

    Raises HenreiError where the file before cannot be read as a table of codes: nothing of it may be lost.
    """
    table = _read(before, ledger, export, name)
    width = len(table.header)
    places = export.places(ledger, table.header)[0]
    for item in ledger.layout.items:
        if item.column not in places:
            places[item.column] = len(table.header)
            table.header.append(export.columns.get(item.label, item.label))
    added = [export.constants.get(label, "") for label in table.header[width:]]
    merged = Merged()
    starts: dict[str, date] = {}
    kept = list(_kept(table.rows, width, added, places, period, merged, starts))
    for row in rows:
        kept.append(_new_row(row, len(table.header), places, period, starts, merged))
    merged.data = _written([*table.above, table.header, *kept])
    return merged


def _kept(
    rows: Sequence[list[str]],
    width: int,
    added: list[str],
    places: Mapping[str, int],
    period: Period,
    merged: Merged,
    starts: dict[str, date],
) -> Iterator[list[str]]:
    """The rows that stay, those of the former period closed. Fills `merged`, and `starts`: code → the first later row's."""
    day_before = period.since - _ONE_DAY
    for cells, code, begin, end in _dated(rows, width, places):
        if not any(cell.strip() for cell in cells):
            continue
        whole = [*cells, *added] if len(cells) == width else cells
        if begin is None or end is None:
            merged.unreadable += 1
        elif code[:2] not in period.service_types or end < day_before:
            pass
        elif begin == period.since:
            merged.replaced += 1
            continue
        elif begin > period.since:
            starts[code] = min(begin, starts.get(code, begin))
        else:
            merged.former[code] = (whole[places["name"]], whole[places["units"]])
            if end > day_before:
                whole[places["valid_to"]] = day_before.isoformat()
                merged.closed += 1
        yield whole


def _new_row(
    row: Mapping[str, str],
    width: int,
    places: Mapping[str, int],
    period: Period,
    starts: Mapping[str, date],
    merged: Merged,
) -> list[str]:
    end = period.until
    start = starts.get(row["service_code"])
    if start is not None and (end is None or end >= start):
        end = start - _ONE_DAY
        merged.later += 1
    cells = [""] * width
    for column, text in row.items():
        cells[places[column]] = text
    cells[places["valid_from"]] = period.since.isoformat()
    cells[places["valid_to"]] = end.isoformat() if end else ""
    return cells


def _dated(
    rows: Sequence[list[str]], width: int, places: Mapping[str, int]
) -> Iterator[tuple[list[str], str, date | None, date | None]]:
    """Each row with its code, first and last day; the days None where any of the three cannot be read."""

    def cell(cells: list[str], column: str) -> str:
        place = places[column]
        return cells[place] if len(cells) == width and place < width else ""

    found = pl.DataFrame(
        {
            "code": [unicodedata.normalize("NFKC", cell(cells, "service_code")).strip() for cells in rows],
            "begin": [cell(cells, "valid_from") for cells in rows],
            "end": [cell(cells, "valid_to") for cells in rows],
        },
        schema={"code": pl.String(), "begin": pl.String(), "end": pl.String()},
    ).with_columns(
        begin=_day(normalize.open_start(normalize.date(normalize.plain(pl.col("begin"))))),
        end=_day(normalize.open_end(normalize.date(normalize.plain(pl.col("end"))), needed=True).fill_null("99991231")),
    )
    for cells, (code, begin, end) in zip(rows, found.iter_rows(), strict=True):
        readable = len(cells) == width and _CODE.fullmatch(code) and begin is not None and end is not None
        yield cells, code, begin if readable else None, end if readable else None


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("-", "", literal=True).str.to_date("%Y%m%d", strict=False)


def _read(data: bytes | None, ledger: Ledger, export: Export, name: str) -> _Table:
    """The file's lines above its header, its header and the rows below; ours where there is no file yet."""
    if data is None or not data.removeprefix(b"\xef\xbb\xbf").strip():
        return _Table([], list(ledger.labels), [])
    rows = list(_rows(data, name))
    for at, cells in enumerate(rows[:HEADER_LINES]):
        header = [cell.strip(" \u3000\t") for cell in cells]
        if any(header) and not export.missing(ledger, header):
            return _Table(rows[:at], header, rows[at + 1 :])
    raise HenreiError(
        f"{name} に{ledger.title}の見出しがないため、書き足せません。見出しを直すか、このファイルをほかの名前に変えてください"
    )


def _rows(data: bytes, name: str) -> Iterator[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(io.StringIO(text.removesuffix("\x1a"), newline=""))
        except csv.Error:
            break
        return
    raise HenreiError(
        f"{name} を読めないため、書き足せません。Excel で開いて CSV で保存し直すか、このファイルをほかの名前に変えてください"
    )


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
