"""A month's findings of now and of its previous run in, the rows of changes.csv out. Called by the run.

A finding that is no longer there was solved (`gone`), or can no longer be judged (`unjudged`): its check is off or lacks a
ledger, its subject is undetermined now, or its claim, sheet or record was refused.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import duckdb
import polars as pl

from henrei.months import month_dates
from henrei.store.database import query
from henrei.store.tables import CHANGES, SUBJECT_KEY

_COLUMNS = ("finding_id", "change", "check_code", "facility_no", "recipient_no")
_ORDER = ("check_code", "facility_no", "recipient_no", "finding_id")


def changes(
    now: pl.DataFrame,
    before: pl.DataFrame | None,
    undetermined: pl.DataFrame,
    not_judged: Collection[str],
    refused: pl.DataFrame,
) -> pl.DataFrame:
    """finding_id, change (`new`, `gone`, `unjudged`, `same`), check_code, facility_no, recipient_no.

    now, before: rows of findings.csv; undetermined: those of undetermined.csv; not_judged: codes of checks that were not
    run; refused: subject, facility_no, recipient_no, service_month of refused groups, null where unreadable.
    """
    before = now.clear() if before is None else before
    vanished = before.join(now, on="finding_id", how="anti")
    unjudged = pl.concat(
        [
            vanished.filter(pl.col("check_code").is_in(list(not_judged))),
            vanished.join(undetermined, on=["check_code", *SUBJECT_KEY], how="semi", nulls_equal=True),
            vanished.join(_unreadable_too(vanished, refused), on="finding_id", how="semi"),
        ]
    ).unique("finding_id")
    parts = {
        "new": now.join(before, on="finding_id", how="anti"),
        "gone": vanished.join(unjudged, on="finding_id", how="anti"),
        "unjudged": unjudged,
        "same": now.join(before, on="finding_id", how="semi"),
    }
    names = [name for name in _COLUMNS if name != "change"]
    compared = [part.select(names).with_columns(change=pl.lit(change)) for change, part in parts.items()]
    return pl.concat(compared).select(_COLUMNS).sort(_ORDER, nulls_last=False)


def with_names(con: duckdb.DuckDBPyConnection, month: date, findings: pl.DataFrame) -> pl.DataFrame:
    """Rows of findings.csv of a month with the child's name on the claim (child_name), while the store still has the claim."""
    names = query(
        con,
        "SELECT facility_no, recipient_no, min(child_name) AS child_name FROM v_claims "
        "WHERE review_month = $month AND child_name IS NOT NULL GROUP BY ALL",
        {"month": month},
    )
    return findings.join(names, on=["facility_no", "recipient_no"], how="left", maintain_order="left")


def described(changed: pl.DataFrame, now: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of `changes` with what people read of the finding (tables.CHANGES); `now`, `before` as there, with child_name
    where it is known."""
    names = [name for name in CHANGES if name not in changed.columns] + ["finding_id"]
    found = [
        (frame if "child_name" in frame.columns else frame.with_columns(child_name=pl.lit(None, pl.String))).select(
            names
        )
        for frame in (now, before)
        if frame is not None
    ]
    of_finding = pl.concat(found, how="vertical_relaxed").unique("finding_id", keep="first")
    described = changed.join(of_finding, on="finding_id", how="left", maintain_order="left")
    return described.with_columns(month_dates(pl.col("service_month"))).select(
        pl.col(name).cast(kind) for name, kind in CHANGES.items()
    )


def refused_subjects(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """subject, facility_no, recipient_no, service_month (YYYY-MM) of the review month's refused groups, for `changes`."""
    return query(
        con,
        "SELECT DISTINCT unit AS subject, coalesce(facility_no, control_facility_no) AS facility_no, recipient_no, "
        "strftime(service_month, '%Y-%m') AS service_month FROM refused_now ORDER BY ALL",
    )


def _unreadable_too(findings: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """finding_id of findings whose subject a refused group may be: what cannot be read of it may be anything."""
    same = [pl.col(f"{name}_refused").is_null() | (pl.col(f"{name}_refused") == pl.col(name)) for name in SUBJECT_KEY]
    pairs = findings.select("finding_id", *SUBJECT_KEY).join(refused, how="cross", suffix="_refused")
    return pairs.filter(same).select("finding_id").unique()
