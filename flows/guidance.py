"""ledgers/guidance.csv in, the guidance that was given and what of the file cannot be read out. Called where the dashboard is
made, and by check-ledgers.

It is not of a month: the file that lies there counts for every page that is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from henrei.checks.catalogue import catalogue
from henrei.flows.hidden import hidden_people
from henrei.flows.settings import Settings
from henrei.home import Home
from henrei.schemas.ledgers import guidance as layout
from henrei.schemas.ledgers.export import Export
from henrei.schemas.ledgers.read import read_ledger

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Guidance:
    """rows: date (ISO), facility_no ("": all), check_codes (none: all), text, by date. faults: a sentence for each line that
    cannot be used, with file, line and mend. file: the path below the home, "" where there is none."""

    file: str = ""
    rows: Rows = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """What the terminal says of it."""
        refused = f"、使えない行 {len(self.faults):,}" if self.faults else ""
        return f"{layout().title}({self.file}): {len(self.rows):,}行{refused}"


def read(home: Home, settings: Settings) -> Guidance:
    """The file as it is now; a workbook of that name where there is no CSV."""
    path = next((path for path in home.guidance if path.is_file()), None)
    if path is None:
        return Guidance()
    name = home.name_of(path)
    part = read_ledger(layout(), path.read_bytes(), Export(), settings.municipality_no, path.suffix)
    if part.missing:
        return Guidance(name, [], [f"{name}: {part.missing}"])
    faults = [
        f"{name}:{row['line']} {row['item_name']}: {row['reason']}。直して保存してください"
        for row in part.rejected.iter_rows(named=True)
    ]
    rows: Rows = []
    for row in part.rows.sort("given_on", "line").iter_rows(named=True):
        codes = [code.strip().upper() for code in (row["check_codes"] or "").replace("；", ";").split(";")]
        codes = [code for code in codes if code]
        if unknown := [code for code in codes if code not in catalogue()]:
            faults.append(
                f"{name}:{row['line']} 確認コード {'、'.join(unknown)} はありません。"
                "henrei checks にあるコードを「;」で区切って書いてください"
            )
            continue
        rows.append(
            {
                "date": row["given_on"].isoformat(),
                "facility_no": row["facility_no"] or "",
                "check_codes": codes,
                "text": " ".join((row["text"] or "").split()),
            }
        )
    return Guidance(name, rows, faults)


def shown(con: duckdb.DuckDBPyConnection, rows: Rows) -> Rows:
    """The rows as a page may hold them: without numbers and names of children, whatever people wrote."""
    if not rows:
        return []
    hidden: Callable[[str], str] = hidden_people(con)
    return [{**row, "text": hidden(row["text"])} for row in rows]
