"""Which ledgers count for a month: a home and a month in, the rows of each ledger out. Called by a computation.

A month's own ledger counts; where it has none, what takes its place (contract 3.2), which a run copies to books/.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl

from henrei.files import sha256
from henrei.flows import inbox
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import month_text
from henrei.schemas.exchange import read
from henrei.schemas.exchange.lines import line_count
from henrei.schemas.ledgers import REFUSED_KEYS, ledgers
from henrei.schemas.ledgers.read import LedgerPart, read_ledger

_MANY_REFUSED = 0.05  # of a ledger's rows: more, and what is left of it is hardly the ledger
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
    text, of workbooks; warnings: what the run says first; notes: what it says beside.
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
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def load_all(self) -> dict[str, LoadedLedger]:
        """Every ledger by name. The first warning names those that are absent."""
        loaded = {name: self.load(name) for name in ledgers()}
        absent = [self._shown(name) for name, ledger in loaded.items() if not ledger.present]
        if absent:
            sentence = f"ない台帳: {'、'.join(absent)}。これらがいる確認は判定できません"
            self.warnings.insert(0, sentence)
        return loaded

    def load(self, name: str) -> LoadedLedger:
        """The month's own ledger; where it has none, the one that takes its place (`inbox.source_of`).

        A ledger that was delivered stands, even if it cannot be read or has no row: then it is absent, because an
        older one in its place would hide that.
        """
        own = [
            (file, self._read(name, file.path, file.path.read_bytes())) for file in self.files if name in file.ledgers
        ]
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
        # "None" is what the team says of this month; a file from elsewhere cannot know.
        may_be_empty = ledgers()[name].empty_means_none and month == self.month
        if not any(part.height for part in rows) and not may_be_empty:
            self.notes.append(f"{name_shown}: 使える行がないため、{ledgers()[name].title}はないものとして扱います")
            return self._absent(name)
        self._keep_refused(name, [part for _, part in parts])
        return LoadedLedger(self._with_own_months(name, pl.concat(rows)), month, True)

    def _keep_refused(self, name: str, parts: list[LedgerPart]) -> None:
        """What of a ledger was refused, for the checks and for the user."""
        frame = pl.concat([part.refused_rows for part in parts])
        if frame.is_empty():
            return
        self.refused_rows.append(frame.select(pl.lit(name).alias("ledger"), *REFUSED_KEYS))
        refused = sum(part.counts["refused"] for part in parts)
        lines = refused + sum(part.counts["loaded"] for part in parts)
        if refused > _MANY_REFUSED * lines:
            self.warnings.append(
                f"{self._shown(name)}の{lines:,}行のうち{refused:,}行({refused / lines:.0%})が読めません"
                f"({_first_fault(parts)})。台帳を直し、もう一度実行してください"
            )
        whom = _WHOM.get(name, ("recipient_no",))
        unknown = frame.filter(pl.any_horizontal(pl.col(key).is_null() for key in whom)).height
        if unknown:
            self.warnings.append(
                f"{self._shown(name)}: {unknown:,}行は誰(どこ)の行かも読めないため、この台帳による返戻相当の指摘を要確認に下げます"
            )

    def _with_own_months(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Empty months that are another column's own month in this city, not the month after it."""
        ledger = ledgers()[name]
        same = [one for one, setting in ledger.month_settings.items() if self.settings.variants[setting] == "same"]
        return rows.with_columns(pl.coalesce(one, ledger.next_month_of[one]).alias(one) for one in same)

    def _read(self, name: str, path: Path, data: bytes) -> LedgerPart:
        return read_ledger(
            ledgers()[name], data, self.settings.export(name), self.settings.municipality_no, path.suffix
        )

    def _account(self, name: str, file: inbox.InboxFile, part: LedgerPart) -> None:
        title, counts = ledgers()[name].title, part.counts
        if name != file.ledgers[0]:  # its lines are counted for the first
            if part.missing:
                self.notes.append(f"{file.name}: {part.missing}")
            elif part.rejected.height:
                refused = f"{title}として読めない行が{counts['refused']:,}行あります"
                self.notes.append(f"{file.name}: {refused}({_first_fault([part])})")
            return
        self.counts[file.number] = {
            **{key: counts[key] for key in ("lines", "loaded", "refused", "elsewhere")},
            "ignored": counts["blank"] + counts["elsewhere"],
        }
        number = pl.lit(file.number, dtype=pl.UInt32)
        self.refused.append(part.rejected.with_columns(file=number, record=pl.lit(name)).select(*read.REJECTED_LINE))
        if part.raw:
            self.raw[file.number] = part.raw
        if part.missing:
            self.notes.append(f"{file.name}: {part.missing}")
        elif part.unknown and len(file.ledgers) == 1:
            self.notes.append(f"{file.name}: henrei が使わない列が{part.unknown}列あります(読みません)")

    def _absent(self, name: str) -> LoadedLedger:
        stray = self.home.inbox() / self.settings.ledger_files[name]
        if stray.is_file() and line_count(stray.read_bytes()) > 1:
            self.notes.append(f"inbox/{stray.name} は読みません。inbox/{month_text(self.month)}/ に置いてください")
        schema = {"file": pl.UInt32(), "line": pl.Int64(), **ledgers()[name].schema}
        return LoadedLedger(pl.DataFrame(schema=schema), None, False)

    def _shown(self, name: str) -> str:
        return f"{ledgers()[name].title}({self.settings.ledger_files[name]})"

    def _from_elsewhere(self, name: str) -> LoadedLedger:
        of_place = inbox.kept_source if self.kept else inbox.source_of
        source = of_place(self.home, self.month, self.settings, name)
        if source is None:
            return self._absent(name)
        parts = []
        for path, named in zip(source.paths, source.names, strict=True):
            data = path.read_bytes()
            part = self._read(name, path, data)
            number = len(self.files) + len(self.files_elsewhere)
            listed = path if self.kept else self._copy_of(path, named)
            seen = f"../{named.removeprefix('inbox/')}" if named.startswith("inbox/") else f"../../{named}"
            self.files_elsewhere.append(LedgerElsewhere(number, name, seen, named, listed, data))
            parts.append((number, part))
        reason = next((part.missing for _, part in parts if part.missing), "")
        refused = sum(part.counts["refused"] for _, part in parts)
        if not reason:
            also = f"({refused}行は読めません)" if refused else ""
            age = _age(source.paths)
            reason = f"この月のファイルがないため {source.where}{source.paths[0].name}({age})を使います{also}"
        self.notes.append(f"{ledgers()[name].title}: {reason}")
        return self._of_files(name, parts, source.month, f"{source.where}{source.paths[0].name}")

    def _copy_of(self, path: Path, named: str) -> Path:
        """Where the copy will be. Two files may have one name; one file may be two ledgers."""
        folder = self.home.kept_ledgers(self.month)
        there = {one.listed.name.casefold(): one.source for one in self.files_elsewhere}
        name, number = path.name, 1
        while there.get(name.casefold(), named) != named:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        return folder / name


def _first_fault(parts: list[LedgerPart]) -> str:
    """Where the first refused line is, without its value."""
    line, name = (
        next(part.rejected.sort("line") for part in parts if part.rejected.height).select("line", "item_name").row(0)
    )
    return f"最初は{line}行目" + (f"の「{name}」" if name else "")


def _age(paths: list[Path]) -> str:
    """How old the newest of the files is, by the day it was last changed."""
    changed = max(datetime.fromtimestamp(path.stat().st_mtime).date() for path in paths)
    return f"{changed.isoformat()} のもの、{max((date.today() - changed).days, 0)}日前"
