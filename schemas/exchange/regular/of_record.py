"""The lines of one record go in; their typed rows, and the groups of those that are wrong, come out. Called by `rows`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from henrei.schemas.exchange import parse
from henrei.schemas.exchange.lines import lines_of, with_cell_counts
from henrei.schemas.exchange.regular.buffer import Flags, Lines, Numbers, views
from henrei.schemas.exchange.regular.heads import commas_from
from henrei.schemas.exchange.regular.judged import STOPPED, Judged, Kind
from henrei.schemas.exchange.regular.keys import Keys
from henrei.schemas.exchange.regular.places import Place, parts
from henrei.schemas.exchange.regular.split import Regular
from henrei.schemas.layouts import layouts

_FARTHEST = 128  # bytes in which the next cut of a line must be; a line in which it is further is judged by itself
_AROUND = 3  # bytes of a cell beside its text: quotes and comma


@dataclass(frozen=True)
class Chosen:
    """Some of the regular lines: cut is the comma behind their keys, key a row of `keys`, group counts from 0."""

    lines: Lines
    cut: Numbers
    keys: Keys
    key: Numbers
    edition: Numbers
    group: Numbers

    @staticmethod
    def of(regular: Regular, keys: Keys, chosen: Numbers, edition: Numbers, group: Numbers) -> Chosen:
        """The lines with the indexes `chosen`; edition and group of each."""
        return Chosen(regular.lines.where(chosen), regular.cut[chosen], keys, keys.of[chosen], edition, group)

    def where(self, chosen: Flags | Numbers) -> Chosen:
        """Some of them."""
        return Chosen(
            self.lines.where(chosen),
            self.cut[chosen],
            self.keys,
            self.key[chosen],
            self.edition[chosen],
            self.group[chosen],
        )


@dataclass(frozen=True)
class RecordRows:
    """What became of the lines of one record.

    chosen: all of them. order: of each, by which `parse` sorts rows before their place. fits: the indexes of those that
    fit a pattern. parts: for each part of a line, the row of each of these in a frame. single, remarks: rows and remarks
    (`parse`) of lines that were judged by themselves and fit; there `group` counts from 0. faulty: the groups of lines
    that do not fit.
    """

    place: Place
    chosen: Chosen
    order: Numbers
    fits: Numbers
    parts: list[tuple[Numbers, pl.DataFrame]]
    single: pl.DataFrame
    remarks: pl.DataFrame
    faulty: Numbers

    def remarks_of(self, whole: Flags, opening: Numbers) -> pl.DataFrame:
        """The remarks of groups that are whole; `opening`: the line that opens each group."""
        return _of_whole(self.remarks, whole, opening)

    def rows(self, whole: Flags, opening: Numbers) -> pl.DataFrame:
        """The rows (`parse.schema`) of groups that are whole; `opening`: the line that opens each group."""
        kept = np.flatnonzero(whole[self.chosen.group[self.fits]])
        kept = kept[np.argsort(self.order[self.fits[kept]], kind="stable")]
        chosen = self.chosen.where(self.fits[kept])
        columns = {"file": pl.Series(chosen.lines.file, dtype=pl.UInt32), "line": pl.Series(chosen.lines.line)}
        columns["group"] = pl.Series(opening[chosen.group])
        for row, frame in [
            (chosen.key, chosen.keys.typed(self.place.record)),
            *((row[kept], frame) for row, frame in self.parts),
        ]:
            columns |= frame[row].to_dict()
        found = pl.DataFrame([columns[name].alias(name) for name in parse.schema(self.place.record)])
        single = _of_whole(self.single, whole, opening)
        return self._in_order(pl.concat([found, single])) if single.height else found

    def _in_order(self, rows: pl.DataFrame) -> pl.DataFrame:
        at = _at(self.chosen.lines.file, self.chosen.lines.line)
        place = np.searchsorted(at, _at(rows["file"].to_numpy().astype(np.int64), rows["line"].to_numpy()))
        return rows[np.lexsort((place, self.order[place]))]


def _at(file: Numbers, line: Numbers) -> Numbers:
    """Places of lines as numbers that grow with them."""
    return (file << 40) | line


def _of_whole(rows: pl.DataFrame, whole: Flags, opening: Numbers) -> pl.DataFrame:
    """Rows of groups that are whole, with the line that opens the group in place of its number."""
    group = rows["group"].to_numpy()
    kept = whole[group]
    return rows.filter(pl.Series(kept)).with_columns(group=pl.Series(opening[group[kept]], dtype=pl.Int64))


def judge_record(place: Place, chosen: Chosen, judged: Judged) -> RecordRows:
    """Judges lines of one record, whose keys fit. Raises `distinct.Collision`."""
    lines = chosen.lines
    starts, stops, near = _parts(place, chosen)
    fits = near.copy()
    found = []
    for part, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        text = views(lines.data, start, np.where(near, stop, start))
        row, rows = judged.rows(place, part, text, _kinds(place, part, chosen, judged))
        fits &= row != STOPPED
        found.append((row, rows.drop("fits")))
    rows, remarks, faulty = _single(place, chosen.where(~fits))
    kept = np.flatnonzero(fits)
    return RecordRows(
        place, chosen, _order(place, chosen), kept, [(row[kept], frame) for row, frame in found], rows, remarks, faulty
    )


def _parts(place: Place, chosen: Chosen) -> tuple[list[Numbers], list[Numbers], Flags]:
    """Where the parts of each line start and stop, and whether all of them were found."""
    lines = chosen.lines
    near = np.ones(len(chosen.cut), bool)
    starts, stops, before = [chosen.cut + 1], [], place.keys
    for cut in place.cuts:
        wide = sum(item.width + _AROUND for item in layouts(place.record)[-1].items[before:cut])
        commas, count = commas_from(lines.data, starts[-1], [cut - before - 1], min(wide, _FARTHEST))
        comma = commas[0]
        near &= (count >= cut - before) & (comma < lines.stop)
        stops.append(comma)
        starts.append(np.where(near, comma, starts[-1]) + 1)
        before = cut
    return starts, [*stops, lines.stop], near


def _by_key(chosen: Chosen) -> Numbers:
    """The edition of each key of the lines; 0 for those that none of them has."""
    edition = np.zeros(chosen.keys.table.height, np.int64)
    edition[chosen.key] = chosen.edition
    return edition


def _kinds(place: Place, part: int, chosen: Chosen, judged: Judged) -> Numbers:
    """By what the part of each line is judged, as `Judged` numbers it."""
    days = any(item.format == "day" for layout in layouts(place.record) for item in parts(layout, place)[part])
    table = chosen.keys.table
    # One number for the three, so that the few different ones are found without a look at texts.
    months = table["month_code"].to_numpy() if days else 0
    code = (table["variant_code"].to_numpy() * 10_000 + months) * 100 + _by_key(chosen)
    _, first, place_of = np.unique(code, return_index=True, return_inverse=True)
    each = table.select("variant", month=pl.col("month") if days else pl.lit(""))[first]
    numbers = [
        judged.number_of(Kind(edition, variant or "", month or ""))
        for edition, (variant, month) in zip(_by_key(chosen)[first].tolist(), each.iter_rows(), strict=True)
    ]
    return np.array(numbers)[place_of][chosen.key]


def _order(place: Place, chosen: Chosen) -> Numbers:
    """The newest edition first, and of each edition the variants as its table has them."""
    editions = layouts(place.record)
    order = np.zeros(chosen.keys.table.height, np.int64)
    edition = _by_key(chosen)
    for number, layout in enumerate(reversed(editions)):
        for at, variant in enumerate(layout.variants):
            same = (chosen.keys.table["variant"] == variant).fill_null(False).to_numpy()
            order[same & (edition == len(editions) - 1 - number)] = number * 100 + at
    return order[chosen.key]


def texts(lines: Lines) -> pl.DataFrame:
    """Lines as `lines.lines_of` makes them, each in its file."""
    place = {"file": pl.Series(lines.file, dtype=pl.UInt32), "line": pl.Series(lines.line, dtype=pl.Int64)}
    return lines_of([lines.joined()], unquoted=True).with_columns(**place)


def _single(place: Place, chosen: Chosen) -> tuple[pl.DataFrame, pl.DataFrame, Numbers]:
    """Rows, remarks and the groups with a fault, of lines that are judged by themselves; `group` counts from 0."""
    rows = [pl.DataFrame(schema=parse.schema(place.record))]
    remarks = [pl.DataFrame(schema=parse.LINE_REMARK)]
    faulty = [np.empty(0, np.int64)]
    for number in np.unique(chosen.edition):
        layout = layouts(place.record)[number]
        mine = chosen.where(chosen.edition == number)
        lines = with_cell_counts(texts(mine.lines)).with_columns(group=pl.Series(mine.group))
        wrong = pl.col("undecodable") | pl.col("overlong") | pl.col("misquoted") | (pl.col("cells") != layout.cells)
        parsed, faults, remarked = parse.parse_record(layout, lines.filter(~wrong))
        rows.append(parsed)
        remarks.append(remarked)
        faulty += [lines.filter(wrong)["group"].to_numpy(), faults["group"].to_numpy()]
    return pl.concat(rows), pl.concat(remarks), np.concatenate(faulty)
