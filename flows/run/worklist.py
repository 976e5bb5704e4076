"""What a run hands to the team: worklist.xlsx; and what the team wrote into the one before."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

import henrei
from henrei.checks import findings as found
from henrei.checks.catalogue import catalogue, ruleset
from henrei.checks.runner import Result
from henrei.flows.settings import Settings, name_variants
from henrei.reports.worklist import CheckText, Material, build
from henrei.store import journal

NAME = "worklist.xlsx"


def worklist(
    con: duckdb.DuckDBPyConnection,
    month: date,
    settings: Settings,
    findings: pl.DataFrame,
    results: Sequence[Result],
    rejects: pl.DataFrame,
    changes: pl.DataFrame,
    before: pl.DataFrame | None,
    prints: pl.DataFrame,
    decisions: pl.DataFrame,
) -> bytes:
    """The month's worklist.xlsx; `con` holds it as the current month, `decisions` are those that stand."""
    braked = {result.check.code for result in results if result.braked}
    lowered = [result.findings.filter("lowered") for result in results if result.braked]
    written = pl.col("service_month").dt.strftime("%Y-%m")
    material = Material(
        review_month=month,
        municipality_no=settings.municipality_no,
        city_name=settings.city_name,
        checks={c.code: CheckText(c.title, c.federation, c.code in braked) for c in catalogue().values()},
        findings=findings,
        lowered=pl.concat([results[0].findings.clear(), *lowered]).with_columns(written),
        undetermined=found.undetermined_table(list(results)),
        rejects=rejects,
        changes=changes,
        before=before,
        prints=prints.with_columns(written),
        decisions=decisions.with_columns(written),
        about=[
            *name_variants(settings.variants),
            ("henrei の版", henrei.__version__),
            ("確認の決まり", ruleset()),
        ],
    )
    material.look_up(con)
    return build(material)


def keep_typed(home: Path, month: date) -> str | None:
    """Copies a worklist that holds words nobody took yet out of the way of the next; returns the copy's name."""
    path = home / "out" / f"{month:%Y-%m}" / NAME
    if not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for entry in journal.of_month(home, month):
        ours = entry["command"] == "run" and entry.get("worklist") == digest
        if ours or (entry["command"] == "decide" and digest in entry["inputs"].values() and not entry.get("unsaid")):
            return None
    kept = path.with_name(f"worklist-kept-{digest[:6]}.xlsx")
    shutil.copyfile(path, kept)
    return kept.name
