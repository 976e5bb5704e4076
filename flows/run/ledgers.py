"""Which ledgers count for a month: a home and a month in, the rows of each ledger out. Called by a computation.

A month's own ledger counts; where it has none, what takes its place (contract 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from henrei.files import sha256_of
from henrei.flows import inbox
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import month_text
from henrei.schemas.exchange import read
from henrei.schemas.exchange.lines import line_count
from henrei.schemas.ledgers import ledgers
from henrei.schemas.ledgers.read import LedgerPart, read_ledger


@dataclass
class LoadedLedger:
    """One ledger: file, line and its columns; from which month (None: beside henrei.toml); whether it is there."""

    rows: pl.DataFrame
    source_month: date | None
    present: bool


@dataclass
class LedgersOfMonth:
    """Loads the ledgers of a month, and keeps account of their lines.

    counts: file number → lines, loaded, refused, ignored, elsewhere; refused: frames with exchange.REJECTED_LINE;
    files_elsewhere: number, name, sha256, ledger, path of files from outside the month's folder; notes: what the run says.
    """

    home: Home
    month: date
    settings: Settings
    files: list[inbox.InboxFile]
    counts: dict[int, dict[str, int]] = field(default_factory=dict)
    refused: list[pl.DataFrame] = field(default_factory=list)
    files_elsewhere: list[tuple[int, str, str, str, Path]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def load(self, name: str) -> LoadedLedger:
        """The month's own ledger; where it has none, the one beside henrei.toml or the newest earlier month's.

        A ledger that was delivered stands, even if it cannot be read or has no row: then it is absent, because an
        older one in its place would hide that.
        """
        own = [(file, self._read(name, file.path)) for file in self.files if file.kind == name]
        for file, part in own:
            self._account(name, file, part)
        if not own:
            return self._from_elsewhere(name)
        numbered = [(file.number, part) for file, part in own]
        return self._of_files(name, numbered, self.month, own[0][0].name)

    def _of_files(
        self, name: str, parts: list[tuple[int, LedgerPart]], month: date | None, name_shown: str
    ) -> LoadedLedger:
        """The rows of the files that count as the ledger; absent where one is refused whole or none has a row."""
        rows = [part.rows.with_columns(file=pl.lit(number, dtype=pl.UInt32)) for number, part in parts]
        if any(part.missing for _, part in parts):
            return self._absent(name)
        if not any(part.height for part in rows) and not ledgers()[name].empty_means_none:
            self.notes.append(f"{name_shown}: 使える行がないため、{ledgers()[name].title}はないものとして扱います")
            return self._absent(name)
        return LoadedLedger(self._with_own_months(name, pl.concat(rows)), month, True)

    def _with_own_months(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Empty months that are another column's own month in this city, not the month after it."""
        ledger = ledgers()[name]
        same = [one for one, setting in ledger.month_settings.items() if self.settings.variants[setting] == "same"]
        return rows.with_columns(pl.coalesce(one, ledger.next_month_of[one]).alias(one) for one in same)

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
        self.refused.append(part.rejected.with_columns(file=number, record=pl.lit(name)).select(*read.REJECTED_LINE))
        if part.missing:
            self.notes.append(f"{file.name}: {part.missing}")
        elif part.unknown:
            self.notes.append(f"{file.name}: henrei が使わない列が{part.unknown}列あります(読みません)")

    def _absent(self, name: str) -> LoadedLedger:
        stray = self.home.inbox() / self.settings.ledger_files[name]
        if stray.is_file() and line_count(stray.read_bytes()) > 1:
            self.notes.append(f"inbox/{stray.name} は読みません。inbox/{month_text(self.month)}/ に置いてください")
        schema = {"file": pl.UInt32(), "line": pl.Int64(), **ledgers()[name].schema}
        return LoadedLedger(pl.DataFrame(schema=schema), None, False)

    def _from_elsewhere(self, name: str) -> LoadedLedger:
        beside = inbox.beside_settings(self.home, self.settings).get(name)
        places: list[tuple[date | None, list[Path]]] = [(None, [beside])] if beside else []
        places += inbox.earlier_ledgers(self.home, self.month, self.settings, name)
        if not places:
            return self._absent(name)
        month, paths = places[0]
        parts = []
        for path in paths:
            part = self._read(name, path)
            number = len(self.files) + len(self.files_elsewhere)
            self.files_elsewhere.append((number, _shown(path, self.home, month), sha256_of(path), name, path))
            parts.append((number, part))
        where = f"{month_text(month)} の " if month else "henrei.toml のとなりの "
        reason = next((part.missing for _, part in parts if part.missing), "")
        refused = sum(part.counts["refused"] for _, part in parts)
        if not reason:
            also = f"({refused}行は読めません)" if refused else ""
            reason = f"この月のファイルがないため {where}{paths[0].name} を使います{also}"
        self.notes.append(f"{ledgers()[name].title}: {reason}")
        return self._of_files(name, parts, month, f"{where}{paths[0].name}")


def _shown(path: Path, home: Home, month: date | None) -> str:
    """The path as seen from the month's folder."""
    below = path.relative_to(home.inbox()) if month else Path("..", path.name)
    return Path("..", below).as_posix()
