"""`henrei check-ledgers`: a home and a month in, what its ledgers hold and what is odd in them out. Called by the command, before
any claim has arrived; ledgers_data writes the workbook. It takes no lock and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.checks.runner import what_it_lacks
from henrei.errors import NOTHING, HenreiError
from henrei.flows import causes, guidance, inbox, ledger_oddities
from henrei.flows.causes import Cause, Inputs
from henrei.flows.ledger_oddities import OddRows
from henrei.flows.run.ledgers import LedgersOfMonth, LoadedLedger
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.months import month_text
from henrei.schemas.ledgers import ledgers
from henrei.store import books
from henrei.store.database import query, read_store

# What of the claims is looked for in which ledgers: label, column, table of the store, ledgers.
_COMPARED = (
    ("児童", "recipient_no", "claims", ("recipients", "grants")),
    ("事業所", "facility_no", "claims", ("facilities",)),
    ("サービスコード", "service_code", "claim_lines", ("service_codes",)),
)


@dataclass(frozen=True)
class Holding:
    """What a ledger holds: the first and the last day of its periods (None: open) or its first and last service month, and
    how many rows are in force in the service month; None of a ledger without periods."""

    first: date | None = None
    last: date | None = None
    in_month: int | None = None

    @property
    def text(self) -> str:
        """As people read it; empty where the ledger has no row."""
        if self.in_month is not None:
            first = self.first.isoformat() if self.first else "始まりなし"
            return f"{first}〜{self.last.isoformat() if self.last else '期限なし'}"
        if self.first is None or self.last is None:
            return ""
        first, last = month_text(self.first), month_text(self.last)
        return first if first == last else f"{first}〜{last}"


@dataclass(frozen=True)
class Compared:
    """The claims of an earlier review month against a ledger: label, how many numbers or codes, and those that it lacks."""

    label: str
    ledger: str
    count: int
    lacking: list[str]


@dataclass(frozen=True)
class LedgersChecked:
    """What is known of a month's ledgers. service_month: the one that the review month is mostly about; inputs: accounts and
    checks that cannot be judged; causes: what is wrong, the worst first; compared_with: the newest month that was run."""

    month: date
    service_month: date
    inputs: Inputs
    causes: list[Cause]
    notes: list[str]
    holdings: dict[str, Holding]
    odd: list[OddRows]
    compared_with: date | None
    compared: list[Compared]
    files: dict[int, str]
    loaded: dict[str, LoadedLedger]
    rejected: dict[str, list[tuple[int, pl.DataFrame]]]

    @property
    def unusable(self) -> list[str]:
        """A sentence for each ledger that was delivered and of which nothing can be used."""
        lines = []
        for one in self.inputs.accounts:
            if one.missing:
                lines.append(f"{one.folder}/{one.file}: {one.missing}".removeprefix("./"))
            elif one.refused and not one.present:
                fault = one.faults[0]
                place = f"{one.folder}/{one.file}:{fault.line}".removeprefix("./")
                lines.append(f"{place}: {one.title}のどの行も読めません({fault.sentence})。台帳を直してください")
        return lines


def check_ledgers(home: Home, month: date, settings: Settings) -> LedgersChecked:
    """Reads the month's ledgers as its run would; those of a closed month as its run had them.

    Raises HenreiError for a month that was purged, and where the store cannot be read.
    """
    if books.is_purged(home, month):
        raise HenreiError(f"{month_text(month)} は消去済みです。この月の台帳は残っていません")
    closed = books.is_closed(home, month)
    files = inbox.scan(home, month, settings) if home.inbox(month).is_dir() else []
    reading = LedgersOfMonth(home, month, settings, files, kept=closed)
    loaded = reading.load_all()
    present = {name: one.rows for name, one in loaded.items() if one.present}
    service_month = (month - timedelta(days=1)).replace(day=1)
    month_to = month - timedelta(days=1)
    inputs = causes.before_run(month, settings, list(reading.accounts.values()))
    compared_with, compared = _compare(home, month, present)
    inputs = replace(inputs, unjudged=_unjudged(home, month, settings, present))
    given = guidance.read(home, settings)
    notes = [f"{month_text(month)} は締め済みです。確認したときの台帳を見ています"] if closed else [*reading.notes]
    return LedgersChecked(
        month=month,
        service_month=service_month,
        inputs=inputs,
        causes=[] if closed else causes.causes(inputs),
        notes=[*notes, *([given.line, *given.faults] if given.file and (given.rows or given.faults) else [])],
        holdings={name: _holding(rows, service_month, month_to) for name, rows in present.items()},
        odd=ledger_oddities.find(present, reading.refused_rows, service_month, month_to),
        compared_with=compared_with,
        compared=compared,
        files={file.number: file.name for file in files} | {one.number: one.source for one in reading.files_elsewhere},
        loaded=loaded,
        rejected=reading.rejected,
    )


def require_usable(checked: LedgersChecked) -> None:
    """Raises HenreiError (status 3) naming the ledgers that were refused whole."""
    if lines := checked.unusable:
        more = f"(ほか{len(lines) - 1}つの台帳も使えません)" if len(lines) > 1 else ""
        raise HenreiError(f"{lines[0]}{more}", NOTHING)


def _holding(rows: pl.DataFrame, month_from: date, month_to: date) -> Holding:
    if {"valid_from", "valid_to"} <= set(rows.columns):
        # An open end or start is the earliest or latest there is, whichever way it is written.
        starts = rows.select(pl.col("valid_from").fill_null(date(1, 1, 1)).min()).item()
        ends = rows.select(pl.col("valid_to").fill_null(date(9999, 12, 31)).max()).item()
        begun = pl.col("valid_from").fill_null(date(1, 1, 1)) <= month_to
        in_force = begun & (pl.col("valid_to").fill_null(date(9999, 12, 31)) >= month_from)
        return Holding(
            starts if starts and starts.year > 1 else None,
            ends if ends and ends.year < 9999 else None,
            rows.filter(in_force).height,
        )
    return Holding(rows["service_month"].min(), rows["service_month"].max())  # type: ignore[arg-type]


def _unjudged(home: Home, month: date, settings: Settings, present: dict[str, pl.DataFrame]) -> dict[str, str]:
    """Enabled checks that cannot be judged at all with these ledgers, code → reason, as the run gives it."""
    lacking = {
        name: f"{ledger.title}({name}.csv)がありません" for name, ledger in ledgers().items() if name not in present
    }
    checks = [check for check in catalogue().values() if check.code not in settings.disabled]
    for need in {need for check in checks for need in check.needs if "." in need}:
        name, column = need.split(".")
        if name in present and present[name][column].null_count() == present[name].height:
            ledger = ledgers()[name]
            lacking[need] = f"{ledger.title}({name}.csv)に{ledger.label(column)}が一つもありません"
    if not _outcomes_known(home, month, present):
        lacking["outcomes"] = "審査履歴がありません"
    return {check.code: reason for check in checks if (reason := what_it_lacks(check, lacking))}


def _outcomes_known(home: Home, month: date, present: dict[str, pl.DataFrame]) -> bool:
    """Whether anything is known of what became of earlier months: by history.csv, by a close, or by 国保連's own lists."""
    if "history" in present and (present["history"]["outcome_month"] < month).any():
        return True
    if any(not books.read_outcomes(home, one).is_empty() for one in books.closed(home) if one < month):
        return True
    with read_store(home, month) as con:
        if con is None:
            return False
        return bool(con.execute("SELECT 1 FROM notices WHERE review_month < ? LIMIT 1", [month]).fetchall())


def _compare(home: Home, month: date, present: dict[str, pl.DataFrame]) -> tuple[date | None, list[Compared]]:
    """The claims of the newest month that was run, up to this one, against the ledgers that are there."""
    with read_store(home, month) as con:
        if con is None:
            return None, []
        sql = "SELECT max(review_month) FROM run_state WHERE review_month <= ?"
        ((newest,),) = con.execute(sql, [month]).fetchall()
        if newest is None:
            return None, []
        found = []
        for label, column, table, names in _COMPARED:
            sql = f"SELECT DISTINCT {column} FROM {table} WHERE review_month = $month ORDER BY 1"
            wanted = query(con, sql, {"month": newest})
            for name in names:
                if name in present:
                    lacking = wanted.join(present[name], on=column, how="anti", maintain_order="left")[column].to_list()
                    found.append(Compared(label, name, wanted.height, lacking))
    return newest, found
