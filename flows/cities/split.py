"""A shared inbox and a month in, each city's files of it below a folder of its own out, every line counted. Called by
shared_inbox; the files are written by split_writer.

Every city gets the file that it would have got by itself: control record with its own count, its own record groups in
their order, renumbered, end record. Every line of every file is in the end exactly one of: given to a city, ignored (frame
and blank lines, other extensions), of a municipality without a home, refused; this is added up. What cannot be
assigned is named in the report, never dropped in silence:

- a line whose municipality cannot be read goes where its record group goes, by place (contract 3.3);
- where there is no group either, every city gets the line cut after its key, in a file of its own, so that what may
  be missing is known there and nobody sees another city's child;
- of a file whose frame is broken every city gets the control record and its own lines as they are, without an end: it
  refuses them, as it would refuse the whole, and does not take for absent what may be in there.

Lines are handled as bytes (Latin-1), because what is no CP932 must arrive as it was: commas, quotes and digits are never
part of a longer character.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.flows import inbox
from henrei.flows.cities.discover import City
from henrei.flows.cities.split_writer import CityFileWriter
from henrei.months import month_text, record_month
from henrei.schemas.exchange import envelope, groups, read
from henrei.schemas.exchange.lines import is_blank, line_count, line_count_of, lines_of

COUNTS = ("lines", "given", "ignored", "no_home", "refused")
REPORT = {"file": pl.String(), "line": pl.Int64(), "municipality_no": pl.String(), "reason": pl.String()}

LEDGER = "台帳は共同の受付フォルダーでは読みません。市町村の作業フォルダーの inbox に置いてください"
NO_HOME = "作業フォルダーのない市町村の記録です({}行)"
WITHHELD = "この市町村には渡していません: {}"
PLACED = "市町村番号が読めないため、並びから前後の記録の市町村に渡しました"
NO_CITY = "市町村番号が読めず、並びからもわかりません。番号までをすべての市町村に渡しました"
BROKEN = "ファイルの枠が壊れています({})。市町村ごとの行をそのまま渡し、各市町村で取り込みを断ります"
OVERLONG = "行が長すぎるため、初めの部分だけを渡しました"
NOBODY = "市町村番号が読めません"


@dataclass
class Split:
    """What became of the shared inbox. files: file and COUNTS; report: REPORT, in order of file and line."""

    files: list[dict[str, int | str]] = field(default_factory=list)
    report: list[tuple[str, int | None, str | None, str]] = field(default_factory=list)

    def table(self) -> pl.DataFrame:
        """The report as a table, sorted."""
        return pl.DataFrame(self.report, schema=REPORT, orient="row").sort("file", "line", "municipality_no")

    def total(self) -> dict[str, int]:
        """COUNTS over all files."""
        return {name: sum(int(file[name]) for file in self.files) for name in COUNTS}


def split(folder: Path, month: date, cities: list[City], withheld: dict[str, str], staging: dict[str, Path]) -> Split:
    """Reads folder/<month>/ once and writes each city's files below staging[municipality_no].

    withheld: municipality_no → why this city gets nothing (its month is closed, it is held by another run, …).
    Raises HenreiError where there is no folder, no file in it, or where a file changes meanwhile.
    """
    files = _files(folder / month_text(month), cities)
    result = Split()
    for file in files:
        if file.kind != "exchange":
            ignored = file.lines if file.kind == "other" else 0
            counts = {"lines": file.lines, "given": 0, "ignored": ignored, "no_home": 0}
            result.files.append({"file": file.name, **counts, "refused": file.lines - ignored})
            if file.kind == "ledger":
                result.report.append((file.name, None, None, LEDGER))
    assignment = _Assignment(set(staging), withheld)
    for batch in inbox.batches(files):
        writer = CityFileWriter([file.name for file in batch], staging)
        _Batch([_File(file) for file in batch], record_month(month), assignment, writer, result).split()
    inbox.require_unchanged(files)
    result.files.sort(key=lambda file: str(file["file"]))
    for row in result.files:
        if row["lines"] != sum(int(row[name]) for name in COUNTS[1:]):
            raise AssertionError(f"{row['file']}: lines are not accounted for: {row}")
    return result


def _files(folder: Path, cities: list[City]) -> list[inbox.InboxFile]:
    """The files below the folder, in order of path; kind: exchange, ledger or other."""
    paths = sorted((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.relative_to(folder).as_posix())
    if not paths:
        raise HenreiError(f"{folder} に届いたファイルがありません。審査月と --inbox を確かめてください", NOTHING)
    files = []
    for number, path in enumerate(paths):
        state = path.stat()
        ledger = any(inbox.ledger_of(path, city.settings) for city in cities)
        kind = "ledger" if ledger else "exchange" if path.suffix.casefold() == ".csv" else "other"
        # No hash is taken: copies come to each city as copies, and are known there.
        lines = line_count_of(path)  # a file of very short lines weighs more than its bytes
        name = path.relative_to(folder).as_posix()
        files.append(inbox.InboxFile(number, path, name, kind, state.st_size, "", state.st_mtime_ns, lines))
    return files


@dataclass
class _Assignment:
    """Data lines in, their municipalities out. open: municipality_no of the cities that take part; withheld: why others do not."""

    open: set[str]
    withheld: dict[str, str]

    def of(self, data: pl.DataFrame) -> pl.DataFrame:
        """Adds municipality, kind (own, placed, unclear, no_home, withheld) and mark (the first cell) to data lines."""
        data = data.with_columns(mark=pl.col("h0").str.strip_chars(" "))
        keyed = envelope.with_originals(data).with_columns(data["text"])
        keyed = groups.with_groups(groups.with_keys(keyed))
        own = pl.col("municipality")
        # Where a group's lines have different numbers they are groups of their own; so the first one speaks for all.
        by_place = own.drop_nulls().first().over("file", "group")
        keyed = keyed.with_columns(municipality=pl.coalesce(own, by_place), read=own.is_not_null())
        kind = (
            pl.when(pl.col("municipality").is_null())
            .then(pl.lit("unclear"))
            .when(pl.col("municipality").is_in(list(self.withheld)))
            .then(pl.lit("withheld"))
            .when(~pl.col("municipality").is_in(list(self.open)))
            .then(pl.lit("no_home"))
            .when("read")
            .then(pl.lit("own"))
            .otherwise(pl.lit("placed"))
        )
        return keyed.with_columns(kind=kind)


@dataclass
class _File:
    """A file while its pieces are read. The lists hold numbers of its lines."""

    source: inbox.InboxFile
    frame: envelope.Envelope = field(default_factory=envelope.Envelope)
    control: str = ""  # the text of its control record
    overlong: list[int] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)  # assigned by their group
    unclear: list[int] = field(default_factory=list)  # could be any city's


@dataclass
class _Batch:
    """Small files together, or one large file in pieces. In tables `file` is the position in `files`."""

    files: list[_File]
    month: str  # YYYYMM
    assignment: _Assignment
    writer: CityFileWriter
    result: Split

    def split(self) -> None:
        counts = pl.concat([self._split_piece(lines, last) for lines, last in self._pieces()])
        counts = counts.group_by("file", "municipality", "kind").agg(pl.col("lines").sum())
        for position in range(len(self.files)):
            self._end(position, counts.filter(pl.col("file") == position))
        self.writer.discard()

    def _pieces(self) -> Iterator[tuple[pl.DataFrame, bool]]:
        """Lines in file order: file (position), line, text, and whether no more come of these files."""
        if len(self.files) > 1:
            yield lines_of([file.source.path.read_bytes() for file in self.files], 1, "latin-1"), True
            return
        first_line = 1
        for data, last, _ in read.pieces(self.files[0].source.path):
            yield lines_of([data], first_line, "latin-1"), last
            first_line += line_count(data)

    def _split_piece(self, lines: pl.DataFrame, last: bool) -> pl.DataFrame:
        """Writes the lines of a piece to their cities' files; counts them by file, municipality and kind."""
        lines = lines.with_columns(blank=_blank())
        solid = envelope.with_heads(lines.filter(~pl.col("blank")))
        of_frame = self._frame_lines(solid, last)
        data = self.assignment.of(solid.filter(~of_frame))
        self.writer.write(data.filter(pl.col("kind").is_in(["own", "placed"])))
        self.writer.write_unclear(data.filter(pl.col("kind") == "unclear"), sorted(self.assignment.open))
        for position, line in data.filter("overlong").select("file", "line").iter_rows():
            self.files[position].overlong.append(line)
        for position, line in data.filter(pl.col("kind") == "placed").select("file", "line").iter_rows():
            self.files[position].placed.append(line)
        for position, line in data.filter(pl.col("kind") == "unclear").select("file", "line").iter_rows():
            self.files[position].unclear.append(line)
        empty = pl.DataFrame(schema={"file": pl.UInt32, "municipality": pl.String, "kind": pl.String})
        ignored = [
            part.select("file", municipality=pl.lit(None, pl.String), kind=pl.lit("ignored"))
            for part in (lines.filter("blank"), solid.filter(of_frame))
        ]
        kinds = pl.concat([empty, data.select("file", "municipality", "kind"), *ignored])
        return kinds.group_by("file", "municipality", "kind").agg(lines=pl.len().cast(pl.Int64))

    def _frame_lines(self, lines: pl.DataFrame, last: bool) -> pl.Series:
        """True for control and end records. Carries the files' frames over the piece and keeps their control records."""
        begins = [position for position, file in enumerate(self.files) if not file.frame.numbered]
        envelope.check_piece([file.frame for file in self.files], lines, last, self.month)
        ends = lines.select(
            (pl.int_range(pl.len()).over("file") == pl.len().over("file") - 1) & pl.lit(last)
        ).to_series()
        new = pl.Series(begins, dtype=pl.UInt32)
        starts = lines.select(
            (pl.int_range(pl.len()).over("file") == 0) & pl.col("file").is_in(new.implode())
        ).to_series()
        # Only what looks like a frame's record is one: a file that was cut off ends with a record of some city.
        mark = lines["h0"].str.strip_chars(" ")
        controls = starts & mark.eq_missing("1")
        for position, text in lines.filter(controls).select("file", "text").iter_rows():
            self.files[position].control = text
        return controls | (ends & mark.eq_missing("3"))

    def _end(self, position: int, counts: pl.DataFrame) -> None:
        """Ends the cities' files of one file, and adds it to the result. counts: municipality, kind, lines."""
        file = self.files[position]
        fault, lost = file.frame.fault, bool(file.frame.fault and file.frame.lossy)
        here = sorted(counts.filter(pl.col("kind").is_in(["own", "placed"]))["municipality"].unique())
        others = counts.filter(pl.col("kind").is_in(["no_home", "withheld"]))
        one_city = len(here) == 1 and others.is_empty() and not file.unclear
        if one_city:  # right or broken, it is that city's file
            self.writer.copy(position, file.source.path, here[0])
        elif lost:
            municipalities = sorted(self.assignment.open) if file.frame.control else here
            self.writer.write_without_end(position, self._lines_again(position), municipalities)
        else:
            self.writer.end(position, file.frame, file.control)
        name, report = file.source.name, self.result.report
        if fault:
            report.append((name, fault[0], None, BROKEN.format(fault[2])))
        report += [(name, line, None, PLACED) for line in file.placed]
        report += [(name, line, None, OVERLONG) for line in ([] if one_city else file.overlong)]
        report += [(name, line, None, NOBODY if lost else NO_CITY) for line in file.unclear]
        for municipality, kind, lines in others.select("municipality", "kind", "lines").iter_rows():
            withheld = self.assignment.withheld
            reason = NO_HOME.format(lines) if kind == "no_home" else WITHHELD.format(withheld[municipality])
            report.append((name, None, municipality, reason))
        self.result.files.append({"file": name, **_file_counts(counts)})

    def _lines_again(self, position: int) -> Iterator[pl.DataFrame]:
        """The lines of one file again, as they are: file, line, text, mark, municipality (null: nobody's)."""
        first_line = 1
        for data, _, _ in read.pieces(self.files[position].source.path):
            lines = lines_of([data], first_line, "latin-1").with_columns(file=pl.lit(position, pl.UInt32))
            first_line += line_count(data)
            yield self.assignment.of(envelope.with_heads(lines.filter(~_blank())))


def _blank() -> pl.Expr:
    # A full-width blank is 0x81 0x40; in the text of a line it may be half of another character, alone it is not.
    return is_blank(pl.col("text").str.replace_all("\x81@", " ", literal=True))


def _file_counts(counts: pl.DataFrame) -> dict[str, int]:
    """COUNTS of one file."""
    lines = dict(counts.group_by("kind").agg(pl.col("lines").sum()).iter_rows())
    return {
        "lines": int(counts["lines"].sum()),
        "given": lines.get("own", 0) + lines.get("placed", 0),
        "ignored": lines.get("ignored", 0),
        "no_home": lines.get("no_home", 0),
        "refused": lines.get("unclear", 0) + lines.get("withheld", 0),
    }
