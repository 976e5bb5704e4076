"""A ledger's file, what henrei.toml says of the export, and cells and rows that it lacks go in; the same file with them comes
out. Called by `henrei facilities`.

Nothing that is there changes, to the byte: an empty cell is filled where it is, and a new row follows the last one, in the
file's own columns, words, encoding and quotes. Of a workbook the lines are written as a CSV.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from henrei.schemas.exchange import validate
from henrei.schemas.exchange.lines import cells_of
from henrei.schemas.ledgers import Ledger
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import (
    WORKBOOK,
    LedgerPart,
    cells_read,
    groups_of,
    header_of,
    read_ledger,
    solid_lines,
)
from henrei.schemas.ledgers.rows import encoding_of, lines_of_file, rows_of

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,]*')
_GETA = "〓"  # what Japanese offices write for a character that a program does not have
# Characters that look the same and are not in CP932 → those that are.
_IN_CP932 = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¥": "￥"})


@dataclass
class LedgerFile:
    """A ledger as it is in its file. `rows`: line, group and the ledger's columns as text in their one spelling.

    unreadable: rows of which nothing can be read; replaced: characters that the file's encoding does not have.
    """

    ledger: Ledger
    export: Export
    data: bytes
    header_line: int
    header: list[str]
    places: list[dict[str, int]]
    rows: pl.DataFrame
    unreadable: int
    replaced: int = 0
    _spans: dict[int, int] = field(default_factory=dict)
    _filled: dict[int, dict[int, str]] = field(default_factory=dict)
    _added: list[dict[int, str]] = field(default_factory=list)

    def has(self, column: str, group: int = 0) -> bool:
        """Whether the export has a column for it."""
        return column in self.places[group]

    def fill(self, line: int, group: int, column: str, text: str) -> None:
        """Writes into an empty cell. Two groups of a row may share it: then the first text stays."""
        self._filled.setdefault(line, {}).setdefault(self.places[group][column], self._dressed(column, text))

    def add(self, values: Mapping[str, str]) -> bool:
        """A new row of our columns; False, and no row, where the export has no column for a value that it must have."""
        for column, text in values.items():
            if not self.has(column) and self._is_needed(column) and self._constant(column) != text:
                return False
        places = self.places[0]
        self._added.append({places[c]: self._dressed(c, text) for c, text in values.items() if c in places})
        return True

    def completed(self) -> bytes:
        """The file with what was filled and added."""
        encoding, self.replaced = encoding_of(self.data), 0
        lines = re.findall(rb"[^\n]*\n|[^\n]+", self.data)
        newline = b"\r\n" if lines[self.header_line - 1].endswith(b"\r\n") else b"\n"
        last = max(self._spans, default=self.header_line)
        end = last + self._spans.get(last, 1) - 1
        quoted = _quoted_places(b"".join(lines[last - 1 : end]), encoding)
        for line, cells in self._filled.items():
            span = self._spans[line]
            row = b"".join(lines[line - 1 : line - 1 + span])
            lines[line - 1 : line - 1 + span] = [*([b""] * (span - 1)), self._with_cells(row, cells, encoding)]
        if self._added and not lines[end - 1].endswith(b"\n"):
            lines[end - 1] += newline
        lines[end:end] = [self._row(cells, quoted, encoding) + newline for cells in self._added]
        return b"".join(lines)

    def completes(self, other: LedgerFile) -> bool:
        """Whether this is the other file with nothing but cells filled and rows added."""
        above = slice(0, self.header_line)
        if self.data.split(b"\n")[above] != other.data.split(b"\n")[above]:
            return False
        columns = [item.column for item in self.ledger.layout.items]
        key = ["line", "group"]
        both = other.rows.join(self.rows, on=key, how="left", suffix="_now")
        same = [pl.col(name).is_null() | pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in columns]
        return both.select(pl.all_horizontal(same).all()).item()

    def read_back(self, municipality_no: str) -> tuple[LedgerPart, LedgerPart]:
        """What a run reads of the file before and after."""
        before = read_ledger(self.ledger, self.data, self.export, municipality_no)
        return before, read_ledger(self.ledger, self.completed(), self.export, municipality_no)

    def _is_needed(self, column: str) -> bool:
        return next(item.needed() for item in self.ledger.layout.items if item.column == column)

    def _constant(self, column: str) -> str | None:
        label = self.ledger.label(column)
        text = self.export.constants.get(label)
        return self.export.meanings(label).get(text, text) if text is not None else None

    def _dressed(self, column: str, text: str) -> str:
        """Our value as the export writes it."""
        label = self.ledger.label(column)
        return next((their for their, our in self.export.values.get(label, {}).items() if our == text), text)

    def _encoded(self, text: str, encoding: str) -> bytes:
        if encoding != "cp932":
            return text.encode(encoding)
        text = text.translate(_IN_CP932)
        fitting = "".join(c if _fits(c) else _GETA for c in text)
        self.replaced += sum(a != b for a, b in zip(text, fitting, strict=True))
        return fitting.encode("cp932")

    def _with_cells(self, row: bytes, cells: Mapping[int, str], encoding: str) -> bytes:
        """A row with other cells: the bytes of all others stay, whichever of two codes a character has."""
        spans = _cell_spans(row, encoding)
        for place in sorted(cells, reverse=True):
            old, begin, end = spans[place]
            new = self._encoded(_cell(cells[place], quoted='"' in old), encoding)
            row = row[:begin] + new + row[end:]
        return row

    def _row(self, cells: Mapping[int, str], quoted: frozenset[int], encoding: str) -> bytes:
        places = range(len(self.header))
        text = ",".join(_cell(cells.get(place, ""), quoted=place in quoted) for place in places)
        return self._encoded(text, encoding)


def open_ledger(ledger: Ledger, data: bytes, export: Export, suffix: str = ".csv") -> LedgerFile | None:
    """The ledger in a file; None where its header is not found or the workbook cannot be read. `suffix` tells a workbook."""
    if suffix.casefold() == WORKBOOK:
        data = _csv_of_workbook(ledger, data, export)
    lines = lines_of_file(data)
    found = header_of(lines, ledger, export)
    if found is None:
        return None
    header_line, header = found
    below = solid_lines(lines.filter(pl.col("line") > header_line))
    body = rows_of(below, len(header))
    unsound = pl.col("undecodable") | pl.col("overlong") | pl.col("misquoted") | (pl.col("cells") != len(header))
    fit = body.filter(~unsound)
    places = export.places(ledger, header)
    names = {validate.cell(item): item.column for item in ledger.layout.items}
    groups = groups_of(ledger, export, places, cells_of(fit["text"], len(header), cells_read(places)))
    rows = pl.concat(
        text.rename(mapping=names).select(fit["line"], pl.lit(number).alias("group"), *names.values())
        for number, text in enumerate(groups)
    )
    spans = dict(body.select("line", "span").iter_rows())
    return LedgerFile(ledger, export, data, header_line, header, places, rows, body.height - fit.height, _spans=spans)


def new_ledger(ledger: Ledger, export: Export) -> bytes:
    """A ledger with nothing but its header, by the names that henrei.toml gives its columns."""
    group = export.groups[0] if export.groups else {}
    names = [group.get(label) or export.columns.get(label, label) for label in ledger.labels]
    # A column of another group would be missed; theirs is needed, too.
    others = [theirs for more in export.groups[1:] for theirs in more.values()]
    header = list(dict.fromkeys([*names, *others]))
    return (",".join(_cell(name, quoted=False) for name in header) + "\r\n").encode("utf-8-sig")


def _csv_of_workbook(ledger: Ledger, data: bytes, export: Export) -> bytes:
    """The first sheet with the header as a CSV; empty where there is none."""
    from henrei.schemas.ledgers import workbook

    for lines in workbook.sheets(data) or []:
        if found := header_of(lines, ledger, export):
            line, header = found
            # A workbook's rows end with their last filled cell.
            missing = pl.when(pl.col("line") > line).then((len(header) - pl.col("width")).clip(0)).otherwise(0)
            texts = lines.select(pl.col("text") + pl.lit(",").repeat_by(missing).list.join("")).to_series()
            return "".join(f"{text}\r\n" for text in texts).encode("utf-8-sig")
    return b""


def _cell_spans(row: bytes, encoding: str) -> list[tuple[str, int, int]]:
    """The cells of a row, each with the bytes at which it begins and ends."""
    text = row.rstrip(b"\r\n").decode(encoding)
    spans, at, byte = [], 0, 0
    while (match := _CELL.match(text, at)) is not None:
        end = byte + len(match[0].encode(encoding))
        spans.append((match[0], byte, end))
        at, byte = match.end() + 1, end + 1
        if at > len(text):
            break
    return spans


def _quoted_places(row: bytes, encoding: str) -> frozenset[int]:
    """Which cells of a row have quotes around them: a new row has them, too. None where the row cannot be read."""
    try:
        spans = _cell_spans(row, encoding)
    except UnicodeError:
        return frozenset()
    return frozenset(place for place, (cell, *_) in enumerate(spans) if '"' in cell)


def _cell(text: str, *, quoted: bool) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if quoted or doubled != text or "," in text else text


def _fits(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
