"""The worklist of a run: what was judged and decided in, worklist.xlsx out; and what people typed into the one before.
Called by the monthly run.
"""

from __future__ import annotations

import shutil
from datetime import date

import duckdb
import polars as pl

import henrei
from henrei.checks.catalogue import catalogue
from henrei.files import sha256_of
from henrei.flows.ruleset import ruleset
from henrei.flows.run.judged import Judged
from henrei.flows.settings import Settings, name_variants
from henrei.home import Home
from henrei.months import month_texts
from henrei.reports.worklist import CheckText, WorklistData, build
from henrei.store import journal

NAME = "worklist.xlsx"


def build_worklist(
    con: duckdb.DuckDBPyConnection,
    month: date,
    settings: Settings,
    judged: Judged,
    changes: pl.DataFrame,
    before: pl.DataFrame | None,
    fingerprints: pl.DataFrame,
    decisions: pl.DataFrame,
) -> bytes:
    """The month's worklist.xlsx; `con` holds it as the current month.

    `changes` as changes.csv; `before`: the findings of the run before; `fingerprints` of all subjects of findings and
    decisions; `decisions`: those that are valid.
    """
    braked = {result.check.code for result in judged.results if result.braked}
    as_text = month_texts(pl.col("service_month"))
    data = WorklistData(
        review_month=month,
        municipality_no=settings.municipality_no,
        city_name=settings.city_name,
        checks={
            c.code: CheckText(c.title, c.federation, c.code in braked, c.role == "first_review", c.days)
            for c in catalogue().values()
        },
        findings=judged.table,
        undetermined=judged.undetermined,
        rejects=judged.rejects,
        changes=changes,
        before=before,
        fingerprints=fingerprints.with_columns(as_text),
        decisions=decisions.with_columns(as_text),
        about=[
            *(("台帳", sentence) for sentence in judged.warnings),
            *name_variants(settings.variants),
            ("henrei の版", henrei.__version__),
            ("確認の決まり", ruleset()),
        ],
    )
    data.look_up(con)
    return build(data)


def keep_typed(home: Home, month: date) -> str | None:
    """Copies a worklist into which people typed what was not read yet out of the way of the next; returns the copy's name."""
    path = home.out(month) / NAME
    if not path.is_file():
        return None
    digest = sha256_of(path)
    for entry in journal.of_month(home, month):
        ours = entry["command"] == "run" and entry.get("worklist") == digest
        if ours or (entry["command"] == "decide" and digest in entry["inputs"].values() and not entry.get("unsaid")):
            return None
    kept = path.with_name(f"worklist-kept-{digest[:6]}.xlsx")
    shutil.copyfile(path, kept)
    return kept.name
