"""Lines of shared files with their municipality in, each city's files of them out: renumbered, in a frame of its own. Called
by split.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from henrei.schemas.exchange.envelope import DATA_TYPES, Envelope
from henrei.schemas.layouts import key_cells

_BODY = ".body"

UNCLEAR = "unclear"  # the folder of lines that could be any city's


@dataclass
class _Body:
    """The lines so far of one source file for one city."""

    path: Path
    count: int = 0
    first_id: str = ""


@dataclass
class CityFileWriter:
    """Writes the files of one batch below staging[municipality_no].

    names: the files' paths below the month's folder; a file's position in this list is its number in all that follows.
    Lines come as file (position), municipality, text (Latin-1), in file order. A file is ended by one of `end`, `copy` and
    `write_without_end`; `discard` removes what was gathered of files in between.
    """

    names: list[str]
    staging: dict[str, Path]
    _bodies: dict[tuple[int, str, bool], _Body] = field(default_factory=dict)

    def write(self, lines: pl.DataFrame) -> None:
        """Adds lines to the files of their municipalities."""
        for (position, municipality), mine in lines.partition_by(
            "file", "municipality", as_dict=True, maintain_order=True
        ).items():
            self._append(int(str(position)), str(municipality), mine, unclear=False)

    def write_unclear(self, lines: pl.DataFrame, municipalities: Iterable[str]) -> None:
        """Adds lines, cut after their key so that no name is in them, to a file of its own for each municipality."""
        if lines.is_empty():
            return
        cut = pl.col("text").str.split(",").list.head(key_cells()).list.join(",")  # names come after the keys
        for (position,), mine in lines.with_columns(text=cut).partition_by("file", as_dict=True).items():
            for municipality in municipalities:
                self._append(int(str(position)), municipality, mine, unclear=True)

    def _append(self, position: int, municipality: str, lines: pl.DataFrame, *, unclear: bool) -> None:
        key = (position, municipality, unclear)
        if key not in self._bodies:
            folder = self.staging[municipality] / (UNCLEAR if unclear else "")
            self._bodies[key] = _Body(folder / f"{self.names[position]}{_BODY}", first_id=_id(lines["text"][0]))
        body = self._bodies[key]
        number = pl.int_range(body.count + 2, body.count + 2 + pl.len()).cast(pl.String)
        first, rest = pl.col("text").str.extract(r"^([^,]*)"), pl.col("text").str.replace(r"^[^,]*,[^,]*", "")
        text = lines.select(pl.concat_str(first, pl.lit(","), number, rest)).to_series()
        body.path.parent.mkdir(parents=True, exist_ok=True)
        with body.path.open("ab") as stream:
            stream.write(_bytes(text))
        body.count += lines.height

    def end(self, position: int, frame: Envelope, control: str) -> None:
        """Makes files of the gathered lines of a file whose frame is right: control record, lines, end record.

        control: the text of the source's control record.
        """
        for (at, municipality, _), body in self._bodies.items():
            if at != position:
                continue
            target = body.path.with_name(body.path.name.removesuffix(_BODY))
            with target.open("wb") as out, body.path.open("rb") as lines:
                out.write(_control(control, frame, body, municipality))
                shutil.copyfileobj(lines, out)
                out.write(f"3,{body.count + 2}\r\n".encode("ascii"))

    def copy(self, position: int, source: Path, municipality: str) -> None:
        """Makes the file as it is, where all of it is one city's."""
        shutil.copyfile(source, self._target(position, municipality))

    def write_without_end(self, position: int, pieces: Iterable[pl.DataFrame], municipalities: Iterable[str]) -> None:
        """Makes files of the control record and each city's lines as they are, without an end record, so that no reader takes
        one for whole. The lines gathered so far are discarded.

        pieces: all lines of the file again, with line and mark (the first cell).
        """
        self.discard(position)
        for number, piece in enumerate(pieces):
            control = piece.head(1).filter(pl.col("mark") == "1") if number == 0 else piece.clear()
            rest = piece.filter(pl.col("mark").ne_missing("3"))
            rest = rest.join(control.select("line"), on="line", how="anti", maintain_order="left")
            for municipality in municipalities:
                own = rest.filter(pl.col("municipality") == municipality)
                if control.height or own.height:
                    with self._target(position, municipality).open("ab") as stream:
                        stream.write(_bytes(control["text"]) + _bytes(own["text"]))

    def discard(self, position: int | None = None) -> None:
        """Removes the gathered lines of one file or of all."""
        for key in [key for key in self._bodies if position in (None, key[0])]:
            self._bodies.pop(key).path.unlink(missing_ok=True)

    def _target(self, position: int, municipality: str) -> Path:
        target = self.staging[municipality] / self.names[position]
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _id(text: str) -> str:
    """The record id in a line (B731 in a city's copy)."""
    return next(iter(text.split(",")[2:3]), "").strip('" ')


def _bytes(text: pl.Series) -> bytes:
    return "".join(f"{line}\r\n" for line in text).encode("latin-1")


def _control(text: str, frame: Envelope, body: _Body, municipality: str) -> bytes:
    """The control record of a city's file: as the source's, with its own count, number and data type."""
    cells = next(csv.reader([text]))
    cells[3] = str(body.count)
    first = body.first_id
    known = first in DATA_TYPES and frame.first_id in DATA_TYPES
    if known and cells[4] in (str(frame.first_id)[:3], DATA_TYPES[str(frame.first_id)]):
        cells[4] = cells[4] if cells[4] in (first[:3], DATA_TYPES[first]) else DATA_TYPES[first]
    if cells[5].strip("0"):  # only where a city is sender or receiver
        cells[5] = municipality
    return (",".join(cells) + "\r\n").encode("latin-1")
