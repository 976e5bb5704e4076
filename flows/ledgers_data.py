"""What is known of a month's ledgers in, out/ledgers_<month>.xlsx out. Called by the command check-ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from henrei.checks.catalogue import catalogue
from henrei.files import write_for_user
from henrei.flows.check_ledgers import LedgersChecked
from henrei.flows.ledger_oddities import OddRows
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.labels import SEVERITIES
from henrei.reports.ledgers_workbook import MAX_ROWS, CheckRow, LedgerRow, LedgersData, ToDo, workbook

CAN, CANNOT, DISABLED = "判定できます", "判定できません", "行いません"


def write_workbook(home: Home, checked: LedgersChecked, settings: Settings) -> Path:
    """Writes out/ledgers_<month>.xlsx. Raises HenreiError where it is open elsewhere."""
    path = home.ledgers_checked(checked.month)
    write_for_user(path, workbook(_data(checked, settings)))
    return path


def _data(checked: LedgersChecked, settings: Settings) -> LedgersData:
    titles = {one.name: one.title for one in checked.inputs.accounts}
    return LedgersData(
        month=checked.month,
        service_month=checked.service_month,
        compared_with=checked.compared_with,
        city=f"{settings.municipality_no} {settings.city_name}".strip(),
        to_do=list(_to_do(checked, titles)),
        ledgers=list(_ledger_rows(checked)),
        odd=[row for one in checked.odd for row in _odd_rows(checked, titles, one)],
        rejected=list(_rejected(checked, titles)),
        lacking=[(one.label, number, titles[one.ledger]) for one in checked.compared for number in one.lacking],
        checks=list(_check_rows(checked, settings)),
        children=_names(checked, "recipients", "recipient_no", "child_name"),
        facilities=_names(checked, "facilities", "facility_no", "facility_name"),
    )


def _to_do(checked: LedgersChecked, titles: dict[str, str]) -> Iterator[ToDo]:
    for cause in checked.causes:
        yield ToDo(cause.text, cause.remedy, grave=cause.grave)
    for one in checked.odd:
        yield ToDo(f"{titles[one.oddity.ledger]}: {one.oddity.title}", one.oddity.remedy, one.rows.height, one.in_month)
    for note in checked.notes:
        yield ToDo(note)


def _ledger_rows(checked: LedgersChecked) -> Iterator[LedgerRow]:
    for one in checked.inputs.accounts:
        holding = checked.holdings.get(one.name)
        faults = [f"{fault.line}行目など{fault.count:,}行: {fault.sentence}" for fault in one.faults]
        yield LedgerRow(
            title=one.title,
            file=one.file or f"ありません({one.usual})",
            folder=one.folder or "",
            usable=one.present,
            rows=one.rows,
            refused=one.refused,
            reasons=one.missing or "\n".join(faults),
            period=holding.text if holding else "",
            in_month=holding.in_month if holding else None,
        )


def _odd_rows(checked: LedgersChecked, titles: dict[str, str], one: OddRows) -> Iterator[list[object]]:
    for row in one.rows.head(MAX_ROWS).iter_rows(named=True):
        yield [
            titles[one.oddity.ledger],
            one.oddity.title,
            row["recipient_no"],
            row["facility_no"],
            row["detail"],
            "○" if row["in_month"] else "",
            checked.files[row["file"]],
            row["line"],
            one.oddity.remedy,
        ]
    if (more := one.rows.height - MAX_ROWS) > 0:
        yield [titles[one.oddity.ledger], one.oddity.title, None, None, f"ほか{more:,}行", *[None] * 4]


def _rejected(checked: LedgersChecked, titles: dict[str, str]) -> Iterator[list[object]]:
    """The rows that were refused; of a ledger refused whole only the first, with the sentence."""
    for account in checked.inputs.accounts:
        for number, frame in checked.rejected.get(account.name, ()):
            rows = frame.select("line", "item_name", "reason")
            for line, column, reason in rows.head(1 if account.missing else MAX_ROWS).iter_rows():
                yield [titles[account.name], checked.files[number], line, column, reason]
            if not account.missing and (more := rows.height - MAX_ROWS) > 0:
                yield [titles[account.name], checked.files[number], None, None, f"ほか{more:,}行"]


def _check_rows(checked: LedgersChecked, settings: Settings) -> Iterator[CheckRow]:
    for code, check in catalogue().items():
        if code in settings.disabled:
            state, reason = DISABLED, "設定(checks.disabled)により行っていません"
        else:
            reason = checked.inputs.unjudged.get(code, "")
            state = CANNOT if reason else CAN
        yield CheckRow(code, check.title, SEVERITIES[check.severity], state, reason)


def _names(checked: LedgersChecked, ledger: str, key: str, name: str) -> dict[str, str]:
    """`key` → `name` of its newest row that has one."""
    rows = checked.loaded[ledger].rows.filter(pl.col(name).is_not_null())
    newest = rows.sort("valid_from", "file", "line", nulls_last=False).unique(key, keep="last")
    return dict(newest.select(key, name).iter_rows())
