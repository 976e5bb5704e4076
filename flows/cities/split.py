"""A federation's shared inbox, read once and handed out to the homes by municipality.

Every city gets the file that it would have got by itself: control record with its own count, its own record groups in
their order, renumbered, end record. Every line of every file ends as exactly one of: given to a city, ignored (frame
and blank lines, other extensions), of a municipality without a home, refused; this is added up. What cannot be told
apart is named in the report, never dropped in silence:

- a line whose municipality cannot be read goes where its record group goes, by place (contract 3.3);
- where there is no group either, every city gets the line cut after its key, in a file of its own, so that what may
  be missing is known there and nobody sees another city's child;
- of a file whose frame is broken every city gets the control record and its own lines as they stand, without an end: it
  refuses them, as it would refuse the whole, and does not take for absent what may be in there.

Lines are handled as bytes (Latin-1), because what is no CP932 must arrive as it was: commas, quotes and digits are never
part of a longer character.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.errors import NOTHING, HenreiError
from henrei.flows import inbox
from henrei.flows.cities import split_writer
from henrei.flows.cities.discover import City
from henrei.home import Home
from henrei.months import month_text, record_month
from henrei.schemas.exchange import envelope, groups, read
from henrei.schemas.exchange.lines import is_blank, line_count, line_count_of, lines_of

FOLDER = "shared"  # below inbox/<month>/: all that comes from the shared inbox, replaced as a whole
UNCLEAR = "unclear"  # below that: lines that could be any city's
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
        return pl.DataFrame(self.report, schema=REPORT, orient="row").sort("file", "line", "municipality_no")

    def total(self) -> dict[str, int]:
        return {name: sum(int(file[name]) for file in self.files) for name in COUNTS}


def split(folder: Path, month: date, cities: list[City], withheld: dict[str, str], staging: dict[str, Path]) -> Split:
    """Reads folder/<month>/ once and writes each city's files below staging[municipality_no].

    withheld: municipality_no → why this city gets nothing (its month is closed, it is held by another run, …).
    Raises HenreiError where there is no folder, or no file in it.
    """
    place = folder / month_text(month)
    paths = sorted((p for p in place.rglob("*") if p.is_file()), key=lambda p: p.relative_to(place).as_posix())
    if not paths:
        raise HenreiError(f"{place} に届いたファイルがありません。審査月と --inbox を確かめてください", NOTHING)
    result = Split()
    files: list[inbox.InboxFile] = []
    for number, path in enumerate(paths):
        name = path.relative_to(place).as_posix()
        told = path.stat()
        ledger = any(inbox.ledger_of(path, city.settings) for city in cities)
        kind = "ledger" if ledger else "exchange" if path.suffix.casefold() == ".csv" else "other"
        # No hash is taken: copies come to each city as copies, and are known there.
        lines = line_count_of(path)  # a file of very short lines weighs more than its bytes
        files.append(inbox.InboxFile(number, path, name, kind, told.st_size, "", told.st_mtime_ns, lines))
    for file in files:
        if file.kind != "exchange":
            ignored = file.lines if file.kind == "other" else 0
            result.files.append(
                {"file": file.name, **_counts(file.lines, ignored=ignored, refused=file.lines - ignored)}
            )
            if file.kind == "ledger":
                result.report.append((file.name, None, None, LEDGER))
    for batch in inbox.batches(files):
        hand = split_writer.Hand({file.number: file.name for file in batch}, staging)
        _Batch(batch, month, set(staging), withheld, hand, result).divide()
    inbox.require_unchanged(files)
    result.files.sort(key=lambda file: str(file["file"]))
    for counts in result.files:
        if counts["lines"] != sum(int(counts[name]) for name in COUNTS[1:]):
            raise AssertionError(f"{counts['file']}: lines went astray: {counts}")
    return result


def _counts(lines: int, **more: int) -> dict[str, int]:
    return {**dict.fromkeys(COUNTS, 0), "lines": lines, **more}


@dataclass
class _Batch:
    """Small files together, or one large file in pieces."""

    files: list[inbox.InboxFile]
    month: date
    open: set[str]  # municipality_no of the cities that take part
    withheld: dict[str, str]
    hand: split_writer.Hand
    result: Split

    def divide(self) -> None:
        frames = [envelope.Frame() for _ in self.files]
        parts = []
        for lines, last in self._pieces():
            parts.append(self._take(frames, lines, last))
        counted = pl.concat(parts).group_by("file", "municipality", "kind").agg(pl.col("lines").sum())
        for position, file in enumerate(self.files):
            mine = counted.filter(pl.col("file") == position)
            self._finish(file, frames[position], mine)
        self.hand.discard()

    def _pieces(self) -> Iterator[tuple[pl.DataFrame, bool]]:
        """Lines in file order: file (position), line, text, and whether no more come of these files."""
        if len(self.files) > 1:
            yield lines_of([file.path.read_bytes() for file in self.files], 1, "latin-1"), True
            return
        first_line = 1
        for data, last, _ in read.pieces(self.files[0].path):
            yield lines_of([data], first_line, "latin-1"), last
            first_line += line_count(data)

    def _take(self, frames: list[envelope.Frame], lines: pl.DataFrame, last: bool) -> pl.DataFrame:
        """Writes the lines of a piece to their cities; counts them by file, municipality and kind."""
        # A full-width blank is 0x81 0x40; in the text of a line it may be half of another character, alone it is not.
        blank = is_blank(pl.col("text").str.replace_all("\x81@", " ", literal=True))
        lines = lines.with_columns(blank=blank)
        solid = envelope.with_heads(lines.filter(~pl.col("blank")))
        begins = [position for position, one in enumerate(frames) if not one.numbered]
        envelope.check_piece(frames, solid, last, record_month(self.month))
        ends = solid.select(
            (pl.int_range(pl.len()).over("file") == pl.len().over("file") - 1) & pl.lit(last)
        ).to_series()
        new = pl.Series(begins, dtype=pl.UInt32)
        starts = solid.select(
            (pl.int_range(pl.len()).over("file") == 0) & pl.col("file").is_in(new.implode())
        ).to_series()
        # Only what looks like a frame's record is one: a file that was cut off ends with a record of some city.
        mark = solid["h0"].str.strip_chars(" ")
        is_frame = (starts & mark.eq_missing("1")) | (ends & mark.eq_missing("3"))
        controls = solid.filter(starts & mark.eq_missing("1"))
        self.hand.controls |= dict(controls.select("file", "text").iter_rows())
        data = self._told(solid.filter(~is_frame))
        self.hand.write(data.filter(pl.col("kind").is_in(["own", "placed"])))
        self.hand.write_unclear(data.filter(pl.col("kind") == "unclear"), sorted(self.open))
        for position, line in data.filter("overlong").select("file", "line").iter_rows():
            self.hand.overlong.setdefault(position, []).append(line)
        for position, line in data.filter(pl.col("kind") == "placed").select("file", "line").iter_rows():
            self.hand.placed.setdefault(position, []).append(line)
        for position, line in data.filter(pl.col("kind") == "unclear").select("file", "line").iter_rows():
            self.hand.unclear.setdefault(position, []).append(line)
        empty = pl.DataFrame(schema={"file": pl.UInt32, "municipality": pl.String, "kind": pl.String})
        ignored = [
            one.select("file", municipality=pl.lit(None, pl.String), kind=pl.lit("ignored"))
            for one in (lines.filter("blank"), solid.filter(is_frame))
        ]
        told = pl.concat([empty, data.select("file", "municipality", "kind"), *ignored])
        return told.group_by("file", "municipality", "kind").agg(lines=pl.len().cast(pl.Int64))

    def _told(self, data: pl.DataFrame) -> pl.DataFrame:
        """Adds municipality, kind (own, placed, unclear, no_home, withheld) and mark (the first cell) to data lines."""
        data = data.with_columns(mark=pl.col("h0").str.strip_chars(" "))
        copied = pl.col("h2").eq_missing(envelope.CITY_ID)
        keyed = data
        if data.select(copied.any()).item():
            original = pl.col("text").str.replace(rf'^("?2"?,"?[0-9]+"?),"?{envelope.CITY_ID}"?,', "${1},")
            text = pl.when(copied).then(original).otherwise("text")
            shown = data.with_columns(raw=pl.col("text"), text=text)
            keyed = envelope.with_heads(shown.drop(pl.selectors.matches(r"^h\d+$")))
            keyed = keyed.with_columns(text=pl.col("raw")).drop("raw")
        keyed = groups.with_groups(groups.with_keys(keyed))
        own = pl.col("municipality")
        # Where a group's lines say different numbers they are groups of their own; so the first one speaks for all.
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

    def _finish(self, file: inbox.InboxFile, one: envelope.Frame, counted: pl.DataFrame) -> None:
        position = self.files.index(file)
        sums = dict(counted.group_by("kind").agg(pl.col("lines").sum()).iter_rows())
        here = sorted(counted.filter(pl.col("kind").is_in(["own", "placed"]))["municipality"].unique())
        others = counted.filter(pl.col("kind").is_in(["no_home", "withheld"]))
        report, name = self.result.report, file.name
        unclear, placed = self.hand.unclear.get(position, []), self.hand.placed.get(position, [])
        alone = len(here) == 1 and others.is_empty() and not unclear
        if alone:  # right or broken, it is that city's file
            self.hand.copy(position, file.path, here[0])
        elif one.fault and one.lossy:
            self.hand.discard(position)
            keep = sorted(self.open) if one.control else here
            self.hand.broken(position, self._verbatim(position), keep)
        else:
            self.hand.assemble(position, one)
        if one.fault:
            report.append((name, one.fault[0], None, BROKEN.format(one.fault[2])))
        report += [(name, line, None, PLACED) for line in placed]
        report += [(name, line, None, OVERLONG) for line in ([] if alone else self.hand.overlong.get(position, []))]
        report += [(name, line, None, NOBODY if one.fault and one.lossy else NO_CITY) for line in unclear]
        for municipality, kind, lines in others.select("municipality", "kind", "lines").iter_rows():
            said = NO_HOME.format(lines) if kind == "no_home" else WITHHELD.format(self.withheld[municipality])
            report.append((name, None, municipality, said))
        sums |= {"given": sums.get("own", 0) + sums.get("placed", 0)}
        sums |= {"refused": sums.get("unclear", 0) + sums.get("withheld", 0)}
        lines = int(counted["lines"].sum())
        self.result.files.append({"file": name, "lines": lines, **{key: sums.get(key, 0) for key in COUNTS[1:]}})

    def _verbatim(self, position: int) -> Iterable[pl.DataFrame]:
        """The lines of one file again, as they stand: file, line, text, municipality (null: nobody's)."""
        path = self.files[position].path
        first_line = 1
        for data, _, _ in read.pieces(path):
            lines = lines_of([data], first_line, "latin-1").with_columns(file=pl.lit(position, pl.UInt32))
            first_line += line_count(data)
            blank = is_blank(pl.col("text").str.replace_all("\x81@", " ", literal=True))
            yield self._told(envelope.with_heads(lines.filter(~blank)))


def swap(home: Home, month: date, staged: Path) -> None:
    """Puts what was staged in the place of an earlier split of the month. The caller holds the home's lock."""
    target = home.inbox(month) / FOLDER
    target.parent.mkdir(parents=True, exist_ok=True)
    old = staged.with_name(f"{staged.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    staged.replace(target)
    shutil.rmtree(old, ignore_errors=True)
