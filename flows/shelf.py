"""The ledgers as they stand for a month: the month's own, or what takes their place (contract 3.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from henrei.flows import inbox
from henrei.flows.settings import Settings
from henrei.schemas import exchange
from henrei.schemas.ledger_reader import LedgerPart, read_ledger
from henrei.schemas.ledgers import ledgers
from henrei.schemas.text import line_count


@dataclass
class Loaded:
    """One ledger: file, line and its columns; from which month (None: beside henrei.toml); whether it is there."""

    rows: pl.DataFrame
    source_month: date | None
    present: bool


@dataclass
class Shelf:
    """Loads the ledgers of a month, and keeps account of their lines.

    counts: file number → lines, loaded, refused, ignored, elsewhere; refused: frames with exchange.REFUSED_LINE;
    extra_files: number, name, sha256, ledger of files from outside the month's folder; notes: what the run says.
    """

    home: Path
    month: date
    settings: Settings
    files: list[inbox.InboxFile]
    counts: dict[int, dict[str, int]] = field(default_factory=dict)
    refused: list[pl.DataFrame] = field(default_factory=list)
    extra_files: list[tuple[int, str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def load(self, name: str) -> Loaded:
        """The month's own ledger; where it has none, the one beside henrei.toml or the newest earlier month's.

        A ledger that was delivered and cannot be read is absent: an older one would hide that.
        """
        own = [(file, self._read(name, file.path)) for file in self.files if file.kind == name]
        for file, part in own:
            self._account(name, file, part)
        if any(part.missing for _, part in own):
            return self._absent(name)
        rows = [part.rows.with_columns(file=pl.lit(file.number, dtype=pl.UInt32)) for file, part in own]
        if rows and (any(part.height for part in rows) or ledgers()[name].none_there):
            return Loaded(pl.concat(rows), self.month, True)
        if any(part.counts["refused"] for _, part in own):
            return self._absent(name)
        return self._from_elsewhere(name)

    def _read(self, name: str, path: Path) -> LedgerPart:
        mapping = self.settings.ledger_columns.get(name, {})
        return read_ledger(ledgers()[name], path.read_bytes(), mapping, self.settings.municipality_no)

    def _account(self, name: str, file: inbox.InboxFile, part: LedgerPart) -> None:
        counts = part.counts
        self.counts[file.number] = {
            **{key: counts[key] for key in ("lines", "loaded", "refused", "elsewhere")},
            "ignored": counts["blank"] + counts["elsewhere"],
        }
        number = pl.lit(file.number, dtype=pl.UInt32)
        self.refused.append(part.refused.with_columns(file=number, record=pl.lit(name)).select(*exchange.REFUSED_LINE))
        if part.missing:
            self.notes.append(f"{file.name}: {part.missing}")
        elif part.unknown:
            self.notes.append(f"{file.name}: henrei が使わない列が{part.unknown}列あります(読みません)")

    def _absent(self, name: str) -> Loaded:
        stray = self.home / "inbox" / self.settings.ledger_files[name]
        if stray.is_file() and line_count(stray.read_bytes()) > 1:
            self.notes.append(f"inbox/{stray.name} は読みません。inbox/{self.month:%Y-%m}/ に置いてください")
        schema = {"file": pl.UInt32(), "line": pl.Int64(), **ledgers()[name].schema}
        return Loaded(pl.DataFrame(schema=schema), None, False)

    def _from_elsewhere(self, name: str) -> Loaded:
        ledger = ledgers()[name]
        beside = inbox.beside_settings(self.home, self.settings).get(name)
        places: list[tuple[date | None, list[Path]]] = [(None, [beside])] if beside else []
        for month, paths in [*places, *inbox.earlier_ledgers(self.home, self.month, self.settings, name)]:
            parts = [self._read(name, path) for path in paths]
            if missing := next((part.missing for part in parts if part.missing), None):
                self.notes.append(f"{paths[0].name}: {missing}")
                return self._absent(name)
            if not any(part.rows.height for part in parts) and not ledger.none_there:
                continue
            rows = []
            for path, part in zip(paths, parts, strict=True):
                number = len(self.files) + len(self.extra_files)
                self.extra_files.append((number, _shown(path, self.home, month), "", name))
                rows.append(part.rows.with_columns(file=pl.lit(number, dtype=pl.UInt32)))
            where = f"{month:%Y-%m} の " if month else "henrei.toml のとなりの "
            refused = sum(part.counts["refused"] for part in parts)
            also = f"({refused}行は読めません)" if refused else ""
            self.notes.append(f"{ledger.title}: この月のファイルがないため {where}{paths[0].name} を使います{also}")
            return Loaded(pl.concat(rows), month, True)
        return self._absent(name)


def _shown(path: Path, home: Path, month: date | None) -> str:
    """The path as seen from the month's folder."""
    below = path.relative_to(home / "inbox") if month else Path("..", path.name)
    return Path("..", below).as_posix()
