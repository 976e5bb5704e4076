"""The envelope of an exchange file: the lines of files go in, piece by piece; an `Envelope` a file comes out.

It is made of the control record, the record numbers, the record count and the end record. A file whose envelope is
broken is refused whole, because nobody can say what it has lost. Called by `read` and by the splitting of a shared
inbox; `with_heads` is the first step of whoever needs the keys of lines (`groups.with_keys`).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import polars as pl

from henrei.schemas.exchange import reject_reasons
from henrei.schemas.layouts import CONTROL_ITEMS, END_ITEMS, key_cells

# The data type of the files that an id comes in. The control record says the first three characters of the first
# data record's id; where that is a K122 or a K421, both K12 (K42) and the type of the whole file are met.
DATA_TYPES = {
    "K112": "K11",
    "K122": "K11",
    "K411": "K41",
    "K421": "K41",
    "K611": "K61",
    "K721": "K72",
    "B731": "B73",
}
TYPE_OF_FAMILY = {name[:3]: kind for name, kind in DATA_TYPES.items()}
_OTHER_TYPE = re.compile(r"[A-Z][0-9A-Z]{2}")  # how the data type of another business looks
CITY_ID = "B731"  # a city's copy of a record: its own id, then the original's items
_COPY = rf'^("?2"?,"?[0-9]+"?),"?{CITY_ID}"?,'  # how a line of a city's copy begins
UTF8_MARK = b"\xef\xbb\xbf".decode("cp932", errors="replace")  # a BOM, as it looks to us
# How files begin that are something else, read as CP932, and what to do about them.
_OTHER_FILES = {
    UTF8_MARK: (reject_reasons.ENCODING, "UTF-8で保存されています。シフトJIS(CP932)で作り直してください"),
    "\uf8f3\uf8f2": (reject_reasons.ENCODING, "UTF-16で保存されています。シフトJIS(CP932)で作り直してください"),
    "\uf8f2\uf8f3": (reject_reasons.ENCODING, "UTF-16で保存されています。シフトJIS(CP932)で作り直してください"),
    "PK\x03\x04": (reject_reasons.ENVELOPE, "ZIPファイルです。中のCSVを取り出して入れてください"),
}


@dataclass(frozen=True)
class Control:
    """What the control record says: record count, data type, facility and review month (YYYYMM).

    The facility is None where it names none, or a municipality.
    """

    records: int | None
    data_type: str
    facility_no: str | None
    month: str


@dataclass
class Envelope:
    """What is known of one file's envelope while its pieces are read."""

    numbered: int = 0  # lines read so far, without blank ones
    control: Control | None = None
    first_id: str | None = None  # of the first data record, where it is one that henrei knows
    other_type: str | None = None  # the first three characters of that id, where they are another business's
    unreadable: bool = False  # not even its lines can be read
    ended: bool = False
    fault: tuple[int, str, str] | None = None  # the first one: line, reason code, sentence
    lossy: bool = False  # broken in a way that may have lost lines

    @property
    def data_type(self) -> str | None:
        """K11, K41, K61, K72 or B73; as the control record has it where that is none of them."""
        written = self.control.data_type if self.control else None
        return TYPE_OF_FAMILY.get(written or "", written) or DATA_TYPES.get(self.first_id or "")

    @property
    def other_business(self) -> str | None:
        """The data type of a file of another business, which is ignored if its frame is sound; None of all others."""
        written = self.control.data_type if self.control else ""
        if self.first_id or written in TYPE_OF_FAMILY or not _OTHER_TYPE.fullmatch(written):
            return None
        return written if self.other_type == written or (self.control and self.control.records == 0) else None

    def break_at(self, line: int, sentence: str, *, lossy: bool = True, code: str = reject_reasons.ENVELOPE) -> None:
        """Notes a fault of the envelope; the first one is kept."""
        if self.fault is None:
            self.fault = (line, code, sentence)
        self.lossy = self.lossy or lossy


def with_heads(lines: pl.DataFrame) -> pl.DataFrame:
    """Adds h0, h1 …: the first `key_cells` cells of each line, unquoted, null where the line is shorter."""
    count = key_cells()
    cells = head_cells(lines["text"], count + 1).struct.unnest()
    return pl.concat([lines, cells.rename(lambda name: f"h{name[6:]}").drop(f"h{count}")], how="horizontal")


def as_original(text: pl.Expr) -> pl.Expr:
    """The text of lines; without its own id a city's copy is the original record."""
    return text.str.replace(_COPY, "${1},")


def is_copy(text: pl.Expr) -> pl.Expr:
    """Whether lines are a city's copies, by their text."""
    return text.str.contains(_COPY)


def with_originals(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with heads, a city's copies among them as their originals; if there are any, `copied` says which."""
    copied = pl.col("h2").eq_missing(CITY_ID)
    if not lines.select(copied.any()).item():
        return lines
    text = pl.when(copied).then(as_original(pl.col("text"))).otherwise("text")
    return with_heads(lines.with_columns(text=text, copied=copied).drop(pl.selectors.matches(r"^h\d+$")))


def head_cells(text: pl.Series, count: int) -> pl.Series:
    """The first cells of lines as a struct field_0, field_1 …; the last field has what follows, up to 200 characters."""
    head = text.str.slice(0, 200)
    if text.str.contains('"', literal=True).any():
        head = head.str.replace_all('"', "", literal=True)
    return head.str.splitn(",", count)


def _cells(text: str) -> list[str] | None:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return None


def _read_control(envelope: Envelope, line: int, text: str) -> None:
    cells = _cells(text)
    if not cells or cells[0].strip() != "1":
        for mark, (code, sentence) in _OTHER_FILES.items():
            if text.startswith(mark):
                envelope.unreadable = mark != UTF8_MARK
                return envelope.break_at(line, sentence, code=code)
        return envelope.break_at(line, "コントロールレコードで始まっていません。国保連の交換ファイルか確かめてください")
    if len(cells) != CONTROL_ITEMS:
        envelope.break_at(line, f"コントロールレコードの項目数が{len(cells)}です(規定は{CONTROL_ITEMS})")
        return
    cells = [cell.strip() for cell in cells]
    # A shorter number is a municipality's; of a copy for the city (B73) it is whoever made the copy.
    named = re.fullmatch("[0-9A-Z]{9,10}", cells[6]) and cells[6].strip("0") and cells[4] != CITY_ID[:3]
    facility = cells[6].zfill(10) if named else None
    records = int(cells[3]) if re.fullmatch("[0-9]{1,9}", cells[3]) else None
    envelope.control = Control(records, cells[4], facility, cells[9])


def check_piece(envelopes: list[Envelope], lines: pl.DataFrame, last: bool, month: str) -> None:
    """Checks the envelopes of some files over one piece of their lines; faults are put into the envelopes.

    `lines` are those that are not blank, with heads, in file order: file (index into `envelopes`), line, text. `last`:
    no more of these files will come. `month` is the review month as YYYYMM.
    """
    check_frames(envelopes, by_file(lines), last, month)


def check_frames(envelopes: list[Envelope], frames: pl.DataFrame, last: bool, month: str) -> None:
    """As `check_piece`, of what `by_file` says of the lines."""
    for row in frames.iter_rows(named=True):  # once a file, not a line
        envelope = envelopes[row["file"]]
        _check_beginning(envelope, row)
        _check_numbers(envelope, row)
        envelope.numbered += row["n"]
        if last:
            envelope.ended = True
            _check_end(envelope, row, month)
    for envelope in envelopes if last else ():
        if not envelope.ended:
            envelope.ended = True
            envelope.break_at(1, "中身がありません")


def by_file(lines: pl.DataFrame) -> pl.DataFrame:
    """A row a file: file, n lines, first and last line with what the envelope has there, and where the numbers go wrong."""
    number = pl.col("h1").str.strip_chars(" ").cast(pl.Int64, strict=False)
    follows = (number - number.shift(1) == 1).fill_null(False) | pl.col("file").ne_missing(pl.col("file").shift(1))
    return (
        lines.select("file", "line", "text", "h0", "h2", number=number, follows=follows)
        .group_by("file", maintain_order=True)
        .agg(
            n=pl.len(),
            first=pl.col("line").first(),
            first_text=pl.col("text").first(),
            second_id=pl.col("h2").slice(1, 1).first(),
            first_id=pl.col("h2").first(),
            end_line=pl.col("line").last(),
            end_text=pl.col("text").last(),
            end_mark=pl.col("h0").last(),
            ahead=pl.col("number").first() - 1,
            # The first line whose number does not follow the one before it.
            stray=pl.col("line").filter(~pl.col("follows")).first(),
        )
    )


def _check_beginning(envelope: Envelope, row: dict) -> None:
    """Reads the control record, and the id of the first data record, which may come with the next piece."""
    first_data = None
    if envelope.numbered == 0:
        _read_control(envelope, row["first"], row["first_text"])
        first_data = row["second_id"] if row["n"] > 1 else None
    elif envelope.numbered == 1:
        first_data = row["first_id"]
    # An unreadable first record says nothing about the file; it is rejected by itself.
    if envelope.first_id is None and first_data in DATA_TYPES:
        envelope.first_id = first_data
    elif first_data and first_data[:3] not in TYPE_OF_FAMILY and _OTHER_TYPE.fullmatch(first_data[:3]):
        envelope.other_type = first_data[:3]


def _check_numbers(envelope: Envelope, row: dict) -> None:
    if row["ahead"] is None or row["ahead"] != envelope.numbered:
        envelope.break_at(row["first"], "レコード番号が1からの連番になっていません。行の抜けや重なりを確かめてください")
    elif row["stray"] is not None:
        envelope.break_at(row["stray"], "レコード番号が前の行から続いていません。行の抜けや重なりを確かめてください")


def _check_end(envelope: Envelope, row: dict, month: str) -> None:
    line = row["end_line"]
    cells = _cells(row["end_text"])
    if envelope.fault:
        return
    control = envelope.control
    assert control is not None  # no fault, so the control record was read
    if row["end_mark"] != "3" or cells is None or envelope.numbered < 2:
        envelope.break_at(line, "エンドレコードで終わっていません。ファイルが途中で切れていないか確かめてください")
    elif len(cells) != END_ITEMS:
        envelope.break_at(line, f"エンドレコードの項目数が{len(cells)}です(規定は{END_ITEMS})")
    elif control.records != envelope.numbered - 2:
        envelope.break_at(
            1,
            f"コントロールレコードの件数({control.records if control.records is not None else '読めません'})と"
            f"データレコードの数({envelope.numbered - 2})が違います",
        )
    elif not _type_fits(envelope, control.data_type):
        envelope.break_at(
            1,
            f"コントロールレコードのデータ種別「{reject_reasons.shown(control.data_type)}」と最初の識別番号が合いません",
            lossy=False,
        )
    elif control.month != month:
        envelope.break_at(1, reject_reasons.other_month(control.month, month), lossy=False)


def _type_fits(envelope: Envelope, written: str) -> bool:
    """Whether the data type of the control record fits the id of the first data record, as far as that can be read."""
    if envelope.first_id:
        return written in (envelope.first_id[:3], DATA_TYPES[envelope.first_id])
    return not envelope.other_type or written in (envelope.other_type, *TYPE_OF_FAMILY)
