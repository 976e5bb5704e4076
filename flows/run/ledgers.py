"""Which ledgers count for a month: a home and a month in, the rows of each ledger out. Called by a computation.

A month's own ledger counts; where it has none, what takes its place (contract 3.2), which a run copies to books/.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import polars as pl

from henrei.files import sha256
from henrei.flows import inbox
from henrei.flows.ledger_account import LedgerAccount, with_parts
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.schemas.exchange import read
from henrei.schemas.ledgers import REFUSED_KEYS, ledgers
from henrei.schemas.ledgers.read import LedgerPart, read_ledger

# What a refused row must show for anybody to say whom it is about; of other ledgers the recipient (views/refused.sql).
_WHOM = {
    "facilities": ("facility_no",),
    "facility_addons": ("facility_no",),
    "petitions": ("facility_no", "recipient_no", "service_month"),
    "history": ("facility_no", "recipient_no", "service_month"),
    "service_codes": ("service_code",),
}


@dataclass
class LoadedLedger:
    """One ledger: file, line and its columns; from which month (None: from outside the months); whether it is there."""

    rows: pl.DataFrame
    source_month: date | None
    present: bool


@dataclass(frozen=True)
class LedgerElsewhere:
    """A file from outside the month's folder. name: as seen from that folder; source: below the home, as it was when the
    month was run; listed: where it is from then on; data: its bytes."""

    number: int
    ledger: str
    name: str
    source: str
    listed: Path
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return sha256(self.data)


@dataclass
class LedgersOfMonth:
    """Loads the ledgers of a month, and keeps account of their lines. `kept`: as the month's last run had them.

    counts: file number → lines, loaded, refused, ignored, elsewhere; refused: frames with exchange.REJECTED_LINE;
    refused_rows: frames with tables.REFUSED_ROWS, also of files from elsewhere; raw: file number → rejected line → its
    text, of workbooks; accounts: name → what there is to be known of the ledger; rejected: name → number of each of its
    files, also from elsewhere, and its LedgerPart.rejected; notes: what the run says beside.
    """

    home: Home
    month: date
    settings: Settings
    files: list[inbox.InboxFile]
    kept: bool = False
    counts: dict[int, dict[str, int]] = field(default_factory=dict)
    refused: list[pl.DataFrame] = field(default_factory=list)
    refused_rows: list[pl.DataFrame] = field(default_factory=list)
    raw: dict[int, dict[int, str]] = field(default_factory=dict)
    files_elsewhere: list[LedgerElsewhere] = field(default_factory=list)
    accounts: dict[str, LedgerAccount] = field(default_factory=dict)
    rejected: dict[str, list[tuple[int, pl.DataFrame]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def load_all(self) -> dict[str, LoadedLedger]:
        """Every ledger by name."""
        return {name: self.load(name) for name in ledgers()}

    def load(self, name: str) -> LoadedLedger:
        """The month's own ledger; where it has none, the one that takes its place (`inbox.source_of`).

        A ledger that was delivered stands, even if it cannot be read or has no row: then it is absent, because an
        older one in its place would hide that.
        """
        own = [
            (file, self._read(name, file.path, file.path.read_bytes())) for file in self.files if name in file.ledgers
        ]
        for file, part in own:
            self._count(name, file, part)
        if not own:
            return self._from_elsewhere(name)
        folder = self.home.name_of(self.home.inbox(self.month))
        self._begin_account(name, folder, [file.name for file, _ in own])
        return self._of_files(name, [(file.number, part) for file, part in own], self.month)

    def _of_files(self, name: str, parts: list[tuple[int, LedgerPart]], month: date | None) -> LoadedLedger:
        """The rows of the files that count as the ledger; absent where one is refused whole or none has a row."""
        rows = [part.rows.with_columns(file=pl.lit(number, dtype=pl.UInt32)) for number, part in parts]
        self.accounts[name] = with_parts(self.accounts[name], ledgers()[name], [part for _, part in parts])
        self.rejected[name] = [(number, part.rejected) for number, part in parts]
        if any(part.missing for _, part in parts):
            return self._absent(name)
        # "None" is what the team says of this month; a file from elsewhere cannot know.
        may_be_empty = ledgers()[name].empty_means_none and month == self.month
        if not any(part.height for part in rows) and not may_be_empty:
            return self._absent(name)
        self._keep_refused(name, [part for _, part in parts])
        return LoadedLedger(self._with_own_months(name, pl.concat(rows)), month, True)

    def _keep_refused(self, name: str, parts: list[LedgerPart]) -> None:
        """What of a ledger that counts was refused, for the checks and for the user."""
        frame = pl.concat([part.refused_rows for part in parts])
        whom = _WHOM.get(name, ("recipient_no",))
        of_nobody = frame.filter(pl.any_horizontal(pl.col(key).is_null() for key in whom)).height
        self.accounts[name] = replace(self.accounts[name], present=True, of_nobody=of_nobody)
        if not frame.is_empty():
            self.refused_rows.append(frame.select(pl.lit(name).alias("ledger"), *REFUSED_KEYS))

    def _with_own_months(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Empty months that are another column's own month in this city, not the month after it."""
        ledger = ledgers()[name]
        same = [one for one, setting in ledger.month_settings.items() if self.settings.variants[setting] == "same"]
        return rows.with_columns(pl.coalesce(one, ledger.next_month_of[one]).alias(one) for one in same)

    def _read(self, name: str, path: Path, data: bytes) -> LedgerPart:
        return read_ledger(
            ledgers()[name], data, self.settings.export(name), self.settings.municipality_no, path.suffix
        )

    @cached_property
    def _stray(self) -> dict[str, list[str]]:
        """Files of ledgers that nobody reads; of a month that is computed again nobody asks."""
        return {} if self.kept else inbox.stray_ledgers(self.home, self.month, self.settings)

    def _begin_account(self, name: str, folder: str | None = None, files: list[str] | None = None) -> None:
        self.accounts[name] = LedgerAccount(
            name,
            ledgers()[name].title,
            self.settings.ledger_files[name],
            file=";".join(files) if files else None,
            folder=folder,
        )

    def _count(self, name: str, file: inbox.InboxFile, part: LedgerPart) -> None:
        counts = part.counts
        if name != file.ledgers[0]:  # its lines are counted for the first
            return
        self.counts[file.number] = {
            **{key: counts[key] for key in ("lines", "loaded", "refused", "elsewhere")},
            "ignored": counts["blank"] + counts["elsewhere"],
        }
        number = pl.lit(file.number, dtype=pl.UInt32)
        self.refused.append(part.rejected.with_columns(file=number, record=pl.lit(name)).select(*read.REJECTED_LINE))
        if part.raw:
            self.raw[file.number] = part.raw
        if not part.missing and part.unknown and len(file.ledgers) == 1:
            self.notes.append(f"{file.name}: henrei が使わない列が{part.unknown}列あります(読みません)")

    def _absent(self, name: str) -> LoadedLedger:
        account = self.accounts[name]
        read = {f"{account.folder}/{file}".removeprefix("./") for file in (account.file or "").split(";")}
        self.accounts[name] = replace(account, stray=tuple(one for one in self._stray.get(name, ()) if one not in read))
        schema = {"file": pl.UInt32(), "line": pl.Int64(), **ledgers()[name].schema}
        return LoadedLedger(pl.DataFrame(schema=schema), None, False)

    def _from_elsewhere(self, name: str) -> LoadedLedger:
        of_place = inbox.kept_source if self.kept else inbox.source_of
        source = of_place(self.home, self.month, self.settings, name)
        if source is None:
            self._begin_account(name)
            return self._absent(name)
        folder = source.names[0].rpartition("/")[0] or "."
        if source.month:
            folder = self.home.name_of(self.home.inbox(source.month))
        below = [named.removeprefix(f"{folder}/") for named in source.names]
        self._begin_account(name, folder, below)
        parts = []
        for path, named in zip(source.paths, source.names, strict=True):
            data = path.read_bytes()
            part = self._read(name, path, data)
            number = len(self.files) + len(self.files_elsewhere)
            listed = path if self.kept else self._copy_of(path, named)
            seen = f"../{named.removeprefix('inbox/')}" if named.startswith("inbox/") else f"../../{named}"
            self.files_elsewhere.append(LedgerElsewhere(number, name, seen, named, listed, data))
            parts.append((number, part))
        if not any(part.missing for _, part in parts):
            used = f"{source.where}{source.paths[0].name}({_age(source.paths)})"
            self.notes.append(f"{ledgers()[name].title}: この月のファイルがないため {used}を使います")
        return self._of_files(name, parts, source.month)

    def _copy_of(self, path: Path, named: str) -> Path:
        """Where the copy will be. Two files may have one name; one file may be two ledgers."""
        folder = self.home.kept_ledgers(self.month)
        there = {one.listed.name.casefold(): one.source for one in self.files_elsewhere}
        name, number = path.name, 1
        while there.get(name.casefold(), named) != named:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        return folder / name


def _age(paths: list[Path]) -> str:
    """How old the newest of the files is, by the day it was last changed."""
    changed = max(datetime.fromtimestamp(path.stat().st_mtime).date() for path in paths)
    return f"{changed.isoformat()} のもの、{max((date.today() - changed).days, 0)}日前"
