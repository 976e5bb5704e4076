"""Why something could not be judged, as undetermined.csv has it, in; as a clerk reads it out. Called by the worklist and the
casebook.
"""

from __future__ import annotations

import re

import polars as pl

_TABLE_OF_THE_LAW = r"\(data/rules/[^)]*\)"  # for the engineer who adds the row


def for_clerks(reason: str) -> str:
    """Without the name of the file in which the rule belongs."""
    return re.sub(_TABLE_OF_THE_LAW, "", reason)


def for_clerks_column(column: str) -> pl.Expr:
    """The same of a column of texts."""
    return pl.col(column).str.replace_all(_TABLE_OF_THE_LAW, "")
