"""Writing each city's part of a shared file: renumbered, in a frame of its own."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from henrei.schemas.exchange.envelope import DATA_TYPES, Frame

_KEY_CELLS = 9  # record type and number, id, part, and the items of every key; names stand behind them
_BODY = ".body"


@dataclass
class _Part:
    """The lines so far of one source file for one city."""

    path: Path
    count: int = 0
    first_id: str = ""


@dataclass
class Hand:
    """Takes lines by city and makes files of them below staging[municipality_no].

    files: position in the batch's order → path below the month's folder; lines come as file (position), municipality,
    text (Latin-1). controls: the control records' text; `placed` and `unclear`: lines of a file that went by place, and that could be any city's.
    """

    names: dict[int, str]
    staging: dict[str, Path]
    controls: dict[int, str] = field(default_factory=dict)
    overlong: dict[int, list[int]] = field(default_factory=dict)
    placed: dict[int, list[int]] = field(default_factory=dict)
    unclear: dict[int, list[int]] = field(default_factory=dict)
    _parts: dict[tuple[int, str, bool], _Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = dict(enumerate(self.names.values()))

    def write(self, lines: pl.DataFrame) -> None:
        for (position, municipality), mine in lines.partition_by(
            "file", "municipality", as_dict=True, maintain_order=True
        ).items():
            self._append(int(str(position)), str(municipality), mine, False)

    def write_unclear(self, lines: pl.DataFrame, municipalities: list[str]) -> None:
        if lines.is_empty():
            return
        cut = pl.col("text").str.split(",").list.head(_KEY_CELLS).list.join(",")
        for (position,), mine in lines.with_columns(text=cut).partition_by("file", as_dict=True).items():
            for municipality in municipalities:
                self._append(int(str(position)), municipality, mine, True)

    def _append(self, position: int, municipality: str, lines: pl.DataFrame, unclear: bool) -> None:
        key = (position, municipality, unclear)
        if key not in self._parts:
            folder = self.staging[municipality] / ("unclear" if unclear else "")
            self._parts[key] = _Part(folder / f"{self.names[position]}{_BODY}", first_id=_id(lines["text"][0]))
        part = self._parts[key]
        number = pl.int_range(part.count + 2, part.count + 2 + pl.len()).cast(pl.String)
        first, rest = pl.col("text").str.extract(r"^([^,]*)"), pl.col("text").str.replace(r"^[^,]*,[^,]*", "")
        text = lines.select(pl.concat_str(first, pl.lit(","), number, rest)).to_series()
        part.path.parent.mkdir(parents=True, exist_ok=True)
        with part.path.open("ab") as stream:
            stream.write(_bytes(text))
        part.count += lines.height

    def assemble(self, position: int, frame: Frame) -> None:
        """Puts control and end record around each city's lines of a file whose frame is right."""
        for (at, municipality, _), part in self._parts.items():
            if at != position:
                continue
            target = part.path.with_name(part.path.name.removesuffix(_BODY))
            with target.open("wb") as out, part.path.open("rb") as body:
                out.write(_control(self.controls[position], frame, part, municipality))
                shutil.copyfileobj(body, out)
                out.write(f"3,{part.count + 2}\r\n".encode("ascii"))

    def copy(self, position: int, source: Path, municipality: str) -> None:
        """The file as it is, where all of it is one city's."""
        target = self.staging[municipality] / self.names[position]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def broken(self, position: int, pieces: Iterable[pl.DataFrame], municipalities: list[str]) -> None:
        """The control record and each city's lines as they stand, without an end: nobody takes it for whole."""
        for number, piece in enumerate(pieces):
            control = piece.head(1).filter(pl.col("mark") == "1") if number == 0 else piece.clear()
            rest = piece.filter(pl.col("mark").ne_missing("3"))
            rest = rest.join(control.select("line"), on="line", how="anti", maintain_order="left")
            for municipality in municipalities:
                mine = rest.filter(pl.col("municipality") == municipality)
                if control.height or mine.height:
                    target = self.staging[municipality] / self.names[position]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("ab") as stream:
                        stream.write(_bytes(control["text"]) + _bytes(mine["text"]))

    def discard(self, position: int | None = None) -> None:
        """Takes away the lines that were gathered, of one file or of all."""
        for key in [key for key in self._parts if position in (None, key[0])]:
            self._parts.pop(key).path.unlink(missing_ok=True)


def _id(text: str) -> str:
    """What a line says of itself; a city's copy says that it is one."""
    return next(iter(text.split(",")[2:3]), "").strip('" ')


def _bytes(text: pl.Series) -> bytes:
    return "".join(f"{line}\r\n" for line in text).encode("latin-1")


def _control(text: str, frame: Frame, part: _Part, municipality: str) -> bytes:
    """The control record of a city's part: as the file's, with its own count, number and data type."""
    cells = next(csv.reader([text]))
    cells[3] = str(part.count)
    first = part.first_id
    right = first in DATA_TYPES and frame.first_id in DATA_TYPES
    if right and cells[4] in (str(frame.first_id)[:3], DATA_TYPES[str(frame.first_id)]):
        cells[4] = cells[4] if cells[4] in (first[:3], DATA_TYPES[first]) else DATA_TYPES[first]
    if cells[5].strip("0"):  # only where a city is sender or receiver
        cells[5] = municipality
    return (",".join(cells) + "\r\n").encode("latin-1")
