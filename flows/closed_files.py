"""The files of a closed month in out/ that are gone, written again from what its close kept in books/. Called by rebuild: a
home that was restored from its backup has no out/.

What is there stays as it is. A list that people worked in, what changed against the run before and the letters before
the close come from no book: they are not made again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb

from henrei.checks.findings import COLUMNS, findings_of
from henrei.errors import HenreiError
from henrei.files import csv_bytes, parquet_bytes, write_atomic
from henrei.flows import approval, letters
from henrei.flows.month_state import messages, settings_of, valid_decisions
from henrei.flows.run import casebook, worklist
from henrei.flows.settings import Settings, load
from henrei.home import SETTINGS, Home
from henrei.months import month_text
from henrei.publication import APPROVAL, APPROVAL_NAME, CASEBOOK_NAME, NOTICES, publish_casebook
from henrei.store import books, journal
from henrei.store import load as results

_WITH_PAGES = (0, 2)  # the first version whose close writes a casebook and a page to sign


def version_numbers(version: str) -> tuple[int, ...]:
    """A version of henrei as numbers that can be compared."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def closing_entry(home: Home, month: date) -> journal.Entry:
    """The journal's line of the close that counts. Raises HenreiError where it is gone."""
    for entry in reversed(journal.of_month(home, month)):
        if entry["command"] == "close":
            return entry
    raise HenreiError(
        f"books/{journal.FILE_NAME} に {month_text(month)} を締めた記録がありません。控えと見比べてください"
    )


def write_missing(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> list[str]:
    """`con` holds the month as its current one, with what its close kept, and nothing later. Returns what the user must know:
    letters whose passwords cannot be read are not made."""
    out = home.out(month)
    for name, make in _result_files(con, home, month).items():
        if not (out / name).exists():
            write_atomic(out / name, make())
    try:
        _write_pages(con, home, month)
    except HenreiError as problem:
        return [f"{month_text(month)} の事業所向けの書類は作り直せません: {problem}"]
    return []


def _result_files(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> dict[str, Callable[[], bytes]]:
    """What a run writes and close keeps (`run.outputs.result_files`), as far as the close's version kept it."""
    found = findings_of(con, month)
    assert found is not None
    findings = found.select(COLUMNS)
    kept = {name: results.read_result(con, name, month) for name in books.result_paths(home, month)}
    tables = {name: frame for name, frame in kept.items() if name != "findings"}
    files: dict[str, Callable[[], bytes]] = {
        "findings.csv": lambda: csv_bytes(findings),
        "findings.parquet": lambda: parquet_bytes(findings),
    }
    files |= {f"{name}.csv": lambda frame=frame: csv_bytes(frame) for name, frame in tables.items()}  # type: ignore[misc]
    summary, _ = books.read_summary(home, month)
    return files | ({"summary.json": lambda: _json(summary)} if summary else {})


def _json(summary: dict[str, Any]) -> bytes:
    return (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _write_pages(con: duckdb.DuckDBPyConnection, home: Home, month: date) -> None:
    """Letters, casebook and the page to sign, as close makes them."""
    out, entry = home.out(month), closing_entry(home, month)
    settings, own = settings_of(home, month), books.read_outcomes(home, month)
    if not all((out / name).exists() for name in NOTICES.entries):
        protected = _with_passwords(home, month, settings)
        letters.stage_notices(con, out, own, protected, messages(con, home, month), letters.day_of(entry))
        NOTICES.publish(out)
    if version_numbers(entry["version"]) < _WITH_PAGES:
        return
    if not (out / CASEBOOK_NAME).exists():
        casebook.stage(home, month, worklist.closed_casebook(con, home, month, settings, own))
        publish_casebook(out)
    if not (out / APPROVAL_NAME).exists():
        held, _ = valid_decisions(con, home, month)
        approval.stage_of_close(approval.Month(con, home, month, settings, entry), own, held)
        APPROVAL.publish(out)


def _with_passwords(home: Home, month: date, settings: Settings) -> Settings:
    """Letters that were protected are protected again."""
    kept = home.books(month) / SETTINGS
    return settings.model_copy(update={"passwords": load(home, kept if kept.is_file() else None).passwords})
