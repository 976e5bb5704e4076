"""What the checks of a month found: as the files of out/ hold it, and as the store and books/ keep it. Made by a
computation, read by everything that writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from henrei.checks import findings, runner
from henrei.months import month_dates
from henrei.store import load

_AS_DATES = month_dates(pl.col("service_month"))


@dataclass
class Judged:
    """What the checks of a month found.

    table: the rows of findings.csv and `downgraded` (`findings.table`); undetermined: the rows of undetermined.csv;
    rejects: those of rejects.csv; remarks: those of remarks.csv; claims: how many were received, and their 給付費;
    ledgers: what there is to be known of each ledger (`ledger_account`), as it is kept.
    """

    results: list[runner.Result]
    table: pl.DataFrame
    undetermined: pl.DataFrame
    rejects: pl.DataFrame
    remarks: pl.DataFrame
    claims: dict[str, int]
    ledgers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def findings(self) -> pl.DataFrame:
        """The rows of findings.csv."""
        return self.table.select(findings.COLUMNS)

    def tables(self) -> load.Results:
        """The same as the store and books/ keep it: months as dates."""
        return {
            "findings": self.table.drop("review_month").with_columns(_AS_DATES),
            "undetermined": self.undetermined.with_columns(_AS_DATES),
            "rejects": self.rejects,
            "remarks": self.remarks,
        }
